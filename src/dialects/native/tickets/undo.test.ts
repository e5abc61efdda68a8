import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../../test/world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

async function ask(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const authorization = `Bearer ${world.value('POLYDESK_API_KEY')}`
  return world.send(method, path, { headers: { authorization, ...headers }, body })
}

const open = async (): Promise<string> => (await ask('POST', '/v1/tickets', { title: 'Door', text: 'Text' })).json.id

test('the last change is undone, and done again; events and the timeline tell which one was undone', async () => {
  const id = await open()
  await ask('PATCH', `/v1/tickets/${id}`, { status: 'solved', priority: 'urgent', add_tags: ['vip'] })
  const undone = await ask('POST', `/v1/tickets/${id}/undo`)
  const { status, priority, tags, solved_at, version } = undone.json
  assert.deepEqual([undone.status, status, priority, tags, solved_at], [200, 'new', 'normal', [], null])
  assert.equal(undone.headers.get('etag'), `"${version}"`)
  const { json: timeline } = await ask('GET', `/v1/tickets/${id}/timeline`)
  const [, first] = timeline.data
  const told = timeline.data.filter(({ undoes }: { undoes: number | null }) => undoes === first.position)
  assert.deepEqual(
    told.map(({ kind }: { kind: string }) => kind),
    ['ticket.priority_changed', 'ticket.tags_changed', 'ticket.status_changed', 'ticket.waiting_changed'],
  )
  const { json: feed } = await ask('GET', `/v1/events?after=${told[0].position - 1}&limit=1`)
  assert.equal(feed.data[0].undoes, first.position)
  const redone = await ask('POST', `/v1/tickets/${id}/undo`, {})
  assert.deepEqual([redone.json.status, redone.json.priority, redone.json.tags], ['solved', 'urgent', ['vip']])
})

test('a change is named by any of its events, and undone once', async () => {
  const id = await open()
  await ask('PATCH', `/v1/tickets/${id}`, { priority: 'high', add_tags: ['one'] })
  const change = (await ask('GET', `/v1/tickets/${id}/timeline`)).json.data.at(-1).position
  await ask('POST', `/v1/tickets/${id}/messages`, { text: 'Hello' })
  const last = await ask('POST', `/v1/tickets/${id}/undo`)
  assert.deepEqual([last.status, last.json.code], [409, 'conflict'])
  const undone = await ask('POST', `/v1/tickets/${id}/undo`, { change })
  assert.deepEqual([undone.status, undone.json.priority, undone.json.tags], [200, 'normal', []])
  const twice = await ask('POST', `/v1/tickets/${id}/undo`, { change })
  assert.deepEqual([twice.status, twice.json.code], [409, 'conflict'])
  assert.match(twice.json.detail, /^It was undone already, at position \d+\.$/)
})

test('what is wrong is named, and changes nothing', async () => {
  const id = await open()
  await ask('PATCH', `/v1/tickets/${id}`, { priority: 'high' })
  const wrong: readonly (readonly [unknown, string, string])[] = [
    [{ change: 0 }, 'change', 'too_small'],
    [{ change: '1' }, 'change', 'type'],
    [{ change: 1.5 }, 'change', 'type'],
    [{ change: 9_007_199_254_740_991 }, 'change', 'unknown'],
    [{ last: true }, 'last', 'not_allowed'],
  ]
  for (const [body, field, rule] of wrong) {
    const { status, json } = await ask('POST', `/v1/tickets/${id}/undo`, Object(body))
    assert.deepEqual([status, json.errors?.[0].field, json.errors?.[0].rule], [400, field, rule], JSON.stringify(body))
  }
  const stale = await ask('POST', `/v1/tickets/${id}/undo`, undefined, { 'if-match': '"1"' })
  assert.deepEqual([stale.status, stale.json.ticket.priority], [412, 'high'])
  assert.equal((await ask('POST', '/v1/tickets/999999/undo')).status, 404)
  const { json } = await ask('GET', `/v1/tickets/${id}`)
  assert.deepEqual([json.priority, json.version], ['high', 2])
})
