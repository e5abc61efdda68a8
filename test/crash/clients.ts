import { randomUUID } from 'node:crypto'
import type { Status } from '../../src/core/words.ts'
import type { DialectName } from '../../src/dialects/profiles.ts'
import { type Received, send } from '../world.ts'

type HeaderLines = Record<string, string>
type Quickstart = Readonly<Record<string, string>>

/** A request as it is sent, so that exactly the same can be sent again. */
export interface Outgoing {
  readonly method: string
  readonly path: string
  readonly headers: HeaderLines
  readonly body?: unknown
}

/** What an answer to a create tells of the ticket. */
export interface Told {
  /** UUID or integer, as the dialect shows it. */
  readonly reference: string
  /** The number on its desk; null where the dialect shows none. */
  readonly number: number | null
}

/** How a vendor's client makes, changes and lists tickets. */
export interface Client {
  readonly name: DialectName
  /** @param mark the text of the ticket, by which it is found in the store. */
  create(mark: string, key?: string): Outgoing
  readonly created: number
  told(received: Received): Told
  /** A change of the status that is complete in itself. */
  finish(ticket: Told, key?: string): Outgoing
  /** The core's word for the status that `finish` gives. */
  readonly finished: Status
  list(): Outgoing
  /** Whether an answer says "not now" exactly as this dialect does. */
  isUnavailable(received: Received): boolean
}

const basic = (name: string | undefined, secret: string | undefined): string =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`

const keyed = (headers: HeaderLines, key: string | undefined): HeaderLines =>
  key === undefined ? headers : { ...headers, 'idempotency-key': key }

/** How long an answer may take before the request counts as hung, in milliseconds. */
const HUNG_MS = 60_000

/** Sends a request. @throws TypeError when the connection is lost or refused, Error when no answer comes at all. */
export async function exchange(url: string, { method, path, headers, body }: Outgoing): Promise<Received> {
  const { promise: hung, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${method} ${path} was never answered.`)), HUNG_MS)
  try {
    return await Promise.race([send(url, method, path, { headers, body }), hung])
  } finally {
    clearTimeout(timer)
  }
}

const isProblem = (headers: Headers): boolean =>
  /^application\/problem\+json(;|$)/.test(headers.get('content-type') ?? '')

/** A fresh text that no other ticket has. */
export function newMark(): string {
  return `mark ${randomUUID()}`
}

function nativeClient(values: Quickstart): Client {
  const headers = { authorization: `Bearer ${values['POLYDESK_API_KEY']}` }
  return {
    name: 'native',
    create: (mark, key) => ({
      method: 'POST',
      path: '/v1/tickets',
      headers: keyed(headers, key),
      body: { title: 'Crash', text: mark },
    }),
    created: 201,
    told: ({ json }) => ({ reference: json.id, number: json.number }),
    finish: ({ reference }, key) => ({
      method: 'PATCH',
      path: `/v1/tickets/${reference}`,
      headers: keyed(headers, key),
      body: { status: 'pending', priority: 'high' },
    }),
    finished: 'pending',
    list: () => ({ method: 'GET', path: '/v1/tickets?limit=1', headers }),
    isUnavailable: ({ status, headers, json }) => status === 503 && isProblem(headers) && json.code === 'unavailable',
  }
}

function spacebringClient(values: Quickstart): Client {
  const headers = { authorization: basic(values['SPACEBRING_CLIENT_ID'], values['SPACEBRING_CLIENT_SECRET']) }
  const locationRef = values['SPACEBRING_LOCATION_ID']
  return {
    name: 'spacebring',
    create: (mark, key) => ({
      method: 'POST',
      path: '/support/tickets/v1',
      headers: keyed(headers, key),
      body: {
        ticket: { type: 'access', text: mark, locationRef, userRefRequester: values['SPACEBRING_USER_ID'] },
      },
    }),
    created: 201,
    told: ({ json }) => ({ reference: json.ticket.id, number: json.ticket.number }),
    finish: ({ reference }, key) => ({
      method: 'PUT',
      path: `/support/tickets/v1/${reference}/status`,
      headers: keyed(headers, key),
      body: { ticket: { status: 'solved' } },
    }),
    finished: 'solved',
    list: () => ({ method: 'GET', path: `/support/tickets/v1?locationRef=${locationRef}`, headers }),
    isUnavailable: ({ status, json }) => status === 503 && json.type === 'unavailable',
  }
}

function moovClient(values: Quickstart): Client {
  const headers = { authorization: basic(values['MOOV_PUBLIC_KEY'], values['MOOV_SECRET_KEY']) }
  const tickets = `/accounts/${values['MOOV_CONNECTED_ACCOUNT_ID']}/tickets`
  const contact = { email: 'someone@example.com', name: 'Someone' }
  return {
    name: 'moov',
    create: (mark, key) => ({
      method: 'POST',
      path: tickets,
      headers: keyed(headers, key),
      body: { title: 'Crash', body: mark, contact },
    }),
    created: 200,
    told: ({ json }) => ({ reference: json.ticketID, number: json.number }),
    finish: ({ reference }, key) => ({
      method: 'PATCH',
      path: `${tickets}/${reference}`,
      headers: keyed(headers, key),
      body: { status: 'closed' },
    }),
    finished: 'closed',
    list: () => ({ method: 'GET', path: tickets, headers }),
    isUnavailable: ({ status, headers, text }) => status === 504 && text === '' && headers.has('x-request-id'),
  }
}

function netgrootClient(values: Quickstart): Client {
  const subscriber = { authorization: `Bearer ${values['NETGROOT_TOKEN']}` }
  const staff = { authorization: `Bearer ${values['NETGROOT_STAFF_TOKEN']}` }
  const sample = { subject_id: 1, type_id: 1, status_id: 1, priority_id: 1, group_id: 1 }
  return {
    name: 'netgroot',
    create: (mark, key) => ({
      method: 'POST',
      path: '/api/v1/subscriber/CreateTicket',
      headers: keyed(subscriber, key),
      body: { ...sample, message: mark },
    }),
    created: 200,
    told: ({ json }) => ({ reference: String(json.data.ticket_id), number: null }),
    finish: ({ reference }, key) => ({
      method: 'POST',
      path: '/api/v1/Tickets/UpdateTicket',
      headers: keyed(staff, key),
      body: { ticket_id: Number(reference), status_id: 2 },
    }),
    finished: 'open',
    list: () => ({ method: 'GET', path: '/api/v1/Tickets/getTickets', headers: staff }),
    isUnavailable: ({ status, json }) => status === 503 && json.success === false && json.message !== undefined,
  }
}

/** One client of each dialect that makes tickets together with their first message. */
export function allClients(values: Quickstart): readonly Client[] {
  return [nativeClient(values), spacebringClient(values), moovClient(values), netgrootClient(values)]
}
