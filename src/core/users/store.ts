import { type Static, Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { CALL, CLAIMED, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { ROLES } from '../identity/permissions.ts'
import { USER_VIEW, UserRow, userOf } from '../identity/rows.ts'
import { ADDRESS_KINDS, type Member, type UserProfile } from '../identity/user.ts'
import { instant } from '../instant.ts'

/** `$2` integers; who was erased is not found. */
export const USERS_BY_INTEGER = statement(
  'user.by_integer',
  UserRow,
  `select ${USER_VIEW} from users u
where u.tenant_id = $1 and u.integer = any ($2::bigint[]) and u.erased_at is null order by u.integer`,
)

/** Who was erased: `$2` ids, `$3` integers. */
export const ERASED = statement(
  'user.erased',
  Type.Object({ id: Type.String() }),
  `select u.id from users u
where u.tenant_id = $1 and u.erased_at is not null and (u.id = any ($2::uuid[]) or u.integer = any ($3::bigint[]))`,
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

const MemberRow = Type.Object({
  ...UserRow.properties,
  membership_id: Type.String(),
  desk_id: Type.String(),
  role: Type.Enum(ROLES),
  joined_at: Type.String(),
})

const MEMBER_VIEW = `${USER_VIEW}, k.id as membership_id, k.desk_id, k.role, k.created_at as joined_at
from memberships k join users u on u.tenant_id = $1 and u.id = k.user_id`

export function memberOf(row: Static<typeof MemberRow>): Member {
  return {
    membership: { id: row.membership_id, deskId: row.desk_id, role: row.role },
    joinedAt: instant(row.joined_at),
    user: userOf(row),
  }
}

/** `$2` desk, `$3` user or null, `$4` key of an e-mail address or null, `$5` membership to continue after or null, `$6` limit. */
export const MEMBERS_OF_DESK = statement(
  'user.members_of_desk',
  MemberRow,
  `select ${MEMBER_VIEW}
where k.tenant_id = $1 and k.desk_id = $2 and u.kind = 'person' and u.erased_at is null
  and coalesce($3::uuid is null or k.user_id = $3, false) and coalesce($4::text is null or u.email_key = $4, false)
  and k.id > coalesce($5::uuid, '00000000-0000-0000-0000-000000000000')
order by k.id limit $6`,
)

/** `$2` membership. */
export const MEMBER_BY_ID = statement(
  'user.member_by_id',
  MemberRow,
  `select ${MEMBER_VIEW} where k.tenant_id = $1 and k.id = $2 and u.erased_at is null`,
)

/** The person who has owned the tenant for longest and may still get in. */
export const FIRST_OWNER = statement(
  'user.first_owner',
  Type.Object({ id: Type.String() }),
  `select u.id from users u
where u.tenant_id = $1 and u.is_owner and u.kind = 'person' and u.active and u.erased_at is null
order by u.integer limit 1`,
)

const TotalRow = Type.Object({ total: Type.Integer() })

const FULL_NAME = "(u.name || ' ' || u.surname)"
/** SQL that is true where a column holds what the patterns `$3` look for. */
const FOUND = (column: string): string => `${column} ilike any ($3::text[])`

/** `$2` desks or null for everybody, `$3` patterns or null, `$4` only active, `$5` only who works on one of these. */
const LISTED_USERS = `u.tenant_id = $1 and coalesce(u.erased_at is null
  and ($2::uuid[] is null or exists (
    select 1 from memberships r where r.tenant_id = $1 and r.user_id = u.id and r.desk_id = any ($2::uuid[])))
  and ($3::text[] is null or ${FOUND(FULL_NAME)} or ${FOUND('u.email')} or ${FOUND('u.phone')})
  and (not $4::boolean or u.active)
  and (not $5::boolean or (u.kind = 'person' and (u.is_owner or exists (
    select 1 from memberships w where w.tenant_id = $1 and w.user_id = u.id and w.role <> 'customer'
      and ($2::uuid[] is null or w.desk_id = any ($2::uuid[])))))), false)`

/** Beside that: `$6` integer to continue after, `$7` limit, `$8` offset. */
export const LIST_USERS = statement(
  'user.list',
  UserRow,
  `select ${USER_VIEW} from users u where ${LISTED_USERS} and u.integer > $6::bigint order by u.integer limit $7 offset $8`,
)

export const COUNT_USERS = statement(
  'user.count',
  TotalRow,
  `select count(*) as total from users u where ${LISTED_USERS}`,
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
with standing as materialized (
  -- Whoever is being erased is waited for, and is not who has this address then.
  select u.id from users u where u.tenant_id = $1 and u.email_key = $3 for share
),
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
 * as JSON (`id`, `desk_id`, `role`), `$16` photo.
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
    customer_number, phone, photo_url, password_hash, created_at, updated_at)
  select $1, $2, c.user_integer, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $16, $13, $14, $14 from counted c
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

/** `$2` keys of one address: the user of the first that is somebody's. */
export const USER_BY_EMAIL = statement(
  'user.by_email',
  UserRow,
  `select ${USER_VIEW} from users u where u.tenant_id = $1 and u.email_key = any ($2::text[])
order by array_position($2::text[], u.email_key) limit 1`,
)

// --- all that is known of users ----------------------------------------------------------------------------------------

const ProfileRow = Type.Object({
  ...UserRow.properties,
  fields: Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object' }),
  created_at: Type.String(),
  external_ids: Type.Array(Type.Object({ deskId: Type.String(), externalId: Type.String() })),
  addresses: Type.Array(Type.Object({ kind: Type.Enum(ADDRESS_KINDS), address: Type.String() })),
})

/** Select list of a user `u` of tenant `$1` with all that is known of them. */
const PROFILE_VIEW = `${USER_VIEW}, u.fields, u.created_at,
  coalesce((select json_agg(json_build_object('deskId', x.desk_id, 'externalId', x.external_id) order by x.desk_id, x.external_id)
    from external_identities x where x.tenant_id = $1 and x.user_id = u.id), '[]') as external_ids,
  coalesce((select json_agg(json_build_object('kind', a.kind, 'address', a.address) order by a.created_at, a.kind, a.address)
    from user_addresses a where a.tenant_id = $1 and a.user_id = u.id), '[]') as addresses`

export function profileOf(row: Static<typeof ProfileRow>): UserProfile {
  const own = row.email === null ? [] : [{ kind: 'email' as const, address: row.email }]
  return {
    ...userOf(row),
    fields: row.fields,
    createdAt: instant(row.created_at),
    externalIds: row.external_ids,
    addresses: [...own, ...row.addresses],
  }
}

/** `$2` ids, `$3` integers; who was erased is not found. */
export const PROFILES = statement(
  'user.profiles',
  ProfileRow,
  `select ${PROFILE_VIEW} from users u
where u.tenant_id = $1 and u.erased_at is null and (u.id = any ($2::uuid[]) or u.integer = any ($3::bigint[])) order by u.integer`,
)

/** `$2` desks or null for all, `$3` external id. */
export const PROFILES_BY_EXTERNAL_ID = statement(
  'user.profiles_by_external_id',
  ProfileRow,
  `select ${PROFILE_VIEW} from users u
where u.tenant_id = $1 and u.erased_at is null and u.id in (
  select k.user_id from external_identities k
  where k.tenant_id = $1 and k.desk_id = any ($2::uuid[]) and k.external_id = $3)
order by u.integer`,
)

/** `$2` kinds of addresses, `$3` address keys: whose address one of the pairs is. */
export const PROFILES_BY_ADDRESS = statement(
  'user.profiles_by_address',
  ProfileRow,
  `select ${PROFILE_VIEW} from users u
where u.tenant_id = $1 and u.erased_at is null and u.id in (
  select k.user_id from user_addresses k
  where k.tenant_id = $1 and (k.kind, k.address_key) in (select w.kind, w.key from unnest($2::text[], $3::text[]) w (kind, key))
  union all
  select e.id from users e
  where e.tenant_id = $1 and e.email_key in (select w.key from unnest($2::text[], $3::text[]) w (kind, key) where w.kind = 'email'))
order by u.integer`,
)

/** `$2` address key: who has it on desk `$3`, by whatever kind of address. */
export const USER_BY_ANY_ADDRESS = statement(
  'user.by_any_address',
  Type.Object({ id: Type.String() }),
  `select u.id from users u join memberships d on d.tenant_id = $1 and d.user_id = u.id and d.desk_id = $3
where u.tenant_id = $1 and u.erased_at is null and (
  u.email_key = $2 or exists (select 1 from user_addresses k where k.tenant_id = $1 and k.user_id = u.id and k.address_key = $2))
order by u.email_key = $2 desc nulls last, u.integer limit 1`,
)

/** `$2` desks: people who are customers there; `$3` patterns or null. */
const LISTED_CUSTOMERS = `u.tenant_id = $1 and coalesce(u.erased_at is null and u.kind = 'person'
  and exists (select 1 from memberships c
    where c.tenant_id = $1 and c.user_id = u.id and c.role = 'customer' and c.desk_id = any ($2::uuid[]))
  and ($3::text[] is null or ${FOUND(FULL_NAME)} or ${FOUND('u.email')} or ${FOUND('u.phone')}
    or exists (select 1 from user_addresses k where k.tenant_id = $1 and k.user_id = u.id and ${FOUND('k.address')})
    or exists (select 1 from external_identities k where k.tenant_id = $1 and k.user_id = u.id and ${FOUND('k.external_id')}
      and k.desk_id = any ($2::uuid[]))), false)`

/** Beside that: `$4` limit, `$5` offset. */
export const LIST_CUSTOMERS = statement(
  'user.list_customers',
  ProfileRow,
  `select ${PROFILE_VIEW} from users u where ${LISTED_CUSTOMERS} order by u.integer limit $4 offset $5`,
)

export const COUNT_CUSTOMERS = statement(
  'user.count_customers',
  TotalRow,
  `select count(*) as total from users u where ${LISTED_CUSTOMERS}`,
)

/** Keeps which user a claimed call was about: no more, so that nothing of a person has to be erased there. */
export const KEPT = (from: string): string => keeping(from, "jsonb_build_object('user', f.id)")

/** What an event says of a user. */
const DATA = (u: string): string => `jsonb_build_object('name', ${u}.name, 'surname', ${u}.surname, 'email', ${u}.email,
    'username', ${u}.username, 'customer_number', ${u}.customer_number, 'phone', ${u}.phone, 'photo_url', ${u}.photo_url,
    'about', ${u}.about, 'active', ${u}.active)
    || coalesce((select jsonb_object_agg('fields.' || f.key, f.value) from jsonb_each(${u}.fields) f), '{}')`

export const SavedRow = Type.Object({ id: Type.String() })

const MEMBERSHIPS = 'json_to_recordset($3::json) x (id uuid, desk_id uuid, role text)'
const EXTERNAL_IDS = 'json_to_recordset($4::json) x (desk_id uuid, external_id text)'
const ADDRESSES = 'json_to_recordset($5::json) x (kind text, address text, address_key text)'

/**
 * Makes a user: `$2` the call with the user, `$3` memberships, `$4` external ids, `$5` addresses, all as JSON. Without a
 * row the key had been used. Fails with a unique violation when a name, an address or an external id is taken.
 */
export const CREATE_PROFILE = statement(
  'user.create',
  SavedRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, kind text, name text, surname text, email text, email_key text,
    username text, username_key text, customer_number text, phone text, photo_url text, about text, active boolean, fields jsonb, ${CALL})
),
${CLAIMED},
counted as (
  update tenant_counters c set user_integer = c.user_integer + 1, event_position = c.event_position + 1
  where c.tenant_id = $1 and exists (select 1 from accepted)
  returning c.user_integer, c.event_position
),
made as (
  insert into users as u (tenant_id, id, integer, kind, name, surname, email, email_key, username, username_key, customer_number,
    phone, photo_url, about, active, fields, created_at, updated_at)
  select $1, a.id, c.user_integer, a.kind, a.name, a.surname, a.email, a.email_key, a.username, a.username_key,
    a.customer_number, a.phone, a.photo_url, a.about, a.active, a.fields, a.at, a.at
  from accepted a, counted c
  returning u.*
),
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select $1, x.id, x.desk_id, m.id, x.role, m.created_at from made m, ${MEMBERSHIPS}
),
named as (
  insert into external_identities (tenant_id, desk_id, external_id, user_id)
  select $1, x.desk_id, x.external_id, m.id from made m, ${EXTERNAL_IDS}
),
reached as (
  insert into user_addresses (tenant_id, kind, address_key, address, user_id, created_at)
  select $1, x.kind, x.address_key, x.address, m.id, m.created_at from made m, ${ADDRESSES}
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, after)
  select $1, c.event_position, a.event_id, 'user.created', m.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at, ${DATA('m')}
  from made m, accepted a, counted c
),
${KEPT('made')}
select m.id from made m`,
)

/** A column that is in the change takes its value, null included. */
const CHANGED = (column: string): string =>
  `case when jsonb_exists(a.set, '${column}') then a.set ->> '${column}' else l.${column} end as ${column}`

/**
 * Changes a user: `$2` the call with the columns to set, the rest as for a new one. What is as it was is not recorded.
 * Without a row the user is gone or the key had been used. Fails with a unique violation as above.
 */
export const CHANGE_PROFILE = statement(
  'user.change',
  SavedRow,
  `
with input as materialized (
  select * from json_to_record($2::json) as i (id uuid, set jsonb, fields jsonb, ${CALL})
),
${CLAIMED},
locked as materialized (
  select u.* from users u
  where u.tenant_id = $1 and u.id = (select a.id from accepted a) and u.erased_at is null
  for no key update
),
wanted as materialized (
  select l.id, coalesce(a.set ->> 'name', l.name) as name, coalesce(a.set ->> 'surname', l.surname) as surname,
    ${['email', 'email_key', 'username', 'username_key', 'customer_number', 'phone', 'photo_url', 'about'].map(CHANGED).join(', ')},
    coalesce((a.set ->> 'active')::boolean, l.active) as active, jsonb_strip_nulls(l.fields || a.fields) as fields
  from locked l, accepted a
),
difference as materialized (
  select k.key, b.data -> k.key as was, n.data -> k.key as becomes
  from (select ${DATA('l')} as data from locked l) b, (select ${DATA('w')} as data from wanted w) n,
    lateral jsonb_object_keys(b.data || n.data) k (key)
  where b.data -> k.key is distinct from n.data -> k.key
),
new_memberships as materialized (
  select x.* from locked l, ${MEMBERSHIPS}
  where not exists (select 1 from memberships m
    where m.tenant_id = $1 and m.user_id = l.id and m.desk_id = x.desk_id and m.role = x.role)
),
new_external_ids as materialized (
  select x.* from locked l, ${EXTERNAL_IDS}
  where not exists (select 1 from external_identities e
    where e.tenant_id = $1 and e.user_id = l.id and e.desk_id = x.desk_id and e.external_id = x.external_id)
),
new_addresses as materialized (
  select x.* from locked l, ${ADDRESSES}
  where not exists (select 1 from user_addresses e
    where e.tenant_id = $1 and e.user_id = l.id and e.kind = x.kind and e.address_key = x.address_key)
),
added as materialized (
  select jsonb_strip_nulls(jsonb_build_object(
    'roles', (select jsonb_agg(x.desk_id || ' ' || x.role) from new_memberships x),
    'external_ids', (select jsonb_agg(x.desk_id || ' ' || x.external_id) from new_external_ids x),
    'addresses', (select jsonb_agg(x.kind || ' ' || x.address) from new_addresses x))) as data
),
counted as (
  -- The user's row is locked before: one order everywhere.
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = $1 and exists (select 1 from locked)
    and (exists (select 1 from difference) or (select d.data from added d) <> '{}')
  returning c.event_position
),
changed as (
  update users u
  set name = w.name, surname = w.surname, email = w.email, email_key = w.email_key, username = w.username,
    username_key = w.username_key, customer_number = w.customer_number, phone = w.phone, photo_url = w.photo_url,
    about = w.about, active = w.active, fields = w.fields, updated_at = a.at
  from wanted w, accepted a, counted
  where u.tenant_id = $1 and u.id = w.id
),
joined as (
  insert into memberships as m (tenant_id, id, desk_id, user_id, role, created_at)
  select $1, x.id, x.desk_id, l.id, x.role, a.at from new_memberships x, locked l, accepted a
  on conflict (tenant_id, user_id, desk_id) do update set role = excluded.role
),
named as (
  insert into external_identities (tenant_id, desk_id, external_id, user_id)
  select $1, x.desk_id, x.external_id, l.id from new_external_ids x, locked l
),
reached as (
  insert into user_addresses (tenant_id, kind, address_key, address, user_id, created_at)
  select $1, x.kind, x.address_key, x.address, l.id, a.at from new_addresses x, locked l, accepted a
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, before, after)
  select $1, c.event_position, a.event_id, 'user.changed', l.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    (select jsonb_object_agg(d.key, d.was) from difference d),
    coalesce((select jsonb_object_agg(d.key, d.becomes) from difference d), '{}') || (select d.data from added d)
  from locked l, accepted a, counted c
),
${KEPT('locked')}
select l.id from locked l`,
)

/** `$2` desk, `$3` address keys, `$4` how many: tickets from an address that belong to nobody yet, the oldest first. */
export const TICKETS_OF_NOBODY = statement(
  'user.tickets_of_nobody',
  Type.Object({ id: Type.String() }),
  `select t.id from tickets t
where t.tenant_id = $1 and t.desk_id = $2 and t.requester_id is null and t.from_address <> ''
  and lower(t.from_address) = any ($3::text[])
order by t.id limit $4`,
)

/** What a call on a user keeps: whom it was about. */
export const USER_KEPT = kept('user.kept', Type.Object({ user: Type.Optional(Type.String()) }))
