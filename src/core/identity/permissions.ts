/** The core's own permissions; every vendor's scope or permission is mapped to some of these, as data in its dialect. */
export const PERMISSIONS = [
  'ticket.read',
  'ticket.create',
  'ticket.change',
  'ticket.status',
  'ticket.assign',
  'ticket.delete',
  'ticket.bulk',
  'ticket.merge',
  'message.read_internal',
  'message.reply',
  'message.note',
  'message.delete',
  'attachment.create',
  'user.read',
  'user.manage',
  'catalogue.read',
  'catalogue.manage',
  'view.read',
  'view.manage',
  'webhook.manage',
  'credential.manage',
  'export',
  'report.read',
  'audit.read',
  'mail.manage',
  'tenant.manage',
] as const

export type Permission = (typeof PERMISSIONS)[number]

/** A user's role on one desk. An owner has the rights of `admin` on every desk, and the tenant-wide ones. */
export const ROLES = ['customer', 'agent', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** A customer's permissions hold for tickets they requested, and for nothing else. */
const CUSTOMER: readonly Permission[] = [
  'ticket.read',
  'ticket.create',
  'message.reply',
  'attachment.create',
  'catalogue.read',
]

const AGENT: readonly Permission[] = [
  'ticket.read',
  'ticket.create',
  'ticket.change',
  'ticket.status',
  'ticket.assign',
  'ticket.bulk',
  'ticket.merge',
  'message.read_internal',
  'message.reply',
  'message.note',
  'attachment.create',
  'user.read',
  'catalogue.read',
  'view.read',
]

const ADMIN: readonly Permission[] = [
  ...AGENT,
  'ticket.delete',
  'message.delete',
  'user.manage',
  'catalogue.manage',
  'view.manage',
  'webhook.manage',
  'credential.manage',
  'export',
  'mail.manage',
  'report.read',
]

export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  customer: new Set(CUSTOMER),
  agent: new Set(AGENT),
  admin: new Set(ADMIN),
}
