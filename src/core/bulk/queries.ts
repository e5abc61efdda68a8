import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { inSight, sightOf } from '../identity/actor.ts'
import { UUID } from '../uuid.ts'
import type { BulkJob, BulkOutcome, BulkResult } from './job.ts'
import { readerOf } from './rules.ts'
import { FIND_JOB, jobOf, LIST_JOBS, LIST_RESULTS, type ResultRow, resultOf } from './store.ts'

/** A job of whoever asks. @throws Refusal `forbidden`, `not_found` */
export async function getJob({ store, tenant, actor }: Context, id: string): Promise<BulkJob> {
  const user_id = readerOf(actor)
  const [row] = UUID.test(id)
    ? await store.run(FIND_JOB.with({ tenant_id: tenant.id, user_id, id: id.toLowerCase() }))
    : []
  return row ? jobOf(row) : refuse({ code: 'not_found', missing: 'job' })
}

/** The jobs of whoever asks, the newest first; of owners those of everybody. @throws Refusal `forbidden` */
export async function listJobs(
  { store, tenant, actor }: Context,
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<{ readonly jobs: readonly BulkJob[]; readonly next: string | null }> {
  const user_id = readerOf(actor)
  const rows = await store.run(LIST_JOBS.with({ tenant_id: tenant.id, user_id, before, limit: limit + 1 }))
  const shown = rows.slice(0, limit)
  return { jobs: shown.map(jobOf), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
}

/**
 * What came of the tickets of a job, in its order: a page after a place.
 *
 * @param page with an outcome only those of it.
 * @throws Refusal `forbidden`, `not_found`
 */
export async function listResults(
  ctx: Context,
  jobId: string,
  { after, outcome, limit }: { readonly after: number; readonly outcome: BulkOutcome | null; readonly limit: number },
): Promise<{ readonly results: readonly BulkResult[]; readonly next: number | null }> {
  const { id } = await getJob(ctx, jobId)
  const asked = { tenant_id: ctx.tenant.id, job_id: id, after, outcome, limit: limit + 1 }
  const rows = await ctx.store.run(LIST_RESULTS.with(asked))
  const sight = sightOf(ctx.actor)
  const isSeen = ({ desk_id: deskId, requester_id: requester }: ResultRow): boolean =>
    deskId !== null && inSight(sight, { deskId, requester: requester === null ? null : { id: requester } })
  const shown = rows.slice(0, limit)
  return {
    results: shown.map((row) => resultOf(row, isSeen(row))),
    next: rows.length > limit ? (shown.at(-1)?.nth ?? null) : null,
  }
}
