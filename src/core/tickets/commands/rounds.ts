import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { earlierResult, orEarlier } from '../../idempotency/store.ts'
import { TICKETS_KEPT } from '../rows.ts'
import type { WriteOutcome } from '../store/answers.ts'
import type { ChangeCall } from '../store/change.ts'
import type { TicketOutcome, TicketRef } from '../ticket.ts'
import { provenance } from './circumstances.ts'
import { repeated, withTicket } from './outcome.ts'

/** How often a race that another process won is read and decided again before the caller is told of a conflict. */
const ROUNDS = 32

/** By whom a call is made, and its key. */
export type Made = Pick<ChangeCall, 'by' | 'idempotency'>

/** What was decided of several tickets: how they are written, or that it is so already. */
export type Decided<Answer> =
  | {
      readonly write: (made: Made) => Promise<WriteOutcome>
      /** What is answered of it. */
      readonly answer: (outcome: TicketOutcome) => Answer
    }
  | { readonly already: Answer }

/**
 * Decides and writes until nobody else was faster, one call on these tickets of this process after the other.
 *
 * @param again what is answered of a call that was made before
 */
export async function inRounds<Answer>(
  ctx: Context,
  refs: readonly TicketRef[],
  decide: () => Promise<Decided<Answer>>,
  again: (outcome: TicketOutcome) => Answer,
): Promise<Answer> {
  const lines = refs.map((ref) => `${ctx.tenant.id} ${'id' in ref ? ref.id : ref.integer}`)
  return ctx.store.inTurn(lines, () =>
    orEarlier(
      ctx,
      TICKETS_KEPT,
      () => decideInTurn(ctx, decide, again),
      async (earlier) => again(await repeated(ctx, earlier, [])),
    ),
  )
}

async function decideInTurn<Answer>(
  ctx: Context,
  decide: () => Promise<Decided<Answer>>,
  again: (outcome: TicketOutcome) => Answer,
): Promise<Answer> {
  for (let round = 1; round <= ROUNDS; round++) {
    const earlier = await earlierResult(ctx, TICKETS_KEPT)
    if (earlier) return again(await repeated(ctx, earlier, []))
    const decided = await decide()
    if ('already' in decided) return decided.already
    const outcome = await decided.write({ by: provenance(ctx), idempotency: ctx.idempotency })
    if ('done' in outcome) return decided.answer(outcome.done)
    if ('repeated' in outcome) return again(withTicket(outcome.repeated))
    if (outcome.refused === 'idempotency_mismatch') refuse({ code: 'idempotency_mismatch' })
  }
  return refuse({ code: 'conflict', message: 'The tickets kept changing at the same time. Try again.' })
}
