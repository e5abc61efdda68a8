import type { Tenant } from '../../core/catalogue/tenant.ts'
import type { UserSummary } from '../../core/identity/user.ts'
import { personOn } from '../../core/tickets/queries/people.ts'
import type { Person, Ticket } from '../../core/tickets/ticket.ts'
import type { News, Notice, Protocol } from '../../core/webhooks/protocol.ts'
import { newStandardSecret, standardHeaders } from '../standard-webhooks.ts'
import { encodeChange, encodeComment, type Scene } from './tickets/activities.ts'
import { encodeTicket } from './tickets/codec.ts'
import type { Reader } from './tickets/people.ts'
import type { Activity } from './tickets/schema.ts'

const CREATED = 'support.ticket.created'
const UPDATED = 'support.ticket.updated'
const COMMENTED = 'support.ticket.comment.created'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Webhooks are the network's own, so they show people as its administrators see them. */
const OPERATOR: Reader = { userId: '', worksHere: true }

/** Spacebring, Webhooks: delivered as Svix does, on its schedule (S36). Two event names are ours and off by default (S37). */
export const webhooks: Protocol = {
  eventTypes: [
    { name: CREATED, about: 'A ticket was created.' },
    { name: UPDATED, about: 'Status, type or assignee changed. Not one of the vendor’s events.' },
    { name: COMMENTED, about: 'A comment was added. Not one of the vendor’s events.' },
  ],
  defaultEvents: [CREATED],
  hasEverything: false,
  timeoutMs: 15 * SECOND,
  retryDelaysMs: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR],
  disables: () => false,
  newSecret: newStandardSecret,
  encode,
  test: () => ({ type: CREATED, body: JSON.stringify({ type: CREATED, ticket: {} }) }),
  sign: (signing) => standardHeaders('svix', signing),
}

function encode(news: News): readonly Notice[] {
  const { event, ticket, tenant } = news
  if (!ticket) return []
  if (event.kind === 'ticket.created') return [notice(CREATED, { ticket: shownTicket(ticket, tenant) })]
  const activity = activityOf(news, ticket)
  if (!activity) return []
  const type = activity.type === 'comment' ? COMMENTED : UPDATED
  return [notice(type, { ticket: shownTicket(ticket, tenant), activity })]
}

function notice(type: string, payload: object): Notice {
  return { type, body: JSON.stringify({ type, ...payload }) }
}

/** The ticket as the catalogue of webhooks shows it: fewer fields than an answer has, and none that is null. */
function shownTicket(ticket: Ticket, tenant: Tenant): object {
  const shown = encodeTicket(ticket, tenant, OPERATOR)
  const { id, locationRef, number, description, status, type, createDate, updateDate } = shown
  return {
    id,
    locationRef,
    number,
    description,
    status,
    type,
    createDate,
    updateDate,
    ...(shown.membershipRefRequester && { membershipRefRequester: shown.membershipRefRequester }),
    ...(shown.membershipRefAssignee && { membershipRefAssignee: shown.membershipRefAssignee }),
    ...(ticket.requester && { userRequester: shownUser(ticket.requester) }),
    ...(ticket.assignee && { userAssignee: shownUser(ticket.assignee) }),
  }
}

function shownUser({ id, about, email, name, surname, phone, photoUrl }: Person): object {
  return {
    id,
    ...(about && { about }),
    ...(email && { email }),
    ...(name && { name }),
    ...(surname && { surname }),
    ...(phone && { phoneNumber: phone }),
    ...(photoUrl && { photoUrl }),
  }
}

/** The activity that the ticket's own answer shows for an event; internal messages are none (S45). */
function activityOf({ event, message, users, tenant, linkTo }: News, ticket: Ticket): Activity | null {
  const here = (user: UserSummary): Person => personOn(user, ticket.deskId)
  const people = new Map([...users].map(([id, user]) => [id, here(user)]))
  const scene: Scene = { ticketId: ticket.id, tenant, reader: OPERATOR, people, profile: 'older', linkTo }
  if (event.kind === 'message.added') {
    if (message?.visibility !== 'public') return null
    const author = message.author ? (people.get(message.author.id) ?? null) : null
    return encodeComment(event, message, author, scene)
  }
  const isRepetition = JSON.stringify(event.before) === JSON.stringify(event.after)
  return isRepetition ? null : encodeChange(event, people.get(event.actorId ?? '') ?? null, scene)
}
