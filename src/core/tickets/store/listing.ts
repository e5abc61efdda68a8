import { type Static, Type } from 'typebox'
import { Sql, type SqlType, type ValuesOf } from '../../../storage/sql.ts'
import { type BoundStatement, statement, type TypedStatement } from '../../../storage/statement.ts'
import { LISTED_CHARACTERS } from '../../bounds.ts'
import type { Sight } from '../../identity/actor.ts'
import { USER_VIEW, UserRow } from '../../identity/rows.ts'
import { isSpelledVariously, patternOf, plainPatternOf } from '../../patterns.ts'
import { composed } from '../../spelling.ts'
import { PRIORITIES, STATUSES } from '../../words.ts'
import { TicketLine, ticketLine } from '../fields.ts'
import type { TicketKey, TicketOrder, TicketPage } from '../queries/list.ts'
import { describedBriefly } from '../rows.ts'
import type { Ticket, TicketFilter } from '../ticket.ts'

/**
 * The statements behind lists of tickets. Each combination of order and range has its own, so that every page is a range
 * of one index, or of few: a general statement would have to be planned anew each time, or badly once.
 *
 * The plan is made without looking at the values, so it must be right whatever the statistics say. That is why a filter
 * stands within `coalesce`: what PostgreSQL cannot look into it takes to hold for every other row. Else it multiplies what
 * it takes each condition to leave, expects no row at all, and finds sorting all tickets of a tenant as good as walking
 * through the index until the page is full (docs/decisions/0021-one-order-one-reach.md).
 */

/**
 * Where all candidates are: in the range of the tenant, of one desk, of one requester, or in `several`: those of some desks
 * and, on the others, that of a requester.
 */
type Range = 'all' | 'desk' | 'requester' | 'several'

const RANGES: Readonly<Record<Exclude<Range, 'several'>, string>> = {
  all: ':range_desk_ids::uuid[] is null and :range_requester_id::uuid is null',
  desk: 't.desk_id = (:range_desk_ids::uuid[])[1] and :range_requester_id::uuid is null',
  requester: 't.requester_id = :range_requester_id::uuid and :range_desk_ids::uuid[] is null',
}

const ON_DESK = 't.desk_id = d.id'
const OF_REQUESTER = 't.requester_id = :range_requester_id::uuid'
const ELSEWHERE = 'not t.desk_id = any (:range_desk_ids::uuid[])'

/** Ids are UUIDv7, so their order is the order of creation. Changes are in the order of their events. */
const ORDERS: Readonly<Record<TicketOrder, { readonly sort: string; readonly after: string; readonly first: string }>> =
  {
    newest: { sort: 't.id desc', after: 't.id < :after::uuid', first: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
    oldest: { sort: 't.id', after: 't.id > :after::uuid', first: '00000000-0000-0000-0000-000000000000' },
    latest_change: {
      sort: 't.change_position desc',
      after: 't.change_position < :after::bigint',
      first: '9223372036854775807',
    },
    earliest_change: { sort: 't.change_position', after: 't.change_position > :after::bigint', first: '-1' },
  }

const FILTERS = `t.merged_into is null and (:desk_ids::uuid[] is null or t.desk_id = any (:desk_ids::uuid[]))
  and (:statuses::text[] is null or t.status = any (:statuses::text[]))
  and (:priorities::text[] is null or t.priority = any (:priorities::text[]))
  and (:topic_ids::integer[] is null or t.topic_id = any (:topic_ids::integer[]))
  and (:type_ids::integer[] is null or t.type_id = any (:type_ids::integer[]))
  and (:group_ids::uuid[] is null or t.group_id = any (:group_ids::uuid[]))
  and (:requester_ids::uuid[] is null or t.requester_id = any (:requester_ids::uuid[]))
  and (:assignee_ids::uuid[] is null or t.assignee_id = any (:assignee_ids::uuid[]))
  and (:unassigned::boolean is null or (t.assignee_id is null) = :unassigned::boolean)
  and (:external_reference::text is null or t.external_reference = :external_reference::text)`

/** SQL that is true where a column holds the word `w`, whose letters are composed there. */
const FOUND = (column: string): string => `${column} ilike w.pattern or w.plain is not null and ${column} ilike w.plain`

/** The same of a text that is kept as it was written. */
const FOUND_IN_TEXT = (column: string): string => `${FOUND(column)}
        or w.is_spelled_variously and ${column} is not nfc normalized and normalize(${column}, NFC) ilike w.pattern`

/** Every word occurs somewhere. */
export const HAS_WORDS = `(:word_integer::bigint is not distinct from t.integer or not exists (
    select 1 from unnest(:patterns::text[], :plain_patterns::text[], :spelled_variously::boolean[]) w (pattern, plain, is_spelled_variously)
    where not (${FOUND_IN_TEXT('t.title')} or ${['t.from_address', 't.from_name', 't.to_address'].map(FOUND).join(' or ')}
      or exists (select 1 from users s where s.tenant_id = :tenant_id and s.id = t.requester_id
        and (${['s.name', 's.surname', 's.email', 's.customer_number'].map(FOUND).join(' or ')}))
      or exists (select 1 from external_identities x where x.tenant_id = :tenant_id and x.user_id = t.requester_id
        and x.desk_id = t.desk_id and (${FOUND('x.external_id')}))
      or exists (select 1 from messages m where m.tenant_id = :tenant_id and m.ticket_id = t.id and (${FOUND_IN_TEXT('m.plain')})
        and (m.visibility = 'public' or t.desk_id = any (:notes_on::uuid[]))))))`
const WORDS = `
  and ${HAS_WORDS}`

/** A ticket of a list, with what the orders by change sort it by. */
export const ListedRow = Type.Object({ ...TicketLine.properties, change_position: Type.Integer() })
export type ListedRow = Static<typeof ListedRow>
const LISTED = `${ticketLine()}, t.change_position`

/** `xmin` names the transaction that wrote the row: whatever changes a ticket, with a new version or without, changes it. */
const MARKED = 't.id, t.xmin::text as stamp, t.desk_id, t.requester_id, t.assignee_id, t.created_at'

/** `keyed` pages by key; `counted` by offset, and counts what it does not return; `found` as `counted`, with words. */
type Listing = 'keyed' | 'counted' | 'found'

const { uuid, integer, bigint, text, boolean, array, nullable, word } = Sql

/** What is asked for: a range, and what the filter picks from it. */
const ASKED = {
  tenant_id: uuid,
  range_desk_ids: nullable(array(uuid)),
  range_requester_id: nullable(uuid),
  desk_ids: nullable(array(uuid)),
  statuses: nullable(array(word(STATUSES))),
  priorities: nullable(array(word(PRIORITIES))),
  topic_ids: nullable(array(integer)),
  type_ids: nullable(array(integer)),
  group_ids: nullable(array(uuid)),
  requester_ids: nullable(array(uuid)),
  assignee_ids: nullable(array(uuid)),
  unassigned: nullable(boolean),
  external_reference: nullable(text),
}

/** What `HAS_WORDS` takes. */
export const SOUGHT = {
  patterns: array(text),
  /** The integer that the only word may be. */
  word_integer: nullable(bigint),
  /** Desks whose notes count. */
  notes_on: array(uuid),
  /** Other patterns or null for each. */
  plain_patterns: array(nullable(text)),
  spelled_variously: array(boolean),
}

function listText(listing: Listing, order: TicketOrder, range: Range): string {
  // Descriptions are cut on the page alone: whoever skips others would have to look into theirs.
  const brief = `${ticketLine(describedBriefly(':characters::integer'))}, t.change_position`
  return `select ${brief} from (${pageText(listing, order, range, LISTED)}) t order by ${ORDERS[order].sort}`
}

function pageText(listing: Listing, order: TicketOrder, range: Range, columns: string): string {
  const { sort, after } = ORDERS[order]
  const filters = `coalesce(${FILTERS} ${listing === 'found' ? WORDS : ''}, false)`
  const within = (condition: string): string =>
    `select ${columns} from tickets t where t.tenant_id = :tenant_id and ${condition} and ${after} and ${filters} order by ${sort}`
  const page = listing === 'keyed' ? 'limit :limit::bigint' : 'limit :limit::bigint offset :offset::bigint'
  if (range !== 'several') return `${within(RANGES[range])} ${page}`
  // As much of each range as the page may need, which is then made of them. What is in two of them counts in the first.
  const share = listing === 'keyed' ? 'limit :limit::bigint' : 'limit :limit::bigint + :offset::bigint'
  return `select t.* from (
    select r.* from unnest(:range_desk_ids::uuid[]) d (id) cross join lateral (${within(ON_DESK)} ${share}) r
    union all
    select t.* from (${within(OF_REQUESTER)} ${share}) t where ${ELSEWHERE}
  ) t order by ${sort} ${page}`
}

/** The marks of the newest tickets and, in one more row, the people who are on any of them. */
function marksText(range: Range): string {
  return `with page as materialized (${pageText('keyed', 'newest', range, MARKED)})
select p.*, null::json as people from page p
union all
select null, null, null, null, null, null, json_agg(v) from (
  select ${USER_VIEW} from (
    select p.requester_id as id from page p union select p.assignee_id from page p
    -- The limit keeps this from becoming a join that reads all users of the tenant.
  ) n, lateral (select * from users x where x.tenant_id = :tenant_id and x.id = n.id limit 1) u) v`
}

/** What tells whether a ticket of a list is still as it was, and who is on it; or, without an id, those people. */
const MarkRow = Type.Object({
  id: Type.Union([Type.String(), Type.Null()]),
  stamp: Type.Union([Type.String(), Type.Null()]),
  desk_id: Type.Union([Type.String(), Type.Null()]),
  requester_id: Type.Union([Type.String(), Type.Null()]),
  assignee_id: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.Union([Type.String(), Type.Null()]),
  people: Type.Union([Type.Array(UserRow), Type.Null()]),
})
export type MarkRow = Static<typeof MarkRow>

/** The tickets behind marks, with as much of their descriptions as lists show. */
const MARKED_LINES = statement(
  'ticket.marked_lines',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) },
    row: Type.Object({ ...TicketLine.properties, stamp: Type.String() }),
  },
  `select ${ticketLine(describedBriefly(LISTED_CHARACTERS))}, t.xmin::text as stamp from tickets t where t.tenant_id = :tenant_id and t.id = any (:ids::uuid[])`,
)
export type MarkedLine = TicketLine & { readonly stamp: string }

function countText(range: Range, words: boolean): string {
  const filters = `coalesce(${FILTERS} ${words ? WORDS : ''}, false)`
  const within = (condition: string): string =>
    `select count(*) from tickets t where t.tenant_id = :tenant_id and ${condition} and ${filters}`
  if (range !== 'several') return `select (${within(RANGES[range])}) as total`
  return `select (${within('t.desk_id = any (:range_desk_ids::uuid[])')}) + (${within(`${OF_REQUESTER} and ${ELSEWHERE}`)}) as total`
}

const TotalRow = Type.Object({ total: Type.Integer() })

const ranges: readonly Range[] = ['all', 'desk', 'requester', 'several']
const orders = Object.keys(ORDERS) as TicketOrder[]

/** What a page takes beside what is asked for. @param order what it goes on after: a ticket, or the position of a change. */
function pageOf(order: TicketOrder): typeof PAGE {
  return { ...PAGE, after: isByChange(order) ? Sql.digits : uuid }
}

const PAGE: { readonly limit: SqlType<number>; readonly after: SqlType<string> } = { limit: bigint, after: uuid }
/** How many characters of descriptions are read. */
const SHOWN = { characters: integer }
const COUNTED = { ...ASKED, ...PAGE, ...SHOWN, offset: bigint }
const keyed = (order: TicketOrder) => ({ ...ASKED, ...pageOf(order), ...SHOWN })
const FIRST = { ...ASKED, ...PAGE }

type Of<Takes, Row> = TypedStatement<ValuesOf<Takes>, Row>
const MARKS = new Map<Range, Of<typeof FIRST, MarkRow>>()
const LISTS = new Map<string, Of<ReturnType<typeof keyed>, ListedRow>>()
const PAGES = new Map<Range, Of<typeof COUNTED, ListedRow>>()
const SEARCHES = new Map<Range, Of<typeof COUNTED & typeof SOUGHT, ListedRow>>()
const COUNTS = new Map<Range, Of<typeof ASKED, { total: number }>>()
const SEARCH_COUNTS = new Map<Range, Of<typeof ASKED & typeof SOUGHT, { total: number }>>()
for (const range of ranges) {
  MARKS.set(range, statement(`ticket.marks.${range}`, { takes: FIRST, row: MarkRow }, marksText(range)))
  for (const order of orders) {
    const text = listText('keyed', order, range)
    const listed = { takes: keyed(order), row: ListedRow }
    LISTS.set(`${order} ${range}`, statement(`ticket.list.${order}.${range}`, listed, text))
  }
  const counted = { takes: COUNTED, row: ListedRow }
  PAGES.set(range, statement(`ticket.page.${range}`, counted, listText('counted', 'newest', range)))
  const found = { takes: { ...COUNTED, ...SOUGHT }, row: ListedRow }
  SEARCHES.set(range, statement(`ticket.search.${range}`, found, listText('found', 'newest', range)))
  COUNTS.set(range, statement(`ticket.count.${range}`, { takes: ASKED, row: TotalRow }, countText(range, false)))
  const countedFound = { takes: { ...ASKED, ...SOUGHT }, row: TotalRow }
  SEARCH_COUNTS.set(range, statement(`ticket.count_found.${range}`, countedFound, countText(range, true)))
}

/** Sums of the maintained counters, of desks and statuses or all of them. */
const TOTALS = statement(
  'ticket.totals',
  {
    takes: {
      tenant_id: Sql.uuid,
      desk_ids: Sql.nullable(Sql.array(Sql.uuid)),
      statuses: Sql.nullable(Sql.array(Sql.text)),
    },
    row: TotalRow,
  },
  `select coalesce(sum(case s.status when 'new' then d.new_tickets when 'open' then d.open_tickets when 'pending' then d.pending_tickets
    when 'on_hold' then d.on_hold_tickets when 'solved' then d.solved_tickets else d.closed_tickets end), 0)::bigint as total
from desk_counters d, unnest(coalesce(:statuses::text[], array['new', 'open', 'pending', 'on_hold', 'solved', 'closed'])) s (status)
where d.tenant_id = :tenant_id and (:desk_ids::uuid[] is null or d.desk_id = any (:desk_ids::uuid[]))`,
)

function chosen<Key extends string, Found>(statements: ReadonlyMap<Key, Found>, key: Key): Found {
  const found = statements.get(key)
  if (!found) throw new Error(`There is no statement for ${key}.`)
  return found
}

/** A range with what it is the range of, and the filter that picks from it. */
interface Ranged {
  readonly range: Range
  readonly deskIds: readonly string[] | null
  readonly requesterId: string | null
  readonly filter: TicketFilter
}

/** The smallest range that holds all tickets in sight that a filter wants. */
function rangeOf(sight: Sight, asked: TicketFilter): Ranged {
  const [wanted, ...others] = new Set(asked.requesterIds)
  const only = wanted !== undefined && others.length === 0 ? wanted : null
  const filter = only === null ? asked : ofRequester(sight, asked, only)
  // What lets nothing pass would be tried on the whole range.
  if (passesNothing(filter)) return { range: 'several', deskIds: [], requesterId: null, filter }
  if (only !== null) return { range: 'requester', deskIds: null, requesterId: only, filter }
  if (sight.all && filter.deskIds === undefined) return { range: 'all', deskIds: null, requesterId: null, filter }
  const deskIds = wantedOf(sight, filter)
  const isElsewhere = !sight.all && (filter.deskIds ?? [null]).some((id) => id === null || !deskIds.includes(id))
  const own = isElsewhere ? sight.requesterId : null
  if (own !== null && deskIds.length === 0) return { range: 'requester', deskIds: null, requesterId: own, filter }
  return { range: own === null && deskIds.length === 1 ? 'desk' : 'several', deskIds, requesterId: own, filter }
}

/** One's own tickets are in sight on every desk, others' on those one works on. */
function ofRequester(sight: Sight, filter: TicketFilter, requesterId: string): TicketFilter {
  const isOwn = sight.all || sight.requesterId === requesterId
  return isOwn ? filter : { ...filter, deskIds: wantedOf(sight, filter) }
}

function passesNothing({ words: _, ...conditions }: TicketFilter): boolean {
  return Object.values(conditions).some((values) => Array.isArray(values) && values.length === 0)
}

/** The desks in sight as far as a filter wants them, each once. */
function wantedOf(sight: Sight, { deskIds }: TicketFilter): readonly string[] {
  const wanted = deskIds ?? sight.deskIds
  return [...new Set(sight.all ? wanted : wanted.filter((id) => sight.deskIds.includes(id)))]
}

/** A credential bound to a desk lists that desk only, whatever was asked for. */
function withinSight(sight: Sight, filter: TicketFilter): TicketFilter {
  const { onlyDeskId } = sight
  if (onlyDeskId === null) return filter
  return { ...filter, deskIds: (filter.deskIds ?? [onlyDeskId]).filter((deskId) => deskId === onlyDeskId) }
}

function askedValues(tenantId: string, { deskIds, requesterId, filter }: Ranged): ValuesOf<typeof ASKED> {
  return {
    tenant_id: tenantId,
    range_desk_ids: deskIds,
    range_requester_id: requesterId,
    desk_ids: filter.deskIds ?? null,
    statuses: filter.statuses ?? null,
    priorities: filter.priorities ?? null,
    topic_ids: filter.topicIds ?? null,
    type_ids: filter.typeIds ?? null,
    group_ids: filter.groupIds ?? null,
    requester_ids: filter.requesterIds ?? null,
    assignee_ids: filter.assigneeIds ?? null,
    unassigned: filter.unassigned ?? null,
    external_reference: filter.externalReference === undefined ? null : composed(filter.externalReference),
  }
}

export function wordValues(words: readonly string[], notesOn: readonly string[]): ValuesOf<typeof SOUGHT> {
  const only = words.length === 1 ? words[0] : undefined
  return {
    patterns: words.map(patternOf),
    word_integer: only !== undefined && /^\d{1,15}$/.test(only) ? Number(only) : null,
    notes_on: notesOn,
    plain_patterns: words.map(plainPatternOf),
    spelled_variously: words.map(isSpelledVariously),
  }
}

/**
 * One page of tickets; asks for one more than the limit when paging by key, which tells whether there is another page.
 *
 * @param notesOn the desks on which words are looked for in internal messages too.
 * @param characters how many of each description are shown.
 */
export function pageOfTickets(
  tenantId: string,
  sight: Sight,
  asked: TicketFilter,
  page: TicketPage,
  notesOn: readonly string[],
  characters: number,
): BoundStatement<ListedRow> {
  const ranged = rangeOf(sight, withinSight(sight, asked))
  const { range, filter } = ranged
  if (page.by === 'key') {
    if (filter.words?.length) throw new Error('A list by key looks for no words.')
    const after = page.after === null ? ORDERS[page.order].first : placeOf(page.order, page.after)
    const values = { ...askedValues(tenantId, ranged), limit: page.limit + 1, after, characters }
    return chosen(LISTS, `${page.order} ${range}`).with(values)
  }
  const words = filter.words ?? []
  const { limit, offset } = page
  const values = { ...askedValues(tenantId, ranged), limit, after: ORDERS.newest.first, characters, offset }
  if (words.length === 0) return chosen(PAGES, range).with(values)
  return chosen(SEARCHES, range).with({ ...values, ...wordValues(words, notesOn) })
}

/** The marks of the newest tickets that a filter wants: one more than the limit, which tells whether there is another page. */
export function marksOfTickets(
  tenantId: string,
  sight: Sight,
  asked: TicketFilter,
  limit: number,
): BoundStatement<MarkRow> {
  const ranged = rangeOf(sight, withinSight(sight, asked))
  const page = { limit: limit + 1, after: ORDERS.newest.first }
  return chosen(MARKS, ranged.range).with({ ...askedValues(tenantId, ranged), ...page })
}

/** Tickets by id, without the people on them; whoever asks. */
export function markedLines(tenantId: string, ids: readonly string[]): BoundStatement<MarkedLine> {
  return MARKED_LINES.with({ tenant_id: tenantId, ids })
}

/** The value by which an order goes on after a key. */
function placeOf(order: TicketOrder, { at, id }: TicketKey): string {
  return isByChange(order) ? at : id
}

/** The key of a ticket in a list. */
export function keyOf(
  order: TicketOrder,
  { id, createdAt }: Pick<Ticket, 'id' | 'createdAt'>,
  row: ListedRow,
): TicketKey {
  return { at: isByChange(order) ? String(row.change_position) : createdAt, id }
}

function isByChange(order: TicketOrder): boolean {
  return order === 'latest_change' || order === 'earliest_change'
}

/** How many tickets match: from the maintained counters where these know it, else by counting. */
export function totalOfTickets(
  tenantId: string,
  sight: Sight,
  asked: TicketFilter,
  notesOn: readonly string[],
): BoundStatement<{ total: number }> {
  const ranged = rangeOf(sight, withinSight(sight, asked))
  const { range, deskIds, requesterId, filter } = ranged
  const words = filter.words ?? []
  const { deskIds: _desks, statuses, words: _words, ...rest } = filter
  const onlyCounted = Object.values(rest).every((value) => value === undefined)
  if (onlyCounted && words.length === 0 && requesterId === null)
    return TOTALS.with({ tenant_id: tenantId, desk_ids: deskIds, statuses: statuses ? [...new Set(statuses)] : null })
  const values = askedValues(tenantId, ranged)
  if (words.length === 0) return chosen(COUNTS, range).with(values)
  return chosen(SEARCH_COUNTS, range).with({ ...values, ...wordValues(words, notesOn) })
}
