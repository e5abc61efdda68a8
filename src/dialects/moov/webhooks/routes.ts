import { v5 } from 'uuid'
import type { Context } from '../../../core/context.ts'
import { refuse } from '../../../core/errors.ts'
import {
  createWebhook,
  getWebhook,
  listWebhooks,
  readSecret,
  testWebhook,
  updateWebhook,
} from '../../../core/webhooks/subscriptions/commands.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { encodePing, encodeWebhook, isOwn, webhookIn } from './codec.ts'
import { webhooks } from './protocol.ts'
import { EventTypes, Ping, Secret, Webhook, WebhookBody, WebhookParams, Webhooks } from './schema.ts'

/** Names the ids of event types, so that they are the same on every server. */
const EVENT_TYPE_IDS = 'a4cf5be2-6c5f-5f64-9dd5-3c8c6a2a6f11'

/** The id of an own webhook. @throws Refusal `not_found` */
async function ownIn(ctx: Context, params: { readonly webhookID: string }): Promise<string> {
  const webhook = await getWebhook(ctx, webhookIn(params))
  return isOwn(ctx.actor, webhook) ? webhook.id : refuse({ code: 'not_found', missing: 'webhook' })
}

/** Moov, Webhooks: the caller's own account manages its own. */
export const webhookRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/webhooks',
    operationId: 'createWebhook',
    summary: 'Create a webhook.',
    need: 'manage webhooks',
    body: WebhookBody,
    answers: { 201: Webhook },
    handle: async ({ ctx, body, services }) => {
      const { url, description, status, eventTypes } = body
      const input = { dialect: 'moov', deskId: ctx.actor.credential.deskId, url, description, events: eventTypes }
      const { webhook } = await createWebhook(ctx, services.webhooks, { ...input, enabled: status === 'enabled' })
      return { status: 201, body: encodeWebhook(webhook) }
    },
  }),
  route({
    method: 'GET',
    path: '/webhooks',
    operationId: 'listWebhooks',
    summary: 'List the webhooks of the calling account.',
    need: 'manage webhooks',
    answers: { 200: Webhooks },
    handle: async ({ ctx }) => {
      const own = (await listWebhooks(ctx)).filter((webhook) => isOwn(ctx.actor, webhook))
      return { status: 200, body: own.map(encodeWebhook) }
    },
  }),
  route({
    method: 'GET',
    path: '/webhooks/:webhookID',
    operationId: 'getWebhook',
    summary: 'Get a webhook.',
    need: 'manage webhooks',
    params: WebhookParams,
    answers: { 200: Webhook },
    handle: async ({ ctx, params }) => ({
      status: 200,
      body: encodeWebhook(await getWebhook(ctx, await ownIn(ctx, params))),
    }),
  }),
  route({
    method: 'PUT',
    path: '/webhooks/:webhookID',
    operationId: 'updateWebhook',
    summary: 'Replace a webhook.',
    need: 'manage webhooks',
    params: WebhookParams,
    body: WebhookBody,
    answers: { 200: Webhook },
    handle: async ({ ctx, params, body, services }) => {
      const { url, description, status, eventTypes } = body
      const change = { url, description, events: eventTypes, enabled: status === 'enabled' }
      const webhook = await updateWebhook(ctx, services.webhooks, await ownIn(ctx, params), change)
      return { status: 200, body: encodeWebhook(webhook) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/webhooks/:webhookID',
    operationId: 'disableWebhook',
    summary: 'Disable a webhook.',
    need: 'manage webhooks',
    params: WebhookParams,
    answers: { 204: null },
    handle: async ({ ctx, params, services }) => {
      await updateWebhook(ctx, services.webhooks, await ownIn(ctx, params), { enabled: false })
      return { status: 204 }
    },
  }),
  route({
    method: 'POST',
    path: '/webhooks/:webhookID/ping',
    operationId: 'pingWebhook',
    summary: 'Send a test event to a webhook.',
    need: 'manage webhooks',
    params: WebhookParams,
    answers: { 200: Ping },
    handle: async ({ ctx, params, services }) => {
      const { webhook, body, sent } = await testWebhook(ctx, services.webhooks, await ownIn(ctx, params))
      return { status: 200, body: encodePing(webhook, body, sent) }
    },
  }),
  route({
    method: 'GET',
    path: '/webhooks/:webhookID/secret',
    operationId: 'getWebhookSecret',
    summary: "Get a webhook's signing secret.",
    need: 'manage webhooks',
    params: WebhookParams,
    answers: { 200: Secret },
    handle: async ({ ctx, params, services }) => {
      const secret = await readSecret(ctx, services.webhooks, await ownIn(ctx, params))
      return { status: 200, body: { secret } }
    },
  }),
  route({
    method: 'GET',
    path: '/event-types',
    operationId: 'listEventTypes',
    summary: 'List the events that a webhook can subscribe to.',
    need: 'manage webhooks',
    answers: { 200: EventTypes },
    handle: async () => ({
      status: 200,
      body: webhooks.eventTypes.map(({ name, about }) => ({
        eventTypeID: v5(name, EVENT_TYPE_IDS),
        type: name,
        description: about,
      })),
    }),
  }),
  route({
    method: 'GET',
    path: '/ping',
    operationId: 'ping',
    summary: 'Check that the credentials work.',
    need: 'ping',
    answers: { 200: null },
    handle: async () => ({ status: 200 }),
  }),
]
