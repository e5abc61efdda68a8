import { type Static, Type } from 'typebox'
import { StoreFull } from '../../storage/failures.ts'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import type { Store } from '../../storage/store.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall, keeping } from '../idempotency/claimed.ts'
import { kept } from '../idempotency/store.ts'
import type { Actor, ActorCredential } from '../identity/actor.ts'
import { PERMISSIONS } from '../identity/permissions.ts'
import { USER_VIEW, UserRow, userOf } from '../identity/rows.ts'
import { type Instant, instant, instantOrNull } from '../instant.ts'

const nullableText = Type.Union([Type.String(), Type.Null()])

/** How the directory lists the public half of a pair. */
export const CLIENT_IN_DIRECTORY = 'client'

/** Where a presented secret belongs. One of the exemptions from naming the tenant: it finds it. */
export const FIND_IN_DIRECTORY = statement(
  'directory.find',
  {
    takes: { kind: Sql.text, hash: Sql.bytea },
    row: Type.Object({ tenant_id: Type.String(), target_id: Type.String() }),
  },
  'select d.tenant_id, d.target_id from directory d where d.kind = :kind and d.hash = :hash',
)

/**
 * Whether a live credential lists an origin. A browser asks before it presents anything, so no tenant is known: an
 * exemption like that of the directory.
 */
export const ORIGIN_LISTED = statement(
  'access.origin_listed',
  {
    takes: { dialect: Sql.text, origin: Sql.text, now: Sql.timestamptz },
    row: Type.Object({ listed: Type.Boolean() }),
  },
  `select true as listed from credentials c
where c.dialect = :dialect and c.origins <> '{}' and c.origins @> array[:origin::text] and c.revoked_at is null and (c.expires_at is null or c.expires_at > :now)
limit 1`,
)

const CredentialRow = Type.Object({
  credential_id: Type.String(),
  dialect: Type.String(),
  credential_kind: Type.String(),
  credential_name: Type.String(),
  scopes: Type.Array(Type.String()),
  desk_id: nullableText,
  expires_at: nullableText,
  issued_at: Type.String(),
  grant_id: nullableText,
  claimant_id: Type.String(),
  origins: Type.Array(Type.String()),
  test_mode: Type.Boolean(),
  group_ids: Type.Array(Type.String()),
  ...UserRow.properties,
})

/** Kinds of credentials that a person gets by their password. */
export const BY_PASSWORD = "'login', 'session'"

/**
 * Whose the idempotency keys of a credential `c` with its grant `g` are, so that whoever logs in again or refreshes a token
 * may send a call once more: of a token that a client got for itself, the client's; of one that a person let a client have,
 * that person's by way of this client; of a login or session, the person's in its dialect; else the credential's own. A digest makes
 * one id of two.
 */
const CLAIMANT = `case
    when g.id is null and c.kind in (${BY_PASSWORD}) then ${digestOf("'login ' || c.dialect || ' ' || c.user_id")}
    when g.id is null then c.id
    when g.code_hash is null then g.client_id
    else ${digestOf("'consent ' || g.client_id || ' ' || g.user_id")} end`

function digestOf(text: string): string {
  return `substr(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), 1, 32)::uuid`
}

/** SQL of a credential of a tenant that was not retired, with its user, active or not. @param live SQL of whether it counts. */
const actorText = (live: string): string =>
  `select c.id as credential_id, c.dialect, c.kind as credential_kind, c.name as credential_name, c.scopes, c.desk_id, c.expires_at,
  c.created_at as issued_at, c.grant_id, ${CLAIMANT} as claimant_id, coalesce(k.origins, c.origins) as origins, coalesce(k.test_mode, c.test_mode) as test_mode,
  array(select i.group_id from group_members i where i.tenant_id = :tenant_id and i.user_id = u.id) as group_ids,
  ${USER_VIEW}
from credentials c join users u on u.tenant_id = :tenant_id and u.id = c.user_id
join tenants t on t.tenant_id = :tenant_id and t.retired_at is null
left join grants g on g.tenant_id = :tenant_id and g.id = c.grant_id
left join credentials k on k.tenant_id = :tenant_id and k.id = g.client_id
where c.tenant_id = :tenant_id and c.id = :id and ${live}`

const LIVE = 'c.revoked_at is null and g.revoked_at is null and k.revoked_at is null'

/**
 * A live credential with its user. An access token lives no longer than its grant and its client, and may be used from where
 * that client may, in its mode.
 */
export const LOAD_ACTOR = statement(
  'access.actor',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid }, row: CredentialRow },
  actorText(LIVE),
)

/** The same for what goes on when a call has ended: of a person who signed out meanwhile, too. */
export const LOAD_ABSENT_ACTOR = statement(
  'access.absent_actor',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid }, row: CredentialRow },
  actorText(`(c.kind in (${BY_PASSWORD}) or ${LIVE})`),
)

export function actorOf(tenantId: string, row: Static<typeof CredentialRow>): Actor {
  const credential: ActorCredential = {
    id: row.credential_id,
    dialect: row.dialect,
    kind: row.credential_kind,
    name: row.credential_name,
    scopes: row.scopes,
    deskId: row.desk_id,
    expiresAt: instantOrNull(row.expires_at),
    issuedAt: instant(row.issued_at),
    grantId: row.grant_id,
    claimantId: row.claimant_id,
    origins: row.origins,
    testMode: row.test_mode,
  }
  return { tenantId, user: userOf(row), credential, permissions: new Set(PERMISSIONS), groupIds: row.group_ids }
}

/** A public id is listed too: by it the authorization server finds its client. */
export const INSERT_CREDENTIAL = statement(
  'credential.insert',
  {
    takes: {
      tenant_id: Sql.uuid,
      id: Sql.uuid,
      dialect: Sql.text,
      kind: Sql.text,
      name: Sql.text,
      public_id: Sql.nullable(Sql.text),
      /** Of what is presented. */
      hash: Sql.bytea,
      user_id: Sql.uuid,
      desk_id: Sql.nullable(Sql.uuid),
      scopes: Sql.array(Sql.text),
      created_at: Sql.timestamptz,
      expires_at: Sql.nullable(Sql.timestamptz),
      /** By which kind the directory lists it. */
      listed_as: Sql.text,
      redirect_uris: Sql.array(Sql.text),
      origins: Sql.array(Sql.text),
      test_mode: Sql.boolean,
    },
    row: Type.Object({ id: Type.String() }),
    announces: 'access',
  },
  `
with listed as (insert into directory (kind, hash, tenant_id, target_id) values (:listed_as, :hash, :tenant_id, :id) returning target_id),
known as (
  insert into directory (kind, hash, tenant_id, target_id)
  select '${CLIENT_IN_DIRECTORY}', sha256(convert_to(:public_id::text, 'UTF8')), :tenant_id, :id where :public_id is not null
)
insert into credentials as c (tenant_id, id, dialect, kind, name, public_id, secret_hash, user_id, desk_id, scopes, created_at,
  expires_at, redirect_uris, origins, test_mode)
select :tenant_id, l.target_id, :dialect, :kind, :name, :public_id, :hash, :user_id, :desk_id, :scopes, :created_at, :expires_at, :redirect_uris, :origins, :test_mode from listed l
returning c.id`,
)

/** What the directory forgets of a credential that was `revoked`, so that nothing finds it any more. */
const FORGOTTEN = `listed as materialized (
  select sha256(convert_to(r.public_id, 'UTF8')) as hash from revoked r where r.public_id is not null
),
unknown as (
  delete from directory d using listed l where d.kind = '${CLIENT_IN_DIRECTORY}' and d.hash = l.hash
),
forgotten as (
  delete from directory d using revoked r where d.kind = 'credential ' || r.dialect || ' ' || r.kind and d.hash = r.secret_hash
)`

export const REVOKE_CREDENTIAL = statement(
  'credential.revoke',
  {
    takes: { tenant_id: Sql.uuid, id: Sql.uuid, now: Sql.timestamptz },
    row: Type.Object({ id: Type.String() }),
    announces: 'access',
  },
  `
with revoked as (
  update credentials c set revoked_at = :now where c.tenant_id = :tenant_id and c.id = :id and c.revoked_at is null
  returning c.id, c.dialect, c.kind, c.secret_hash, c.public_id
),
${FORGOTTEN}
select r.id from revoked r`,
)

const ManagedRow = Type.Object({
  id: Type.String(),
  dialect: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  public_id: nullableText,
  user_id: Type.String(),
  desk_id: nullableText,
  scopes: Type.Array(Type.String()),
  origins: Type.Array(Type.String()),
  redirect_uris: Type.Array(Type.String()),
  test_mode: Type.Boolean(),
  created_at: Type.String(),
  expires_at: nullableText,
  revoked_at: nullableText,
  last_used_at: nullableText,
})
export type ManagedRow = Static<typeof ManagedRow>

const MANAGED = `c.id, c.dialect, c.kind, c.name, c.public_id, c.user_id, c.desk_id, c.scopes, c.origins, c.redirect_uris, c.test_mode,
  c.created_at, c.expires_at, c.revoked_at, c.last_used_at`

/** Those that are issued by hand, the oldest first: sessions, logins and what people let a client have are ended elsewhere. */
export const LIST_MANAGED = statement(
  'credential.managed',
  { takes: { tenant_id: Sql.uuid, kinds: Sql.array(Sql.text), id: Sql.nullable(Sql.uuid) }, row: ManagedRow },
  `select ${MANAGED} from credentials c
where c.tenant_id = :tenant_id and c.grant_id is null and c.dialect || ' ' || c.kind = any (:kinds::text[])
  and (:id::uuid is null or c.id = :id::uuid)
order by c.created_at, c.id`,
)

const ISSUED = {
  id: Sql.uuid,
  of_dialect: Sql.text,
  kind: Sql.text,
  name: Sql.text,
  public_id: Sql.nullable(Sql.text),
  /** Of what is presented, in hexadecimal. */
  hash: Sql.text,
  /** The secret as the vault sealed it, in base64: what a repeat is answered. */
  sealed: Sql.text,
  user_id: Sql.uuid,
  desk_id: Sql.nullable(Sql.uuid),
  scopes: Sql.array(Sql.text),
  expires_at: Sql.nullable(Sql.timestamptz),
  listed_as: Sql.text,
  redirect_uris: Sql.array(Sql.text),
  origins: Sql.array(Sql.text),
  test_mode: Sql.boolean,
  ...CALL,
}

/** What an event tells of a credential: its name is its owner's. */
const TOLD = `jsonb_build_object('dialect', f.dialect, 'kind', f.kind, 'user_id', f.user_id, 'desk_id', f.desk_id)`

/** Issues a credential to a person who was not erased. Without a row they were, or the key had been used. */
export const ISSUE_CREDENTIAL = statement(
  'credential.issue',
  {
    takes: { tenant_id: Sql.uuid, call: Sql.record(ISSUED) },
    row: Type.Object({ id: Type.String() }),
    announces: 'access',
  },
  `
with ${claimedCall(ISSUED, 'join users u on u.tenant_id = :tenant_id and u.id = i.user_id and u.erased_at is null')},
owner as materialized (
  select u.id from accepted a join users u on u.tenant_id = :tenant_id and u.id = a.user_id and u.erased_at is null for share of u
),
known as (
  insert into directory (kind, hash, tenant_id, target_id)
  select a.listed_as, decode(a.hash, 'hex'), :tenant_id, a.id from accepted a, owner
  union all
  select '${CLIENT_IN_DIRECTORY}', sha256(convert_to(a.public_id, 'UTF8')), :tenant_id, a.id from accepted a, owner where a.public_id is not null
),
issued as (
  insert into credentials as c (tenant_id, id, dialect, kind, name, public_id, secret_hash, user_id, desk_id, scopes, created_at,
    expires_at, redirect_uris, origins, test_mode)
  select :tenant_id, a.id, a.of_dialect, a.kind, a.name, a.public_id, decode(a.hash, 'hex'), o.id, a.desk_id, a.scopes, a.at,
    a.expires_at, a.redirect_uris, a.origins, a.test_mode
  from accepted a, owner o
  returning c.id, c.dialect, c.kind, c.user_id, c.desk_id
),
${recordingOf('credential.created', 'issued', 'f.id', { after: TOLD })},
${keeping('issued', "jsonb_build_object('credential', f.id, 'sealed', a.sealed)")}
select i.id from issued i`,
)

const WITHDRAWN = { id: Sql.uuid, ...CALL }

/** Revokes a credential that is live. Without a row it is not, or the key had been used. */
export const WITHDRAW_CREDENTIAL = statement(
  'credential.withdraw',
  {
    takes: { tenant_id: Sql.uuid, call: Sql.record(WITHDRAWN) },
    row: Type.Object({ id: Type.String() }),
    announces: 'access',
  },
  `
with ${claimedCall(WITHDRAWN, 'join credentials o on o.tenant_id = :tenant_id and o.id = i.id and o.revoked_at is null')},
revoked as (
  update credentials c set revoked_at = a.at from accepted a
  where c.tenant_id = :tenant_id and c.id = a.id and c.revoked_at is null
  returning c.id, c.dialect, c.kind, c.secret_hash, c.public_id, c.user_id, c.desk_id
),
${FORGOTTEN},
${recordingOf('credential.revoked', 'revoked', 'f.id', { before: TOLD })},
${keeping('revoked', "jsonb_build_object('credential', f.id)")}
select r.id from revoked r`,
)

/** What a call on a credential keeps: which it was about, and of a new one its secret as the vault sealed it. */
const CredentialKept = Type.Object({ credential: Type.Optional(Type.String()), sealed: Type.Optional(Type.String()) })
export type CredentialKept = Static<typeof CredentialKept>
export const CREDENTIAL_KEPT = kept('credential.kept', CredentialKept)

/** All that there ever were, the oldest first. */
export const LIST_CREDENTIALS = statement(
  'credential.list',
  { takes: { tenant_id: Sql.uuid }, row: ManagedRow },
  `select ${MANAGED} from credentials c where c.tenant_id = :tenant_id order by c.created_at, c.id`,
)

/**
 * Keeps when credentials were used, with the clients that access tokens came by. What is at least as new as `fresh`
 * is left. Locked in one order, so that processes never wait for each other in a circle.
 */
const NOTE_USES = statement(
  'credential.uses',
  {
    takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid), now: Sql.timestamptz, fresh: Sql.timestamptz },
    row: Type.Object({ id: Type.String() }),
  },
  `
with used as (
  select c.id from credentials c
  where c.tenant_id = :tenant_id and (c.last_used_at is null or c.last_used_at < :fresh)
  and (
    c.id = any(:ids::uuid[])
    or c.id in (
      select g.client_id from credentials t join grants g on g.tenant_id = :tenant_id and g.id = t.grant_id
      where t.tenant_id = :tenant_id and t.id = any(:ids::uuid[])
    )
  )
  order by c.id for no key update
)
update credentials c set last_used_at = :now from used u where c.tenant_id = :tenant_id and c.id = u.id
returning c.id`,
)

/**
 * Keeps when credentials were used, unless the disk is full.
 *
 * @param when `now`, and since when what is kept is fresh enough.
 */
export async function noteUses(
  store: Pick<Store, 'run'>,
  tenantId: string,
  ids: readonly string[],
  when: { readonly now: Instant; readonly fresh: Instant },
): Promise<void> {
  await store
    .run(NOTE_USES.with({ tenant_id: tenantId, ids, now: when.now, fresh: when.fresh }))
    .catch((error: unknown) => {
      if (!(error instanceof StoreFull)) throw error
    })
}
