/** What the documents of this dialect name and no other test here shows. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../test/world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

const bearer = (name: string) => ({ headers: { authorization: `Bearer ${world.value(name)}` } })
const staff = (path: string) => world.send('GET', `/api/v1/Tickets/${path}`, bearer('NETGROOT_STAFF_TOKEN'))

test('staff page through all tickets', async () => {
  const [first, second] = [await staff('getTickets?page=1&limit=1'), await staff('getTickets?page=2&limit=1')]
  assert.deepEqual(second.json.pagination, { ...first.json.pagination, page: 2 })
  assert.ok(first.json.pagination.total >= first.json.data.length + second.json.data.length)
  const all = (await staff('getTickets')).json.data
  assert.deepEqual([...first.json.data, ...second.json.data], all.slice(0, 2))
})

test('a message with files, from elsewhere, is its text here and nothing more', async () => {
  const native = bearer('POLYDESK_API_KEY')
  const form = new FormData()
  form.append('file', new File(['Secret'], 'router.txt'))
  const file = await world.send('POST', '/v1/attachments', { ...native, body: form })
  assert.equal(file.status, 201, file.text)
  const body = { title: 'No internet', text: 'It blinks.' }
  const ticket = (await world.send('POST', '/v1/tickets', { ...native, body })).json
  const reply = { text: 'See the log.', attachments: [file.json.id] }
  const added = await world.send('POST', `/v1/tickets/${ticket.id}/messages`, { ...native, body: reply })
  assert.equal(added.status, 201, added.text)
  const { data } = (await staff(`getTicket?id=${ticket.integer}`)).json
  const [shown, ...others] = data.replies
  assert.deepEqual(others, [])
  const { reply_id, author, created_at, ...rest } = shown
  assert.ok(reply_id && author && created_at)
  assert.deepEqual(rest, {
    ticket_id: ticket.integer,
    author_type: 'staff',
    message: 'See the log.',
    internal: false,
  })
  assert.equal((await staff('getAttachments')).status, 404)
})

const details = (token: string, query = '') =>
  world.send('GET', `/api/v1/subscriber/getCustomerDetails${query}`, bearer(token))
const NOBODY = [404, { success: false, message: 'Subscriber not found' }]

async function setActive(id: number, active: boolean): Promise<void> {
  const changed = await world.send('PATCH', `/v1/users/${id}`, { ...bearer('POLYDESK_API_KEY'), body: { active } })
  assert.equal(changed.status, 200, changed.text)
}

test('staff look up a subscriber by the id that tickets show, also an inactive one', async () => {
  const own = (await details('NETGROOT_TOKEN')).json.data
  const shown = await details('NETGROOT_STAFF_TOKEN', `?id=${own.id}`)
  assert.deepEqual([shown.status, shown.json], [200, { success: true, data: { ...own, status: 'active' } }])
  await setActive(own.id, false)
  const inactive = await details('NETGROOT_STAFF_TOKEN', `?id=${own.id}`)
  await setActive(own.id, true)
  assert.deepEqual([inactive.status, inactive.json.data], [200, { ...own, status: 'inactive' }])
})

test('details by an id are of a subscriber, and a subscriber finds nobody else', async () => {
  const own = (await details('NETGROOT_TOKEN')).json.data
  assert.deepEqual((await details('NETGROOT_TOKEN', `?id=${own.id}`)).json.data, own)
  const users = (await world.send('GET', '/v1/users?limit=200', bearer('POLYDESK_API_KEY'))).json.data
  const others = users.flatMap(({ integer }: { integer: number }) => (integer === own.id ? [] : [integer]))
  assert.ok(others.length >= 2, 'who works on desks')
  for (const token of ['NETGROOT_TOKEN', 'NETGROOT_STAFF_TOKEN'])
    for (const id of [...others, 999_999_999]) {
      const { status, json } = await details(token, `?id=${id}`)
      assert.deepEqual([status, json], NOBODY, `${token} ${id}`)
    }
  for (const id of ['', '0', '-1', '1.5', 'x', '1'.repeat(16)])
    assert.equal((await details('NETGROOT_STAFF_TOKEN', `?id=${id}`)).status, 400, id)
})

test('a subscriber who is inactive is not found', async () => {
  const { id } = (await details('NETGROOT_TOKEN')).json.data
  await setActive(id, false)
  const refused = await details('NETGROOT_TOKEN')
  assert.deepEqual([refused.status, refused.json], NOBODY)
})
