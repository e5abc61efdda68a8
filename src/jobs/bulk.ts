import { setTimeout as pause } from 'node:timers/promises'
import { leaveJobs, tenantsAtWork, type Worker, workOn } from '../core/bulk/work.ts'
import { type WorkInTurn, workInTurn } from './in-turn.ts'

/**
 * Works on the bulk jobs of all tenants in turn, a few tickets of each, one after the other: single calls go before them.
 *
 * @param system with the id of this process.
 */
export function startBulkJobs(system: Omit<Worker, 'tenantId'>, log: (message: string) => void): WorkInTurn {
  return workInTurn({
    what: 'Working on bulk jobs',
    find: () => tenantsAtWork(system.store),
    async work(tenantId, _tell, signal) {
      const began = performance.now()
      const isMore = await workOn({ ...system, tenantId })
      // Where others are at work, they get as much time as this did.
      if (isMore && system.store.database.connections().busy > 0)
        await pause(performance.now() - began, undefined, { signal, ref: false }).catch(() => {})
      return isMore
    },
    leave: (tenantId) => leaveJobs({ ...system, tenantId }),
    log,
  })
}
