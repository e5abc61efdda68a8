import type { Context } from '../context.ts'
import { ENSURE_CUSTOMER } from './store.ts'

/** Twins that make the same user at the same time settle within one or two rounds. */
const ROUNDS = 5
const UNIQUE_VIOLATION = '23505'

/**
 * Makes sure that a person with an e-mail address exists and is at least a customer of a desk. An existing user's name
 * stays. Safe to repeat and to run at the same time as its twins.
 */
export async function ensureCustomer(
  ctx: Context,
  person: { readonly email: string; readonly name: string; readonly deskId: string },
): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      await ctx.store.run({
        statement: ENSURE_CUSTOMER,
        values: [
          ctx.tenant.id,
          person.email,
          person.email.toLowerCase(),
          person.name,
          person.deskId,
          ctx.newId(),
          ctx.newId(),
          ctx.newId(),
          ctx.actor.user.id,
          ctx.actor.credential.id,
          ctx.dialect,
          ctx.requestId,
          ctx.now,
        ],
      })
      return
    } catch (error) {
      const isTwin = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
      if (!isTwin || round === ROUNDS) throw error
    }
  }
}
