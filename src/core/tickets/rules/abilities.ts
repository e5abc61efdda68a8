import { type Actor, may } from '../../identity/actor.ts'
import type { Permission } from '../../identity/permissions.ts'
import type { Ticket } from '../ticket.ts'

/** What somebody can do with a ticket, in the order in which consoles offer it. */
export const ABILITIES = [
  'reply',
  'note',
  'change',
  'status',
  'close',
  'assign',
  'merge',
  'split',
  'link',
  'delete',
] as const
export type Ability = (typeof ABILITIES)[number]

const BY_PERMISSION: Partial<Readonly<Record<Ability, Permission>>> = {
  note: 'message.note',
  change: 'ticket.change',
  status: 'ticket.status',
  assign: 'ticket.assign',
  merge: 'ticket.merge',
  split: 'ticket.merge',
  link: 'ticket.change',
  delete: 'ticket.delete',
}

/** What an actor may do with a ticket now: what the rules would not refuse. */
export function abilitiesOn(actor: Actor, ticket: Pick<Ticket, 'deskId' | 'requester' | 'status'>): readonly Ability[] {
  return ABILITIES.filter((ability) => {
    const permission = BY_PERMISSION[ability]
    if (permission !== undefined) return may(actor, permission, ticket.deskId)
    const isOwn = ticket.requester?.id === actor.user.id
    if (ability === 'close')
      return may(actor, 'ticket.status', ticket.deskId) || (isOwn && actor.permissions.has('ticket.status'))
    return may(actor, 'message.reply', ticket.deskId) && !(isOwn && ticket.status === 'closed')
  })
}
