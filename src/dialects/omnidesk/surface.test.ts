/** Every parameter and word that the documents of this dialect name, with what it does. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../test/world.ts'

const STATUSES = ['new', 'open', 'pending', 'holding', 'solved', 'closed']

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

async function done(method: string, path: string, body?: unknown) {
  const answer = await world.send(method, `/api/v2/${path}`, {
    headers: { authorization: `apikey ${world.value('OMNIDESK_API_KEY')}` },
    ...(body === undefined ? {} : { body }),
  })
  assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
  return answer.json
}

const create = async (body: object = {}): Promise<number> => (await done('POST', 'ticket', body)).ticketID
const read = async (id: number) => (await done('GET', `ticket/${id}`)).item

test('a list shows each status alone, with and without the archive', async () => {
  for (const status of STATUSES) {
    const id = await create()
    await done('POST', 'ticket/setStatus', { status, ticketIDs: [id] })
    for (const searchArchived of ['no', 'yes']) {
      const { items } = await done('GET', `ticket?status=${status}&searchArchived=${searchArchived}`)
      assert.equal(items[0].id, id)
      assert.ok(items.every((each: { status: string }) => each.status === status))
    }
  }
})

test('what belongs to a feature that is not used is there and null, in lists as alone, whatever the ticket went through', async () => {
  const unused = [
    ...['sla_breach_customer_wait_time', 'sla_breach_first_reply_time', 'sla_breach_next_reply_time'],
    ...['sla_breach_user_work_time', 'sla_next_breach', 'sla_next_breach_current_status', 'sla_policy_id'],
    ...['snooze_time', 'snooze_time_sent', 'grade_by_customer', 'external_gui_url'],
  ]
  const id = await create({ title: 'Late' })
  const nothing = Object.fromEntries(unused.map((field) => [field, null]))
  await done('POST', 'message', { ticketID: id, type: 1, message: 'Hello Kim', toAddress: 'kim@example.com' })
  for (const status of STATUSES) {
    await done('POST', 'ticket/setStatus', { status, ticketIDs: [id] })
    const [listed] = (await done('GET', 'ticket?itemLimit=1')).items
    for (const shown of [await read(id), listed]) {
      assert.equal(shown.id, id)
      assert.deepEqual(Object.fromEntries(unused.map((field) => [field, shown[field]])), nothing)
    }
  }
})

test('each priority is given and shown', async () => {
  const id = await create()
  for (const priority of ['low', 'medium', 'high', 'urgent']) {
    await done('POST', 'ticket/setPriority', { priority, ticketIDs: [id] })
    assert.equal((await read(id)).priority, priority)
  }
})

test('solving can be narrowed to a group', async () => {
  const [ofGroup, ofNone] = [await create({ assignedGroupID: 2 }), await create()]
  await done('PUT', 'ticket/solveUnfinishedTickets', { assignedGroupID: 2 })
  assert.deepEqual([(await read(ofGroup)).status, (await read(ofNone)).status], ['solved', 'new'])
})

test('a message takes all that its page names, and gives each status', async () => {
  const ticketID = await create()
  const addresses = { toAddress: 'kim@example.com', ccInput: 'lee@example.com', bccInput: 'max@example.com' }
  const unused = { respondMessageID: 0, plaintext: 'Plain', forwardedFileIDs: null }
  const rest = { ...unused, direction: 'outbound', message: 'Hello Kim' }
  for (const status of STATUSES) {
    await done('POST', 'message', { ticketID, type: 1, ...addresses, ...rest, status })
    assert.equal((await read(ticketID)).status, status)
  }
})

test('a customer is made with an address of each kind, and without linking others on request', async () => {
  const addresses = { email: 'kim@example.com', telephone: '+31612345678', facebook: 'kim.fb', twitter: 'kim_tw' }
  for (const [channel_id, customer_link_channel] of Object.entries(addresses)) {
    const sent = { primary_id: `by-${channel_id}`, channel_id, customer_link_channel, noSync: true }
    const { item } = await done('POST', 'customer', sent)
    assert.deepEqual(item.channels, [{ channel_id, address: customer_link_channel }])
  }
})

test('a customer gets a name and addresses, is found on the brand, and erased', async () => {
  const key = { externalPrimaryID: 'crm-9', brandID: 1 }
  await done('POST', 'customer', { primary_id: 'crm-9', brand_id: 1, firstname: 'Lee' })
  assert.equal((await done('PUT', 'customer/updateCustomer', { ...key, lastname: 'Visser' })).item.lastname, 'Visser')
  const { item } = await done('POST', 'customer/addChannelOnly', { ...key, extra_telephone: '+31687654321' })
  assert.deepEqual(item.channels, [{ channel_id: 'telephone', address: '+31687654321' }])
  const found = async () => (await done('POST', 'customer/searchByPrimaryExternalId', key)).items
  assert.equal((await found())[0].id, item.id)
  assert.equal((await done('DELETE', 'customer/itemPurgeData', key)).type, 'result')
  assert.deepEqual(await found(), [])
})

test('every list has a window, and those of names are searched', async () => {
  for (const list of ['ticket', 'customer', 'form', 'brand', 'group', 'channel', 'view', 'user']) {
    const { items } = await done('GET', list)
    const part = await done('GET', `${list}?itemStart=1&itemLimit=1`)
    assert.deepEqual([part.itemStart, part.itemLimit], [1, 1])
    assert.deepEqual(part.items, items.slice(1, 2), list)
  }
  for (const list of ['brand', 'group', 'channel', 'view']) {
    const [first] = (await done('GET', list)).items
    const part = /[0-9a-z]+$/i.exec(first.name)?.[0] ?? ''
    const { items } = await done('GET', `${list}?query=${part}`)
    assert.ok(
      items.some((each: { id: number }) => each.id === first.id),
      list,
    )
    assert.deepEqual((await done('GET', `${list}?query=nothing like it`)).items, [], list)
  }
})
