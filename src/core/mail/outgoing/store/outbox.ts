import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../../../storage/sql.ts'
import { statement } from '../../../../storage/statement.ts'
import { recordingOf } from '../../../events/recording.ts'
import { CALL, claimedCall, keeping } from '../../../idempotency/claimed.ts'
import { kept } from '../../../idempotency/store.ts'
import { instant, instantOrNull } from '../../../instant.ts'
import { familyOf } from '../../../tickets/store/family.ts'
import type { SentLetter } from '../delivery.ts'
import { OUTGOING_STATES } from '../fate.ts'

const { uuid, bigint, timestamptz, array, nullable, word } = Sql
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const SentRow = Type.Object({
  id: Type.String(),
  mail_id: Type.String(),
  state: Type.Enum(OUTGOING_STATES),
  attempts: Type.Integer(),
  next_at: Type.String(),
  answer: Type.String(),
  created_at: Type.String(),
  finished_at: orNull(Type.String()),
  ticket_id: Type.String(),
  ticket_integer: Type.Integer(),
  number: Type.Integer(),
  title: Type.String(),
  desk_id: Type.String(),
  to_address: orNull(Type.String()),
  to_name: Type.String(),
  copies: Type.Integer(),
})

const VIEW = `o.message_id as id, o.mail_id, o.state::text as state, o.attempts, o.next_at, o.answer, o.created_at, o.finished_at,
  t.id as ticket_id, t.integer as ticket_integer, t.number, t.title, t.desk_id, u.email as to_address,
  coalesce(trim(u.name || ' ' || u.surname), '') as to_name,
  coalesce(cardinality(m.cc_addresses), 0) + coalesce(cardinality(m.bcc_addresses), 0) as copies`
const JOINED = `outgoing_mails o
join messages m on m.tenant_id = :tenant_id and m.id = o.message_id
join tickets t on t.tenant_id = :tenant_id and t.id = m.ticket_id
left join users u on u.tenant_id = :tenant_id and u.id = t.requester_id`

export function letterOf(row: Static<typeof SentRow>): SentLetter {
  const { id, state, attempts, answer, number, title, copies } = row
  return {
    ...{ id, state, attempts, answer, copies },
    mailId: row.mail_id,
    // Of any other it was the last attempt's.
    nextAt: state === 'waiting' ? instant(row.next_at) : null,
    createdAt: instant(row.created_at),
    finishedAt: instantOrNull(row.finished_at),
    ticket: { id: row.ticket_id, integer: row.ticket_integer, number, title },
    deskId: row.desk_id,
    to: row.to_address === null ? null : { address: row.to_address, name: row.to_name },
  }
}

/** Which letters are in sight: those of tickets of some desks; null for all. */
const SIGHT = { tenant_id: uuid, desk_ids: nullable(array(uuid)) }
const IN_SIGHT = 'o.tenant_id = :tenant_id and (:desk_ids::uuid[] is null or t.desk_id = any (:desk_ids::uuid[]))'

/** The newest first, before one; those of a ticket with what was merged into it. */
export const LIST_LETTERS = statement(
  'outgoing.list',
  {
    takes: {
      ...SIGHT,
      states: nullable(array(word(OUTGOING_STATES))),
      desk_id: nullable(uuid),
      ticket_id: nullable(uuid),
      before: nullable(uuid),
      limit: bigint,
    },
    row: SentRow,
  },
  `select ${VIEW} from ${JOINED}
where ${IN_SIGHT} and (:states::text[] is null or o.state::text = any (:states::text[]))
  and (:desk_id::uuid is null or t.desk_id = :desk_id::uuid)
  and (:ticket_id::uuid is null or m.ticket_id in (select f.id from ${familyOf('select :ticket_id::uuid')} f))
  and (:before::uuid is null or o.message_id < :before::uuid)
order by o.message_id desc limit :limit`,
)

export const FIND_SENT = statement(
  'outgoing.find',
  { takes: { ...SIGHT, id: uuid }, row: SentRow },
  `select ${VIEW} from ${JOINED} where ${IN_SIGHT} and o.message_id = :id`,
)

/** How many there are in each state, and how many of these were due before a moment. */
export const COUNT_LETTERS = statement(
  'outgoing.count',
  {
    takes: { ...SIGHT, since: timestamptz },
    row: Type.Object({ state: Type.Enum(OUTGOING_STATES), count: Type.Integer(), late: Type.Integer() }),
  },
  `select o.state::text as state, count(*) as count,
  count(*) filter (where o.state = 'waiting' and o.created_at < :since::timestamptz) as late
from ${JOINED} where ${IN_SIGHT} group by o.state`,
)

/** What became of messages as letters. */
export const DELIVERY_OF = statement(
  'outgoing.delivery',
  {
    takes: { ...SIGHT, message_ids: array(uuid) },
    row: Type.Object({
      id: Type.String(),
      state: Type.Enum(OUTGOING_STATES),
      answer: Type.String(),
      attempts: Type.Integer(),
      next_at: Type.String(),
      finished_at: orNull(Type.String()),
    }),
  },
  `select o.message_id as id, o.state::text as state, o.answer, o.attempts, o.next_at, o.finished_at from ${JOINED}
where ${IN_SIGHT} and o.message_id = any (:message_ids::uuid[])`,
)

const ABOUT = { id: uuid, desk_id: uuid, ...CALL }
const IdRow = Type.Object({ id: Type.String() })
const CHANGED = (alias: string) => `${alias}.message_id as id, ${alias}.state::text as state`
/** What an event tells of a letter: no words, which are the message's. */
const TOLD = "jsonb_build_object('state', f.state, 'desk_id', a.desk_id)"
const KEPT = keeping('changed', "jsonb_build_object('letter', f.id)")

/** Has a letter sent as soon as it can be, as if it had never been tried. Without a row it is being sent, or the key had been used. */
export const RESEND_LETTER = statement(
  'outgoing.resend',
  { takes: { tenant_id: uuid, call: Sql.record(ABOUT) }, row: IdRow },
  `
with ${claimedCall(
    ABOUT,
    "join outgoing_mails b on b.tenant_id = :tenant_id and b.message_id = i.id and b.state <> 'sending'",
  )},
changed as (
  update outgoing_mails o set state = 'waiting', tries = 0, next_at = a.at, finished_at = null
  from accepted a where o.tenant_id = :tenant_id and o.message_id = a.id and o.state <> 'sending'
  returning ${CHANGED('o')}
),
${recordingOf('letter.resent', 'changed', 'f.id', { after: TOLD })},
${KEPT}
select c.id from changed c`,
)

/** Keeps a letter from being sent that waits. Without a row it does not, or the key had been used. */
export const HOLD_LETTER = statement(
  'outgoing.hold',
  { takes: { tenant_id: uuid, call: Sql.record(ABOUT) }, row: IdRow },
  `
with ${claimedCall(
    ABOUT,
    "join outgoing_mails b on b.tenant_id = :tenant_id and b.message_id = i.id and b.state = 'waiting'",
  )},
changed as (
  update outgoing_mails o set state = 'held', finished_at = a.at
  from accepted a where o.tenant_id = :tenant_id and o.message_id = a.id and o.state = 'waiting'
  returning ${CHANGED('o')}
),
${recordingOf('letter.held', 'changed', 'f.id', { after: TOLD })},
${KEPT}
select c.id from changed c`,
)

/** What a call on a letter keeps: which it was. */
export const LETTER_KEPT = kept('outgoing.kept', Type.Object({ letter: Type.Optional(Type.String()) }))

/** How many letters wait anywhere, and since when the oldest of them does; by an index that holds nothing but these. */
export const MEASURE_LETTERS = statement(
  'outgoing.measure',
  { takes: {}, row: Type.Object({ waiting: Type.Integer(), oldest: orNull(Type.String()) }) },
  `select count(*) as waiting, min(o.created_at) as oldest from outgoing_mails o where o.state in ('waiting', 'sending')`,
)
