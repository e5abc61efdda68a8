import type { Instant } from '../instant.ts'
import type { Protocol, Sent } from './protocol.ts'

/** What becomes of a delivery after an attempt. */
export type Fate =
  | { readonly state: 'delivered'; readonly disables: false }
  | { readonly state: 'waiting'; readonly nextAt: Instant; readonly disables: false }
  | { readonly state: 'dead'; readonly disables: boolean }

/**
 * Any 2xx is a receipt; everything else, redirects included, is tried again by the dialect's schedule.
 *
 * @param tries how many attempts there were since the delivery was made or last replayed, this one included.
 */
export function fateAfter(
  sent: Sent,
  tries: number,
  at: Instant,
  protocol: Pick<Protocol, 'retryDelaysMs' | 'disables'>,
): Fate {
  const status = 'answer' in sent ? sent.answer.status : null
  if (status !== null && status >= 200 && status < 300) return { state: 'delivered', disables: false }
  const delay = protocol.retryDelaysMs[tries - 1]
  if (delay === undefined) return { state: 'dead', disables: protocol.disables(status) }
  return { state: 'waiting', nextAt: new Date(Date.parse(at) + delay).toISOString(), disables: false }
}
