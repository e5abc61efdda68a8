import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import type { Role } from '../../../core/identity/permissions.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { BUILTIN_VIEWS, MOST_VIEWS } from '../../../core/views/view.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

let world: World
let store: Store
/** The owner's key. */
let key: string
let ana: Somebody
let ben: Somebody
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  key = world.value('POLYDESK_API_KEY')
  ana = await somebody('agent')
  ben = await somebody('agent')
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

interface Somebody {
  readonly id: string
  readonly key: string
}

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const system = () => ({ store, now: new Date().toISOString(), newId: () => v7() })

async function somebody(role: Role): Promise<Somebody> {
  const memberships = [{ deskId: world.value('MOOV_ACCOUNT_ID'), role }]
  const { id } = await createUser(system(), tenantId(), {
    kind: 'person',
    isOwner: false,
    name: 'Somebody',
    memberships,
  })
  return { id, key: await keyOf(id) }
}

async function keyOf(userId: string): Promise<string> {
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  return (await issueMinted(system(), tenantId(), kind, 'Test', userId)).secret
}

interface Sending {
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function send(method: string, path: string, { as = key, body, headers }: Sending = {}): Promise<Received> {
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${as}`, ...headers }, body })
}

async function saved(body: object, as = key) {
  const answer = await send('POST', '/views', { as, body: { name: 'Doors', query: 'door', ...body } })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

async function listed(as: string): Promise<readonly { readonly id: string; readonly saved: boolean }[]> {
  const { json, text, status } = await send('GET', '/views', { as })
  assert.equal(status, 200, text)
  return json.data
}

const savedIds = async (as: string) => (await listed(as)).flatMap(({ id, saved }) => (saved ? [id] : []))

/** The kinds of events about a view that somebody is shown. */
async function toldOf(view: string, as: string): Promise<readonly string[]> {
  const kinds: string[] = []
  for (let after = 0; ; ) {
    const { json, text, status } = await send('GET', `/events?after=${after}&limit=200`, { as })
    assert.equal(status, 200, text)
    for (const event of json.data) if (event.subject === view) kinds.push(event.kind)
    if (json.next === after) return kinds
    after = json.next
  }
}

function refusal(answer: Received, status: number): readonly string[] {
  assert.equal(answer.status, status, answer.text)
  return (answer.json.errors ?? []).map(({ field }: { readonly field: string }) => field)
}

describe('a view', () => {
  test('is saved, shown, listed behind those that everybody has, changed and deleted', async () => {
    const made = await send('POST', '/views', {
      as: ana.key,
      body: { name: ' Doors ', query: 'door', sort: 'updated' },
    })
    assert.equal(made.status, 201, made.text)
    const { id, ...shown } = made.json
    const own = { saved: true, pinned: false, changeable: true }
    const view = { version: 1, name: 'Doors', query: 'door', sort: 'updated', audience: 'private', group: null, ...own }
    assert.deepEqual(shown, view)
    assert.equal(made.headers.get('location'), `/v1/views/${id}`)
    assert.equal(made.headers.get('etag'), '"1"')
    assert.deepEqual((await send('GET', `/views/${id}`, { as: ana.key })).json, { id, ...view })
    const known = { 'if-none-match': '"1"' }
    assert.equal((await send('GET', `/views/${id}`, { as: ana.key, headers: known })).status, 304)
    const all = await listed(ana.key)
    assert.deepEqual(
      all.filter(({ saved }) => !saved).map((each) => each.id),
      BUILTIN_VIEWS.map((each) => each.id),
    )
    assert.ok((await savedIds(ana.key)).includes(id))

    const change = { name: 'Gates', query: 'gate', sort: '-priority' }
    const changed = await send('PATCH', `/views/${id}`, { as: ana.key, body: change })
    assert.deepEqual(changed.json, { id, ...view, ...change, version: 2 })
    const same = await send('PATCH', `/views/${id}`, { as: ana.key, body: change })
    assert.equal(same.json.version, 2, 'what is so already changes nothing')
    assert.equal((await send('DELETE', `/views/${id}`, { as: ana.key })).status, 204)
    assert.equal((await send('GET', `/views/${id}`, { as: ana.key })).status, 404)
    assert.deepEqual(await toldOf(id, ana.key), ['view.created', 'view.changed', 'view.deleted'])
  })

  test('is a list of its tickets in its order, together with what else is asked for', async () => {
    const mark = `m${v7().slice(-12)}`
    const open = async (priority: string) => {
      const { json } = await send('POST', '/tickets', { body: { title: 'View', tags: [mark], priority } })
      return json.id
    }
    const [low, high] = [await open('low'), await open('high')]
    const { id } = await saved({ query: `tag:${mark}`, sort: '-priority' }, ana.key)
    const found = async (more: string) => {
      const answer = await send('GET', `/tickets?view=${id}${more}`, { as: ana.key })
      assert.equal(answer.status, 200, answer.text)
      return answer.json.data.map((each: { readonly id: string }) => each.id)
    }
    assert.deepEqual(await found(''), [high, low])
    assert.deepEqual(await found('&sort=priority'), [low, high])
    assert.deepEqual(await found('&q=priority:low'), [low])
    assert.equal((await send('GET', `/tickets?view=${id}`, { as: ben.key })).status, 404)
  })

  test('of a mistake says where it is, and of everything else that is wrong which field', async () => {
    const [group] = (await send('GET', '/groups')).json.data
    const wrong: readonly (readonly [object, readonly string[]])[] = [
      [{ name: 'X', query: 'a statsu:open' }, ['query']],
      [{ name: ' ', query: '' }, ['name']],
      [{ name: 'X'.repeat(256), query: '' }, ['name']],
      [{ name: 'X', query: 'x'.repeat(2_001) }, ['query']],
      [{ name: 'X', query: 'w '.repeat(21) }, ['query']],
      [{ name: 'X', query: '', sort: 'colour' }, ['sort']],
      [{ name: 'X', query: '', audience: 'all' }, ['audience']],
      [{ name: 'X', query: '', audience: 'group' }, ['group']],
      [{ name: 'X', query: '', audience: 'group', group: v7() }, ['group']],
      [{ name: 'X', query: '', group: group.id }, ['group']],
      [{ name: 'X' }, ['query']],
    ]
    for (const [body, fields] of wrong)
      assert.deepEqual(refusal(await send('POST', '/views', { body }), 400), fields, JSON.stringify(body))
    const answer = await send('POST', '/views', { body: { name: 'X', query: 'a statsu:open' } })
    assert.partialDeepStrictEqual(answer.json.errors, [{ at: 2, length: 6 }])
    const { id } = await saved({})
    assert.deepEqual(refusal(await send('PATCH', `/views/${id}`, { body: { query: 'group:nobody' } }), 400), ['query'])
  })

  test('is changed and deleted only as whoever does it last saw it, where they say so', async () => {
    const { id } = await saved({}, ana.key)
    const asSeen = { 'if-match': '"1"' }
    const renamed = await send('PATCH', `/views/${id}`, { as: ana.key, body: { name: 'Two' }, headers: asSeen })
    assert.deepEqual([renamed.status, renamed.headers.get('etag')], [200, '"2"'])
    for (const method of ['PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { body: { name: 'Three' } } : {}
      const late = await send(method, `/views/${id}`, { as: ana.key, headers: asSeen, ...body })
      assert.deepEqual([late.status, late.json.code, late.json.view.name], [412, 'precondition_failed', 'Two'])
    }
  })

  test('of one person is nobody else’s, not even to hear of', async () => {
    const { id } = await saved({}, ana.key)
    for (const as of [ben.key, key]) {
      assert.ok(!(await savedIds(as)).includes(id))
      assert.equal((await send('GET', `/views/${id}`, { as })).status, 404)
      assert.equal((await send('PATCH', `/views/${id}`, { as, body: { name: 'Mine' } })).status, 404)
      assert.equal((await send('DELETE', `/views/${id}`, { as })).status, 404)
      assert.equal((await send('PUT', `/views/${id}/pin`, { as })).status, 404)
      assert.deepEqual(await toldOf(id, as), [])
    }
    const customer = await somebody('customer')
    assert.equal((await send('GET', '/views', { as: customer.key })).status, 403)
    assert.equal((await send('POST', '/views', { as: customer.key, body: { name: 'X', query: '' } })).status, 403)
  })

  test('for everyone is for all to see, and for who manages views to change', async () => {
    const body = { name: 'All doors', query: 'door', audience: 'everyone' }
    assert.equal((await send('POST', '/views', { as: ana.key, body })).status, 403)
    const { id } = await saved(body)
    assert.ok((await savedIds(ana.key)).includes(id))
    assert.equal((await send('GET', `/views/${id}`, { as: ana.key })).json.changeable, false)
    assert.equal((await send('PATCH', `/views/${id}`, { as: ana.key, body: { name: 'Mine' } })).status, 403)
    assert.equal((await send('DELETE', `/views/${id}`, { as: ana.key })).status, 403)
    const admin = await somebody('admin')
    const renamed = await send('PATCH', `/views/${id}`, { as: admin.key, body: { name: 'Every door' } })
    assert.equal(renamed.status, 200, renamed.text)
    const taken = await send('PATCH', `/views/${id}`, { as: admin.key, body: { audience: 'private' } })
    assert.deepEqual(refusal(taken, 400), ['audience'])
    assert.deepEqual(await toldOf(id, ana.key), ['view.created', 'view.changed'])
    const hidden = await send('PATCH', `/views/${id}`, { body: { audience: 'private' } })
    assert.equal(hidden.status, 200, hidden.text)
    assert.ok(!(await savedIds(ana.key)).includes(id))
    assert.deepEqual(
      await toldOf(id, ana.key),
      ['view.created', 'view.changed', 'view.changed'],
      'that it went is told',
    )
  })

  test('that everybody has is nobody’s to change, to pin or to put in order', async () => {
    assert.equal((await send('PATCH', '/views/mine', { body: { name: 'X' } })).status, 403)
    assert.equal((await send('DELETE', '/views/mine')).status, 403)
    assert.equal((await send('PUT', '/views/mine/pin')).status, 404)
    assert.equal((await send('GET', '/views/mine')).json.saved, false)
    assert.equal((await send('GET', `/views/${v7()}`)).status, 404)
    assert.equal((await send('GET', '/views/nowhere')).status, 404)
  })
})

test('each person has an order of their own, with what they pinned in front', async () => {
  const cleo = await somebody('agent')
  const [one, two, three] = [await saved({}, cleo.key), await saved({}, cleo.key), await saved({}, cleo.key)]
  const own = async () => (await savedIds(cleo.key)).filter((id) => [one.id, two.id, three.id].includes(id))
  assert.deepEqual(await own(), [one.id, two.id, three.id])
  const order = async (views: readonly string[]) => send('PUT', '/views/order', { as: cleo.key, body: { views } })
  assert.equal((await order([three.id, one.id])).status, 204)
  assert.deepEqual(await own(), [three.id, one.id, two.id])
  assert.equal((await send('PUT', `/views/${two.id}/pin`, { as: cleo.key })).status, 204)
  assert.deepEqual(await own(), [two.id, three.id, one.id])
  assert.equal((await send('GET', `/views/${two.id}`, { as: cleo.key })).json.pinned, true)
  assert.equal((await order([two.id])).status, 204)
  assert.equal((await send('DELETE', `/views/${two.id}/pin`, { as: cleo.key })).status, 204)
  assert.deepEqual(await own(), [two.id, one.id, three.id])
  assert.deepEqual(refusal(await order([one.id, v7()]), 400), ['views[1]'])
  assert.deepEqual(refusal(await order([one.id, one.id]), 400), ['views[1]'])
  const { id } = await saved({}, ben.key)
  assert.deepEqual(refusal(await order([id]), 400), ['views[0]'])
})

test('there are as many views of a person as may be, however many are saved at once', async () => {
  const dora = await somebody('agent')
  const tries = Array.from({ length: MOST_VIEWS + 10 }, () =>
    send('POST', '/views', { as: dora.key, body: { name: 'One more', query: '' } }),
  )
  const statuses = (await Promise.all(tries)).map(({ status }) => status)
  assert.deepEqual(
    [201, 409].map((status) => statuses.filter((each) => each === status).length),
    [MOST_VIEWS, 10],
  )
  const { json } = await send('POST', '/views', { as: dora.key, body: { name: 'One more', query: '' } })
  assert.match(json.detail, /at most 50 private views/)
})

test('with the words of who is erased, their private views and replies go', async () => {
  const memberships = [{ desk: world.value('MOOV_ACCOUNT_ID'), role: 'agent' }]
  const made = await send('POST', '/users', { body: { name: 'Eve', memberships } })
  assert.equal(made.status, 201, made.text)
  const { id: eve } = made.json
  const as = await keyOf(eve)
  const secret = `s${v7().slice(-12)}`
  const { id } = await saved({ name: secret, query: secret }, as)
  await send('PUT', `/views/${id}/pin`, { as })
  const reply = (await send('POST', '/saved_replies', { as, body: { name: secret, text: secret } })).json
  assert.equal((await send('PUT', `/saved_replies/${reply.id}/used`, { as })).status, 204)
  const leaving = [{ desk: world.value('MOOV_ACCOUNT_ID'), role: 'customer' }]
  assert.equal((await send('PATCH', `/users/${eve}`, { body: { memberships: leaving } })).status, 200)
  assert.equal((await send('DELETE', `/users/${eve}`)).status, 204)
  const { rows } = await store.database.withClient((client) =>
    client.query(
      `select (select count(*)::integer from views v where v.author_id = $1) as views,
        (select count(*)::integer from view_places p where p.user_id = $1) as places,
        (select count(*)::integer from saved_replies r where r.author_id = $1) as replies,
        (select count(*)::integer from saved_reply_uses u where u.user_id = $1) as uses,
        (select count(*)::integer from claim_results r where r.result::text like $2) as kept,
        (select count(*)::integer from events e where e.before::text like $2 or e.after::text like $2) as told`,
      [eve, `%${secret}%`],
    ),
  )
  assert.deepEqual(rows, [{ views: 0, places: 0, replies: 0, uses: 0, kept: 0, told: 0 }])
})

describe('a group', () => {
  const newGroup = async (): Promise<string> => (await send('POST', '/groups', { body: { name: v7() } })).json.id
  const members = async (group: string, as = key) => {
    const { json, text, status } = await send('GET', `/groups/${group}/members`, { as })
    assert.equal(status, 200, text)
    return json.data.map(({ id }: { readonly id: string }) => id)
  }

  test('has those in it whom who manages the catalogue puts there, and tells so', async () => {
    const group = await newGroup()
    const [fay, customer] = [await somebody('agent'), await somebody('customer')]
    const at = `/groups/${group}/members/${fay.id}`
    assert.equal((await send('PUT', at, { as: fay.key })).status, 403)
    for (const _ of ['once', 'twice']) assert.equal((await send('PUT', at)).status, 204)
    assert.deepEqual(await members(group, ben.key), [fay.id])
    const { json } = await send('GET', '/me', { as: fay.key })
    assert.deepEqual(
      json.groups.map(({ id }: { readonly id: string }) => id),
      [group],
    )
    assert.equal((await send('PUT', `/groups/${group}/members/${customer.id}`)).status, 409)
    assert.equal((await send('PUT', `/groups/${group}/members/${v7()}`)).status, 404)
    assert.equal((await send('PUT', `/groups/${v7()}/members/${fay.id}`)).status, 404)
    assert.equal((await send('GET', `/groups/${group}/members`, { as: customer.key })).status, 403)
    for (const _ of ['once', 'twice']) assert.equal((await send('DELETE', at)).status, 204)
    assert.deepEqual(await members(group), [])
    const kinds = ['group.member_added', 'group.member_removed']
    assert.deepEqual(await toldOf(group, ben.key), kinds, 'once each')
    assert.deepEqual(await toldOf(group, customer.key), [])
  })

  test('has views that its members see, save and change, and nobody else but who manages views', async () => {
    const group = await newGroup()
    const [gil, hana] = [await somebody('agent'), await somebody('agent')]
    for (const { id } of [gil, hana]) await send('PUT', `/groups/${group}/members/${id}`)
    const body = { name: 'Ours', query: 'status:open', audience: 'group', group }
    assert.equal((await send('POST', '/views', { as: ben.key, body })).status, 403)
    const view = await saved(body, gil.key)
    assert.equal(view.group.id, group)
    assert.ok((await savedIds(hana.key)).includes(view.id))
    assert.ok((await savedIds(key)).includes(view.id))
    assert.ok(!(await savedIds(ben.key)).includes(view.id))
    assert.equal((await send('GET', `/views/${view.id}`, { as: ben.key })).status, 404)
    const renamed = await send('PATCH', `/views/${view.id}`, { as: hana.key, body: { name: 'All of ours' } })
    assert.deepEqual([renamed.status, renamed.json.group.id], [200, group])
    assert.deepEqual(await toldOf(view.id, gil.key), ['view.created', 'view.changed'])
    assert.deepEqual(await toldOf(view.id, ben.key), [])
    await send('DELETE', `/groups/${group}/members/${hana.id}`)
    assert.ok(!(await savedIds(hana.key)).includes(view.id), 'whoever left sees it no more')
    const mine = await send('PATCH', `/views/${view.id}`, { as: gil.key, body: { audience: 'private' } })
    assert.deepEqual([mine.status, mine.json.group], [200, null])
    assert.ok(!(await savedIds(key)).includes(view.id))
  })
})
