import { Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { USER_VIEW, UserRow } from '../identity/rows.ts'

/** Who may log in: by keys of an e-mail address or of a user name, the person of the first that is somebody's. */
export const FIND_LOGIN = statement(
  'login.find',
  {
    takes: { tenant_id: Sql.uuid, email_keys: Sql.array(Sql.text), username_keys: Sql.array(Sql.text) },
    row: Type.Object({ ...UserRow.properties, password_hash: Type.Union([Type.String(), Type.Null()]) }),
  },
  `select ${USER_VIEW}, u.password_hash from users u join tenants t on t.tenant_id = :tenant_id and t.retired_at is null
where u.tenant_id = :tenant_id and (u.email_key = any (:email_keys::text[]) or u.username_key = any (:username_keys::text[]))
order by coalesce(array_position(:email_keys::text[], u.email_key), array_position(:username_keys::text[], u.username_key)) limit 1`,
)

/** What is kept of somebody's password; none of who was erased. */
export const FIND_PASSWORD = statement(
  'login.password',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid },
    row: Type.Object({ password_hash: Type.Union([Type.String(), Type.Null()]) }),
  },
  'select u.password_hash from users u where u.tenant_id = :tenant_id and u.id = :user_id and u.erased_at is null',
)

const Counted = Type.Object({ failures: Type.Integer(), since: Type.String() })

export const READ_FAILURES = statement(
  'login.read_failures',
  { takes: { tenant_id: Sql.uuid, key: Sql.bytea }, row: Counted },
  'select f.failures, f.since from login_failures f where f.tenant_id = :tenant_id and f.key = :key',
)

/** A window that began by then has passed; so has, where one is told, that which began ahead of our clock. */
export const COUNT_FAILURE = statement(
  'login.count_failure',
  {
    takes: {
      tenant_id: Sql.uuid,
      key: Sql.bytea,
      now: Sql.timestamptz,
      window_began: Sql.timestamptz,
      began_ahead: Sql.nullable(Sql.timestamptz),
    },
    row: Counted,
  },
  `insert into login_failures as f (tenant_id, key, failures, since) values (:tenant_id, :key, 1, :now)
on conflict (tenant_id, key) do update set
  failures = case when f.since <= :window_began or f.since = :began_ahead::timestamptz then 1 else f.failures + 1 end,
  since = case when f.since <= :window_began or f.since = :began_ahead::timestamptz then :now else f.since end
returning f.failures, f.since`,
)

export const FORGET_FAILURES = statement(
  'login.forget_failures',
  { takes: { tenant_id: Sql.uuid, key: Sql.bytea }, row: Type.Object({ failures: Type.Integer() }) },
  'delete from login_failures f where f.tenant_id = :tenant_id and f.key = :key returning f.failures',
)

/** Of windows that have passed. */
export const PURGE_FAILURES = statement(
  'login.purge_failures',
  { takes: { tenant_id: Sql.uuid, before: Sql.timestamptz }, row: Type.Object({ failures: Type.Integer() }) },
  'delete from login_failures f where f.tenant_id = :tenant_id and f.since <= :before returning f.failures',
)

export const SET_ACTIVE = statement(
  'login.set_active',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, active: Sql.boolean, now: Sql.timestamptz },
    row: Type.Object({ id: Type.String() }),
    announces: 'access',
  },
  'update users u set active = :active, updated_at = :now where u.tenant_id = :tenant_id and u.id = :user_id returning u.id',
)

/** The tenant that gets requests which name none. One of the exemptions: it finds a tenant. */
export const FIRST_TENANT = statement(
  'tenant.first',
  { takes: {}, row: Type.Object({ tenant_id: Type.String() }) },
  'select t.tenant_id from tenants t where t.retired_at is null order by t.created_at, t.tenant_id limit 1',
)

/** How the directory lists the host names of tenants. */
export const HOST_IN_DIRECTORY = 'host'

export const ADD_HOST = statement(
  'tenant.add_host',
  { takes: { tenant_id: Sql.uuid, hash: Sql.bytea }, row: Type.Object({ tenant_id: Type.String() }) },
  `insert into directory as d (kind, hash, tenant_id, target_id) values ('${HOST_IN_DIRECTORY}', :hash, :tenant_id, :tenant_id) returning d.tenant_id`,
)
