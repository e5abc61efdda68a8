import { setTimeout as pause } from 'node:timers/promises'
import { tenantsWithMail, workOnMail } from '../core/mail/intake/commands.ts'
import type { MailOffice } from '../core/mail/intake/project.ts'
import { StoreFull } from '../storage/failures.ts'

/** How often it is looked for what another process left behind, in milliseconds. */
const POLL_MS = 2_000

/** Files mail that was handed over, in every process; what one takes no other does. */
export interface MailWork {
  /** Mail was handed over in a tenant. */
  wake(tenantId: string): void
  stop(): Promise<void>
}

/** Files the mail of all tenants in turn, a few of each. */
export function startMailWork(office: MailOffice, log: (message: string) => void): MailWork {
  /** Tenants in which mail may wait. */
  const waiting = new Set<string>()
  const stopping = new AbortController()
  let work: Promise<void> | null = null

  const tell = (error: unknown): void => {
    // What cannot be done now is done later, and whoever watches the disk tells of that.
    if (!stopping.signal.aborted && !(error instanceof StoreFull))
      log(`Filing mail failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  async function workOnAll(): Promise<void> {
    for (const tenantId of waiting) {
      if (stopping.signal.aborted) return
      // Behind all others, if there is more.
      waiting.delete(tenantId)
      if (await workOnMail(office, tenantId, tell)) waiting.add(tenantId)
    }
  }

  function begin(): void {
    if (work !== null || stopping.signal.aborted) return
    work = workOnAll()
      .catch(tell)
      .finally(() => {
        work = null
        if (waiting.size > 0 && !stopping.signal.aborted) setImmediate(begin)
      })
  }

  function wake(tenantId: string): void {
    waiting.add(tenantId)
    begin()
  }

  async function lookAround(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const tenantId of await tenantsWithMail(office.store).catch(() => [])) wake(tenantId)
      await pause(POLL_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }
  const looking = lookAround()

  return {
    wake,
    async stop() {
      stopping.abort()
      await Promise.all([work, looking])
    },
  }
}
