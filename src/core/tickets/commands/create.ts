import { findUploads, keepPictures } from '../../attachments/commands.ts'
import { refuseUnknown } from '../../attachments/rules.ts'
import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { type Asked, workedOut } from '../../idempotency/asked.ts'
import { earlierResult, orEarlier } from '../../idempotency/store.ts'
import { demandLiving, findLiving } from '../../identity/queries.ts'
import { reachesEverybody } from '../../identity/reach.ts'
import { ensureCustomer } from '../../users/commands.ts'
import { outcomeOf, TICKETS_KEPT } from '../rows.ts'
import { decideCreate } from '../rules/create.ts'
import type { WriteOutcome } from '../store/answers.ts'
import { CREATE_TICKETS } from '../store/create.ts'
import type { NewTicket } from '../ticket.ts'
import {
  attachmentsNamed,
  type Contents,
  circumstances,
  contentIn,
  makeContents,
  namedPeople,
  provenance,
} from './circumstances.ts'
import { type OneTicket, withTicket } from './outcome.ts'

/**
 * Opens a ticket: one round trip, unless it is for an e-mail address that the desk does not know yet.
 *
 * @throws Refusal `invalid` (paths `desk`, `requester`, `assignee`, `topic`, `type`, `group`, `channel`, `form`),
 * `forbidden`, `idempotency_mismatch`.
 */
export async function createTicket(ctx: Context, asked: Asked<NewTicket>): Promise<OneTicket> {
  return orEarlier(
    ctx,
    TICKETS_KEPT,
    async () => createNow(ctx, await workedOut(asked)),
    (earlier) => withTicket(outcomeOf(earlier)),
  )
}

async function createNow(ctx: Context, input: NewTicket): Promise<OneTicket> {
  const requester = input.requester.by === 'id' && !reachesEverybody(ctx.actor) ? [input.requester.id] : []
  const named = [...namedPeople(ctx.tenant, input), ...requester].filter((id) => id !== ctx.actor.user.id)
  const contents: Contents = new Map()
  const [found, uploads] = await Promise.all([
    findLiving(ctx, named),
    findUploads(ctx, attachmentsNamed([input])),
    makeContents(ctx, contents, [input], true),
  ])
  const looked = { people: [...found, ctx.actor.user], uploads, contentOf: contentIn(contents) }
  const draft = decideCreate(input, circumstances(ctx, looked, false))
  const pictures = draft.message?.pictures ?? []
  // A repeat brings its pictures once more, and nothing takes them.
  const earlier = pictures.length > 0 ? await earlierResult(ctx, TICKETS_KEPT) : undefined
  if (earlier) return withTicket(outcomeOf(earlier))
  await keepPictures(ctx, pictures)
  const call = { draft, by: provenance(ctx), idempotency: ctx.idempotency }
  const create = ctx.store.batched(CREATE_TICKETS)
  const outcome = await create(ctx.tenant.id, call)
  if (!('refused' in outcome) || outcome.refused !== 'requester_missing' || input.requester.by !== 'email')
    return oneCreated(ctx, outcome)
  await ensureCustomer(ctx, { email: input.requester.email, name: input.requester.name, deskId: input.deskId })
  return oneCreated(ctx, await create(ctx.tenant.id, call))
}

async function oneCreated(ctx: Context, outcome: WriteOutcome): Promise<OneTicket> {
  if ('done' in outcome) return withTicket(outcome.done)
  if ('repeated' in outcome) return withTicket(outcome.repeated)
  switch (outcome.refused) {
    case 'idempotency_mismatch':
      return refuse({ code: 'idempotency_mismatch' })
    case 'requester_not_member':
      return refuse({
        code: 'invalid',
        issues: [{ path: ['requester'], rule: 'unknown', message: 'This requester has no membership on the desk.' }],
      })
    case 'person_unknown':
      await demandLiving(ctx)
      return refuse({
        code: 'invalid',
        issues: [{ path: ['author'], rule: 'unknown', message: 'This author does not exist.' }],
      })
    case 'requester_unknown':
    case 'requester_missing':
      await demandLiving(ctx)
      return refuse({
        code: 'invalid',
        issues: [{ path: ['requester'], rule: 'unknown', message: 'This requester does not exist.' }],
      })
    case 'attachment_unknown':
      return refuseUnknown()
    case 'stale':
      return refuse({ code: 'conflict', message: 'The ticket changed at the same time.' })
  }
}
