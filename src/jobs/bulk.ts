import { setTimeout as pause } from 'node:timers/promises'
import { leaveJobs, tenantsAtWork, type Worker, workOn } from '../core/bulk/work.ts'
import { StoreFull } from '../storage/failures.ts'

/** How often it is looked whether another process left something behind, in milliseconds. */
const POLL_MS = 2_000

/** Does what bulk jobs ask for, in every process; what one takes no other does. */
export interface BulkJobs {
  /** A job was begun in a tenant. */
  wake(tenantId: string): void
  stop(): Promise<void>
}

/**
 * Works on the jobs of all tenants in turn, a few tickets of each, one after the other: single calls go before them.
 *
 * @param system with the id of this process.
 */
export function startBulkJobs(system: Omit<Worker, 'tenantId'>, log: (message: string) => void): BulkJobs {
  /** Tenants in which there may be something to do. */
  const waiting = new Set<string>()
  const stopping = new AbortController()
  let work: Promise<void> | null = null

  async function workOnAll(): Promise<void> {
    for (const tenantId of waiting) {
      if (stopping.signal.aborted) return
      // Behind all others, if there is more.
      waiting.delete(tenantId)
      const began = performance.now()
      if (!(await workOn({ ...system, tenantId }))) continue
      waiting.add(tenantId)
      if (system.store.database.connections().busy > 0) await rest(performance.now() - began)
    }
  }

  /** Where others are at work, they get as much time as this did. */
  async function rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
  }

  function begin(): void {
    if (work !== null || stopping.signal.aborted) return
    work = workOnAll()
      .catch((error: unknown) => {
        // What cannot be done now is looked for again.
        if (!stopping.signal.aborted && !(error instanceof StoreFull))
          log(`Working on bulk jobs failed: ${error instanceof Error ? error.message : String(error)}`)
      })
      .finally(() => {
        work = null
      })
  }

  function wake(tenantId: string): void {
    waiting.add(tenantId)
    begin()
  }

  async function lookAround(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const tenantId of await tenantsAtWork(system.store).catch(() => [])) wake(tenantId)
      await pause(POLL_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }
  const looking = lookAround()

  return {
    wake,
    async stop() {
      stopping.abort()
      await Promise.all([work, looking])
      for (const tenantId of waiting) await leaveJobs({ ...system, tenantId }).catch(() => {})
    },
  }
}
