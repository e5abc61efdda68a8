import { type Static, Type } from 'typebox'
import { Sql, type ValuesOf } from '../../storage/sql.ts'
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

/** A live client whose user may get in. */
export const LOAD_CLIENT = statement(
  'authorization.client',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid, now: Sql.timestamptz }, row: ClientRow },
  `select c.id, c.dialect, c.public_id, c.name, encode(c.secret_hash, 'base64') as secret_hash, c.user_id, c.desk_id, c.scopes,
  c.redirect_uris, c.origins
from credentials c join users u on u.tenant_id = :tenant_id and u.id = c.user_id
where c.tenant_id = :tenant_id and c.id = :id and c.public_id is not null and c.revoked_at is null
  and (c.expires_at is null or c.expires_at > :now) and u.active`,
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
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ ...ClientRow.properties, kind: Type.String() }) },
  `select c.id, c.dialect, c.kind, c.public_id, c.name, encode(c.secret_hash, 'base64') as secret_hash, c.user_id, c.desk_id,
  c.scopes, c.redirect_uris, c.origins
from credentials c where c.tenant_id = :tenant_id and c.public_id is not null and c.revoked_at is null order by c.created_at, c.id`,
)

/** What is null stays as it is. */
export const CHANGE_CLIENT = statement(
  'authorization.change_client',
  {
    takes: {
      tenant_id: Sql.uuid,
      public_id: Sql.text,
      redirect_uris: Sql.nullable(Sql.array(Sql.text)),
      origins: Sql.nullable(Sql.array(Sql.text)),
    },
    row: Ids,
    announces: 'access',
  },
  `update credentials c set redirect_uris = coalesce(:redirect_uris::text[], c.redirect_uris), origins = coalesce(:origins::text[], c.origins)
where c.tenant_id = :tenant_id and c.public_id = :public_id and c.revoked_at is null returning c.id`,
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
join credentials c on c.tenant_id = :tenant_id and c.id = g.client_id
join users u on u.tenant_id = :tenant_id and u.id = g.user_id`

export const GRANT_BY_CODE = statement(
  'authorization.grant_by_code',
  { takes: { tenant_id: Sql.uuid, hash: Sql.bytea }, row: GrantRow },
  `${GRANT_VIEW} where g.tenant_id = :tenant_id and g.code_hash = :hash`,
)

export const GRANT_BY_REFRESH_TOKEN = statement(
  'authorization.grant_by_refresh_token',
  { takes: { tenant_id: Sql.uuid, hash: Sql.bytea }, row: GrantRow },
  `${GRANT_VIEW} where g.tenant_id = :tenant_id and g.refresh_hash = :hash`,
)

/** By an access token's credential. A token that was issued by hand has no grant. */
export const GRANT_BY_ACCESS_TOKEN = statement(
  'authorization.grant_by_access_token',
  {
    takes: { tenant_id: Sql.uuid, id: Sql.uuid },
    row: Type.Object({ dialect: Type.String(), grant_id: nullableText, client_id: nullableText }),
  },
  `select t.dialect, g.id as grant_id, g.client_id
from credentials t left join grants g on g.tenant_id = :tenant_id and g.id = t.grant_id
where t.tenant_id = :tenant_id and t.id = :id`,
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

/** What a user allowed a client, with the code for it. */
export const INSERT_GRANT = statement(
  'authorization.insert_grant',
  {
    takes: {
      tenant_id: Sql.uuid,
      id: Sql.uuid,
      client_id: Sql.uuid,
      user_id: Sql.uuid,
      scopes: Sql.array(Sql.text),
      redirect_uri: Sql.nullable(Sql.text),
      code_hash: Sql.bytea,
      code_challenge: Sql.nullable(Sql.text),
      code_expires_at: Sql.timestamptz,
      now: Sql.timestamptz,
    },
    row: Ids,
  },
  `insert into grants as g (tenant_id, id, client_id, user_id, scopes, redirect_uri, code_hash, code_challenge, code_expires_at,
  created_at)
values (:tenant_id, :id, :client_id, :user_id, :scopes, :redirect_uri, :code_hash, :code_challenge, :code_expires_at, :now) returning g.id`,
)

/** An access token and a refresh token, fresh. */
const PAIR = {
  token_id: Sql.uuid,
  token_hash: Sql.bytea,
  token_expires_at: Sql.timestamptz,
  now: Sql.timestamptz,
  scopes: Sql.array(Sql.text),
  refresh_hash: Sql.bytea,
  refresh_expires_at: Sql.nullable(Sql.timestamptz),
}
export type Pair = ValuesOf<typeof PAIR>

/** The access token of `PAIR` as a credential of a grant `g`. */
const ACCESS_TOKEN = `
token_listed as (
  insert into directory (kind, hash, tenant_id, target_id)
  select 'credential ' || c.dialect || ' access_token', :token_hash, :tenant_id, :token_id
  from granted g join credentials c on c.tenant_id = :tenant_id and c.id = g.client_id
)
insert into credentials as t (tenant_id, id, dialect, kind, name, secret_hash, user_id, desk_id, scopes, created_at, expires_at, grant_id)
select :tenant_id, :token_id, c.dialect, 'access_token', c.name, :token_hash, g.user_id, g.desk_id, :scopes, :now, :token_expires_at, g.id
from granted g join credentials c on c.tenant_id = :tenant_id and c.id = g.client_id
returning t.id`

/** Turns a code into a pair of tokens, once. */
export const EXCHANGE_CODE = statement(
  'authorization.exchange_code',
  { takes: { tenant_id: Sql.uuid, grant_id: Sql.uuid, ...PAIR }, row: Ids },
  `
with granted as (
  update grants g set code_used_at = :now, refresh_hash = :refresh_hash, refresh_expires_at = :refresh_expires_at
  where g.tenant_id = :tenant_id and g.id = :grant_id and g.code_used_at is null and g.revoked_at is null
  returning g.id, g.client_id, g.user_id, g.desk_id
),
refresh_listed as (
  insert into directory (kind, hash, tenant_id, target_id) select '${REFRESH_IN_DIRECTORY}', :refresh_hash, :tenant_id, g.id from granted g
),
${ACCESS_TOKEN}`,
)

/** Grants a client what it asked for itself. */
export const GRANT_TO_CLIENT = statement(
  'authorization.grant_to_client',
  {
    takes: {
      tenant_id: Sql.uuid,
      grant_id: Sql.uuid,
      ...PAIR,
      client_id: Sql.uuid,
      user_id: Sql.uuid,
      desk_id: Sql.nullable(Sql.uuid),
    },
    row: Ids,
  },
  `
with granted as (
  insert into grants as g (tenant_id, id, client_id, user_id, desk_id, scopes, refresh_hash, refresh_expires_at, created_at)
  values (:tenant_id, :grant_id, :client_id, :user_id, :desk_id, :scopes, :refresh_hash, :refresh_expires_at, :now)
  returning g.id, g.client_id, g.user_id, g.desk_id
),
refresh_listed as (
  insert into directory (kind, hash, tenant_id, target_id) select '${REFRESH_IN_DIRECTORY}', :refresh_hash, :tenant_id, g.id from granted g
),
${ACCESS_TOKEN}`,
)

/** A new pair for a refresh token. When the next one is not the presented one, that and its access tokens end. */
export const REFRESH = statement(
  'authorization.refresh',
  {
    takes: { tenant_id: Sql.uuid, grant_id: Sql.uuid, ...PAIR, presented_hash: Sql.bytea },
    row: Ids,
    announces: 'access',
  },
  `
with granted as (
  update grants g set refresh_hash = :refresh_hash, refresh_expires_at = :refresh_expires_at
  where g.tenant_id = :tenant_id and g.id = :grant_id and g.refresh_hash = :presented_hash and g.revoked_at is null
  returning g.id, g.client_id, g.user_id, g.desk_id
),
refresh_listed as (
  insert into directory (kind, hash, tenant_id, target_id)
  select '${REFRESH_IN_DIRECTORY}', :refresh_hash, :tenant_id, g.id from granted g where :refresh_hash::bytea <> :presented_hash::bytea
),
refresh_forgotten as (
  delete from directory d using granted g
  where d.kind = '${REFRESH_IN_DIRECTORY}' and d.hash = :presented_hash and :refresh_hash::bytea <> :presented_hash::bytea
),
ended as (
  update credentials t set revoked_at = :now from granted g
  where t.tenant_id = :tenant_id and t.grant_id = g.id and t.revoked_at is null and :refresh_hash::bytea <> :presented_hash::bytea
  returning t.dialect, t.secret_hash
),
ended_forgotten as (
  delete from directory d using ended e
  where d.kind = 'credential ' || e.dialect || ' access_token' and d.hash = e.secret_hash
),
${ACCESS_TOKEN}`,
)

/** Ends a grant with everything that was issued by it. */
export const REVOKE_GRANT = statement(
  'authorization.revoke_grant',
  { takes: { tenant_id: Sql.uuid, id: Sql.uuid, now: Sql.timestamptz }, row: Ids, announces: 'access' },
  `
with revoked as (
  update grants g set revoked_at = :now where g.tenant_id = :tenant_id and g.id = :id and g.revoked_at is null
  returning g.id, g.refresh_hash
),
refresh_forgotten as (
  delete from directory d using revoked r where d.kind = '${REFRESH_IN_DIRECTORY}' and d.hash = r.refresh_hash
),
ended as (
  update credentials t set revoked_at = :now from revoked r
  where t.tenant_id = :tenant_id and t.grant_id = r.id and t.revoked_at is null
  returning t.dialect, t.secret_hash
),
ended_forgotten as (
  delete from directory d using ended e
  where d.kind = 'credential ' || e.dialect || ' access_token' and d.hash = e.secret_hash
)
select r.id from revoked r`,
)

/** Deletes what ended before a time: credentials that were issued for a time, and what the directory knows of them. */
export const PURGE_CREDENTIALS = statement(
  'authorization.purge_credentials',
  { takes: { tenant_id: Sql.uuid, before: Sql.timestamptz, kinds: Sql.array(Sql.text) }, row: Ids },
  `
with gone as (
  delete from credentials c where c.tenant_id = :tenant_id and c.expires_at < :before and c.kind = any (:kinds::text[])
  returning c.id, c.dialect, c.kind, c.secret_hash
),
forgotten as (
  delete from directory d using gone x
  where d.kind = 'credential ' || x.dialect || ' ' || x.kind and d.hash = x.secret_hash
)
select x.id from gone x`,
)

/** Deletes grants that nothing can be had by since before a time, once none of their access tokens is left. */
export const PURGE_GRANTS = statement(
  'authorization.purge_grants',
  { takes: { tenant_id: Sql.uuid, before: Sql.timestamptz }, row: Ids },
  `
with gone as (
  delete from grants g
  where g.tenant_id = :tenant_id
    and (g.revoked_at < :before or g.refresh_expires_at < :before or (g.refresh_hash is null and g.code_expires_at < :before))
    and not exists (select 1 from credentials t where t.tenant_id = :tenant_id and t.grant_id = g.id)
  returning g.id, g.refresh_hash
),
forgotten as (
  delete from directory d using gone x where d.kind = '${REFRESH_IN_DIRECTORY}' and d.hash = x.refresh_hash
)
select x.id from gone x`,
)
