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

const open = async (title: string) => (await ask('POST', '/v1/tickets', { title, text: 'Text' })).json

test('tickets are linked, shown so with either, listed by it, and unlinked', async () => {
  const [door, house] = [await open('Door'), await open('House')]
  const made = await ask('POST', `/v1/tickets/${door.id}/links`, { relation: 'parent', ticket: house.integer })
  const { id, integer, number, desk, title, status } = house
  const link = made.json
  assert.equal(made.status, 201)
  assert.deepEqual(link, { ...link, relation: 'parent', ticket: { id, integer, number, desk, title, status } })
  const again = await ask('POST', `/v1/tickets/${house.id}/links`, { relation: 'child', ticket: door.id })
  assert.deepEqual([again.status, again.json.id, again.json.relation], [200, link.id, 'child'])
  assert.deepEqual((await ask('GET', `/v1/tickets/${door.integer}/links`)).json, { data: [link] })
  const shown = await ask('GET', `/v1/tickets/${house.id}?include=links,abilities`)
  assert.deepEqual(
    shown.json.links.map((each: typeof link) => [each.relation, each.ticket.title]),
    [['child', 'Door']],
  )
  assert.ok(shown.json.abilities.includes('link'))
  const listed = async (q: string) =>
    (await ask('GET', `/v1/tickets?include=links&q=${q}`)).json.data.map((each: typeof door) => each.title)
  assert.deepEqual(
    [await listed('has:parent'), await listed('has:child'), await listed('has:link -has:parent')],
    [['Door'], ['House'], ['House']],
  )
  const misread = await ask('GET', '/v1/tickets?q=has:child,parent')
  assert.deepEqual([misread.status, misread.json.errors[0].at], [400, 'has:child,'.length])
  assert.equal((await ask('DELETE', `/v1/tickets/${house.id}/links/${link.id}`)).status, 204)
  assert.deepEqual((await ask('GET', `/v1/tickets/${door.id}/links`)).json, { data: [] })
  assert.deepEqual(await listed('has:link'), [])
  const { json: feed } = await ask('GET', `/v1/tickets/${door.id}/timeline`)
  assert.deepEqual(
    feed.data.slice(1).map(({ kind, before, after }: Record<string, unknown>) => [kind, before, after]),
    [
      ['ticket.linked', null, { link_id: link.id, relation: 'parent' }],
      ['ticket.unlinked', { link_id: link.id, relation: 'parent' }, null],
    ],
  )
})

test('what is wrong with a link is named, and changes nothing', async () => {
  const [one, other, third] = [await open('One'), await open('Other'), await open('Third')]
  await ask('POST', `/v1/tickets/${one.id}/links`, { relation: 'parent', ticket: other.id })
  const wrong: readonly (readonly [object, number, string, string?])[] = [
    [{ ticket: third.id }, 400, 'relation', 'required'],
    [{ relation: 'friend', ticket: third.id }, 400, 'relation', 'choice'],
    [{ relation: 'related' }, 400, 'ticket', 'required'],
    [{ relation: 'related', ticket: 'no' }, 400, 'ticket'],
    [{ relation: 'related', ticket: 0 }, 400, 'ticket'],
    [{ relation: 'related', ticket: one.id }, 400, 'ticket', 'not_allowed'],
    [{ relation: 'related', ticket: 999_999 }, 400, 'ticket', 'unknown'],
    [{ relation: 'related', ticket: third.id, note: 'x' }, 400, 'note', 'not_allowed'],
    [{ relation: 'predecessor', ticket: third.id }, 400, 'relation', 'not_allowed'],
    [{ relation: 'parent', ticket: third.id }, 409, 'conflict'],
    [{ relation: 'child', ticket: other.id }, 409, 'conflict'],
  ]
  for (const [body, status, about, rule] of wrong) {
    const answer = await ask('POST', `/v1/tickets/${one.id}/links`, body)
    const said = `${JSON.stringify(body)}: ${answer.text}`
    assert.equal(answer.status, status, said)
    if (status === 409) assert.equal(answer.json.code, about, said)
    else assert.equal(answer.json.errors[0].field, about, said)
    if (rule !== undefined) assert.equal(answer.json.errors[0].rule, rule, said)
  }
  assert.equal((await ask('POST', `/v1/tickets/${other.id}/links`, { relation: 'parent', ticket: one.id })).status, 409)
  await ask('POST', `/v1/tickets/${other.id}/links`, { relation: 'parent', ticket: third.id })
  const circle = await ask('POST', `/v1/tickets/${third.id}/links`, { relation: 'parent', ticket: one.id })
  assert.deepEqual([circle.status, circle.json.errors[0].field], [400, 'ticket'])
  for (const link of ['no', crypto.randomUUID()])
    assert.equal((await ask('DELETE', `/v1/tickets/${one.id}/links/${link}`)).status, 404)
  assert.equal((await ask('GET', `/v1/tickets/${crypto.randomUUID()}/links`)).status, 404)
  assert.equal((await ask('GET', `/v1/tickets/${one.id}/links`)).json.data.length, 1)
})
