import { type Static, Type } from 'typebox'
import { DELIVERY_STATES } from '../../../core/webhooks/deliveries/delivery.ts'
import { DISABLED_BY, type DisabledBy } from '../../../core/webhooks/webhook.ts'
import { DeskName } from '../names.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, instant, instantOrNull, listOf, objectOrNull, textOrNull, word } from '../shapes.ts'

// --- requests ---------------------------------------------------------------------------------------------------------

export const WebhookParams = Type.Object({ id: Type.String({ description: 'UUID of the webhook.' }) })
export const DeliveryParams = Type.Object({
  id: Type.String({ description: 'UUID of the webhook.' }),
  delivery: Type.String({ description: 'UUID of the delivery.' }),
})

const events = Type.Array(Type.String(), {
  minItems: 1,
  maxItems: 100,
  description:
    "Names of events as the dialect calls them; * is all, where the dialect has that. The dialect's usual ones by default.",
})

export const NewWebhookBody = closed({
  url: Type.String({ maxLength: 2048 }),
  dialect: Type.Optional(
    Type.String({
      description: 'Whose payloads, signature and retries: native (default), spacebring, moov, omnidesk.',
    }),
  ),
  desk: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      format: 'uuid',
      description: 'Only events of this desk; null: of all desks. The desk of the key, where it is bound to one.',
    }),
  ),
  events: Type.Optional(events),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  enabled: Type.Optional(Type.Boolean()),
})
export type NewWebhookBody = Static<typeof NewWebhookBody>

export const WebhookChangeBody = closed({
  url: Type.Optional(Type.String({ maxLength: 2048 })),
  events: Type.Optional(events),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  enabled: Type.Optional(
    Type.Boolean({ description: 'true also sends what has been waiting since failures disabled it.' }),
  ),
})
export type WebhookChangeBody = Static<typeof WebhookChangeBody>

export const WebhookQuery = closed(pageParameters)
export const DeliveryQuery = closed({
  state: Type.Optional(
    word(DELIVERY_STATES, 'dead: given up, to be replayed. skipped: let be, or nothing left to tell.'),
  ),
  ...pageParameters,
})
export type DeliveryQuery = Static<typeof DeliveryQuery>

// --- answers ----------------------------------------------------------------------------------------------------------

export const WebhookAnswer = closed({
  id,
  dialect: Type.String(),
  desk: objectOrNull(DeskName.properties),
  url: Type.String(),
  description: Type.String(),
  events: Type.Array(Type.String()),
  enabled: Type.Boolean(),
  disabled_by: Type.Unsafe<DisabledBy | null>({
    type: ['string', 'null'],
    enum: [...DISABLED_BY, null],
    description:
      'gone: the receiver answered 410. Unless disabled by hand, what happens is kept until it is enabled again.',
  }),
  disabled_because: textOrNull,
  rests_until: Type.Unsafe<string | null>({
    ...instantOrNull,
    description: 'Until when the receiver asked to be left alone, by Retry-After.',
  }),
  created_at: instant,
  updated_at: instant,
  last_used_at: instantOrNull,
})
export type WebhookAnswer = Static<typeof WebhookAnswer>

export const WebhookListAnswer = listOf(WebhookAnswer)

const secret = Type.String({ description: 'Signs every delivery. Shown now only.' })
export const NewWebhookAnswer = closed({ ...WebhookAnswer.properties, secret })
export const SecretAnswer = closed({ secret })

const delivery = {
  id,
  event: Type.String({ description: 'As the dialect calls it.' }),
  position: Type.Integer({ description: 'Of the event in the log.' }),
  state: word(DELIVERY_STATES),
  attempts: Type.Integer(),
  next_at: instantOrNull,
  created_at: instant,
  finished_at: instantOrNull,
  waits_for: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'uuid',
    description: 'The earlier delivery of the same ticket that has to be delivered, given up or skipped first.',
  }),
  last: objectOrNull({
    status: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
    problem: textOrNull,
    answer: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'The first words of the body.' }),
  }),
}
export const DeliveryLine = closed(delivery)
export type DeliveryLine = Static<typeof DeliveryLine>
export const DeliveryListAnswer = listOf(DeliveryLine)

const headers = Type.Record(Type.String(), Type.String())
export const DeliveryAnswer = closed({
  ...delivery,
  body: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The payload, exactly as it is sent; null while it is made again without what was erased.',
  }),
  log: Type.Array(
    closed({
      number: Type.Integer(),
      at: instant,
      duration_ms: Type.Integer(),
      url: Type.String(),
      request_headers: headers,
      status: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
      answer_headers: Type.Union([headers, Type.Null()]),
      answer_body: textOrNull,
      problem: textOrNull,
    }),
  ),
})
export type DeliveryAnswer = Static<typeof DeliveryAnswer>

export const SendAnswer = closed({ due: Type.Integer({ description: 'Deliveries that go out as their turn comes.' }) })
export const ReplayAnswer = closed({ replayed: Type.Integer() })

export const TestAnswer = closed({
  body: Type.String({ description: 'What was sent.' }),
  status: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'null: there was no answer.' }),
  answer_body: textOrNull,
  problem: textOrNull,
})
export type TestAnswer = Static<typeof TestAnswer>
