import type { Me } from '../../../sdk/operations.ts'

/** What administrators do. The server decides; by this the pages are offered only to whoever may use them. */
export type Administering =
  | 'user.manage'
  | 'catalogue.manage'
  | 'credential.manage'
  | 'webhook.manage'
  | 'report.read'
  /** An owner's alone. */
  | 'tenant.manage'

/** Whether whoever is here may do it anywhere: what the session allows, and a role gives. */
export function may({ user, desks, permissions }: Me, permission: Administering): boolean {
  if (!permissions.includes(permission)) return false
  return user.owner || (permission !== 'tenant.manage' && desks.some(({ role }) => role === 'admin'))
}

/** Whether whoever is here works here, and is no customer. */
export function worksHere({ user, desks }: Me): boolean {
  return user.owner || desks.some(({ role }) => role !== 'customer')
}

/** Whether whoever is here administers a desk. */
export function administers({ user, desks }: Me, desk: string): boolean {
  return user.owner || desks.some(({ id, role }) => id === desk && role === 'admin')
}
