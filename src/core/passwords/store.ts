import { Type } from 'typebox'
import { columnsOf, Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { BY_PASSWORD } from '../access/store.ts'
import { LINK_KIND } from './password.ts'

const nullableText = Type.Union([Type.String(), Type.Null()])

/** Whose password a live link sets: a person who may get in. */
export const FIND_LINK = statement(
  'password.find_link',
  {
    takes: { tenant_id: Sql.uuid, id: Sql.uuid, now: Sql.timestamptz },
    row: Type.Object({
      user_id: Type.String(),
      password_hash: nullableText,
      email: nullableText,
      username: nullableText,
    }),
  },
  `select u.id as user_id, u.password_hash, u.email, u.username
from credentials c join users u on u.tenant_id = :tenant_id and u.id = c.user_id
join tenants t on t.tenant_id = :tenant_id and t.retired_at is null
where c.tenant_id = :tenant_id and c.id = :id and c.kind = '${LINK_KIND}' and c.revoked_at is null and c.expires_at > :now
  and u.kind = 'person' and u.active and u.erased_at is null`,
)

const LINK = {
  id: Sql.uuid,
  user_id: Sql.uuid,
  /** Of the secret, in hexadecimal. */
  hash: Sql.text,
  /** By which kind the directory lists it. */
  listed_as: Sql.text,
  expires_at: Sql.timestamptz,
  actor_id: Sql.nullable(Sql.uuid),
  credential_id: Sql.nullable(Sql.uuid),
  request_id: Sql.text,
  event_id: Sql.uuid,
  at: Sql.timestamptz,
}

/**
 * Makes a link in the place of those that a person had, and leaves an event that does not tell it. Without a row there is
 * nobody whom it could let in.
 */
export const MAKE_LINK = statement(
  'password.make_link',
  {
    takes: { tenant_id: Sql.uuid, call: Sql.record(LINK) },
    row: Type.Object({ id: Type.String() }),
    announces: 'access',
  },
  `
with input as materialized (
  select * from json_to_record(:call::json) as i (${columnsOf(LINK)})
),
locked as materialized (
  select u.id from users u
  where u.tenant_id = :tenant_id and u.id = (select i.user_id from input i)
    and u.kind = 'person' and u.active and u.erased_at is null
  for no key update
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from locked)
  returning c.event_position
),
ended as (
  update credentials c set revoked_at = i.at from locked l, input i
  where c.tenant_id = :tenant_id and c.user_id = l.id and c.kind = '${LINK_KIND}' and c.revoked_at is null
  returning c.dialect, c.kind, c.secret_hash
),
forgotten as (
  delete from directory d using ended e where d.kind = 'credential ' || e.dialect || ' ' || e.kind and d.hash = e.secret_hash
),
listed as (
  insert into directory (kind, hash, tenant_id, target_id)
  select i.listed_as, decode(i.hash, 'hex'), :tenant_id, i.id from input i, locked
),
made as (
  insert into credentials as c (tenant_id, id, dialect, kind, name, secret_hash, user_id, scopes, created_at, expires_at)
  select :tenant_id, i.id, 'native', '${LINK_KIND}', 'Password link', decode(i.hash, 'hex'), l.id, '{}', i.at, i.expires_at
  from input i, locked l
  returning c.id
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at)
  select :tenant_id, c.event_position, i.event_id, 'user.password_link_created', l.id, i.actor_id, i.credential_id, 'native', i.request_id, i.at
  from locked l, input i, counted c
)
select m.id from made m`,
)

const SETTING = {
  user_id: Sql.uuid,
  /** What was kept before: a password that another call set meanwhile stays. */
  former: Sql.nullable(Sql.text),
  password_hash: Sql.text,
  /** The credential that goes on, of those that the person got by a password. */
  kept_id: Sql.nullable(Sql.uuid),
  actor_id: Sql.nullable(Sql.uuid),
  credential_id: Sql.nullable(Sql.uuid),
  dialect: Sql.text,
  request_id: Sql.text,
  event_id: Sql.uuid,
  at: Sql.timestamptz,
}

/**
 * Sets a password, ends what the person got by the one before and every link, and leaves an event that tells neither.
 * Without a row there is no such user any more, or the password is another one by now.
 */
export const SET_PASSWORD = statement(
  'password.set',
  {
    takes: { tenant_id: Sql.uuid, call: Sql.record(SETTING) },
    row: Type.Object({ id: Type.String() }),
    announces: 'access',
  },
  `
with input as materialized (
  select * from json_to_record(:call::json) as i (${columnsOf(SETTING)})
),
locked as materialized (
  select u.id from users u
  where u.tenant_id = :tenant_id and u.id = (select i.user_id from input i) and u.erased_at is null
    and u.password_hash is not distinct from (select i.former from input i)
  for no key update
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from locked)
  returning c.event_position
),
changed as (
  update users u set password_hash = i.password_hash, updated_at = i.at from locked l, input i, counted
  where u.tenant_id = :tenant_id and u.id = l.id
),
ended as (
  update credentials c set revoked_at = i.at from locked l, input i
  where c.tenant_id = :tenant_id and c.user_id = l.id and c.kind in (${BY_PASSWORD}, '${LINK_KIND}') and c.revoked_at is null
    and c.id is distinct from i.kept_id
  returning c.dialect, c.kind, c.secret_hash
),
forgotten as (
  delete from directory d using ended e where d.kind = 'credential ' || e.dialect || ' ' || e.kind and d.hash = e.secret_hash
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at)
  select :tenant_id, c.event_position, i.event_id, 'user.password_changed', l.id, i.actor_id, i.credential_id, i.dialect, i.request_id, i.at
  from locked l, input i, counted c
)
select l.id from locked l`,
)
