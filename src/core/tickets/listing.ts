import { type Static, Type } from 'typebox'
import { type BoundStatement, type Statement, statement } from '../../storage/statement.ts'
import type { Sight } from '../access/actor.ts'
import { patternOf } from '../patterns.ts'
import type { TicketKey, TicketOrder, TicketPage } from './queries.ts'
import { TICKET_LINE, TicketLine } from './rows.ts'
import type { TicketFilter } from './ticket.ts'

/**
 * The statements behind lists of tickets. Each combination of order and scope has its own, so that every page is a
 * range of one index: a general statement would have to be planned anew each time, or badly once.
 */

/** Which index range holds all candidates: the tenant's, one desk's, one requester's; `mixed` is filtered from the tenant's. */
type Scope = 'all' | 'desk' | 'own' | 'mixed'

const SCOPES: Readonly<Record<Scope, string>> = {
  all: '$3::uuid[] is null and $4::uuid is null',
  desk: 't.desk_id = ($3::uuid[])[1] and $4::uuid is null',
  own: 't.requester_id = $4::uuid and $3::uuid[] is null',
  mixed: '(t.desk_id = any ($3::uuid[]) or t.requester_id = $4::uuid)',
}

/** Ids are UUIDv7, so their order is the order of creation. */
const ORDERS: Readonly<
  Record<TicketOrder, { readonly sort: string; readonly after: string; readonly first: TicketKey }>
> = {
  newest: {
    sort: 't.id desc',
    after: 't.id < $6::uuid and $5::timestamptz is not null',
    first: { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
  },
  oldest: {
    sort: 't.id',
    after: 't.id > $6::uuid and $5::timestamptz is not null',
    first: { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' },
  },
  latest_change: {
    sort: 't.updated_at desc, t.id desc',
    after: '(t.updated_at, t.id) < ($5::timestamptz, $6::uuid)',
    first: { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
  },
  earliest_change: {
    sort: 't.updated_at, t.id',
    after: '(t.updated_at, t.id) > ($5::timestamptz, $6::uuid)',
    first: { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' },
  },
}

const FILTERS = `
  and ($7::uuid[] is null or t.desk_id = any ($7::uuid[]))
  and ($8::text[] is null or t.status = any ($8::text[]))
  and ($9::text[] is null or t.priority = any ($9::text[]))
  and ($10::integer[] is null or t.topic_id = any ($10::integer[]))
  and ($11::integer[] is null or t.type_id = any ($11::integer[]))
  and ($12::uuid[] is null or t.group_id = any ($12::uuid[]))
  and ($13::uuid[] is null or t.requester_id = any ($13::uuid[]))
  and ($14::uuid[] is null or t.assignee_id = any ($14::uuid[]))
  and ($15::boolean is null or (t.assignee_id is null) = $15::boolean)
  and ($16::text is null or t.external_reference = $16::text)`

/** Every word occurs somewhere: `$17` patterns, `$18` the integer that the only word may be, `$19` desks whose notes count. */
const WORDS = `
  and ($18::bigint is not distinct from t.integer or not exists (
    select 1 from unnest($17::text[]) w (pattern)
    where not (t.title ilike w.pattern or t.from_address ilike w.pattern or t.from_name ilike w.pattern or t.to_address ilike w.pattern
      or exists (select 1 from users s where s.tenant_id = $1 and s.id = t.requester_id
        and (s.name ilike w.pattern or s.surname ilike w.pattern or s.email ilike w.pattern or s.customer_number ilike w.pattern))
      or exists (select 1 from external_identities x where x.tenant_id = $1 and x.user_id = t.requester_id
        and x.desk_id = t.desk_id and x.external_id ilike w.pattern)
      or exists (select 1 from messages m where m.tenant_id = $1 and m.ticket_id = t.id and m.plain ilike w.pattern
        and (m.visibility = 'public' or t.desk_id = any ($19::uuid[]))))))`

type Listing = 'keyed' | 'counted' | 'found'

/** `keyed` pages by key; `counted` by offset, and counts what it does not return; `found` as `counted`, with words. */
function listText(listing: Listing, order: TicketOrder, scope: Scope): string {
  const { sort, after } = ORDERS[order]
  const words = listing === 'found' ? WORDS : ''
  const where = `t.tenant_id = $1 and ${SCOPES[scope]} and ${after} ${FILTERS} ${words}`
  if (listing === 'keyed') {
    return `select ${TICKET_LINE} from tickets t where ${where} order by ${sort} limit $2`
  }
  const offset = listing === 'found' ? '$20' : '$17'
  return `select ${TICKET_LINE} from tickets t where ${where} order by ${sort} limit $2 offset ${offset}::bigint`
}

function countText(scope: Scope, words: boolean): string {
  return `select count(*) as total from tickets t where t.tenant_id = $1 and $2::bigint is null and ${SCOPES[scope]}
    and $5::timestamptz is null and $6::uuid is null ${FILTERS} ${words ? WORDS : ''}`
}

const TotalRow = Type.Object({ total: Type.Integer() })

const scopes = Object.keys(SCOPES) as Scope[]
const orders = Object.keys(ORDERS) as TicketOrder[]

const LISTS = new Map<string, Statement<Static<typeof TicketLine>>>()
const COUNTS = new Map<string, Statement<{ total: number }>>()
for (const scope of scopes) {
  for (const order of orders) {
    LISTS.set(
      `keyed ${order} ${scope}`,
      statement(`ticket.list.${order}.${scope}`, TicketLine, listText('keyed', order, scope)),
    )
  }
  LISTS.set(
    `counted newest ${scope}`,
    statement(`ticket.page.${scope}`, TicketLine, listText('counted', 'newest', scope)),
  )
  LISTS.set(
    `found newest ${scope}`,
    statement(`ticket.search.${scope}`, TicketLine, listText('found', 'newest', scope)),
  )
  COUNTS.set(`plain ${scope}`, statement(`ticket.count.${scope}`, TotalRow, countText(scope, false)))
  COUNTS.set(`words ${scope}`, statement(`ticket.count_found.${scope}`, TotalRow, countText(scope, true)))
}

/** Sums of the maintained counters: `$2` desks or null for all, `$3` statuses or null for all. */
const TOTALS = statement(
  'ticket.totals',
  TotalRow,
  `select coalesce(sum(case s.status when 'new' then d.new_tickets when 'open' then d.open_tickets when 'pending' then d.pending_tickets
    when 'on_hold' then d.on_hold_tickets when 'solved' then d.solved_tickets else d.closed_tickets end), 0)::bigint as total
from desk_counters d, unnest(coalesce($3::text[], array['new', 'open', 'pending', 'on_hold', 'solved', 'closed'])) s (status)
where d.tenant_id = $1 and ($2::uuid[] is null or d.desk_id = any ($2::uuid[]))`,
)

function chosen<Row>(statements: ReadonlyMap<string, Statement<Row>>, key: string): Statement<Row> {
  const found = statements.get(key)
  if (!found) throw new Error(`There is no statement for ${key}.`)
  return found
}

function scopeOf(
  sight: Sight,
  filter: TicketFilter,
): { readonly scope: Scope; readonly deskIds: readonly string[] | null; readonly requesterId: string | null } {
  const only = filter.deskIds?.length === 1 ? filter.deskIds : null
  if (sight.all)
    return only
      ? { scope: 'desk', deskIds: only, requesterId: null }
      : { scope: 'all', deskIds: null, requesterId: null }
  const inReach = only?.every((deskId) => sight.deskIds.includes(deskId))
  if (only && inReach) return { scope: 'desk', deskIds: only, requesterId: null }
  if (sight.requesterId === null && sight.deskIds.length === 1)
    return { scope: 'desk', deskIds: sight.deskIds, requesterId: null }
  if (sight.deskIds.length === 0) return { scope: 'own', deskIds: null, requesterId: sight.requesterId }
  return { scope: 'mixed', deskIds: sight.deskIds, requesterId: sight.requesterId }
}

/** A credential bound to a desk lists that desk only, whatever was asked for. */
function withinSight(sight: Sight, filter: TicketFilter): TicketFilter {
  const { onlyDeskId } = sight
  if (onlyDeskId === null) return filter
  return { ...filter, deskIds: (filter.deskIds ?? [onlyDeskId]).filter((deskId) => deskId === onlyDeskId) }
}

function filterValues(filter: TicketFilter): unknown[] {
  return [
    filter.deskIds ?? null,
    filter.statuses ?? null,
    filter.priorities ?? null,
    filter.topicIds ?? null,
    filter.typeIds ?? null,
    filter.groupIds ?? null,
    filter.requesterIds ?? null,
    filter.assigneeIds ?? null,
    filter.unassigned ?? null,
    filter.externalReference ?? null,
  ]
}

function wordValues(words: readonly string[], notesOn: readonly string[]): unknown[] {
  const patterns = words.map(patternOf)
  const only = words.length === 1 ? words[0] : undefined
  const integer = only !== undefined && /^\d{1,15}$/.test(only) ? Number(only) : null
  return [patterns, integer, notesOn]
}

/**
 * One page of tickets; asks for one more than the limit when paging by key, which tells whether there is another page.
 *
 * @param notesOn the desks on which words are looked for in internal messages too.
 */
export function pageOfTickets(
  tenantId: string,
  sight: Sight,
  asked: TicketFilter,
  page: TicketPage,
  notesOn: readonly string[],
): BoundStatement<Static<typeof TicketLine>> {
  const filter = withinSight(sight, asked)
  const { scope, deskIds, requesterId } = scopeOf(sight, filter)
  if (page.by === 'key') {
    if (filter.words?.length) throw new Error('A list by key looks for no words.')
    const after = page.after ?? ORDERS[page.order].first
    return {
      statement: chosen(LISTS, `keyed ${page.order} ${scope}`),
      values: [tenantId, page.limit + 1, deskIds, requesterId, after.at, after.id, ...filterValues(filter)],
    }
  }
  const { at, id } = ORDERS.newest.first
  const words = filter.words ?? []
  const values = [tenantId, page.limit, deskIds, requesterId, at, id, ...filterValues(filter)]
  if (words.length === 0)
    return { statement: chosen(LISTS, `counted newest ${scope}`), values: [...values, page.offset] }
  return {
    statement: chosen(LISTS, `found newest ${scope}`),
    values: [...values, ...wordValues(words, notesOn), page.offset],
  }
}

/** How many tickets match: from the maintained counters where these know it, else by counting. */
export function totalOfTickets(
  tenantId: string,
  sight: Sight,
  asked: TicketFilter,
  notesOn: readonly string[],
): BoundStatement<{ total: number }> {
  const filter = withinSight(sight, asked)
  const { scope, deskIds, requesterId } = scopeOf(sight, filter)
  const words = filter.words ?? []
  const { deskIds: desks, statuses, words: _, ...rest } = filter
  const onlyCounted = Object.values(rest).every((value) => value === undefined)
  if (onlyCounted && words.length === 0 && (scope === 'all' || scope === 'desk')) {
    return { statement: TOTALS, values: [tenantId, desks ?? deskIds, statuses ? [...new Set(statuses)] : null] }
  }
  const values = [tenantId, null, deskIds, requesterId, null, null, ...filterValues(filter)]
  if (words.length === 0) return { statement: chosen(COUNTS, `plain ${scope}`), values }
  return { statement: chosen(COUNTS, `words ${scope}`), values: [...values, ...wordValues(words, notesOn)] }
}
