import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { CATALOGUE_LISTS, type CatalogueList } from './catalogue/lists.ts'
import type { PeopleSearch } from './people/people.ts'
import { loadPart } from './shell/parts.ts'
import { Shell } from './shell/Shell.tsx'
import { Inbox } from './tickets/Inbox.tsx'
import { type ViewId, viewIn } from './views/views.ts'

/** What of the list is in the address: everything that one may want to send to a colleague. */
export interface ListSearch {
  readonly view?: ViewId
  readonly q?: string
}

const rootRoute = createRootRoute({ component: Shell })

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/tickets', search: { view: 'all' }, replace: true })
  },
})

const ticketsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tickets',
  validateSearch: ({ view, q }: Record<string, unknown>): ListSearch => ({
    view: viewIn(view),
    ...(typeof q === 'string' && q !== '' && { q }),
  }),
  component: Inbox,
})

/** A ticket is at the right of its list, or in its place where the page is narrow: the list's route shows both. */
const ticketRoute = createRoute({ getParentRoute: () => ticketsRoute, path: '$ticketId' })

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: lazyRouteComponent(() => loadPart(() => import('./settings/Frame.tsx')), 'SettingsFrame'),
})

const ownRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  component: lazyRouteComponent(() => loadPart(() => import('./settings/Settings.tsx')), 'Settings'),
})

const peopleRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'people',
  validateSearch: ({ find, who }: Record<string, unknown>): PeopleSearch => ({
    ...(typeof find === 'string' && find !== '' && { find }),
    ...(who === 'everybody' && { who }),
  }),
  component: lazyRouteComponent(() => loadPart(() => import('./people/People.tsx')), 'People'),
})

const repliesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'replies',
  component: lazyRouteComponent(() => loadPart(() => import('./replies/Replies.tsx')), 'Replies'),
})

const macrosRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'macros',
  component: lazyRouteComponent(() => loadPart(() => import('./macros/Macros.tsx')), 'Macros'),
})

const reportsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'reports',
  component: lazyRouteComponent(() => loadPart(() => import('./reports/ReportsPage.tsx')), 'ReportsPage'),
})

const mailRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'mail',
  component: lazyRouteComponent(() => loadPart(() => import('./mail/MailPage.tsx')), 'MailPage'),
})

const outboxRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'mail/out',
  component: lazyRouteComponent(() => loadPart(() => import('./mail/OutboxPage.tsx')), 'OutboxPage'),
})

const personRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'people/$personId',
  component: lazyRouteComponent(() => loadPart(() => import('./people/Person.tsx')), 'Person'),
})

const desksRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'desks',
  component: lazyRouteComponent(() => import('./catalogue/Desks.tsx'), 'Desks'),
})

const groupsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'groups',
  component: lazyRouteComponent(() => import('./catalogue/Groups.tsx'), 'Groups'),
})

const catalogueRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'catalogue',
  validateSearch: ({ list }: Record<string, unknown>): { readonly list?: CatalogueList } => {
    const shown = CATALOGUE_LISTS.find((each) => each === list)
    return shown === undefined ? {} : { list: shown }
  },
  component: lazyRouteComponent(() => import('./catalogue/Catalogue.tsx'), 'Catalogue'),
})

const fieldsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'fields',
  component: lazyRouteComponent(() => import('./fields/Fields.tsx'), 'Fields'),
})

const tagsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'tags',
  component: lazyRouteComponent(() => loadPart(() => import('./tags/Tags.tsx')), 'Tags'),
})

const credentialsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'credentials',
  component: lazyRouteComponent(() => loadPart(() => import('./credentials/Credentials.tsx')), 'Credentials'),
})

const webhooksRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'webhooks',
  component: lazyRouteComponent(() => import('./webhooks/Webhooks.tsx'), 'Webhooks'),
})

const webhookRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: 'webhooks/$webhookId',
  component: lazyRouteComponent(() => import('./webhooks/WebhookPage.tsx'), 'WebhookPage'),
})

const passwordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/password',
  component: lazyRouteComponent(() => loadPart(() => import('./session/PasswordLink.tsx')), 'PasswordLink'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    ticketsRoute.addChildren([ticketRoute]),
    settingsRoute.addChildren([
      ownRoute,
      repliesRoute,
      macrosRoute,
      peopleRoute,
      personRoute,
      desksRoute,
      groupsRoute,
      catalogueRoute,
      fieldsRoute,
      tagsRoute,
      credentialsRoute,
      reportsRoute,
      mailRoute,
      outboxRoute,
      webhooksRoute,
      webhookRoute,
    ]),
    passwordRoute,
  ]),
  defaultPreload: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
