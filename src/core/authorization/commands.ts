import type { Store } from '../../storage/store.ts'
import { directoryKind, hashOf } from '../access/access.ts'
import { randomSecret } from '../access/secrets.ts'
import { CLIENT_IN_DIRECTORY, FIND_IN_DIRECTORY, REVOKE_CREDENTIAL } from '../access/store.ts'
import { openAges } from '../ages.ts'
import type { System } from '../context.ts'
import type { Instant } from '../instant.ts'
import type { Client, Issued, Lifetimes } from './client.ts'
import { CODE_SECONDS, type CodeProof, later, mayExchange, mayRefresh } from './rules.ts'
import {
  CHANGE_CLIENT,
  clientOf,
  EXCHANGE_CODE,
  GRANT_BY_ACCESS_TOKEN,
  GRANT_BY_CODE,
  GRANT_BY_REFRESH_TOKEN,
  GRANT_TO_CLIENT,
  grantOf,
  INSERT_GRANT,
  LIST_CLIENTS,
  LOAD_CLIENT,
  type Pair,
  PURGE_CREDENTIALS,
  PURGE_GRANTS,
  REFRESH,
  REFRESH_IN_DIRECTORY,
  REVOKE_GRANT,
} from './store.ts'

const ages = openAges()

/** The live client with a public id, if there is one. */
export async function findClient({ store, now }: System, publicId: string): Promise<Client | null> {
  const [listed] = await store.run(FIND_IN_DIRECTORY.with({ kind: CLIENT_IN_DIRECTORY, hash: hashOf(publicId) }))
  if (!listed) return null
  const [row] = await store.run(LOAD_CLIENT.with({ tenant_id: listed.tenant_id, id: listed.target_id, now }))
  return row ? clientOf(listed.tenant_id, row) : null
}

/** The live clients of a tenant, the oldest first. */
export async function listClients(
  { store }: Pick<System, 'store'>,
  tenantId: string,
): Promise<readonly (Client & { readonly kind: string })[]> {
  const rows = await store.run(LIST_CLIENTS.with({ tenant_id: tenantId }))
  return rows.map((row) => ({ ...clientOf(tenantId, row), kind: row.kind }))
}

/** Replaces where a client may send people back to, and from where it may call; what is null stays. @returns whether there is one. */
export async function changeClient(
  { store }: Pick<System, 'store'>,
  tenantId: string,
  publicId: string,
  change: { readonly redirectUris: readonly string[] | null; readonly origins: readonly string[] | null },
): Promise<boolean> {
  const { redirectUris, origins } = change
  const values = { tenant_id: tenantId, public_id: publicId, redirect_uris: redirectUris, origins }
  const changed = await store.run(CHANGE_CLIENT.with(values))
  return changed.length > 0
}

/** What a user allows a client. */
export interface Consent {
  readonly userId: string
  readonly scopes: readonly string[]
  readonly redirectUri: string
  readonly codeChallenge: string | null
}

/** Records what a user allowed. @returns the authorization code for it, good once and for ten minutes. */
export async function grantByConsent(system: System, client: Client, consent: Consent): Promise<string> {
  const { store, now, newId } = system
  const code = randomSecret()
  await store.run(
    INSERT_GRANT.with({
      tenant_id: client.tenantId,
      id: newId(),
      client_id: client.id,
      user_id: consent.userId,
      scopes: consent.scopes,
      redirect_uri: consent.redirectUri,
      code_hash: hashOf(code),
      code_challenge: consent.codeChallenge,
      code_expires_at: later(now, CODE_SECONDS),
      now,
    }),
  )
  return code
}

/**
 * Exchanges a code for a pair of tokens; null when it may not be. A code that comes a second time was stolen or leaked:
 * then everything that was issued by it ends (RFC 6749, 4.1.2).
 */
export async function exchangeCode(
  system: System,
  client: Client,
  code: string,
  proof: CodeProof,
  lifetimes: Lifetimes,
): Promise<Issued | null> {
  const { store, now } = system
  const [row] = await store.run(GRANT_BY_CODE.with({ tenant_id: client.tenantId, hash: hashOf(code) }))
  if (!row) return null
  const grant = grantOf(row)
  if (grant.codeUsedAt !== null && grant.clientId === client.id) await revokeGrant(system, client.tenantId, grant.id)
  if (hasEnded(`code ${grant.id}`, grant.codeExpiresAt, CODE_SECONDS, now)) return null
  if (!mayExchange(grant, client, proof, now)) return null
  const pair = newPair(system, grant.scopes, lifetimes)
  const done = await store.run(EXCHANGE_CODE.with({ tenant_id: client.tenantId, grant_id: grant.id, ...pair.stored }))
  return done.length > 0 ? pair.issued : null
}

/** Whether what holds for some seconds until a time has ended, also where the clock went back since it began. */
function hasEnded(name: string, until: Instant | null, seconds: number, now: Instant): boolean {
  return until !== null && ages.hasEnded(name, { from: later(until, -seconds), until }, now)
}

/** Grants a client scopes for itself (client credentials). */
export async function grantToClient(
  system: System,
  client: Client,
  scopes: readonly string[],
  lifetimes: Lifetimes,
): Promise<Issued> {
  const pair = newPair(system, scopes, lifetimes)
  const owner = { client_id: client.id, user_id: client.userId, desk_id: client.deskId }
  const grant = { tenant_id: client.tenantId, grant_id: system.newId(), ...owner }
  await system.store.run(GRANT_TO_CLIENT.with({ ...grant, ...pair.stored }))
  return pair.issued
}

/**
 * A new access token for a refresh token; null when it is not this client's or not good any more.
 *
 * @param scopes fewer than were granted, or null for all (RFC 6749, 6); `too_wide` when they are more.
 */
export async function refresh(
  system: System,
  client: Client,
  refreshToken: string,
  scopes: readonly string[] | null,
  lifetimes: Lifetimes,
): Promise<Issued | 'too_wide' | null> {
  const { store, now } = system
  const hash = hashOf(refreshToken)
  const [row] = await store.run(GRANT_BY_REFRESH_TOKEN.with({ tenant_id: client.tenantId, hash }))
  if (!row || !mayRefresh(grantOf(row), client, now)) return null
  const { refreshTokenSeconds } = lifetimes
  const ends = grantOf(row).refreshExpiresAt
  if (refreshTokenSeconds !== null && hasEnded(`refresh ${row.id}`, ends, refreshTokenSeconds, now)) return null
  if (scopes?.some((each) => !row.scopes.includes(each))) return 'too_wide'
  const pair = newPair(system, scopes ?? row.scopes, lifetimes, lifetimes.rotates ? undefined : refreshToken)
  const presented = { tenant_id: client.tenantId, grant_id: row.id, presented_hash: hash }
  const done = await store.run(REFRESH.with({ ...presented, ...pair.stored }))
  if (done.length === 0) return null
  return pair.issued
}

/** A fresh pair, as it is told and as it is stored. */
function newPair(
  { now, newId }: System,
  scopes: readonly string[],
  lifetimes: Lifetimes,
  refreshToken: string = randomSecret(),
): { readonly issued: Issued; readonly stored: Pair } {
  const accessToken = randomSecret()
  const expiresAt = later(now, lifetimes.accessTokenSeconds)
  const refreshExpiresAt = lifetimes.refreshTokenSeconds === null ? null : later(now, lifetimes.refreshTokenSeconds)
  return {
    issued: { accessToken, refreshToken, scopes, expiresAt },
    stored: {
      token_id: newId(),
      token_hash: hashOf(accessToken),
      token_expires_at: expiresAt,
      now,
      scopes,
      refresh_hash: hashOf(refreshToken),
      refresh_expires_at: refreshExpiresAt,
    },
  }
}

/** An access or refresh token that somebody holds: where it belongs. */
export interface HeldToken {
  readonly tenantId: string
  /** Of the client that it was issued to. */
  readonly dialect: string
  /** Null for an access token that was issued on the command line. */
  readonly clientId: string | null
  readonly grantId: string | null
  readonly credentialId: string | null
}

/** Finds out whose an access or refresh token is, among those that some dialects issue. */
export async function findToken(
  { store }: System,
  token: string,
  dialects: readonly string[],
): Promise<HeldToken | null> {
  const hash = hashOf(token)
  const [asRefresh] = await store.run(FIND_IN_DIRECTORY.with({ kind: REFRESH_IN_DIRECTORY, hash }))
  if (asRefresh) {
    const tenantId = asRefresh.tenant_id
    const [row] = await store.run(GRANT_BY_REFRESH_TOKEN.with({ tenant_id: tenantId, hash }))
    if (!row) return null
    return { tenantId, dialect: row.dialect, clientId: row.client_id, grantId: row.id, credentialId: null }
  }
  for (const dialect of dialects) {
    const [listed] = await store.run(FIND_IN_DIRECTORY.with({ kind: directoryKind(dialect, 'access_token'), hash }))
    if (!listed) continue
    const tenantId = listed.tenant_id
    const [row] = await store.run(GRANT_BY_ACCESS_TOKEN.with({ tenant_id: tenantId, id: listed.target_id }))
    if (!row) return null
    return { tenantId, dialect, clientId: row.client_id, grantId: row.grant_id, credentialId: listed.target_id }
  }
  return null
}

/** Revokes a token with the pair that it belongs to, at once. */
export async function revokeToken(system: System, token: HeldToken): Promise<void> {
  if (token.grantId !== null) return revokeGrant(system, token.tenantId, token.grantId)
  if (token.credentialId === null) return
  const { tenantId: tenant_id, credentialId: id } = token
  await system.store.run(REVOKE_CREDENTIAL.with({ tenant_id, id, now: system.now }))
}

async function revokeGrant(system: System, tenantId: string, grantId: string): Promise<void> {
  await system.store.run(REVOKE_GRANT.with({ tenant_id: tenantId, id: grantId, now: system.now }))
}

/** The kinds of credentials that are issued for a time and by the thousand. */
const SHORT_LIVED = ['access_token', 'login']

/** Forgets tokens and grants of a tenant that ended before a time. */
export async function purgeGrants(store: Pick<Store, 'run'>, tenantId: string, before: Instant): Promise<void> {
  await store.run(PURGE_CREDENTIALS.with({ tenant_id: tenantId, before, kinds: SHORT_LIVED }))
  await store.run(PURGE_GRANTS.with({ tenant_id: tenantId, before }))
}
