import { type Static, type TSchema, Type } from 'typebox'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../../idempotency/claimed.ts'
import { kept } from '../../idempotency/store.ts'
import { USER_VIEW, UserRow } from '../../identity/rows.ts'
import { instant, instantOrNull } from '../../instant.ts'
import { waysFrom } from '../../tickets/store/family.ts'
import { STATUSES } from '../../words.ts'
import { AUTHENTICATIONS } from '../threading/authentication.ts'
import { RULES } from '../threading/decide.ts'
import { CLERK_ID } from './key.ts'
import { type Explanation, MAIL_REASONS, MAIL_STATES, type ReceivedMail } from './received.ts'

const { uuid, text, integer, bigint, timestamptz, array, nullable, word } = Sql
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const IdRow = Type.Object({ id: Type.String() })

const KEEPING = { id: uuid, recipient: nullable(text), sender: nullable(text), size: integer, ...CALL }

/** Keeps a mail as it came: whoever hears of it may hand it over no more. Without a row the key had been used. */
export const KEEP_MAIL = statement(
  'mail.keep',
  { takes: { tenant_id: uuid, call: Sql.record(KEEPING), raw: Sql.bytea }, row: IdRow },
  `
with ${claimedCall(KEEPING)},
made as (
  insert into mails as m (tenant_id, id, state, reason, received_at, size, recipient, sender)
  select :tenant_id, a.id, 'waiting', 'received', a.at, a.size, a.recipient, a.sender from accepted a
  returning m.id
),
raw as (
  insert into mail_raws (tenant_id, mail_id, raw) select :tenant_id, m.id, :raw::bytea from made m
),
${keeping('made', "jsonb_build_object('mail', f.id)")}
select m.id from made m`,
)

/** What a call that hands a mail over, or files one, keeps: which it was. */
export const MAIL_KEPT = kept('mail.kept', Type.Object({ mail: Type.Optional(Type.String()) }))

/** The tenants in which mail waits to be read. */
export const TENANTS_WITH_MAIL = statement(
  'mail.tenants',
  { takes: {}, row: Type.Object({ tenant_id: Type.String() }) },
  "select distinct m.tenant_id from mails m where m.state = 'waiting'",
)

/** The tenants with a desk that has one of these addresses, who is here for longest first. */
export const TENANTS_AT = statement(
  'mail.tenants_at',
  { takes: { addresses: array(text) }, row: Type.Object({ tenant_id: Type.String() }) },
  `select t.tenant_id from desks d join tenants t on t.tenant_id = d.tenant_id
where d.addresses && :addresses::text[] and d.active and t.retired_at is null order by t.created_at, t.tenant_id`,
)

const TakenRow = Type.Object({
  id: Type.String(),
  recipient: orNull(Type.String()),
  sender: orNull(Type.String()),
  received_at: Type.String(),
  attempts: Type.Integer(),
})
export type TakenRow = Static<typeof TakenRow>

/** Takes mails that wait and that nobody has for itself, the oldest first. */
export const TAKE_MAILS = statement(
  'mail.take',
  { takes: { tenant_id: uuid, now: timestamptz, until: timestamptz, limit: bigint }, row: TakenRow },
  `
with next as materialized (
  select m.id from mails m
  where m.tenant_id = :tenant_id and m.state = 'waiting' and (m.taken_until is null or m.taken_until < :now::timestamptz)
  order by m.id limit :limit
  for no key update skip locked
)
update mails m set taken_until = :until::timestamptz, attempts = m.attempts + 1 from next n
where m.tenant_id = :tenant_id and m.id = n.id
returning m.id, m.recipient, m.sender, m.received_at, m.attempts`,
)

/** Gives back what could not be decided now, until a moment. */
export const LEAVE_MAIL = statement(
  'mail.leave',
  { takes: { tenant_id: uuid, id: uuid, until: timestamptz }, row: IdRow },
  `update mails m set taken_until = :until::timestamptz where m.tenant_id = :tenant_id and m.id = :id and m.state = 'waiting'
returning m.id`,
)

export const RAW_MAIL = statement(
  'mail.raw',
  { takes: { tenant_id: uuid, id: uuid }, row: Type.Object({ raw: Type.Unsafe<Buffer>({}) }) },
  'select r.raw from mail_raws r where r.tenant_id = :tenant_id and r.mail_id = :id',
)

const PLACING = {
  id: uuid,
  desk_id: nullable(uuid),
  identity: text,
  from_address: text,
  from_name: text,
  subject: text,
  authentication: word(AUTHENTICATIONS),
  from_key: nullable(text),
  foreign_key: nullable(text),
  people_keys: array(text),
  own_ids: array(text),
  named_ids: array(text),
}

/** Puts down whose a mail is and for which desk, unless the desk has it already: then which one that is. */
export const PLACE_MAIL = statement(
  'mail.place',
  {
    takes: { tenant_id: uuid, mail: Sql.record(PLACING) },
    row: Type.Object({ copy_of: orNull(Type.String()) }),
  },
  `
with given as materialized (select * from json_to_record(:mail::json) as i (${columnsOf(PLACING)})),
other as materialized (
  select o.id from mails o join given i on o.desk_id = i.desk_id and o.identity = i.identity and o.id <> i.id
  where o.tenant_id = :tenant_id
),
placed as (
  update mails m set desk_id = i.desk_id, from_address = i.from_address, from_name = i.from_name, subject = i.subject,
    authentication = i.authentication, from_key = i.from_key, foreign_key = i.foreign_key, people_keys = i.people_keys,
    own_ids = i.own_ids, named_ids = i.named_ids,
    identity = case when exists (select 1 from other) then null else i.identity end
  from given i where m.tenant_id = :tenant_id and m.id = i.id
  returning m.id
)
select (select o.id from other o) as copy_of from placed p`,
)

const CandidateRow = Type.Object({
  rule: Type.Enum(RULES),
  value: Type.String(),
  nth: Type.Integer(),
  by_desk_id: orNull(Type.String()),
  id: Type.String(),
  integer: Type.Integer(),
  number: Type.Integer(),
  desk_id: Type.String(),
  status: Type.Enum(STATUSES),
  title: Type.String(),
  latest_message_at: orNull(Type.String()),
  /** The ticket that was named, where it was merged into this one. */
  named_id: Type.String(),
  requester_id: orNull(Type.String()),
  requester_email: orNull(Type.String()),
  is_participant: Type.Boolean(),
})
export type CandidateRow = Static<typeof CandidateRow>

const LOOKING = {
  tenant_id: uuid,
  id: uuid,
  desk_id: uuid,
  /** Ids that the mail answers, nearest first. */
  parents: array(text),
  /** Its own ids. */
  own_ids: array(text),
  token: nullable(bigint),
  numbers: array(integer),
  foreign_key: nullable(text),
  /** The keys of whoever wrote it. */
  writer_keys: array(text),
  since: timestamptz,
}

/**
 * Everything that the decision on a mail takes, in one round trip however many ids it names: who wrote it, the tickets to
 * which something of it leads, and how much came of its writer lately. A ticket that was merged leads to the one that stays.
 */
export const LOOK_UP = statement(
  'mail.look_up',
  {
    takes: LOOKING,
    row: Type.Object({
      writer: orNull(UserRow),
      candidates: Type.Array(CandidateRow),
      recent: Type.Integer(),
    }),
  },
  `
with recursive writers as materialized (
  select u.id from users u where u.tenant_id = :tenant_id and u.email_key = any (:writer_keys::text[]) and u.erased_at is null
  union all
  select a.user_id from user_addresses a where a.tenant_id = :tenant_id and a.kind = 'email' and a.address_key = any (:writer_keys::text[])
),
-- What a mail did, under its key, counts also where whoever filed it died before that was put down.
filed as materialized (
  select w.desk_id, w.own_ids, w.named_ids, x.id as ticket_id
  from mails w
  join claim_results r on r.tenant_id = :tenant_id and r.credential_id = '${CLERK_ID}' and r.key = 'mail ' || w.id::text || ' file'
  cross join unnest(r.ticket_ids) x (id)
  where w.tenant_id = :tenant_id and w.own_ids is not null and w.id <> :id
    and (w.own_ids || w.named_ids) && (:parents::text[] || :own_ids::text[])
),
hits as materialized (
  select 'token' as rule, t.integer::text as value, 1 as nth, null::uuid as by_desk_id, t.id as ticket_id
  from tickets t where t.tenant_id = :tenant_id and t.integer = :token::bigint
  union all
  select 'reference', k.key, k.nth::integer, i.desk_id, i.ticket_id
  from unnest(:parents::text[]) with ordinality k (key, nth) join mail_ids i on i.tenant_id = :tenant_id and i.key = k.key
  union all
  -- What names this one came before it.
  select 'reference', i.key, 1000000, i.desk_id, i.ticket_id
  from mail_ids i where i.tenant_id = :tenant_id and i.key = any (:own_ids::text[]) and not i.is_own
  union all
  select 'reference', k.key, k.nth::integer, f.desk_id, f.ticket_id
  from filed f join unnest(:parents::text[]) with ordinality k (key, nth) on k.key = any (f.own_ids || f.named_ids)
  union all
  select 'reference', k.key, 1000000, f.desk_id, f.ticket_id
  from filed f join unnest(:own_ids::text[]) k (key) on k.key = any (f.named_ids)
  union all
  (select 'foreign_number', m.foreign_key, 1, m.desk_id, m.ticket_id
  from mails m where m.tenant_id = :tenant_id and m.from_key = any (:writer_keys::text[]) and m.foreign_key = :foreign_key::text
    and m.desk_id = :desk_id and m.ticket_id is not null
  order by m.id desc limit 1)
  union all
  select 'subject', t.number::text, 1, t.desk_id, t.id
  from tickets t where t.tenant_id = :tenant_id and t.desk_id = :desk_id and t.number = any (:numbers::integer[])
  union all
  select 'subject', f.number::text, 1, f.desk_id, f.ticket_id
  from former_numbers f where f.tenant_id = :tenant_id and f.desk_id = :desk_id and f.number = any (:numbers::integer[])
),
${waysFrom(
  'ways',
  `select t.id as key, t.id, t.merged_into from tickets t
  where t.tenant_id = :tenant_id and t.id = any (array(select h.ticket_id from hits h))`,
)},
found as materialized (
  select h.rule, h.value, h.nth, h.by_desk_id, t.id, t.integer, t.number, t.desk_id, t.status, t.title, t.latest_message_at,
    h.ticket_id as named_id, t.requester_id, u.email as requester_email,
    exists (select 1 from messages m where m.tenant_id = :tenant_id and m.ticket_id = t.id and m.visibility = 'public'
      and (m.address_keys && :writer_keys::text[] or m.author_id = any (array(select w.id from writers w))))
    or exists (select 1 from mails x where x.tenant_id = :tenant_id and x.ticket_id = any (array[t.id, h.ticket_id])
      and x.id <> :id and x.people_keys && :writer_keys::text[]) as is_participant
  from hits h join ways w on w.key = h.ticket_id and w.merged_into is null
  join tickets t on t.tenant_id = :tenant_id and t.id = w.id
  left join users u on u.tenant_id = :tenant_id and u.id = t.requester_id
  order by h.nth limit 200
)
select (select to_json(v) from (select ${USER_VIEW} from users u
    where u.tenant_id = :tenant_id and u.id = (select w.id from writers w limit 1) and u.erased_at is null) v) as writer,
  (select coalesce(json_agg(f), '[]') from found f) as candidates,
  (select count(*) from mails r where r.tenant_id = :tenant_id and r.from_key = any (:writer_keys::text[]) and r.desk_id = :desk_id
    and r.id <> :id and r.state in ('created', 'joined') and r.received_at > :since::timestamptz) as recent`,
)

const SETTLED = {
  id: uuid,
  state: word(MAIL_STATES),
  reason: word(MAIL_REASONS),
  ticket_id: nullable(uuid),
  message_id: nullable(uuid),
  at: timestamptz,
  explanation: nullable(Sql.jsonb<Explanation>()),
  own_ids: array(text),
  named_ids: array(text),
  by_hand: Sql.boolean,
}

/**
 * Puts down what became of a mail, and which ids lead to its ticket from now on. Without a row it is not there any more, or
 * somebody filed it by hand meanwhile.
 */
export const SETTLE_MAIL = statement(
  'mail.settle',
  { takes: { tenant_id: uuid, mail: Sql.record(SETTLED) }, row: IdRow },
  `
with given as materialized (select * from json_to_record(:mail::json) as i (${columnsOf(SETTLED)})),
settled as (
  update mails m set state = i.state, reason = i.reason, ticket_id = i.ticket_id, message_id = i.message_id, decided_at = i.at,
    explanation = coalesce(i.explanation, m.explanation), taken_until = null, own_ids = null, named_ids = null
  from given i where m.tenant_id = :tenant_id and m.id = i.id and (m.state = 'waiting' or i.by_hand)
  returning m.id, m.desk_id
),
led as (
  insert into mail_ids as o (tenant_id, key, ticket_id, desk_id, is_own)
  select :tenant_id, k.key, i.ticket_id, s.desk_id, bool_or(k.is_own) from given i, settled s, lateral (
    select x.key, true as is_own from unnest(i.own_ids) x (key)
    union all select x.key, false from unnest(i.named_ids) x (key)) k
  where i.ticket_id is not null
  group by k.key, i.ticket_id, s.desk_id
  on conflict (tenant_id, key, ticket_id) do update set is_own = o.is_own or excluded.is_own
)
select s.id from settled s`,
)

/** As whom mail is filed: a service of the tenant, else its first owner. */
export const MAIL_CLERK = statement(
  'mail.clerk',
  { takes: { tenant_id: uuid }, row: UserRow },
  `select ${USER_VIEW} from users u where u.tenant_id = :tenant_id and u.is_owner and u.active and u.erased_at is null
order by u.kind <> 'service', u.integer limit 1`,
)

const MAIL = `m.id, m.state::text as state, m.reason, m.received_at, m.decided_at, m.size, m.recipient, m.sender, m.desk_id, m.ticket_id,
  m.message_id, m.from_address, m.from_name, m.subject, m.authentication::text as authentication`

const MailRow = Type.Object({
  id: Type.String(),
  state: Type.Enum(MAIL_STATES),
  reason: Type.Enum(MAIL_REASONS),
  received_at: Type.String(),
  decided_at: orNull(Type.String()),
  size: Type.Integer(),
  recipient: orNull(Type.String()),
  sender: orNull(Type.String()),
  desk_id: orNull(Type.String()),
  ticket_id: orNull(Type.String()),
  message_id: orNull(Type.String()),
  from_address: Type.String(),
  from_name: Type.String(),
  subject: Type.String(),
  authentication: Type.Enum(AUTHENTICATIONS),
})

export function mailOf(row: Static<typeof MailRow>): ReceivedMail {
  const { id, state, reason, size, recipient, sender, subject, authentication } = row
  return {
    ...{ id, state, reason, size, recipient, sender, subject, authentication },
    receivedAt: instant(row.received_at),
    decidedAt: instantOrNull(row.decided_at),
    deskId: row.desk_id,
    ticketId: row.ticket_id,
    messageId: row.message_id,
    fromAddress: row.from_address,
    fromName: row.from_name,
  }
}

/** Which mail is in sight: that of some desks; null for all, also of no desk. */
const SIGHT = { tenant_id: uuid, desk_ids: nullable(array(uuid)) }
const IN_SIGHT =
  'm.tenant_id = :tenant_id and coalesce(:desk_ids::uuid[] is null or m.desk_id = any (:desk_ids::uuid[]), false)'

/** The newest first, before one. */
export const LIST_MAILS = statement(
  'mail.list',
  {
    takes: {
      ...SIGHT,
      states: nullable(array(word(MAIL_STATES))),
      ticket_id: nullable(uuid),
      before: nullable(uuid),
      limit: bigint,
    },
    row: MailRow,
  },
  `select ${MAIL} from mails m
where ${IN_SIGHT} and (:states::text[] is null or m.state::text = any (:states::text[]))
  and (:ticket_id::uuid is null or m.ticket_id = :ticket_id::uuid) and (:before::uuid is null or m.id < :before::uuid)
order by m.id desc limit :limit`,
)

export const FIND_MAIL = statement(
  'mail.find',
  {
    takes: { ...SIGHT, id: uuid },
    row: Type.Object({ ...MailRow.properties, explanation: orNull(Type.Unsafe<Explanation>({ type: 'object' })) }),
  },
  `select ${MAIL}, m.explanation from mails m where ${IN_SIGHT} and m.id = :id`,
)

export const COUNT_MAILS = statement(
  'mail.count',
  { takes: SIGHT, row: Type.Object({ state: Type.Enum(MAIL_STATES), count: Type.Integer() }) },
  `select m.state::text as state, count(*) as count from mails m where ${IN_SIGHT} group by m.state`,
)
