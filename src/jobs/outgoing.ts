import { setTimeout as pause } from 'node:timers/promises'
import type { Posted } from '../core/mail/outgoing/fate.ts'
import { LATE_MS, measureLetters } from '../core/mail/outgoing/outbox.ts'
import { endWhereNobodyWrites, type OutgoingSystem, sendLetters, tenantsThatWrite } from '../core/mail/outgoing/send.ts'
import { StoreFull } from '../storage/failures.ts'

/** How often it is looked whether a signal was lost, in milliseconds. */
const POLL_MS = 10_000
/** Tenants whose mail is sent side by side: one with many letters, or whose relay is slow, holds up no other. */
const TENANTS_AT_ONCE = 8

/** Sends the mail of all tenants, in every process; what one takes no other does. */
export interface OutgoingMail {
  /** Something was recorded for a tenant. */
  wake(tenantId: string): void
  /** How the attempts of this process ended so far. */
  attempts(): Readonly<Record<Posted['is'], number>>
  stop(): Promise<void>
}

const NO_ATTEMPTS = { taken: 0, refused: 0, later: 0, unknown: 0 }

/** A server without a relay sends nothing, and makes no letters. */
export const NO_OUTGOING_MAIL: OutgoingMail = { wake() {}, attempts: () => NO_ATTEMPTS, async stop() {} }

/** Works on some tenants at a time; each is looked at again when something was recorded, or is due. */
export function startOutgoingMail(
  system: Omit<OutgoingSystem, 'tenantId'>,
  log: (message: string) => void,
): OutgoingMail {
  const known = new Set<string>()
  /** Tenants in which there is something to do, and those in which somebody is at it. */
  const waiting = new Set<string>()
  const working = new Map<string, Promise<void>>()
  const timers = new Map<string, NodeJS.Timeout>()
  const stopping = new AbortController()
  const isOver = (): boolean => stopping.signal.aborted
  const attempts: Record<Posted['is'], number> = { ...NO_ATTEMPTS }
  let wasLate = false

  const post: OutgoingSystem['post'] = async (raw, envelope) => {
    const posted = await system.post(raw, envelope)
    attempts[posted.is] += 1
    if (posted.is === 'refused')
      log('A mail server refused a letter for good: GET /v1/letters?state=refused tells why.')
    return posted
  }

  const tell = (error: unknown): void => {
    // What cannot be done now is looked for again.
    if (!isOver() && !(error instanceof StoreFull))
      log(`Sending mail failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  async function workOn(tenantId: string): Promise<void> {
    const nextAt = await sendLetters({ ...system, post, tenantId }, isOver)
    clearTimeout(timers.get(tenantId))
    if (nextAt !== null && !isOver()) wakeAt(tenantId, Date.parse(nextAt))
  }

  function begin(): void {
    for (const tenantId of waiting) {
      if (isOver() || working.size >= TENANTS_AT_ONCE) return
      if (working.has(tenantId)) continue
      waiting.delete(tenantId)
      const work = workOn(tenantId)
        .catch(tell)
        .finally(() => {
          working.delete(tenantId)
          begin()
        })
      working.set(tenantId, work)
    }
  }

  function wakeAt(tenantId: string, at: number): void {
    const wait = Math.max(at - system.clock().getTime(), 0) + 1
    // What is due later than it is looked around is found then.
    if (wait < POLL_MS) timers.set(tenantId, setTimeout(() => wake(tenantId), wait).unref())
  }

  function wake(tenantId: string): void {
    if (isOver() || !known.has(tenantId)) return
    waiting.add(tenantId)
    begin()
  }

  /** Told when it begins: how long it goes on is told by the metrics. */
  async function watch(): Promise<void> {
    const { oldest } = await measureLetters(system)
    const isLate = oldest !== null && Date.parse(oldest) < system.clock().getTime() - LATE_MS
    if (isLate && !wasLate) log('Mail has waited for an hour to be sent: GET /v1/letters?state=waiting tells why.')
    wasLate = isLate
  }

  async function lookAround(): Promise<void> {
    while (!isOver()) {
      await endWhereNobodyWrites(system).catch(() => {})
      for (const { tenantId, isDue } of await tenantsThatWrite(system).catch(() => [])) {
        known.add(tenantId)
        if (isDue) wake(tenantId)
      }
      await watch().catch(() => {})
      await pause(POLL_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }
  const looking = lookAround()

  return {
    wake,
    attempts: () => attempts,
    async stop() {
      stopping.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all([...working.values(), looking])
    },
  }
}
