import type { Store } from '../../storage/store.ts'
import { hashOf } from '../access/access.ts'
import { hashPassword, isPassword, randomSecret } from '../access/secrets.ts'
import { FIND_IN_DIRECTORY } from '../access/store.ts'
import type { Context, System } from '../context.ts'
import { refuseField } from '../errors.ts'
import { userOf } from '../identity/rows.ts'
import type { UserSummary } from '../identity/user.ts'
import type { RateLimits } from '../limits/limits.ts'
import { addressKey, earlierKey, usernameKey } from '../spelling.ts'
import { type CodeNeeded, type Locked, type LockSystem, REFUSED, type Refused, unlessLocked } from './lock.ts'
import { failureKey } from './rules.ts'
import { type CodeSystem, type Right, tryCode, type Whose } from './second-factor/check.ts'
import { FIND_FACTOR } from './second-factor/store.ts'
import {
  ADD_HOST,
  FIND_LOGIN,
  FIND_PASSWORD,
  FIRST_TENANT,
  FORGET_FAILURES,
  HOST_IN_DIRECTORY,
  SET_ACTIVE,
} from './store.ts'

/** What somebody entered to get in. */
export interface Attempt {
  readonly by: 'email' | 'username'
  readonly name: string
  readonly password: string
  /** Of the second factor; without one nobody gets in who has that. */
  readonly code?: string | undefined
  /** Where the request came from. */
  readonly address: string
  /** Who may get in this way, of those who exist, are active and gave the right password. */
  readonly admits: (user: UserSummary) => boolean
}

export type Outcome =
  | { readonly user: UserSummary }
  /** Unknown, wrong password, inactive, or nobody who may get in this way: never told apart. */
  | Refused
  /** The password is right, and the code is missing or wrong. */
  | CodeNeeded
  | Locked

/** Compared with when there is nobody of a name, so that it takes as long as a wrong password. Its password is nobody's. */
let decoy: Promise<string> | undefined

/** What guesses are counted with. */
export interface GuessSystem extends LockSystem {
  readonly limits: Pick<RateLimits, 'heldOff' | 'failed' | 'passed'>
}

/** What a login is tried with. */
export type LoginSystem = GuessSystem & CodeSystem

/** From where a call comes that secrets may be guessed by, and what counts that. */
export interface Guarded {
  readonly limits: GuessSystem['limits']
  readonly address: string
}

/** Tells whether somebody may get in. @param tenantId null where the login belongs to none. */
export async function logIn(system: LoginSystem, tenantId: string | null, attempt: Attempt): Promise<Outcome> {
  const guessing = { tenantId, name: attempt.name, address: attempt.address }
  const outcome = await guess<{ readonly user: UserSummary } | Locked>(system, guessing, async () => {
    const user = tenantId === null ? null : await verified(system.store, tenantId, attempt)
    if (!user || tenantId === null) return REFUSED
    return (await codeNeeded(system, { tenantId, userId: user.id }, attempt.code)) ?? { user }
  })
  if ('codeNeeded' in outcome && outcome.wasWrong) system.limits.failed(attempt.address)
  return outcome
}

/** What is missing of a second factor; null where there is none, or the code is right. */
async function codeNeeded(
  system: LoginSystem,
  whose: Whose,
  code: string | undefined,
): Promise<CodeNeeded | Locked | null> {
  const [factor] = await system.store.run(FIND_FACTOR.with({ tenant_id: whose.tenantId, user_id: whose.userId }))
  if (!factor || factor.confirmed_at === null) return null
  if (code === undefined || code.trim() === '') return { codeNeeded: true, wasWrong: false }
  const tried = await tryCode(system, whose, factor.secret, code)
  if ('right' in tried) return null
  return 'refused' in tried ? { codeNeeded: true, wasWrong: true } : tried
}

/**
 * Has whoever calls prove that they know their password.
 *
 * @throws Refusal `invalid` naming `password`.
 */
export async function provePassword(
  { actor, store, now }: Pick<Context, 'actor' | 'store' | 'now'>,
  { limits, address }: Guarded,
  password: string,
): Promise<Right | Locked> {
  const whose = { tenant_id: actor.tenantId, user_id: actor.user.id }
  const guessing = { tenantId: actor.tenantId, name: actor.user.id, address }
  const outcome = await guess<Right>({ store, limits, now }, guessing, async () => {
    const [row] = await store.run(FIND_PASSWORD.with(whose))
    const kept = row?.password_hash ?? null
    return kept !== null && (await isPassword(password, kept)) ? { right: true } : REFUSED
  })
  if ('right' in outcome || 'lockedSeconds' in outcome) return outcome
  return refuseField(['password'], 'unknown', 'This is not your password.')
}

/** Whose secret is guessed, and from where. */
export interface Guessing {
  /** Null where it is nobody's. */
  readonly tenantId: string | null
  readonly name: string
  readonly address: string
}

/**
 * Lets a secret be tried, and counts what was wrong: after ten failures of one name from one address it is not tried until
 * a quarter of an hour has passed, and an address that guesses at many names is held off too.
 */
export async function guess<Won extends object>(
  system: GuessSystem,
  guessing: Guessing,
  attempt: () => Promise<Won | Refused | CodeNeeded>,
): Promise<Won | Refused | CodeNeeded | Locked> {
  const { limits } = system
  const { tenantId, name, address } = guessing
  const key = failureKey(name, address)
  const caller = key.toString('base64')
  const heldOff = limits.heldOff(address, caller)
  if (heldOff > 0) return { lockedSeconds: heldOff }
  const outcome = tenantId === null ? REFUSED : await unlessLocked(system, tenantId, key, attempt)
  // The lock is on one name: without this an address could try a password on every name there is.
  if ('refused' in outcome) limits.failed(address)
  else if (!('lockedSeconds' in outcome || 'codeNeeded' in outcome)) limits.passed(address, caller)
  return outcome
}

/** Forgives what was guessed at a name from an address. */
export async function forgetFailures(
  store: Pick<Store, 'run'>,
  { tenantId, name, address }: Guessing & { readonly tenantId: string },
): Promise<void> {
  await store.run(FORGET_FAILURES.with({ tenant_id: tenantId, key: failureKey(name, address) }))
}

/** The same work whether there is such a user or not. */
async function verified(
  store: Pick<Store, 'run'>,
  tenantId: string,
  { by, name, password, admits }: Attempt,
): Promise<UserSummary | null> {
  decoy ??= hashPassword(randomSecret())
  const nobodys = await decoy
  const [row] = await store.run(
    FIND_LOGIN.with({
      tenant_id: tenantId,
      email_keys: by === 'email' ? [earlierKey(name), addressKey(name)] : [],
      username_keys: by === 'email' ? [] : [earlierKey(name), usernameKey(name)],
    }),
  )
  const isRight = await isPassword(password, row?.password_hash ?? nobodys)
  if (!row || row.password_hash === null || !isRight) return null
  const user = userOf(row)
  return user.active && admits(user) ? user : null
}

/** The tenant of a login that names none: that of the request's host, else the first one; null when there is none. */
export async function tenantByHost(store: Pick<Store, 'run'>, host: string): Promise<string | null> {
  const hash = hashOf(host.toLowerCase())
  const [listed] = await store.run(FIND_IN_DIRECTORY.with({ kind: HOST_IN_DIRECTORY, hash }))
  if (listed) return listed.tenant_id
  const [first] = await store.run(FIRST_TENANT.with({}))
  return first?.tenant_id ?? null
}

/** Lets logins at a host name belong to a tenant. @throws the store's unique violation when it is another tenant's. */
export async function addHost({ store }: System, tenantId: string, host: string): Promise<void> {
  await store.run(ADD_HOST.with({ tenant_id: tenantId, hash: hashOf(host.toLowerCase()) }))
}

/** Lets a user in or keeps them out. */
export async function setActive(
  { store, now }: System,
  tenantId: string,
  userId: string,
  active: boolean,
): Promise<void> {
  await store.run(SET_ACTIVE.with({ tenant_id: tenantId, user_id: userId, active, now }))
}
