import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { type Received, startWorld, type World } from '../../../../test/world.ts'
import { createUser } from '../../../core/tenants/commands.ts'
import { issueMinted } from '../../../setup/demo.ts'
import { openDatabase } from '../../../storage/database.ts'
import { openStore, type Store } from '../../../storage/store.ts'
import { CREDENTIAL_KINDS } from '../../credentials.ts'

let world: World
let store: Store
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const [HERE, THERE] = ['MOOV_ACCOUNT_ID', 'MOOV_CONNECTED_ACCOUNT_ID'] as const

function send(method: string, path: string, body?: unknown, key = world.value('POLYDESK_API_KEY')): Promise<Received> {
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${key}` }, body })
}

async function opened(body: object): Promise<string> {
  const answer = await send('POST', '/tickets', { title: 'Query', ...body })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.id
}

async function found(q: string, more = '', key?: string): Promise<readonly string[]> {
  const answer = await send('GET', `/tickets?limit=200&q=${encodeURIComponent(q)}${more}`, undefined, key)
  assert.equal(answer.status, 200, `${q}: ${answer.text}`)
  return answer.json.data.map(({ id }: { readonly id: string }) => id)
}

async function keyOf(memberships: readonly { deskId: string; role: 'agent' | 'customer' }[]) {
  const system = { store, now: new Date().toISOString(), newId: () => v7() }
  const email = `p${v7()}@example.com`
  const { id } = await createUser(system, tenantId(), {
    kind: 'person',
    isOwner: false,
    name: 'Somebody',
    email,
    memberships,
  })
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  return { id, email, key: (await issueMinted(system, tenantId(), kind, 'Test', id)).secret }
}

describe('a query', () => {
  test('finds what all of its conditions hold of, and nothing else', async () => {
    const agent = await keyOf([{ deskId: world.value(HERE), role: 'agent' }])
    const mark = `m${v7().slice(-12)}`
    const group = (await send('GET', '/groups')).json.data[0]
    const one = await opened({
      tags: [mark, 'vip'],
      priority: 'high',
      topic: 1,
      type: 1,
      group: group.id,
      assignee: agent.id,
      requester: { email: `ada-${mark}@example.com`, name: 'Ada' },
      text: `The ${mark}x lamp`,
      reference: `R ${mark}`,
    })
    const two = await opened({
      tags: [mark, 'spam'],
      status: 'pending',
      desk: world.value(THERE),
      requester: { email: `bob-${mark}@example.com` },
    })
    const both = [one, two].sort().reverse()
    const { number } = (await send('GET', `/tickets/${one}`)).json
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['', both],
      ['status:new', [one]],
      ['status:new,pending', both],
      ['status:new,new', [one]],
      [`assignee:${agent.id},${agent.id}`, [one]],
      ['-status:new', [two]],
      ['priority:>=high', [one]],
      ['priority:<high', [two]],
      ['-priority:high,urgent', [two]],
      ['desk:default', [one]],
      ['-desk:Default', [two]],
      [`group:"${group.name}"`, [one]],
      ['group:none', [two]],
      [`group:none,${group.id}`, both],
      ['topic:1', [one]],
      ['topic:none', [two]],
      ['type:complaint', [one]],
      ['channel:api', both],
      [`assignee:${agent.email}`, [one]],
      [`assignee:none,${agent.id}`, both],
      [`-assignee:${agent.id}`, [two]],
      ['-assignee:none', [one]],
      [`requester:ADA-${mark}@example.com`, [one]],
      [`-requester:ada-${mark}@example.com`, [two]],
      ['tag:vip', [one]],
      ['tag:vip,spam', both],
      ['tag:vip tag:spam', []],
      ['-tag:spam', [one]],
      [`number:${number} desk:default`, [one]],
      [`reference:"R ${mark}"`, [one]],
      ['created:<1h', both],
      ['created:>1h', []],
      ['created:>=2026-01-01 updated:<7d', both],
      ['created:<2026-01-01', []],
      ['has:attachment', []],
      ['-has:attachment', both],
      ['is:waiting', both],
      ['-is:waiting', []],
      ['is:unread', both],
      [`${mark}x`, [one]],
      [`"the ${mark}x lamp"`, [one]],
      [`${mark}x nowhere`, []],
      [`${mark.slice(0, 8)} LÁMP`, [one]],
      [`-${mark}x`, [two]],
      [`-"the ${mark}x lamp"`, [two]],
      [`ada-${mark}@example.com`, [one]],
      ['is:waiting -is:waiting', []],
    ]
    for (const [q, ids] of cases) assert.deepEqual(await found(`tag:${mark} ${q}`), ids, q)
    assert.deepEqual(await found(`tag:${mark}`, `&status=pending`), [two], 'the plain parameters hold too')
    assert.deepEqual(await found(`tag:${mark} assignee:me`, '', agent.key), [one])
    assert.deepEqual(await found(`tag:${mark}`, '', agent.key), [one], 'within sight')
  })

  test('shows where its words are said, and of a note only to who may read it', async () => {
    const mark = `m${v7().slice(-12)}`
    const id = await opened({ title: `About ${mark}`, text: 'A quagga', tags: [mark] })
    const reply = (text: string, visibility: string) => send('POST', `/tickets/${id}/messages`, { text, visibility })
    const answer = await reply('It was <b>no</b> Quaggas, but an okapi.', 'public')
    await reply('Secretly a quagga', 'internal')
    const shown = async (q: string, key?: string) => {
      const path = `/tickets?include=snippets&q=${encodeURIComponent(`tag:${mark} ${q}`)}`
      return (await send('GET', path, undefined, key)).json.data[0]?.snippet
    }
    const okapi = {
      text: 'It was <b>no</b> Quaggas, but an okapi.',
      marks: [{ at: 33, length: 5 }],
      message: answer.json.message.id,
    }
    assert.deepEqual(await shown('okapi'), okapi)
    assert.equal((await shown('quagga')).text, 'Secretly a quagga')
    assert.deepEqual(await shown(`"about ${mark}"`), {
      text: `About ${mark}`,
      marks: [{ at: 0, length: 19 }],
      message: null,
    })
    assert.equal(await shown(''), null)
    const requester = await keyOf([{ deskId: world.value(HERE), role: 'customer' }])
    await send('PATCH', `/tickets/${id}`, { requester: requester.id })
    assert.deepEqual((await shown('quagga', requester.key)).marks, [{ at: 17, length: 7 }])
  })

  test('is refused where it is wrong, with what would be right there', async () => {
    const cases: readonly (readonly [string, number, number, RegExp])[] = [
      ['status:done', 7, 4, /one of new, open/],
      ['a statsu:open', 2, 6, /a field: status/],
      ['group:nobody', 6, 6, /one of /],
      ['assignee:nobody@example.com', 9, 18, /somebody known here/],
      ['created:2026-02-31', 8, 10, /a date/],
      ['updated:soon', 8, 4, /a date/],
      ['number:x', 7, 1, /a number/],
      ['has:money', 4, 5, /attachment/],
      ['is:unread,waiting', 10, 7, /one word alone/],
      ['status:>open', 8, 4, /not compared/],
      ['tag:"x', 4, 2, /closing/],
    ]
    for (const [q, at, length, expected] of cases) {
      const answer = await send('GET', `/tickets?q=${encodeURIComponent(q)}`)
      assert.equal(answer.status, 400, `${q}: ${answer.text}`)
      const [error] = answer.json.errors
      assert.deepEqual([error.field, error.at, error.length], ['q', at, length], q)
      assert.match(error.expected, expected, q)
    }
    for (const [query, field] of [
      ['sort=colour', 'sort'],
      ['sort=--created', 'sort'],
      ['q=a&cursor=x', 'cursor'],
      ['view=mine&limit=0', 'limit'],
    ] as const)
      assert.equal((await send('GET', `/tickets?${query}`)).json.errors?.[0]?.field, field, query)
    assert.equal((await send('GET', '/tickets?view=nothing')).status, 404)
  })

  test('tells who may not read users nobody’s address but their own, and no desk that is not theirs', async () => {
    const customer = await keyOf([{ deskId: world.value(HERE), role: 'customer' }])
    const other = await keyOf([{ deskId: world.value(HERE), role: 'customer' }])
    const refused = async (q: string) =>
      (await send('GET', `/tickets?q=${encodeURIComponent(q)}`, undefined, customer.key)).status
    assert.equal(await refused(`requester:${customer.email}`), 200)
    assert.equal(await refused(`requester:${other.email}`), 400)
    const answer = await send('GET', '/tickets?q=desk:connected', undefined, customer.key)
    assert.deepEqual([answer.status, answer.json.errors[0].expected], [400, 'one of Default'])
  })
})

describe('the pages of a query', () => {
  test('are in the order that is asked for, both ways, and lead back', async () => {
    const mark = `m${v7().slice(-12)}`
    const priorities = ['low', 'urgent', 'normal', 'high', 'normal', 'low', 'urgent'] as const
    const ids: string[] = []
    for (const priority of priorities) ids.push(await opened({ tags: [mark], priority }))
    await send('PATCH', `/tickets/${ids[2]}`, { title: 'Changed' })
    for (const sort of [
      'created',
      '-created',
      'updated',
      '-updated',
      'priority',
      '-priority',
      'latest_message',
      '-latest_message',
    ]) {
      const whole = await found(`tag:${mark}`, `&sort=${sort}`)
      assert.equal(whole.length, ids.length, sort)
      const page = async (cursor: string | null) =>
        (await send('GET', `/tickets?q=tag:${mark}&sort=${sort}&limit=3${cursor ? `&cursor=${cursor}` : ''}`)).json
      const first = await page(null)
      const second = await page(first.next)
      const third = await page(second.next)
      const idsOf = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id)
      assert.deepEqual([first, second, third].flatMap(idsOf), whole, sort)
      assert.deepEqual([first.previous, third.next], [null, null], sort)
      assert.deepEqual(idsOf(await page(third.previous)), idsOf(second), `${sort}, back`)
      assert.deepEqual(idsOf(await page(second.previous)), idsOf(first), `${sort}, back`)
    }
    const byPriority = (await send('GET', `/tickets?q=tag:${mark}&sort=-priority`)).json.data
    assert.deepEqual(
      byPriority.map(({ priority }: { priority: string }) => priority),
      ['urgent', 'urgent', 'high', 'normal', 'normal', 'low', 'low'],
    )
    const other = (await send('GET', `/tickets?q=tag:${mark}&sort=created&limit=1`)).json.next
    assert.equal((await send('GET', `/tickets?q=tag:${mark}&sort=-created&cursor=${other}`)).status, 400)
  })

  test('go on from no place that the order cannot have', async () => {
    const time = '2026-01-15 10:20:30.123456+00'
    const places: readonly (readonly [sort: string, known: string, unknown: readonly string[]])[] = [
      ['created', '5', [time, '', '-1', '9999999999999999999']],
      [
        '-latest_message',
        time,
        ['5', '2026-99-99 99:99:99+00', '2026-02-31 10:20:30+00', '0000-01-01 00:00:00+00', `${time}:99`],
      ],
      ['updated', '5', [time, '9999999999999999999']],
      ['-priority', '2', [time, '0', '5', '9999999999']],
    ]
    const answer = (sort: string, key: string) => {
      const cursor = Buffer.from(`>${sort} ${v7()} ${key}`).toString('base64url')
      return send('GET', `/tickets?sort=${sort}&limit=1&cursor=${cursor}`)
    }
    for (const [sort, known, unknown] of places) {
      assert.equal((await answer(sort, known)).status, 200, `${sort}: ${known}`)
      for (const key of unknown) {
        const { status, text, json } = await answer(sort, key)
        assert.deepEqual([status, json.errors?.[0]?.field], [400, 'cursor'], `${sort}: ${key}: ${text}`)
      }
    }
  })

  test('neither skip nor double what stays where it is, whatever changes meanwhile', async () => {
    const mark = `m${v7().slice(-12)}`
    const ids: string[] = []
    for (let nth = 0; nth < 20; nth++) ids.push(await opened({ tags: [mark] }))
    const seen: string[] = []
    const moved = new Set<string>()
    for (let cursor: string | null = null, nth = 0; ; nth++) {
      const page = await send('GET', `/tickets?q=tag:${mark}&sort=-updated&limit=3${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...page.json.data.map(({ id }: { id: string }) => id))
      cursor = page.json.next
      if (cursor === null) break
      const id = ids[(nth * 7) % ids.length] ?? ''
      moved.add(id)
      await send('PATCH', `/tickets/${id}`, { title: `Changed ${nth}` })
      await opened({ tags: [mark] })
    }
    const still = ids.filter((id) => !moved.has(id))
    assert.deepEqual(
      seen.filter((id) => still.includes(id)),
      still.toReversed(),
    )
  })
})

describe('the views', () => {
  test('are there from the beginning, and show as many tickets as they count', async () => {
    const { data } = (await send('GET', '/views')).json
    assert.deepEqual(
      data.map(({ id }: { id: string }) => id),
      ['mine', 'unassigned', 'open', 'waiting', 'unread', 'snoozed', 'solved', 'all'],
    )
    const agent = await keyOf([{ deskId: world.value(HERE), role: 'agent' }])
    await opened({ assignee: agent.id, requester: { email: 'counted@example.com' } })
    for (let round = 0; round < 3; round++) {
      const counts = (await send('GET', '/views/counts', undefined, agent.key)).json.data
      for (const { view, count, more, problem } of counts) {
        const listed = (await send('GET', `/tickets?limit=200&view=${view}`, undefined, agent.key)).json.data
        assert.deepEqual([count, more, problem], [listed.length, false, null], view)
      }
      const mine = (await send('GET', '/tickets?view=mine', undefined, agent.key)).json.data
      assert.equal(mine.length, round === 2 ? 0 : 1)
      await send('PATCH', `/tickets/${mine[0]?.id}`, round === 1 ? { status: 'solved' } : { priority: 'low' })
    }
  })

  test('are for those who work here', async () => {
    const customer = await keyOf([{ deskId: world.value(HERE), role: 'customer' }])
    for (const path of ['/views', '/views/counts'])
      assert.equal((await send('GET', path, undefined, customer.key)).status, 403, path)
  })
})
