import { directoryKind, hashOf } from '../access/access.ts'
import { hashPassword, isPassword, randomSecret } from '../access/secrets.ts'
import { FIND_IN_DIRECTORY } from '../access/store.ts'
import type { Context, System } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import type { Instant } from '../instant.ts'
import { forgetFailures, type Guarded, guess } from '../logins/commands.ts'
import { type Locked, REFUSED } from '../logins/lock.ts'
import { FIND_PASSWORD } from '../logins/store.ts'
import { findProfile, type UserRef } from '../users/queries.ts'
import { demandMayLetIn } from '../users/rules.ts'
import { LINK_HOURS, LINK_KIND } from './password.ts'
import { FIND_LINK, MAKE_LINK, SET_PASSWORD } from './store.ts'

const HOUR_MS = 3_600_000

/** Something was done, or whoever asks has to wait. */
export type Done = { readonly done: true } | Locked

/**
 * Changes the password of whoever calls, who proves that they know the present one. What they got by it elsewhere ends,
 * and the session of the call goes on. A repeat finds the new password in place, and is done.
 *
 * @throws Refusal `invalid` where `password` is not the present one, `conflict` where another call set one meanwhile.
 */
export async function changePassword(
  ctx: Context,
  { limits, address }: Guarded,
  { password, next }: { readonly password: string; readonly next: string },
): Promise<Done> {
  const { actor, store, now } = ctx
  const whose = { tenant_id: actor.tenantId, user_id: actor.user.id }
  const guessing = { tenantId: actor.tenantId, name: actor.user.id, address }
  const outcome = await guess<{ readonly done: true }>({ store, limits, now }, guessing, async () => {
    const [row] = await store.run(FIND_PASSWORD.with(whose))
    const former = row?.password_hash ?? null
    if (former === null) return REFUSED
    if (!(await isPassword(password, former))) return (await isPassword(next, former)) ? { done: true } : REFUSED
    const by = { actorId: actor.user.id, credentialId: actor.credential.id, requestId: ctx.requestId }
    await set(ctx, actor.tenantId, { userId: actor.user.id, former, password: next, keptId: actor.credential.id, by })
    return { done: true }
  })
  if ('done' in outcome || 'lockedSeconds' in outcome) return outcome
  return refuseField(['password'], 'unknown', 'This is not your password.')
}

/** Sets a user's password for them, and ends what they got by the one before. */
export async function setPassword(system: System, tenantId: string, userId: string, password: string): Promise<void> {
  const [row] = await system.store.run(FIND_PASSWORD.with({ tenant_id: tenantId, user_id: userId }))
  const by = { actorId: null, credentialId: null, requestId: system.newId() }
  await set(system, tenantId, { userId, former: row?.password_hash ?? null, password, keptId: null, by })
}

/** What leads to where a person sets their password, and until when. */
export interface PasswordLink {
  readonly secret: string
  readonly expiresAt: Instant
}

/**
 * Makes a link's secret, by which a person sets their password once, and ends the links that they had.
 *
 * @throws Refusal `not_found` where there is no person who may get in.
 */
export async function makePasswordLink(system: System, tenantId: string, userId: string): Promise<PasswordLink> {
  return makeLink(system, tenantId, userId, { actorId: null, credentialId: null, requestId: system.newId() })
}

/** The same for an actor, who decides how this person gets in. @throws Refusal `forbidden`, `invalid`, `not_found` */
export async function givePasswordLink(ctx: Context, ref: UserRef): Promise<PasswordLink> {
  const { actor, requestId, tenant } = ctx
  const user = (await findProfile(ctx, ref)) ?? refuse({ code: 'not_found', missing: 'user' })
  demandMayLetIn(actor, user)
  if (user.kind !== 'person' || !user.active)
    refuseField(['user'], 'not_allowed', 'Only people who are active may sign in.')
  const by = { actorId: actor.user.id, credentialId: actor.credential.id, requestId }
  return makeLink(ctx, tenant.id, user.id, by)
}

async function makeLink(system: System, tenantId: string, userId: string, by: By): Promise<PasswordLink> {
  const { store, newId, now } = system
  const secret = randomSecret()
  const expiresAt = new Date(Date.parse(now) + LINK_HOURS * HOUR_MS).toISOString()
  const call = {
    id: newId(),
    user_id: userId,
    hash: hashOf(secret).toString('hex'),
    listed_as: directoryKind('native', LINK_KIND),
    expires_at: expiresAt,
    actor_id: by.actorId,
    credential_id: by.credentialId,
    request_id: by.requestId,
    event_id: newId(),
    at: now,
  }
  const [made] = await store.run(MAKE_LINK.with({ tenant_id: tenantId, call }))
  return made ? { secret, expiresAt } : refuse({ code: 'not_found', missing: 'user' })
}

/**
 * Sets the password of whoever has a link. It works once; all that they got by the password before ends, and so does the
 * lock on their logins from here.
 *
 * @throws Refusal `invalid` where there is no such link: unknown, used, too old, or of somebody who may not get in.
 */
export async function usePasswordLink(
  system: System & { readonly requestId: string },
  { limits, address }: Guarded,
  { secret, password }: { readonly secret: string; readonly password: string },
): Promise<{ readonly tenantId: string } | { readonly lockedSeconds: number }> {
  const { store, now } = system
  const heldOff = limits.heldOff(address)
  if (heldOff > 0) return { lockedSeconds: heldOff }
  const kind = directoryKind('native', LINK_KIND)
  const [listed] = await store.run(FIND_IN_DIRECTORY.with({ kind, hash: hashOf(secret) }))
  const [link] = listed
    ? await store.run(FIND_LINK.with({ tenant_id: listed.tenant_id, id: listed.target_id, now }))
    : []
  if (!listed || !link) {
    limits.failed(address)
    refuseField(['token'], 'unknown', 'This link has been used, or is too old.')
  }
  const { user_id: userId, password_hash: former } = link
  const by = { actorId: userId, credentialId: listed.target_id, requestId: system.requestId }
  await set(system, listed.tenant_id, { userId, former, password, keptId: null, by })
  for (const name of [link.email, link.username])
    if (name !== null) await forgetFailures(store, { tenantId: listed.tenant_id, name, address })
  return { tenantId: listed.tenant_id }
}

interface Setting {
  readonly userId: string
  readonly former: string | null
  readonly password: string
  readonly keptId: string | null
  readonly by: By
}

/** Whose call it is: null is the command line. */
interface By {
  readonly actorId: string | null
  readonly credentialId: string | null
  readonly requestId: string
}

async function set(system: System, tenantId: string, { userId, former, password, keptId, by }: Setting): Promise<void> {
  const call = {
    user_id: userId,
    former,
    password_hash: await hashPassword(password),
    kept_id: keptId,
    actor_id: by.actorId,
    credential_id: by.credentialId,
    dialect: 'native',
    request_id: by.requestId,
    event_id: system.newId(),
    at: system.now,
  }
  const [done] = await system.store.run(SET_PASSWORD.with({ tenant_id: tenantId, call }))
  if (!done) refuse({ code: 'conflict', message: 'The password was changed by another request meanwhile.' })
}
