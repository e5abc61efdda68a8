import { hashOf } from '../../access/access.ts'
import type { Vault } from '../../access/vault.ts'
import type { Context, System } from '../../context.ts'
import { refuse, refuseField } from '../../errors.ts'
import { fullName, type UserProfile } from '../../identity/user.ts'
import { type Instant, instantOrNull } from '../../instant.ts'
import { findProfile, type UserRef } from '../../users/queries.ts'
import { demandMayLetIn } from '../../users/rules.ts'
import { type Guarded, provePassword } from '../commands.ts'
import { type Locked, REFUSED, unlessLocked } from '../lock.ts'
import { codeKey, factorOwner, tryCode, type Whose } from './check.ts'
import { bareCode, makeRecoveryCodes, makeSecret, stepOf, uriOf } from './codes.ts'
import { BEGIN_FACTOR, CONFIRM_FACTOR, END_FACTOR, FIND_FACTOR, RENEW_RECOVERY_CODES } from './store.ts'

/** A call about one's own second factor. */
export interface FactorContext extends Context {
  readonly vault: Vault
}

/** Recovery codes are shown once, when they are made. */
export type Codes = { readonly recoveryCodes: readonly string[] }

/** Whether whoever calls has a second factor, since when, and how many recovery codes are left. */
export async function readSecondFactor({
  store,
  actor,
}: Pick<Context, 'store' | 'actor'>): Promise<{ readonly since: Instant | null; readonly recoveryCodes: number }> {
  const [row] = await store.run(FIND_FACTOR.with(idsOf(whoseOf(actor))))
  return { since: instantOrNull(row?.confirmed_at ?? null), recoveryCodes: row?.recovery_codes ?? 0 }
}

/**
 * Makes a secret for an authenticator app. It counts once a code of it was given; until then a repeat makes another one.
 *
 * @throws Refusal `invalid` where the password is not right, `conflict` where there is a second factor.
 */
export async function beginSecondFactor(
  ctx: FactorContext,
  guarded: Guarded,
  password: string,
): Promise<{ readonly secret: string; readonly uri: string } | Locked> {
  const proof = await provePassword(ctx, guarded, password)
  if ('lockedSeconds' in proof) return proof
  const { actor, store, now, tenant, vault } = ctx
  const whose = whoseOf(actor)
  const secret = makeSecret()
  const sealed = vault.seal(secret, factorOwner(whose))
  const [begun] = await store.run(BEGIN_FACTOR.with({ ...idsOf(whose), secret: sealed, now }))
  if (!begun) refuse({ code: 'conflict', message: 'There is a second factor already. Turn it off first.' })
  const label = actor.user.email ?? actor.user.username ?? fullName(actor.user)
  return { secret, uri: uriOf(secret, { issuer: tenant.name, label }) }
}

/**
 * Makes the secret count by a first code of it. @returns the recovery codes.
 *
 * @throws Refusal `invalid` where the code is not right, `conflict` where there is no secret that waits for one.
 */
export async function confirmSecondFactor(ctx: FactorContext, code: string): Promise<Codes | Locked> {
  const { actor, store, now, vault } = ctx
  const whose = whoseOf(actor)
  const outcome = await unlessLocked<Codes>(ctx, whose.tenantId, codeKey(whose.userId), async () => {
    const [row] = await store.run(FIND_FACTOR.with(idsOf(whose)))
    if (!row || row.confirmed_at !== null)
      refuse({ code: 'conflict', message: 'No second factor waits for its first code.' })
    const step = stepOf(vault.open(row.secret, factorOwner(whose)), code, now)
    if (step === null) return REFUSED
    const recoveryCodes = makeRecoveryCodes()
    const change = { call: changeOf(ctx, whose.userId), secret: row.secret, step, hashes: digestsOf(recoveryCodes) }
    const [confirmed] = await store.run(CONFIRM_FACTOR.with({ tenant_id: whose.tenantId, ...change }))
    if (!confirmed) refuse({ code: 'conflict', message: 'The second factor was changed by another request meanwhile.' })
    return { recoveryCodes }
  })
  if ('refused' in outcome || 'codeNeeded' in outcome) return refuseCode()
  return outcome
}

/** Makes other recovery codes in the place of those before. @throws Refusal `invalid`, `conflict` where there is none. */
export async function renewRecoveryCodes(
  ctx: FactorContext,
  guarded: Guarded,
  proof: { readonly password: string; readonly code: string },
): Promise<Codes | Locked> {
  const proven = await proveBoth(ctx, guarded, proof)
  if (proven === null) refuse({ code: 'conflict', message: 'There is no second factor.' })
  if ('lockedSeconds' in proven) return proven
  const recoveryCodes = makeRecoveryCodes()
  const ids = idsOf(whoseOf(ctx.actor))
  const [renewed] = await ctx.store.run(RENEW_RECOVERY_CODES.with({ ...ids, hashes: digestsOf(recoveryCodes) }))
  if (!renewed) refuse({ code: 'conflict', message: 'There is no second factor.' })
  return { recoveryCodes }
}

/** Turns one's second factor off; where there is none, that is done. @throws Refusal `invalid` naming what is not right. */
export async function endSecondFactor(
  ctx: FactorContext,
  guarded: Guarded,
  proof: { readonly password: string; readonly code: string },
): Promise<{ readonly right: true } | Locked> {
  const proven = await proveBoth(ctx, guarded, proof)
  if (proven !== null && 'lockedSeconds' in proven) return proven
  const call = changeOf(ctx, ctx.actor.user.id)
  if (proven !== null) await ctx.store.run(END_FACTOR.with({ tenant_id: ctx.actor.tenantId, call }))
  return { right: true }
}

/** Whether somebody has a second factor, and since when. @throws Refusal `forbidden`, `not_found` */
export async function readFactorOf(ctx: Context, ref: UserRef): Promise<{ readonly since: Instant | null }> {
  const { id } = await demandMayTake(ctx, ref)
  const [row] = await ctx.store.run(FIND_FACTOR.with({ tenant_id: ctx.tenant.id, user_id: id }))
  return { since: instantOrNull(row?.confirmed_at ?? null) }
}

/** Takes somebody's second factor away; where there is none, that is done. @throws Refusal `forbidden`, `not_found` */
export async function takeSecondFactor(ctx: Context, ref: UserRef): Promise<void> {
  const { id } = await demandMayTake(ctx, ref)
  await ctx.store.run(END_FACTOR.with({ tenant_id: ctx.tenant.id, call: changeOf(ctx, id) }))
}

async function demandMayTake(ctx: Context, ref: UserRef): Promise<UserProfile> {
  const user = (await findProfile(ctx, ref)) ?? refuse({ code: 'not_found', missing: 'user' })
  demandMayLetIn(ctx.actor, user)
  return user
}

/** Takes somebody's second factor away, as the command line may. @returns whether there was one. */
export async function resetSecondFactor(system: System, { tenantId, userId }: Whose): Promise<boolean> {
  const call = {
    ...{ user_id: userId, actor_id: null, credential_id: null },
    ...{ request_id: system.newId(), event_id: system.newId(), at: system.now },
  }
  return (await system.store.run(END_FACTOR.with({ tenant_id: tenantId, call }))).length > 0
}

/** Has the caller prove password and code. @returns null where there is no second factor; the password is proven then. */
async function proveBoth(
  ctx: FactorContext,
  guarded: Guarded,
  { password, code }: { readonly password: string; readonly code: string },
): Promise<{ readonly right: true } | Locked | null> {
  const proof = await provePassword(ctx, guarded, password)
  if ('lockedSeconds' in proof) return proof
  const whose = whoseOf(ctx.actor)
  const [row] = await ctx.store.run(FIND_FACTOR.with(idsOf(whose)))
  if (!row || row.confirmed_at === null) return null
  const outcome = await tryCode(ctx, whose, row.secret, code)
  if ('refused' in outcome) return refuseCode()
  return outcome
}

function refuseCode(): never {
  return refuseField(['code'], 'unknown', 'This code is not right, or was used before.')
}

function whoseOf({ tenantId, user }: Context['actor']): Whose {
  return { tenantId, userId: user.id }
}

function idsOf({ tenantId, userId }: Whose) {
  return { tenant_id: tenantId, user_id: userId }
}

function digestsOf(codes: readonly string[]): readonly Buffer[] {
  return codes.map((code) => hashOf(bareCode(code)))
}

function changeOf(ctx: Context, userId: string) {
  const { actor, newId, requestId, now } = ctx
  return {
    ...{ user_id: userId, actor_id: actor.user.id, credential_id: actor.credential.id },
    ...{ request_id: requestId, event_id: newId(), at: now },
  }
}
