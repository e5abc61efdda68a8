import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { until } from '../../../../test/process.ts'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

let world: World
let store: Store
/** The owner's key. */
let key: string
let ana: string
let anaId: string
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
  key = world.value('POLYDESK_API_KEY')
  const system = { store, now: new Date().toISOString(), newId: () => v7() }
  const tenantId = world.value('SPACEBRING_NETWORK_ID')
  const memberships = [{ deskId: world.value('MOOV_ACCOUNT_ID'), role: 'agent' as const }]
  anaId = (await createUser(system, tenantId, { kind: 'person', isOwner: false, name: 'Ana', memberships })).id
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  ana = (await issueMinted(system, tenantId, kind, 'Test', anaId)).secret
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

interface Sending {
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function send(method: string, path: string, { as = key, body, headers }: Sending = {}): Promise<Received> {
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${as}`, ...headers }, body })
}

async function made(path: string, body: object, as = key) {
  const answer = await send('POST', path, { as, body })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

const saved = (body: object, as = ana) => made('/macros', { name: 'Ask', ...body }, as)
const opened = (body: object = {}) =>
  made('/tickets', { title: 'Fire', text: 'Help', requester: { email: 'rosa@example.com', name: 'Rosa' }, ...body })
const run = (ticket: string, body: object, as = ana, headers = {}) =>
  send('POST', `/tickets/${ticket}/macros`, { as, body, headers })
const preview = async (macro: string, ticket: string) =>
  send('GET', `/macros/${macro}/preview?ticket=${ticket}`, { as: ana })
const messages = async (ticket: string) => (await send('GET', `/tickets/${ticket}/messages`)).json.data
const kinds = async (ticket: string): Promise<readonly string[]> =>
  (await send('GET', `/tickets/${ticket}/timeline`)).json.data.map(({ kind }: { readonly kind: string }) => kind)

function refusal(answer: Received, status: number): readonly string[] {
  assert.equal(answer.status, status, answer.text)
  return (answer.json.errors ?? []).map(({ field }: { readonly field: string }) => field)
}

describe('a macro', () => {
  test('is saved, shown, changed at its version and deleted, for those for whom it is', async () => {
    const change = { status: 'pending', assignee: 'me', add_tags: ['asked'], snooze: 60 }
    const { id, ...shown } = await saved({ change, text: 'Dear {{requester.name}}', visibility: 'internal' })
    assert.deepEqual(shown, {
      ...{ version: 1, name: 'Ask', change, text: 'Dear {{requester.name}}', visibility: 'internal' },
      ...{ audience: 'private', group: null, changeable: true },
    })
    assert.equal((await send('GET', `/macros/${id}`)).status, 404, 'it is private')
    const known = { 'if-none-match': '"1"' }
    assert.equal((await send('GET', `/macros/${id}`, { as: ana, headers: known })).status, 304)
    const body = { text: null, change: { priority: 'high' } }
    const changed = await send('PATCH', `/macros/${id}`, { as: ana, body })
    assert.partialDeepStrictEqual(changed.json, {
      version: 2,
      text: null,
      visibility: null,
      change: { priority: 'high' },
    })
    const late = { as: ana, headers: { 'if-match': '"1"' } }
    assert.equal((await send('PATCH', `/macros/${id}`, { ...late, body: { name: 'Late' } })).status, 412)
    assert.equal((await send('DELETE', `/macros/${id}`, { as: ana })).status, 204)
    assert.equal((await run((await opened()).id, { macro: id })).status, 404)
    const { id: shared } = await saved({ change: { priority: 'low' }, audience: 'everyone' }, key)
    assert.ok((await send('GET', '/macros', { as: ana })).json.data.some((each: { id: string }) => each.id === shared))
    assert.equal((await send('PATCH', `/macros/${shared}`, { as: ana, body: { name: 'Mine' } })).status, 403)
  })

  test('with a mistake names the field, and one that does nothing is none', async () => {
    const field = async (body: object) =>
      refusal(
        await send('POST', '/macros', { as: ana, body: { name: 'X', change: { priority: 'high' }, ...body } }),
        400,
      )
    assert.deepEqual(await field({ change: {} }), ['change'])
    assert.deepEqual(await field({ change: { group: v7() } }), ['change.group'])
    assert.deepEqual(await field({ change: { topic: 9_999 } }), ['change.topic'])
    assert.deepEqual(await field({ change: { assignee: v7() } }), ['change.assignee'])
    assert.deepEqual(await field({ change: { assignee: 'you' } }), ['change.assignee'])
    assert.deepEqual(await field({ change: { fields: { nothing: 1 } } }), ['change.fields.nothing'])
    assert.deepEqual(await field({ change: { status: 'solved', snooze: 5 } }), ['change.snooze'])
    assert.deepEqual(await field({ text: 'Dear {{nobody}}' }), ['text'])
    assert.deepEqual(await field({ text: ' ' }), ['text'])
  })

  test('shows what it would do and does just that, as one change that is undone as one; what it said stays said', async () => {
    const change = { status: 'pending', assignee: 'me', priority: 'high', add_tags: ['asked'] }
    const { id } = await saved({ change, text: 'Dear {{requester.first_name}}' })
    const ticket = await opened()
    const shown = await preview(id, ticket.id)
    assert.equal(shown.status, 200, shown.text)
    assert.deepEqual(shown.json.message, { visibility: 'public', text: 'Dear Rosa', unfilled: [] })
    const told: readonly string[] = shown.json.changes.map(({ kind }: { readonly kind: string }) => kind)
    assert.deepEqual([...told].sort(), [
      ...['ticket.assignee_changed', 'ticket.priority_changed', 'ticket.status_changed', 'ticket.tags_changed'],
    ])
    assert.equal((await send('GET', `/tickets/${ticket.id}`)).json.version, ticket.version, 'a look changes nothing')
    const etag = { 'if-match': `"${shown.json.version}"` }
    const ran = await run(ticket.id, { macro: id }, ana, etag)
    assert.equal(ran.status, 200, ran.text)
    assert.partialDeepStrictEqual(ran.json, {
      status: 'pending',
      priority: 'high',
      tags: ['asked'],
      assignee: { id: anaId },
    })
    assert.equal((await messages(ticket.id)).at(-1).text, 'Dear Rosa')
    assert.deepEqual((await kinds(ticket.id)).slice(1), ['message.added', ...told, 'ticket.macro_run'])
    assert.equal((await run(ticket.id, { macro: id }, ana, etag)).status, 412)
    assert.deepEqual((await preview(id, ticket.id)).json.changes, [], 'all is so by now')

    const undone = await send('POST', `/tickets/${ticket.id}/undo`, { as: ana })
    assert.equal(undone.status, 200, undone.text)
    const { status, priority, waiting_since } = undone.json
    assert.deepEqual(
      [status, priority, waiting_since],
      [ticket.status, ticket.priority, null],
      'who was answered does not wait',
    )
    assert.deepEqual([undone.json.tags, undone.json.assignee], [[], null])
    assert.equal((await messages(ticket.id)).length, 2)
  })

  test('that only says something is not undone', async () => {
    const { id } = await saved({ text: 'Seen', visibility: 'internal' })
    const ticket = await opened()
    assert.equal((await run(ticket.id, { macro: id })).status, 200)
    assert.equal((await send('POST', `/tickets/${ticket.id}/undo`, { as: ana })).status, 409)
  })

  test('snoozes from when it is run, and changes nothing where anything of it is refused', async () => {
    const { id } = await saved({ change: { priority: 'high', snooze: 90 }, text: 'Later' })
    const ticket = await opened()
    const before = Date.now()
    const { json } = await run(ticket.id, { macro: id })
    assert.ok(Date.parse(json.snoozed_until) >= before + 90 * 60_000, json.snoozed_until)
    const done = await opened({ status: 'solved' })
    const { json: look } = await preview(id, done.id)
    assert.deepEqual([look.problem.status, look.changes], [409, []])
    assert.equal((await run(done.id, { macro: id })).status, 409)
    const now = (await send('GET', `/tickets/${done.id}`)).json
    assert.deepEqual([now.version, now.priority], [done.version, done.priority])
  })

  test('is not run without a word for what is not known, and says another text where one is sent', async () => {
    const { id } = await saved({ text: 'Dear {{requester.name}}' })
    const ticket = await made('/tickets', { title: 'No name', text: 'Help' })
    const shown = await preview(id, ticket.id)
    assert.deepEqual(shown.json.message.unfilled, ['requester.name'])
    assert.deepEqual(refusal(await run(ticket.id, { macro: id }), 400), ['text'])
    assert.equal((await run(ticket.id, { macro: id, text: 'Dear all' })).status, 200)
    assert.equal((await messages(ticket.id)).at(-1).text, 'Dear all')
    const silent = await saved({ change: { priority: 'high' } })
    assert.deepEqual(refusal(await run(ticket.id, { macro: silent.id, text: 'Hm' }), 400), ['text'])
  })

  test('whose group, person, topic or field is gone is refused by the name of that, and so is a look at it', async () => {
    const group = (await made('/groups', { name: 'Nights' })).id
    const topic = (await made('/topics', { name: 'Doors' })).id
    await made('/fields', { key: 'floor', type: 'number', label: 'Floor' })
    const ticket = await opened()
    const change = { group, topic, fields: { floor: 3 } }
    const { id } = await saved({ change })
    for (const [path, field] of [
      [`/groups/${group}`, 'macro.group'],
      [`/topics/${topic}`, 'macro.topic'],
      ['/fields/floor', 'macro.fields.floor'],
    ] as const) {
      const retired = await send('PATCH', path, { body: { active: false } })
      assert.equal(retired.status, 200, retired.text)
      await until('it is known', async () => (await run(ticket.id, { macro: id })).status === 400)
      assert.deepEqual(refusal(await run(ticket.id, { macro: id }), 400), [field])
      assert.equal((await preview(id, ticket.id)).json.problem.errors[0].field, field)
      assert.equal((await send('PATCH', path, { body: { active: true } })).status, 200)
      await until('it is back', async () => (await preview(id, ticket.id)).json.problem === null)
    }
    const named = await send('PATCH', `/macros/${id}`, { as: ana, body: { name: 'Renamed' } })
    assert.equal(named.status, 200, 'a name is changed whatever is gone')
    const leaver = await made('/users', { name: 'Lea', memberships: [{ desk: ticket.desk.id, role: 'agent' }] })
    const toHer = await saved({ change: { assignee: leaver.id } })
    assert.equal((await send('PATCH', `/users/${leaver.id}`, { body: { active: false } })).status, 200)
    assert.deepEqual(refusal(await run(ticket.id, { macro: toHer.id }), 400), ['macro.assignee'])
  })

  test('changes many tickets by a job, unless it says something or snoozes', async () => {
    const { id } = await saved({ change: { add_tags: ['many'], assignee: 'me' }, audience: 'private' }, key)
    const tickets = [(await opened()).id, (await opened()).id]
    const job = await send('POST', '/jobs', { body: { tickets, macro: id } })
    assert.equal(job.status, 202, job.text)
    assert.deepEqual(job.json.change.add_tags, ['many'])
    await until('it is done', async () => (await send('GET', `/jobs/${job.json.id}`)).json.state === 'done')
    assert.equal((await send('GET', `/jobs/${job.json.id}`)).json.changed, 2)
    const both = { tickets, macro: id, change: { priority: 'high' } }
    assert.deepEqual(refusal(await send('POST', '/jobs', { body: both }), 400), ['macro'])
    assert.deepEqual(refusal(await send('POST', '/jobs', { body: { tickets } }), 400), ['change'])
    const speaking = await saved({ text: 'Hello' }, key)
    assert.deepEqual(refusal(await send('POST', '/jobs', { body: { tickets, macro: speaking.id } }), 400), ['macro'])
    assert.equal((await send('POST', '/jobs', { body: { tickets, macro: v7() } })).status, 404)
  })
})
