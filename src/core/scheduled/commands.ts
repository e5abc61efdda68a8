import { boundsOf } from '../bounds.ts'
import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { demand, may } from '../identity/actor.ts'
import { demandLiving } from '../identity/queries.ts'
import type { Instant } from '../instant.ts'
import { demandFitting } from '../messages/bounds.ts'
import { composed } from '../spelling.ts'
import { getTicket } from '../tickets/queries/find.ts'
import type { Ticket, TicketRef } from '../tickets/ticket.ts'
import { UUID } from '../uuid.ts'
import { LATEST_MS, MOST_SCHEDULED, type NewScheduled, type Scheduled } from './scheduled.ts'
import {
  CHANGE_SCHEDULED,
  COUNT_SCHEDULED,
  DELETE_SCHEDULED,
  FIND_SCHEDULED,
  INSERT_SCHEDULED,
  LIST_SCHEDULED,
  lockPlace,
  SCHEDULED_KEPT,
  scheduledOf,
} from './store.ts'

/** Only if it still has one of these versions; null for whatever it has. */
interface ScheduledPrecondition {
  readonly versions: readonly number[] | null
}

/** What a write is answered: it may have been sent, or its ticket be gone, when that is repeated. */
export interface ScheduledVersion {
  readonly id: string
  readonly version: number
}

/** What is sent later on a ticket, what is sent first before the rest; notes only with `message.read_internal`. @throws Refusal `not_found` */
export async function listScheduled(ctx: Context, ref: TicketRef): Promise<readonly Scheduled[]> {
  const ticket = await getTicket(ctx, ref)
  const rows = await ctx.store.run(LIST_SCHEDULED.with({ tenant_id: ctx.tenant.id, ticket_id: ticket.id }))
  return rows.map(scheduledOf).filter((each) => isSeen(ctx, ticket, each))
}

/** @throws Refusal `not_found` */
export async function getScheduled(ctx: Context, ref: TicketRef, id: string): Promise<Scheduled> {
  const ticket = await getTicket(ctx, ref)
  return findOn(ctx, ticket, id)
}

/**
 * Has a message sent later, by its author and with no more rights than they have now.
 *
 * @param unsentId what it was before, which goes with it; null where nothing was kept.
 * @throws Refusal `not_found`, `forbidden`, `invalid` (paths `text`, `html`, `send_at`), `conflict` for one more than there may
 * be, `idempotency_mismatch`
 */
export async function schedule(
  ctx: Context,
  ref: TicketRef,
  input: NewScheduled,
  unsentId: string | null,
): Promise<ScheduledVersion> {
  return once(
    ctx,
    SCHEDULED_KEPT,
    async () => {
      const ticket = await getTicket(ctx, ref)
      const words = wordsOf(ctx, ticket, input)
      const about = {
        ...{ id: ctx.newId(), ticket_id: ticket.id, visibility: input.visibility, unsent_id: unsentId },
        ...words,
      }
      const lock = lockPlace(ctx.tenant.id, ctx.actor.user.id, ticket.id)
      const [made] = await ctx.store.run(INSERT_SCHEDULED.with(callValues(ctx, about), lock))
      if (!made) {
        await demandLiving(ctx)
        await demandRoom(ctx)
      }
      return made
    },
    keptVersion,
  )
}

/**
 * Changes what is to be sent later. It waits again, also if it was held, and answers are counted from now on.
 *
 * @param changeOf what it becomes, which may depend on it.
 * @throws Refusal as `schedule`, and `precondition_failed`; `conflict` while it is being sent
 */
export async function changeScheduled(
  ctx: Context,
  ref: TicketRef,
  scheduledId: string,
  changeOf: (scheduled: Scheduled) => Omit<NewScheduled, 'visibility'>,
  precondition: ScheduledPrecondition,
): Promise<ScheduledVersion> {
  return once(
    ctx,
    SCHEDULED_KEPT,
    async () => {
      const ticket = await getTicket(ctx, ref)
      const found = await findOwn(ctx, ticket, scheduledId, precondition)
      const words = wordsOf(ctx, ticket, { ...changeOf(found), visibility: found.visibility })
      const about = { id: found.id, version: found.version, ...words }
      const [changed] = await ctx.store.run(CHANGE_SCHEDULED.with(callValues(ctx, about)))
      return changed
    },
    keptVersion,
  )
}

/** Cancels what is to be sent later. @throws Refusal `not_found`, `forbidden`, `precondition_failed`, `conflict` while it is being sent */
export async function cancelScheduled(
  ctx: Context,
  ref: TicketRef,
  scheduledId: string,
  precondition: ScheduledPrecondition,
): Promise<void> {
  await once(
    ctx,
    SCHEDULED_KEPT,
    async () => {
      const ticket = await getTicket(ctx, ref)
      const { id, version } = await findOwn(ctx, ticket, scheduledId, precondition)
      const [deleted] = await ctx.store.run(DELETE_SCHEDULED.with(callValues(ctx, { id, version })))
      return deleted
    },
    keptVersion,
  )
}

async function findOn(ctx: Context, ticket: Ticket, id: string): Promise<Scheduled> {
  const asked = { tenant_id: ctx.tenant.id, ticket_id: ticket.id, id: id.toLowerCase() }
  const [row] = UUID.test(id) ? await ctx.store.run(FIND_SCHEDULED.with(asked)) : []
  const found = row && scheduledOf(row)
  return found && isSeen(ctx, ticket, found) ? found : refuse({ code: 'not_found', missing: 'scheduled_message' })
}

/** Only its author changes what is said in their name. */
async function findOwn(
  ctx: Context,
  ticket: Ticket,
  id: string,
  { versions }: ScheduledPrecondition,
): Promise<Scheduled> {
  const found = await findOn(ctx, ticket, id)
  if (found.author.id !== ctx.actor.user.id)
    refuse({ code: 'forbidden', permission: found.visibility === 'public' ? 'message.reply' : 'message.note' })
  if (versions !== null && !versions.includes(found.version)) refuse({ code: 'precondition_failed' })
  return found
}

function isSeen({ actor }: Context, { deskId }: Ticket, { author }: Scheduled): boolean {
  // What is not said yet is for those who work there.
  return author.id === actor.user.id || may(actor, 'message.read_internal', deskId)
}

/** As it is written. @throws Refusal `forbidden`, `invalid` */
function wordsOf(ctx: Context, { deskId }: Ticket, input: NewScheduled) {
  const { visibility, format, attachmentIds, status, sendAt, unlessAnswered } = input
  demand(ctx.actor, visibility === 'public' ? 'message.reply' : 'message.note', deskId)
  if (status !== null) demand(ctx.actor, 'ticket.status', deskId)
  demandTime(sendAt, ctx.now)
  const text = composed(input.text)
  if (text.trim() === '' && attachmentIds.length === 0) refuseField([format], 'required', 'Must not be blank.')
  demandFitting({ text, format }, boundsOf(ctx))
  return {
    ...{ format, text, attachment_ids: attachmentIds, status, send_at: sendAt, unless_answered: unlessAnswered },
    permissions: [...ctx.actor.permissions],
  }
}

/** @throws Refusal `invalid` (path `send_at`) */
function demandTime(sendAt: Instant, now: Instant): void {
  if (sendAt <= now) refuseField(['send_at'], 'too_small', 'Must be in the future.')
  if (Date.parse(sendAt) > Date.parse(now) + LATEST_MS)
    refuseField(['send_at'], 'too_large', 'At most a year from now.')
}

/** @throws Refusal `conflict` */
async function demandRoom({ store, tenant, actor }: Context): Promise<void> {
  const [row] = await store.run(COUNT_SCHEDULED.with({ tenant_id: tenant.id, user_id: actor.user.id }))
  if ((row?.count ?? 0) >= MOST_SCHEDULED)
    refuse({ code: 'conflict', message: `A person has at most ${MOST_SCHEDULED} messages that are sent later.` })
}

/** What an earlier call with the same key made. */
function keptVersion(kept: { readonly scheduled?: string; readonly scheduled_version?: number }): ScheduledVersion {
  const { scheduled: id, scheduled_version: version } = kept
  if (id === undefined || version === undefined) refuse({ code: 'not_found', missing: 'scheduled_message' })
  return { id, version }
}
