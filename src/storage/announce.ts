import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Database } from './database.ts'

/** Words in one notification at the most: PostgreSQL takes 8,000 bytes. */
const WORDS_AT_ONCE = 200
/**
 * Rest after a notification of what was recorded, in milliseconds. Each costs as much as a ticket or two, so load must not
 * send one per flush.
 */
export const RECORDED_REST_MS = 50

/** The channel on which processes tell each other for which tenants something was recorded. */
export const RECORDED_CHANNEL = 'polydesk_recorded'

/** The channel on which processes tell each other for which tenants access or the catalogue changed. */
export const ACCESS_CHANNEL = 'polydesk_access'

const SEPARATOR = ','

/** The words of one notification. */
export function wordsIn(message: string): readonly string[] {
  return message.split(SEPARATOR)
}

/** @throws StoreUnavailable when it was not sent: who listens also looks by itself from time to time. */
export type Announce = (word: string) => Promise<void>

/**
 * Announces that something was committed, as a statement of its own after it: at once, but never more often than every
 * `restMs`. What is announced meanwhile goes together in the next one, so that many writes cost few.
 */
export function createAnnouncer(database: Pick<Database, 'notify'>, channel: string, restMs: number): Announce {
  let waiting = new Map<string, PromiseWithResolvers<void>>()
  let announcing = false

  async function announceAll(): Promise<void> {
    announcing = true
    while (waiting.size > 0) {
      // The other calls of a flush are answered in this same turn.
      await turn()
      const all = [...waiting]
      waiting = new Map(all.slice(WORDS_AT_ONCE))
      const some = all.slice(0, WORDS_AT_ONCE)
      try {
        await database.notify(channel, some.map(([word]) => word).join(SEPARATOR))
        for (const [, { resolve }] of some) resolve()
      } catch (error) {
        for (const [, { reject }] of some) reject(error)
      }
      if (restMs > 0) await sleep(restMs, undefined, { ref: false })
    }
    announcing = false
  }

  return (word) => {
    const known = waiting.get(word)
    if (known) return known.promise
    const announced = Promise.withResolvers<void>()
    waiting.set(word, announced)
    if (!announcing) void announceAll()
    return announced.promise
  }
}
