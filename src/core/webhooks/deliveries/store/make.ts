import { type TSchema, Type } from 'typebox'
import { columnsOf, Sql, type ValuesOf } from '../../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../../storage/statement.ts'
import { LISTED_CHARACTERS } from '../../../bounds.ts'
import { EVENT_VIEW, EventRow } from '../../../events/rows.ts'
import { describedBriefly, type MessageRow, TicketRow, ticketView } from '../../../tickets/rows.ts'
import { oneOf, TEXT_BYTES } from '../../../tickets/store/conversation.ts'
import { MESSAGES_BY_ID } from '../../../tickets/store/find.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const whole = Type.Integer()
const IdRow = Type.Object({ id: text })

/**
 * The events after a tenant's stored position, with that position and how many erasures there were; with each the bytes of
 * the texts of all up to it. The last one begins before so many bytes.
 */
export const NEXT_EVENTS = statement(
  'webhook.next_events',
  {
    takes: { tenant_id: Sql.uuid, limit: Sql.bigint, before_bytes: Sql.bigint },
    row: Type.Object({
      ...EventRow.properties,
      ...{ from_position: whole, erasures: whole, subject_id: nullable(text), bytes: whole },
    }),
  },
  `select ${EVENT_VIEW}, e.subject_id, e.from_position, e.erasures, e.bytes::integer
from (
  select e.*, p.position as from_position, p.erasures,
    sum(${TEXT_BYTES}) over (order by e.position) as bytes,
    ${TEXT_BYTES} as own_bytes
  from webhook_positions p join events e on e.tenant_id = :tenant_id and e.position > p.position
  ${oneOf('messages', 'e.message_id', 'm')}
  where p.tenant_id = :tenant_id order by e.position limit :limit
) e
where e.bytes - e.own_bytes < :before_bytes order by e.position`,
)

/** Whom events are for: enabled webhooks, and those that nobody disabled by hand. */
export const OPEN_WEBHOOKS = statement(
  'webhook.open',
  {
    takes: { tenant_id: Sql.uuid },
    row: Type.Object({ id: text, dialect: text, desk_id: nullable(text), events: Type.Array(text), since: whole }),
  },
  `select w.id, w.dialect, w.desk_id, w.events, w.since from webhooks w
where w.tenant_id = :tenant_id and (w.enabled or w.disabled_by <> 'hand') order by w.id`,
)

/** Tickets by UUID, in nobody's sight: a webhook sees what it is subscribed to. Of descriptions what lists show. */
export const TICKETS_BY_ID = statement(
  'webhook.tickets',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: TicketRow },
  `select ${ticketView(describedBriefly(LISTED_CHARACTERS))} from tickets t where t.tenant_id = :tenant_id and t.id = any (:ids::uuid[])`,
)

/** Messages by UUID, likewise. */
export function messagesByIds(tenantId: string, ids: readonly string[]): BoundStatement<MessageRow> {
  return MESSAGES_BY_ID.with({ tenant_id: tenantId, ids })
}

/** Which desk a deleted ticket was on, and its integer: the last that is known of it. */
export const GONE_TICKETS = statement(
  'webhook.gone_tickets',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) },
    row: Type.Object({ ticket_id: text, desk_id: nullable(text), integer: nullable(whole) }),
  },
  `select e.ticket_id, e.before ->> 'desk_id' as desk_id, (e.before ->> 'integer')::integer as integer from events e
where e.tenant_id = :tenant_id and e.ticket_id = any (:ids::uuid[]) and e.kind = 'ticket.deleted'`,
)

/** A delivery to be made. */
const MADE_DELIVERY = {
  id: Sql.uuid,
  webhook_id: Sql.uuid,
  line: Sql.uuid,
  position: Sql.bigint,
  nth: Sql.integer,
  event_type: Sql.text,
  body: Sql.text,
}
export type MadeDelivery = ValuesOf<typeof MADE_DELIVERY>

/**
 * Moves a tenant's position and adds the deliveries of the events in between, if no other process did so before and
 * nothing was erased since they were read.
 */
export const ADVANCE = statement(
  'webhook.advance',
  {
    takes: {
      tenant_id: Sql.uuid,
      from_position: Sql.bigint,
      to_position: Sql.bigint,
      deliveries: Sql.records(MADE_DELIVERY),
      now: Sql.timestamptz,
      erasures: Sql.bigint,
    },
    row: Type.Object({ position: whole }),
  },
  `
with moved as (
  update webhook_positions p set position = :to_position where p.tenant_id = :tenant_id and p.position = :from_position::bigint and p.erasures = :erasures
  returning p.position
),
made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, line, position, nth, event_type, body, state, next_at, set_at, created_at)
  select :tenant_id, i.id, w.id, i.line, i.position, i.nth, i.event_type, i.body, 'waiting', :now, :now, :now
  from json_to_recordset(:deliveries::json) i (${columnsOf(MADE_DELIVERY)})
  join webhooks w on w.tenant_id = :tenant_id and w.id = i.webhook_id, moved
)
select m.position from moved m`,
)

/** Deliveries without a payload, with their events and how many erasures there were. */
export const BLANK_DELIVERIES = statement(
  'webhook.blank',
  {
    takes: { tenant_id: Sql.uuid, limit: Sql.bigint },
    row: Type.Object({
      ...EventRow.properties,
      ...{
        delivery_id: text,
        for_dialect: text,
        for_desk: nullable(text),
        event_type: text,
        nth: whole,
        erasures: whole,
        subject_id: nullable(text),
      },
    }),
  },
  `select d.id as delivery_id, w.dialect as for_dialect, w.desk_id as for_desk, d.event_type, d.nth, p.erasures, ${EVENT_VIEW}, e.subject_id
from webhook_positions p
join webhook_deliveries d on d.tenant_id = :tenant_id and d.body is null
join webhooks w on w.tenant_id = :tenant_id and w.id = d.webhook_id
join events e on e.tenant_id = :tenant_id and e.position = d.position
where p.tenant_id = :tenant_id order by d.position, d.nth limit :limit`,
)

const PAYLOAD = {
  id: Sql.uuid,
  /** Null where there is nothing to tell any more. */
  body: Sql.nullable(Sql.text),
}

/**
 * Gives blank deliveries their payloads, if nothing was erased since what they are made of was read. Forgets what
 * receivers said to the payloads before: an attempt under way may have kept it behind the erasure.
 */
export const REMAKE = statement(
  'webhook.remake',
  {
    takes: { tenant_id: Sql.uuid, erasures: Sql.bigint, payloads: Sql.records(PAYLOAD), now: Sql.timestamptz },
    row: IdRow,
  },
  `
with current as materialized (
  select p.tenant_id from webhook_positions p where p.tenant_id = :tenant_id and p.erasures = :erasures for no key update
),
made as (
  update webhook_deliveries d set body = coalesce(i.body, ''),
    state = case when i.body is null and d.state <> 'delivered' then 'skipped' else d.state end,
    finished_at = case when i.body is null and d.state <> 'delivered' then :now::timestamptz else d.finished_at end
  from json_to_recordset(:payloads::json) i (${columnsOf(PAYLOAD)}), current
  where d.tenant_id = :tenant_id and d.id = i.id and d.body is null
  returning d.id
),
forgotten as (
  update webhook_attempts a set answer_headers = null, answer_body = null
  where a.tenant_id = :tenant_id and a.delivery_id = any (array(select m.id from made m))
    and (a.answer_headers is not null or a.answer_body is not null)
)
select m.id from made m`,
)
