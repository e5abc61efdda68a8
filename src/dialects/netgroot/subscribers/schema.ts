import type { Static } from 'typebox'
import { Type } from 'typebox'
import { IdText } from '../tickets/schema.ts'

export const SubscriberQuery = Type.Object({ id: Type.Optional(IdText) })

export const Subscriber = Type.Object({
  id: Type.Integer(),
  customer_id: Type.String(),
  username: Type.String(),
  firstname: Type.String(),
  lastname: Type.String(),
  email: Type.String(),
  phone: Type.String(),
  status: Type.Union([Type.Literal('active'), Type.Literal('inactive')]),
})
export type Subscriber = Static<typeof Subscriber>
