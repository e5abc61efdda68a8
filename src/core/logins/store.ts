import { Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { USER_VIEW, UserRow } from '../identity/rows.ts'

/** Who may log in: `$2` keys of an e-mail address or `$3` of a user name, the person of the first that is somebody's. */
export const FIND_LOGIN = statement(
  'login.find',
  Type.Object({ ...UserRow.properties, password_hash: Type.Union([Type.String(), Type.Null()]) }),
  `select ${USER_VIEW}, u.password_hash from users u join tenants t on t.tenant_id = $1 and t.retired_at is null
where u.tenant_id = $1 and (u.email_key = any ($2::text[]) or u.username_key = any ($3::text[]))
order by coalesce(array_position($2::text[], u.email_key), array_position($3::text[], u.username_key)) limit 1`,
)

const Counted = Type.Object({ failures: Type.Integer(), since: Type.String() })

/** `$2` key. */
export const READ_FAILURES = statement(
  'login.read_failures',
  Counted,
  'select f.failures, f.since from login_failures f where f.tenant_id = $1 and f.key = $2',
)

/** `$2` key, `$3` time, `$4` the time before which a window has passed, `$5` since when one has that lies ahead, or null. */
export const COUNT_FAILURE = statement(
  'login.count_failure',
  Counted,
  `insert into login_failures as f (tenant_id, key, failures, since) values ($1, $2, 1, $3)
on conflict (tenant_id, key) do update set
  failures = case when f.since <= $4 or f.since = $5::timestamptz then 1 else f.failures + 1 end,
  since = case when f.since <= $4 or f.since = $5::timestamptz then $3 else f.since end
returning f.failures, f.since`,
)

/** `$2` key. */
export const FORGET_FAILURES = statement(
  'login.forget_failures',
  Type.Object({ failures: Type.Integer() }),
  'delete from login_failures f where f.tenant_id = $1 and f.key = $2 returning f.failures',
)

/** `$2` the time before which a window has passed. */
export const PURGE_FAILURES = statement(
  'login.purge_failures',
  Type.Object({ failures: Type.Integer() }),
  'delete from login_failures f where f.tenant_id = $1 and f.since <= $2 returning f.failures',
)

/** `$2` user, `$3` password hash, `$4` time. */
export const SET_PASSWORD = statement(
  'login.set_password',
  Type.Object({ id: Type.String() }),
  'update users u set password_hash = $3, updated_at = $4 where u.tenant_id = $1 and u.id = $2 returning u.id',
)

/** `$2` user, `$3` whether they may get in, `$4` time. */
export const SET_ACTIVE = statement(
  'login.set_active',
  Type.Object({ id: Type.String() }),
  'update users u set active = $3, updated_at = $4 where u.tenant_id = $1 and u.id = $2 returning u.id',
)

/** The tenant that gets requests which name none. One of the exemptions: it finds a tenant. */
export const FIRST_TENANT = statement(
  'tenant.first',
  Type.Object({ tenant_id: Type.String() }),
  'select t.tenant_id from tenants t where t.retired_at is null order by t.created_at, t.tenant_id limit 1',
)

/** How the directory lists the host names of tenants. */
export const HOST_IN_DIRECTORY = 'host'

/** `$2` hash of the host name. */
export const ADD_HOST = statement(
  'tenant.add_host',
  Type.Object({ tenant_id: Type.String() }),
  `insert into directory as d (kind, hash, tenant_id, target_id) values ('${HOST_IN_DIRECTORY}', $2, $1, $1) returning d.tenant_id`,
)
