import { getDelivery, listDeliveries, replay, sendNow, skip } from '../../../core/webhooks/deliveries/commands.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateSecret,
  testWebhook,
  updateWebhook,
} from '../../../core/webhooks/subscriptions/commands.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { namesOf } from '../names.ts'
import { pageOf } from '../paging.ts'
import {
  decodeId,
  decodeNewWebhook,
  decodePage,
  encodeDelivery,
  encodeDeliveryWithLog,
  encodeNext,
  encodeTest,
  encodeWebhook,
} from './codec.ts'
import {
  DeliveryAnswer,
  DeliveryLine,
  DeliveryListAnswer,
  DeliveryParams,
  DeliveryQuery,
  NewWebhookAnswer,
  NewWebhookBody,
  ReplayAnswer,
  SecretAnswer,
  SendAnswer,
  TestAnswer,
  WebhookAnswer,
  WebhookChangeBody,
  WebhookListAnswer,
  WebhookParams,
  WebhookQuery,
} from './schema.ts'

const need: Need = ['webhook.manage']

/** Webhooks of every dialect, their deliveries, and what was given up. */
export const webhookRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/webhooks',
    operationId: 'listWebhooks',
    summary: 'List the webhooks that you may administer',
    need,
    query: WebhookQuery,
    answers: { 200: WebhookListAnswer },
    handle: async ({ ctx, query }) => {
      const names = namesOf(ctx.tenant)
      const webhooks = (await listWebhooks(ctx)).map((webhook) => encodeWebhook(names, webhook))
      return { status: 200, body: pageOf(webhooks, query) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks',
    operationId: 'createWebhook',
    summary: 'Have events sent to a URL',
    need,
    body: NewWebhookBody,
    answers: { 201: NewWebhookAnswer },
    handle: async ({ ctx, body, services }) => {
      const { webhook, secret } = await createWebhook(ctx, services.webhooks, decodeNewWebhook(ctx.actor, body))
      const headers = { location: `/v1/webhooks/${webhook.id}` }
      return { status: 201, headers, body: { ...encodeWebhook(namesOf(ctx.tenant), webhook), secret } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/:id',
    operationId: 'getWebhook',
    summary: 'Show a webhook',
    need,
    params: WebhookParams,
    answers: { 200: WebhookAnswer },
    handle: async ({ ctx, params }) => {
      const webhook = await getWebhook(ctx, decodeId(params.id, 'webhook'))
      return { status: 200, body: encodeWebhook(namesOf(ctx.tenant), webhook) }
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/webhooks/:id',
    operationId: 'changeWebhook',
    summary: 'Change, enable or disable a webhook',
    need,
    params: WebhookParams,
    body: WebhookChangeBody,
    answers: { 200: WebhookAnswer },
    handle: async ({ ctx, params, body, services }) => {
      const webhook = await updateWebhook(ctx, services.webhooks, decodeId(params.id, 'webhook'), body)
      return { status: 200, body: encodeWebhook(namesOf(ctx.tenant), webhook) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/webhooks/:id',
    operationId: 'deleteWebhook',
    summary: 'Remove a webhook with its deliveries',
    need,
    params: WebhookParams,
    answers: { 204: null },
    handle: async ({ ctx, params, services }) => {
      await deleteWebhook(ctx, services.webhooks, decodeId(params.id, 'webhook'))
      return { status: 204 }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/:id/rotate_secret',
    operationId: 'rotateWebhookSecret',
    summary: 'Replace the signing secret; where the dialect sends several signatures, the old one signs too for a day',
    need,
    params: WebhookParams,
    answers: { 200: SecretAnswer },
    handle: async ({ ctx, params, services }) => {
      const secret = await rotateSecret(ctx, services.webhooks, decodeId(params.id, 'webhook'))
      return { status: 200, body: { secret } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/:id/test',
    operationId: 'testWebhook',
    summary: 'Send a test event now, and show what is answered',
    need,
    params: WebhookParams,
    answers: { 200: TestAnswer },
    handle: async ({ ctx, params, services }) => {
      const { body, sent } = await testWebhook(ctx, services.webhooks, decodeId(params.id, 'webhook'))
      return { status: 200, body: encodeTest(body, sent) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/:id/replay',
    operationId: 'replayDeadDeliveries',
    summary: 'Send everything once more that was given up',
    need,
    params: WebhookParams,
    answers: { 200: ReplayAnswer },
    handle: async ({ ctx, params, services }) => {
      const replayed = await replay(ctx, services.webhooks, decodeId(params.id, 'webhook'), null)
      return { status: 200, body: { replayed } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/:id/send',
    operationId: 'sendWaitingDeliveries',
    summary: 'Send at once what waits for its next attempt',
    need,
    params: WebhookParams,
    answers: { 200: SendAnswer },
    handle: async ({ ctx, params, services }) => {
      const due = await sendNow(ctx, services.webhooks, decodeId(params.id, 'webhook'), null)
      return { status: 200, body: { due } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/:id/deliveries',
    operationId: 'listDeliveries',
    summary: 'List what was and is to be sent, newest first',
    need,
    params: WebhookParams,
    query: DeliveryQuery,
    answers: { 200: DeliveryListAnswer },
    handle: async ({ ctx, params, query }) => {
      const { deliveries, next } = await listDeliveries(ctx, decodeId(params.id, 'webhook'), decodePage(query))
      return { status: 200, body: { data: deliveries.map(encodeDelivery), next: encodeNext(deliveries, next) } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks/:id/deliveries/:delivery',
    operationId: 'getDelivery',
    summary: 'Show a delivery with its payload and every attempt',
    need,
    params: DeliveryParams,
    answers: { 200: DeliveryAnswer },
    handle: async ({ ctx, params }) => {
      const ids = [decodeId(params.id, 'webhook'), decodeId(params.delivery, 'delivery')] as const
      const { delivery, body, attempts } = await getDelivery(ctx, ...ids)
      return { status: 200, body: encodeDeliveryWithLog(delivery, body, attempts) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/:id/deliveries/:delivery/replay',
    operationId: 'replayDelivery',
    summary: 'Send a delivery once more',
    need,
    params: DeliveryParams,
    answers: { 200: ReplayAnswer },
    handle: async ({ ctx, params, services }) => {
      const ids = [decodeId(params.id, 'webhook'), decodeId(params.delivery, 'delivery')] as const
      return { status: 200, body: { replayed: await replay(ctx, services.webhooks, ...ids) } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/:id/deliveries/:delivery/send',
    operationId: 'sendDelivery',
    summary: 'Send a delivery at once that waits for its next attempt',
    need,
    params: DeliveryParams,
    answers: { 200: SendAnswer },
    handle: async ({ ctx, params, services }) => {
      const ids = [decodeId(params.id, 'webhook'), decodeId(params.delivery, 'delivery')] as const
      return { status: 200, body: { due: await sendNow(ctx, services.webhooks, ...ids) } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/webhooks/:id/deliveries/:delivery/skip',
    operationId: 'skipDelivery',
    summary: 'Give up a delivery that the receiver does not take, so that those behind it go on',
    need,
    params: DeliveryParams,
    answers: { 200: DeliveryLine },
    handle: async ({ ctx, params, services }) => {
      const ids = [decodeId(params.id, 'webhook'), decodeId(params.delivery, 'delivery')] as const
      return { status: 200, body: encodeDelivery(await skip(ctx, services.webhooks, ...ids)) }
    },
  }),
]
