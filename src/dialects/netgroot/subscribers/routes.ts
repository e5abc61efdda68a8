import type { Context } from '../../../core/context.ts'
import { refuse } from '../../../core/errors.ts'
import { asReached } from '../../../core/identity/reach.ts'
import type { UserSummary } from '../../../core/identity/user.ts'
import { findProfile } from '../../../core/users/queries.ts'
import type { Route } from '../../route.ts'
import { route } from '../../route.ts'
import { isSubscriber, NEEDS, type Need } from '../auth.ts'
import { show, shownAs } from '../envelope.ts'
import { encodeSubscriber } from './codec.ts'
import { Subscriber, SubscriberQuery } from './schema.ts'

export const subscriberRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v1/subscriber/getCustomerDetails',
    operationId: 'getCustomerDetails',
    summary: "Show the subscriber's own details, or to staff those of the subscriber by `id`",
    need: NEEDS.seeDetails,
    query: SubscriberQuery,
    answers: { 200: shownAs(Subscriber) },
    handle: async ({ ctx, query }) => show(encodeSubscriber(await subscriberAsked(ctx, query.id))),
  }),
]

/**
 * Whose details are shown. ISPCRM reference, Get Customer Details, knows the caller's own only; that staff name one by the
 * id that tickets show is ours, in the vendor's way to select a record. To a subscriber nobody else is there.
 *
 * @throws Refusal `not_found`, also for staff who name nobody: they are no subscribers
 */
async function subscriberAsked(ctx: Context, id: string | undefined): Promise<UserSummary> {
  const { user } = ctx.actor
  const asked = id === undefined || Number(id) === user.integer ? user : await otherUser(ctx, Number(id))
  if (!asked || !isSubscriber({ user: asked })) refuse({ code: 'not_found', missing: 'user' })
  return asked
}

async function otherUser(ctx: Context, integer: number): Promise<UserSummary | null> {
  const user = isSubscriber(ctx.actor) ? null : await findProfile(ctx, { integer })
  return user && asReached(ctx.actor, user)
}
