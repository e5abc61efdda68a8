import { type Static, Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { instantOrNull } from '../instant.ts'
import type { Client, Grant } from './client.ts'

/** How the directory lists refresh tokens. Codes are not listed: who exchanges one names its client, hence the tenant. */
export const REFRESH_IN_DIRECTORY = 'refresh_token'

const nullableText = Type.Union([Type.String(), Type.Null()])
const Ids = Type.Object({ id: Type.String() })

const ClientRow = Type.Object({
  id: Type.String(),
  dialect: Type.String(),
  public_id: Type.String(),
  name: Type.String(),
  secret_hash: Type.String(),
  user_id: Type.String(),
  desk_id: nullableText,
  scopes: Type.Array(Type.String()),
  redirect_uris: Type.Array(Type.String()),
  origins: Type.Array(Type.String()),
})

/** A live client whose user may get in. `$2` credential, `$3` time. */
export const LOAD_CLIENT = statement(
  'authorization.client',
  ClientRow,
  `select c.id, c.dialect, c.public_id, c.name, encode(c.secret_hash, 'base64') as secret_hash, c.user_id, c.desk_id, c.scopes,
  c.redirect_uris, c.origins
from credentials c join users u on u.tenant_id = $1 and u.id = c.user_id
where c.tenant_id = $1 and c.id = $2 and c.public_id is not null and c.revoked_at is null
  and (c.expires_at is null or c.expires_at > $3) and u.active`,
)

export function clientOf(tenantId: string, row: Static<typeof ClientRow>): Client {
  return {
    tenantId,
    id: row.id,
    dialect: row.dialect,
    publicId: row.public_id,
    name: row.name,
    secretHash: row.secret_hash,
    userId: row.user_id,
    deskId: row.desk_id,
    scopes: row.scopes,
    redirectUris: row.redirect_uris,
    origins: row.origins,
  }
}

/** All live clients, oldest first. */
export const LIST_CLIENTS = statement(
  'authorization.clients',
  Type.Object({ ...ClientRow.properties, kind: Type.String() }),
  `select c.id, c.dialect, c.kind, c.public_id, c.name, encode(c.secret_hash, 'base64') as secret_hash, c.user_id, c.desk_id,
  c.scopes, c.redirect_uris, c.origins
from credentials c where c.tenant_id = $1 and c.public_id is not null and c.revoked_at is null order by c.created_at, c.id`,
)

/** `$2` public id, `$3` redirect URIs, `$4` origins; null leaves either as it is. */
export const CHANGE_CLIENT = statement(
  'authorization.change_client',
  Ids,
  `update credentials c set redirect_uris = coalesce($3::text[], c.redirect_uris), origins = coalesce($4::text[], c.origins)
where c.tenant_id = $1 and c.public_id = $2 and c.revoked_at is null returning c.id`,
)

const GrantRow = Type.Object({
  id: Type.String(),
  client_id: Type.String(),
  dialect: Type.String(),
  scopes: Type.Array(Type.String()),
  redirect_uri: nullableText,
  code_challenge: nullableText,
  code_expires_at: nullableText,
  code_used_at: nullableText,
  refresh_expires_at: nullableText,
  revoked_at: nullableText,
  user_active: Type.Boolean(),
})

/** Select list and sources of a grant `g` with the dialect of its client. */
const GRANT_VIEW = `select g.id, g.client_id, c.dialect, g.scopes, g.redirect_uri, g.code_challenge, g.code_expires_at, g.code_used_at,
  g.refresh_expires_at, g.revoked_at, u.active as user_active
from grants g
join credentials c on c.tenant_id = $1 and c.id = g.client_id
join users u on u.tenant_id = $1 and u.id = g.user_id`

/** `$2` hash of the code. */
export const GRANT_BY_CODE = statement(
  'authorization.grant_by_code',
  GrantRow,
  `${GRANT_VIEW} where g.tenant_id = $1 and g.code_hash = $2`,
)

/** `$2` hash of the refresh token. */
export const GRANT_BY_REFRESH_TOKEN = statement(
  'authorization.grant_by_refresh_token',
  GrantRow,
  `${GRANT_VIEW} where g.tenant_id = $1 and g.refresh_hash = $2`,
)

/** `$2` id of an access token's credential. A token that was issued by hand has no grant. */
export const GRANT_BY_ACCESS_TOKEN = statement(
  'authorization.grant_by_access_token',
  Type.Object({ dialect: Type.String(), grant_id: nullableText, client_id: nullableText }),
  `select t.dialect, g.id as grant_id, g.client_id
from credentials t left join grants g on g.tenant_id = $1 and g.id = t.grant_id
where t.tenant_id = $1 and t.id = $2`,
)

export function grantOf(row: Static<typeof GrantRow>): Grant {
  return {
    id: row.id,
    clientId: row.client_id,
    scopes: row.scopes,
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
    codeExpiresAt: instantOrNull(row.code_expires_at),
    codeUsedAt: instantOrNull(row.code_used_at),
    refreshExpiresAt: instantOrNull(row.refresh_expires_at),
    revokedAt: instantOrNull(row.revoked_at),
    userActive: row.user_active,
  }
}

/**
 * What a user allowed a client, with the code for it. `$2` id, `$3` client, `$4` user, `$5` scopes, `$6` redirect URI,
 * `$7` hash of the code, `$8` challenge, `$9` end of the code, `$10` time.
 */
export const INSERT_GRANT = statement(
  'authorization.insert_grant',
  Ids,
  `insert into grants as g (tenant_id, id, client_id, user_id, scopes, redirect_uri, code_hash, code_challenge, code_expires_at,
  created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning g.id`,
)

/** The access token of a grant `g` as a credential: `$3` its id, `$4` its hash, `$5` its end, `$6` time, `$7` its scopes. */
const ACCESS_TOKEN = `
token_listed as (
  insert into directory (kind, hash, tenant_id, target_id)
  select 'credential ' || c.dialect || ' access_token', $4, $1, $3
  from granted g join credentials c on c.tenant_id = $1 and c.id = g.client_id
)
insert into credentials as t (tenant_id, id, dialect, kind, name, secret_hash, user_id, desk_id, scopes, created_at, expires_at, grant_id)
select $1, $3, c.dialect, 'access_token', c.name, $4, g.user_id, g.desk_id, $7, $6, $5, g.id
from granted g join credentials c on c.tenant_id = $1 and c.id = g.client_id
returning t.id`

/**
 * Turns a code into a pair of tokens, once. `$2` grant, `$3` to `$7` the access token (id, hash, end, time, scopes),
 * `$8` hash of the refresh token, `$9` its end.
 */
export const EXCHANGE_CODE = statement(
  'authorization.exchange_code',
  Ids,
  `
with granted as (
  update grants g set code_used_at = $6, refresh_hash = $8, refresh_expires_at = $9
  where g.tenant_id = $1 and g.id = $2 and g.code_used_at is null and g.revoked_at is null
  returning g.id, g.client_id, g.user_id, g.desk_id
),
refresh_listed as (
  insert into directory (kind, hash, tenant_id, target_id) select '${REFRESH_IN_DIRECTORY}', $8, $1, g.id from granted g
),
${ACCESS_TOKEN}`,
)

/**
 * Grants a client what it asked for itself. `$2` grant, `$3` to `$7` the access token, `$8` hash of the refresh token,
 * `$9` its end, `$10` client, `$11` user, `$12` desk.
 */
export const GRANT_TO_CLIENT = statement(
  'authorization.grant_to_client',
  Ids,
  `
with granted as (
  insert into grants as g (tenant_id, id, client_id, user_id, desk_id, scopes, refresh_hash, refresh_expires_at, created_at)
  values ($1, $2, $10, $11, $12, $7, $8, $9, $6)
  returning g.id, g.client_id, g.user_id, g.desk_id
),
refresh_listed as (
  insert into directory (kind, hash, tenant_id, target_id) select '${REFRESH_IN_DIRECTORY}', $8, $1, g.id from granted g
),
${ACCESS_TOKEN}`,
)

/**
 * A new access token for a refresh token. `$2` grant, `$3` to `$7` the access token, `$8` hash of the next refresh token,
 * `$9` its end, `$10` hash of the presented one. When they differ, the presented one and its access tokens end.
 */
export const REFRESH = statement(
  'authorization.refresh',
  Ids,
  `
with granted as (
  update grants g set refresh_hash = $8, refresh_expires_at = $9
  where g.tenant_id = $1 and g.id = $2 and g.refresh_hash = $10 and g.revoked_at is null
  returning g.id, g.client_id, g.user_id, g.desk_id
),
refresh_listed as (
  insert into directory (kind, hash, tenant_id, target_id)
  select '${REFRESH_IN_DIRECTORY}', $8, $1, g.id from granted g where $8::bytea <> $10::bytea
),
refresh_forgotten as (
  delete from directory d using granted g
  where d.kind = '${REFRESH_IN_DIRECTORY}' and d.hash = $10 and $8::bytea <> $10::bytea
),
ended as (
  update credentials t set revoked_at = $6 from granted g
  where t.tenant_id = $1 and t.grant_id = g.id and t.revoked_at is null and $8::bytea <> $10::bytea
  returning t.dialect, t.secret_hash
),
ended_forgotten as (
  delete from directory d using ended e
  where d.kind = 'credential ' || e.dialect || ' access_token' and d.hash = e.secret_hash
),
${ACCESS_TOKEN}`,
)

/** Ends a grant with everything that was issued by it. `$2` grant, `$3` time. */
export const REVOKE_GRANT = statement(
  'authorization.revoke_grant',
  Ids,
  `
with revoked as (
  update grants g set revoked_at = $3 where g.tenant_id = $1 and g.id = $2 and g.revoked_at is null
  returning g.id, g.refresh_hash
),
refresh_forgotten as (
  delete from directory d using revoked r where d.kind = '${REFRESH_IN_DIRECTORY}' and d.hash = r.refresh_hash
),
ended as (
  update credentials t set revoked_at = $3 from revoked r
  where t.tenant_id = $1 and t.grant_id = r.id and t.revoked_at is null
  returning t.dialect, t.secret_hash
),
ended_forgotten as (
  delete from directory d using ended e
  where d.kind = 'credential ' || e.dialect || ' access_token' and d.hash = e.secret_hash
)
select r.id from revoked r`,
)

/**
 * Deletes what ended before `$2`: credentials that were issued for a time (`$3` kinds), and what the directory knows of
 * them.
 */
export const PURGE_CREDENTIALS = statement(
  'authorization.purge_credentials',
  Ids,
  `
with gone as (
  delete from credentials c where c.tenant_id = $1 and c.expires_at < $2 and c.kind = any ($3::text[])
  returning c.id, c.dialect, c.kind, c.secret_hash
),
forgotten as (
  delete from directory d using gone x
  where d.kind = 'credential ' || x.dialect || ' ' || x.kind and d.hash = x.secret_hash
)
select x.id from gone x`,
)

/** Deletes grants that nothing can be had by since before `$2`, once none of their access tokens is left. */
export const PURGE_GRANTS = statement(
  'authorization.purge_grants',
  Ids,
  `
with gone as (
  delete from grants g
  where g.tenant_id = $1
    and (g.revoked_at < $2 or g.refresh_expires_at < $2 or (g.refresh_hash is null and g.code_expires_at < $2))
    and not exists (select 1 from credentials t where t.tenant_id = $1 and t.grant_id = g.id)
  returning g.id, g.refresh_hash
),
forgotten as (
  delete from directory d using gone x where d.kind = '${REFRESH_IN_DIRECTORY}' and d.hash = x.refresh_hash
)
select x.id from gone x`,
)
