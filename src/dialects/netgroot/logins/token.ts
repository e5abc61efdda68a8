import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Actor } from '../../../core/identity/actor.ts'
import type { UserSummary } from '../../../core/identity/user.ts'
import { issueCredential } from '../../../core/tenants/commands.ts'
import type { Services } from '../../services.ts'
import { verifiedPayload } from '../../signed-token.ts'
import { options } from '../options.ts'

/** How the core keeps a login: a credential that is found by the token's `jti`, so that Logout can revoke it. */
const KIND = 'login'
const KEY = 'netgroot login'
const HOUR_SECONDS = 3600

/** A fresh token for a subscriber: JWT by HS256 with `sub`, `iat`, `exp` and `jti`. */
export async function issueLogin(services: Services, tenantId: string, user: UserSummary): Promise<string> {
  const { store, newId, keys, settings, clock } = services
  const at = Math.floor(clock().getTime() / 1000)
  const end = at + Math.round(settings.chosen(options).loginHours * HOUR_SECONDS)
  const jti = randomUUID()
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(String(user.integer))
    .setIssuedAt(at)
    .setExpirationTime(end)
    .setJti(jti)
    .sign(keys.for(KEY))
  await issueCredential({ store, newId, now: clock().toISOString() }, tenantId, {
    dialect: 'netgroot',
    kind: KIND,
    name: 'Login',
    presented: jti,
    userId: user.id,
    scopes: [],
    expiresAt: new Date(end * 1000).toISOString(),
  })
  return token
}

/** Who presents a login's token, active or not; null when it is not ours, expired or revoked. */
export async function resolveLogin({ access, keys, clock }: Services, token: string): Promise<Actor | null> {
  const options = { algorithms: ['HS256'], currentDate: clock(), requiredClaims: ['sub', 'exp', 'jti'] }
  const payload = await verifiedPayload(token, keys.accepted(KEY), options)
  const jti = payload?.jti
  return jti === undefined ? null : access.resolve('netgroot', KIND, jti, { evenInactive: true })
}

/** Whether a caller came by a login, and not by an API access token. */
export function cameByLogin({ credential }: Actor): boolean {
  return credential.kind === KIND
}
