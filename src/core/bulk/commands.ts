import { demandMayManage } from '../catalogue/commands.ts'
import type { Context } from '../context.ts'
import { Refusal, refuse, refuseField } from '../errors.ts'
import { type Asked, workedOut } from '../idempotency/asked.ts'
import { callValues } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { findLiving } from '../identity/queries.ts'
import { demandQuery, idsOfTickets } from '../query/list.ts'
import { bothOf } from '../query/resolve.ts'
import { namedPeople } from '../tickets/commands/circumstances.ts'
import { idsThatStay } from '../tickets/queries/find.ts'
import { fieldsWith } from '../tickets/rules/field-values.ts'
import { checkReferences, unknown } from '../tickets/rules/references.ts'
import { getView } from '../views/queries.ts'
import { type BulkChange, type BulkChoice, type BulkJob, MOST_RUNNING, MOST_TICKETS } from './job.ts'
import { getJob } from './queries.ts'
import { demandSome, demandUndoable, readerOf } from './rules.ts'
import { CANCEL_JOB, COUNT_RUNNING, INSERT_JOB, INSERT_UNDO, JOB_KEPT, lockJob, lockJobs } from './store.ts'

/**
 * Begins a change of many tickets. Which these are is fixed now; each is changed, or not, by what its rules and the rights of
 * whoever asked say when it is its turn.
 *
 * @throws Refusal `forbidden`, `not_found` (a view), `invalid` (paths `query`, `tickets`, `change`), `conflict` for one more
 * than may be under way, `idempotency_mismatch`
 */
export async function beginJob(
  ctx: Context,
  input: { readonly choice: BulkChoice; readonly change: Asked<BulkChange> },
): Promise<BulkJob> {
  readerOf(ctx.actor)
  const id = await once(
    ctx,
    JOB_KEPT,
    async () => {
      const change = await workedOut(input.change)
      demandSome(change)
      await demandNamed(ctx, change)
      const ticket_ids = await ticketsOf(ctx, input.choice)
      const { query, viewId } = 'query' in input.choice ? input.choice : { query: null, viewId: null }
      await demandRoom(ctx)
      const about = { id: ctx.newId(), ...rightsOf(ctx), view_id: viewId, query, change, ticket_ids }
      const [made] = await ctx.store.run(INSERT_JOB.with(callValues(ctx, about), lockJobs(ctx.tenant.id, null)))
      return made?.id
    },
    keptId,
  )
  return getJob(ctx, id)
}

/**
 * Begins to take a job back: each ticket that it changed gets what it had, unless something newer would be overwritten.
 *
 * @throws Refusal `forbidden`, `not_found`, `conflict` where it is under way, was taken back already, or takes one back itself
 */
export async function undoJob(ctx: Context, jobId: string): Promise<BulkJob> {
  readerOf(ctx.actor)
  const id = await once(
    ctx,
    JOB_KEPT,
    async () => {
      const job = await getJob(ctx, jobId)
      if (job.retag !== null) demandMayManage(ctx, 'catalogue.manage')
      demandUndoable(job, job.undoneBy === null ? null : await getJob(ctx, job.undoneBy))
      await demandRoom(ctx)
      const about = { id: ctx.newId(), undoes: job.id, ...rightsOf(ctx) }
      const [made] = await ctx.store.run(INSERT_UNDO.with(callValues(ctx, about), lockJobs(ctx.tenant.id, job.id)))
      return made?.id
    },
    keptId,
  )
  return getJob(ctx, id)
}

/** Ends a job: what it changed stays, and can be taken back. One that ended is left as it is. @throws Refusal `forbidden`, `not_found` */
export async function cancelJob(ctx: Context, jobId: string): Promise<BulkJob> {
  readerOf(ctx.actor)
  const id = await once(
    ctx,
    JOB_KEPT,
    async () => {
      const { id, state } = await getJob(ctx, jobId)
      if (state !== 'running') return id
      const [ended] = await ctx.store.run(CANCEL_JOB.with(callValues(ctx, { id }), lockJob(ctx.tenant.id, id)))
      return ended?.id
    },
    keptId,
  )
  return getJob(ctx, id)
}

/** What whoever asks may do at the most, also when their key has more by then. */
export function rightsOf({ actor }: Pick<Context, 'actor'>) {
  return { permissions: [...actor.permissions] }
}

/** Refuses a change that names what is not there. @throws Refusal `invalid` (paths beginning with `change`) */
export async function demandNamed(ctx: Context, change: BulkChange): Promise<void> {
  try {
    checkReferences(ctx.tenant, change)
    const found = await findLiving(ctx, namedPeople(ctx.tenant, change))
    const people = new Map([...found, ctx.actor.user].map((user) => [user.id, user]))
    const { assigneeId, fields } = change
    if (assigneeId && !found.some(({ id }) => id === assigneeId))
      refuse({ code: 'invalid', issues: [unknown('assignee')] })
    fieldsWith({}, fields, { ...ctx, people })
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    const issues = error.error.issues.map((issue) => ({ ...issue, path: ['change', ...issue.path] }))
    refuse({ code: 'invalid', issues })
  }
}

/** @throws Refusal `not_found`, `invalid` (paths `query`, `tickets`) */
async function ticketsOf(ctx: Context, choice: BulkChoice): Promise<readonly string[]> {
  if ('ticketIds' in choice) {
    const ids = [...new Set(choice.ticketIds)]
    if (ids.length > MOST_TICKETS) refuseMany('tickets', `At most ${MOST_TICKETS} tickets.`)
    return idsThatStay(ctx, ids)
  }
  const view = choice.viewId === null ? null : await getView(ctx, choice.viewId)
  const ofView = view ? await demandQuery(ctx, view.query, 'view') : {}
  const conditions = bothOf(ofView, await demandQuery(ctx, choice.query, 'query'))
  const ids = await idsOfTickets(ctx, conditions, MOST_TICKETS)
  return ids ?? refuseMany('query', `It finds more than ${MOST_TICKETS} tickets, or its words are in too many.`)
}

function refuseMany(field: string, message: string): never {
  return refuseField([field], 'too_large', message, MOST_TICKETS)
}

/** That there are not as many under way already as may be; the statement sees to it once more. @throws Refusal `conflict` */
async function demandRoom({ store, tenant }: Context): Promise<void> {
  const [row] = await store.run(COUNT_RUNNING.with({ tenant_id: tenant.id }))
  if ((row?.count ?? 0) >= MOST_RUNNING)
    refuse({ code: 'conflict', message: `At most ${MOST_RUNNING} jobs are under way at once.` })
}

/** The job that an earlier call with the same key was about. */
function keptId({ bulk_job: id }: { readonly bulk_job?: string }): string {
  return id ?? refuse({ code: 'not_found', missing: 'job' })
}
