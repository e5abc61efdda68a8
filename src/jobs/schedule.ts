import { StoreFull } from '../storage/failures.ts'
import type { Store } from '../storage/store.ts'
import { countReports } from './count-reports.ts'
import { mergeSearch } from './merge-search.ts'
import { purgeOldBulkJobs } from './purge-bulk-jobs.ts'
import { purgeOldClaims } from './purge-claims.ts'
import { purgeOldDeliveries } from './purge-deliveries.ts'
import { purgeOldRateBuckets } from './purge-rate-buckets.ts'
import { purgeEndedTokens } from './purge-tokens.ts'
import { renewMessages } from './renew-messages.ts'
import { sendScheduled } from './send-scheduled.ts'
import { sweepFiles } from './sweep-attachments.ts'
import { wakeTickets } from './wake-tickets.ts'

/** A job that runs again and again in every process; it must be harmless when several do it at once. */
export interface RecurringJob {
  readonly name: string
  readonly everyMs: number
  /** Whether it forgets what is old by the clock. */
  readonly forgets: boolean
  /** @param stopping aborted when the server stops: what takes long ends then, and goes on with the next run. */
  readonly run: (store: Store, now: Date, stopping: AbortSignal) => Promise<void>
}

const HOUR_MS = 3_600_000
/** An upgrade shall not wait an hour for what it mends. */
const RENEW_MS = 600_000

/** A search looks at each write that is not merged. */
const MERGE_MS = 60_000

/** Who reads a report counts what is left himself; together much is counted at little cost. */
const COUNT_MS = 30_000

/** Nobody notices by how much a ticket wakes late, or a message is sent. */
const WAKE_MS = 10_000

/** Every recurring job there is. */
export const SCHEDULE: readonly RecurringJob[] = [
  { name: 'purge claims', everyMs: HOUR_MS, forgets: true, run: purgeOldClaims },
  { name: 'purge deliveries', everyMs: HOUR_MS, forgets: true, run: purgeOldDeliveries },
  { name: 'purge bulk jobs', everyMs: HOUR_MS, forgets: true, run: purgeOldBulkJobs },
  { name: 'purge tokens', everyMs: HOUR_MS, forgets: true, run: purgeEndedTokens },
  { name: 'purge rate buckets', everyMs: HOUR_MS, forgets: true, run: purgeOldRateBuckets },
  { name: 'sweep files', everyMs: HOUR_MS, forgets: true, run: sweepFiles },
  { name: 'renew messages', everyMs: RENEW_MS, forgets: false, run: renewMessages },
  { name: 'merge search', everyMs: MERGE_MS, forgets: false, run: mergeSearch },
  { name: 'count reports', everyMs: COUNT_MS, forgets: false, run: countReports },
  { name: 'send scheduled messages', everyMs: WAKE_MS, forgets: false, run: sendScheduled },
  { name: 'wake tickets', everyMs: WAKE_MS, forgets: false, run: wakeTickets },
]

/** How far our clock may be ahead of the database's where something is forgotten by it, in milliseconds. */
const TOLERATED_MS = 60_000

/**
 * Runs a job once. By a clock that is ahead everything seems old: what others still need would be forgotten. So such a
 * server leaves it to the others.
 *
 * @throws Error when the clock is ahead, or the job's own.
 */
export async function runJob(job: RecurringJob, store: Store, now: Date, stopping: AbortSignal): Promise<void> {
  const aheadMs = job.forgets ? now.getTime() - (await store.database.clock()) : 0
  if (aheadMs > TOLERATED_MS)
    throw new Error(
      `the clock is ${Math.round(aheadMs / 1_000)} s ahead of the database's, and what is not old yet would go`,
    )
  await job.run(store, now, stopping)
}

/** Starts the schedule. A job that fails is logged and tried again at its next time. @returns how to stop it. */
export function startSchedule(store: Store, clock: () => Date, log: (message: string) => void): () => Promise<void> {
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  const timers = SCHEDULE.map((job) => {
    let busy = false
    const timer = setInterval(() => {
      if (busy) return
      busy = true
      const run = runJob(job, store, clock(), stopping.signal)
        .catch((error: unknown) => {
          // Whoever watches the disk tells of it.
          if (!(error instanceof StoreFull))
            log(`The job ${job.name} failed: ${error instanceof Error ? error.message : String(error)}`)
        })
        .finally(() => {
          busy = false
          running.delete(run)
        })
      running.add(run)
    }, job.everyMs)
    return timer.unref()
  })
  return async () => {
    for (const timer of timers) clearInterval(timer)
    stopping.abort()
    await Promise.all(running)
  }
}
