import { type Static, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { type BoundStatement, statement, type TypedStatement } from '../../storage/statement.ts'
import type { Sight } from '../identity/actor.ts'
import { isUnread } from '../marks/store.ts'
import type { soughtTerms } from '../search/match.ts'
import { HAS_KEYS, numberedOn, SOUGHT_TERMS } from '../search/store.ts'
import { composed } from '../spelling.ts'
import { TicketLine, ticketLine } from '../tickets/fields.ts'
import { describedBriefly } from '../tickets/rows.ts'
import { familyOf, integerThatStays } from '../tickets/store/family.ts'
import { IS_LINKED } from '../tickets/store/links.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import type { Conditions, OwnCondition } from './conditions.ts'
import type { QueryCursor, QuerySort } from './list.ts'

/**
 * The statements behind queries: one for each order, direction and range. The filter stands within `coalesce`, as for other lists of tickets
 * and for the same reason.
 */

const { uuid, integer, bigint, text, boolean, timestamptz, array, nullable, word } = Sql

interface Order {
  /** SQL of what it sorts by. Its text is the cursor's. */
  readonly by: string
  readonly type: string
  /** Whether no two tickets have the same; else the id decides. */
  readonly isUnique: boolean
  /** What comes before all others, and after them. */
  readonly ends: readonly [least: string, greatest: string]
}

const POSITIONS = ['-1', '9223372036854775807'] as const

/** What each order sorts by: all have an index of their own. Integers are given in the order in which tickets are opened. */
const SORTED_BY: Readonly<Record<QuerySort, Order>> = {
  created: { by: 't.integer', type: 'bigint', isUnique: true, ends: POSITIONS },
  updated: { by: 't.change_position', type: 'bigint', isUnique: true, ends: POSITIONS },
  priority: {
    by: "array_position(array['low', 'normal', 'high', 'urgent'], t.priority)",
    type: 'integer',
    isUnique: false,
    ends: ['-1', '5'],
  },
  latest_message: {
    by: 'coalesce(t.latest_message_at, t.created_at)',
    type: 'timestamptz',
    isUnique: false,
    ends: ['-infinity', 'infinity'],
  },
}
const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

const ASKED = {
  tenant_id: uuid,
  reader_id: uuid,
  sees_all: boolean,
  sight_desk_ids: array(uuid),
  sight_requester_id: nullable(uuid),
  only_desk_id: nullable(uuid),
  statuses: nullable(array(word(STATUSES))),
  priorities: nullable(array(word(PRIORITIES))),
  desk_ids: nullable(array(uuid)),
  group_ids: nullable(array(uuid)),
  no_group: boolean,
  topic_ids: nullable(array(integer)),
  no_topic: boolean,
  type_ids: nullable(array(integer)),
  no_type: boolean,
  channel_ids: nullable(array(integer)),
  assignee_ids: nullable(array(uuid)),
  no_assignee: boolean,
  not_assignee_ids: nullable(array(uuid)),
  some_assignee: boolean,
  requester_ids: nullable(array(uuid)),
  no_requester: boolean,
  some_requester: boolean,
  not_requester_ids: nullable(array(uuid)),
  /** Lists joined by `LIST_SEPARATOR`. */
  tags: array(text),
  not_tags: array(text),
  external_references: nullable(array(text)),
  numbers: nullable(array(integer)),
  created_from: nullable(timestamptz),
  created_before: nullable(timestamptz),
  updated_from: nullable(timestamptz),
  updated_before: nullable(timestamptz),
  attachment: nullable(array(boolean)),
  parent: nullable(array(boolean)),
  child: nullable(array(boolean)),
  link: nullable(array(boolean)),
  unread: nullable(array(boolean)),
  waiting: nullable(array(boolean)),
  /** What has to hold of the tenant's own fields, as one jsonpath. */
  own_path: nullable(text),
  snoozed: nullable(array(boolean)),
  /** Desks whose notes count. */
  notes_on: array(uuid),
  ...SOUGHT_TERMS,
  /** Whether those that are meant are wanted, or the others; null for both. */
  exact: nullable(boolean),
  exact_number: nullable(bigint),
  exact_address: nullable(text),
}

const PAGE = { after_key: text, after_id: uuid, limit: bigint, characters: integer }
const AMONG_THESE = { among: nullable(array(bigint)) }

const LIST_SEPARATOR = '\u001f'

/** Among these, or none at all where that is wanted too. */
const AMONG = (column: string, ids: string, type: string, none: string): string =>
  `(:${ids}::${type}[] is null or ${column} = any (:${ids}::${type}[]) or :${none}::boolean and ${column} is null)`

/** SQL of whether a ticket `t` is the one whose number is looked for, or of the person whose address is. */
const IS_EXACT = `(:exact_number::bigint in (t.integer, t.number) or lower(t.from_address) = :exact_address::text
    or :exact_address::text is not null and t.requester_id = (
      select u.id from users u where u.tenant_id = :tenant_id and u.email_key = :exact_address::text))`

/** SQL of whether a ticket `t` is at an end of a link with a ticket at the other end that is in sight. */
const LINKED = (end: 'from' | 'to', other: 'from' | 'to', kind: string): string => `exists (
    select 1 from ticket_links l cross join lateral (
      select x.desk_id, x.requester_id from tickets x where x.tenant_id = :tenant_id and x.id = l.${other}_id limit 1) o
    where l.tenant_id = :tenant_id and l.${end}_id = t.id and ${kind} and ${IS_LINKED}
      and (:only_desk_id::uuid is null or o.desk_id = :only_desk_id::uuid)
      and (:sees_all::boolean or o.desk_id = any (:sight_desk_ids::uuid[]) or o.requester_id = :sight_requester_id::uuid))`

const CONDITIONS = `t.merged_into is null
  and (:only_desk_id::uuid is null or t.desk_id = :only_desk_id::uuid)
  and (:sees_all::boolean or t.desk_id = any (:sight_desk_ids::uuid[]) or t.requester_id = :sight_requester_id::uuid)
  and (:statuses::text[] is null or t.status = any (:statuses::text[]))
  and (:priorities::text[] is null or t.priority = any (:priorities::text[]))
  and (:desk_ids::uuid[] is null or t.desk_id = any (:desk_ids::uuid[]))
  and ${AMONG('t.group_id', 'group_ids', 'uuid', 'no_group')}
  and ${AMONG('t.topic_id', 'topic_ids', 'integer', 'no_topic')}
  and ${AMONG('t.type_id', 'type_ids', 'integer', 'no_type')}
  and ${AMONG('t.assignee_id', 'assignee_ids', 'uuid', 'no_assignee')}
  and (:channel_ids::integer[] is null or t.channel_id = any (:channel_ids::integer[]))
  and (:not_assignee_ids::uuid[] is null or t.assignee_id is null or t.assignee_id <> all (:not_assignee_ids::uuid[]))
  and (not :some_assignee::boolean or t.assignee_id is not null)
  and ${AMONG('t.requester_id', 'requester_ids', 'uuid', 'no_requester')}
  and (not :some_requester::boolean or t.requester_id is not null)
  and (:not_requester_ids::uuid[] is null or t.requester_id is null or t.requester_id <> all (:not_requester_ids::uuid[]))
  and not exists (select 1 from unnest(:tags::text[]) g where not t.tags && string_to_array(g, '${LIST_SEPARATOR}'))
  and not t.tags && :not_tags::text[]
  and (:external_references::text[] is null or t.external_reference = any (:external_references::text[]))
  and (:numbers::integer[] is null or t.number = any (:numbers::integer[]) or exists (
    select 1 from ${familyOf('select t.id')} f cross join lateral (
      select x.number from tickets x where x.tenant_id = :tenant_id and x.id = f.id limit 1) n
    where n.number = any (:numbers::integer[])))
  and (:created_from::timestamptz is null or t.created_at >= :created_from::timestamptz)
  and (:created_before::timestamptz is null or t.created_at < :created_before::timestamptz)
  and (:updated_from::timestamptz is null or t.updated_at >= :updated_from::timestamptz)
  and (:updated_before::timestamptz is null or t.updated_at < :updated_before::timestamptz)
  and (:waiting::boolean[] is null or (t.waiting_since is not null) = any (:waiting::boolean[]))
  -- Read as a path once for all tickets.
  and (:own_path::text is null or coalesce(jsonb_path_match(t.fields, (select :own_path::text::jsonpath), '{}', true), false))
  and (:snoozed::boolean[] is null or (t.snoozed_until is not null) = any (:snoozed::boolean[]))
  and (:unread::boolean[] is null or (${isUnread(':reader_id::uuid')}) = any (:unread::boolean[]))
  and (:attachment::boolean[] is null or exists (
    select 1 from messages m join attachments f on f.tenant_id = :tenant_id and f.message_id = m.id
    where m.tenant_id = :tenant_id and m.ticket_id = t.id and (m.visibility = 'public' or t.desk_id = any (:notes_on::uuid[]))) = any (:attachment::boolean[]))
  and (:parent::boolean[] is null or ${LINKED('from', 'to', "l.kind = 'child'")} = any (:parent::boolean[]))
  and (:child::boolean[] is null or ${LINKED('to', 'from', "l.kind = 'child'")} = any (:child::boolean[]))
  and (:link::boolean[] is null or (${LINKED('from', 'to', 'true')} or ${LINKED('to', 'from', 'true')}) = any (:link::boolean[]))
  and (:exact::boolean is null or coalesce(${IS_EXACT}, false) = :exact::boolean)
  and (json_array_length(:terms::json) = 0 or ${HAS_KEYS})`

const QueriedRow = Type.Object({ ...TicketLine.properties, sort_key: Type.String() })
export type QueriedRow = Static<typeof QueriedRow>

/** Where tickets are looked for: in the whole order, as far as the page needs; or among some, which are few. */
type Range = 'all' | 'among'

const RANGES: Readonly<Record<Range, string>> = {
  all: 'tickets t where t.tenant_id = :tenant_id and',
  among: `unnest(:among::bigint[]) a (ticket) cross join lateral (
      select * from tickets x where x.tenant_id = :tenant_id and x.integer = a.ticket limit 1) t where`,
}

function pageStatement(sort: QuerySort, direction: 'asc' | 'desc', range: Range) {
  const { by, type, isUnique } = SORTED_BY[sort]
  const beyond = direction === 'asc' ? '>' : '<'
  const after = `:after_key::text::${type}`
  const order = (key: string): string => `${key} ${direction}${isUnique ? '' : `, t.id ${direction}`}`
  const takes = { ...ASKED, ...PAGE, ...AMONG_THESE }
  const place = isUnique
    ? `${by} ${beyond} ${after} and :after_id::uuid is not null`
    : `(${by}, t.id) ${beyond} (${after}, :after_id::uuid)`
  return statement(
    `ticket.query.${sort}.${direction}.${range}`,
    { takes, row: QueriedRow },
    `select ${ticketLine(describedBriefly(':characters::integer'))}, t.sort_key::text as sort_key from (
    select t.*, ${by} as sort_key from ${RANGES[range]} ${place}
      and ${range === 'all' ? ':among::bigint[] is null and' : ''} coalesce(${CONDITIONS}, false)
    order by ${order(by)} limit :limit::bigint
  ) t order by ${order('t.sort_key')}`,
  )
}

type Takes = Parameters<ReturnType<typeof pageStatement>['with']>[0]
const PAGES = new Map<string, TypedStatement<Takes, QueriedRow>>()
for (const sort of Object.keys(SORTED_BY) as QuerySort[])
  for (const direction of ['asc', 'desc'] as const)
    for (const range of ['all', 'among'] as const)
      PAGES.set(`${sort} ${direction} ${range}`, pageStatement(sort, direction, range))

const CountedRow = Type.Object({ count: Type.Integer() })

/** How many match, as far as is counted. */
const countStatement = (range: Range) =>
  statement(
    `ticket.query_count.${range}`,
    { takes: { ...ASKED, ...AMONG_THESE, limit: bigint }, row: CountedRow },
    `select count(*)::integer as count from (
  select 1 from ${RANGES[range]} ${range === 'all' ? ':among::bigint[] is null and' : ''} coalesce(${CONDITIONS}, false)
  limit :limit::bigint) t`,
  )
const COUNTS = { all: countStatement('all'), among: countStatement('among') }

const Tickets = Type.Union([Type.Array(Type.Integer()), Type.Null()])
const NarrowRow = Type.Object({
  seen: Tickets,
  on_desks: Tickets,
  with_status: Tickets,
  of_assignee: Tickets,
  of_group: Tickets,
  of_requester: Tickets,
  numbered: Tickets,
  waiting: Tickets,
  with_field: Tickets,
  snoozed: Tickets,
  with_parent: Tickets,
  with_child: Tickets,
  with_link: Tickets,
})
type NarrowRow = Static<typeof NarrowRow>

/**
 * SQL of some tickets, as far as something is asked for: not more than a limit. Each of some values is a range of an index;
 * all of them at once are taken to be nearly all tickets, for which any index will do.
 */
const SIDE = (
  asked: string,
  condition: string,
  each = '(select) e',
): string => `case when ${asked} then (select coalesce(json_agg(s.integer), '[]') from (
  select o.integer from ${each} cross join lateral (
    select t.integer from tickets t where t.tenant_id = :tenant_id and ${condition} limit :most::bigint + 1) o
  limit :most::bigint + 1) s) end`

/** As `SIDE`, of each desk. */
const ON_DESKS = (
  asked: string,
  deskIds: string,
  others: string,
): string => `case when ${asked} then (select coalesce(json_agg(s.integer), '[]') from (
  select o.integer from (
    select t.integer from unnest(${deskIds}) d (id) cross join lateral (
      select t.integer from tickets t where t.tenant_id = :tenant_id and t.desk_id = d.id limit :most::bigint + 1) t
    ${others}) o limit :most::bigint + 1) s) end`

const OF_STATUS = 't.status = s.status'
const EACH_STATUS = `unnest(coalesce(:statuses::text[], array['${STATUSES.join("', '")}'])) s (status)`
/** What is in the index of the tenant's own fields: the tenant is a part of each key. */
const HOLDING = `t.fields <> '{}' and jsonb_set('{}', array[t.tenant_id::text], t.fields) @> jsonb_set('{}', array[:tenant_id::text], e.held)`
const EACH_HELD = '(select h.held::jsonb as held from unnest(:held::text[]) h (held)) e'
/** Tickets at ends of links, of which no more are read than are few: of those of one ticket each counts. */
const EACH_LINKED = (ends: readonly ('from' | 'to')[], kind: string): string =>
  `(select o.id from (
    select * from ticket_links l where l.tenant_id = :tenant_id and ${kind} and l.removed_at is null limit :most::bigint + 1) l
    cross join lateral (values ${ends.map((end) => `(l.${end}_id)`).join(', ')}) o (id)) e`
const EACH_OF = (ids: string): string => `unnest(:${ids}::uuid[]) e (id)`

/**
 * The tickets that each condition with an index lets through by itself, as far as they are few. A list is looked for among
 * the fewest of these: else it could be that the order is walked through to its end for the three that there are.
 */
const NARROW = statement(
  'ticket.query_narrow',
  {
    takes: {
      ...{ tenant_id: uuid, sees_all: boolean, sight_desk_ids: array(uuid), sight_requester_id: nullable(uuid) },
      ...{ desk_ids: nullable(array(uuid)), statuses: nullable(array(word(STATUSES))) },
      ...{
        assignee_ids: nullable(array(uuid)),
        no_assignee: boolean,
        group_ids: nullable(array(uuid)),
        no_group: boolean,
      },
      ...{ requester_ids: nullable(array(uuid)), no_requester: boolean, numbers: nullable(array(integer)) },
      ...{ waiting: nullable(array(boolean)), snoozed: nullable(array(boolean)) },
      ...{ parent: nullable(array(boolean)), child: nullable(array(boolean)), link: nullable(array(boolean)) },
      ...{ held: nullable(array(text)), most: bigint },
    },
    row: NarrowRow,
  },
  `select ${ON_DESKS(
    'not :sees_all::boolean',
    ':sight_desk_ids::uuid[]',
    `union all (select t.integer from tickets t
      where t.tenant_id = :tenant_id and t.requester_id = :sight_requester_id::uuid limit :most::bigint + 1)`,
  )} as seen,
${ON_DESKS(':desk_ids::uuid[] is not null', ':desk_ids::uuid[]', '')} as on_desks,
${SIDE(':statuses::text[] is not null', OF_STATUS, EACH_STATUS)} as with_status,
case when :no_assignee::boolean and cardinality(:assignee_ids::uuid[]) = 0 then ${SIDE('true', `${OF_STATUS} and t.assignee_id is null`, EACH_STATUS)}
  when not :no_assignee::boolean then ${SIDE(':assignee_ids::uuid[] is not null', `${OF_STATUS} and t.assignee_id = e.id`, `${EACH_STATUS} cross join ${EACH_OF('assignee_ids')}`)} end as of_assignee,
${SIDE(':group_ids::uuid[] is not null and not :no_group::boolean', `t.group_id = e.id and ${OF_STATUS}`, `${EACH_STATUS} cross join ${EACH_OF('group_ids')}`)} as of_group,
${SIDE(':requester_ids::uuid[] is not null and not :no_requester::boolean', 't.requester_id = e.id', EACH_OF('requester_ids'))} as of_requester,
case when :numbers::integer[] is not null then (select coalesce(json_agg(distinct ${integerThatStays('t.integer')}), '[]') from desks d, unnest(:numbers::integer[]) w (number), lateral (
  ${numberedOn('d.id', 'w.number')}) t
  where d.tenant_id = :tenant_id) end as numbered,
${SIDE(':waiting::boolean[] = array[true]', 't.waiting_since is not null')} as waiting,
${SIDE(':held::text[] is not null', HOLDING, EACH_HELD)} as with_field,
${SIDE(':snoozed::boolean[] = array[true]', 't.snoozed_until is not null')} as snoozed,
${SIDE(':parent::boolean[] = array[true]', 't.id = e.id', EACH_LINKED(['from'], "l.kind = 'child'"))} as with_parent,
${SIDE(':child::boolean[] = array[true]', 't.id = e.id', EACH_LINKED(['to'], "l.kind = 'child'"))} as with_child,
${SIDE(':link::boolean[] = array[true]', 't.id = e.id', EACH_LINKED(['from', 'to'], 'true'))} as with_link`,
)

/** Who asks, and what is in their sight. */
export interface Reader {
  readonly tenantId: string
  readonly userId: string
  readonly sight: Sight
  /** The desks on which notes count. */
  readonly notesOn: readonly string[]
}

const some = <T>(ids: readonly (T | null)[] | undefined): readonly T[] | null =>
  ids?.filter((id) => id !== null) ?? null

/** What the words of a query add to its conditions, as statements take it. */
export interface WordsAsked {
  readonly terms: ReturnType<typeof soughtTerms>
  readonly exact: Exact | null
  /** Whether those that are meant are wanted, or the others; null for both. */
  readonly isExact: boolean | null
}

/** What a query may mean alone: a ticket by its number, or a person by the address. */
export interface Exact {
  readonly number: number | null
  readonly address: string | null
}

function askedValues({ tenantId, userId, sight, notesOn }: Reader, asked: Conditions, words: WordsAsked | null) {
  return {
    tenant_id: tenantId,
    reader_id: userId,
    sees_all: sight.all,
    sight_desk_ids: sight.deskIds,
    sight_requester_id: sight.requesterId,
    only_desk_id: sight.onlyDeskId,
    statuses: asked.statuses ?? null,
    priorities: asked.priorities ?? null,
    desk_ids: asked.deskIds ?? null,
    group_ids: some(asked.groupIds),
    no_group: asked.groupIds?.includes(null) ?? false,
    topic_ids: some(asked.topicIds),
    no_topic: asked.topicIds?.includes(null) ?? false,
    type_ids: some(asked.typeIds),
    no_type: asked.typeIds?.includes(null) ?? false,
    channel_ids: asked.channelIds ?? null,
    assignee_ids: some(asked.assigneeIds),
    no_assignee: asked.assigneeIds?.includes(null) ?? false,
    not_assignee_ids: some(asked.notAssigneeIds),
    some_assignee: asked.notAssigneeIds?.includes(null) ?? false,
    requester_ids: some(asked.requesterIds),
    no_requester: asked.requesterIds?.includes(null) ?? false,
    not_requester_ids: some(asked.notRequesterIds),
    some_requester: asked.notRequesterIds?.includes(null) ?? false,
    tags: (asked.tags ?? []).map((list) => list.map(composed).join(LIST_SEPARATOR)),
    not_tags: (asked.notTags ?? []).map(composed),
    external_references: asked.references?.map(composed) ?? null,
    numbers: asked.numbers ?? null,
    created_from: asked.createdFrom ?? null,
    created_before: asked.createdBefore ?? null,
    updated_from: asked.updatedFrom ?? null,
    updated_before: asked.updatedBefore ?? null,
    attachment: asked.attachment ?? null,
    parent: asked.parent ?? null,
    child: asked.child ?? null,
    link: asked.link ?? null,
    unread: asked.unread ?? null,
    waiting: asked.waiting ?? null,
    own_path: asked.own ? pathOf(asked.own) : null,
    snoozed: asked.snoozed ?? null,
    notes_on: notesOn,
    terms: words?.terms ?? [],
    exact: words?.exact ? words.isExact : null,
    exact_number: words?.exact?.number ?? null,
    exact_address: words?.exact?.address ?? null,
  }
}

/** Own conditions as one jsonpath, in which lists are looked into by themselves. A key is a word, and a value is JSON. */
function pathOf(own: readonly OwnCondition[]): string {
  return own.map(predicateOf).join(' && ')
}

function predicateOf({ key, isNot, comparison, values }: OwnCondition): string {
  const place = `$.${JSON.stringify(key)}`
  const operator = comparison === '=' ? '==' : comparison
  const each = values.map((value) => (value === null ? `!exists(${place})` : `${place} ${operator} ${literal(value)}`))
  return `${isNot ? '!' : ''}(${each.join(' || ')})`
}

function literal(value: string | number | boolean): string {
  return JSON.stringify(typeof value === 'string' ? value.toWellFormed() : value)
}

/** What tickets hold in the field that is asked for by the fewest values; null where none is asked for so. No ticket holds two. */
function heldOf(own: readonly OwnCondition[] = []): readonly string[] | null {
  const exact = own
    .map((condition) => ({ ...condition, values: [...new Set(condition.values)] }))
    .filter(
      ({ isNot, isList, comparison, values }) =>
        !isNot && comparison === '=' && !values.includes(null) && !(isList && values.length > 1),
    )
  const [fewest] = exact.toSorted((one, other) => one.values.length - other.values.length)
  if (!fewest) return null
  const { key, isList, values } = fewest
  return values.map((value) => JSON.stringify({ [key]: isList ? [value] : value }))
}

/** A part of an order: what it begins beyond, and in which way it is read. */
export interface QueryPart {
  readonly sort: QuerySort
  readonly direction: 'asc' | 'desc'
  readonly after: Pick<QueryCursor, 'key' | 'id'> | null
  readonly limit: number
  readonly characters: number
}

/** Where a query looks for tickets. */
interface Where {
  /** Among these alone; null for all. */
  readonly among: readonly number[] | null
  readonly words: WordsAsked | null
}

/** Tickets that a query asks for, in the order in which they are read. Whether its words are there is to be looked at still. */
export function pageOfQuery(
  reader: Reader,
  asked: Conditions,
  { among, words }: Where,
  { sort, direction, after, limit, characters }: QueryPart,
): BoundStatement<QueriedRow> {
  const found = PAGES.get(`${sort} ${direction} ${among === null ? 'all' : 'among'}`)
  if (!found) throw new Error(`There is no statement for ${sort}.`)
  const [least, greatest] = SORTED_BY[sort].ends
  const place = after ?? (direction === 'asc' ? { key: least, id: FIRST_ID } : { key: greatest, id: LAST_ID })
  const values = { ...askedValues(reader, asked, words), after_key: place.key, after_id: place.id, limit, characters }
  return found.with({ ...values, among })
}

/** How many tickets a query without words asks for, up to a limit. */
export function countOfQuery(
  reader: Reader,
  asked: Conditions,
  among: readonly number[] | null,
  limit: number,
): BoundStatement<Static<typeof CountedRow>> {
  const values = { ...askedValues(reader, asked, null), among, limit }
  return COUNTS[among === null ? 'all' : 'among'].with(values)
}

/** The fewest tickets among which all are that a query asks for; null where they are more than `most` by any condition. */
export function narrowed(reader: Reader, asked: Conditions, most: number): BoundStatement<NarrowRow> | null {
  const { sight } = reader
  const values = askedValues(reader, asked, null)
  const held = heldOf(asked.own)
  const isNarrow =
    !sight.all ||
    [asked.deskIds, asked.statuses, asked.assigneeIds, asked.groupIds, asked.requesterIds, asked.numbers].some(
      (values) => values !== undefined,
    ) ||
    [asked.waiting, asked.snoozed, asked.parent, asked.child, asked.link].some((values) => values?.includes(true)) ||
    held !== null
  if (!isNarrow) return null
  const { tenant_id, sees_all, sight_desk_ids, sight_requester_id, desk_ids, statuses, assignee_ids, no_assignee } =
    values
  const { group_ids, no_group, requester_ids, no_requester, numbers, waiting, snoozed, parent, child, link } = values
  return NARROW.with({
    ...{ tenant_id, sees_all, sight_desk_ids, sight_requester_id, desk_ids, statuses, assignee_ids, no_assignee },
    ...{ group_ids, no_group, requester_ids, no_requester, numbers, waiting, snoozed, held, most },
    ...{ parent, child, link },
  })
}

/** The fewest of what each condition lets through. */
export function fewestOf(row: NarrowRow | undefined, most: number): readonly number[] | null {
  // A ticket is met twice where a value is asked for twice, or where it holds two of them.
  const few = Object.values(row ?? {}).flatMap((tickets) =>
    tickets !== null && tickets.length <= most ? [[...new Set(tickets)]] : [],
  )
  return few.reduce(
    (one, other) => (one !== null && other !== null && one.length <= other.length ? one : other),
    few[0] ?? null,
  )
}

/** Whose some e-mail addresses are. */
export const PEOPLE_BY_EMAIL = statement(
  'query.people',
  {
    takes: { tenant_id: uuid, keys: array(text) },
    row: Type.Object({ id: Type.String(), email_key: Type.String() }),
  },
  'select u.id, u.email_key from users u where u.tenant_id = :tenant_id and u.email_key = any (:keys::text[])',
)
