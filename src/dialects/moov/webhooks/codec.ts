import { refuse } from '../../../core/errors.ts'
import type { Actor } from '../../../core/identity/actor.ts'
import type { Sent } from '../../../core/webhooks/protocol.ts'
import type { Webhook } from '../../../core/webhooks/webhook.ts'
import { UUID } from '../auth.ts'
import type * as Wire from './schema.ts'

const WHOLE_UUID = new RegExp(UUID)

/** @throws Refusal `not_found` for what is no UUID (as M4). */
export function webhookIn({ webhookID }: { readonly webhookID: string }): string {
  return WHOLE_UUID.test(webhookID) ? webhookID.toLowerCase() : refuse({ code: 'not_found', missing: 'webhook' })
}

/** The webhooks of the caller's own account; that of the platform has no desk, because it hears of all (M34). */
export function isOwn(actor: Actor, webhook: Webhook): boolean {
  return webhook.dialect === 'moov' && webhook.deskId === actor.credential.deskId
}

export function encodeWebhook(webhook: Webhook): Wire.Webhook {
  return {
    webhookID: webhook.id,
    url: webhook.url,
    status: webhook.enabled ? 'enabled' : 'disabled',
    eventTypes: [...webhook.events],
    description: webhook.description,
    createdOn: webhook.createdAt,
    updatedOn: webhook.updatedAt,
    ...(webhook.lastUsedAt !== null && { lastUsedOn: webhook.lastUsedAt }),
  }
}

export function encodePing(webhook: Webhook, body: string, sent: Sent): Wire.Ping {
  const requestBodySent: Wire.Ping['requestBodySent'] = JSON.parse(body)
  return {
    webhook: encodeWebhook(webhook),
    requestBodySent,
    responseStatusCode: 'answer' in sent ? sent.answer.status : 0,
  }
}
