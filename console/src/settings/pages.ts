import type { Me } from '../../../sdk/operations.ts'
import { type Administering, may, worksHere } from '../session/permissions.ts'

/** The pages of the settings in their order, with what one must be allowed to be offered them: null is one's own. */
export const PAGES = [
  { id: 'own', to: '/settings', needs: null },
  { id: 'replies', to: '/settings/replies', needs: 'message.note' },
  { id: 'macros', to: '/settings/macros', needs: 'message.note' },
  { id: 'reports', to: '/settings/reports', needs: 'report.read' },
  { id: 'mail', to: '/settings/mail', needs: 'message.note' },
  { id: 'people', to: '/settings/people', needs: 'user.manage' },
  { id: 'desks', to: '/settings/desks', needs: 'tenant.manage' },
  { id: 'groups', to: '/settings/groups', needs: 'catalogue.manage' },
  { id: 'catalogue', to: '/settings/catalogue', needs: 'catalogue.manage' },
  { id: 'fields', to: '/settings/fields', needs: 'catalogue.manage' },
  { id: 'tags', to: '/settings/tags', needs: 'catalogue.manage' },
  { id: 'credentials', to: '/settings/credentials', needs: 'credential.manage' },
  { id: 'webhooks', to: '/settings/webhooks', needs: 'webhook.manage' },
] as const satisfies readonly { readonly id: string; readonly to: string; readonly needs: Needed }[]

/** What it takes: nothing, to work here, or to administer something. */
type Needed = Administering | 'message.note' | null

export type SettingsPage = (typeof PAGES)[number]

/** Whether whoever is here is offered a page. */
export function isOfferedTo(me: Me, { needs }: SettingsPage): boolean {
  if (needs === 'message.note') return worksHere(me)
  return needs === null || may(me, needs)
}

/** Those that whoever is here is offered. */
export function offeredTo(me: Me): readonly SettingsPage[] {
  return PAGES.filter((page) => isOfferedTo(me, page))
}

/** The page that an address is on, or below. */
export function pageAt(path: string): SettingsPage {
  const [own] = PAGES
  return PAGES.find(({ to }) => to !== own.to && (path === to || path.startsWith(`${to}/`))) ?? own
}
