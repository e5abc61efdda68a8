/** What the documents of this dialect name and no other test here shows. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../test/world.ts'
import { TYPE_WORDS } from './words.ts'

const PATH = '/support/tickets/v1'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

function call(method: string, path: string, body?: unknown) {
  const authorization = `Bearer ${world.value('SPACEBRING_ACCESS_TOKEN')}`
  const headers = { authorization, 'spacebring-network-id': world.value('SPACEBRING_NETWORK_ID') }
  return world.send(method, `${PATH}${path}`, { headers, ...(body === undefined ? {} : { body }) })
}

async function create() {
  const ticket = { locationRef: world.value('SPACEBRING_LOCATION_ID'), text: 'It drips.', type: 'other' }
  const made = await call('POST', '', { ticket })
  assert.equal(made.status, 201, made.text)
  return made.json.ticket
}

test('every type can be changed to, and each change tells both types', async () => {
  const { id } = await create()
  const others = TYPE_WORDS.filter((type) => type !== 'other')
  for (const type of [...others, 'other']) {
    assert.equal((await call('PATCH', `/${id}/type`, { ticket: { type } })).status, 204)
  }
  const { activities } = (await call('GET', `/${id}`)).json
  assert.deepEqual(
    activities.map(({ data }: { data: { type: string; previousAttributes: { type: string } } }) => [
      data.previousAttributes.type,
      data.type,
    ]),
    [...others, 'other'].map((type, index) => [index === 0 ? 'other' : others[index - 1], type]),
  )
})

test('a user is shown with the picture they have, and with the text about them when their ticket is made', async () => {
  const person = { photo_url: 'https://example.com/me.png', about: 'Works upstairs.' }
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  const user = `/v1/users/${world.value('SPACEBRING_ADMIN_USER_ID')}`
  const changed = await world.send('PATCH', user, { headers, body: person })
  assert.equal(changed.status, 200, changed.text)
  const { id, userRequester, membershipRequester } = await create()
  assert.equal(membershipRequester.user.photoUrl, person.photo_url)
  assert.deepEqual([userRequester.photoUrl, userRequester.about], [person.photo_url, person.about])
  const read = (await call('GET', `/${id}`)).json.ticket
  assert.deepEqual([read.userRequester.photoUrl, read.userRequester.about], [person.photo_url, undefined])
})
