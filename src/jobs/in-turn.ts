import { setTimeout as pause } from 'node:timers/promises'
import { StoreFull } from '../storage/failures.ts'

/** How often it is looked whether another process left something behind, in milliseconds. */
const POLL_MS = 2_000

/** Work that is done in every process; what one takes no other does. */
export interface WorkInTurn {
  /** There is something to do in a tenant. */
  wake(tenantId: string): void
  stop(): Promise<void>
}

interface Work {
  /** What it is called where it fails. */
  readonly what: string
  /** The tenants in which there is something to do. */
  readonly find: () => Promise<readonly string[]>
  /** Does a little in a tenant. @returns whether there may be more */
  readonly work: (tenantId: string, tell: (error: unknown) => void, signal: AbortSignal) => Promise<boolean>
  /** Gives back what was begun in a tenant, at the end. */
  readonly leave?: (tenantId: string) => Promise<void>
  readonly log: (message: string) => void
}

/** Works in all tenants in turn, a little in each. */
export function workInTurn({ what, find, work, leave, log }: Work): WorkInTurn {
  /** Tenants in which there may be something to do. */
  const waiting = new Set<string>()
  const stopping = new AbortController()
  const { signal } = stopping
  let under: Promise<void> | null = null

  const tell = (error: unknown): void => {
    // What cannot be done now is looked for again, and whoever watches the disk tells of that.
    if (!signal.aborted && !(error instanceof StoreFull))
      log(`${what} failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  async function workOnAll(): Promise<void> {
    for (const tenantId of waiting) {
      if (signal.aborted) return
      // Behind all others, if there is more.
      waiting.delete(tenantId)
      if (await work(tenantId, tell, signal)) waiting.add(tenantId)
    }
  }

  function begin(): void {
    if (under !== null || signal.aborted) return
    under = workOnAll()
      .catch(tell)
      .finally(() => {
        under = null
        // What was woken in the last moment, or stood behind what failed.
        if (waiting.size > 0 && !signal.aborted) setImmediate(begin)
      })
  }

  function wake(tenantId: string): void {
    waiting.add(tenantId)
    begin()
  }

  async function lookAround(): Promise<void> {
    while (!signal.aborted) {
      for (const tenantId of await find().catch(() => [])) wake(tenantId)
      await pause(POLL_MS, undefined, { signal, ref: false }).catch(() => {})
    }
  }
  const looking = lookAround()

  return {
    wake,
    async stop() {
      stopping.abort()
      await Promise.all([under, looking])
      if (leave) for (const tenantId of waiting) await leave(tenantId).catch(() => {})
    },
  }
}
