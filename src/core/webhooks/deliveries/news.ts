import type { Store } from '../../../storage/store.ts'
import { type Links, linkingIn } from '../../attachments/links.ts'
import { LISTED_CHARACTERS } from '../../bounds.ts'
import type { Tenant } from '../../catalogue/tenant.ts'
import type { System } from '../../context.ts'
import type { EventData } from '../../events/event.ts'
import { type EventRow, eventOf } from '../../events/rows.ts'
import { findUsers } from '../../identity/queries.ts'
import { cutTo, messageOf, ticketOf } from '../../tickets/rows.ts'
import { PROFILES, profileOf } from '../../users/store.ts'
import type { GoneTicket, News, Notice, Protocol } from '../protocol.ts'
import { GONE_TICKETS, messagesByIds, TICKETS_BY_ID } from './store/make.ts'

/** With what events of a tenant are told. */
export interface NewsSystem extends System<Store> {
  readonly tenant: Tenant
  readonly protocols: ReadonlyMap<string, Protocol>
  readonly links: Links
  readonly log: (message: string) => void
}

/** An event of the log, with whom it is about. */
export type EventToTell = EventRow & { readonly subject_id: string | null }

/** Events with all that a payload may show of them, read now: what was erased since is not in it. */
export async function newsOf(given: NewsSystem, rows: readonly EventToTell[]): Promise<readonly News[]> {
  const { store, tenant } = given
  const ticketIds = distinct(rows.map((row) => row.ticket_id))
  const [tickets, messages, subjects, users] = await Promise.all([
    found(ticketIds, async (ids) =>
      (await store.run(TICKETS_BY_ID.with({ tenant_id: tenant.id, ids }))).map((row) =>
        cutTo(LISTED_CHARACTERS, ticketOf(row)),
      ),
    ),
    found(distinct(rows.map((row) => row.message_id)), async (ids) =>
      (await store.run(messagesByIds(tenant.id, ids))).map(messageOf),
    ),
    found(distinct(rows.map((row) => row.subject_id)), async (ids) =>
      (await store.run(PROFILES.with({ tenant_id: tenant.id, ids, integers: [] }))).map(profileOf),
    ),
    found(distinct(rows.flatMap(peopleIn)), (ids) => findUsers(given, ids)),
  ])
  const gone = await goneTickets(
    given,
    ticketIds.filter((id) => !tickets.has(id)),
  )
  return rows.map((row) => ({
    event: eventOf(row),
    tenant,
    ticket: tickets.get(row.ticket_id ?? '') ?? null,
    gone: gone.get(row.ticket_id ?? '') ?? null,
    message: messages.get(row.message_id ?? '') ?? null,
    subjectId: row.subject_id,
    subject: subjects.get(row.subject_id ?? '') ?? null,
    users,
    linkTo: linkingIn(given.links, given),
  }))
}

/** What a person's event tells of desks: lists of texts that begin with the id of the desk. */
const BY_DESK: ReadonlySet<string> = new Set(['roles', 'external_ids'])

/**
 * What may be told of an event to a webhook: one of a desk is told nothing of what a person is on others. Null when that
 * is all there is.
 */
export function newsFor(deskId: string | null, news: News): News | null {
  if (deskId === null || news.subjectId === null) return news
  const { event, subject } = news
  const [before, after] = [onDesk(deskId, event.before), onDesk(deskId, event.after)]
  const isOfOthers = event.after !== null && after !== null && isEmpty(after) && !isEmpty(event.after)
  if (isOfOthers && (before === null || isEmpty(before))) return null
  const isHere = (each: { readonly deskId: string }): boolean => each.deskId === deskId
  const seen = subject && {
    ...subject,
    memberships: subject.memberships.filter(isHere),
    externalIds: subject.externalIds.filter(isHere),
  }
  return { ...news, event: { ...event, before, after }, subject: seen }
}

function isEmpty(data: EventData): boolean {
  return Object.keys(data).length === 0
}

function onDesk(deskId: string, data: EventData | null): EventData | null {
  if (data === null) return null
  const seen: Record<string, EventData[string]> = {}
  for (const [field, value] of Object.entries(data)) {
    if (!BY_DESK.has(field) || !Array.isArray(value)) {
      seen[field] = value
      continue
    }
    const here = value.filter((each) => each.startsWith(`${deskId} `))
    if (here.length > 0) seen[field] = here
  }
  return seen
}

/** What a dialect tells. A payload that cannot be made is a defect of ours; it must not keep all that follows from going out. */
export function noticesOf({ protocols, log }: NewsSystem, dialect: string, news: News): readonly Notice[] {
  try {
    return protocols.get(dialect)?.encode(news) ?? []
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log(`The event ${news.event.id} could not be told in the dialect ${dialect}: ${reason}`)
    return []
  }
}

function peopleIn(row: EventToTell): readonly (string | null)[] {
  const named = (data: EventData | null) => [data?.['assignee_id'], data?.['requester_id']]
  const ids = [...named(row.before), ...named(row.after)].filter((id) => typeof id === 'string')
  return [row.actor_id, row.subject_id, ...ids]
}

function distinct(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))]
}

async function found<Thing extends { readonly id: string }>(
  ids: readonly string[],
  find: (ids: readonly string[]) => Promise<readonly Thing[]>,
): Promise<ReadonlyMap<string, Thing>> {
  return ids.length === 0 ? new Map() : new Map((await find(ids)).map((thing) => [thing.id, thing]))
}

async function goneTickets(
  { store, tenant }: NewsSystem,
  ids: readonly string[],
): Promise<ReadonlyMap<string, GoneTicket>> {
  if (ids.length === 0) return new Map()
  const rows = await store.run(GONE_TICKETS.with({ tenant_id: tenant.id, ids }))
  return new Map(
    rows.map(({ ticket_id: id, desk_id: deskId, integer }) => [id, { id, deskId, integer } satisfies GoneTicket]),
  )
}
