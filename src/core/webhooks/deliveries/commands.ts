import type { Store } from '../../../storage/store.ts'
import type { Administration } from '../../context.ts'
import { refuse } from '../../errors.ts'
import { callValues } from '../../idempotency/claimed.ts'
import { once } from '../../idempotency/store.ts'
import type { Instant } from '../../instant.ts'
import { getWebhook, type WebhookOffice } from '../subscriptions/commands.ts'
import { WEBHOOK_KEPT } from '../subscriptions/store.ts'
import type { Attempt, Delivery, DeliveryState } from './delivery.ts'
import { PURGE_DELIVERIES, REPLAY, SEND_NOW, SKIP } from './store/change.ts'
import { attemptOf, deliveryOf, FIND_DELIVERY, LIST_DELIVERIES } from './store/list.ts'

/** A page of a webhook's deliveries, newest first. `next` is the id to continue after. @throws Refusal as `getWebhook` */
export async function listDeliveries(
  admin: Administration,
  id: string,
  page: { readonly state: DeliveryState | null; readonly after: string | null; readonly limit: number },
): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: string | null }> {
  await getWebhook(admin, id)
  const { state, after, limit } = page
  const listed = { tenant_id: admin.tenant.id, webhook_id: id, state, before: after, limit: limit + 1 }
  const rows = await admin.store.run(LIST_DELIVERIES.with(listed))
  const deliveries = rows.slice(0, page.limit).map(deliveryOf)
  return { deliveries, next: rows.length > page.limit ? (deliveries.at(-1)?.id ?? null) : null }
}

/** A delivery with its payload, null while it is made again, and attempts. @throws Refusal as `getWebhook`, `not_found` */
export async function getDelivery(
  admin: Administration,
  id: string,
  deliveryId: string,
): Promise<{ readonly delivery: Delivery; readonly body: string | null; readonly attempts: readonly Attempt[] }> {
  await getWebhook(admin, id)
  const [row] = await admin.store.run(
    FIND_DELIVERY.with({ tenant_id: admin.tenant.id, webhook_id: id, id: deliveryId }),
  )
  if (!row) return refuse({ code: 'not_found', missing: 'delivery' })
  return { delivery: deliveryOf(row), body: row.body, attempts: row.tried.map(attemptOf) }
}

/**
 * Sends what was given up once more, in its old order; with a delivery's id that one, also when it had been delivered.
 *
 * @returns how many deliveries wait again.
 * @throws Refusal as `getWebhook`, `not_found`; `conflict` for one that waits anyway.
 */
export async function replay(
  admin: Administration,
  office: WebhookOffice,
  id: string,
  deliveryId: string | null,
): Promise<number> {
  const replayed = await once(
    admin,
    WEBHOOK_KEPT,
    async () => {
      if (deliveryId === null) await getWebhook(admin, id)
      else {
        const { delivery, body } = await getDelivery(admin, id, deliveryId)
        if (delivery.state === 'waiting')
          refuse({ code: 'conflict', message: 'This delivery waits to be sent already.' })
        if (body === '') refuse({ code: 'conflict', message: 'What this delivery told of was erased.' })
      }
      const values = callValues(admin, { webhook_id: id, delivery_id: deliveryId })
      const [row] = await admin.store.run(REPLAY.with(values))
      return row?.replayed
    },
    (earlier) => earlier.replayed ?? 0,
  )
  office.changed(admin.tenant.id)
  return replayed
}

/**
 * Sends what waits for its next attempt at once, from the beginning of the schedule; with a delivery's id that one. Each
 * still waits for what is before it in its line.
 *
 * @returns how many deliveries are due now.
 * @throws Refusal as `getWebhook`, `not_found`; `conflict` for one that does not wait, and while the webhook is disabled.
 */
export async function sendNow(
  admin: Administration,
  office: WebhookOffice,
  id: string,
  deliveryId: string | null,
): Promise<number> {
  const due = await once(
    admin,
    WEBHOOK_KEPT,
    async () => {
      const webhook = await getWebhook(admin, id)
      if (!webhook.enabled) refuse({ code: 'conflict', message: 'The webhook is disabled: enable it first.' })
      if (deliveryId !== null) {
        const { delivery } = await getDelivery(admin, id, deliveryId)
        if (delivery.state !== 'waiting')
          refuse({ code: 'conflict', message: `This delivery does not wait: it is ${delivery.state}.` })
      }
      const values = callValues(admin, { webhook_id: id, delivery_id: deliveryId })
      const [row] = await admin.store.run(SEND_NOW.with(values))
      return row?.due
    },
    (earlier) => earlier.replayed ?? 0,
  )
  office.changed(admin.tenant.id)
  return due
}

/**
 * Gives up one delivery that was not delivered, so that what waits behind it goes on. It is kept, and can be sent again.
 *
 * @throws Refusal as `getWebhook`, `not_found`; `conflict` for one that was delivered or skipped.
 */
export async function skip(
  admin: Administration,
  office: WebhookOffice,
  id: string,
  deliveryId: string,
): Promise<Delivery> {
  await once(
    admin,
    WEBHOOK_KEPT,
    async () => {
      const { delivery } = await getDelivery(admin, id, deliveryId)
      if (delivery.state === 'delivered' || delivery.state === 'skipped')
        refuse({ code: 'conflict', message: `This delivery does not wait: it is ${delivery.state}.` })
      const values = callValues(admin, { webhook_id: id, delivery_id: deliveryId })
      const [row] = await admin.store.run(SKIP.with(values))
      return row?.skipped
    },
    () => 1,
  )
  office.changed(admin.tenant.id)
  return (await getDelivery(admin, id, deliveryId)).delivery
}

/** Forgets a tenant's deliveries that ended before then, and those of disabled webhooks that waited as long as given up ones. */
export async function purgeDeliveries(
  store: Pick<Store, 'run'>,
  tenantId: string,
  before: { readonly delivered: Instant; readonly givenUp: Instant },
): Promise<void> {
  const { delivered, givenUp } = before
  await store.run(PURGE_DELIVERIES.with({ tenant_id: tenantId, delivered_before: delivered, given_up_before: givenUp }))
}
