/**
 * One store, five dialects: a ticket made in any of them is complete in every other, whatever its status and priority.
 * The tables are written out here, from the vendors' documents and our numbered decisions, and are not those of the code.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DialectName } from '../../src/dialects/profiles.ts'
import { startWorld, type World } from '../world.ts'
import { makeSite, type Site } from './site.ts'

/** How each status is shown: S46, M22, NetGroot section 5.1, Omnidesk section 4. */
const STATUSES = [
  { native: 'new', spacebring: 'new', moov: 'new', netgroot: [1, 'Open'], omnidesk: 'new' },
  { native: 'open', spacebring: 'inProgress', moov: 'in-progress', netgroot: [2, 'In Progress'], omnidesk: 'open' },
  { native: 'pending', spacebring: 'inProgress', moov: 'on-hold', netgroot: [3, 'On Hold'], omnidesk: 'pending' },
  { native: 'on_hold', spacebring: 'inProgress', moov: 'on-hold', netgroot: [3, 'On Hold'], omnidesk: 'holding' },
  { native: 'solved', spacebring: 'solved', moov: 'closed', netgroot: [4, 'Resolved'], omnidesk: 'solved' },
  { native: 'closed', spacebring: 'closed', moov: 'closed', netgroot: [5, 'Closed'], omnidesk: 'closed' },
] as const

/** How each priority is shown; Spacebring and Moov have none. */
const PRIORITIES = [
  { native: 'low', netgroot: [1, 'Low'], omnidesk: 'low' },
  { native: 'normal', netgroot: [2, 'Medium'], omnidesk: 'medium' },
  { native: 'high', netgroot: [3, 'High'], omnidesk: 'high' },
  { native: 'urgent', netgroot: [4, 'Urgent'], omnidesk: 'urgent' },
] as const

interface Wanted {
  readonly status: (typeof STATUSES)[number]
  readonly priority: (typeof PRIORITIES)[number]
}

const COMBINATIONS: readonly Wanted[] = STATUSES.flatMap((status) =>
  PRIORITIES.map((priority) => ({ status, priority })),
)

/** What one dialect makes, and what every dialect shows of it apart from status and priority. */
interface Made {
  readonly maker: DialectName
  readonly path: (site: Site) => string
  readonly body: (site: Site, wanted: Wanted) => object
  /** The statuses that the body says, together with the priority; the others are set afterwards. */
  readonly says: readonly Wanted['status']['native'][]
  /** What the answer calls the ticket; the native API takes a UUID and an integer alike. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly named: (answer: any) => string | number
  readonly shown: (site: Site) => Readonly<Record<DialectName, object>>
}

const TEXT = 'The network is down.\nSince this morning.'
const FIRST_LINE = 'The network is down.'
const NOTHING_CHOSEN = { subject_id: null, type_id: null, type: null, group_id: null, group: null }
const FROM_ELSEWHERE = { channel_id: 13, direction: 'inbound', to: '', to_name: '', form_id: null }

const MAKERS: readonly Made[] = [
  {
    maker: 'native',
    path: () => '/v1/tickets',
    body: (site, { status, priority }) => ({
      ...{ title: 'No network', text: TEXT, topic: 1, type: 2, requester: { id: site.requester.id } },
      ...{ status: status.native, priority: priority.native },
    }),
    says: ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'],
    named: (answer) => answer.id,
    shown: (site) => ({
      native: { title: 'No network', description: TEXT, topic: { id: 1 }, type: { id: 2 }, group: null },
      spacebring: { type: 'other', description: TEXT, userRequester: { id: site.requester.id } },
      moov: { title: 'No network', contact: { email: 'requester@crossing.example' } },
      netgroot: {
        ...{ subject_id: 1, subject: 'No network', type_id: 2, type: 'Service Request', group_id: null, group: null },
        ...{ message: TEXT, subscriber_id: site.requester.integer, customer_id: '7' },
      },
      omnidesk: {
        ...{ ...FROM_ELSEWHERE, title: 'No network', from: 'requester@crossing.example' },
        ...{ customer_id: site.requester.integer, assigned_group_id: 0 },
      },
    }),
  },
  {
    maker: 'spacebring',
    path: () => '/support/tickets/v1',
    body: (site) => ({
      ticket: { type: 'internet', text: TEXT, locationRef: site.desk.id, userRefRequester: site.requester.id },
    }),
    says: [],
    named: (answer) => answer.ticket.id,
    shown: (site) => ({
      // This vendor has no titles: one is derived from the text, for those who show one.
      native: { title: FIRST_LINE, description: TEXT, topic: { id: 9, name: 'Internet' }, type: null, group: null },
      spacebring: { type: 'internet', description: TEXT, userRequester: { id: site.requester.id } },
      moov: { title: FIRST_LINE, contact: { email: 'requester@crossing.example' } },
      // Its topic is none of this dialect's, so that it has no id.
      netgroot: { ...NOTHING_CHOSEN, subject: FIRST_LINE, message: TEXT, customer_id: '7' },
      omnidesk: {
        ...{ ...FROM_ELSEWHERE, title: FIRST_LINE, from: 'requester@crossing.example' },
        ...{ customer_id: site.requester.integer, assigned_group_id: 0 },
      },
    }),
  },
  {
    maker: 'moov',
    path: (site) => `/accounts/${site.desk.id}/tickets`,
    body: () => ({
      ...{ title: 'No payout', body: '<p>None <b>at all</b> &amp; no word.</p>' },
      ...{ contact: { email: 'casey@moov.example', name: 'Casey' }, foreignID: 'payout-9' },
    }),
    says: [],
    named: (answer) => answer.ticketID,
    shown: () => ({
      native: {
        ...{ title: 'No payout', description: 'None at all & no word.', topic: null, reference: 'payout-9' },
        requester: { email: 'casey@moov.example', role: 'customer' },
      },
      spacebring: {
        ...{ type: 'other', description: 'None at all & no word.' },
        userRequester: { email: 'casey@moov.example' },
      },
      moov: {
        ...{ title: 'No payout', contact: { email: 'casey@moov.example', name: 'Casey' }, foreignID: 'payout-9' },
      },
      netgroot: { ...NOTHING_CHOSEN, subject: 'No payout', message: 'None at all & no word.' },
      omnidesk: {
        ...{ ...FROM_ELSEWHERE, title: 'No payout', from: 'casey@moov.example', from_name: 'Casey' },
        assigned_group_id: 0,
      },
    }),
  },
  {
    maker: 'netgroot',
    path: () => '/api/v1/subscriber/CreateTicket',
    // The only vendor's dialect that takes both words at creation.
    body: (_site, { status, priority }) => ({
      ...{ subject_id: 2, type_id: 3, group_id: 2, message: TEXT },
      ...{ status_id: status.netgroot[0], priority_id: priority.netgroot[0] },
    }),
    // It has one word for the two kinds of waiting, and means this one.
    says: ['new', 'open', 'on_hold', 'solved', 'closed'],
    named: (answer) => answer.data.ticket_id,
    shown: (site) => ({
      // Its title is its topic's name, and not stored: it follows the topic.
      native: {
        ...{ title: '', description: TEXT, topic: { id: 2 }, type: { id: 3 }, group: { name: 'Billing' } },
        requester: { id: site.requester.id },
      },
      spacebring: { type: 'other', description: TEXT, userRequester: { id: site.requester.id } },
      moov: { title: FIRST_LINE, contact: { email: 'requester@crossing.example' } },
      netgroot: {
        ...{ subject_id: 2, subject: 'Billing Issue', type_id: 3, type: 'Question', group_id: 2, group: 'Billing' },
        ...{ message: TEXT, subscriber_id: site.requester.integer, customer_id: '7' },
      },
      omnidesk: {
        ...{ ...FROM_ELSEWHERE, title: FIRST_LINE, from: 'requester@crossing.example' },
        ...{ customer_id: site.requester.integer, assigned_group_id: 2 },
      },
    }),
  },
  {
    maker: 'omnidesk',
    path: () => '/api/v2/ticket',
    body: (site) => ({
      ...{ brandID: site.desk.integer, channelID: 3, direction: 'outbound', title: 'Callback', assignedGroupID: 1 },
      ...{ from: 'requester@crossing.example', fromName: 'Rosa', to: 'desk@crossing.example' },
    }),
    says: [],
    named: (answer) => answer.ticketID,
    shown: (site) => ({
      native: { title: 'Callback', description: '', topic: null, type: null, group: { name: 'Support' } },
      // There is no message: its title stands in where a dialect demands a text (S44).
      spacebring: { type: 'other', description: 'Callback', userRequester: { id: site.requester.id } },
      moov: { title: 'Callback', contact: { email: 'requester@crossing.example' } },
      netgroot: {
        ...{ ...NOTHING_CHOSEN, subject: 'Callback', group_id: 1, group: 'Support' },
        ...{ message: '', subscriber_id: site.requester.integer },
      },
      omnidesk: {
        ...{ channel_id: 3, direction: 'outbound', title: 'Callback', from: 'requester@crossing.example' },
        ...{ from_name: 'Rosa', to: 'desk@crossing.example', assigned_group_id: 1, form_id: null },
        customer_id: site.requester.integer,
      },
    }),
  },
]

describe('a ticket made in one dialect', () => {
  let world: World
  let site: Site
  before(async () => {
    world = await startWorld({ POLYDESK_DEMO: 'off' })
    site = await makeSite(world, 'crossing')
  })
  after(() => world.stop())

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  async function ask(dialect: DialectName, method: string, path: string, body?: object): Promise<any> {
    // In NetGroot a subscriber makes tickets, and staff read them.
    const caller = dialect === 'netgroot' && method === 'POST' ? 'limited' : 'trusted'
    const answer = await world.send(method, path, { headers: site.as(dialect, caller), ...(body && { body }) })
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json
  }

  /** Makes a ticket; what the dialect has no word for at creation, the native API says then. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  async function make({ maker, path, body, named, says }: Made, wanted: Wanted): Promise<any> {
    const name = named(await ask(maker, 'POST', path(site), body(site, wanted)))
    if (says.includes(wanted.status.native)) return ask('native', 'GET', `/v1/tickets/${name}`)
    const words = { status: wanted.status.native, priority: wanted.priority.native }
    return ask('native', 'PATCH', `/v1/tickets/${name}`, words)
  }

  for (const made of MAKERS) {
    test(`${made.maker}: reads back in every other with its status, its priority and all that it has`, async () => {
      const shown = made.shown(site)
      const tickets = await Promise.all(COMBINATIONS.map((wanted) => make(made, wanted)))
      await Promise.all(
        COMBINATIONS.map(async ({ status, priority }, at) => {
          const ticket = tickets[at]
          const { id, integer, number } = ticket
          const name = `${status.native}, ${priority.native}`
          const isClosed = status.native === 'closed'
          const [statusId, statusName] = status.netgroot
          const [priorityId, priorityName] = priority.netgroot

          assert.partialDeepStrictEqual(
            ticket,
            { ...shown.native, status: status.native, priority: priority.native, desk: { id: site.desk.id } },
            name,
          )

          const spacebring = await ask('spacebring', 'GET', `/support/tickets/v1/${id}`)
          const onLocation = { id, number, locationRef: site.desk.id, status: status.spacebring }
          assert.partialDeepStrictEqual(spacebring.ticket, { ...shown.spacebring, ...onLocation }, name)

          const moov = await ask('moov', 'GET', `/accounts/${site.desk.id}/tickets/${id}`)
          assert.partialDeepStrictEqual(
            moov,
            { ...shown.moov, ticketID: id, number, status: status.moov, createdOn: ticket.created_at },
            name,
          )
          assert.equal('closedOn' in moov, status.moov === 'closed', name)

          const netgroot = await ask('netgroot', 'GET', `/api/v1/Tickets/getTicket?id=${integer}`)
          const words = { status_id: statusId, status: statusName, priority_id: priorityId, priority: priorityName }
          assert.partialDeepStrictEqual(netgroot.data, { ...shown.netgroot, ticket_id: integer, ...words }, name)
          assert.equal(netgroot.data.closed_at !== null, isClosed, name)

          const omnidesk = await ask('omnidesk', 'GET', `/api/v2/ticket/${integer}`)
          assert.partialDeepStrictEqual(
            omnidesk.item,
            {
              ...{ ...shown.omnidesk, id: integer, brand_id: site.desk.integer },
              ...{ status: status.omnidesk, priority: priority.omnidesk },
            },
            name,
          )
          assert.equal(omnidesk.item.closed_at !== null, isClosed, name)

          assert.deepEqual(await ask('native', 'GET', `/v1/tickets/${id}`), ticket, 'reading changes nothing')
        }),
      )
    })
  }
})
