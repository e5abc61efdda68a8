import { type Static, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall } from '../idempotency/claimed.ts'
import { MessageRow, messageLine } from '../tickets/rows.ts'

const EXPORT = { whole: Sql.boolean, files: Sql.boolean, ...CALL }

/** Tells the log that an export begins, and by whom. What a query asks for is not told: it may name people. */
export const RECORD_EXPORT = statement(
  'export.record',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(EXPORT) }, row: Type.Object({ position: Type.Integer() }) },
  `
with ${claimedCall(EXPORT)},
${recordingOf('tenant.exported', 'accepted', 'null::uuid', {
  after: "jsonb_build_object('whole', a.whole, 'files', a.files)",
})}
select c.event_position as position from counted c`,
)

const ExportedFileData = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  name: Type.String(),
  mediaType: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
  width: Type.Union([Type.Integer(), Type.Null()]),
  height: Type.Union([Type.Integer(), Type.Null()]),
  createdAt: Type.String(),
})
export type ExportedFileData = Static<typeof ExportedFileData>

const { attachments: _attachments, ...ofMessage } = MessageRow.properties

const ExportedMessageRow = Type.Object({
  ...ofMessage,
  /** Of which of the tickets, counted from 1. */
  nth_ticket: Type.Integer(),
  /** What text dialects show of HTML, where its sender said so. */
  plain_given: Type.Union([Type.String(), Type.Null()]),
  bytes: Type.Integer(),
  files: Type.Array(ExportedFileData),
  /** Whether the texts up to this one come to as much as was asked for. */
  is_full: Type.Boolean(),
})
export type ExportedMessageRow = Static<typeof ExportedMessageRow>

const NOTED = 'm.ticket_id = any (:noted_ids::uuid[])'

/**
 * The next messages of some tickets, ticket by ticket, up to the one by which their texts come to so many bytes. Of the
 * tickets with notes they are as they came in, of the others as they are shown.
 */
export const EXPORTED_MESSAGES = statement(
  'export.messages',
  {
    takes: {
      tenant_id: Sql.uuid,
      ticket_ids: Sql.array(Sql.uuid),
      noted_ids: Sql.array(Sql.uuid),
      after_ticket: Sql.bigint,
      after: Sql.bigint,
      limit: Sql.bigint,
      page_bytes: Sql.bigint,
    },
    row: ExportedMessageRow,
  },
  `select m.nth_ticket, m.bytes, ${messageLine(
    `case when ${NOTED} then m.original else coalesce(m.safe_html, m.plain) end as plain, null::text as safe_html`,
  )},
  case when m.plain_given then m.plain end as plain_given,
  m.said + m.bytes >= :page_bytes::bigint as is_full,
  (select coalesce(json_agg(json_build_object('id', f.id, 'integer', f.integer, 'name', f.name, 'mediaType', f.media_type,
    'size', f.size, 'sha256', f.sha256, 'width', f.width, 'height', f.height, 'createdAt', f.created_at) order by f.nth), '[]')
    from attachments f where f.tenant_id = :tenant_id and f.message_id = m.id) as files
from (
  select x.*, coalesce(sum(x.bytes) over (
    order by x.nth_ticket, x.integer rows between unbounded preceding and 1 preceding), 0)::bigint as said
  from (
    select a.nth as nth_ticket, s.*, (octet_length(s.original) + octet_length(s.plain))::bigint as bytes
    from unnest(:ticket_ids::uuid[]) with ordinality a (id, nth)
    cross join lateral (select * from messages x where x.tenant_id = :tenant_id and x.ticket_id = a.id) s
    where (a.nth, s.integer) > (:after_ticket::bigint, :after::bigint)
      and (s.visibility = 'public' or a.id = any (:noted_ids::uuid[]))
    order by a.nth, s.integer limit :limit
  ) x
) m
left join lateral (select * from users x where x.tenant_id = :tenant_id and x.id = m.author_id limit 1) u on true
where m.said < :page_bytes::bigint
order by m.nth_ticket, m.integer`,
)
