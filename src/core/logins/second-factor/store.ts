import { Type } from 'typebox'
import { columnsOf, Sql } from '../../../storage/sql.ts'
import { statement } from '../../../storage/statement.ts'

const bytes = Type.Unsafe<Buffer>({})
const nullable = Type.Union([Type.String(), Type.Null()])
const UserRow = Type.Object({ user_id: Type.String() })
const WHOSE = { tenant_id: Sql.uuid, user_id: Sql.uuid }

/** A person's second factor, whether it counts yet or not. */
export const FIND_FACTOR = statement(
  'second_factor.find',
  {
    takes: WHOSE,
    row: Type.Object({ secret: bytes, confirmed_at: nullable, recovery_codes: Type.Integer() }),
  },
  `select f.secret, f.confirmed_at, (
  select count(*) from recovery_codes r where r.tenant_id = :tenant_id and r.user_id = f.user_id)::integer as recovery_codes
from second_factors f where f.tenant_id = :tenant_id and f.user_id = :user_id`,
)

/** Keeps a secret that does not count yet, in the place of one that does not either. Without a row there is one that counts. */
export const BEGIN_FACTOR = statement(
  'second_factor.begin',
  { takes: { ...WHOSE, secret: Sql.bytea, now: Sql.timestamptz }, row: UserRow },
  `insert into second_factors as f (tenant_id, user_id, secret, created_at)
select :tenant_id, u.id, :secret, :now from users u where u.tenant_id = :tenant_id and u.id = :user_id and u.erased_at is null for share
on conflict (tenant_id, user_id) do update set secret = excluded.secret, created_at = excluded.created_at where f.confirmed_at is null
returning f.user_id`,
)

/** A step counts once, and none before it any more. */
export const USE_STEP = statement(
  'second_factor.use_step',
  { takes: { ...WHOSE, step: Sql.bigint }, row: UserRow },
  `update second_factors f set last_step = :step
where f.tenant_id = :tenant_id and f.user_id = :user_id and f.confirmed_at is not null and f.last_step < :step returning f.user_id`,
)

export const USE_RECOVERY_CODE = statement(
  'second_factor.use_recovery_code',
  { takes: { ...WHOSE, hash: Sql.bytea }, row: UserRow },
  'delete from recovery_codes r where r.tenant_id = :tenant_id and r.user_id = :user_id and r.hash = :hash returning r.user_id',
)

const CHANGE = {
  user_id: Sql.uuid,
  actor_id: Sql.nullable(Sql.uuid),
  credential_id: Sql.nullable(Sql.uuid),
  request_id: Sql.text,
  event_id: Sql.uuid,
  at: Sql.timestamptz,
}

const INPUT = `input as materialized (
  select * from json_to_record(:call::json) as i (${columnsOf(CHANGE)})
)`

/** Takes a place in the order of events where `locked` has a row, and tells there whether there is a second factor now. */
const RECORDED = (isOn: boolean): string => `counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from locked)
  returning c.event_position
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position, i.event_id, 'user.second_factor_changed', l.user_id, i.actor_id, i.credential_id, 'native', i.request_id, i.at,
    jsonb_build_object('second_factor', ${!isOn}), jsonb_build_object('second_factor', ${isOn})
  from locked l, input i, counted c
)`

/** Makes a secret count, from its first code on. Without a row it counts already, or is another one by now. */
export const CONFIRM_FACTOR = statement(
  'second_factor.confirm',
  {
    takes: {
      tenant_id: Sql.uuid,
      call: Sql.record(CHANGE),
      secret: Sql.bytea,
      step: Sql.bigint,
      hashes: Sql.array(Sql.bytea),
    },
    row: UserRow,
  },
  `
with ${INPUT},
locked as materialized (
  select f.user_id from second_factors f
  where f.tenant_id = :tenant_id and f.user_id = (select i.user_id from input i) and f.confirmed_at is null and f.secret = :secret
  for no key update
),
${RECORDED(true)},
confirmed as (
  update second_factors f set confirmed_at = i.at, last_step = :step from locked l, input i, counted
  where f.tenant_id = :tenant_id and f.user_id = l.user_id
),
added as (
  insert into recovery_codes (tenant_id, user_id, hash) select :tenant_id, l.user_id, h.hash from locked l, unnest(:hashes::bytea[]) h (hash)
)
select l.user_id from locked l`,
)

/** Takes other recovery codes in the place of all that there are. */
export const RENEW_RECOVERY_CODES = statement(
  'second_factor.renew_recovery_codes',
  { takes: { ...WHOSE, hashes: Sql.array(Sql.bytea) }, row: UserRow },
  `
with locked as materialized (
  select f.user_id from second_factors f
  where f.tenant_id = :tenant_id and f.user_id = :user_id and f.confirmed_at is not null for no key update
),
gone as (
  delete from recovery_codes r using locked l where r.tenant_id = :tenant_id and r.user_id = l.user_id and r.hash <> all (:hashes::bytea[])
),
added as (
  insert into recovery_codes (tenant_id, user_id, hash) select :tenant_id, l.user_id, h.hash from locked l, unnest(:hashes::bytea[]) h (hash)
)
select l.user_id from locked l`,
)

/** Takes a person's second factor away, with its recovery codes. Without a row there was none that counted. */
export const END_FACTOR = statement(
  'second_factor.end',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CHANGE) }, row: UserRow },
  `
with ${INPUT},
locked as materialized (
  select f.user_id from second_factors f
  where f.tenant_id = :tenant_id and f.user_id = (select i.user_id from input i) and f.confirmed_at is not null
  for update
),
${RECORDED(false)},
gone as (
  delete from second_factors f using locked l where f.tenant_id = :tenant_id and f.user_id = l.user_id
)
select l.user_id from locked l`,
)

/** Every sealed secret of a tenant. */
export const SEALED_FACTORS = statement(
  'second_factor.sealed',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ user_id: Type.String(), secret: bytes }) },
  'select f.user_id, f.secret from second_factors f where f.tenant_id = :tenant_id',
)

/** Replaces a secret by the same sealed anew. Without a row it was replaced by another one meanwhile. */
export const RESEAL_FACTOR = statement(
  'second_factor.reseal',
  { takes: { ...WHOSE, secret: Sql.bytea, new_secret: Sql.bytea }, row: UserRow },
  `update second_factors f set secret = :new_secret
where f.tenant_id = :tenant_id and f.user_id = :user_id and f.secret = :secret returning f.user_id`,
)
