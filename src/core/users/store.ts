import { type Static, Type } from 'typebox'
import { columnsOf, Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import { ROLES } from '../identity/permissions.ts'
import { USER_VIEW, UserRow, userOf } from '../identity/rows.ts'
import { ADDRESS_KINDS, type Member, USER_KINDS, type UserProfile } from '../identity/user.ts'
import { instant } from '../instant.ts'
import { keepingKeys, PERSON_KEYS } from '../search/people.ts'

/** Who was erased is not found. */
export const USERS_BY_INTEGER = statement(
  'user.by_integer',
  { takes: { tenant_id: Sql.uuid, integers: Sql.array(Sql.bigint) }, row: UserRow },
  `select ${USER_VIEW} from users u
where u.tenant_id = :tenant_id and u.integer = any (:integers::bigint[]) and u.erased_at is null order by u.integer`,
)

/** Who of these was erased. */
export const ERASED = statement(
  'user.erased',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid), integers: Sql.array(Sql.bigint) },
    row: Type.Object({ id: Type.String() }),
  },
  `select u.id from users u
where u.tenant_id = :tenant_id and u.erased_at is not null and (u.id = any (:ids::uuid[]) or u.integer = any (:integers::bigint[]))`,
)

export const USER_BY_EXTERNAL_ID = statement(
  'user.by_external_id',
  { takes: { tenant_id: Sql.uuid, desk_id: Sql.uuid, external_id: Sql.text }, row: UserRow },
  `select ${USER_VIEW} from external_identities x join users u on u.tenant_id = :tenant_id and u.id = x.user_id
where x.tenant_id = :tenant_id and x.desk_id = :desk_id and x.external_id = :external_id`,
)

export const USERS_BY_MEMBERSHIP = statement(
  'user.by_membership',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) },
    row: Type.Object({ ...UserRow.properties, membership_id: Type.String() }),
  },
  `select ${USER_VIEW}, k.id as membership_id from memberships k join users u on u.tenant_id = :tenant_id and u.id = k.user_id
where k.tenant_id = :tenant_id and k.id = any (:ids::uuid[]) order by u.integer`,
)

const MemberRow = Type.Object({
  ...UserRow.properties,
  membership_id: Type.String(),
  desk_id: Type.String(),
  role: Type.Enum(ROLES),
  joined_at: Type.String(),
})

const MEMBER_VIEW = `${USER_VIEW}, k.id as membership_id, k.desk_id, k.role, k.created_at as joined_at
from memberships k join users u on u.tenant_id = :tenant_id and u.id = k.user_id`

export function memberOf(row: Static<typeof MemberRow>): Member {
  return {
    membership: { id: row.membership_id, deskId: row.desk_id, role: row.role },
    joinedAt: instant(row.joined_at),
    user: userOf(row),
  }
}

/** People of a desk, or those among them with an id or an address, after a membership. */
export const MEMBERS_OF_DESK = statement(
  'user.members_of_desk',
  {
    takes: {
      tenant_id: Sql.uuid,
      desk_id: Sql.uuid,
      user_id: Sql.nullable(Sql.uuid),
      email_key: Sql.nullable(Sql.text),
      after: Sql.nullable(Sql.uuid),
      limit: Sql.bigint,
    },
    row: MemberRow,
  },
  `select ${MEMBER_VIEW}
where k.tenant_id = :tenant_id and k.desk_id = :desk_id and u.kind = 'person' and u.erased_at is null
  and coalesce(:user_id::uuid is null or k.user_id = :user_id, false) and coalesce(:email_key::text is null or u.email_key = :email_key, false)
  and k.id > coalesce(:after::uuid, '00000000-0000-0000-0000-000000000000')
order by k.id limit :limit`,
)

export const MEMBER_BY_ID = statement(
  'user.member_by_id',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid }, row: MemberRow },
  `select ${MEMBER_VIEW} where k.tenant_id = :tenant_id and k.id = :id and u.erased_at is null`,
)

/** People who own the tenant and may get in. */
const OWNS = "u.is_owner and u.kind = 'person' and u.active and u.erased_at is null"

/** Who of them has owned it for longest, but for one. */
export const FIRST_OWNER = statement(
  'user.first_owner',
  { takes: { tenant_id: Sql.uuid, but: Sql.nullable(Sql.uuid) }, row: Type.Object({ id: Type.String() }) },
  `select u.id from users u
where u.tenant_id = :tenant_id and ${OWNS} and u.id is distinct from :but
order by u.integer limit 1`,
)

const TotalRow = Type.Object({ total: Type.Integer() })

const FULL_NAME = "(u.name || ' ' || u.surname)"
/** SQL that is true where a column holds what the patterns look for. */
const FOUND = (column: string): string => `${column} ilike any (:patterns::text[])`

/** Which users a list holds. */
const WANTED_USERS = {
  tenant_id: Sql.uuid,
  /** Whose people; null for everybody. */
  desk_ids: Sql.nullable(Sql.array(Sql.uuid)),
  patterns: Sql.nullable(Sql.array(Sql.text)),
  active_only: Sql.boolean,
  /** Only who works on one of the desks. */
  agents_only: Sql.boolean,
}

const LISTED_USERS = `u.tenant_id = :tenant_id and coalesce(u.erased_at is null
  and (:desk_ids::uuid[] is null or exists (
    select 1 from memberships r where r.tenant_id = :tenant_id and r.user_id = u.id and r.desk_id = any (:desk_ids::uuid[])))
  and (:patterns::text[] is null or ${FOUND(FULL_NAME)} or ${FOUND('u.email')} or ${FOUND('u.phone')})
  and (not :active_only::boolean or u.active)
  and (not :agents_only::boolean or (u.kind = 'person' and (u.is_owner or exists (
    select 1 from memberships w where w.tenant_id = :tenant_id and w.user_id = u.id and w.role <> 'customer'
      and (:desk_ids::uuid[] is null or w.desk_id = any (:desk_ids::uuid[])))))), false)`

/** By integer, after one. */
export const LIST_USERS = statement(
  'user.list',
  { takes: { ...WANTED_USERS, after: Sql.bigint, limit: Sql.bigint, offset: Sql.bigint }, row: UserRow },
  `select ${USER_VIEW} from users u where ${LISTED_USERS} and u.integer > :after::bigint order by u.integer limit :limit offset :offset`,
)

export const COUNT_USERS = statement(
  'user.count',
  { takes: WANTED_USERS, row: TotalRow },
  `select count(*) as total from users u where ${LISTED_USERS}`,
)

/**
 * Makes sure that a person with an e-mail address exists and has a membership on a desk.
 * Fails with a unique violation when a twin made the same user meanwhile: then it must run again.
 */
export const ENSURE_CUSTOMER = statement(
  'user.ensure_customer',
  {
    takes: {
      tenant_id: Sql.uuid,
      email: Sql.text,
      email_key: Sql.text,
      name: Sql.text,
      desk_id: Sql.uuid,
      user_id: Sql.uuid,
      membership_id: Sql.uuid,
      event_id: Sql.uuid,
      actor_id: Sql.uuid,
      credential_id: Sql.uuid,
      dialect: Sql.text,
      request_id: Sql.text,
      at: Sql.timestamptz,
      ...PERSON_KEYS,
    },
    row: Type.Object({ id: Type.String() }),
  },
  `
with standing as materialized (
  -- Whoever is being erased is waited for, and is not who has this address then.
  select u.id from users u where u.tenant_id = :tenant_id and u.email_key = :email_key for share
),
counted as (
  update tenant_counters c set user_integer = c.user_integer + 1, event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and not exists (select 1 from standing)
  returning c.user_integer, c.event_position
),
made as (
  insert into users as u (tenant_id, id, integer, kind, name, email, email_key, created_at, updated_at)
  select :tenant_id, :user_id, c.user_integer, 'person', :name, :email, :email_key, :at, :at from counted c
  returning u.id
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, after)
  select :tenant_id, c.event_position, :event_id, 'user.created', m.id, :actor_id, :credential_id, :dialect, :request_id, :at, jsonb_build_object('role', 'customer')
  from made m, counted c
),
${keepingKeys('made')},
chosen as (select s.id from standing s union all select m.id from made m),
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select :tenant_id, :membership_id, :desk_id, c.id, 'customer', :at from chosen c
  where not exists (select 1 from memberships m where m.tenant_id = :tenant_id and m.user_id = c.id and m.desk_id = :desk_id)
  on conflict do nothing
)
select c.id from chosen c`,
)

const MEMBERSHIPS = { id: Sql.uuid, desk_id: Sql.uuid, role: Sql.word(ROLES) }
const EXTERNAL_IDS = { desk_id: Sql.uuid, external_id: Sql.text }
const ADDRESSES = { kind: Sql.word(ADDRESS_KINDS), address: Sql.text, address_key: Sql.text }
const GIVEN_MEMBERSHIPS = `json_to_recordset(:memberships::json) x (${columnsOf(MEMBERSHIPS)})`

/** What a person is called, and is found by. */
const NAMED = {
  name: Sql.text,
  surname: Sql.text,
  email: Sql.nullable(Sql.text),
  email_key: Sql.nullable(Sql.text),
  username: Sql.nullable(Sql.text),
  username_key: Sql.nullable(Sql.text),
  customer_number: Sql.nullable(Sql.text),
  phone: Sql.nullable(Sql.text),
}

/** Adds a user with memberships. */
export const INSERT_USER = statement(
  'user.insert',
  {
    takes: {
      tenant_id: Sql.uuid,
      id: Sql.uuid,
      kind: Sql.word(USER_KINDS),
      is_owner: Sql.boolean,
      ...NAMED,
      password_hash: Sql.nullable(Sql.text),
      at: Sql.timestamptz,
      memberships: Sql.records(MEMBERSHIPS),
      photo_url: Sql.nullable(Sql.text),
      ...PERSON_KEYS,
    },
    row: Type.Object({ id: Type.String(), integer: Type.Integer() }),
  },
  `
with counted as (
  update tenant_counters c set user_integer = c.user_integer + 1 where c.tenant_id = :tenant_id returning c.user_integer
),
made as (
  insert into users as u (tenant_id, id, integer, kind, is_owner, name, surname, email, email_key, username, username_key,
    customer_number, phone, photo_url, password_hash, created_at, updated_at)
  select :tenant_id, :id, c.user_integer, :kind, :is_owner, :name, :surname, :email, :email_key, :username, :username_key, :customer_number, :phone, :photo_url, :password_hash, :at, :at from counted c
  returning u.id, u.integer
),
${keepingKeys('made')},
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select :tenant_id, x.id, x.desk_id, m.id, x.role, :at from made m, ${GIVEN_MEMBERSHIPS}
)
select m.id, m.integer from made m`,
)

export const INSERT_EXTERNAL_ID = statement(
  'user.insert_external_id',
  {
    takes: { tenant_id: Sql.uuid, desk_id: Sql.uuid, external_id: Sql.text, user_id: Sql.uuid, ...PERSON_KEYS },
    row: Type.Object({ user_id: Type.String() }),
  },
  `
with made as (
  insert into external_identities as x (tenant_id, desk_id, external_id, user_id) values (:tenant_id, :desk_id, :external_id, :user_id)
  returning x.user_id as id
),
${keepingKeys('made')}
select m.id as user_id from made m`,
)

/** By the keys of one address: the user of the first that is somebody's. */
export const USER_BY_EMAIL = statement(
  'user.by_email',
  { takes: { tenant_id: Sql.uuid, email_keys: Sql.array(Sql.text) }, row: UserRow },
  `select ${USER_VIEW} from users u where u.tenant_id = :tenant_id and u.email_key = any (:email_keys::text[])
order by array_position(:email_keys::text[], u.email_key) limit 1`,
)

// --- all that is known of users ----------------------------------------------------------------------------------------

const ProfileRow = Type.Object({
  ...UserRow.properties,
  fields: Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object' }),
  created_at: Type.String(),
  external_ids: Type.Array(Type.Object({ deskId: Type.String(), externalId: Type.String() })),
  addresses: Type.Array(Type.Object({ kind: Type.Enum(ADDRESS_KINDS), address: Type.String() })),
})

/** Select list of a user `u` of the tenant with all that is known of them. */
const PROFILE_VIEW = `${USER_VIEW}, u.fields, u.created_at,
  coalesce((select json_agg(json_build_object('deskId', x.desk_id, 'externalId', x.external_id) order by x.desk_id, x.external_id)
    from external_identities x where x.tenant_id = :tenant_id and x.user_id = u.id), '[]') as external_ids,
  coalesce((select json_agg(json_build_object('kind', a.kind, 'address', a.address) order by a.created_at, a.kind, a.address)
    from user_addresses a where a.tenant_id = :tenant_id and a.user_id = u.id), '[]') as addresses`

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

/** Who was erased is not found. */
export const PROFILES = statement(
  'user.profiles',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid), integers: Sql.array(Sql.bigint) }, row: ProfileRow },
  `select ${PROFILE_VIEW} from users u
where u.tenant_id = :tenant_id and u.erased_at is null and (u.id = any (:ids::uuid[]) or u.integer = any (:integers::bigint[])) order by u.integer`,
)

export const PROFILES_BY_EXTERNAL_ID = statement(
  'user.profiles_by_external_id',
  { takes: { tenant_id: Sql.uuid, desk_ids: Sql.array(Sql.uuid), external_id: Sql.text }, row: ProfileRow },
  `select ${PROFILE_VIEW} from users u
where u.tenant_id = :tenant_id and u.erased_at is null and u.id in (
  select k.user_id from external_identities k
  where k.tenant_id = :tenant_id and k.desk_id = any (:desk_ids::uuid[]) and k.external_id = :external_id)
order by u.integer`,
)

/** Whose address one of the pairs is. */
export const PROFILES_BY_ADDRESS = statement(
  'user.profiles_by_address',
  { takes: { tenant_id: Sql.uuid, kinds: Sql.array(Sql.text), keys: Sql.array(Sql.text) }, row: ProfileRow },
  `select ${PROFILE_VIEW} from users u
where u.tenant_id = :tenant_id and u.erased_at is null and u.id in (
  select k.user_id from user_addresses k
  where k.tenant_id = :tenant_id and (k.kind, k.address_key) in (select w.kind, w.key from unnest(:kinds::text[], :keys::text[]) w (kind, key))
  union all
  select e.id from users e
  where e.tenant_id = :tenant_id and e.email_key in (select w.key from unnest(:kinds::text[], :keys::text[]) w (kind, key) where w.kind = 'email'))
order by u.integer`,
)

/** Who has it on a desk, by whatever kind of address. */
export const USER_BY_ANY_ADDRESS = statement(
  'user.by_any_address',
  { takes: { tenant_id: Sql.uuid, address_key: Sql.text, desk_id: Sql.uuid }, row: Type.Object({ id: Type.String() }) },
  `select u.id from users u join memberships d on d.tenant_id = :tenant_id and d.user_id = u.id and d.desk_id = :desk_id
where u.tenant_id = :tenant_id and u.erased_at is null and (
  u.email_key = :address_key or exists (select 1 from user_addresses k where k.tenant_id = :tenant_id and k.user_id = u.id and k.address_key = :address_key))
order by u.email_key = :address_key desc nulls last, u.integer limit 1`,
)

/** Which customers a list holds: people of the desks. */
const WANTED_CUSTOMERS = {
  tenant_id: Sql.uuid,
  desk_ids: Sql.array(Sql.uuid),
  patterns: Sql.nullable(Sql.array(Sql.text)),
}

const LISTED_CUSTOMERS = `u.tenant_id = :tenant_id and coalesce(u.erased_at is null and u.kind = 'person'
  and exists (select 1 from memberships c
    where c.tenant_id = :tenant_id and c.user_id = u.id and c.role = 'customer' and c.desk_id = any (:desk_ids::uuid[]))
  and (:patterns::text[] is null or ${FOUND(FULL_NAME)} or ${FOUND('u.email')} or ${FOUND('u.phone')}
    or exists (select 1 from user_addresses k where k.tenant_id = :tenant_id and k.user_id = u.id and ${FOUND('k.address')})
    or exists (select 1 from external_identities k where k.tenant_id = :tenant_id and k.user_id = u.id and ${FOUND('k.external_id')}
      and k.desk_id = any (:desk_ids::uuid[]))), false)`

export const LIST_CUSTOMERS = statement(
  'user.list_customers',
  { takes: { ...WANTED_CUSTOMERS, limit: Sql.bigint, offset: Sql.bigint }, row: ProfileRow },
  `select ${PROFILE_VIEW} from users u where ${LISTED_CUSTOMERS} order by u.integer limit :limit offset :offset`,
)

export const COUNT_CUSTOMERS = statement(
  'user.count_customers',
  { takes: WANTED_CUSTOMERS, row: TotalRow },
  `select count(*) as total from users u where ${LISTED_CUSTOMERS}`,
)

/** Keeps which user a claimed call was about: no more, so that nothing of a person has to be erased there. */
export const KEPT = (from: string): string => keeping(from, "jsonb_build_object('user', f.id)")

/** What an event says of a user. */
const DATA = (u: string): string => `jsonb_build_object('name', ${u}.name, 'surname', ${u}.surname, 'email', ${u}.email,
    'username', ${u}.username, 'customer_number', ${u}.customer_number, 'phone', ${u}.phone, 'photo_url', ${u}.photo_url,
    'about', ${u}.about, 'active', ${u}.active)
    || case when ${u}.is_owner then jsonb_build_object('owner', true) else '{}' end
    || coalesce((select jsonb_object_agg('fields.' || f.key, f.value) from jsonb_each(${u}.fields) f), '{}')`

export const SavedRow = Type.Object({ id: Type.String() })

/** What is added to a user. */
const ADDED = {
  memberships: Sql.records(MEMBERSHIPS),
  external_ids: Sql.records(EXTERNAL_IDS),
  addresses: Sql.records(ADDRESSES),
  ...PERSON_KEYS,
}
const GIVEN_EXTERNAL_IDS = `json_to_recordset(:external_ids::json) x (${columnsOf(EXTERNAL_IDS)})`
const GIVEN_ADDRESSES = `json_to_recordset(:addresses::json) x (${columnsOf(ADDRESSES)})`

const CREATED = {
  id: Sql.uuid,
  kind: Sql.word(USER_KINDS),
  is_owner: Sql.boolean,
  ...NAMED,
  photo_url: Sql.nullable(Sql.text),
  about: Sql.nullable(Sql.text),
  active: Sql.boolean,
  fields: Sql.jsonb<object>(),
  ...CALL,
}

/**
 * Makes a user. Without a row the key had been used. Fails with a unique violation when a name, an address or an external
 * id is taken: on a cluster only by what returns something.
 */
export const CREATE_PROFILE = statement(
  'user.create',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CREATED), ...ADDED }, row: SavedRow },
  `
with ${claimedCall(CREATED)},
counted as (
  update tenant_counters c set user_integer = c.user_integer + 1, event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from accepted)
  returning c.user_integer, c.event_position
),
made as (
  insert into users as u (tenant_id, id, integer, kind, is_owner, name, surname, email, email_key, username, username_key, customer_number,
    phone, photo_url, about, active, fields, created_at, updated_at)
  select :tenant_id, a.id, c.user_integer, a.kind, a.is_owner, a.name, a.surname, a.email, a.email_key, a.username, a.username_key,
    a.customer_number, a.phone, a.photo_url, a.about, a.active, a.fields, a.at, a.at
  from accepted a, counted c
  returning u.*
),
${keepingKeys('made')},
joined as (
  insert into memberships (tenant_id, id, desk_id, user_id, role, created_at)
  select :tenant_id, x.id, x.desk_id, m.id, x.role, m.created_at from made m, ${GIVEN_MEMBERSHIPS}
),
named as (
  insert into external_identities (tenant_id, desk_id, external_id, user_id)
  select :tenant_id, x.desk_id, x.external_id, m.id from made m, ${GIVEN_EXTERNAL_IDS}
  returning 1
),
reached as (
  insert into user_addresses (tenant_id, kind, address_key, address, user_id, created_at)
  select :tenant_id, x.kind, x.address_key, x.address, m.id, m.created_at from made m, ${GIVEN_ADDRESSES}
  returning 1
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, after)
  select :tenant_id, c.event_position, a.event_id, 'user.created', m.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    ${DATA('m')}
  from made m, accepted a, counted c
),
${KEPT('made')}
select m.id from made m`,
)

/** A column that is in the change takes its value, null included. */
const CHANGED = (column: string): string =>
  `case when jsonb_exists(a.set, '${column}') then a.set ->> '${column}' else l.${column} end as ${column}`

const CHANGING = { id: Sql.uuid, set: Sql.jsonb<object>(), fields: Sql.jsonb<object>(), ...CALL }

/**
 * Changes a user. What is as it was is not recorded. Without a row the user is gone, the last owner would no longer be one
 * who gets in, or the key had been used. Fails with a unique violation as above.
 */
export const CHANGE_PROFILE = statement(
  'user.change',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(CHANGING), ...ADDED }, row: SavedRow, announces: 'access' },
  `
with ${claimedCall(CHANGING)},
-- Of two owners who put each other out at the same time, one is too late.
owners as materialized (
  select u.id from users u
  where u.tenant_id = :tenant_id and ${OWNS} and exists (select 1 from accepted a where a.set -> 'is_owner' = 'false' or a.set -> 'active' = 'false')
  order by u.id for no key update
),
locked as materialized (
  select u.* from users u
  where u.tenant_id = :tenant_id and u.id = (select a.id from accepted a) and u.erased_at is null
    and (not (u.is_owner and u.active) or (select a.set -> 'is_owner' = 'false' or a.set -> 'active' = 'false' from accepted a) is not true
      or exists (select 1 from owners o where o.id <> u.id))
  for no key update
),
wanted as materialized (
  select l.id, coalesce(a.set ->> 'name', l.name) as name, coalesce(a.set ->> 'surname', l.surname) as surname,
    ${['email', 'email_key', 'username', 'username_key', 'customer_number', 'phone', 'photo_url', 'about'].map(CHANGED).join(', ')},
    coalesce((a.set ->> 'active')::boolean, l.active) as active,
    coalesce((a.set ->> 'is_owner')::boolean, l.is_owner) as is_owner, jsonb_strip_nulls(l.fields || a.fields) as fields
  from locked l, accepted a
),
difference as materialized (
  select k.key, b.data -> k.key as was, n.data -> k.key as becomes
  from (select ${DATA('l')} as data from locked l) b, (select ${DATA('w')} as data from wanted w) n,
    lateral jsonb_object_keys(b.data || n.data) k (key)
  where b.data -> k.key is distinct from n.data -> k.key
),
new_memberships as materialized (
  select x.* from locked l, ${GIVEN_MEMBERSHIPS}
  where not exists (select 1 from memberships m
    where m.tenant_id = :tenant_id and m.user_id = l.id and m.desk_id = x.desk_id and m.role = x.role)
),
new_external_ids as materialized (
  select x.* from locked l, ${GIVEN_EXTERNAL_IDS}
  where not exists (select 1 from external_identities e
    where e.tenant_id = :tenant_id and e.user_id = l.id and e.desk_id = x.desk_id and e.external_id = x.external_id)
),
new_addresses as materialized (
  select x.* from locked l, ${GIVEN_ADDRESSES}
  where not exists (select 1 from user_addresses e
    where e.tenant_id = :tenant_id and e.user_id = l.id and e.kind = x.kind and e.address_key = x.address_key)
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
  where c.tenant_id = :tenant_id and exists (select 1 from locked)
    and (exists (select 1 from difference) or (select d.data from added d) <> '{}')
  returning c.event_position
),
changed as (
  update users u
  set name = w.name, surname = w.surname, email = w.email, email_key = w.email_key, username = w.username,
    username_key = w.username_key, customer_number = w.customer_number, phone = w.phone, photo_url = w.photo_url,
    about = w.about, active = w.active, is_owner = w.is_owner, fields = w.fields, updated_at = a.at
  from wanted w, accepted a, counted
  where u.tenant_id = :tenant_id and u.id = w.id
),
${keepingKeys('locked')},
joined as (
  insert into memberships as m (tenant_id, id, desk_id, user_id, role, created_at)
  select :tenant_id, x.id, x.desk_id, l.id, x.role, a.at from new_memberships x, locked l, accepted a
  on conflict (tenant_id, user_id, desk_id) do update set role = excluded.role
),
named as (
  insert into external_identities (tenant_id, desk_id, external_id, user_id)
  select :tenant_id, x.desk_id, x.external_id, l.id from new_external_ids x, locked l
  returning 1
),
reached as (
  insert into user_addresses (tenant_id, kind, address_key, address, user_id, created_at)
  select :tenant_id, x.kind, x.address_key, x.address, l.id, a.at from new_addresses x, locked l, accepted a
  returning 1
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position, a.event_id, 'user.changed', l.id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    (select jsonb_object_agg(d.key, d.was) from difference d),
    coalesce((select jsonb_object_agg(d.key, d.becomes) from difference d), '{}') || (select d.data from added d)
  from locked l, accepted a, counted c
),
${KEPT('locked')}
select l.id from locked l`,
)

const LEAVING = { id: Sql.uuid, desk_id: Sql.uuid, ...CALL }

/**
 * Takes a user's role on a desk away. Who has none there is not recorded. Without a row the user is gone or the key had
 * been used.
 */
export const LEAVE_DESK = statement(
  'user.leave_desk',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(LEAVING) }, row: SavedRow, announces: 'access' },
  `
with ${claimedCall(LEAVING)},
locked as materialized (
  select u.id from users u
  where u.tenant_id = :tenant_id and u.id = (select a.id from accepted a) and u.erased_at is null
  for no key update
),
gone as (
  delete from memberships m using locked l, accepted a
  where m.tenant_id = :tenant_id and m.user_id = l.id and m.desk_id = a.desk_id
  returning m.user_id, m.desk_id, m.role
),
counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from gone)
  returning c.event_position
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position, a.event_id, 'user.changed', g.user_id, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    jsonb_build_object('roles', jsonb_build_array(g.desk_id || ' ' || g.role)), jsonb_build_object('roles', jsonb_build_array())
  from gone g, accepted a, counted c
),
${KEPT('locked')}
select l.id from locked l`,
)

/** Tickets from an address that belong to nobody yet, the oldest first. */
export const TICKETS_OF_NOBODY = statement(
  'user.tickets_of_nobody',
  {
    takes: { tenant_id: Sql.uuid, desk_id: Sql.uuid, address_keys: Sql.array(Sql.text), limit: Sql.bigint },
    row: Type.Object({ id: Type.String() }),
  },
  `select t.id from tickets t
where t.tenant_id = :tenant_id and t.desk_id = :desk_id and t.requester_id is null and t.merged_into is null and t.from_address <> ''
  and lower(t.from_address) = any (:address_keys::text[])
order by t.id limit :limit`,
)

/** What a call on a user keeps: whom it was about. */
export const USER_KEPT = kept('user.kept', Type.Object({ user: Type.Optional(Type.String()) }))
