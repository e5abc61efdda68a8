import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../../../storage/sql.ts'
import { statement } from '../../../../storage/statement.ts'
import { recordingOf } from '../../../events/recording.ts'
import { CALL, claimedCall, keeping } from '../../../idempotency/claimed.ts'
import { kept } from '../../../idempotency/store.ts'
import { instant, instantOrNull } from '../../../instant.ts'
import { familyOf } from '../../../tickets/store/family.ts'
import type { SentLetter, UndeliverableAddress } from '../delivery.ts'
import { HELD_REASONS, OUTGOING_STATES } from '../fate.ts'

const { uuid, bigint, timestamptz, array, nullable, word } = Sql
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const SentRow = Type.Object({
  id: Type.String(),
  mail_id: Type.String(),
  state: Type.Enum(OUTGOING_STATES),
  attempts: Type.Integer(),
  next_at: Type.String(),
  answer: Type.String(),
  held_because: orNull(Type.Enum(HELD_REASONS)),
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
  undeliverable_id: orNull(Type.String()),
  undeliverable_answer: orNull(Type.String()),
  undeliverable_since: orNull(Type.String()),
})

const VIEW = `o.message_id as id, o.mail_id, o.state::text as state, o.attempts, o.next_at, o.answer, o.held_because::text as held_because, o.created_at, o.finished_at,
  t.id as ticket_id, t.integer as ticket_integer, t.number, t.title, t.desk_id, u.email as to_address,
  coalesce(trim(u.name || ' ' || u.surname), '') as to_name,
  coalesce(cardinality(m.cc_addresses), 0) + coalesce(cardinality(m.bcc_addresses), 0) as copies,
  d.id as undeliverable_id, d.answer as undeliverable_answer, d.since as undeliverable_since`
const JOINED = `outgoing_mails o
join messages m on m.tenant_id = :tenant_id and m.id = o.message_id
join tickets t on t.tenant_id = :tenant_id and t.id = m.ticket_id
left join users u on u.tenant_id = :tenant_id and u.id = t.requester_id
left join undeliverable_addresses d on d.tenant_id = :tenant_id and d.address_key = u.email_key`

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
    heldBecause: row.held_because,
    to: toOf(row),
  }
}

function toOf(row: Static<typeof SentRow>): SentLetter['to'] {
  const { to_address: address, to_name: name, undeliverable_id: id, undeliverable_since: since } = row
  if (address === null) return null
  const answer = row.undeliverable_answer ?? ''
  return {
    address,
    name,
    undeliverable: id === null || since === null ? null : { id, address, answer, since: instant(since) },
  }
}

/** Which letters are in sight: those of tickets of some desks; null for all. */
const SIGHT = { tenant_id: uuid, desk_ids: nullable(array(uuid)) }
const IN_SIGHT = 'o.tenant_id = :tenant_id and (:desk_ids::uuid[] is null or t.desk_id = any (:desk_ids::uuid[]))'

/** A page of letters, before one. */
const PAGE = { ...SIGHT, desk_id: nullable(uuid), before: nullable(uuid), limit: bigint }
const ON_PAGE = `${IN_SIGHT} and (:desk_id::uuid is null or t.desk_id = :desk_id::uuid)
  and (:before::uuid is null or o.message_id < :before::uuid)`

/** The newest first. */
export const LIST_LETTERS = statement(
  'outgoing.list',
  { takes: PAGE, row: SentRow },
  `select ${VIEW} from ${JOINED} where ${ON_PAGE} order by o.message_id desc limit :limit`,
)

const states = array(word(OUTGOING_STATES))

/** Those in some states: a range of the index for each, as few are in any but one. */
export const LIST_LETTERS_IN = statement(
  'outgoing.list_in',
  { takes: { ...PAGE, states }, row: SentRow },
  `select v.* from unnest(:states::text[]) s (state) cross join lateral (
  select ${VIEW} from ${JOINED} where ${ON_PAGE} and o.state = s.state order by o.message_id desc limit :limit
) v
order by v.id desc limit :limit`,
)

/** Those of a ticket, with what was merged into it. */
export const LIST_LETTERS_OF = statement(
  'outgoing.list_of',
  { takes: { ...PAGE, states: nullable(states), ticket_id: uuid }, row: SentRow },
  `select ${VIEW} from ${JOINED}
where ${ON_PAGE} and (:states::text[] is null or o.state::text = any (:states::text[])) and o.message_id = any (array(
  select n.id from ${familyOf('select :ticket_id::uuid')} f
  cross join lateral (select x.id from messages x where x.tenant_id = :tenant_id and x.ticket_id = f.id offset 0) n))
order by o.message_id desc limit :limit`,
)

export const FIND_SENT = statement(
  'outgoing.find',
  { takes: { ...SIGHT, id: uuid }, row: SentRow },
  `select ${VIEW} from ${JOINED} where ${IN_SIGHT} and o.message_id = :id`,
)

/** Whether a letter is of some desks, for whoever does not see all: then nothing is looked up. */
const ON_DESKS = `(:desk_ids::uuid[] is null or exists (
    select 1 from messages m join tickets t on t.tenant_id = :tenant_id and t.id = m.ticket_id
    where m.tenant_id = :tenant_id and m.id = o.message_id and t.desk_id = any (:desk_ids::uuid[])))`

/** How many there are in each state, and how many of these have waited since before a moment. */
export const COUNT_LETTERS = statement(
  'outgoing.count',
  {
    takes: { ...SIGHT, since: timestamptz },
    row: Type.Object({ state: Type.Enum(OUTGOING_STATES), count: Type.Integer(), late: Type.Integer() }),
  },
  `select c.state::text as state, c.count, case when c.state <> 'waiting' then 0 else (
  select count(*) from outgoing_mails o
  where o.tenant_id = :tenant_id and o.state = 'waiting' and o.created_at < :since::timestamptz and ${ON_DESKS}) end as late
from (select o.state, count(*) as count from outgoing_mails o where o.tenant_id = :tenant_id and ${ON_DESKS} group by o.state) c`,
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
      held_because: orNull(Type.Enum(HELD_REASONS)),
      attempts: Type.Integer(),
      next_at: Type.String(),
      finished_at: orNull(Type.String()),
    }),
  },
  `select o.message_id as id, o.state::text as state, o.answer, o.held_because::text as held_because, o.attempts, o.next_at, o.finished_at from ${JOINED}
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
  update outgoing_mails o set state = 'waiting', tries = 0, next_at = a.at, finished_at = null, held_because = null
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
  update outgoing_mails o set state = 'held', finished_at = a.at, held_because = 'by_hand'
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

const UndeliverableRow = Type.Object({
  id: Type.String(),
  address: Type.String(),
  answer: Type.String(),
  since: Type.String(),
})

export function undeliverableOf({ since, ...row }: Static<typeof UndeliverableRow>): UndeliverableAddress {
  return { ...row, since: instant(since) }
}

/** Addresses to which nothing more is sent, the newest first, before one. */
export const LIST_UNDELIVERABLE = statement(
  'undeliverable.list',
  {
    takes: { tenant_id: uuid, address_key: nullable(Sql.text), before: nullable(uuid), limit: bigint },
    row: UndeliverableRow,
  },
  `select d.id, d.address, d.answer, d.since from undeliverable_addresses d
where d.tenant_id = :tenant_id and (:address_key::text is null or d.address_key = :address_key::text)
  and (:before::uuid is null or d.id < :before::uuid)
order by d.id desc limit :limit`,
)

export const FIND_UNDELIVERABLE = statement(
  'undeliverable.find',
  { takes: { tenant_id: uuid, id: uuid }, row: UndeliverableRow },
  `select d.id, d.address, d.answer, d.since from undeliverable_addresses d where d.tenant_id = :tenant_id and d.id = :id`,
)

const CLEARING = { id: uuid, ...CALL }

/** Mail goes to an address again, and what was held for it is sent. Without a row it is cleared, or the key had been used. */
export const CLEAR_UNDELIVERABLE = statement(
  'undeliverable.clear',
  { takes: { tenant_id: uuid, call: Sql.record(CLEARING) }, row: IdRow },
  `
with ${claimedCall(CLEARING, 'join undeliverable_addresses b on b.tenant_id = :tenant_id and b.id = i.id')},
cleared as (
  delete from undeliverable_addresses d using accepted a where d.tenant_id = :tenant_id and d.id = a.id
  returning d.id, d.address_key
),
freed as (
  update outgoing_mails o set state = 'waiting', tries = 0, next_at = a.at, finished_at = null, held_because = null
  from accepted a, cleared c, messages m, tickets t, users u
  where o.tenant_id = :tenant_id and o.state = 'held' and o.held_because = 'undeliverable'
    and m.tenant_id = :tenant_id and m.id = o.message_id and t.tenant_id = :tenant_id and t.id = m.ticket_id
    and u.tenant_id = :tenant_id and u.id = t.requester_id and u.email_key = c.address_key
  returning o.message_id
),
${recordingOf('undeliverable_address.cleared', 'cleared', 'f.id', {
  before: "jsonb_build_object('letters', (select count(*) from freed))",
})},
${keeping('cleared', "jsonb_build_object('undeliverable', f.id)")}
select c.id from cleared c`,
)

/** What a call that clears an address keeps: which it was. */
export const CLEARED_KEPT = kept('undeliverable.kept', Type.Object({ undeliverable: Type.Optional(Type.String()) }))
