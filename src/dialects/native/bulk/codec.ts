import type { beginJob } from '../../../core/bulk/commands.ts'
import type { BulkChange, BulkChoice, BulkJob, BulkResult } from '../../../core/bulk/job.ts'
import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import { changeForMany } from '../../../core/macros/run.ts'
import { answerError } from '../../wire.ts'
import { errors } from '../errors.ts'
import { decodeChange } from '../tickets/codec.ts'
import type { FilingBody, JobAnswer, NewJobBody, ResultAnswer } from './schema.ts'

/** Which tickets get which change. @throws Refusal `invalid` */
export function decodeNewJob(ctx: Context, body: NewJobBody): Parameters<typeof beginJob>[1] {
  const { change, macro } = body
  if (change !== undefined && macro !== undefined)
    refuseField(['macro'], 'not_allowed', 'Send change or macro, not both.')
  if (macro !== undefined) return { choice: decodeChoice(body), change: () => changeForMany(ctx, macro) }
  if (change === undefined) refuseField(['change'], 'required', 'A change or a macro is required.')
  return { choice: decodeChoice(body), change: decodeChange(change) }
}

function decodeChoice({ query, view, tickets }: NewJobBody): BulkChoice {
  if (tickets !== undefined) {
    if (query !== undefined) refuseField(['query'], 'not_allowed', 'Send query or tickets, not both.')
    if (view !== undefined) refuseField(['view'], 'not_allowed', 'Goes with query only.')
    return { ticketIds: tickets.map((id) => id.toLowerCase()) }
  }
  // An empty query finds everything, which nobody shall ask for by leaving it out.
  if (query === undefined) refuseField(['query'], 'required', 'A query or tickets are required.')
  return { query, viewId: view ?? null }
}

/** How a ticket is filed, by the names of this API. */
export function encodeFiling(change: BulkChange): FilingBody {
  const { status, priority, topicId, typeId, groupId, assigneeId, addTags, removeTags, fields } = change
  return {
    ...(status !== undefined && { status: status.to }),
    ...(priority !== undefined && { priority }),
    ...(topicId !== undefined && { topic: topicId }),
    ...(typeId !== undefined && { type: typeId }),
    ...(groupId !== undefined && { group: groupId }),
    ...(assigneeId !== undefined && { assignee: assigneeId }),
    ...(addTags !== undefined && { add_tags: [...addTags] }),
    ...(removeTags !== undefined && { remove_tags: [...removeTags] }),
    ...(fields !== undefined && { fields }),
  }
}

export function encodeJob(job: BulkJob): JobAnswer {
  const { id, state, query, undoes, total, changed, unchanged, refused } = job
  return {
    ...{ id, state, user: job.userId, query, view: job.viewId, undoes },
    change: job.change && encodeFiling(job.change),
    undone_by: job.undoneBy,
    ...{ total, done: changed + unchanged + refused, changed, unchanged, refused },
    created_at: job.createdAt,
    finished_at: job.finishedAt,
  }
}

/** A job as it was when it began: what a repeat is answered, however far it is by then. */
export function encodeBegun(job: BulkJob): JobAnswer {
  const isOver = job.total === 0
  const begun = { undoneBy: null, changed: 0, unchanged: 0, refused: 0, finishedAt: isOver ? job.createdAt : null }
  return encodeJob({ ...job, ...begun, state: isOver ? 'done' : 'running' })
}

export function encodeResult({ ticketId, outcome, problem, ticket }: BulkResult): ResultAnswer {
  const { number = null, title = null } = ticket ?? {}
  return { ticket: ticketId, number, title, outcome, problem: problem && answerError(errors, problem).body }
}
