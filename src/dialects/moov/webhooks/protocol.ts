import { createHmac, randomBytes } from 'node:crypto'
import { randomSecret } from '../../../core/access/secrets.ts'
import type { Event } from '../../../core/events/event.ts'
import type { Instant } from '../../../core/instant.ts'
import type { News, Notice, Protocol, Signing } from '../../../core/webhooks/protocol.ts'
import { STATUSES } from '../../../core/words.ts'
import { type MoovStatus, SHOWN_STATUS } from '../words.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Random bytes of a nonce; 60 characters as in the vendor's own tests. */
const NONCE_BYTES = 30

const EVENT_TYPES = [
  { name: 'ticket.created', about: 'A support ticket was created.' },
  { name: 'ticket.updated', about: "A support ticket's status changed." },
  { name: 'ticket.messageAdded', about: 'A message was added to a support ticket.' },
] as const
type TicketEvent = (typeof EVENT_TYPES)[number]['name']

/** The vendor's other events (its SDKs' `WebhookEventType`): clients may subscribe to them, and never hear of them (M44). */
const OTHER_EVENTS = [
  ...['account.created', 'account.updated', 'account.disconnected', 'authorization.expiring', 'balance.updated'],
  ...[
    'bankAccount.created',
    'bankAccount.updated',
    'bankAccount.deleted',
    'billingStatement.created',
    'cancellation.created',
  ],
  ...['cancellation.updated', 'capability.requested', 'capability.updated', 'card.autoUpdated', 'dispute.created'],
  ...['dispute.updated', 'event.test', 'invoice.created', 'invoice.updated', 'networkID.updated'],
  ...['paymentMethod.disabled', 'paymentMethod.enabled', 'refund.created', 'refund.updated', 'representative.created'],
  ...['representative.updated', 'representative.deleted', 'sweep.created', 'sweep.updated'],
  ...['terminalApplication.created', 'terminalApplication.updated', 'transfer.created', 'transfer.updated'],
  ...['wallet.created', 'wallet.updated', 'walletTransaction.updated'],
]

/** Moov, Webhooks: ids only, signed without the body; retries end within 24 hours (M35). */
export const webhooks: Protocol = {
  eventTypes: EVENT_TYPES,
  neverSent: OTHER_EVENTS,
  defaultEvents: EVENT_TYPES.map(({ name }) => name),
  hasEverything: true,
  timeoutMs: 5 * SECOND,
  retryDelaysMs: [30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  disables: (status) => status === 404,
  newSecret: () => randomSecret(),
  encode,
  test: (id, at) => ({ type: 'event.test', body: envelope(id, 'event.test', at, { ping: true }) }),
  sign,
}

/** What a payload says of a ticket. */
interface Told {
  readonly type: TicketEvent
  readonly status?: MoovStatus
}

/** Ids are told also of what was deleted since. */
function encode({ event, ticket, gone, message }: News): readonly Notice[] {
  const visibility = message ? message.visibility : event.after?.['visibility']
  const told = toldOf(event, visibility === 'public')
  const accountID = (ticket ?? gone)?.deskId
  if (!told || !accountID) return []
  const data = {
    accountID,
    ticketID: event.ticketId,
    ...(ticket && ticket.externalReference !== null && { foreignID: ticket.externalReference }),
    ...(told.status !== undefined && { status: told.status }),
  }
  return [{ type: told.type, body: envelope(event.id, told.type, event.at, data) }]
}

/** Which change is which event (M33): only what this dialect shows. */
function toldOf(event: Event, isPublicMessage: boolean): Told | null {
  if (event.kind === 'ticket.created') return { type: 'ticket.created' }
  if (event.kind === 'message.added') return isPublicMessage ? { type: 'ticket.messageAdded' } : null
  if (event.kind !== 'ticket.status_changed') return null
  const [before, after] = [shownStatus(event.before), shownStatus(event.after)]
  return after !== undefined && before !== after ? { type: 'ticket.updated', status: after } : null
}

function shownStatus(data: Event['before']): MoovStatus | undefined {
  const status = STATUSES.find((each) => each === data?.['status'])
  return status && SHOWN_STATUS[status]
}

function envelope(eventID: string, type: string, createdOn: Instant, data: object): string {
  return JSON.stringify({ eventID, type, data, createdOn })
}

/** Moov, How to set up webhooks. Nonce, time and id are new in every attempt (M35); the account is the webhook's own (M34). */
function sign({ attemptId, at, secrets, deskId }: Signing): Readonly<Record<string, string>> {
  const nonce = randomBytes(NONCE_BYTES).toString('hex')
  return {
    'X-Timestamp': at,
    'X-Nonce': nonce,
    'X-Webhook-ID': attemptId,
    'X-Account-ID': deskId,
    'X-Signature': signature(secrets[0], at, nonce, attemptId),
  }
}

/** Lower-case hex of HMAC-SHA512, keyed with the secret as text. */
export function signature(secret: string, timestamp: string, nonce: string, webhookId: string): string {
  return createHmac('sha512', secret).update(`${timestamp}|${nonce}|${webhookId}`).digest('hex')
}
