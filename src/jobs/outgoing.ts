import { setTimeout as pause } from 'node:timers/promises'
import { type OutgoingSystem, sendLetters, tenantsThatWrite } from '../core/mail/outgoing/send.ts'
import { StoreFull } from '../storage/failures.ts'

/** How often it is looked whether a signal was lost, in milliseconds. */
const POLL_MS = 10_000

/** Sends the mail of all tenants, in every process; what one takes no other does. */
export interface OutgoingMail {
  /** Something was recorded for a tenant. */
  wake(tenantId: string): void
  stop(): Promise<void>
}

/** A server without a relay sends nothing, and makes no letters. */
export const NO_OUTGOING_MAIL: OutgoingMail = { wake() {}, async stop() {} }

/** Works on the tenants in turn; each is looked at again when something was recorded, or is due. */
export function startOutgoingMail(
  system: Omit<OutgoingSystem, 'tenantId'>,
  log: (message: string) => void,
): OutgoingMail {
  const known = new Set<string>()
  const waiting = new Set<string>()
  const timers = new Map<string, NodeJS.Timeout>()
  const stopping = new AbortController()
  const isOver = (): boolean => stopping.signal.aborted
  let work: Promise<void> | null = null

  async function workOnAll(): Promise<void> {
    for (const tenantId of waiting) {
      if (isOver()) return
      waiting.delete(tenantId)
      const nextAt = await sendLetters({ ...system, tenantId }, isOver)
      clearTimeout(timers.get(tenantId))
      if (nextAt !== null && !isOver()) wakeAt(tenantId, Date.parse(nextAt))
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
    work ??= workOnAll()
      .catch((error: unknown) => {
        // What cannot be done now is looked for again.
        if (!isOver() && !(error instanceof StoreFull))
          log(`Sending mail failed: ${error instanceof Error ? error.message : String(error)}`)
      })
      .finally(() => {
        work = null
        // What was woken in the last moment.
        for (const next of waiting) wake(next)
      })
  }

  async function lookAround(): Promise<void> {
    while (!isOver()) {
      for (const { tenantId, isDue } of await tenantsThatWrite(system).catch(() => [])) {
        known.add(tenantId)
        if (isDue) wake(tenantId)
      }
      await pause(POLL_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }
  const looking = lookAround()

  return {
    wake,
    async stop() {
      stopping.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all([work, looking])
    },
  }
}
