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

test('a subscriber who is inactive is not found', async () => {
  const details = () => world.send('GET', '/api/v1/subscriber/getCustomerDetails', bearer('NETGROOT_TOKEN'))
  const { id } = (await details()).json.data
  const body = { active: false }
  const changed = await world.send('PATCH', `/v1/users/${id}`, { ...bearer('POLYDESK_API_KEY'), body })
  assert.equal(changed.status, 200, changed.text)
  const refused = await details()
  assert.deepEqual([refused.status, refused.json], [404, { success: false, message: 'Subscriber not found' }])
})
