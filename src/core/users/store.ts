import { type Static, Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { ROLES } from '../access/permissions.ts'
import type { UserSummary } from './user.ts'

const nullableText = Type.Union([Type.String(), Type.Null()])

/** A user with their memberships as JSON, as `USER_VIEW` selects it. */
export const UserRow = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  kind: Type.Enum(['person', 'service'] as const),
  is_owner: Type.Boolean(),
  name: Type.String(),
  surname: Type.String(),
  email: nullableText,
  username: nullableText,
  customer_number: nullableText,
  phone: nullableText,
  photo_url: nullableText,
  about: nullableText,
  active: Type.Boolean(),
  memberships: Type.Array(Type.Object({ id: Type.String(), deskId: Type.String(), role: Type.Enum(ROLES) })),
})
export type UserRow = Static<typeof UserRow>

/** Select list of a user `u` of tenant `$1`. */
export const USER_VIEW = `u.id, u.integer, u.kind, u.is_owner, u.name, u.surname, u.email, u.username, u.customer_number, u.phone,
  u.photo_url, u.about, u.active,
  coalesce((select json_agg(json_build_object('id', m.id, 'deskId', m.desk_id, 'role', m.role) order by m.id)
    from memberships m where m.tenant_id = $1 and m.user_id = u.id), '[]') as memberships`

export function userOf(row: UserRow): UserSummary {
  return {
    id: row.id,
    integer: row.integer,
    kind: row.kind,
    isOwner: row.is_owner,
    name: row.name,
    surname: row.surname,
    email: row.email,
    username: row.username,
    customerNumber: row.customer_number,
    phone: row.phone,
    photoUrl: row.photo_url,
    about: row.about,
    active: row.active,
    memberships: row.memberships,
  }
}

/** `$2` ids. */
export const USERS_BY_ID = statement(
  'user.by_id',
  UserRow,
  `select ${USER_VIEW} from users u where u.tenant_id = $1 and u.id = any ($2::uuid[]) order by u.integer`,
)

/** `$2` integers. */
export const USERS_BY_INTEGER = statement(
  'user.by_integer',
  UserRow,
  `select ${USER_VIEW} from users u where u.tenant_id = $1 and u.integer = any ($2::bigint[]) order by u.integer`,
)

/** `$2` desk, `$3` the desk's external id of the user. */
export const USER_BY_EXTERNAL_ID = statement(
  'user.by_external_id',
  UserRow,
  `select ${USER_VIEW} from external_identities x join users u on u.tenant_id = $1 and u.id = x.user_id
where x.tenant_id = $1 and x.desk_id = $2 and x.external_id = $3`,
)

/** `$2` membership ids. */
export const USERS_BY_MEMBERSHIP = statement(
  'user.by_membership',
  Type.Object({ ...UserRow.properties, membership_id: Type.String() }),
  `select ${USER_VIEW}, k.id as membership_id from memberships k join users u on u.tenant_id = $1 and u.id = k.user_id
where k.tenant_id = $1 and k.id = any ($2::uuid[]) order by u.integer`,
)

/** `$2` pattern or null, `$3` only active, `$4` only who works on a desk, `$5` limit, `$6` offset. */
export const LIST_USERS = statement(
  'user.list',
  Type.Object({ ...UserRow.properties, total: Type.Integer() }),
  `select ${USER_VIEW}, count(*) over () as total from users u
where u.tenant_id = $1
  and ($2::text is null or u.name ilike $2 or u.surname ilike $2 or u.email ilike $2 or u.phone ilike $2)
  and (not $3::boolean or u.active)
  and (not $4::boolean or (u.kind = 'person' and (u.is_owner or exists (
    select 1 from memberships w where w.tenant_id = $1 and w.user_id = u.id and w.role <> 'customer'))))
order by u.integer limit $5 offset $6`,
)

/**
 * Makes sure that a person with an e-mail address exists and has a membership on a desk.
 *
 * `$2` address as given, `$3` its key, `$4` name, `$5` desk, `$6` id for a new user, `$7` id for a new membership,
 * `$8` id for the event, `$9` actor, `$10` credential, `$11` dialect, `$12` request, `$13` time.
 * Fails with a unique violation when a twin made the same user meanwhile: then it must run again.
 */
export const ENSURE_CUSTOMER = statement(
  'user.ensure_customer',
  Type.Object({ id: Type.String() }),
  `
with standing as (select u.id from users u where u.tenant_id = $1 and u.email_key = $3),
counted as (
  update tenant_counters c set user_integer = c.user_integer + 1, event_position = c.event_position + 1
  where c.tenant_id = $1 and not exists (select 1 from standing)
  returning c.user_integer, c.event_position
),
made as (
  insert into users as u (tenant_id, id, integer, kind, name, email, email_key, created_at, updated_at)
  select $1, $6, c.user_integer, 'person', $4, $2, $3, $13, $13 from counted c
  returning u.id
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, after)
  select $1, c.event_position, $8, 'user.created', m.id, $9, $10, $11, $12, $13, jsonb_build_object('role', 'customer')
  from made m, counted c
),
chosen as (select s.id from standing s union all select m.id from made m),
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select $1, $7, $5, c.id, 'customer', $13 from chosen c
  where not exists (select 1 from memberships m where m.tenant_id = $1 and m.user_id = c.id and m.desk_id = $5)
  on conflict do nothing
)
select c.id from chosen c`,
)

/**
 * Adds a user with memberships. `$2` id, `$3` kind, `$4` owner, `$5` name, `$6` surname, `$7` e-mail, `$8` its key,
 * `$9` username, `$10` its key, `$11` customer number, `$12` telephone, `$13` password hash, `$14` time, `$15` memberships
 * as JSON (`id`, `desk_id`, `role`).
 */
export const INSERT_USER = statement(
  'user.insert',
  Type.Object({ id: Type.String(), integer: Type.Integer() }),
  `
with counted as (
  update tenant_counters c set user_integer = c.user_integer + 1 where c.tenant_id = $1 returning c.user_integer
),
made as (
  insert into users as u (tenant_id, id, integer, kind, is_owner, name, surname, email, email_key, username, username_key,
    customer_number, phone, password_hash, created_at, updated_at)
  select $1, $2, c.user_integer, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14 from counted c
  returning u.id, u.integer
),
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select $1, x.id, x.desk_id, m.id, x.role, $14 from made m, json_to_recordset($15::json) x (id uuid, desk_id uuid, role text)
)
select m.id, m.integer from made m`,
)

/** `$2` desk, `$3` external id, `$4` user. */
export const INSERT_EXTERNAL_ID = statement(
  'user.insert_external_id',
  Type.Object({ user_id: Type.String() }),
  `insert into external_identities as x (tenant_id, desk_id, external_id, user_id) values ($1, $2, $3, $4) returning x.user_id`,
)

/** `$2` address key. */
export const USER_BY_EMAIL = statement(
  'user.by_email',
  UserRow,
  `select ${USER_VIEW} from users u where u.tenant_id = $1 and u.email_key = $2`,
)
