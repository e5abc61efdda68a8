import type { Route } from '../../dialect.ts'
import { route } from '../../dialect.ts'
import { NEEDS, type Need } from '../auth.ts'
import { show, shownAs } from '../envelope.ts'
import { encodeSubscriber } from './codec.ts'
import { Subscriber } from './schema.ts'

export const subscriberRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v1/subscriber/getCustomerDetails',
    operationId: 'getCustomerDetails',
    summary: "Show the subscriber's own details",
    need: NEEDS.seeOwnDetails,
    answers: { 200: shownAs(Subscriber) },
    handle: async ({ ctx }) => show(encodeSubscriber(ctx.actor.user)),
  }),
]
