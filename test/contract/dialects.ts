import { type TSchema, Type } from 'typebox'
import type { DialectName } from '../../src/dialects/profiles.ts'
import type { Caller, Headers, Ids, Site } from './site.ts'

/** A request as a client of a dialect would send it. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body?: unknown
}

/** What a ticket is made of; each text occurs nowhere else. */
export interface Words {
  readonly title: string
  readonly text: string
  readonly reference: string
}

/** Things of a tenant that requests refer to. */
export interface Referred {
  readonly tenantId: string
  readonly desk: Ids
  readonly user: Ids
}

/** The promises that a dialect can be excused from, for a reason. */
export type Excusable = 'path parameter'

/** What the suite must know of a dialect to hold it to the promises of all. */
export interface Contract {
  readonly name: DialectName
  /** What a ticket is called in this dialect's answers. */
  readonly idOnWire: keyof Ids
  /** Headers that every answer carries. */
  readonly everyAnswer: readonly string[]
  readonly errorType: string
  /** The body of errors with a status: closed schemas, so that nothing else may leak; null for none. */
  readonly errorBody: (status: number) => TSchema | null
  readonly statuses: {
    readonly created: number
    readonly invalid: number
    readonly wrongMediaType: number
    readonly idempotencyMismatch: number
  }
  readonly create: (site: Site, words: Words) => Sent
  /** The id of the ticket that a create answered. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly createdId: (json: any) => unknown
  /** Requests that together show everything that `create` sent, and what they must show. */
  readonly shows: (site: Site, ticket: Ids, words: Words) => readonly { readonly ask: Sent; readonly shown: object }[]
  /** Reads any ticket of the tenant's default desk. */
  readonly read: (site: Site, ticket: Ids) => Sent
  readonly list: (site: Site) => Sent
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly listedIds: (json: any) => readonly unknown[]
  /** Everything else that can be asked of, or done to, one ticket. */
  readonly touches: (site: Site, ticket: Ids) => readonly Sent[]
  /** Requests that name things which may be another tenant's; `own` is a ticket of the caller's tenant. */
  readonly references: (site: Site, own: Ids, referred: Referred) => readonly Sent[]
  /** What the limited caller may not do. */
  readonly forbidden: (site: Site, ticket: Ids) => Sent
  /** A create with one value that is wrong. */
  readonly invalid: (site: Site) => Sent
  /** A path below the dialect's prefix where there is nothing. */
  readonly nowhere: string
  /** A request whose path ends in this text as a parameter; null when there is no such path. */
  readonly pathParameter: ((site: Site, text: string) => Sent) | null
  readonly exempt: Readonly<Partial<Record<Excusable, string>>>
}

const closed = (properties: Record<string, TSchema>): TSchema =>
  Type.Object(properties, { additionalProperties: false })
const text = Type.String({ minLength: 1 })
const JSON_TYPE = 'application/json; charset=utf-8'
const USUAL = { created: 200, invalid: 400, wrongMediaType: 400, idempotencyMismatch: 422 }

const native: Contract = {
  name: 'native',
  idOnWire: 'id',
  everyAnswer: ['x-request-id'],
  errorType: 'application/problem+json',
  errorBody: (status) =>
    closed({
      type: Type.String({ pattern: '^urn:polydesk:error:[a-z_]+$' }),
      title: text,
      status: Type.Literal(status),
      code: Type.String({ pattern: '^[a-z_]+$' }),
      detail: Type.Optional(text),
      errors: Type.Optional(Type.Array(closed({ field: Type.String(), rule: text, message: text }), { minItems: 1 })),
      // What it is by now.
      ...(status === 412 && { ticket: Type.Optional(Type.Object({ id: text })) }),
    }),
  statuses: { ...USUAL, created: 201, wrongMediaType: 415 },
  create: (site, words) =>
    ask(site, 'native', 'POST', '/v1/tickets', {
      desk: site.desk.id,
      requester: { id: site.requester.id },
      title: words.title,
      text: words.text,
      status: 'open',
      priority: 'high',
      topic: 1,
      type: 2,
      assignee: site.agent.id,
      tags: ['late'],
      reference: words.reference,
      channel: 'web',
    }),
  createdId: (json) => json.id,
  shows: (site, { id }, words) => [
    {
      ask: ask(site, 'native', 'GET', `/v1/tickets/${id}`),
      shown: {
        desk: { id: site.desk.id },
        requester: { id: site.requester.id },
        title: words.title,
        description: words.text,
        status: 'open',
        priority: 'high',
        topic: { id: 1 },
        type: { id: 2 },
        assignee: { id: site.agent.id },
        tags: ['late'],
        reference: words.reference,
        channel: 'web',
      },
    },
    { ask: ask(site, 'native', 'GET', `/v1/tickets/${id}/messages`), shown: { data: [{ text: words.text }] } },
  ],
  read: (site, { id }) => ask(site, 'native', 'GET', `/v1/tickets/${id}`),
  list: (site) => ask(site, 'native', 'GET', '/v1/tickets?limit=200'),
  listedIds: (json) => json.data.map((each: { id: string }) => each.id),
  touches: (site, { id, integer }) => [
    ask(site, 'native', 'GET', `/v1/tickets/${integer}`),
    ask(site, 'native', 'GET', `/v1/tickets/${id}/messages`),
    ask(site, 'native', 'GET', `/v1/tickets/${id}/timeline`),
    ask(site, 'native', 'PATCH', `/v1/tickets/${id}`, { title: 'Taken', status: 'closed' }),
    ask(site, 'native', 'PATCH', `/v1/tickets/${integer}`, { title: 'Taken' }),
    ask(site, 'native', 'POST', `/v1/tickets/${id}/messages`, { text: 'Taken' }),
    ask(site, 'native', 'POST', `/v1/tickets/${id}/messages`, { text: 'Taken', visibility: 'internal' }),
    ask(site, 'native', 'DELETE', `/v1/tickets/${id}`),
  ],
  references: (site, own, { desk, user }) => [
    ask(site, 'native', 'POST', '/v1/tickets', { title: 'x', desk: desk.id }),
    ask(site, 'native', 'POST', '/v1/tickets', { title: 'x', requester: { id: user.id } }),
    ask(site, 'native', 'POST', '/v1/tickets', { title: 'x', assignee: user.id }),
    ask(site, 'native', 'PATCH', `/v1/tickets/${own.id}`, { desk: desk.id }),
    ask(site, 'native', 'PATCH', `/v1/tickets/${own.id}`, { requester: user.id }),
    ask(site, 'native', 'PATCH', `/v1/tickets/${own.id}`, { assignee: user.id }),
    ask(site, 'native', 'GET', `/v1/tickets?desk=${desk.id}`),
    ask(site, 'native', 'GET', `/v1/tickets?requester=${user.id}`),
    ask(site, 'native', 'GET', `/v1/users/${user.id}`),
    ask(site, 'native', 'GET', `/v1/users/${user.integer}`),
  ],
  forbidden: (site, { id }) =>
    ask(site, 'native', 'POST', `/v1/tickets/${id}/messages`, { text: 'May I?' }, { caller: 'limited' }),
  invalid: (site) => ask(site, 'native', 'POST', '/v1/tickets', { title: 'x', status: 'sleeping' }),
  nowhere: '/v1/nothing/here',
  pathParameter: (site, part) => ask(site, 'native', 'GET', `/v1/tickets/${part}`),
  exempt: {},
}

const spacebring: Contract = {
  name: 'spacebring',
  idOnWire: 'id',
  everyAnswer: [],
  errorType: JSON_TYPE,
  errorBody: (status) =>
    closed({
      message: text,
      type: Type.String({ pattern: '^[a-zA-Z]+$' }),
      ...(status === 400 && {
        issues: Type.Optional(
          Type.Array(
            closed({ code: text, path: Type.Array(Type.Union([Type.String(), Type.Integer()])), message: text }),
            { minItems: 1 },
          ),
        ),
      }),
    }),
  statuses: { ...USUAL, created: 201 },
  create: (site, words) =>
    ask(site, 'spacebring', 'POST', '/support/tickets/v1', {
      ticket: {
        type: 'internet',
        text: words.text,
        locationRef: site.desk.id,
        userRefRequester: site.requester.id,
      },
    }),
  createdId: (json) => json.ticket.id,
  shows: (site, { id }, words) => [
    {
      ask: ask(site, 'spacebring', 'GET', `/support/tickets/v1/${id}`),
      shown: {
        ticket: {
          type: 'internet',
          description: words.text,
          locationRef: site.desk.id,
          userRequester: { id: site.requester.id },
        },
      },
    },
  ],
  read: (site, { id }) => ask(site, 'spacebring', 'GET', `/support/tickets/v1/${id}`),
  list: (site) => ask(site, 'spacebring', 'GET', `/support/tickets/v1?locationRef=${site.desk.id}&limit=100`),
  listedIds: (json) => json.tickets.map((each: { id: string }) => each.id),
  touches: (site, { id }) => [
    ask(site, 'spacebring', 'PUT', `/support/tickets/v1/${id}/status`, { ticket: { status: 'closed' } }),
    ask(site, 'spacebring', 'PUT', `/support/tickets/v1/${id}/assignee`, { ticket: { userRefAssignee: null } }),
    ask(site, 'spacebring', 'PATCH', `/support/tickets/v1/${id}/type`, { ticket: { type: 'cleaning' } }),
    ask(site, 'spacebring', 'PATCH', `/support/tickets/v1/${id}/type`, { ticket: { type: 'other' } }),
    ask(site, 'spacebring', 'POST', '/support/tickets/v1/comment', { activity: { ticketRef: id, text: 'Taken' } }),
  ],
  references: (site, own, { tenantId, desk, user }) => {
    const about = { type: 'access', text: 'x', locationRef: site.desk.id }
    const { id: location } = site.desk
    return [
      ask(site, 'spacebring', 'POST', '/support/tickets/v1', { ticket: { ...about, locationRef: desk.id } }),
      ask(site, 'spacebring', 'POST', '/support/tickets/v1', { ticket: { ...about, userRefRequester: user.id } }),
      ask(site, 'spacebring', 'PUT', `/support/tickets/v1/${own.id}/assignee`, {
        ticket: { userRefAssignee: user.id },
      }),
      ask(site, 'spacebring', 'GET', `/support/tickets/v1?locationRef=${desk.id}`),
      ask(site, 'spacebring', 'GET', `/support/tickets/v1?locationRef=${location}&userRefAssignee=${user.id}`),
      ask(site, 'spacebring', 'GET', `/support/tickets/v1?locationRef=${location}`, undefined, {
        headers: { 'spacebring-network-id': tenantId },
      }),
    ]
  },
  forbidden: (site, { id }) =>
    ask(
      site,
      'spacebring',
      'PUT',
      `/support/tickets/v1/${id}/status`,
      { ticket: { status: 'solved' } },
      { caller: 'limited' },
    ),
  invalid: (site) =>
    ask(site, 'spacebring', 'POST', '/support/tickets/v1', {
      ticket: { type: 'sleeping', text: 'x', locationRef: site.desk.id },
    }),
  nowhere: '/support/nothing/here',
  pathParameter: (site, part) => ask(site, 'spacebring', 'GET', `/support/tickets/v1/${part}`),
  exempt: {},
}

/** Documented for the statuses that a client can repair: what is wrong, or the failing fields in the request's shape. */
function moovErrorBody(status: number): TSchema | null {
  if (status === 400 || status === 409) return closed({ error: text })
  if (status !== 422) return null
  const field = Type.Optional(text)
  const contact = Type.Optional(closed({ email: field, name: field }))
  const webhook = { url: field, eventTypes: field, description: field }
  return closed({ title: field, body: field, author: field, foreignID: field, status: field, contact, ...webhook })
}

const moov: Contract = {
  name: 'moov',
  idOnWire: 'id',
  everyAnswer: ['x-request-id'],
  errorType: JSON_TYPE,
  errorBody: moovErrorBody,
  statuses: { ...USUAL, invalid: 422, idempotencyMismatch: 409 },
  create: (site, words) =>
    ask(site, 'moov', 'POST', `/accounts/${site.desk.id}/tickets`, {
      title: words.title,
      body: `<p>${words.text}</p>`,
      contact: { email: 'casey@moov.example', name: 'Casey' },
      author: 'Casey the client',
      foreignID: words.reference,
    }),
  createdId: (json) => json.ticketID,
  shows: (site, { id }, words) => [
    {
      ask: ask(site, 'moov', 'GET', `/accounts/${site.desk.id}/tickets/${id}`),
      shown: {
        title: words.title,
        contact: { email: 'casey@moov.example', name: 'Casey' },
        foreignID: words.reference,
        status: 'new',
      },
    },
    {
      ask: ask(site, 'moov', 'GET', `/accounts/${site.desk.id}/tickets/${id}/messages`),
      shown: [{ body: `<p>${words.text}</p>`, author: 'Casey the client' }],
    },
  ],
  read: (site, { id }) => ask(site, 'moov', 'GET', `/accounts/${site.desk.id}/tickets/${id}`),
  list: (site) => ask(site, 'moov', 'GET', `/accounts/${site.desk.id}/tickets?count=1000`),
  listedIds: (json) => json.items.map((each: { ticketID: string }) => each.ticketID),
  touches: (site, { id }) => [
    ask(site, 'moov', 'GET', `/accounts/${site.desk.id}/tickets/${id}/messages`),
    ask(site, 'moov', 'PATCH', `/accounts/${site.desk.id}/tickets/${id}`, { status: 'closed' }),
    ask(site, 'moov', 'PATCH', `/accounts/${site.desk.id}/tickets/${id}`, {}),
  ],
  references: (site, own, { desk }) => [
    ask(site, 'moov', 'POST', `/accounts/${desk.id}/tickets`, {
      title: 'x',
      body: 'x',
      contact: { email: 'x@moov.example' },
    }),
    ask(site, 'moov', 'GET', `/accounts/${desk.id}/tickets`),
    ask(site, 'moov', 'GET', `/accounts/${desk.id}/tickets/${own.id}`),
    ask(site, 'moov', 'GET', `/accounts/${desk.id}/tickets/${own.id}/messages`),
    ask(site, 'moov', 'PATCH', `/accounts/${desk.id}/tickets/${own.id}`, { status: 'closed' }),
  ],
  forbidden: (site, { id }) =>
    ask(site, 'moov', 'PATCH', `/accounts/${site.desk.id}/tickets/${id}`, { status: 'closed' }, { caller: 'limited' }),
  invalid: (site) =>
    ask(site, 'moov', 'POST', `/accounts/${site.desk.id}/tickets`, {
      title: '',
      body: 'x',
      contact: { email: 'nobody' },
    }),
  nowhere: '/accounts/nothing/here/at/all',
  pathParameter: (site, part) => ask(site, 'moov', 'GET', `/accounts/${site.desk.id}/tickets/${part}`),
  exempt: {},
}

const netgroot: Contract = {
  name: 'netgroot',
  idOnWire: 'integer',
  everyAnswer: [],
  errorType: JSON_TYPE,
  errorBody: () => closed({ success: Type.Literal(false), message: text }),
  statuses: USUAL,
  create: (site, words) =>
    ask(
      site,
      'netgroot',
      'POST',
      '/api/v1/subscriber/CreateTicket',
      { subject_id: 2, type_id: 3, status_id: 2, priority_id: 4, group_id: 2, message: words.text },
      { caller: 'limited' },
    ),
  createdId: (json) => json.data.ticket_id,
  shows: (site, { integer }, words) => {
    const shown = {
      data: {
        ...{ subject_id: 2, type_id: 3, status_id: 2, priority_id: 4, group_id: 2, message: words.text },
        ...{ subject: 'Billing Issue', type: 'Question', status: 'In Progress', priority: 'Urgent', group: 'Billing' },
      },
    }
    const details = `/api/v1/subscriber/getTicketDetails?id=${integer}`
    return [
      { ask: ask(site, 'netgroot', 'GET', details, undefined, { caller: 'limited' }), shown },
      { ask: ask(site, 'netgroot', 'GET', `/api/v1/Tickets/getTicket?id=${integer}`), shown },
    ]
  },
  read: (site, { integer }) => ask(site, 'netgroot', 'GET', `/api/v1/Tickets/getTicket?id=${integer}`),
  list: (site) => ask(site, 'netgroot', 'GET', '/api/v1/Tickets/getTickets'),
  listedIds: (json) => json.data.map((each: { ticket_id: number }) => each.ticket_id),
  touches: (site, { integer }) => {
    const about = { ticket_id: integer }
    const own = { caller: 'limited' } as const
    return [
      ask(site, 'netgroot', 'POST', '/api/v1/Tickets/UpdateTicket', { ...about, status_id: 5 }),
      ask(site, 'netgroot', 'POST', '/api/v1/Tickets/ReplyTicket', { ...about, message: 'Taken' }),
      ask(site, 'netgroot', 'POST', '/api/v1/Tickets/ReplyTicket', { ...about, message: 'Taken', internal: true }),
      ask(site, 'netgroot', 'GET', `/api/v1/subscriber/getTicketDetails?id=${integer}`, undefined, own),
      ask(site, 'netgroot', 'GET', `/api/v1/subscriber/getTicketReplies?id=${integer}`, undefined, own),
      ask(site, 'netgroot', 'POST', '/api/v1/subscriber/ReplyTicket', { ...about, message: 'Taken' }, own),
      ask(site, 'netgroot', 'POST', '/api/v1/subscriber/CloseTicket', about, own),
    ]
  },
  // Desks have no name here, and users of other tenants only this one.
  references: (site, _own, { user }) => [
    ask(site, 'netgroot', 'GET', `/api/v1/Tickets/getTickets?subscriber_id=${user.integer}`),
  ],
  forbidden: (site, { integer }) =>
    ask(
      site,
      'netgroot',
      'POST',
      '/api/v1/Tickets/UpdateTicket',
      { ticket_id: integer, status_id: 5 },
      { caller: 'limited' },
    ),
  invalid: (site) =>
    ask(
      site,
      'netgroot',
      'POST',
      '/api/v1/subscriber/CreateTicket',
      { subject_id: 999, type_id: 1, status_id: 1, priority_id: 1, group_id: 1, message: 'x' },
      { caller: 'limited' },
    ),
  nowhere: '/api/v1/nothing/here',
  pathParameter: null,
  exempt: { 'path parameter': 'ids come in the query and in bodies; no path has a parameter' },
}

const omnidesk: Contract = {
  name: 'omnidesk',
  idOnWire: 'integer',
  everyAnswer: [],
  errorType: JSON_TYPE,
  errorBody: () => closed({ status: Type.Literal('error'), message: text }),
  statuses: { ...USUAL, wrongMediaType: 415 },
  create: (site, words) =>
    ask(site, 'omnidesk', 'POST', '/api/v2/ticket', {
      brandID: site.desk.integer,
      channelID: 3,
      direction: 'inbound',
      from: `requester@${words.reference}.example`,
      fromName: 'Rosa',
      to: 'desk@omnidesk.example',
      title: words.title,
      assignedGroupID: 2,
      formID: null,
    }),
  createdId: (json) => json.ticketID,
  shows: (site, { integer }, words) => [
    {
      ask: ask(site, 'omnidesk', 'GET', `/api/v2/ticket/${integer}`),
      shown: {
        type: 'item',
        item: {
          brand_id: site.desk.integer,
          channel_id: 3,
          direction: 'inbound',
          from: `requester@${words.reference}.example`,
          from_name: 'Rosa',
          to: 'desk@omnidesk.example',
          title: words.title,
          assigned_group_id: 2,
          form_id: null,
        },
      },
    },
  ],
  read: (site, { integer }) => ask(site, 'omnidesk', 'GET', `/api/v2/ticket/${integer}`),
  list: (site) => ask(site, 'omnidesk', 'GET', '/api/v2/ticket?itemLimit=999'),
  listedIds: (json) => json.items.map((each: { id: number }) => each.id),
  touches: (site, { integer }) => {
    const ids = { ticketIDs: [integer] }
    return [
      ask(site, 'omnidesk', 'PUT', `/api/v2/ticket/${integer}`, { title: 'Taken', status: 'closed' }),
      ask(site, 'omnidesk', 'POST', '/api/v2/ticket/setStatus', { ...ids, status: 'closed' }),
      ask(site, 'omnidesk', 'POST', '/api/v2/ticket/setPriority', { ...ids, priority: 'urgent' }),
      ask(site, 'omnidesk', 'POST', '/api/v2/ticket/unlinkCustomerFromTicket', { ticketID: integer }),
      ask(site, 'omnidesk', 'POST', '/api/v2/ticket/batch', {
        TicketIDs: String(integer),
        actions: [{ actionType: 'title', value: 'Taken' }],
      }),
      ask(site, 'omnidesk', 'POST', '/api/v2/ticket/batch', {
        TicketIDs: String(integer),
        actions: [{ actionType: 'delete', value: '' }],
      }),
      ask(site, 'omnidesk', 'PUT', '/api/v2/ticket/solveUnfinishedTickets', ids),
      ask(site, 'omnidesk', 'POST', '/api/v2/message', { ticketID: integer, type: '5', message: 'Taken' }),
      ask(site, 'omnidesk', 'DELETE', '/api/v2/ticket/multi', ids),
      ask(site, 'omnidesk', 'DELETE', `/api/v2/ticket/${integer}`),
    ]
  },
  references: (site, own, { desk, user }) => {
    const batch = (actionType: string, value: number) =>
      ask(site, 'omnidesk', 'POST', '/api/v2/ticket/batch', {
        TicketIDs: String(own.integer),
        actions: [{ actionType, value }],
      })
    return [
      ask(site, 'omnidesk', 'POST', '/api/v2/ticket', { brandID: desk.integer }),
      ask(site, 'omnidesk', 'PUT', '/api/v2/ticket/solveUnfinishedTickets', { brandID: desk.integer }),
      batch('brandID', desk.integer),
      batch('assignedUserID', user.integer),
      ask(site, 'omnidesk', 'POST', '/api/v2/message', {
        ...{ ticketID: own.integer, type: '5', message: 'A note', userID: user.integer },
      }),
    ]
  },
  forbidden: (site, { integer }) =>
    ask(site, 'omnidesk', 'DELETE', `/api/v2/ticket/${integer}`, undefined, { caller: 'limited' }),
  invalid: (site) => ask(site, 'omnidesk', 'POST', '/api/v2/ticket', { direction: 'sideways' }),
  nowhere: '/api/v2/nothing/here',
  pathParameter: (site, part) => ask(site, 'omnidesk', 'GET', `/api/v2/ticket/${part}`),
  exempt: {},
}

export const CONTRACTS: readonly Contract[] = [native, spacebring, moov, netgroot, omnidesk]

function ask(
  site: Site,
  dialect: DialectName,
  method: string,
  path: string,
  body?: unknown,
  { caller = 'trusted', headers = {} }: { readonly caller?: Caller; readonly headers?: Headers } = {},
): Sent {
  return {
    method,
    path,
    headers: { ...site.as(dialect, caller), ...headers },
    ...(body === undefined ? {} : { body }),
  }
}
