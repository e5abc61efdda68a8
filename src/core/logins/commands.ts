import type { Store } from '../../storage/store.ts'
import { hashOf } from '../access/access.ts'
import { hashPassword, isPassword, randomSecret } from '../access/secrets.ts'
import { FIND_IN_DIRECTORY } from '../access/store.ts'
import { openAges } from '../ages.ts'
import type { System } from '../context.ts'
import { userOf } from '../identity/rows.ts'
import type { UserSummary } from '../identity/user.ts'
import { type Instant, instant } from '../instant.ts'
import type { RateLimits } from '../limits/limits.ts'
import { addressKey, earlierKey, usernameKey } from '../spelling.ts'
import { failureKey, lockedSeconds, WINDOW_SECONDS } from './rules.ts'
import {
  ADD_HOST,
  COUNT_FAILURE,
  FIND_LOGIN,
  FIRST_TENANT,
  FORGET_FAILURES,
  HOST_IN_DIRECTORY,
  PURGE_FAILURES,
  READ_FAILURES,
  SET_ACTIVE,
} from './store.ts'

/** What somebody entered to get in. */
export interface Attempt {
  readonly by: 'email' | 'username'
  readonly name: string
  readonly password: string
  /** Where the request came from. */
  readonly address: string
  /** Who may get in this way, of those who exist, are active and gave the right password. */
  readonly admits: (user: UserSummary) => boolean
}

export type Outcome =
  | { readonly user: UserSummary }
  /** Unknown, wrong password, inactive, or nobody who may get in this way: never told apart. */
  | Refused
  | Locked

/** For how long locks have lasted, also when the clock went back. */
const ages = openAges()

/** Compared with when there is nobody of a name, so that it takes as long as a wrong password. Its password is nobody's. */
let decoy: Promise<string> | undefined

/** What a login is tried with. */
export interface LoginSystem {
  readonly store: Pick<Store, 'run' | 'inTurn'>
  readonly limits: Pick<RateLimits, 'heldOff' | 'failed' | 'passed'>
  readonly now: Instant
}

/** Tells whether somebody may get in. @param tenantId null where the login belongs to none. */
export async function logIn(system: LoginSystem, tenantId: string | null, attempt: Attempt): Promise<Outcome> {
  const guessing = { tenantId, name: attempt.name, address: attempt.address }
  return guess(system, guessing, async () => {
    const user = tenantId === null ? null : await verified(system.store, tenantId, attempt)
    return user ? { user } : REFUSED
  })
}

/** Whose secret is guessed, and from where. */
export interface Guessing {
  /** Null where it is nobody's. */
  readonly tenantId: string | null
  readonly name: string
  readonly address: string
}

type Refused = { readonly refused: true }
type Locked = { readonly lockedSeconds: number }
const REFUSED: Refused = { refused: true }

/**
 * Lets a secret be tried, and counts what was wrong: after ten failures of one name from one address it is not tried until
 * a quarter of an hour has passed, and an address that guesses at many names is held off too. What is right forgives.
 * Attempts for one name from one address wait for each other, so that many at once are no more than ten failures either.
 */
export async function guess<Right extends object>(
  system: LoginSystem,
  guessing: Guessing,
  attempt: () => Promise<Right | Refused>,
): Promise<Right | Refused | Locked> {
  const { limits } = system
  const { tenantId, name, address } = guessing
  const key = failureKey(name, address)
  const caller = key.toString('base64')
  const heldOff = limits.heldOff(address, caller)
  if (heldOff > 0) return { lockedSeconds: heldOff }
  const outcome = tenantId === null ? REFUSED : await unlessLocked(system, tenantId, key, attempt)
  // The lock is on one name: without this an address could try a password on every name there is.
  if ('refused' in outcome) limits.failed(address)
  else if (!('lockedSeconds' in outcome)) limits.passed(address, caller)
  return outcome
}

async function unlessLocked<Right extends object>(
  { store, now }: LoginSystem,
  tenantId: string,
  key: Buffer,
  attempt: () => Promise<Right | Refused>,
): Promise<Right | Refused | Locked> {
  const name = key.toString('base64')
  return store.inTurn([`login ${tenantId} ${name}`], async () => {
    const [counted] = await store.run(READ_FAILURES.with({ tenant_id: tenantId, key }))
    const age = counted ? ages.of(`${tenantId} ${name}`, instant(counted.since), now) : 0
    const locked = lockedSeconds(counted ? { failures: counted.failures, since: before(now, age / 1000) } : null, now)
    if (locked > 0) return { lockedSeconds: locked }
    const outcome = await attempt()
    if (!('refused' in outcome)) {
      if (counted) await store.run(FORGET_FAILURES.with({ tenant_id: tenantId, key }))
      return outcome
    }
    const passed = counted && age >= WINDOW_SECONDS * 1000 ? counted.since : null
    await store.run(
      COUNT_FAILURE.with({
        tenant_id: tenantId,
        key,
        now,
        window_began: before(now, WINDOW_SECONDS),
        began_ahead: passed,
      }),
    )
    return outcome
  })
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

function before(now: Instant, seconds: number): Instant {
  return new Date(Date.parse(now) - seconds * 1000).toISOString()
}

/** Forgets failures of a tenant that no lock needs any more. */
export async function purgeFailures(store: Pick<Store, 'run'>, tenantId: string, now: Instant): Promise<void> {
  await store.run(PURGE_FAILURES.with({ tenant_id: tenantId, before: before(now, WINDOW_SECONDS) }))
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

/** Lets a user in or keeps them out. The caller signals `Access.changed`. */
export async function setActive(
  { store, now }: System,
  tenantId: string,
  userId: string,
  active: boolean,
): Promise<void> {
  await store.run(SET_ACTIVE.with({ tenant_id: tenantId, user_id: userId, active, now }))
}
