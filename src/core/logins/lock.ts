import type { Store } from '../../storage/store.ts'
import { openAges } from '../ages.ts'
import { type Instant, instant } from '../instant.ts'
import { lockedSeconds, WINDOW_SECONDS } from './rules.ts'
import { COUNT_FAILURE, FORGET_FAILURES, PURGE_FAILURES, READ_FAILURES } from './store.ts'

/** What was tried and is wrong. */
export type Refused = { readonly refused: true }
/** What was not tried, because too much was wrong before. */
export type Locked = { readonly lockedSeconds: number }
/** What is right as far as it goes: neither a failure, nor forgiven for. */
export type CodeNeeded = { readonly codeNeeded: true; readonly wasWrong: boolean }

export const REFUSED: Refused = { refused: true }

export interface LockSystem {
  readonly store: Pick<Store, 'run' | 'inTurn'>
  readonly now: Instant
}

/** For how long locks have lasted, also when the clock went back. */
const ages = openAges()

/**
 * Lets something be tried, unless ten failures were counted under its key in the last quarter of an hour. What is right
 * forgives those before. Attempts under one key wait for each other, so that many at once are no more than ten either.
 */
export async function unlessLocked<Right extends object>(
  { store, now }: LockSystem,
  tenantId: string,
  key: Buffer,
  attempt: () => Promise<Right | Refused | CodeNeeded>,
): Promise<Right | Refused | CodeNeeded | Locked> {
  const name = key.toString('base64')
  return store.inTurn([`login ${tenantId} ${name}`], async () => {
    const [counted] = await store.run(READ_FAILURES.with({ tenant_id: tenantId, key }))
    const age = counted ? ages.of(`${tenantId} ${name}`, instant(counted.since), now) : 0
    const locked = lockedSeconds(counted ? { failures: counted.failures, since: before(now, age / 1000) } : null, now)
    if (locked > 0) return { lockedSeconds: locked }
    const outcome = await attempt()
    if ('codeNeeded' in outcome || 'lockedSeconds' in outcome) return outcome
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

/** Forgets failures of a tenant that no lock needs any more. */
export async function purgeFailures(store: Pick<Store, 'run'>, tenantId: string, now: Instant): Promise<void> {
  await store.run(PURGE_FAILURES.with({ tenant_id: tenantId, before: before(now, WINDOW_SECONDS) }))
}

function before(now: Instant, seconds: number): Instant {
  return new Date(Date.parse(now) - seconds * 1000).toISOString()
}
