import { createHash } from 'node:crypto'
import type { Instant } from '../instant.ts'
import { networkOf } from '../limits/network.ts'
import { usernameKey } from '../spelling.ts'

/** So many failed logins of one name from one address lock it for the rest of the window. */
export const MOST_FAILURES = 10
export const WINDOW_SECONDS = 900

/** What was counted of a name and address. */
export interface Failures {
  readonly failures: number
  readonly since: Instant
}

/** For how many seconds a login has to wait; 0 when it may be tried. */
export function lockedSeconds(counted: Failures | null, now: Instant): number {
  if (!counted || counted.failures < MOST_FAILURES) return 0
  const left = WINDOW_SECONDS - (Date.parse(now) - Date.parse(counted.since)) / 1000
  return Math.max(0, Math.ceil(left))
}

/** Where failures of a name from an address are counted, however the name is written: a digest, so that no mistyped password stands in a table as a name. */
export function failureKey(name: string, address: string): Buffer {
  return createHash('sha256')
    .update(`${networkOf(address)}\n${usernameKey(name)}`)
    .digest()
}
