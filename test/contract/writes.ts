import type { DialectName } from '../../src/dialects/profiles.ts'
import type { Sent } from './dialects.ts'
import type { Caller, Ids, Site } from './site.ts'

/**
 * A request for every operation that writes, of every dialect, and why some cannot be repeated under an Idempotency-Key.
 * The suite walks the operations of the OpenAPI documents: one that is neither here nor there fails it.
 */

/** A person as the suite makes one: a customer of the default desk, whom an external id names. */
export interface Person extends Ids {
  readonly externalId: string
}

/** What requests are made of. Everything that is made is fresh, so that each request does something. */
export interface Making {
  readonly site: Site
  /** Where requests of webhooks go to. */
  readonly receiver: string
  /** A text that occurs nowhere else. */
  word(): string
  /** A ticket of the requester on the default desk. */
  ticket(): Promise<Ids>
  /** Such a ticket after a change, and the position of that. */
  changedTicket(): Promise<{ readonly id: string; readonly change: number }>
  /** The id of such a ticket that is snoozed. */
  snoozedTicket(): Promise<string>
  /** A reply to such a ticket. */
  reply(): Promise<{ readonly ticket: Ids; readonly message: Ids }>
  /** A ticket that was merged into another one. */
  merged(): Promise<{ readonly from: Ids; readonly into: Ids }>
  /** A ticket with a link to another one, by their ids. */
  linked(): Promise<{ readonly ticket: string; readonly link: string }>
  /** The integer of a file that is on a message. */
  file(): Promise<number>
  person(): Promise<Person>
  /** A record of the catalogue of a list; `own` is what its kind has beside a name. */
  record(path: string, own: object): Promise<string | number>
  /** A choice among the fields of tickets, by its key. */
  field(): Promise<string>
  /** A key of the native API. */
  credential(): Promise<string>
  /** A private view. */
  view(): Promise<string>
  /** A private one. */
  savedReply(): Promise<string>
  /** A private one, which changes the priority. */
  macro(): Promise<string>
  /** A tag that no ticket has. */
  tag(): Promise<string>
  /** The id of one that waits to be sent. */
  letter(): Promise<string>
  /** The id of an address at which mail did not arrive. */
  undeliverable(): Promise<string>
  /** Of a new ticket, to be sent in an hour. */
  scheduled(): Promise<string>
  /** A bulk job that was for no ticket, and so is done. */
  job(): Promise<string>
  /** A webhook that is disabled. */
  webhook(dialect: 'native' | 'moov'): Promise<string>
  /** A webhook that gave up a delivery, and the delivery. */
  deadDelivery(): Promise<{ readonly webhook: string; readonly delivery: string }>
  /** One that waits for its next attempt, for an hour. */
  waitingDelivery(): Promise<{ readonly webhook: string; readonly delivery: string }>
}

export type Write = (making: Making) => Sent | Promise<Sent>

/** How NetGroot's tickets are filed. */
const FILED = { subject_id: 2, type_id: 3, status_id: 2, priority_id: 4, group_id: 2 }

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString()

export const WRITES_OF: Readonly<Record<DialectName, Readonly<Record<string, Write>>>> = {
  native: {
    'POST /v1/tickets': (m) => native(m, 'POST', '/v1/tickets', { title: m.word(), text: 'Text', topic: 1, type: 1 }),
    'PATCH /v1/tickets/{id}': async (m) =>
      native(m, 'PATCH', `/v1/tickets/${(await m.ticket()).id}`, { title: m.word(), topic: 2 }),
    'POST /v1/tickets/{id}/snooze': async (m) =>
      native(m, 'POST', `/v1/tickets/${(await m.ticket()).id}/snooze`, { until: null }),
    'DELETE /v1/tickets/{id}/snooze': async (m) => native(m, 'DELETE', `/v1/tickets/${await m.snoozedTicket()}/snooze`),
    'POST /v1/tickets/{id}/undo': async (m) => {
      const { id, change } = await m.changedTicket()
      return native(m, 'POST', `/v1/tickets/${id}/undo`, { change })
    },
    'DELETE /v1/tickets/{id}': async (m) => native(m, 'DELETE', `/v1/tickets/${(await m.ticket()).id}`),
    'POST /v1/tickets/{id}/messages': async (m) => {
      const { ticket, message } = await m.reply()
      const envelope = { to: ['a@example.com'], in_reply_to: message.id, external_reference: m.word() }
      return native(m, 'POST', `/v1/tickets/${ticket.id}/messages`, { text: m.word(), ...envelope })
    },
    'DELETE /v1/tickets/{id}/messages/{message}': async (m) => {
      const { ticket, message } = await m.reply()
      return native(m, 'DELETE', `/v1/tickets/${ticket.id}/messages/${message.id}`)
    },
    'POST /v1/tickets/{id}/merge': async (m) =>
      native(m, 'POST', `/v1/tickets/${(await m.ticket()).id}/merge`, { into: (await m.ticket()).id }),
    'POST /v1/tickets/{id}/unmerge': async (m) =>
      native(m, 'POST', `/v1/tickets/${(await m.merged()).from.id}/unmerge`),
    'POST /v1/tickets/{id}/split': async (m) => {
      const { ticket, message } = await m.reply()
      return native(m, 'POST', `/v1/tickets/${ticket.id}/split`, { message: message.id, title: m.word() })
    },
    'POST /v1/tickets/{id}/links': async (m) =>
      native(m, 'POST', `/v1/tickets/${(await m.ticket()).id}/links`, {
        relation: 'parent',
        ticket: (await m.ticket()).id,
      }),
    'DELETE /v1/tickets/{id}/links/{link}': async (m) => {
      const { ticket, link } = await m.linked()
      return native(m, 'DELETE', `/v1/tickets/${ticket}/links/${link}`)
    },
    'POST /v1/attachments': (m) => native(m, 'POST', '/v1/attachments', upload(m)),
    'PATCH /v1/tenant': (m) => native(m, 'PATCH', '/v1/tenant', { name: m.word() }),
    ...catalogueWrites('/v1/desks', () => ({})),
    ...catalogueWrites('/v1/groups', () => ({})),
    ...catalogueWrites('/v1/topics', () => ({ offered_in: ['netgroot'] })),
    ...catalogueWrites('/v1/types', () => ({})),
    ...catalogueWrites('/v1/forms', () => ({})),
    ...catalogueWrites('/v1/status_labels', () => ({ status: 'open' })),
    ...catalogueWrites('/v1/priority_labels', () => ({ priority: 'low' })),
    ...catalogueWrites('/v1/channels', ({ word }) => ({ kind: word() })),
    'POST /v1/fields': (m) => native(m, 'POST', '/v1/fields', newField(m)),
    'PATCH /v1/fields/{field}': async (m) =>
      native(m, 'PATCH', `/v1/fields/${await m.field()}`, { label: m.word(), choices: ['b', 'c'] }),
    'POST /v1/users': (m) =>
      native(m, 'POST', '/v1/users', {
        name: m.word(),
        email: `${m.word()}@example.com`,
        memberships: [{ desk: m.site.desk.id, role: 'customer' }],
      }),
    'PATCH /v1/users/{id}': async (m) =>
      native(m, 'PATCH', `/v1/users/${(await m.person()).id}`, { name: m.word(), fields: { city: 'Delft' } }),
    'DELETE /v1/users/{id}': async (m) => native(m, 'DELETE', `/v1/users/${(await m.person()).id}`),
    'POST /v1/credentials': (m) =>
      native(m, 'POST', '/v1/credentials', {
        ...{ dialect: 'moov', kind: 'basic', name: m.word(), user: m.site.agent.id, desk: m.site.desk.id },
        ...{ redirect_uris: ['https://example.com/back'], origins: ['https://example.com'], test: true },
      }),
    'DELETE /v1/credentials/{id}': async (m) => native(m, 'DELETE', `/v1/credentials/${await m.credential()}`),
    'POST /v1/views': (m) => native(m, 'POST', '/v1/views', { name: m.word(), query: m.word(), audience: 'everyone' }),
    'PATCH /v1/views/{id}': async (m) =>
      native(m, 'PATCH', `/v1/views/${await m.view()}`, { name: m.word(), sort: 'updated' }),
    'DELETE /v1/views/{id}': async (m) => native(m, 'DELETE', `/v1/views/${await m.view()}`),
    'POST /v1/saved_replies': (m) =>
      native(m, 'POST', '/v1/saved_replies', { name: m.word(), text: m.word(), audience: 'everyone' }),
    'PATCH /v1/saved_replies/{id}': async (m) =>
      native(m, 'PATCH', `/v1/saved_replies/${await m.savedReply()}`, { text: m.word() }),
    'DELETE /v1/saved_replies/{id}': async (m) => native(m, 'DELETE', `/v1/saved_replies/${await m.savedReply()}`),
    'POST /v1/letters/{id}/resend': async (m) => native(m, 'POST', `/v1/letters/${await m.letter()}/resend`),
    'DELETE /v1/undeliverable_addresses/{id}': async (m) =>
      native(m, 'DELETE', `/v1/undeliverable_addresses/${await m.undeliverable()}`),
    'POST /v1/letters/{id}/hold': async (m) => native(m, 'POST', `/v1/letters/${await m.letter()}/hold`),
    'POST /v1/tickets/{id}/scheduled': async (m) =>
      native(m, 'POST', `/v1/tickets/${(await m.ticket()).id}/scheduled`, { text: m.word(), send_at: inAnHour() }),
    'PATCH /v1/tickets/{id}/scheduled/{scheduled}': async (m) =>
      native(m, 'PATCH', `/v1/tickets/${await m.scheduled()}`, { text: m.word() }),
    'DELETE /v1/tickets/{id}/scheduled/{scheduled}': async (m) =>
      native(m, 'DELETE', `/v1/tickets/${await m.scheduled()}`),
    'POST /v1/macros': (m) =>
      native(m, 'POST', '/v1/macros', { name: m.word(), change: { add_tags: [m.word()] }, audience: 'everyone' }),
    'PATCH /v1/macros/{id}': async (m) => native(m, 'PATCH', `/v1/macros/${await m.macro()}`, { name: m.word() }),
    'DELETE /v1/macros/{id}': async (m) => native(m, 'DELETE', `/v1/macros/${await m.macro()}`),
    'POST /v1/tickets/{id}/macros': async (m) =>
      native(m, 'POST', `/v1/tickets/${(await m.ticket()).id}/macros`, { macro: await m.macro() }),
    // To nobody here: what goes on in the background would be seen as a second effect.
    'POST /v1/mail': (m) => {
      const sent = native(m, 'POST', '/v1/mail', `From: a@example.com\r\nSubject: ${m.word()}\r\n\r\nText\r\n`)
      return { ...sent, headers: { ...sent.headers, 'content-type': 'message/rfc822' } }
    },
    'POST /v1/tags': (m) => native(m, 'POST', '/v1/tags', { name: m.word(), colour: 'red' }),
    'PATCH /v1/tags/{tag}': async (m) => native(m, 'PATCH', `/v1/tags/${await m.tag()}`, { description: m.word() }),
    'POST /v1/tags/{tag}/merge': async (m) =>
      native(m, 'POST', `/v1/tags/${await m.tag()}/merge`, { into: await m.tag() }),
    'DELETE /v1/tags/{tag}': async (m) => native(m, 'DELETE', `/v1/tags/${await m.tag()}`),
    // Of no tickets: what goes on in the background would be seen as a second effect.
    'POST /v1/jobs': (m) => native(m, 'POST', '/v1/jobs', { tickets: [], change: { add_tags: [m.word()] } }),
    'POST /v1/jobs/{id}/cancel': async (m) => native(m, 'POST', `/v1/jobs/${await m.job()}/cancel`),
    'POST /v1/jobs/{id}/undo': async (m) => native(m, 'POST', `/v1/jobs/${await m.job()}/undo`),
    'DELETE /v1/users/{id}/memberships/{desk}': async (m) =>
      native(m, 'DELETE', `/v1/users/${(await m.person()).id}/memberships/${m.site.desk.id}`),
    'POST /v1/webhooks': (m) =>
      native(m, 'POST', '/v1/webhooks', { url: m.receiver, description: m.word(), enabled: false }),
    'PATCH /v1/webhooks/{id}': async (m) =>
      native(m, 'PATCH', `/v1/webhooks/${await m.webhook('native')}`, { description: m.word() }),
    'DELETE /v1/webhooks/{id}': async (m) => native(m, 'DELETE', `/v1/webhooks/${await m.webhook('native')}`),
    'POST /v1/webhooks/{id}/rotate_secret': async (m) =>
      native(m, 'POST', `/v1/webhooks/${await m.webhook('native')}/rotate_secret`),
    'POST /v1/webhooks/{id}/test': async (m) => native(m, 'POST', `/v1/webhooks/${await m.webhook('native')}/test`),
    'POST /v1/webhooks/{id}/replay': async (m) =>
      native(m, 'POST', `/v1/webhooks/${(await m.deadDelivery()).webhook}/replay`),
    'POST /v1/webhooks/{id}/deliveries/{delivery}/replay': async (m) => {
      const { webhook, delivery } = await m.deadDelivery()
      return native(m, 'POST', `/v1/webhooks/${webhook}/deliveries/${delivery}/replay`)
    },
    'POST /v1/webhooks/{id}/send': async (m) =>
      native(m, 'POST', `/v1/webhooks/${(await m.waitingDelivery()).webhook}/send`),
    'POST /v1/webhooks/{id}/deliveries/{delivery}/send': async (m) => {
      const { webhook, delivery } = await m.waitingDelivery()
      return native(m, 'POST', `/v1/webhooks/${webhook}/deliveries/${delivery}/send`)
    },
    'POST /v1/webhooks/{id}/deliveries/{delivery}/skip': async (m) => {
      const { webhook, delivery } = await m.deadDelivery()
      return native(m, 'POST', `/v1/webhooks/${webhook}/deliveries/${delivery}/skip`)
    },
  },
  spacebring: {
    'POST /support/tickets/v1': (m) =>
      ask(m, 'spacebring', 'POST', '/support/tickets/v1', {
        ticket: { type: 'internet', text: m.word(), locationRef: m.site.desk.id },
      }),
    'PUT /support/tickets/v1/{id}/status': async (m) =>
      ask(m, 'spacebring', 'PUT', `/support/tickets/v1/${(await m.ticket()).id}/status`, {
        ticket: { status: 'solved' },
      }),
    'PUT /support/tickets/v1/{id}/assignee': async (m) =>
      ask(m, 'spacebring', 'PUT', `/support/tickets/v1/${(await m.ticket()).id}/assignee`, {
        ticket: { userRefAssignee: m.site.agent.id },
      }),
    'PATCH /support/tickets/v1/{id}/type': async (m) =>
      ask(m, 'spacebring', 'PATCH', `/support/tickets/v1/${(await m.ticket()).id}/type`, {
        ticket: { type: 'cleaning' },
      }),
    'POST /support/tickets/v1/comment': async (m) =>
      ask(m, 'spacebring', 'POST', '/support/tickets/v1/comment', {
        activity: { ticketRef: (await m.ticket()).id, text: m.word() },
      }),
    'DELETE /support/tickets/v1/comment/{id}': async (m) =>
      ask(m, 'spacebring', 'DELETE', `/support/tickets/v1/comment/${(await m.reply()).message.id}`),
    'POST /support/attachments/v1': (m) => ask(m, 'spacebring', 'POST', '/support/attachments/v1', upload(m)),
  },
  moov: {
    'POST /accounts/{accountID}/tickets': (m) =>
      ask(m, 'moov', 'POST', `/accounts/${m.site.desk.id}/tickets`, {
        title: m.word(),
        body: 'Body',
        contact: { email: `${m.word()}@moov.example` },
      }),
    'PATCH /accounts/{accountID}/tickets/{ticketID}': async (m) =>
      ask(m, 'moov', 'PATCH', `/accounts/${m.site.desk.id}/tickets/${(await m.ticket()).id}`, { status: 'closed' }),
    'POST /accounts/{accountID}/tickets/{ticketID}': async (m) =>
      ask(m, 'moov', 'POST', `/accounts/${m.site.desk.id}/tickets/${(await m.ticket()).id}`, { status: 'closed' }),
    'POST /webhooks': (m) => ask(m, 'moov', 'POST', '/webhooks', moovWebhook(m)),
    'PUT /webhooks/{webhookID}': async (m) =>
      ask(m, 'moov', 'PUT', `/webhooks/${await m.webhook('moov')}`, moovWebhook(m)),
    'DELETE /webhooks/{webhookID}': async (m) => ask(m, 'moov', 'DELETE', `/webhooks/${await m.webhook('moov')}`),
    'POST /webhooks/{webhookID}/ping': async (m) => ask(m, 'moov', 'POST', `/webhooks/${await m.webhook('moov')}/ping`),
  },
  netgroot: {
    'POST /api/v1/subscriber/CreateTicket': (m) =>
      netgroot(m, 'subscriber/CreateTicket', { ...FILED, message: m.word() }, 'limited'),
    'POST /api/v1/subscriber/ReplyTicket': async (m) =>
      netgroot(m, 'subscriber/ReplyTicket', { ...(await about(m)), message: m.word() }, 'limited'),
    'POST /api/v1/subscriber/CloseTicket': async (m) =>
      netgroot(m, 'subscriber/CloseTicket', await about(m), 'limited'),
    'POST /api/v1/Tickets/UpdateTicket': async (m) =>
      netgroot(m, 'Tickets/UpdateTicket', { ...(await about(m)), ...FILED }),
    'POST /api/v1/Tickets/ReplyTicket': async (m) =>
      netgroot(m, 'Tickets/ReplyTicket', { ...(await about(m)), message: m.word() }),
  },
  omnidesk: {
    'POST /api/v2/ticket': (m) =>
      omnidesk(m, 'POST', 'ticket', { brandID: 1, channelID: 3, title: m.word(), assignedGroupID: 2, formID: 1 }),
    'PUT /api/v2/ticket/{ticketID}': async (m) =>
      omnidesk(m, 'PUT', `ticket/${(await m.ticket()).integer}`, { title: m.word(), assignedGroupID: 2, formID: 1 }),
    'DELETE /api/v2/ticket/{ticketID}': async (m) => omnidesk(m, 'DELETE', `ticket/${(await m.ticket()).integer}`),
    'DELETE /api/v2/ticket/multi': async (m) =>
      omnidesk(m, 'DELETE', 'ticket/multi', { ticketIDs: await integers(m, 2) }),
    'POST /api/v2/ticket/setStatus': async (m) =>
      omnidesk(m, 'POST', 'ticket/setStatus', { ticketIDs: await integers(m, 2), status: 'closed' }),
    'POST /api/v2/ticket/setPriority': async (m) =>
      omnidesk(m, 'POST', 'ticket/setPriority', { ticketIDs: await integers(m, 2), priority: 'urgent' }),
    'POST /api/v2/ticket/unlinkCustomerFromTicket': async (m) =>
      omnidesk(m, 'POST', 'ticket/unlinkCustomerFromTicket', { ticketID: (await m.ticket()).integer }),
    'POST /api/v2/ticket/batch': async (m) =>
      omnidesk(m, 'POST', 'ticket/batch', {
        TicketIDs: (await integers(m, 2)).join(','),
        actions: [
          { actionType: 'group', value: 2 },
          { actionType: 'form', value: 1 },
          { actionType: 'addNote', value: m.word() },
        ],
      }),
    'PUT /api/v2/ticket/solveUnfinishedTickets': async (m) =>
      omnidesk(m, 'PUT', 'ticket/solveUnfinishedTickets', { ticketIDs: await integers(m, 2), brandID: 1 }),
    'POST /api/v2/message': async (m) => {
      const { ticket, message } = await m.reply()
      const envelope = { toAddress: 'a@example.com', ccInput: 'b@example.com', respondMessageID: message.integer }
      const said = { ticketID: ticket.integer, type: '3', message: m.word(), forwardedFileIDs: [await m.file()] }
      return omnidesk(m, 'POST', 'message', { ...said, ...envelope })
    },
    'POST /api/v2/customer': (m) =>
      omnidesk(m, 'POST', 'customer', {
        firstname: m.word(),
        primary_id: m.word(),
        channel_id: 'email',
        customer_link_channel: `${m.word()}@example.com`,
      }),
    'PUT /api/v2/customer/updateCustomer': async (m) =>
      omnidesk(m, 'PUT', 'customer/updateCustomer', { ...(await named(m)), firstname: m.word() }),
    'POST /api/v2/customer/addChannelOnly': async (m) =>
      omnidesk(m, 'POST', 'customer/addChannelOnly', { ...(await named(m)), extra_email: `${m.word()}@example.com` }),
    'DELETE /api/v2/customer/itemPurgeData': async (m) =>
      omnidesk(m, 'DELETE', 'customer/itemPurgeData', await named(m)),
    'DELETE /api/v2/customer/purgeData': async (m) => omnidesk(m, 'DELETE', 'customer/purgeData', await named(m)),
    'DELETE /api/v2/customer/{customerID}/purgeData': async (m) =>
      omnidesk(m, 'DELETE', `customer/${(await m.person()).integer}/purgeData`),
    'POST /api/v2/customer/searchByPrimaryExternalId': async (m) =>
      omnidesk(m, 'POST', 'customer/searchByPrimaryExternalId', await named(m)),
  },
}

const NOBODY_YET = 'who asks is nobody yet, so there is no credential that the key could belong to'

/**
 * The operations outside of the dialects' routes that do not honour an Idempotency-Key, with the reason. A route tells its
 * own reason itself, as `withoutKey`.
 */
export const NOT_REPEATABLE: Readonly<Record<string, string>> = {
  'POST /oauth2/token': `${NOBODY_YET}; codes and refresh tokens are good once by themselves (RFC 6749)`,
  'POST /oauth2/revoke': 'revoking is the same however often it is done (RFC 7009)',
  'POST /oauth2/authorize': `${NOBODY_YET}; the page of consent is sealed and good once`,
}

/**
 * Writes whose repeat is answered with what is so now, where a first answer is not kept: what is kept of a call shows no
 * people, so that nothing of them has to be erased there.
 */
export function showsPeople(operation: string): boolean {
  return /^(POST|PATCH) \/v1\/users|^(POST|PUT) \/api\/v2\/customer(\/updateCustomer|\/addChannelOnly)?$/.test(
    operation,
  )
}

function ask(
  { site }: Making,
  dialect: DialectName,
  method: string,
  path: string,
  body?: unknown,
  caller: Caller = 'trusted',
): Sent {
  return { method, path, headers: site.as(dialect, caller), ...(body === undefined ? {} : { body }) }
}

/** A record of each kind is added, renamed and retired alike. @param own what a new one has beside its name. */
function catalogueWrites(path: string, own: (making: Making) => object): Readonly<Record<string, Write>> {
  return {
    [`POST ${path}`]: (m) => native(m, 'POST', path, { name: m.word(), ...own(m) }),
    [`PATCH ${path}/{id}`]: async (m) =>
      native(m, 'PATCH', `${path}/${await m.record(path, own(m))}`, { name: m.word(), active: false }),
  }
}

/** A choice among the fields of tickets. */
export function newField({ word }: Pick<Making, 'word'>): object {
  return { key: word(), type: 'choice', label: word(), choices: ['a', { value: 'b', label: 'B' }] }
}

function native(making: Making, method: string, path: string, body?: unknown): Sent {
  return ask(making, 'native', method, path, body)
}

function netgroot(making: Making, action: string, body: object, caller: Caller = 'trusted'): Sent {
  return ask(making, 'netgroot', 'POST', `/api/v1/${action}`, body, caller)
}

function omnidesk(making: Making, method: string, path: string, body?: object): Sent {
  return ask(making, 'omnidesk', method, `/api/v2/${path}`, body)
}

function moovWebhook({ receiver, word }: Making): object {
  return { url: receiver, description: word(), status: 'disabled', eventTypes: ['ticket.created'] }
}

/** A form with a file, as a client makes it: sent again it has another boundary. */
export function upload({ word }: Pick<Making, 'word'>): FormData {
  const form = new FormData()
  form.set('file', new Blob([word()], { type: 'text/plain' }), 'notes.txt')
  return form
}

async function about(making: Making): Promise<object> {
  return { ticket_id: (await making.ticket()).integer }
}

async function integers(making: Making, count: number): Promise<readonly number[]> {
  const tickets = await Promise.all(Array.from({ length: count }, () => making.ticket()))
  return tickets.map(({ integer }) => integer)
}

async function named(making: Making): Promise<object> {
  return { externalPrimaryID: (await making.person()).externalId }
}
