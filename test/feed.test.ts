/**
 * The feed of events (GET /v1/events): complete, in order and within sight, however it is read: page by page, waiting, or as
 * a stream.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { setActive } from '../src/core/logins/commands.ts'
import { createUser } from '../src/core/tenants/commands.ts'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { openDatabase } from '../src/storage/database.ts'
import { openStore, type Store } from '../src/storage/store.ts'
import { until } from './process.ts'
import { startWorld, type World } from './world.ts'

/** Who reads at the same time, and what happens meanwhile. */
const [MANY, CHANGES] = [200, 10]

interface FeedEvent {
  readonly position: number
  readonly kind: string
  readonly ticket: string | null
  readonly desk: string | null
  readonly requester: string | null
  readonly assignee: string | null
  readonly visibility: string | null
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

let world: World
let store: Store
before(async () => {
  world = await startWorld({ POLYDESK_RATE_LIMITS: 'off' })
  store = openStore(openDatabase({ connection: world.database.connection }))
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

const tenantId = () => world.value('SPACEBRING_NETWORK_ID')
const administration = () => ({ store, now: new Date().toISOString(), newId: () => v7() })
const owner = () => world.value('POLYDESK_API_KEY')

function send(method: string, path: string, body?: unknown, key = owner()) {
  return world.send(method, `/v1${path}`, { headers: { authorization: `Bearer ${key}` }, body })
}

/** A key of a new person on desks. */
async function keyOn(deskIds: readonly string[], role: 'agent' | 'customer') {
  const memberships = deskIds.map((deskId) => ({ deskId, role }))
  const person = { kind: 'person', isOwner: false, name: 'Somebody', memberships } as const
  const { id } = await createUser(administration(), tenantId(), person)
  const kind = CREDENTIAL_KINDS.find(({ dialect }) => dialect === 'native') ?? assert.fail()
  return { id, secret: (await issueMinted(administration(), tenantId(), kind, 'Test', id)).secret }
}

async function opened(body: object = {}): Promise<string> {
  const answer = await send('POST', '/tickets', { title: 'Broken', text: 'It is.', ...body })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.id
}

async function latest(): Promise<number> {
  return (await send('GET', '/events?after=latest')).json.next
}

/** Everything after a position, page by page. */
async function everything(from: number, key = owner(), limit = 200): Promise<readonly FeedEvent[]> {
  const events: FeedEvent[] = []
  for (let at = from; ; ) {
    const page = await send('GET', `/events?after=${at}&limit=${limit}`, undefined, key)
    assert.equal(page.status, 200, page.text)
    events.push(...page.json.data)
    if (page.json.next === at) return events
    at = page.json.next
  }
}

interface Stream {
  /** Ends the reading. */
  stop(): void
  /** Reads until enough was seen, or the stream ends. */
  until(enough: (events: readonly FeedEvent[]) => boolean): Promise<readonly FeedEvent[]>
}

async function stream(path: string, headers: Record<string, string> = {}, key = owner()): Promise<Stream> {
  const stopping = new AbortController()
  const answer = await fetch(new URL(`/v1${path}`, world.url), {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${key}`, ...headers },
    signal: stopping.signal,
  })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/)
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader() ?? assert.fail()
  const events: FeedEvent[] = []
  let text = ''
  return {
    stop: () => stopping.abort(),
    async until(enough) {
      while (!enough(events)) {
        const { value, done } = await reader.read()
        if (done) return events
        const parts = (text + value).split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) {
          const data = part.split('\n').find((line) => line.startsWith('data: '))
          if (data !== undefined) events.push(JSON.parse(data.slice(6)))
        }
      }
      return events
    },
  }
}

describe('a page of the feed', () => {
  test('tells each change with where its ticket stood, one kind for each field, and where to go on', async () => {
    const from = await latest()
    const id = await opened({ priority: 'high' })
    await send('PATCH', `/tickets/${id}`, {
      status: 'open',
      priority: 'low',
      desk: world.value('MOOV_CONNECTED_ACCOUNT_ID'),
    })
    await send('POST', `/tickets/${id}/messages`, { text: 'Between us.', visibility: 'internal' })
    const events = await everything(from, owner(), 2)
    const [first = assert.fail()] = events
    assert.deepEqual(events.map(({ kind }) => kind).sort(), [
      'message.added',
      'ticket.created',
      'ticket.desk_changed',
      'ticket.priority_changed',
      'ticket.status_changed',
    ])
    assert.deepEqual(
      events.map(({ position }) => position),
      events.map((_, nth) => from + 1 + nth),
    )
    assert.deepEqual([first.ticket, first.desk, first.visibility], [id, world.value('MOOV_ACCOUNT_ID'), 'public'])
    const priority = events.find(({ kind }) => kind === 'ticket.priority_changed')
    assert.deepEqual([priority?.before, priority?.after], [{ priority: 'high' }, { priority: 'low' }])
    assert.equal(priority?.desk, world.value('MOOV_CONNECTED_ACCOUNT_ID'))
    assert.equal(events.at(-1)?.visibility, 'internal')
  })

  test('names the parameter that is wrong', async () => {
    for (const [query, field] of [
      ['after=x', 'after'],
      ['after=-1', 'after'],
      ['limit=0', 'limit'],
      ['wait=31', 'wait'],
      ['wait=1.5', 'wait'],
      ['from=1', 'from'],
    ] as const) {
      const answer = await send('GET', `/events?${query}`)
      assert.deepEqual([answer.status, answer.json.errors?.[0]?.field], [400, field], query)
    }
  })

  test('waits for what comes, and answers at once when it does', async () => {
    const from = await latest()
    const waiting = send('GET', `/events?after=${from}&wait=30`)
    const id = await opened()
    const page = (await waiting).json
    assert.deepEqual([page.data.map(({ ticket }: FeedEvent) => ticket), page.next], [[id], from + 1])
  })

  test('holds nothing out of sight, and notes only for those who may read them', async () => {
    const [here, there] = [world.value('MOOV_ACCOUNT_ID'), world.value('MOOV_CONNECTED_ACCOUNT_ID')]
    const from = await latest()
    const [agent, customer] = [await keyOn([here], 'agent'), await keyOn([here], 'customer')]
    const own = await opened({ desk: here, requester: { id: customer.id } })
    const moved = await opened({ desk: here })
    const elsewhere = await opened({ desk: there })
    await send('POST', `/tickets/${own}/messages`, { text: 'Between us.', visibility: 'internal' })
    await send('PATCH', `/tickets/${moved}`, { desk: there })
    await send('PATCH', `/tickets/${moved}`, { priority: 'urgent' })
    const kinds = async (key: string) =>
      (await everything(from, key)).filter(({ ticket }) => ticket !== null).map(({ ticket, kind }) => [ticket, kind])
    assert.deepEqual(await kinds(agent.secret), [
      [own, 'ticket.created'],
      [moved, 'ticket.created'],
      [own, 'message.added'],
      [moved, 'ticket.desk_changed'],
    ])
    assert.deepEqual(await kinds(customer.secret), [[own, 'ticket.created']])
    assert.equal((await kinds(owner())).filter(([ticket]) => ticket === elsewhere).length, 1)
    for (const key of [agent.secret, customer.secret])
      assert.ok((await everything(from, key)).every(({ kind }) => !kind.startsWith('user.')))
  })
})

describe('a stream of the feed', () => {
  test('goes on where it was interrupted, and never tells anything twice', async () => {
    const from = await latest()
    const ids = [await opened(), await opened(), await opened()]
    const first = await stream(`/events?after=${from}`)
    const seen = await first.until((events) => events.length >= 2)
    first.stop()
    const last = seen[1]?.position ?? 0
    const again = await stream('/events', { 'last-event-id': String(last) })
    const more = await again.until((events) => events.length >= 1)
    again.stop()
    assert.deepEqual(
      [...seen.slice(0, 2), ...more].map(({ ticket }) => ticket),
      ids,
    )
  })

  test('beside 16 writers misses nothing and sees nothing twice, from wherever it begins', async () => {
    const from = await latest()
    const early = await stream(`/events?after=${from}`)
    const writing = Array.from({ length: 16 }, async (_, writer) => {
      for (let nth = 0; nth < 6; nth++) {
        const id = await opened({ title: `Of ${writer}` })
        await send('PATCH', `/tickets/${id}`, { status: 'open', priority: 'high' })
      }
    })
    const waiting = (async () => {
      const events: FeedEvent[] = []
      for (let at = from; events.length < 288; ) {
        const page = await send('GET', `/events?after=${at}&wait=5&limit=50`)
        events.push(...page.json.data)
        at = page.json.next
      }
      return events
    })()
    const late = await stream(`/events?after=${from}`)
    await Promise.all(writing)
    const stored = await everything(from)
    assert.equal(stored.length, 16 * 6 * 3)
    const positions = stored.map(({ position }) => position)
    for (const reading of [early, late]) {
      const events = await reading.until(({ length }) => length >= stored.length)
      assert.deepEqual(
        events.map(({ position }) => position),
        positions,
      )
      reading.stop()
    }
    assert.deepEqual(
      (await waiting).map(({ position }) => position),
      positions,
    )
  })

  test('is not waited for by whoever may not read any more', async () => {
    const agent = await keyOn([world.value('MOOV_ACCOUNT_ID')], 'agent')
    const waiting = send('GET', `/events?after=${await latest()}&wait=30`, undefined, agent.secret)
    await setActive(administration(), tenantId(), agent.id, false)
    assert.equal((await waiting).status, 401)
  })

  test('ends when its credential is revoked, and is refused from then on', async () => {
    const agent = await keyOn([world.value('MOOV_ACCOUNT_ID')], 'agent')
    const reading = await stream('/events?after=latest', {}, agent.secret)
    const answer = await send('PATCH', `/users/${agent.id}`, { active: false })
    assert.equal(answer.status, 200, answer.text)
    await reading.until(() => false)
    assert.equal((await send('GET', '/events', undefined, agent.secret)).status, 401)
  })

  test('holds nothing of what was erased, for whoever begins afterwards', async () => {
    const from = await latest()
    const reading = await stream(`/events?after=${from}`)
    const id = await opened({ title: 'Never mind' })
    await reading.until(({ length }) => length === 1)
    assert.equal((await send('DELETE', `/tickets/${id}`)).status, 204)
    await reading.until(({ length }) => length === 2)
    const later = await stream(`/events?after=${from}`)
    const events = await later.until(({ length }) => length === 2)
    assert.deepEqual([events[0]?.after, events[1]?.kind], [null, 'ticket.deleted'])
    later.stop()
    reading.stop()
  })

  test('costs no statement of its own for each of those who read', async (t) => {
    let statements = 0
    const counted = await startWorld({}, { onStatement: () => ++statements })
    t.after(() => counted.stop())
    const headers = { authorization: `Bearer ${counted.value('POLYDESK_API_KEY')}` }
    const stopping = new AbortController()
    let told = 0
    const read = async (): Promise<void> => {
      const answer = await fetch(new URL('/v1/events?after=latest', counted.url), {
        headers: { ...headers, accept: 'text/event-stream' },
        signal: stopping.signal,
      })
      const follow = async (): Promise<void> => {
        for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? assert.fail())
          told += text.split('\ndata: ').length - 1
      }
      // It is ended from here.
      follow().catch(() => {})
    }
    /** What some changes cost, once everybody has heard of them. */
    const costOf = async (readers: number): Promise<number> => {
      const [before, heard] = [statements, told]
      for (let nth = 1; nth <= CHANGES; nth++) {
        const body = { title: 'Broken', text: 'It is.' }
        assert.equal((await counted.send('POST', '/v1/tickets', { headers, body })).status, 201)
        await until('all have heard of it', () => told === heard + nth * readers)
      }
      return statements - before
    }
    await read()
    const alone = await costOf(1)
    await Promise.all(Array.from({ length: MANY - 1 }, read))
    const among = await costOf(MANY)
    stopping.abort()
    // Not a statement for each reader in all of these changes: what the server does from time to time is among them.
    assert.ok(among < alone + MANY, `${alone} for one reader, ${among} for ${MANY}`)
  })

  test('ends when the server stops, and holds up nothing', async () => {
    const other = await startWorld()
    const answer = await fetch(new URL('/v1/events?after=latest', other.url), {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${other.value('POLYDESK_API_KEY')}` },
    })
    const reading = answer.text()
    await other.stop()
    assert.match(await reading, /^retry: \d+\nid: \d+\n\n$/)
  })
})
