import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../../test/world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

async function ask(method: string, path: string, body?: object) {
  const authorization = `Bearer ${world.value('POLYDESK_API_KEY')}`
  return world.send(method, path, { headers: { authorization }, body })
}

test('a ticket, its conversation and the values of a field are shown as they were', async () => {
  const { json: opened } = await ask('POST', '/v1/tickets', { title: 'Door', text: 'It sticks' })
  const path = `/v1/tickets/${opened.id}`
  const { json: said } = await ask('POST', `${path}/messages`, { text: 'We look at it' })
  const { updated_at: then } = said.ticket
  await ask('PATCH', path, { title: 'The door', status: 'solved', topic: 1, add_tags: ['wood'] })
  await ask('DELETE', `${path}/messages/${said.message.id}`)
  await ask('POST', `${path}/messages`, { text: 'Done' })
  const { status, json, headers } = await ask('GET', `${path}?as_of=${then}`)
  assert.deepEqual([status, json, headers.get('etag')], [200, said.ticket, null])
  const { json: talk } = await ask('GET', `${path}/messages?as_of=${then}`)
  assert.deepEqual(
    talk.data.map(({ text }: { text: string }) => text),
    ['It sticks'],
  )
  const [gone] = talk.deleted
  assert.deepEqual([gone.id, gone.author_role, talk.deleted.length], [said.message.id, 'agent', 1])
  assert.equal((await ask('GET', `${path}/messages`)).json.deleted, undefined)
  const { json: history } = await ask('GET', `${path}/history?field=status`)
  assert.deepEqual(
    history.data.map(({ value, dialect }: { value: string; dialect: string }) => [value, dialect]),
    [
      ['new', 'native'],
      ['open', 'native'],
      ['solved', 'native'],
    ],
  )
  assert.deepEqual([history.data[0].since, history.data[2].until], [opened.created_at, null])
})

test('what is wrong is named', async () => {
  const { json: opened } = await ask('POST', '/v1/tickets', { title: 'Door', text: 'It sticks' })
  const path = `/v1/tickets/${opened.id}`
  const wrong: readonly (readonly [string, string, string])[] = [
    ['?as_of=yesterday', 'as_of', 'format'],
    ['?as_of=2026-02-30T00:00:00Z', 'as_of', 'format'],
    ['?as_of=2026-01-01', 'as_of', 'format'],
    ['?as_of=', 'as_of', 'format'],
    ['?as_of=9999-12-31T23:59:59Z', 'as_of', 'too_large'],
    [`?include=unread&as_of=${opened.created_at}`, 'include', 'not_allowed'],
    ['/messages?as_of=now', 'as_of', 'format'],
    ['/history?field=words', 'field', 'choice'],
    ['/history?field=toString', 'field', 'choice'],
    ['/history', 'field', 'required'],
  ]
  for (const [query, field, rule] of wrong) {
    const { status, json } = await ask('GET', `${path}${query}`)
    assert.deepEqual([status, json.errors?.[0].field, json.errors?.[0].rule], [400, field, rule], query)
  }
  for (const query of ['', '/messages'])
    assert.equal((await ask('GET', `${path}${query}?as_of=2020-01-01T00:00:00Z`)).status, 404)
})
