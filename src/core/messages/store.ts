import { type Static, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'

const VISIBILITY = Type.Enum(['public', 'internal'] as const)
const nullableText = Type.Union([Type.String(), Type.Null()])

/** SQL of the key under which two spellings of an address are the same; of a telephone number people write many. */
export const keyOf = (address: string): string => `case
    when ${address} ~ '^[-+0-9 ()./]+$' then regexp_replace(${address}, '[^+0-9]', '', 'g') else lower(normalize(${address}, NFC)) end`

/** SQL of the keys of all addresses in the envelope of a message `${message}`, null when there are none. */
export const addressKeys = (message: string): string => `case
    when coalesce(${message}.to_addresses, ${message}.cc_addresses, ${message}.bcc_addresses) is not null then array(
      select ${keyOf('x.address')}
      from unnest(${message}.to_addresses || ${message}.cc_addresses || ${message}.bcc_addresses) x (address)) end`

/**
 * SQL that is true of the public message `m` with which the conversation of a ticket of the tenant began: the one that it was
 * written on. By the events, so that the next one does not take its place when it is deleted.
 */
export const IS_OPENING = `m.id = (
    select e.message_id from events e left join messages o on o.tenant_id = :tenant_id and o.id = e.message_id
    where e.tenant_id = :tenant_id and e.ticket_id = coalesce(m.written_on, m.came_from, m.ticket_id) and e.message_id is not null and e.kind <> 'message.deleted'
      and coalesce(o.visibility, e.after ->> 'visibility', 'public') = 'public'
    order by e.position limit 1)`

const PlaceRow = Type.Object({
  id: Type.String(),
  ticket_id: Type.String(),
  visibility: VISIBILITY,
  author_id: nullableText,
  /** Whether the conversation began with it. */
  is_opening: Type.Boolean(),
})
/** Where a message is, and whose. */
export type PlaceRow = Static<typeof PlaceRow>

/** By a UUID or an integer. */
export const MESSAGE_PLACE = statement(
  'message.place',
  { takes: { tenant_id: Sql.uuid, id: Sql.nullable(Sql.uuid), integer: Sql.nullable(Sql.bigint) }, row: PlaceRow },
  `select m.id, m.ticket_id, m.visibility, m.author_id, m.came_from is null and m.written_on is null and coalesce(${IS_OPENING}, false) as is_opening from messages m
where m.tenant_id = :tenant_id and (m.id = :id::uuid or m.integer = :integer::bigint)`,
)

/** Messages that others say they answer. */
export const ANSWERED = statement(
  'message.answered',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid), integers: Sql.array(Sql.bigint) },
    row: Type.Object({ id: Type.String(), integer: Type.Integer(), ticket_id: Type.String(), visibility: VISIBILITY }),
  },
  `select m.id, m.integer, m.ticket_id, m.visibility from messages m
where m.tenant_id = :tenant_id and (m.id = any (:ids::uuid[]) or m.integer = any (:integers::bigint[]))`,
)

/** Whether anything public was said on a ticket after a message. */
export const SAID_AFTER = statement(
  'message.said_after',
  { takes: { tenant_id: Sql.uuid, ticket_id: Sql.uuid, integer: Sql.bigint }, row: Type.Object({ id: Type.String() }) },
  `select m.id from messages m
where m.tenant_id = :tenant_id and m.ticket_id = :ticket_id and m.integer > :integer and m.visibility = 'public' limit 1`,
)

/** How many messages the ticket has that has the most of some. */
export const MOST_MESSAGES = statement(
  'message.most',
  { takes: { tenant_id: Sql.uuid, ticket_ids: Sql.array(Sql.uuid) }, row: Type.Object({ messages: Type.Integer() }) },
  `select coalesce(max(c.messages), 0)::integer as messages from (
  select count(*) as messages from messages m where m.tenant_id = :tenant_id and m.ticket_id = any (:ticket_ids::uuid[]) group by m.ticket_id
) c`,
)

const OriginalRow = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  format: Type.Enum(['text', 'html'] as const),
  original: Type.String(),
  sanitizer: Type.Union([Type.String(), Type.Null()]),
  rendering: Type.Union([Type.Integer(), Type.Null()]),
  created_at: Type.String(),
})

export type OriginalRow = Static<typeof OriginalRow>

/** A message of a ticket as it came in, by a UUID or an integer. */
export const ORIGINAL = statement(
  'message.original',
  {
    takes: { tenant_id: Sql.uuid, ticket_id: Sql.uuid, id: Sql.nullable(Sql.uuid), integer: Sql.nullable(Sql.bigint) },
    row: OriginalRow,
  },
  `select m.id, m.integer, m.format, m.original, m.sanitizer, m.rendering, m.created_at from messages m
where m.tenant_id = :tenant_id and m.ticket_id = :ticket_id and (m.id = :id::uuid or m.integer = :integer::bigint)`,
)
