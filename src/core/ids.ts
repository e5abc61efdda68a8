import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const ID_BYTES = 16
/** Randomness is fetched for so many ids at a time: fetched for each, it would cost more than all else of making one. */
const IDS_AT_ONCE = 256
/** Sequences begin below this, so that a millisecond's ids don't come to the end of their 32 bits. */
const HIGHEST_FIRST = 2 ** 31

/**
 * Makes UUIDs of version 7 (RFC 9562) that sort in the order in which they were made.
 *
 * @param clock milliseconds since the epoch; it may stand still or go back.
 */
export function createIds(clock: () => number = Date.now): () => string {
  const pool = Buffer.alloc(ID_BYTES * IDS_AT_ONCE)
  let used = pool.length
  let latest = -1
  let sequence = 0

  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const random = pool.subarray(used, used + ID_BYTES)
    used += ID_BYTES
    const now = clock()
    if (now > latest) {
      latest = now
      sequence = random.readUInt32BE(6) % HIGHEST_FIRST
    } else sequence += 1
    return v7({ random, msecs: latest, seq: sequence })
  }
}
