import { type Client, isProblem, pause } from './client.ts'
import type { Event } from './operations.ts'

export interface FeedOptions {
  /** After which position; `latest` for what happens from now on. */
  readonly after: number | 'latest'
  readonly signal?: AbortSignal
  /** Told once the server answers, and once it does not: for a light that says so. */
  readonly onState?: (state: 'live' | 'away') => void
}

const WAIT_SECONDS = '25'
const PAGE = '200'
const LONGEST_PAUSE_MS = 15_000

/**
 * What happens, in its order and each event once, for ever: it waits where there is none yet, and goes on where it was after
 * a failure. Whoever keeps `event.position` together with what they made of the event goes on after it next time, so that
 * each event takes effect once, whenever the reader or the server is killed.
 *
 *     for await (const event of feed(client, { after: await savedPosition() })) await apply(event)
 *
 * @throws Problem what will not change by itself: the caller is nobody, or may not read events.
 * @throws DOMException when the signal was raised.
 */
export async function* feed(client: Client, { after, signal, onState }: FeedOptions): AsyncGenerator<Event> {
  let position = String(after)
  let failures = 0
  for (;;) {
    try {
      const query = { after: position, limit: PAGE, ...(position !== 'latest' && { wait: WAIT_SECONDS }) }
      const { data, next } = await client.call('listEvents', { query, ...(signal && { signal }) })
      failures = 0
      onState?.('live')
      for (const event of data) yield event
      position = String(next)
    } catch (error) {
      const isLasting = isProblem(error) && error.status < 500 && error.status !== 429
      if (isLasting || signal?.aborted) throw error
      onState?.('away')
      failures += 1
      await pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures), signal)
    }
  }
}
