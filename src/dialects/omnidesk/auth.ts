import type { FastifyRequest } from 'fastify'
import { refuse } from '../../core/errors.ts'
import type { Actor } from '../../core/identity/actor.ts'
import { narrowed } from '../../core/identity/actor.ts'
import type { Permission } from '../../core/identity/permissions.ts'
import type { Services } from '../services.ts'

/** The vendor's permissions that a key can be given and that this dialect makes use of. */
export type VendorPermission =
  | 'TICKET_READ'
  | 'TICKET_CREATE'
  | 'TICKET_UPDATE'
  | 'TICKET_DELETE'
  | 'SET_STATUS'
  | 'TICKET_BATCH'
  | 'MESSAGE_CREATE'
  | 'CUSTOMER_READ'
  | 'CUSTOMER_CUD'
  | 'FORM_READ'
  | 'CHANNEL_CUD'
  | 'BRAND_READ'
  | 'CHANNEL_READ'
  | 'GROUP_READ'
  | 'USER_READ'
  | 'VIEW_READ'

/** The permission a key must have for an operation, and what the operation uses of the core. */
export interface Need {
  readonly permission: VendorPermission
  readonly uses: readonly Permission[]
  /** What the operation can do beyond that for a key which has this permission too. */
  readonly beyond?: { readonly permission: VendorPermission; readonly uses: readonly Permission[] }
}

/** What each operation needs, by the list on the vendor's Ticket page. */
export const NEEDS = {
  readTickets: { permission: 'TICKET_READ', uses: ['ticket.read', 'message.read_internal'] },
  createTicket: { permission: 'TICKET_CREATE', uses: ['ticket.create'] },
  updateTicket: { permission: 'TICKET_UPDATE', uses: ['ticket.read', 'ticket.change', 'ticket.status'] },
  setPriority: { permission: 'TICKET_UPDATE', uses: ['ticket.read', 'ticket.change', 'ticket.bulk'] },
  // The page names no permission for it; it changes a ticket like the two above.
  unlinkCustomer: { permission: 'TICKET_UPDATE', uses: ['ticket.read', 'ticket.change'] },
  deleteTicket: { permission: 'TICKET_DELETE', uses: ['ticket.read', 'ticket.delete'] },
  deleteTickets: { permission: 'TICKET_DELETE', uses: ['ticket.read', 'ticket.delete', 'ticket.bulk'] },
  setStatus: { permission: 'SET_STATUS', uses: ['ticket.read', 'ticket.status', 'ticket.bulk'] },
  batch: {
    permission: 'TICKET_BATCH',
    uses: ['ticket.read', 'ticket.change', 'ticket.status', 'ticket.assign', 'ticket.bulk', 'message.note'],
    beyond: { permission: 'TICKET_DELETE', uses: ['ticket.delete'] },
  },
  createMessage: {
    permission: 'MESSAGE_CREATE',
    uses: ['ticket.read', 'ticket.status', 'message.reply', 'message.note', 'attachment.create'],
    // Who reads notes can answer them, and pass on their files.
    beyond: { permission: 'TICKET_READ', uses: ['message.read_internal'] },
  },
  readCustomers: { permission: 'CUSTOMER_READ', uses: ['user.read'] },
  readCustomerTimeline: { permission: 'CUSTOMER_READ', uses: ['user.read', 'ticket.read', 'message.read_internal'] },
  writeCustomers: {
    permission: 'CUSTOMER_CUD',
    uses: ['user.read', 'user.manage', 'ticket.read', 'ticket.change', 'ticket.bulk'],
  },
  eraseCustomers: { permission: 'CUSTOMER_CUD', uses: ['user.read', 'user.manage'] },
  readForms: { permission: 'FORM_READ', uses: ['catalogue.read'] },
  readFormOfTicket: { permission: 'FORM_READ', uses: ['catalogue.read', 'ticket.read'] },
  // Sic: the vendor lists it under the permission to write channels.
  readChannel: { permission: 'CHANNEL_CUD', uses: ['catalogue.read'] },
  readBrands: { permission: 'BRAND_READ', uses: ['catalogue.read'] },
  readChannels: { permission: 'CHANNEL_READ', uses: ['catalogue.read'] },
  readGroups: { permission: 'GROUP_READ', uses: ['catalogue.read'] },
  readUsers: { permission: 'USER_READ', uses: ['user.read'] },
  readViews: { permission: 'VIEW_READ', uses: ['view.read'] },
} as const satisfies Record<string, Need>

/** Tells who calls, by the key (401). */
export async function authenticate(request: FastifyRequest, { access }: Services): Promise<Actor> {
  const key = presentedKey(request)
  const actor = key === null ? null : await access.resolve('omnidesk', 'api_key', key)
  return actor ?? refuse({ code: 'unauthenticated' })
}

/** Decides whether the key has the operation's permission (403). */
export async function admit(_request: FastifyRequest, need: Need, _services: Services, actor: Actor): Promise<Actor> {
  demandVendor(actor, need.permission)
  const { beyond } = need
  return narrowed(actor, beyond && hasVendor(actor, beyond.permission) ? [...need.uses, ...beyond.uses] : need.uses)
}

/** Refuses as `forbidden` unless the key has the vendor's permission. */
export function demandVendor(actor: Actor, permission: VendorPermission): void {
  if (!hasVendor(actor, permission)) refuse({ code: 'forbidden', permission })
}

function hasVendor(actor: Actor, permission: VendorPermission): boolean {
  return actor.credential.scopes.includes(permission)
}

/** What a page like that of /docs sends, which asks for a key and knows of no scheme. */
const BARE_KEY = /^(?!apikey$)\S+$/i
const API_KEY_SCHEME = /^apikey +(\S+)$/i

/** The names under which the key comes as a query parameter; never a parameter of an operation. */
export const KEY_PARAMETERS: readonly string[] = ['apiKey', 'apikey']

/**
 * The key in the first of the three ways to send it: `Authorization: apikey <key>`, the header `apiKey`, and the query
 * parameter `apiKey` (each from another generation of the vendor's reference); last, the key alone as `Authorization`. Another `Authorization` scheme is none
 * of ours and leaves the other two ways open.
 */
export function presentedKey(request: Pick<FastifyRequest, 'headers' | 'query'>): string | null {
  const { authorization, apikey } = request.headers
  const fromScheme = API_KEY_SCHEME.exec(authorization ?? '')?.[1]
  return fromScheme ?? firstText(apikey) ?? keyInQuery(request.query) ?? BARE_KEY.exec(authorization ?? '')?.[0] ?? null
}

function keyInQuery(query: unknown): string | undefined {
  const sent = new Map(Object.entries(Object(query)))
  return KEY_PARAMETERS.map((name) => firstText(sent.get(name))).find((key) => key !== undefined)
}

function firstText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first !== '' ? first : undefined
}
