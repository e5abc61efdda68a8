import { beginJob, cancelJob, undoJob } from '../../../core/bulk/commands.ts'
import type { BulkJob } from '../../../core/bulk/job.ts'
import { getJob, listJobs, listResults } from '../../../core/bulk/queries.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import type { Answer } from '../../wire.ts'
import type { Need } from '../auth.ts'
import { cursorAfterId, cursorAt, decodeCount, decodeId, decodeLimit } from '../paging.ts'
import { decodeNewJob, encodeBegun, encodeJob, encodeResult } from './codec.ts'
import {
  JobAnswer,
  JobListAnswer,
  JobListQuery,
  JobParams,
  NewJobBody,
  ResultListAnswer,
  ResultQuery,
} from './schema.ts'

/** What a job may use when it runs: what a change of each ticket alone may. */
const WORK: Need = ['ticket.bulk', 'ticket.read', 'ticket.change', 'ticket.status', 'ticket.assign']
/** And what its query is read by. */
const ASK: Need = [
  ...WORK,
  'message.read_internal',
  'user.read',
  'view.read',
  'view.manage',
  'message.note',
  'catalogue.manage',
]
const READ: Need = ['ticket.bulk', 'ticket.read']

export const bulkRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/v1/jobs',
    operationId: 'createJob',
    summary: 'Change many tickets: all that a query finds, or some by id, each by itself, in the background',
    need: ASK,
    body: NewJobBody,
    isText: texts('fields'),
    answers: { 202: JobAnswer },
    handle: async ({ ctx, body, services }) => {
      const job = await beginJob(ctx, decodeNewJob(ctx, body))
      services.bulkJobs.wake(ctx.tenant.id)
      return answerBegun(job)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/jobs',
    operationId: 'listJobs',
    summary: 'List your jobs of the last 30 days, the newest first; as an owner those of everybody',
    need: READ,
    query: JobListQuery,
    answers: { 200: JobListAnswer },
    handle: async ({ ctx, query }) => {
      const { jobs, next } = await listJobs(ctx, { before: decodeId(query), limit: decodeLimit(query) })
      return { status: 200, body: { data: jobs.map(encodeJob), next: next && cursorAfterId(next) } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/jobs/:id',
    operationId: 'getJob',
    summary: 'Show a job, and how far it is',
    need: READ,
    params: JobParams,
    answers: { 200: JobAnswer },
    handle: async ({ ctx, params }) => ({ status: 200, body: encodeJob(await getJob(ctx, params.id)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/jobs/:id/results',
    operationId: 'listJobResults',
    summary: 'List what came of each ticket of a job, in its order',
    need: READ,
    params: JobParams,
    query: ResultQuery,
    answers: { 200: ResultListAnswer },
    handle: async ({ ctx, params, query }) => {
      const page = { after: decodeCount(query), outcome: query.outcome ?? null, limit: decodeLimit(query) }
      const { results, next } = await listResults(ctx, params.id, page)
      return { status: 200, body: { data: results.map(encodeResult), next: next && cursorAt(next) } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/jobs/:id/cancel',
    operationId: 'cancelJob',
    summary: 'Cancel a job: what it has changed stays, and can be undone',
    need: READ,
    params: JobParams,
    answers: { 200: JobAnswer },
    handle: async ({ ctx, params }) => ({ status: 200, body: encodeJob(await cancelJob(ctx, params.id)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/jobs/:id/undo',
    operationId: 'undoJob',
    summary: 'Undo a job by another one: each ticket gets what it had, unless that would overwrite something newer',
    // And to take back what a tag was made to be.
    need: [...WORK, 'catalogue.manage'],
    params: JobParams,
    answers: { 202: JobAnswer },
    handle: async ({ ctx, params, services }) => {
      const job = await undoJob(ctx, params.id)
      services.bulkJobs.wake(ctx.tenant.id)
      return answerBegun(job)
    },
  }),
]

function answerBegun(job: BulkJob): Answer {
  return { status: 202, headers: { location: `/v1/jobs/${job.id}` }, body: encodeBegun(job) }
}
