import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../../../storage/sql.ts'
import { statement } from '../../../../storage/statement.ts'
import { instant, instantOrNull } from '../../../instant.ts'
import { type Attempt, DELIVERY_STATES, type Delivery } from '../delivery.ts'

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const text = Type.String()
const whole = Type.Integer()
type Headers = Readonly<Record<string, string>>
const headers = Type.Unsafe<Headers>({})

/** Characters of an answer that a list of deliveries shows. */
const FIRST_WORDS = 200

/** Select list of a delivery `d` of the tenant, with how its last attempt ended, and what it waits for in its line. */
const DELIVERY_VIEW = `d.id, d.webhook_id, d.event_type, d.position, d.state, d.attempts, d.next_at, d.created_at, d.finished_at,
  (select json_build_object('status', a.status, 'problem', a.problem, 'answer', left(a.answer_body, ${FIRST_WORDS}))
    from webhook_attempts a where a.tenant_id = :tenant_id and a.delivery_id = d.id order by a.number desc limit 1) as last,
  case when d.state = 'waiting' then (select e.id from webhook_deliveries e
    where e.tenant_id = :tenant_id and e.line = d.line and e.webhook_id = d.webhook_id and e.state = 'waiting'
      and (e.position, e.nth) < (d.position, d.nth)
    order by e.position, e.nth limit 1) end as waits_for`

const DeliveryRow = Type.Object({
  id: text,
  webhook_id: text,
  event_type: text,
  position: whole,
  state: Type.Enum(DELIVERY_STATES),
  attempts: whole,
  next_at: text,
  created_at: text,
  finished_at: nullable(text),
  last: nullable(Type.Object({ status: nullable(whole), problem: nullable(text), answer: nullable(text) })),
  waits_for: nullable(text),
})

export function deliveryOf(row: Static<typeof DeliveryRow>): Delivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventType: row.event_type,
    position: row.position,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.state === 'waiting' ? instant(row.next_at) : null,
    createdAt: instant(row.created_at),
    finishedAt: instantOrNull(row.finished_at),
    last: row.last,
    waitsFor: row.waits_for,
  }
}

/** A webhook's deliveries, newest first, before the last one seen. */
export const LIST_DELIVERIES = statement(
  'webhook.deliveries',
  {
    takes: {
      tenant_id: Sql.uuid,
      webhook_id: Sql.uuid,
      state: Sql.nullable(Sql.text),
      before: Sql.nullable(Sql.uuid),
      limit: Sql.bigint,
    },
    row: DeliveryRow,
  },
  `select ${DELIVERY_VIEW} from webhook_deliveries d
where d.tenant_id = :tenant_id and d.webhook_id = :webhook_id and coalesce(:state::text is null or d.state = :state, false)
  and d.id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
order by d.id desc limit :limit`,
)

const AttemptRow = Type.Object({
  number: whole,
  at: text,
  duration_ms: whole,
  url: text,
  request_headers: headers,
  status: nullable(whole),
  answer_headers: nullable(headers),
  answer_body: nullable(text),
  problem: nullable(text),
})

export function attemptOf(row: Static<typeof AttemptRow>): Attempt {
  return {
    number: row.number,
    at: instant(row.at),
    durationMs: row.duration_ms,
    url: row.url,
    requestHeaders: row.request_headers,
    status: row.status,
    answerHeaders: row.answer_headers,
    answerBody: row.answer_body,
    problem: row.problem,
  }
}

/** One delivery with its payload, null while it is made again, and its attempts. */
export const FIND_DELIVERY = statement(
  'webhook.delivery',
  {
    takes: { tenant_id: Sql.uuid, webhook_id: Sql.uuid, id: Sql.uuid },
    row: Type.Object({ ...DeliveryRow.properties, body: nullable(text), tried: Type.Array(AttemptRow) }),
  },
  `select ${DELIVERY_VIEW}, d.body, (
  select coalesce(json_agg(json_build_object('number', a.number, 'at', a.at, 'duration_ms', a.duration_ms, 'url', a.url,
    'request_headers', a.request_headers, 'status', a.status, 'answer_headers', a.answer_headers, 'answer_body', a.answer_body,
    'problem', a.problem) order by a.number), '[]')
  from webhook_attempts a where a.tenant_id = :tenant_id and a.delivery_id = d.id) as tried
from webhook_deliveries d where d.tenant_id = :tenant_id and d.webhook_id = :webhook_id and d.id = :id`,
)
