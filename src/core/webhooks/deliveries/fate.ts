import type { Instant } from '../../instant.ts'
import type { Protocol, Sent, SentAnswer } from '../protocol.ts'

/** What becomes of a delivery after an attempt, and of its webhook. */
export interface Fate {
  readonly state: 'delivered' | 'waiting' | 'dead'
  /** When it is tried next; null when it is not. */
  readonly nextAt: Instant | null
  readonly disables: 'failures' | 'gone' | null
  /** Until when the receiver wants to be left alone with other deliveries too. */
  readonly restsUntil: Instant | null
}

const GONE = 410
/** Too Many Requests and Service Unavailable: what a Retry-After says of them counts for all that goes to the receiver. */
const TOO_MUCH: readonly (number | null)[] = [429, 503]
/** The longest that a receiver may ask to be left alone, in milliseconds: as long as the longest pause of a schedule. */
const LONGEST_REST_MS = 86_400_000

/**
 * Any 2xx is a receipt. 410 disables the webhook at once; the delivery waits until somebody enables it again. Everything
 * else, redirects included, is tried again by the dialect's schedule, and not before the receiver asked to be.
 *
 * @param tries how many attempts there were since the delivery was made or last replayed, this one included.
 * @param at when the attempt ended.
 */
export function fateAfter(
  sent: Sent,
  tries: number,
  at: Instant,
  protocol: Pick<Protocol, 'retryDelaysMs' | 'disables'>,
): Fate {
  const answer = 'answer' in sent ? sent.answer : null
  const status = answer?.status ?? null
  const fate = { nextAt: null, disables: null, restsUntil: null } as const
  if (status !== null && status >= 200 && status < 300) return { ...fate, state: 'delivered' }
  if (status === GONE) return { ...fate, state: 'waiting', nextAt: at, disables: 'gone' }
  const rest = answer && TOO_MUCH.includes(status) ? restAskedFor(answer, at) : 0
  const restsUntil = rest > 0 ? later(at, rest) : null
  const delay = protocol.retryDelaysMs[tries - 1]
  if (delay === undefined)
    return { ...fate, state: 'dead', disables: protocol.disables(status) ? 'failures' : null, restsUntil }
  return { ...fate, state: 'waiting', nextAt: later(at, Math.max(delay, rest)), restsUntil }
}

function later(at: Instant, milliseconds: number): Instant {
  return new Date(Date.parse(at) + milliseconds).toISOString()
}

/**
 * How long an answer asks to be left alone, in milliseconds, within bounds; 0 when it does not or cannot be understood.
 * A date is compared with the receiver's own clock, where it tells that.
 *
 * Source: RFC 9110, 10.2.3
 */
function restAskedFor({ headers }: SentAnswer, at: Instant): number {
  const asked = headers['retry-after']?.trim() ?? ''
  const milliseconds = /^\d{1,10}$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - dateOf(headers, at)
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds, 0), LONGEST_REST_MS) : 0
}

function dateOf(headers: SentAnswer['headers'], at: Instant): number {
  const date = Date.parse(headers['date'] ?? '')
  return Number.isFinite(date) ? date : Date.parse(at)
}
