import { createHash } from 'node:crypto'
import { type AuthorizationForm, CLIENT_CHALLENGE, type TokenRefusal } from '../dialects/authorization.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Services } from '../dialects/services.ts'
import { type Answer, WireRefusal } from '../dialects/wire.ts'
import type { PresentedClient } from './parameters.ts'

/** A dialect whose clients the authorization server serves. */
export interface ServedDialect {
  readonly dialect: Dialect
  readonly form: AuthorizationForm
}

/** The authorization server's own view of everything it works with. */
export interface Service {
  readonly services: Services
  readonly dialects: readonly ServedDialect[]
}

export function servedBy({ dialects }: Service, name: string | undefined): ServedDialect | undefined {
  return dialects.find(({ dialect }) => dialect.name === name)
}

/** What the core's commands need, at this moment. */
export function systemOf({ services }: Service): Pick<Services, 'store' | 'newId'> & { readonly now: string } {
  const { store, clock, newId } = services
  return { store, newId, now: clock().toISOString() }
}

/** Refuses in the form of a dialect, or as OAuth 2.0 does where no dialect is known. */
export function refused(served: ServedDialect | undefined, refusal: TokenRefusal): Answer {
  if (served) return served.form.refused(refusal)
  if (refusal.code === 'invalid_client')
    return { status: 401, headers: { 'www-authenticate': CLIENT_CHALLENGE }, body: { error: 'invalid_client' } }
  return { status: 400, body: { error: 'invalid_request' } }
}

/**
 * An address whose credentials failed too often waits before anything is looked up for it, but for clients that were let in
 * from there before.
 */
export function demandNotHeldOff({ services }: Service, address: string, client: PresentedClient | null): void {
  const retryAfterSeconds = services.limits.heldOff(address, client ? callerOf(client) : undefined)
  if (retryAfterSeconds > 0) throw new WireRefusal({ code: 'rate_limited', retryAfterSeconds })
}

/** By what a client is known that was let in, as limits keep it. */
export function callerOf({ publicId, secret }: PresentedClient): string {
  return createHash('sha256')
    .update(`${publicId}:${secret ?? ''}`)
    .digest('base64')
}
