import type { Store } from '../../storage/store.ts'
import { type Access, findAbsentActor } from '../access/access.ts'
import type { Context, RunningSystem } from '../context.ts'
import { type CoreError, Refusal } from '../errors.ts'
import { mayTenantWide, narrowed } from '../identity/actor.ts'
import { PERMISSIONS } from '../identity/permissions.ts'
import { findLiving } from '../identity/queries.ts'
import { circumstances, contentIn, namedPeople } from '../tickets/commands/circumstances.ts'
import type { ChangeDraft, TicketState } from '../tickets/drafts.ts'
import { findAllStates, findStates } from '../tickets/queries/find.ts'
import { decideOn, decideTags } from '../tickets/rules/change.ts'
import type { Circumstances } from '../tickets/rules/circumstances.ts'
import { ledTo } from '../tickets/rules/tags.ts'
import { changeBack } from '../tickets/rules/undo.ts'
import { changesInBulk } from '../tickets/store/change.ts'
import { provenanceInput } from '../tickets/store/inputs.ts'
import type { TicketChange } from '../tickets/ticket.ts'
import { MOST_TICKETS } from './job.ts'
import {
  EVENTS_SINCE,
  LEAVE_JOBS,
  type LeftTicket,
  LOOK_FOR_TAG,
  lockJob,
  NEXT_TICKETS,
  SETTLE,
  type Settled,
  TAKE_JOB,
  type TakenJob,
  TENANTS_AT_WORK,
} from './store.ts'

/** Tickets of one statement. Whoever else writes in the tenant waits for no more than these. */
const TICKETS_AT_ONCE = 200
/** How often tickets that others change at the same time are decided again. */
const ROUNDS = 32
/** For how long a worker may be silent before another one goes on, in milliseconds. */
const SILENCE_MS = 5_000
/** By how much the clocks of servers may differ, in milliseconds. */
const SKEW_MS = 60_000

/** Who works on the jobs of a tenant: each process is another one. */
export interface Worker extends RunningSystem {
  readonly id: string
  readonly tenantId: string
  readonly access: Pick<Access, 'tenant'>
}

/** The tenants in which there is something to do. */
export async function tenantsAtWork(store: Pick<Store, 'run'>): Promise<readonly string[]> {
  return (await store.run(TENANTS_AT_WORK.with({}))).map(({ tenant_id }) => tenant_id)
}

/**
 * Does the next tickets of the oldest job of a tenant that is free. What came of each is written together with its change, and
 * only while the job is this worker's: whatever dies or is slow meanwhile, none is done twice, and none is left out.
 *
 * @returns whether there was any.
 */
export async function workOn(worker: Worker): Promise<boolean> {
  const { store, tenantId } = worker
  const at = worker.clock()
  const in_ = (milliseconds: number): string => new Date(at.getTime() + milliseconds).toISOString()
  const times = { now: at.toISOString(), until: in_(SILENCE_MS), too_far: in_(SILENCE_MS + SKEW_MS) }
  const [job] = await store.run(TAKE_JOB.with({ tenant_id: tenantId, worker_id: worker.id, ...times }))
  if (!job) return false
  const asked = { tenant_id: tenantId, job_id: job.id, undoes: job.undoes, limit: TICKETS_AT_ONCE }
  let left = await store.run(NEXT_TICKETS.with(asked))
  if (left.length === 0 && job.retag !== null) {
    await lookForTag(worker, job, times)
    return true
  }
  const ctx = await contextOf(worker, job)
  const lines = left.map(({ ticket_id: id }) => `${tenantId} ${id}`)
  await store.inTurn(lines, async () => {
    for (let round = 1; left.length > 0; round++)
      left = await settle(worker, ctx, job, { left, isLast: round === ROUNDS })
  })
  return true
}

/** Tickets that have the tag of a job by now are changed by it, too. */
async function lookForTag(
  { store, newId, tenantId, id }: Worker,
  job: TakenJob,
  { now, until }: { readonly now: string; readonly until: string },
): Promise<void> {
  const { user_id: actor_id, credential_id, dialect, request_id } = job
  const call = { actor_id, credential_id, dialect, request_id, at: now, event_id: newId() }
  const work = { tenant_id: tenantId, job_id: job.id, worker_id: id }
  await store.run(LOOK_FOR_TAG.with({ ...work, until, most: MOST_TICKETS, call }, lockJob(tenantId, job.id)))
}

/** Gives back what a worker has, so that another one goes on at once. */
export async function leaveJobs({ store, id, tenantId }: Worker): Promise<void> {
  await store.run(LEAVE_JOBS.with({ tenant_id: tenantId, worker_id: id }))
}

/**
 * A call of whoever asked for a job, with no more rights than they had then, nor than they have now; null where they may not
 * change many tickets any more.
 */
async function contextOf(worker: Worker, job: TakenJob): Promise<Context | null> {
  const { store, newId, tenantId } = worker
  const [tenant, found] = await Promise.all([
    worker.access.tenant(tenantId),
    findAbsentActor(store, tenantId, job.credential_id),
  ])
  const actor =
    found &&
    narrowed(
      found,
      PERMISSIONS.filter((each) => job.permissions.includes(each)),
    )
  const needs = job.retag === null ? 'ticket.bulk' : 'catalogue.manage'
  if (actor === null || !mayTenantWide(actor, needs)) return null
  const now = worker.clock().toISOString()
  return { store, now, newId, tenant, actor, dialect: job.dialect, requestId: job.request_id, idempotency: null }
}

const FORBIDDEN: CoreError = { code: 'forbidden', permission: 'ticket.bulk' }
const GONE: CoreError = { code: 'not_found', missing: 'ticket' }
const FORGOTTEN: CoreError = { code: 'conflict', message: 'What it had before is not known any more.' }
const RESTLESS: CoreError = { code: 'conflict', message: 'The ticket kept changing at the same time.' }

/** What was decided on a ticket, and since when its requester waited before. */
type Decision = { readonly draft: ChangeDraft; readonly waited: string | null } | { readonly problem: CoreError }

/** @returns the tickets that others changed meanwhile, to be decided again; none where the job is another's by now. */
async function settle(
  worker: Worker,
  ctx: Context | null,
  job: TakenJob,
  { left, isLast }: { readonly left: readonly LeftTicket[]; readonly isLast: boolean },
): Promise<readonly LeftTicket[]> {
  const now = worker.clock()
  const decisions = await decide(ctx && { ...ctx, now: now.toISOString() }, job, left)
  const settled = left.map((ticket) => settledOf(ticket.nth, decisions.get(ticket.ticket_id), isLast))
  const drafts = [...decisions.values()].flatMap((each) =>
    !isLast && 'draft' in each && each.draft.changed ? [each.draft] : [],
  )
  const { user_id: actorId, credential_id: credentialId, dialect, request_id: requestId } = job
  const by = { actorId, credentialId, dialect, requestId, at: now.toISOString() }
  const work = { job_id: job.id, worker_id: worker.id }
  const lock = lockJob(worker.tenantId, job.id)
  const changes = drafts.length > 0 ? changesInBulk(worker.tenantId, work, { drafts, by }, lock) : lock
  const until = new Date(now.getTime() + SILENCE_MS).toISOString()
  const call = { ...provenanceInput(by), event_id: worker.newId() }
  const [row] = await worker.store.run(
    SETTLE.with({ tenant_id: worker.tenantId, ...work, until, settled, call }, changes),
  )
  return left.filter(({ nth }) => row?.left.includes(nth))
}

/** What is to be kept of a ticket. */
function settledOf(nth: number, decision: Decision = { problem: GONE }, isLast: boolean): Settled {
  const nothing = { nth, problem: null, event_id: null, events: 0, waiting_since: null }
  if ('problem' in decision) return { ...nothing, outcome: 'refused', problem: decision.problem }
  const { draft, waited } = decision
  const [first] = draft.events
  if (!draft.changed || !first) return { ...nothing, outcome: 'unchanged' }
  if (isLast) return { ...nothing, outcome: 'refused', problem: RESTLESS }
  const isOver = waited !== null && draft.state.waitingSince === null
  return {
    ...nothing,
    outcome: 'changed',
    event_id: first.id,
    events: draft.events.length,
    waiting_since: isOver ? waited : null,
  }
}

/** Decides on each ticket by itself; those that are not in the answer are not there. */
async function decide(
  ctx: Context | null,
  job: TakenJob,
  left: readonly LeftTicket[],
): Promise<ReadonlyMap<string, Decision>> {
  if (ctx === null) return new Map(left.map(({ ticket_id }) => [ticket_id, { problem: FORBIDDEN }]))
  const states = await (job.retag === null ? findStates : findAllStates)(
    ctx,
    left.map(({ ticket_id }) => ticket_id),
  )
  // After the tickets: what others record since then has changed them, and is decided again.
  const changes = await changesOf(ctx, job, left)
  if (job.retag !== null) {
    const only = job.undoes === null ? job.retag.from : null
    const retagged = (state: TicketState): Decision => {
      const change = changes.get(state.id) ?? { problem: FORGOTTEN }
      if ('problem' in change) return change
      const { addTags = [], ...rest } = change.change
      // What it is renamed to may be called something else by now.
      const anew = only === null ? addTags : addTags.map((tag) => ledTo(tag, ctx.tenant.tagWays))
      return { draft: decideTags(state, { ...rest, addTags: anew }, only, ctx), waited: null }
    }
    return new Map([...states].map(([id, state]) => [id, retagged(state)]))
  }
  const wanted = [...changes.values()].flatMap((each) => ('change' in each ? [each.change] : []))
  const assignees = new Set(wanted.flatMap((change) => namedPeople(ctx.tenant, change)))
  const people = [...(await findLiving(ctx, [...assignees])), ctx.actor.user]
  const given = circumstances(ctx, { people, uploads: new Map(), contentOf: contentIn(new Map()) }, false)
  return new Map(
    [...states].map(([id, state]) => {
      const change = changes.get(id) ?? { problem: FORGOTTEN }
      return [id, 'problem' in change ? change : decision(state, change.change, given)]
    }),
  )
}

function decision(state: TicketState, change: TicketChange, given: Circumstances): Decision {
  return refusedOr(() => ({ draft: decideOn(state, [change], given), waited: state.waitingSince }))
}

function refusedOr<Result>(work: () => Result): Result | { readonly problem: CoreError } {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.error }
    throw error
  }
}

type Wanted = { readonly change: TicketChange } | { readonly problem: CoreError }

/** What each ticket is to get: the same, or what it had before. */
async function changesOf(
  { store, tenant }: Context,
  { change, undoes }: TakenJob,
  left: readonly LeftTicket[],
): Promise<ReadonlyMap<string, Wanted>> {
  if (change !== null) return new Map(left.map(({ ticket_id }) => [ticket_id, { change }]))
  // What the other job did is forgotten with it.
  const known = left.flatMap(({ ticket_id, first_position: first, last_position: last, waiting_since }) =>
    first === null || last === null ? [] : [{ ticket_id, first, last, waitingSince: waiting_since }],
  )
  const tickets = known.map(({ ticket_id, first }) => ({ ticket_id, position: first }))
  const events = undoes === null ? [] : await store.run(EVENTS_SINCE.with({ tenant_id: tenant.id, tickets }))
  const byTicket = Map.groupBy(events, ({ ticket_id }) => ticket_id)
  return new Map(
    known.map(({ ticket_id, ...done }) => [
      ticket_id,
      refusedOr(() => ({ change: changeBack(byTicket.get(ticket_id) ?? [], done) })),
    ]),
  )
}
