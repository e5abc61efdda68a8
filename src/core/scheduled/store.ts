import { type Static, type TSchema, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { type BoundStatement, statement } from '../../storage/statement.ts'
import type { CoreError } from '../errors.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { instant } from '../instant.ts'
import { familyOf } from '../tickets/store/family.ts'
import { STATUSES } from '../words.ts'
import { MOST_SCHEDULED, SCHEDULED_STATES, type Scheduled } from './scheduled.ts'

const { uuid, text, integer, boolean, timestamptz, array, nullable, word } = Sql
const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])

const VISIBILITIES = ['public', 'internal'] as const
const FORMATS = ['text', 'html'] as const
const PROBLEM = Type.Unsafe<CoreError | null>({})

const ScheduledRow = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  ticket_id: Type.String(),
  user_id: Type.String(),
  name: Type.String(),
  surname: Type.String(),
  visibility: Type.Enum(VISIBILITIES),
  format: Type.Enum(FORMATS),
  text: Type.String(),
  files: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), size: Type.Integer() })),
  status: orNull(Type.Enum(STATUSES)),
  send_at: Type.String(),
  unless_answered: Type.Boolean(),
  created_at: Type.String(),
  state: Type.Enum(SCHEDULED_STATES),
  problem: PROBLEM,
})

export function scheduledOf(row: Static<typeof ScheduledRow>): Scheduled {
  const { id, version, visibility, format, files, status, state, problem } = row
  return {
    ...{ id, version, ticketId: row.ticket_id, visibility, format, text: row.text, files, status, state, problem },
    author: { id: row.user_id, name: row.name, surname: row.surname },
    ...{ sendAt: instant(row.send_at), unlessAnswered: row.unless_answered, createdAt: instant(row.created_at) },
  }
}

/** SQL of whether the requester of the ticket `t` said something after `s` was made, which then is not to be sent. */
const ANSWERED = '(s.unless_answered and t.latest_requester_at is not null and t.latest_requester_at > s.created_at)'

const SHOWN = `select s.id, s.version, t.id as ticket_id, s.user_id, u.name, u.surname, s.visibility, s.format, s.text, s.status, s.send_at,
  s.unless_answered, s.created_at, s.problem,
  case when ${ANSWERED} then 'answered' when s.problem is not null then 'held' else 'waiting' end as state,
  (select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size) order by x.nth), '[]')
    from unnest(s.attachment_ids) with ordinality x (id, nth)
    join attachments f on f.tenant_id = :tenant_id and f.id = x.id and f.message_id is null) as files
from scheduled_messages s join tickets t on t.tenant_id = :tenant_id and t.id = :ticket_id
join users u on u.tenant_id = :tenant_id and u.id = s.user_id
where s.tenant_id = :tenant_id and s.ticket_id = any (array(select f.id from ${familyOf('select :ticket_id::uuid')} f))`

const ON_TICKET = { tenant_id: uuid, ticket_id: uuid }

/** All on a ticket, also what was made on one that was merged into it; what is sent first comes first. */
export const LIST_SCHEDULED = statement(
  'scheduled.list',
  { takes: ON_TICKET, row: ScheduledRow },
  `${SHOWN} order by s.send_at, s.id`,
)

export const FIND_SCHEDULED = statement(
  'scheduled.find',
  { takes: { ...ON_TICKET, id: uuid }, row: ScheduledRow },
  `${SHOWN} and s.id = :id`,
)

const IdRow = Type.Object({ id: Type.String() })
const WrittenRow = Type.Object({ id: Type.String(), version: Type.Integer() })
const KEPT = (from: string): string =>
  keeping(from, "jsonb_build_object('scheduled', f.id, 'scheduled_version', f.version)")

/** SQL of what an event tells of a row: whose it is, on which ticket, and when it is sent; none of its words. */
const TOLD = (row: string): string => `jsonb_build_object('user_id', ${row}.user_id, 'ticket_id', ${row}.ticket_id)`

const LOCK_AUTHOR = statement(
  'scheduled.lock_author',
  { takes: { tenant_id: uuid, user_id: uuid }, row: IdRow },
  'select u.id from users u where u.tenant_id = :tenant_id and u.id = :user_id for share',
)

const LOCK_TICKET = statement(
  'scheduled.lock_ticket',
  { takes: ON_TICKET, row: IdRow },
  'select t.id from tickets t where t.tenant_id = :tenant_id and t.id = :ticket_id for key share',
)

/** What runs before one is made: who or what is erased meanwhile is waited for. */
export function lockPlace(tenantId: string, userId: string, ticketId: string): BoundStatement<unknown> {
  const author = LOCK_AUTHOR.with({ tenant_id: tenantId, user_id: userId })
  return LOCK_TICKET.with({ tenant_id: tenantId, ticket_id: ticketId }, author)
}

const WORDS = {
  id: uuid,
  format: word(FORMATS),
  text,
  attachment_ids: array(uuid),
  status: nullable(word(STATUSES)),
  send_at: timestamptz,
  unless_answered: boolean,
  permissions: array(text),
}

const ADDING = { ...WORDS, ticket_id: uuid, visibility: word(VISIBILITIES), unsent_id: nullable(uuid), ...CALL }

/** What it was before goes with it. Without a row the author has as many as may be, somebody is gone, or the key had been used. */
export const INSERT_SCHEDULED = statement(
  'scheduled.add',
  { takes: { tenant_id: uuid, call: Sql.record(ADDING) }, row: WrittenRow },
  `
with ${claimedCall(
    ADDING,
    `where (select count(*) from scheduled_messages o where o.tenant_id = :tenant_id and o.user_id = i.actor_id) < ${MOST_SCHEDULED}
    and exists (select 1 from users u where u.tenant_id = :tenant_id and u.id = i.actor_id and u.erased_at is null)
    and exists (select 1 from tickets t where t.tenant_id = :tenant_id and t.id = i.ticket_id)`,
  )},
made as (
  insert into scheduled_messages as s (tenant_id, id, version, ticket_id, user_id, credential_id, dialect, permissions, visibility, format, text,
    attachment_ids, status, send_at, unless_answered, created_at)
  select :tenant_id, a.id, 1, a.ticket_id, a.actor_id, a.credential_id, a.dialect, a.permissions, a.visibility, a.format, a.text,
    a.attachment_ids, a.status, a.send_at, a.unless_answered, a.at from accepted a
  returning s.id, s.version, s.user_id, s.ticket_id
),
unsent_gone as (
  delete from unsent_messages d using accepted a
  where d.tenant_id = :tenant_id and d.user_id = a.actor_id and d.id = a.unsent_id
),
${recordingOf('scheduled_message.created', 'made', 'f.id', { after: TOLD('f') })},
${KEPT('made')}
select m.id, m.version from made m`,
)

const CHANGING = { ...WORDS, version: integer, ...CALL }

/**
 * Writes a change of one at a version: it waits again, with the rights of now. Without a row it is at another version by now, it is
 * being sent, or the key had been used.
 */
export const CHANGE_SCHEDULED = statement(
  'scheduled.change',
  { takes: { tenant_id: uuid, call: Sql.record(CHANGING) }, row: WrittenRow },
  `
with ${claimedCall(
    CHANGING,
    `join scheduled_messages o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version
  where (o.taken_until is null or o.taken_until < i.at)`,
  )},
changed as (
  update scheduled_messages s set version = s.version + 1, format = a.format, text = a.text, attachment_ids = a.attachment_ids,
    status = a.status, send_at = a.send_at, unless_answered = a.unless_answered, permissions = a.permissions,
    credential_id = a.credential_id, dialect = a.dialect, created_at = a.at, problem = null, taken_until = null
  from accepted a where s.tenant_id = :tenant_id and s.id = a.id and s.version = a.version and (s.taken_until is null or s.taken_until < a.at)
  returning s.id, s.version, s.user_id, s.ticket_id
),
${recordingOf('scheduled_message.changed', 'changed', 'f.id', { after: TOLD('f') })},
${KEPT('changed')}
select c.id, c.version from changed c`,
)

const DELETING = { id: uuid, version: integer, ...CALL }

/** Without a row it is at another version by now, it is being sent, or the key had been used. */
export const DELETE_SCHEDULED = statement(
  'scheduled.delete',
  { takes: { tenant_id: uuid, call: Sql.record(DELETING) }, row: WrittenRow },
  `
with ${claimedCall(
    DELETING,
    `join scheduled_messages o on o.tenant_id = :tenant_id and o.id = i.id and o.version = i.version
  where (o.taken_until is null or o.taken_until < i.at)`,
  )},
deleted as (
  delete from scheduled_messages s using accepted a
  where s.tenant_id = :tenant_id and s.id = a.id and s.version = a.version and (s.taken_until is null or s.taken_until < a.at)
  returning s.id, s.version, s.user_id, s.ticket_id
),
${recordingOf('scheduled_message.deleted', 'deleted', 'f.id', { before: TOLD('f') })},
${KEPT('deleted')}
select d.id, d.version from deleted d`,
)

export const COUNT_SCHEDULED = statement(
  'scheduled.count',
  { takes: { tenant_id: uuid, user_id: uuid }, row: Type.Object({ count: Type.Integer() }) },
  'select count(*) as count from scheduled_messages s where s.tenant_id = :tenant_id and s.user_id = :user_id',
)

/** The tenants in which something is to be sent: few, and by an index that holds nothing but what waits. */
export const TENANTS_TO_SEND = statement(
  'scheduled.tenants_to_send',
  { takes: { now: timestamptz }, row: Type.Object({ tenant_id: Type.String() }) },
  `select distinct s.tenant_id from scheduled_messages s where s.problem is null and s.send_at <= :now::timestamptz
  and (s.taken_until is null or s.taken_until < :now::timestamptz)`,
)

const DueRow = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  ticket_id: Type.String(),
  credential_id: Type.String(),
  dialect: Type.String(),
  permissions: Type.Array(Type.String()),
  visibility: Type.Enum(VISIBILITIES),
  format: Type.Enum(FORMATS),
  text: Type.String(),
  attachment_ids: Type.Array(Type.String()),
  status: orNull(Type.Enum(STATUSES)),
  is_answered: Type.Boolean(),
})
export type DueRow = Static<typeof DueRow>

/** Takes what is due of a tenant, some at once: for a while nobody else sends or changes it. */
export const TAKE_SCHEDULED = statement(
  'scheduled.take',
  {
    takes: { tenant_id: uuid, now: timestamptz, until: timestamptz, limit: Sql.bigint },
    row: DueRow,
  },
  `
with due as materialized (
  select s.id from scheduled_messages s
  where s.tenant_id = :tenant_id and s.problem is null and s.send_at <= :now::timestamptz
    and (s.taken_until is null or s.taken_until < :now::timestamptz)
  order by s.send_at, s.id limit :limit
  for update skip locked
)
update scheduled_messages s set taken_until = :until::timestamptz
from due d where s.tenant_id = :tenant_id and s.id = d.id
returning s.id, s.version, s.ticket_id, s.credential_id, s.dialect, s.permissions, s.visibility, s.format, s.text, s.attachment_ids,
  s.status, coalesce((select ${ANSWERED} from tickets t where t.tenant_id = :tenant_id and t.id = s.ticket_id), false) as is_answered`,
)

const HOLDING = { id: uuid, version: integer, problem: Sql.jsonb<CoreError>(), ...CALL }

/** Holds what could not be sent, and tells its author why. Without a row it is not as it was. */
export const HOLD_SCHEDULED = statement(
  'scheduled.hold',
  { takes: { tenant_id: uuid, call: Sql.record(HOLDING) }, row: IdRow },
  `
with ${claimedCall(HOLDING)},
held as (
  update scheduled_messages s set problem = a.problem, taken_until = null, version = s.version + 1
  from accepted a where s.tenant_id = :tenant_id and s.id = a.id and s.version = a.version
  returning s.id, s.user_id, s.ticket_id
),
${recordingOf('scheduled_message.held', 'held', 'f.id', { after: TOLD('f') })}
select h.id from held h`,
)

/** What a call keeps: which one it was about, and none of its words, which may be gone when it is repeated. */
export const SCHEDULED_KEPT = kept(
  'scheduled.kept',
  Type.Object({ scheduled: Type.Optional(Type.String()), scheduled_version: Type.Optional(Type.Integer()) }),
)
