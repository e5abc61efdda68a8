/** Omnidesk publishes no client: one generated from our document does what a shop's integration does. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { databaseUrl, startWorld, type World } from '../world.ts'
import { type Caller, type GeneratedClient, generateClient } from './generated.ts'

let world: World
let client: GeneratedClient
let shop: Caller
before(async () => {
  world = await startWorld()
  const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
  const env = { ...process.env, DATABASE_URL: databaseUrl(world.database), POLYDESK_DATA_DIR: world.dataDir }
  await promisify(execFile)(process.execPath, [program, 'form', 'add', 'Order'], { env })
  client = await generateClient(world.url, 'omnidesk')
  shop = client.as({ authorization: `apikey ${world.value('OMNIDESK_API_KEY')}` })
})
after(async () => {
  await client?.discard()
  await world?.stop()
})

interface Listed {
  readonly id: number
}

/** A file that came with the native API is passed on by its id; what the message then has, by meta_data. */
async function filesPassedOn(from: number, to: number): Promise<readonly Listed[]> {
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  const form = new FormData()
  form.set('file', new File(['Notes'], 'notes.txt'))
  const uploaded = await world.send('POST', '/v1/attachments', { headers, body: form })
  const body = { text: 'See my notes', attachments: [uploaded.json.id] }
  await world.send('POST', `/v1/tickets/${from}/messages`, { headers, body })
  const filesOfLast = async (ticketId: number): Promise<readonly Listed[]> => {
    const { item } = await shop.does('getTicketItem', { ticketId: String(ticketId) })
    return JSON.parse(item.timeline.at(-1).meta_data)
  }
  const ids = (await filesOfLast(from)).map(({ id }) => id)
  assert.equal(ids.length, 1)
  await shop.does('postMessageIndex', {
    body: { ticketID: to, type: 1, message: 'See the notes', 'forwardedFileIDs[]': ids },
  })
  return filesOfLast(to)
}

describe('a client generated from the document of Omnidesk', () => {
  test('finds the ids that a ticket needs', async () => {
    for (const kind of ['Brand', 'Group', 'Channel', 'User', 'View', 'Form']) {
      const page = await shop.does(`get${kind}Index`, { itemLimit: '50' })
      assert.equal(page.type, 'collection')
      assert.equal(page.itemTotal, page.items.length)
    }
    const [channel] = (await shop.does('getChannelIndex')).items
    assert.equal((await shop.does('getChannelItem', { channelId: String(channel.id) })).item.id, channel.id)
    const [form] = (await shop.does('getFormIndex')).items
    assert.equal((await shop.does('getFormItem', { formId: String(form.id) })).item.name, 'Order')
  })

  const made: number[] = []
  /** The demo's own tickets, which came with the document that the client is generated from. */
  const samples: number[] = []

  test('makes tickets once each, reads them back, and pages to the end', async () => {
    samples.push(...(await shop.does('getTicketIndex')).items.map(({ id }: Listed) => id))
    for (const title of ['Where is it?', 'Refund & “return”', '100% broken', 'ünïcödé', 'One more']) {
      const request = {
        idempotencyKey: `make-${made.length}`,
        body: { title, from: 'ada@example.com', fromName: 'Ada', formID: 1 },
      }
      const { ticketID } = await shop.does('postTicketIndex', request)
      assert.equal((await shop.does('postTicketIndex', request)).ticketID, ticketID, 'sent again')
      made.push(ticketID)
      const { item } = await shop.does('getTicketItem', { ticketId: String(ticketID), getTicketHistory: 'true' })
      assert.deepEqual([item.title, item.status, item.from_name], [title, 'new', 'Ada'])
      assert.equal((await shop.does('getFormGetFormForTicket', { ticketId: String(ticketID) })).item.name, 'Order')
    }
    const listed: number[] = []
    for (let total = 1; listed.length < total; ) {
      const page = await shop.does('getTicketIndex', { itemStart: String(listed.length), itemLimit: '2' })
      assert.ok(page.items.length > 0)
      listed.push(...page.items.map(({ id }: Listed) => id))
      total = page.itemTotal
    }
    assert.deepEqual(listed, [...made.toReversed(), ...samples])
  })

  test('answers, notes, and changes tickets one by one and many at a time', async () => {
    const [first = 0, second = 0] = made
    const said = await shop.does('postMessageIndex', {
      body: { ticketID: first, type: 1, message: '<p>It is on its way.</p>', plaintext: 'It is on its way.' },
    })
    const [sent] = await filesPassedOn(first, second)
    assert.deepEqual(sent, { id: sent?.id, name: 'notes.txt', mime: 'text/plain', size: 5 })
    const copied = { toAddress: 'ada@example.com,lab@example.com', ccInput: 'boss@example.com', bccInput: '' }
    await shop.does('postMessageIndex', {
      body: { ticketID: first, type: 1, message: 'As I said', respondMessageID: said.messageID, ...copied },
    })
    await shop.does('postMessageIndex', { body: { ticketID: first, type: 5, message: 'Ask the courier' } })
    const { item } = await shop.does('getTicketItem', { ticketId: String(first) })
    const contents: readonly string[] = item.timeline.map((entry: { content?: string }) => entry.content)
    for (const text of ['<p>It is on its way.</p>', 'Ask the courier']) assert.ok(contents.includes(text), text)
    assert.ok(item.timeline.some(({ to }: { to?: string | null }) => to === copied.toAddress))

    const both = [first, second]
    await shop.does('putTicketItem', { ticketId: String(first), body: { title: 'Where is order 12?' } })
    const set = await shop.does('postTicketSetStatus', { body: { status: 'pending', 'ticketIDs[]': both } })
    assert.deepEqual(set.ticketIDs, both)
    await shop.does('postTicketSetPriority', { body: { priority: 'urgent', 'ticketIDs[]': both } })
    await shop.does('postTicketBatch', {
      body: { TicketIDs: both.join(', '), 'actions[0][actionType]': 'addTag', 'actions[0][value]': 'late' },
    })
    for (const id of both) {
      const { item: changed } = await shop.does('getTicketItem', { ticketId: String(id) })
      assert.deepEqual([changed.status, changed.priority, changed.tags], ['pending', 'urgent', ['late']])
    }
    const { count } = await shop.does('putTicketSolveUnfinishedTickets', { body: { 'ticketIDs[]': both } })
    assert.equal(count, 2)
  })

  test('keeps customers: makes, finds, changes, reads what they wrote, and erases them', async () => {
    const key = { externalPrimaryID: 'shop-7', brandID: 1 }
    const { customerID } = await shop.does('postCustomerIndex', {
      body: {
        primary_id: 'shop-7',
        firstname: 'Ada',
        channel_id: 'email',
        customer_link_channel: 'ada@example.com',
        size: 'M',
      },
    })
    assert.equal((await shop.does('getCustomerItem', { customerId: String(customerID) })).item.size, 'M')
    await shop.does('putCustomerUpdateCustomer', { body: { ...key, lastname: 'Lovelace' } })
    const { item } = await shop.does('postCustomerAddChannelOnly', {
      body: { ...key, extra_telephone: '+31612345678' },
    })
    assert.deepEqual([item.lastname, item.channels.length], ['Lovelace', 2])
    const found = await shop.does('postCustomerSearchByPrimaryExternalId', { body: key })
    const listed = await shop.does('getCustomerIndex', { query: 'Lovelace' })
    for (const page of [found, listed])
      assert.deepEqual(
        page.items.map(({ id }: Listed) => id),
        [customerID],
      )
    const timeline = await shop.does('getCustomerTimelineByCustomerExternalId', { brandId: '1', externalId: 'shop-7' })
    assert.ok(timeline.length > 0)
    await shop.does('postTicketUnlinkCustomerFromTicket', { body: { ticketID: made[0] } })

    await shop.does('deleteCustomerPurgeData', { body: key })
    await shop.gets(404, 'getCustomerItem', { customerId: String(customerID) })
    await shop.does('postCustomerIndex', { body: { primary_id: 'shop-8' } })
    await shop.does('deleteCustomerItemPurgeData', { body: { externalPrimaryID: 'shop-8', brandID: 1 } })
    const last = await shop.does('postCustomerIndex', { body: { primary_id: 'shop-9' } })
    await shop.does('deleteCustomerPurgeDataById', { customerId: String(last.customerID) })
  })

  test('deletes tickets', async () => {
    const [first, ...others] = made
    await shop.does('deleteTicketItem', { ticketId: String(first) })
    const deleted = await shop.does('deleteTicketMulti', { body: { 'ticketIDs[]': others } })
    assert.deepEqual(deleted.ticketIDs, others)
    const left = (await shop.does('getTicketIndex')).items.map(({ id }: Listed) => id)
    assert.deepEqual(left, samples)
  })

  test('gets errors as the document has them', async () => {
    const missing = await shop.gets(404, 'getTicketItem', { ticketId: '999999' })
    assert.equal(typeof missing.data.message, 'string')
    await shop.gets(400, 'postTicketIndex', { body: { direction: 'sideways' } })
    await client.as({ authorization: 'apikey wrong' }).gets(401, 'getTicketIndex')
  })

  test('has called every operation, and every call and answer has the types of the client', async () => {
    assert.deepEqual(client.uncalled(), [])
    assert.equal(await client.typeProblems(), '')
  })
})
