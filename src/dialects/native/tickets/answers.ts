import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type { Context } from '../../../core/context.ts'
import { Refusal } from '../../../core/errors.ts'
import type { Message } from '../../../core/messages/message.ts'
import { getTicket } from '../../../core/tickets/queries/find.ts'
import type { ShownTicket, TicketKey } from '../../../core/tickets/queries/list.ts'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import type { Ticket, TicketRef } from '../../../core/tickets/ticket.ts'
import type { Call } from '../../route.ts'
import type { Answer } from '../../wire.ts'
import { errors } from '../errors.ts'
import { namesOf } from '../names.ts'
import { cursorAfter, cursorAt } from '../paging.ts'
import { decodeRef } from '../reference.ts'
import { encodeMessage, encodeTicket, encodeTimelineEntry } from './codec.ts'
import { isKnown } from './entity-tags.ts'
import type { ShownOfMessage } from './included.ts'
import { listText, type TicketText } from './listed.ts'

function entityTag({ version }: Ticket): string {
  return `"${version}"`
}

export function answerTicket(tenant: Tenant, ticket: Ticket, shown: object = {}): Answer {
  const body = { ...encodeTicket(namesOf(tenant), ticket), ...shown }
  return { status: 200, headers: { etag: entityTag(ticket) }, body }
}

/** Nothing but the entity tag for whoever has this version of the ticket already. @throws Refusal `invalid` */
export function answerUnlessKnown(
  tenant: Tenant,
  ticket: Ticket,
  headers: Call<never, never, never>['headers'],
): Answer {
  return isKnown(headers, ticket.version)
    ? { status: 304, headers: { etag: entityTag(ticket) } }
    : answerTicket(tenant, ticket)
}

export function answerCreated(tenant: Tenant, ticket: Ticket): Answer {
  const headers = { etag: entityTag(ticket), location: `/v1/tickets/${ticket.id}` }
  return { status: 201, headers, body: encodeTicket(namesOf(tenant), ticket) }
}

/** @param shown what else is shown of each. */
export function answerTickets(
  tenant: Tenant,
  tickets: readonly Ticket[],
  next: TicketKey | null,
  shown: (ticket: Ticket) => object,
): Answer {
  const names = namesOf(tenant)
  const data = tickets.map((ticket) => ({ ...encodeTicket(names, ticket), ...shown(ticket) }))
  return { status: 200, body: { data, next: next && cursorAfter(next) } }
}

/** Refused, with the ticket as it is now, so that whoever was too late sees by what. */
function answerTooLate(tenant: Tenant, ticket: Ticket): Answer {
  const { body, ...answer } = errors.precondition_failed({ code: 'precondition_failed' })
  return { ...answer, body: { ...Object(body), ticket: encodeTicket(namesOf(tenant), ticket) } }
}

/** Does `work` on a ticket; who is too late for it is answered how the ticket is now. */
export async function orAsItIs(
  ctx: Context,
  params: { readonly id: string },
  work: (ref: TicketRef) => Promise<Answer>,
): Promise<Answer> {
  const ref = decodeRef(params, 'ticket')
  try {
    return await work(ref)
  } catch (error) {
    if (!(error instanceof Refusal && error.error.code === 'precondition_failed')) throw error
    return answerTooLate(ctx.tenant, await getTicket(ctx, ref))
  }
}

/** The first page, of what is on the shelf as far as that holds. It is written here and not by the route's schema. */
export function answerShown(tickets: readonly ShownTicket<TicketText>[], next: TicketKey | null): Answer {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return { status: 200, headers, body: listText(tickets, next && cursorAfter(next)) }
}

export function answerMessageAdded(
  tenant: Tenant,
  ticket: Ticket,
  messages: readonly Message[],
  linkTo: LinkTo,
): Answer {
  const [message] = messages
  if (!message) throw new Error('A message was added, but the core did not answer it.')
  const names = namesOf(tenant)
  return { status: 201, body: { message: encodeMessage(names, message, linkTo), ticket: encodeTicket(names, ticket) } }
}

export function answerMessages(
  tenant: Tenant,
  messages: readonly Message[],
  next: number | null,
  linkTo: LinkTo,
  { ofEach = () => ({}), ...shown }: { readonly ofEach?: ShownOfMessage; readonly deleted?: readonly object[] } = {},
): Answer {
  const names = namesOf(tenant)
  const data = messages.map((message) => ({ ...encodeMessage(names, message, linkTo), ...ofEach(message) }))
  return { status: 200, body: { data, next: next === null ? null : cursorAt(next), ...shown } }
}

export function answerTimeline(
  tenant: Tenant,
  entries: readonly TimelineEntry[],
  next: number | null,
  linkTo: LinkTo,
  ofEach: ShownOfMessage,
): Answer {
  const names = namesOf(tenant)
  return {
    status: 200,
    body: {
      data: entries.map((entry) => {
        const encoded = encodeTimelineEntry(names, entry, linkTo)
        return { ...encoded, message: encoded.message && { ...encoded.message, ...ofEach(encoded.message) } }
      }),
      next: next === null ? null : cursorAt(next),
    },
  }
}
