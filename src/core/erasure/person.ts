import { eraseFiles } from '../attachments/commands.ts'
import type { Administration } from '../context.ts'
import { type Asked, workedOut } from '../idempotency/asked.ts'
import { callInput } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { tried } from '../users/commands.ts'
import { findErasable, type UserRef } from '../users/queries.ts'
import { demandErasable, demandMayErase, demandMayEraseAgain } from '../users/rules.ts'
import { USER_KEPT } from '../users/store.ts'
import { eraseProfile } from './store/person.ts'

/**
 * Erases all that is known of a person who works nowhere: name, addresses, fields, ids, what they wrote, and all of it
 * in events, kept answers and deliveries. Their tickets stay, of a person without a name. One event without content
 * stays too. Who was erased before is erased once more.
 *
 * @throws Refusal `not_found`, `forbidden`, `invalid`, `idempotency_mismatch`
 */
export async function eraseUser(ctx: Administration, asked: Asked<UserRef>): Promise<void> {
  await once(
    ctx,
    USER_KEPT,
    async () => {
      const { id, user } = await findErasable(ctx, await workedOut(asked))
      if (ctx.actor && user) demandMayErase(ctx.actor, user)
      else if (ctx.actor) demandMayEraseAgain(ctx.actor)
      else if (user) demandErasable(user)
      const erasure = eraseProfile(ctx.tenant.id, { id, ...callInput(ctx) })
      const [erased] = (await tried(() => ctx.store.run(erasure))) ?? []
      if (erased) await eraseFiles(ctx, erased.files)
      return erased?.id
    },
    ({ user }) => user ?? '',
  )
}
