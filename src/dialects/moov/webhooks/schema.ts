import { type Static, Type } from 'typebox'

/** Moov, Webhooks: `PUT` and `POST` take the same body, all of it required. */
export const WebhookBody = Type.Object({
  url: Type.String({ minLength: 1, maxLength: 2048 }),
  description: Type.String({ maxLength: 1000 }),
  status: Type.Enum(['enabled', 'disabled'] as const),
  eventTypes: Type.Array(Type.String(), { minItems: 1, maxItems: 100, description: '`*` subscribes to all.' }),
})
export type WebhookBody = Static<typeof WebhookBody>

/** The id is judged by the route: what is no UUID names no webhook. */
export const WebhookParams = Type.Object({ webhookID: Type.String({ description: 'UUID of the webhook.' }) })

const DateTime = Type.String({ format: 'date-time' })

export const Webhook = Type.Object(
  {
    webhookID: Type.String(),
    url: Type.String(),
    status: Type.Enum(['enabled', 'disabled'] as const),
    eventTypes: Type.Array(Type.String()),
    description: Type.String(),
    createdOn: DateTime,
    updatedOn: DateTime,
    lastUsedOn: Type.Optional(DateTime),
  },
  { title: 'Webhook' },
)
export type Webhook = Static<typeof Webhook>
export const Webhooks = Type.Array(Webhook)

export const Ping = Type.Object({
  webhook: Webhook,
  requestBodySent: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
  responseStatusCode: Type.Integer({ description: '0: there was no answer.' }),
})
export type Ping = Static<typeof Ping>

export const Secret = Type.Object({ secret: Type.String() })

export const EventTypes = Type.Array(
  Type.Object({ eventTypeID: Type.String(), type: Type.String(), description: Type.String() }),
)
