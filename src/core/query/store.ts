import { type Static, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { type BoundStatement, statement, type TypedStatement } from '../../storage/statement.ts'
import type { Sight } from '../identity/actor.ts'
import { isUnread } from '../marks/store.ts'
import { composed } from '../spelling.ts'
import { TicketLine, ticketLine } from '../tickets/fields.ts'
import { describedBriefly } from '../tickets/rows.ts'
import { HAS_WORDS, SOUGHT, wordValues } from '../tickets/store/listing.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import type { Conditions } from './conditions.ts'
import type { QueryCursor, QuerySort } from './list.ts'

/**
 * The statements behind queries: one for each order and direction. The filter stands within `coalesce`, as for other lists of tickets
 * and for the same reason.
 */

const { uuid, integer, bigint, text, boolean, timestamptz, array, nullable, word } = Sql

/** SQL of what each order sorts by, before the id. Its text is the cursor's. */
const SORTED_BY: Readonly<Record<QuerySort, { readonly by: string; readonly type: string }>> = {
  created: { by: 't.created_at', type: 'timestamptz' },
  updated: { by: 't.change_position', type: 'bigint' },
  priority: { by: "array_position(array['low', 'normal', 'high', 'urgent'], t.priority)", type: 'integer' },
  latest_message: { by: 'coalesce(t.latest_message_at, t.created_at)', type: 'timestamptz' },
}

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
  unread: nullable(array(boolean)),
  waiting: nullable(array(boolean)),
  ...SOUGHT,
}

const PAGE = { after_key: nullable(text), after_id: nullable(uuid), limit: bigint, characters: integer }

const LIST_SEPARATOR = '\u001f'

/** Among these, or none at all where that is wanted too. */
const AMONG = (column: string, ids: string, type: string, none: string): string =>
  `(:${ids}::${type}[] is null or ${column} = any (:${ids}::${type}[]) or :${none}::boolean and ${column} is null)`

const CONDITIONS = `(:only_desk_id::uuid is null or t.desk_id = :only_desk_id::uuid)
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
  and (:numbers::integer[] is null or t.number = any (:numbers::integer[]))
  and (:created_from::timestamptz is null or t.created_at >= :created_from::timestamptz)
  and (:created_before::timestamptz is null or t.created_at < :created_before::timestamptz)
  and (:updated_from::timestamptz is null or t.updated_at >= :updated_from::timestamptz)
  and (:updated_before::timestamptz is null or t.updated_at < :updated_before::timestamptz)
  and (:waiting::boolean[] is null or (t.waiting_since is not null) = any (:waiting::boolean[]))
  and (:unread::boolean[] is null or (${isUnread(':reader_id::uuid')}) = any (:unread::boolean[]))
  and (:attachment::boolean[] is null or exists (
    select 1 from messages m join attachments f on f.tenant_id = :tenant_id and f.message_id = m.id
    where m.tenant_id = :tenant_id and m.ticket_id = t.id and (m.visibility = 'public' or t.desk_id = any (:notes_on::uuid[]))) = any (:attachment::boolean[]))
  and (cardinality(:patterns::text[]) = 0 or ${HAS_WORDS})`

const QueriedRow = Type.Object({ ...TicketLine.properties, sort_key: Type.String() })
export type QueriedRow = Static<typeof QueriedRow>

type Takes = Parameters<ReturnType<typeof pageStatement>['with']>[0]

function pageStatement(sort: QuerySort, direction: 'asc' | 'desc') {
  const { by, type } = SORTED_BY[sort]
  const beyond = direction === 'asc' ? '>' : '<'
  return statement(
    `ticket.query.${sort}.${direction}`,
    { takes: { ...ASKED, ...PAGE }, row: QueriedRow },
    `select ${ticketLine(describedBriefly(':characters::integer'))}, t.sort_key::text as sort_key from (
    select t.*, ${by} as sort_key from tickets t
    where t.tenant_id = :tenant_id
      and (:after_id::uuid is null or (${by}, t.id) ${beyond} (:after_key::text::${type}, :after_id::uuid))
      and coalesce(${CONDITIONS}, false)
    order by ${by} ${direction}, t.id ${direction} limit :limit::bigint
  ) t order by t.sort_key ${direction}, t.id ${direction}`,
  )
}

const PAGES = new Map<string, TypedStatement<Takes, QueriedRow>>()
for (const sort of Object.keys(SORTED_BY) as QuerySort[])
  for (const direction of ['asc', 'desc'] as const) PAGES.set(`${sort} ${direction}`, pageStatement(sort, direction))

const CountedRow = Type.Object({ count: Type.Integer() })

/** How many match, as far as is counted. */
const COUNT = statement(
  'ticket.query_count',
  { takes: { ...ASKED, limit: bigint }, row: CountedRow },
  `select count(*)::integer as count from (
  select 1 from tickets t where t.tenant_id = :tenant_id and coalesce(${CONDITIONS}, false) limit :limit::bigint) t`,
)

/** Who asks, and what is in their sight. */
export interface Reader {
  readonly tenantId: string
  readonly userId: string
  readonly sight: Sight
  /** The desks on which notes count. */
  readonly notesOn: readonly string[]
}

function askedValues({ tenantId, userId, sight, notesOn }: Reader, asked: Conditions) {
  const some = <T>(ids: readonly (T | null)[] | undefined): readonly T[] | null =>
    ids?.filter((id) => id !== null) ?? null
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
    unread: asked.unread ?? null,
    waiting: asked.waiting ?? null,
    ...wordValues(asked.words ?? [], notesOn),
  }
}

/**
 * A page of the tickets that a query asks for, beginning beyond a cursor, in the order in which they are read: backwards from
 * a cursor that goes back. One more than the limit, which tells whether there is more.
 */
export function pageOfQuery(
  reader: Reader,
  asked: Conditions,
  page: {
    readonly sort: QuerySort
    readonly descending: boolean
    readonly cursor: QueryCursor | null
    readonly limit: number
    readonly characters: number
  },
): BoundStatement<QueriedRow> {
  const { sort, cursor, limit, characters } = page
  const direction = page.descending === (cursor?.isBack ?? false) ? 'asc' : 'desc'
  const found = PAGES.get(`${sort} ${direction}`)
  if (!found) throw new Error(`There is no statement for ${sort}.`)
  const after = { after_key: cursor?.key ?? null, after_id: cursor?.id ?? null }
  return found.with({ ...askedValues(reader, asked), ...after, limit: limit + 1, characters })
}

/** How many tickets a query asks for, up to a limit. */
export function countOfQuery(
  reader: Reader,
  asked: Conditions,
  limit: number,
): BoundStatement<Static<typeof CountedRow>> {
  return COUNT.with({ ...askedValues(reader, asked), limit })
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
