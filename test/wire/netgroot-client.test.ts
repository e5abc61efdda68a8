/** NetGroot publishes no client: one generated from our document does what a provider's portal and its staff do. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startWorld, type World } from '../world.ts'
import { type Caller, type GeneratedClient, generateClient } from './generated.ts'

const OPEN = 1
const IN_PROGRESS = 2
const HIGH = 3

let world: World
let client: GeneratedClient
let subscriber: Caller
let staff: Caller
before(async () => {
  world = await startWorld()
  client = await generateClient(world.url, 'netgroot')
  staff = client.as({ authorization: `Bearer ${world.value('NETGROOT_STAFF_TOKEN')}` })
})
after(async () => {
  await client?.discard()
  await world?.stop()
})

const named = (list: readonly { readonly name: string }[], name: string): object =>
  list.find((each) => each.name === name) ?? assert.fail(`${name} is not among ${JSON.stringify(list)}`)

describe('a client generated from the document of NetGroot', () => {
  test('logs in, and reads who it is', async () => {
    const nobody = client.as({})
    const [username, password] = [world.value('NETGROOT_USERNAME'), world.value('NETGROOT_PASSWORD')]
    const refused = await nobody.gets(401, 'login', { body: { username, password: 'wrong' } })
    assert.deepEqual(refused.data, { message: 'Invalid credentials' })
    const { token, subscriber: told } = await nobody.does('login', { body: { username, password } })
    subscriber = client.as({ authorization: `Bearer ${token}` })
    const { data } = await subscriber.does('getCustomerDetails')
    assert.equal(data.customer_id, told.customer_id)
  })

  test('finds the ids that a ticket needs', async () => {
    const lists = ['getSubjects', 'getTypes', 'getStatuses', 'getPriorities', 'getGroups']
    const read = await Promise.all(lists.map((list) => subscriber.does(list)))
    for (const { success, data } of read) assert.ok(success && data.length > 0)
    const [subjects, , statuses, priorities] = read.map(({ data }) => data)
    assert.partialDeepStrictEqual(named(subjects, 'Technical Support'), { subject_id: 1 })
    assert.partialDeepStrictEqual(named(statuses, 'In Progress'), { status_id: IN_PROGRESS })
    assert.partialDeepStrictEqual(named(priorities, 'High'), { priority_id: HIGH })
  })

  const complaint = (message: string) => ({
    subject_id: 1,
    type_id: 1,
    status_id: OPEN,
    priority_id: HIGH,
    group_id: 1,
    message,
  })

  test('opens tickets once each, reads them back, and pages to the end', async () => {
    // The demo's own tickets came with the document that the client is generated from.
    const { data: own } = await subscriber.does('getCustomerTickets', {})
    const made: number[] = own.map((each: { ticket_id: number }) => each.ticket_id).toReversed()
    for (const message of ['No internet.', 'Too slow & “flaky”.', 'A bill?', 'Move my line', 'Hello\nagain']) {
      const request = { idempotencyKey: `open-${made.length}`, body: complaint(message) }
      const { data } = await subscriber.does('createTicket', request)
      assert.deepEqual((await subscriber.does('createTicket', request)).data, data, 'sent again')
      made.push(data.ticket_id)
      const read = await subscriber.does('getTicketDetails', { id: String(data.ticket_id) })
      assert.partialDeepStrictEqual(read.data, { message, priority: 'High', status: 'Open', replies: [] })
    }
    const listed: number[] = []
    for (let page = 1; ; page++) {
      const { data, pagination } = await subscriber.does('getCustomerTickets', { page: String(page), limit: '2' })
      listed.push(...data.map((each: { ticket_id: number }) => each.ticket_id))
      assert.equal(pagination.total, made.length)
      if (page * pagination.limit >= pagination.total) break
    }
    assert.deepEqual(listed, made.toReversed())
  })

  test('staff find a ticket, work on it, answer and note; the subscriber sees the answer only, replies and closes', async () => {
    const { data: all } = await subscriber.does('getCustomerTickets', {})
    const ticketId: number = all[0].ticket_id
    const id = String(ticketId)
    const { data: found } = await staff.does('getTickets', {
      statusId: String(OPEN),
      priorityId: String(HIGH),
      limit: '1',
    })
    assert.equal(found[0].ticket_id, ticketId)
    const { data: changed } = await staff.does('updateTicket', {
      body: { ticket_id: ticketId, status_id: IN_PROGRESS },
    })
    assert.equal(changed.status, 'In Progress')
    await staff.does('replyToTicket', { body: { ticket_id: ticketId, message: 'We look into it.' } })
    await staff.does('replyToTicket', { body: { ticket_id: ticketId, message: 'A known fault', internal: true } })
    const whole = (await staff.does('getTicket', { id })).data
    assert.deepEqual(
      whole.replies.map((reply: { internal: boolean }) => reply.internal),
      [false, true],
    )
    await subscriber.does('replyTicket', { body: { ticket_id: ticketId, message: 'Thank you.' } })
    const { data: replies } = await subscriber.does('getTicketReplies', { id })
    assert.deepEqual(
      replies.map((reply: { message: string; author_type: string }) => [reply.author_type, reply.message]),
      [
        ['staff', 'We look into it.'],
        ['subscriber', 'Thank you.'],
      ],
    )
    assert.equal((await subscriber.does('closeTicket', { body: { ticket_id: ticketId } })).data.status, 'Closed')
  })

  test('gets errors as the document has them', async () => {
    const missing = await subscriber.gets(404, 'getTicketDetails', { id: '999999' })
    assert.equal(missing.data.success, false)
    const wrong = await subscriber.gets(400, 'createTicket', { body: { ...complaint(' '), subject_id: 99 } })
    assert.equal(wrong.data.success, false)
    await subscriber.gets(403, 'getTickets')
    await client.as({ authorization: 'Bearer expired' }).gets(401, 'getSubjects')
  })

  test('logs out, and is nobody then', async () => {
    await subscriber.does('logout')
    await subscriber.gets(401, 'getCustomerDetails')
  })

  test('has called every operation, and every call and answer has the types of the client', async () => {
    assert.deepEqual(client.uncalled(), [])
    assert.equal(await client.typeProblems(), '')
  })
})
