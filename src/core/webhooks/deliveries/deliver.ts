import type { Tenant } from '../../catalogue/tenant.ts'
import type { RunningSystem } from '../../context.ts'
import type { Protocol, Sent } from '../protocol.ts'
import { secretOwner, type WebhookOffice } from '../subscriptions/commands.ts'
import { FIND_WEBHOOK } from '../subscriptions/store.ts'
import { type Fate, fateAfter } from './fate.ts'
import { CLAIM, RECORD_ATTEMPT } from './store/send.ts'

/** Deliveries of one webhook under way at a time, in one process. */
const AT_ONCE = 8
/** Beyond its timeout an attempt is taken again when nobody recorded it by then, in milliseconds. */
const MARGIN_MS = 5_000

/** With what deliveries of a tenant are sent. */
export interface DeliverySystem extends RunningSystem {
  readonly tenant: Tenant
  readonly office: Pick<WebhookOffice, 'protocols' | 'vault' | 'sender'>
  /** Told of every attempt that was recorded and did not deliver. */
  readonly failed: (failure: Failure) => void
}

/** An attempt that did not deliver. */
export interface Failure {
  readonly webhookId: string
  /** Of the URL: the rest of it may hold a secret. */
  readonly origin: string
  readonly delivery: { readonly id: string; readonly event_type: string }
  readonly fate: Fate
  readonly reason: string
  /** How many deliveries of its line wait behind it, up to 1,000. */
  readonly behind: number
}

interface Receiver {
  readonly id: string
  readonly url: string
  readonly deskId: string
  readonly secrets: readonly [string, ...string[]]
  readonly protocol: Protocol
}

type Claimed = NonNullable<(typeof CLAIM)['rowType']>

/** Sends what is due to a webhook, a few at a time. @returns how many were tried; 0: nothing is due. */
export async function deliverDue(given: DeliverySystem, webhookId: string): Promise<number> {
  const receiver = await receiverOf(given, webhookId)
  if (!receiver) return 0
  const now = given.clock()
  const until = new Date(now.getTime() + receiver.protocol.timeoutMs + MARGIN_MS)
  const times = { now: now.toISOString(), until: until.toISOString() }
  const claim = CLAIM.with({ tenant_id: given.tenant.id, webhook_id: webhookId, ...times, limit: AT_ONCE })
  const claimed = await given.store.run(claim)
  await Promise.all(claimed.map((delivery) => attempt(given, receiver, delivery)))
  return claimed.length
}

async function receiverOf({ store, tenant, office, clock }: DeliverySystem, id: string): Promise<Receiver | null> {
  const [row] = await store.run(FIND_WEBHOOK.with({ tenant_id: tenant.id, id }))
  const protocol = row && office.protocols.get(row.dialect)
  if (!row || !protocol || !row.enabled) return null
  const owner = secretOwner(tenant.id, id)
  const current = office.vault.open(row.secret, owner)
  const overlaps =
    row.previous_secret !== null && row.previous_until !== null && Date.parse(row.previous_until) > clock().getTime()
  const previous = overlaps && row.previous_secret ? [office.vault.open(row.previous_secret, owner)] : []
  return { id, url: row.url, deskId: row.desk_id ?? tenant.defaultDesk.id, secrets: [current, ...previous], protocol }
}

async function attempt(given: DeliverySystem, receiver: Receiver, delivery: Claimed): Promise<void> {
  const { protocol, url, deskId, secrets } = receiver
  const begun = given.clock()
  const at = begun.toISOString()
  const { id: deliveryId, body } = delivery
  const signature = protocol.sign({ deliveryId, attemptId: given.newId(), at, body, secrets, deskId })
  const headers = { 'content-type': 'application/json', ...signature }
  const sent = await given.office.sender.send({ method: 'POST', url, headers, body, timeoutMs: protocol.timeoutMs })
  const ended = given.clock()
  const fate = fateAfter(sent, delivery.tries, ended.toISOString(), protocol)
  const reason = reasonOf(sent)
  const tried = RECORD_ATTEMPT.with({
    tenant_id: given.tenant.id,
    delivery_id: deliveryId,
    number: delivery.attempts,
    at,
    state: fate.state,
    next_at: fate.nextAt,
    ended_at: ended.toISOString(),
    disabled_by: fate.disables,
    disabled_because: fate.disables === null ? null : reason,
    // A clock that went back meanwhile.
    duration_ms: Math.max(0, ended.getTime() - begun.getTime()),
    url,
    request_headers: headers,
    ...answerValues(sent),
    revision: delivery.revision,
    rests_until: fate.restsUntil,
  })
  const [recorded] = await given.store.run(tried)
  if (recorded?.recorded && fate.state !== 'delivered')
    given.failed({
      webhookId: receiver.id,
      origin: new URL(url).origin,
      delivery,
      fate,
      reason,
      behind: recorded.behind,
    })
}

/** Why an attempt was none: the status, or what was in the way. */
function reasonOf(sent: Sent): string {
  return 'problem' in sent ? sent.problem : `It was answered ${sent.answer.status}.`
}

function answerValues(sent: Sent) {
  if ('problem' in sent) return { status: null, answer_headers: null, answer_body: null, problem: sent.problem }
  const { status, headers, body } = sent.answer
  return { status, answer_headers: headers, answer_body: body, problem: null }
}
