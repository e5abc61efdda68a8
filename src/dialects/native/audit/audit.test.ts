import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../../test/world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

async function ask(method: string, path: string, body?: unknown, key = world.value('POLYDESK_API_KEY')) {
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${key}` }, body })
}

test('owners read who changed people, credentials and settings and who exported, page by page, and no secret', async () => {
  const me = (await ask('GET', '/me')).json.user.id
  const { json: group } = await ask('POST', '/groups', { name: 'Night' })
  const { json: credential } = await ask('POST', '/credentials', { name: 'Partial', scopes: ['ticket.read'] })
  await ask('POST', '/tickets', { title: 'Not of the audit', text: 'Text' })
  assert.equal((await ask('GET', '/export?q=tag:none-such')).status, 200)
  const kinds: string[] = []
  let told = ''
  for (let cursor = ''; ; ) {
    const { status, json, text } = await ask('GET', `/audit?limit=1${cursor}`)
    assert.equal(status, 200, text)
    for (const event of json.data) if (event.actor === me) kinds.push(event.kind)
    told += text
    if (json.next === null) break
    cursor = `&cursor=${json.next}`
  }
  assert.deepEqual(kinds.slice(0, 3), ['tenant.exported', 'credential.created', 'group.created'])
  assert.ok(!kinds.some((kind) => kind.startsWith('ticket.')))
  assert.ok(told.includes(group.id) && told.includes(credential.id) && !told.includes(credential.secret))

  const only = (await ask('GET', `/audit?kind=group.created&actor=${me}`)).json.data
  assert.deepEqual(
    only.map(({ kind }: { readonly kind: string }) => kind),
    ['group.created'],
  )
  const { at } = only[0]
  assert.equal((await ask('GET', `/audit?kind=group.created&to=${at}&actor=${me}`)).json.data.length, 0)
  assert.equal((await ask('GET', `/audit?kind=group.created&from=${at}&actor=${me}`)).json.data.length, 1)
  for (const [query, field] of [
    ['kind=ticket.created', 'kind'],
    ['actor=me', 'actor'],
    ['from=yesterday', 'from'],
    ['cursor=x', 'cursor'],
  ]) {
    const refused = await ask('GET', `/audit?${query}`)
    assert.deepEqual([refused.status, refused.json.errors[0].field], [400, field])
  }
  assert.equal((await ask('GET', '/audit', undefined, credential.secret)).status, 403)
})
