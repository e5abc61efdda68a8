import { check, fine, warning } from './check.ts'

/** How far clocks may differ before it is told, in milliseconds. */
const TOLERATED_MS = 2_000

/** Whether our clock and the database's agree. Times are made by this process, rates are shared with others. */
export const clock = check('clock', ({ server: { aheadMs } }) => {
  if (Math.abs(aheadMs) <= TOLERATED_MS) return fine('The clock agrees with that of the database.')
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1)
  return warning(
    `The clock of this computer is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the database: set both by a time server.`,
  )
})
