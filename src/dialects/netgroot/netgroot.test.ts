import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { type Received, startWorld, type World } from '../../../test/world.ts'

interface Exchange {
  readonly name: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly authorized: boolean
    readonly body?: unknown
  }
  readonly answer: { readonly status: number; readonly body: unknown }
}

const sample = { subject_id: 1, type_id: 1, status_id: 1, priority_id: 1, group_id: 1, message: 'Internet is down.' }

const INVALID = { success: false, message: 'Invalid request data' }
const NO_TICKET = { success: false, message: 'Ticket not found' }
const NO_SUBSCRIBER = { success: false, message: 'Subscriber not found' }

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

type Headers = Record<string, string>
const bearer = (name: string): Headers => ({ authorization: `Bearer ${world.value(name)}` })
const asSubscriber = (): Headers => bearer('NETGROOT_TOKEN')
const asStaff = (): Headers => bearer('NETGROOT_STAFF_TOKEN')

const get = (path: string, headers: Headers) => world.send('GET', `/api/v1/${path}`, { headers })
const post = (path: string, headers: Headers, body: unknown) => world.send('POST', `/api/v1/${path}`, { headers, body })

function answers(received: Received, status: number, body: unknown): void {
  assert.deepEqual({ status: received.status, body: received.json }, { status, body })
}

async function created(differences: object = {}): Promise<number> {
  const made = await post('subscriber/CreateTicket', asSubscriber(), { ...sample, ...differences })
  assert.equal(made.status, 200, made.text)
  return made.json.data.ticket_id
}

async function shownTo(headers: Headers, id: number) {
  const path =
    headers['authorization'] === asStaff()['authorization'] ? 'Tickets/getTicket' : 'subscriber/getTicketDetails'
  const shown = await get(`${path}?id=${id}`, headers)
  assert.equal(shown.status, 200, shown.text)
  return shown.json.data
}

async function exchanges(file: string): Promise<readonly Exchange[]> {
  return JSON.parse(await readFile(new URL(`fixtures/${file}`, import.meta.url), 'utf8'))
}

async function replayed({ request }: Exchange): Promise<Received> {
  const headers = request.authorized ? asSubscriber() : {}
  return world.send(request.method, request.path, { headers, body: request.body })
}

describe('the documented examples', () => {
  test('getSubjects answers as documented, with our third subject after the two of the example', async () => {
    const [listed, refused] = await exchanges('get-subjects.json')
    assert.ok(listed && refused)
    const received = await replayed(listed)
    assert.equal(received.status, 200)
    const { success, data } = received.json
    assert.deepEqual(data.pop(), { subject_id: 3, name: 'General Enquiry' })
    assert.deepEqual({ success, data }, listed.answer.body)
    answers(await replayed(refused), refused.answer.status, refused.answer.body)
  })

  test('CreateTicket answers as documented, key by key, but for the id', async () => {
    const [accepted, refused] = await exchanges('create-ticket.json')
    assert.ok(accepted && refused)
    const received = await replayed(accepted)
    assert.equal(received.status, 200)
    const id: number = received.json.data.ticket_id
    assert.ok(Number.isInteger(id) && id >= 1)
    assert.equal(received.text.replace(`:${id},`, ':101,'), JSON.stringify(accepted.answer.body))
    assert.equal(received.headers.get('content-type'), 'application/json; charset=utf-8')
    answers(await replayed(refused), refused.answer.status, refused.answer.body)
  })
})

describe('who calls', () => {
  test('without a good token everything is 401, before anything else is looked at', async () => {
    const bad: Headers[] = [
      {},
      { authorization: 'Bearer' },
      { authorization: 'Bearer nobody' },
      { authorization: 'Basic eA==' },
    ]
    for (const headers of bad) {
      for (const received of [
        await get('Tickets/getSubjects', headers),
        await post('subscriber/CreateTicket', headers, '{'),
      ]) {
        answers(received, 401, { success: false, message: 'Unauthorized' })
        assert.equal(received.headers.get('www-authenticate'), 'Bearer')
      }
    }
  })

  test('the scheme is read in any case, with any number of blanks', async () => {
    const received = await get('Tickets/getSubjects', { authorization: `bEARER   ${world.value('NETGROOT_TOKEN')}` })
    assert.equal(received.status, 200)
  })

  test('staff have no subscriber, which is said before the body is read', async () => {
    answers(await post('subscriber/CreateTicket', asStaff(), sample), 404, NO_SUBSCRIBER)
    answers(await post('subscriber/CreateTicket', asStaff(), '{'), 404, NO_SUBSCRIBER)
    answers(await get('subscriber/getCustomerTickets', asStaff()), 404, NO_SUBSCRIBER)
    answers(await get('subscriber/getCustomerDetails', asStaff()), 404, NO_SUBSCRIBER)
  })

  test('subscribers are kept from what staff do, before their request is looked at', async () => {
    const forbidden = { success: false, message: 'Forbidden' }
    answers(await get('Tickets/getTickets?page=x', asSubscriber()), 403, forbidden)
    answers(await get('Tickets/getTicket', asSubscriber()), 403, forbidden)
    answers(await post('Tickets/UpdateTicket', asSubscriber(), '{'), 403, forbidden)
    answers(await post('Tickets/ReplyTicket', asSubscriber(), '{'), 403, forbidden)
  })

  test('both look up the lists', async () => {
    for (const headers of [asSubscriber(), asStaff()]) {
      const names = async (list: string) => (await get(`Tickets/${list}`, headers)).json.data
      assert.deepEqual(await names('getTypes'), [
        { type_id: 1, name: 'Complaint' },
        { type_id: 2, name: 'Service Request' },
        { type_id: 3, name: 'Question' },
      ])
      assert.deepEqual((await names('getStatuses'))[1], { status_id: 2, name: 'In Progress' })
      assert.deepEqual((await names('getPriorities'))[1], { priority_id: 2, name: 'Medium' })
      assert.deepEqual(await names('getGroups'), [
        { group_id: 1, name: 'Support' },
        { group_id: 2, name: 'Billing' },
      ])
    }
  })

  test('a subscriber sees the own details', async () => {
    const received = await get('subscriber/getCustomerDetails', asSubscriber())
    assert.equal(received.status, 200)
    const { id, ...data } = received.json.data
    assert.ok(Number.isInteger(id))
    assert.deepEqual(data, {
      customer_id: '10001',
      username: 'rosa',
      firstname: 'Rosa',
      lastname: 'Requester',
      email: 'requester@example.com',
      phone: '+31201234567',
      status: 'active',
    })
  })
})

describe('creating', () => {
  test('whatever is wrong with the body is the same 400, and nothing is written', async () => {
    const total = async () => (await get('Tickets/getTickets?limit=1', asStaff())).json.pagination.total
    const before = await total()
    const wrong: unknown[] = [
      undefined,
      '',
      '{',
      'null',
      '[]',
      '"text"',
      new Uint8Array([0x7b, 0xff, 0x7d]),
      {},
      ...['1', 1.5, true, null, 0, -1, 99, 1e300].map((subject_id) => ({ ...sample, subject_id })),
      { ...sample, type_id: 99 },
      { ...sample, status_id: 99 },
      { ...sample, priority_id: 99 },
      { ...sample, group_id: 99 },
      ...['', ' \n ', null, 7, 'x'.repeat(65_536), '\u0000\u001b[31m'].map((message) => ({
        ...sample,
        message,
      })),
    ]
    for (const body of wrong) answers(await post('subscriber/CreateTicket', asSubscriber(), body), 400, INVALID)
    assert.equal(await total(), before)
  })

  test('topics of other dialects cannot be chosen', async () => {
    const listed = (await get('Tickets/getSubjects', asSubscriber())).json.data
    const ids = listed.map((each: { subject_id: number }) => each.subject_id)
    assert.ok(!ids.includes(4))
    answers(await post('subscriber/CreateTicket', asSubscriber(), { ...sample, subject_id: 4 }), 400, INVALID)
  })

  test('a body of another media type is 400, one without a media type is read as JSON', async () => {
    const text = JSON.stringify(sample)
    const typed = { ...asSubscriber(), 'content-type': 'application/x-www-form-urlencoded' }
    const form = new URLSearchParams(Object.entries(sample).map(([name, value]) => [name, String(value)])).toString()
    answers(await post('subscriber/CreateTicket', typed, form), 400, INVALID)
    answers(await post('subscriber/CreateTicket', { ...typed, 'content-type': 'text/plain' }, form), 400, INVALID)
    answers(await post('subscriber/CreateTicket', { ...typed, 'content-type': 'application/xml' }, text), 400, INVALID)
    const untyped = await post('subscriber/CreateTicket', asSubscriber(), new TextEncoder().encode(text))
    assert.equal(untyped.status, 200, untyped.text)
    const charset = { ...typed, 'content-type': 'application/json; charset=utf-8' }
    assert.equal((await post('subscriber/CreateTicket', charset, text)).status, 200)
  })

  test('the message is kept as given, unknown keys are ignored', async () => {
    const message = ` <b>Hello</b>\n\tworld 😀 ${'x'.repeat(1000)} `
    const id = await created({ message, title: 'ignored' })
    const shown = await shownTo(asSubscriber(), id)
    assert.equal(shown.message, message)
    assert.equal(shown.subject, 'Technical Support')
    assert.equal(shown.updated_at, shown.created_at)
  })

  test('the longest message is taken', async () => {
    const id = await created({ message: '😀'.repeat(65_535) })
    assert.equal((await shownTo(asSubscriber(), id)).message.length, 2 * 65_535)
  })

  test('a ticket may be opened in any status, closed included', async () => {
    const names = ['Open', 'In Progress', 'On Hold', 'Resolved', 'Closed']
    for (const [index, name] of names.entries()) {
      const made = await post('subscriber/CreateTicket', asSubscriber(), { ...sample, status_id: index + 1 })
      assert.equal(made.json.data.status, name)
      const shown = await shownTo(asSubscriber(), made.json.data.ticket_id)
      assert.equal(shown.status_id, index + 1)
      assert.equal(shown.closed_at, name === 'Closed' ? shown.created_at : null)
    }
  })

  test('the same Idempotency-Key makes one ticket, and is refused for another body', async () => {
    const headers = { ...asSubscriber(), 'idempotency-key': 'netgroot-1' }
    const first = await post('subscriber/CreateTicket', headers, sample)
    const again = await post('subscriber/CreateTicket', headers, sample)
    assert.equal(again.text, first.text)
    const other = await post('subscriber/CreateTicket', headers, { ...sample, message: 'Another.' })
    assert.equal(other.status, 422)
  })
})

describe('a conversation', () => {
  test('goes through its statuses, and notes stay among staff', async () => {
    const id = await created()
    const reply = async (path: string, headers: Headers, body: object = {}) => {
      const received = await post(path, headers, { ticket_id: id, message: 'Hello', ...body })
      assert.equal(received.status, 200, received.text)
      assert.equal(received.json.message, 'Reply added successfully')
      assert.equal(received.json.data.ticket_id, id)
      return received.json.data
    }
    const update = async (status_id: number) =>
      (await post('Tickets/UpdateTicket', asStaff(), { ticket_id: id, status_id })).json.data.status

    const note = await reply('Tickets/ReplyTicket', asStaff(), { internal: true, message: 'Line fault?' })
    assert.equal(note.status, 'Open')
    const answer = await reply('Tickets/ReplyTicket', asStaff())
    assert.equal(answer.status, 'In Progress')
    assert.equal(await update(3), 'On Hold')
    assert.equal((await reply('Tickets/ReplyTicket', asStaff())).status, 'On Hold')
    assert.equal((await reply('subscriber/ReplyTicket', asSubscriber())).status, 'In Progress')
    assert.equal(await update(4), 'Resolved')
    assert.equal((await reply('subscriber/ReplyTicket', asSubscriber())).status, 'In Progress')

    const replies = (await get(`subscriber/getTicketReplies?id=${id}`, asSubscriber())).json.data
    assert.deepEqual(
      replies.map((each: { author: string; author_type: string }) => `${each.author}, ${each.author_type}`),
      ['Arthur Agent, staff', 'Arthur Agent, staff', 'Rosa Requester, subscriber', 'Rosa Requester, subscriber'],
    )
    assert.equal(replies[0].reply_id, answer.reply_id)
    assert.match(replies[0].created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.deepEqual((await shownTo(asSubscriber(), id)).replies, replies)
    const seenByStaff = (await shownTo(asStaff(), id)).replies
    assert.deepEqual(
      seenByStaff.map((each: { internal: boolean }) => each.internal),
      [true, false, false, false, false],
    )
    assert.equal(seenByStaff[0].message, 'Line fault?')
  })

  test('is over for the subscriber once closed, and closing again is no error', async () => {
    const id = await created()
    const closed = { success: true, message: 'Ticket closed successfully', data: { ticket_id: id, status: 'Closed' } }
    answers(await post('subscriber/CloseTicket', asSubscriber(), { ticket_id: id }), 200, closed)
    const { updated_at, closed_at } = await shownTo(asSubscriber(), id)
    assert.equal(closed_at, updated_at)
    answers(await post('subscriber/CloseTicket', asSubscriber(), { ticket_id: id }), 200, closed)
    const refused = await post('subscriber/ReplyTicket', asSubscriber(), { ticket_id: id, message: 'Wait' })
    answers(refused, 400, INVALID)
    assert.deepEqual((await shownTo(asSubscriber(), id)).replies, [])
  })

  test('wants an id and a message', async () => {
    const id = await created()
    for (const body of [
      { ticket_id: id },
      { message: 'x' },
      { ticket_id: String(id), message: 'x' },
      { ticket_id: id, message: ' ' },
    ]) {
      answers(await post('subscriber/ReplyTicket', asSubscriber(), body), 400, INVALID)
      answers(await post('Tickets/ReplyTicket', asStaff(), body), 400, INVALID)
    }
    answers(
      await post('Tickets/ReplyTicket', asStaff(), { ticket_id: id, message: 'x', internal: 'yes' }),
      400,
      INVALID,
    )
    for (const query of ['', '?id=', '?id=x', '?id=0', '?id=1.5', '?id=1&id=2', `?id=${'9'.repeat(30)}`]) {
      answers(await get(`subscriber/getTicketDetails${query}`, asSubscriber()), 400, INVALID)
      answers(await get(`subscriber/getTicketReplies${query}`, asSubscriber()), 400, INVALID)
      answers(await get(`Tickets/getTicket${query}`, asStaff()), 400, INVALID)
    }
  })
})

describe("somebody else's ticket", () => {
  let foreign: number
  before(async () => {
    const key = `${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`
    const authorization = `Basic ${Buffer.from(key).toString('base64')}`
    const body = {
      title: 'Card declined',
      body: '<p>Hi &amp; bye</p>',
      contact: { email: 'other@example.com', name: 'Otto' },
    }
    const made = await world.send('POST', `/accounts/${world.value('MOOV_ACCOUNT_ID')}/tickets`, {
      headers: { authorization },
      body,
    })
    assert.equal(made.status, 200, made.text)
    const [newest] = (await get('Tickets/getTickets?limit=1', asStaff())).json.data
    foreign = newest.ticket_id
  })

  test('does not exist for a subscriber, exactly as one that never was', async () => {
    for (const id of [foreign, 999_999_999]) {
      answers(await get(`subscriber/getTicketDetails?id=${id}`, asSubscriber()), 404, NO_TICKET)
      answers(await get(`subscriber/getTicketReplies?id=${id}`, asSubscriber()), 404, NO_TICKET)
      answers(await post('subscriber/ReplyTicket', asSubscriber(), { ticket_id: id, message: 'x' }), 404, NO_TICKET)
      answers(await post('subscriber/CloseTicket', asSubscriber(), { ticket_id: id }), 404, NO_TICKET)
    }
    const own = (await get('subscriber/getCustomerTickets', asSubscriber())).json.data
    assert.ok(!own.some((each: { ticket_id: number }) => each.ticket_id === foreign))
  })

  test('is complete for staff, whichever dialect it came by', async () => {
    const { ticket_id, subscriber_id, created_at, updated_at, ...shown } = await shownTo(asStaff(), foreign)
    assert.equal(ticket_id, foreign)
    assert.ok(Number.isInteger(subscriber_id))
    assert.equal(created_at, updated_at)
    assert.deepEqual(shown, {
      subject_id: null,
      type_id: null,
      status_id: 1,
      priority_id: 2,
      group_id: null,
      subject: 'Card declined',
      type: null,
      status: 'Open',
      priority: 'Medium',
      group: null,
      message: 'Hi & bye',
      closed_at: null,
      customer_id: '',
      replies: [],
    })
  })

  test('that never was is 404 for staff too', async () => {
    answers(await get('Tickets/getTicket?id=999999999', asStaff()), 404, NO_TICKET)
    answers(await post('Tickets/UpdateTicket', asStaff(), { ticket_id: 999_999_999, status_id: 1 }), 404, NO_TICKET)
    answers(await post('Tickets/ReplyTicket', asStaff(), { ticket_id: 999_999_999, message: 'x' }), 404, NO_TICKET)
  })
})

describe('lists', () => {
  const idsOf = (received: Received): number[] =>
    received.json.data.map((each: { ticket_id: number }) => each.ticket_id)

  test('hold everything, newest first, unless a page is asked for', async () => {
    const made = [await created(), await created(), await created()]
    const all = await get('subscriber/getCustomerTickets', asSubscriber())
    assert.deepEqual(Object.keys(all.json), ['success', 'data'])
    assert.deepEqual(idsOf(all).slice(0, 3), made.toReversed())
    assert.deepEqual(
      idsOf(all),
      idsOf(all).toSorted((a, b) => b - a),
    )
    assert.deepEqual(Object.keys(all.json.data[0]), [
      'ticket_id',
      'subject',
      'status',
      'priority',
      'created_at',
      'updated_at',
    ])

    const second = await get('subscriber/getCustomerTickets?page=2&limit=2', asSubscriber())
    assert.deepEqual(idsOf(second), idsOf(all).slice(2, 4))
    assert.deepEqual(second.json.pagination, { page: 2, limit: 2, total: idsOf(all).length })
    const beyond = await get('subscriber/getCustomerTickets?page=999999999', asSubscriber())
    answers(beyond, 200, {
      success: true,
      data: [],
      pagination: { page: 999_999_999, limit: 100, total: idsOf(all).length },
    })
    for (const query of ['page=0', 'page=x', 'limit=0', 'limit=101', 'limit=', 'page=1&page=2']) {
      answers(await get(`subscriber/getCustomerTickets?${query}`, asSubscriber()), 400, INVALID)
      answers(await get(`Tickets/getTickets?${query}`, asStaff()), 400, INVALID)
    }
  })

  test('hold everything, however much it is', async () => {
    const known = idsOf(await get('subscriber/getCustomerTickets', asSubscriber())).length
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 101 }, () => created()))
    const all = idsOf(await get('subscriber/getCustomerTickets', asSubscriber()))
    assert.equal(new Set(all).size, known + 1010)
    assert.deepEqual(
      all,
      all.toSorted((a, b) => b - a),
    )
  })

  test('show staff what they filter by, all conditions together', async () => {
    const id = await created({ subject_id: 2, type_id: 3, status_id: 3, priority_id: 4, group_id: 2 })
    const { subscriber_id } = await shownTo(asStaff(), id)
    const query = `subject_id=2&type_id=3&status_id=3&priority_id=4&group_id=2&subscriber_id=${subscriber_id}`
    const found = await get(`Tickets/getTickets?${query}`, asStaff())
    assert.deepEqual(idsOf(found), [id])
    const [{ created_at, updated_at, ...ticket }] = found.json.data
    assert.equal(created_at, updated_at)
    assert.deepEqual(ticket, {
      ticket_id: id,
      subject: 'Billing Issue',
      status: 'On Hold',
      priority: 'Urgent',
      subject_id: 2,
      type_id: 3,
      status_id: 3,
      priority_id: 4,
      group_id: 2,
      subscriber_id,
      customer_id: '10001',
    })
    assert.deepEqual(idsOf(await get(`Tickets/getTickets?${query.replace('type_id=3', 'type_id=1')}`, asStaff())), [])
    for (const field of ['subject_id', 'type_id', 'status_id', 'priority_id', 'group_id', 'subscriber_id']) {
      answers(await get(`Tickets/getTickets?${field}=999`, asStaff()), 400, INVALID)
    }
  })
})

describe('UpdateTicket', () => {
  test('changes what it names, and the subject follows the topic', async () => {
    const id = await created()
    const body = { ticket_id: id, subject_id: 2, type_id: 2, status_id: 2, priority_id: 3, group_id: 2 }
    answers(await post('Tickets/UpdateTicket', asStaff(), body), 200, {
      success: true,
      message: 'Ticket updated successfully',
      data: { ticket_id: id, status: 'In Progress' },
    })
    const { subject, type, status, priority, group } = await shownTo(asSubscriber(), id)
    assert.deepEqual(
      { subject, type, status, priority, group },
      { subject: 'Billing Issue', type: 'Service Request', status: 'In Progress', priority: 'High', group: 'Billing' },
    )
  })

  test('finds a pending ticket On Hold, and leaves it pending when On Hold is written', async () => {
    const id = await created()
    const headers = { authorization: `apikey ${world.value('OMNIDESK_API_KEY')}` }
    const body = { status: 'pending', ticketIDs: [id] }
    const waiting = await world.send('POST', '/api/v2/ticket/setStatus', { headers, body })
    assert.equal(waiting.status, 200, waiting.text)
    const onHold = (await get('Tickets/getTickets?status_id=3', asStaff())).json.data
    assert.ok(onHold.some((each: { ticket_id: number }) => each.ticket_id === id))
    const written = await post('Tickets/UpdateTicket', asStaff(), { ticket_id: id, status_id: 3 })
    assert.equal(written.json.data.status, 'On Hold')
    assert.equal((await world.send('GET', `/api/v2/ticket/${id}`, { headers })).json.item.status, 'pending')
  })

  test('with nothing to change changes nothing', async () => {
    const id = await created()
    const before = await shownTo(asStaff(), id)
    assert.equal((await post('Tickets/UpdateTicket', asStaff(), { ticket_id: id })).status, 200)
    assert.equal((await post('Tickets/UpdateTicket', asStaff(), { ticket_id: id, status_id: 1 })).status, 200)
    assert.deepEqual(await shownTo(asStaff(), id), before)
  })

  test('refuses what names nothing, and changes nothing then', async () => {
    const id = await created()
    const before = await shownTo(asStaff(), id)
    for (const wrong of [
      { subject_id: 4 },
      { type_id: 99 },
      { status_id: null },
      { priority_id: '1' },
      { group_id: 99 },
    ]) {
      answers(await post('Tickets/UpdateTicket', asStaff(), { ticket_id: id, status_id: 5, ...wrong }), 400, INVALID)
    }
    assert.deepEqual(await shownTo(asStaff(), id), before)
  })
})

describe('paths and methods', () => {
  test('paths are found in any case and with a slash at the end', async () => {
    assert.equal((await get('tickets/getsubjects', asSubscriber())).status, 200)
    assert.equal((await get('TICKETS/GETSUBJECTS/', asSubscriber())).status, 200)
    assert.equal((await post('Subscriber/createticket', asSubscriber(), sample)).status, 200)
    assert.equal((await world.send('GET', '/API/V1/Tickets/getSubjects?x=1', { headers: asSubscriber() })).status, 200)
  })

  test('unknown paths are 404 in the form of this dialect', async () => {
    for (const path of ['', '/', 'Tickets', 'Tickets/getNothing', 'subscriber/getCustomersInvoices']) {
      answers(await get(path, asSubscriber()), 404, { success: false, message: 'Not found' })
    }
  })

  test('another method is 405 with what is allowed, also without a token', async () => {
    const deleted = await world.send('DELETE', '/api/v1/Tickets/getSubjects')
    answers(deleted, 405, { success: false, message: 'Method not allowed' })
    assert.equal(deleted.headers.get('allow'), 'GET, HEAD, OPTIONS')
    const got = await get('subscriber/CreateTicket', asSubscriber())
    assert.equal(got.status, 405)
    assert.equal(got.headers.get('allow'), 'POST, OPTIONS')
  })

  test('HEAD answers as GET without a body, OPTIONS says what is allowed', async () => {
    const head = await world.send('HEAD', '/api/v1/Tickets/getSubjects', { headers: asSubscriber() })
    assert.deepEqual([head.status, head.text], [200, ''])
    const options = await world.send('OPTIONS', '/api/v1/subscriber/CreateTicket')
    assert.deepEqual([options.status, options.headers.get('allow')], [204, 'POST, OPTIONS'])
  })

  test('a body above the limit is 413', async () => {
    const received = await post('subscriber/CreateTicket', asSubscriber(), {
      ...sample,
      message: 'x'.repeat(1_100_000),
    })
    answers(received, 413, { success: false, message: 'Request too large' })
  })
})
