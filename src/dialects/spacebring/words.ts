import type { Tenant } from '../../core/catalogue/tenant.ts'
import type { Role } from '../../core/identity/permissions.ts'
import type { TicketOrder } from '../../core/tickets/queries/list.ts'
import type { StatusChange } from '../../core/tickets/ticket.ts'
import type { Status } from '../../core/words.ts'

/** Spacebring reference, Support: ticket status. */
export const STATUS_WORDS = ['new', 'inProgress', 'solved', 'closed'] as const
export type StatusWord = (typeof STATUS_WORDS)[number]

/** The word that a status is shown by. */
export const WORD_OF_STATUS: Readonly<Record<Status, StatusWord>> = {
  new: 'new',
  open: 'inProgress',
  pending: 'inProgress',
  on_hold: 'inProgress',
  solved: 'solved',
  closed: 'closed',
}

/** What setting a word does: a ticket that already shows it keeps its status (S10, S46). */
export const CHANGE_OF_STATUS_WORD: Readonly<Record<StatusWord, StatusChange>> = {
  new: { to: 'new' },
  inProgress: { to: 'open', sameAs: ['open', 'pending', 'on_hold'] },
  solved: { to: 'solved' },
  closed: { to: 'closed' },
}

/** Spacebring reference, Support: ticket type. Ours is the topic. */
export const TYPE_WORDS = [
  'access',
  'accountAndBilling',
  'bookings',
  'cleaning',
  'discriminationAndHarassment',
  'internet',
  'mailAndPackages',
  'noiseAndAcoustics',
  'offensiveOrObjectionableContent',
  'other',
  'printing',
  'repairAndMaintenance',
  'temperatureAndVentilation',
  'websiteAndApp',
] as const
export type TypeWord = (typeof TYPE_WORDS)[number]

/** The word for topics that the vendor has no word for, and for no topic at all (S44). */
export const OTHER_TYPE = 'other' satisfies TypeWord

/** The word that a topic is shown by. */
export function typeWordOf(tenant: Tenant, topicId: number | null): TypeWord {
  const topic = tenant.topics.find((each) => each.id === topicId && each.offeredIn.includes('spacebring'))
  return TYPE_WORDS.find((word) => word === topic?.word) ?? OTHER_TYPE
}

/** The topic that a word chooses; null when the tenant does not offer it. */
export function topicOfTypeWord(tenant: Tenant, word: TypeWord): number | null {
  const topic = tenant.topics.find((each) => each.word === word && each.active && each.offeredIn.includes('spacebring'))
  return topic?.id ?? null
}

/** What a role is called in a membership (S24). */
export const ROLE_TYPE_OF: Readonly<Record<Role, 'admin' | 'member'>> = {
  customer: 'member',
  agent: 'admin',
  admin: 'admin',
}

/** Spacebring reference, Retrieve tickets: `order`. */
export const ORDER_WORDS = ['createDate:asc', 'createDate:desc', 'updateDate:asc', 'updateDate:desc'] as const
export type OrderWord = (typeof ORDER_WORDS)[number]

export const DEFAULT_ORDER = 'createDate:desc' satisfies OrderWord

export const ORDER_OF_WORD: Readonly<Record<OrderWord, TicketOrder>> = {
  'createDate:asc': 'oldest',
  'createDate:desc': 'newest',
  'updateDate:asc': 'earliest_change',
  'updateDate:desc': 'latest_change',
}
