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

async function opened() {
  const { json: ticket } = await ask('POST', '/v1/tickets', { title: 'Door', text: 'It is stuck.', tags: ['door'] })
  const { json: said } = await ask('POST', `/v1/tickets/${ticket.id}/messages`, { text: 'And the bell is silent.' })
  await ask('POST', `/v1/tickets/${ticket.id}/messages`, { text: 'Since Monday.', visibility: 'internal' })
  return { ticket, message: said.message }
}

const texts = async (id: string) =>
  (await ask('GET', `/v1/tickets/${id}/messages`)).json.data.map(({ text }: { text: string }) => text)

test('a message becomes a ticket of its own, with what follows, and comes back by an undo', async () => {
  const { ticket, message } = await opened()
  const made = await ask('POST', `/v1/tickets/${ticket.integer}/split`, {
    ...{ message: message.id, following: true, title: 'Bell' },
  })
  const { id, title, tags, status, version } = made.json
  assert.deepEqual([made.status, title, tags, status], [201, 'Bell', ['door'], 'open'])
  assert.equal(made.headers.get('location'), `/v1/tickets/${id}`)
  assert.equal(made.headers.get('etag'), `"${version}"`)
  assert.deepEqual(
    [await texts(ticket.id), await texts(id)],
    [['It is stuck.'], ['And the bell is silent.', 'Since Monday.']],
  )
  const { json: shown } = await ask('GET', `/v1/tickets/${id}/messages`)
  assert.deepEqual({ ...shown.data[0], ticket_status: '' }, { ...message, ticket_status: '' })
  const { json: links } = await ask('GET', `/v1/tickets/${ticket.id}/links`)
  assert.deepEqual([links.data[0].relation, links.data[0].ticket.id], ['related', id])
  const { json: timeline } = await ask('GET', `/v1/tickets/${id}/timeline`)
  assert.deepEqual(
    timeline.data.map(({ kind, merged_from }: Record<string, unknown>) => [kind, merged_from]),
    ['message.added', 'message.added', 'ticket.created', 'ticket.split_off'].map((kind) => [kind, null]),
  )
  assert.ok(!JSON.stringify(timeline).includes(ticket.id))
  const undone = await ask('POST', `/v1/tickets/${id}/undo`)
  assert.deepEqual([undone.status, undone.json.id], [200, ticket.id])
  assert.deepEqual(await texts(id), ['It is stuck.', 'And the bell is silent.', 'Since Monday.'])
})

test('what is wrong with a split is named, and changes nothing', async () => {
  const { ticket, message } = await opened()
  const [first] = (await ask('GET', `/v1/tickets/${ticket.id}/messages`)).json.data
  const wrong: readonly (readonly [object, string, string?])[] = [
    [{}, 'message', 'required'],
    [{ message: 'no' }, 'message'],
    [{ message: 0 }, 'message'],
    [{ message: message.id, following: 'yes' }, 'following', 'type'],
    [{ message: message.id, title: 'x'.repeat(501) }, 'title', 'too_long'],
    [{ message: message.id, into: 1 }, 'into', 'not_allowed'],
    [{ message: crypto.randomUUID() }, 'message', 'unknown'],
    [{ message: first.id }, 'message', 'not_allowed'],
  ]
  for (const [body, field, rule] of wrong) {
    const answer = await ask('POST', `/v1/tickets/${ticket.id}/split`, body)
    assert.deepEqual([answer.status, answer.json.errors?.[0]?.field], [400, field], answer.text)
    if (rule !== undefined) assert.equal(answer.json.errors[0].rule, rule, answer.text)
  }
  assert.equal((await ask('POST', `/v1/tickets/${crypto.randomUUID()}/split`, { message: 1 })).status, 404)
  assert.equal((await texts(ticket.id)).length, 3)
})
