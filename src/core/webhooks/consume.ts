import type { Store } from '../../storage/store.ts'
import { type Links, linkingIn } from '../attachments/links.ts'
import type { EventData } from '../events/event.ts'
import type { Instant } from '../instant.ts'
import type { Message } from '../messages/message.ts'
import type { Tenant } from '../tenants/tenant.ts'
import { eventOf, messageOf, ticketOf } from '../tickets/rows.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { findUsers } from '../users/queries.ts'
import { PROFILES, profileOf } from '../users/store.ts'
import type { UserProfile, UserSummary } from '../users/user.ts'
import type { News, Notice, Protocol } from './protocol.ts'
import { ADVANCE, messagesByIds, NEXT_EVENTS, OPEN_WEBHOOKS, ticketsByIds } from './store.ts'
import { EVERYTHING } from './webhook.ts'

/** Events that are made into deliveries at a time. */
const EVENTS_AT_ONCE = 200

/** What consuming needs of its surroundings. */
export interface Consuming {
  readonly store: Store
  readonly tenant: Tenant
  readonly protocols: ReadonlyMap<string, Protocol>
  readonly links: Links
  readonly now: Instant
  readonly newId: () => string
  readonly log: (message: string) => void
}

type EventRow = NonNullable<(typeof NEXT_EVENTS)['rowType']>
type OpenWebhook = NonNullable<(typeof OPEN_WEBHOOKS)['rowType']>

/**
 * Makes the next events of a tenant's log into deliveries and moves the stored position past them, in one statement: each
 * event exactly once, however many processes try.
 *
 * @returns whether there may be more.
 */
export async function consume(given: Consuming): Promise<boolean> {
  const { store, tenant } = given
  const events = await store.run({ statement: NEXT_EVENTS, values: [tenant.id, EVENTS_AT_ONCE] })
  const [first] = events
  const last = events.at(-1)
  if (!first || !last) return false
  const webhooks = await store.run({ statement: OPEN_WEBHOOKS, values: [tenant.id] })
  const deliveries = webhooks.length === 0 ? [] : await deliveriesOf(given, events, webhooks)
  const deleted = events.flatMap((event) => (event.kind === 'ticket.deleted' ? (event.ticket_id ?? []) : []))
  const erased = events.flatMap((event) => (event.kind === 'user.erased' ? (event.subject_id ?? []) : []))
  // A message may have been read a moment before it was deleted.
  const silenced = events.filter((event) => event.kind === 'message.deleted')
  const values = [
    ...[tenant.id, first.from_position, last.position, JSON.stringify(deliveries), deleted, given.now],
    ...[
      distinct(silenced.map((event) => event.ticket_id)),
      distinct(silenced.map((event) => event.message_id)),
      erased,
    ],
  ]
  await store.run({ statement: ADVANCE, values })
  return events.length === EVENTS_AT_ONCE
}

async function deliveriesOf(
  given: Consuming,
  events: readonly EventRow[],
  webhooks: readonly OpenWebhook[],
): Promise<readonly object[]> {
  const news = await newsOf(given, events)
  const byDialect = [...Map.groupBy(webhooks, (webhook) => webhook.dialect)]
  return news.flatMap((each) =>
    byDialect.flatMap(([dialect, theirs]) => {
      const notices = encoded(given, dialect, each)
      return theirs.flatMap((webhook) => rowsFor(given, webhook, each, notices))
    }),
  )
}

/** A payload that cannot be made is a defect of ours; it must not keep all that follows from going out. */
function encoded({ protocols, log }: Consuming, dialect: string, news: News): readonly Notice[] {
  try {
    return protocols.get(dialect)?.encode(news) ?? []
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log(`The event ${news.event.id} could not be told in the dialect ${dialect}: ${reason}`)
    return []
  }
}

function rowsFor({ newId }: Consuming, webhook: OpenWebhook, news: News, notices: readonly Notice[]): object[] {
  const { event } = news
  if (event.position <= webhook.since) return []
  if (webhook.desk_id !== null && !isOn(webhook.desk_id, news)) return []
  return notices.flatMap(({ type, body }, nth) =>
    webhook.events.includes(type) || webhook.events.includes(EVERYTHING)
      ? [
          {
            id: newId(),
            webhook_id: webhook.id,
            // In order for each ticket and each user; by it an erasure finds what waits.
            line: event.ticketId ?? news.subject?.id ?? event.id,
            position: event.position,
            nth,
            event_type: type,
            body,
          },
        ]
      : [],
  )
}

/** Whether what an event is about belongs to a desk: a ticket to one, a user to each that they have a membership on. */
function isOn(deskId: string, { ticket, event, subject }: News): boolean {
  if (subject) return subject.memberships.some((each) => each.deskId === deskId)
  return deskId === (ticket?.deskId ?? event.before?.['desk_id'] ?? event.after?.['desk_id'])
}

async function newsOf(given: Consuming, rows: readonly EventRow[]): Promise<readonly News[]> {
  const { store, tenant } = given
  const [tickets, messages, subjects, users] = await Promise.all([
    ticketsById(given, distinct(rows.map((row) => row.ticket_id))),
    messagesById(given, distinct(rows.map((row) => row.message_id))),
    profilesById(given, distinct(rows.map((row) => row.subject_id))),
    usersById({ store, tenant }, distinct(rows.flatMap(peopleIn))),
  ])
  return rows.map((row) => ({
    event: eventOf(row),
    tenant,
    ticket: tickets.get(row.ticket_id ?? '') ?? null,
    message: messages.get(row.message_id ?? '') ?? null,
    subject: subjects.get(row.subject_id ?? '') ?? null,
    users,
    linkTo: linkingIn(given.links, given),
  }))
}

function peopleIn(row: EventRow): readonly (string | null)[] {
  const named = (data: EventData | null) => [data?.['assignee_id'], data?.['requester_id']]
  const ids = [...named(row.before), ...named(row.after)].filter((id) => typeof id === 'string')
  return [row.actor_id, row.subject_id, ...ids]
}

function distinct(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))]
}

async function ticketsById({ store, tenant }: Consuming, ids: readonly string[]): Promise<ReadonlyMap<string, Ticket>> {
  if (ids.length === 0) return new Map()
  const rows = await store.run(ticketsByIds(tenant.id, ids))
  return new Map(rows.map((row) => [row.id, ticketOf(row)]))
}

async function messagesById(
  { store, tenant }: Consuming,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Message>> {
  if (ids.length === 0) return new Map()
  const rows = await store.run(messagesByIds(tenant.id, ids))
  return new Map(rows.map((row) => [row.id, messageOf(row)]))
}

async function profilesById(
  { store, tenant }: Consuming,
  ids: readonly string[],
): Promise<ReadonlyMap<string, UserProfile>> {
  if (ids.length === 0) return new Map()
  const rows = await store.run({ statement: PROFILES, values: [tenant.id, ids, []] })
  return new Map(rows.map((row) => [row.id, profileOf(row)]))
}

async function usersById(
  given: Pick<Consuming, 'store' | 'tenant'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, UserSummary>> {
  return new Map((await findUsers(given, ids)).map((user) => [user.id, user]))
}
