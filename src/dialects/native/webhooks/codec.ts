import { refuse, refuseField } from '../../../core/errors.ts'
import type { Actor } from '../../../core/identity/actor.ts'
import { UUID } from '../../../core/uuid.ts'
import type { Attempt, Delivery } from '../../../core/webhooks/deliveries/delivery.ts'
import type { Sent } from '../../../core/webhooks/protocol.ts'
import type { NewWebhook } from '../../../core/webhooks/subscriptions/commands.ts'
import type { Webhook } from '../../../core/webhooks/webhook.ts'
import type { Names } from '../names.ts'
import { cursorAfter, decodeKey, decodeLimit } from '../paging.ts'
import type {
  DeliveryAnswer,
  DeliveryLine,
  DeliveryQuery,
  NewWebhookBody,
  TestAnswer,
  WebhookAnswer,
} from './schema.ts'

/** @throws Refusal `not_found` for what is no UUID: nothing has that name. */
export function decodeId(text: string, missing: 'webhook' | 'delivery'): string {
  return UUID.test(text) ? text.toLowerCase() : refuse({ code: 'not_found', missing })
}

export function decodeNewWebhook(actor: Actor, body: NewWebhookBody): NewWebhook {
  const { dialect = 'native', desk = actor.credential.deskId, ...rest } = body
  if (rest.events && new Set(rest.events).size !== rest.events.length)
    refuseField(['events'], 'not_allowed', 'Each event at most once.')
  return { dialect, deskId: desk === null ? null : desk.toLowerCase(), ...rest }
}

/** A page of deliveries is continued after a time and an id, as a page of tickets is. */
export function decodePage(query: DeliveryQuery): {
  readonly state: Delivery['state'] | null
  readonly after: string | null
  readonly limit: number
} {
  return { state: query.state ?? null, after: decodeKey(query)?.id ?? null, limit: decodeLimit(query) }
}

export function encodeNext(deliveries: readonly Delivery[], next: string | null): string | null {
  const last = deliveries.find((each) => each.id === next)
  return last ? cursorAfter({ at: last.createdAt, id: last.id }) : null
}

export function encodeWebhook(names: Names, webhook: Webhook): WebhookAnswer {
  return {
    id: webhook.id,
    dialect: webhook.dialect,
    desk: webhook.deskId === null ? null : names.desk(webhook.deskId),
    url: webhook.url,
    description: webhook.description,
    events: [...webhook.events],
    enabled: webhook.enabled,
    disabled_by: webhook.disabledBy,
    disabled_because: webhook.disabledBecause,
    rests_until: webhook.restsUntil,
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
    last_used_at: webhook.lastUsedAt,
  }
}

export function encodeDelivery(delivery: Delivery): DeliveryLine {
  return {
    id: delivery.id,
    event: delivery.eventType,
    position: delivery.position,
    state: delivery.state,
    attempts: delivery.attempts,
    next_at: delivery.nextAt,
    created_at: delivery.createdAt,
    finished_at: delivery.finishedAt,
    waits_for: delivery.waitsFor,
    last: delivery.last && { ...delivery.last },
  }
}

export function encodeDeliveryWithLog(
  delivery: Delivery,
  body: string | null,
  attempts: readonly Attempt[],
): DeliveryAnswer {
  return { ...encodeDelivery(delivery), body, log: attempts.map(encodeAttempt) }
}

function encodeAttempt(attempt: Attempt): DeliveryAnswer['log'][number] {
  return {
    number: attempt.number,
    at: attempt.at,
    duration_ms: attempt.durationMs,
    url: attempt.url,
    request_headers: { ...attempt.requestHeaders },
    status: attempt.status,
    answer_headers: attempt.answerHeaders && { ...attempt.answerHeaders },
    answer_body: attempt.answerBody,
    problem: attempt.problem,
  }
}

export function encodeTest(body: string, sent: Sent): TestAnswer {
  if ('problem' in sent) return { body, status: null, answer_body: null, problem: sent.problem }
  return { body, status: sent.answer.status, answer_body: sent.answer.body, problem: null }
}
