import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Database } from './database.ts'

/** Words in one notification at the most: PostgreSQL takes 8,000 bytes. */
const WORDS_AT_ONCE = 200
/** Rest after a notification, in milliseconds. Each costs as much as a ticket or two, so load must not send one per flush. */
const REST_MS = 50

/** The channel on which processes tell each other for which tenants something was recorded. */
export const RECORDED_CHANNEL = 'polydesk_recorded'

const SEPARATOR = ','

/** The words of one notification. */
export function wordsIn(message: string): readonly string[] {
  return message.split(SEPARATOR)
}

/**
 * Announces that something was committed, as a statement of its own after it: at once, but never more often than every
 * `REST_MS`. What is announced meanwhile goes together in the next one, so that many writes cost few. One that fails is
 * lost: who listens also looks by itself from time to time.
 */
export function createAnnouncer(database: Pick<Database, 'notify'>, channel: string): (word: string) => void {
  let waiting = new Set<string>()
  let announcing = false

  async function announceAll(): Promise<void> {
    announcing = true
    while (waiting.size > 0) {
      // The other calls of a flush are answered in this same turn.
      await turn()
      const words = [...waiting]
      waiting = new Set(words.slice(WORDS_AT_ONCE))
      await database.notify(channel, words.slice(0, WORDS_AT_ONCE).join(SEPARATOR)).catch(() => {})
      await sleep(REST_MS, undefined, { ref: false })
    }
    announcing = false
  }

  return (word) => {
    waiting.add(word)
    if (!announcing) void announceAll()
  }
}
