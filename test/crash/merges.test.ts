import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { runningConnection } from '../../src/storage/embedded.ts'
import { seeNothing } from '../evidence.ts'
import { type Installation, laterInstallation, type Served, until } from '../process.ts'
import { send } from '../world.ts'

// What is seen here is not the same in every run.
seeNothing()

const ROUNDS = 3
const WORKERS = 6

let installation: Installation
let server: Served
before(async () => {
  installation = await laterInstallation()
  server = await installation.start()
})
after(() => installation?.remove())

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
async function native(method: string, path: string, body?: unknown, key?: string): Promise<any> {
  const headers = {
    authorization: `Bearer ${server.quickstart['POLYDESK_API_KEY']}`,
    ...(key !== undefined && { 'idempotency-key': key }),
  }
  const answer = await send(server.url, method, path, { headers, ...(body === undefined ? {} : { body }) })
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.status === 204 ? undefined : answer.json
}

/** What was asked for under a key, whether it was answered or not. */
interface Asked {
  readonly path: string
  readonly body: object | undefined
  readonly key: string
}

/** Merges tickets and takes that back, all by keys, until the server is gone. @returns what was not answered by then */
async function work(isKilled: () => boolean): Promise<Asked | null> {
  let asked: Asked | null = null
  const keyed = async (path: string, body?: object) => {
    asked = { path, body, key: randomUUID() }
    const answer = await native('POST', path, body, asked.key)
    asked = null
    return answer
  }
  try {
    while (!isKilled()) {
      const [a, b, c, d] = [await open(), await open(), await open(), await open()]
      const link = await keyed(`/v1/tickets/${a}/links`, { relation: 'parent', ticket: d })
      await native('POST', `/v1/tickets/${a}/messages`, { text: `of ${a}` })
      await keyed(`/v1/tickets/${a}/merge`, { into: b })
      await native('POST', `/v1/tickets/${a}/messages`, { text: `of ${b}` })
      await keyed(`/v1/tickets/${b}/merge`, { into: c })
      await keyed(`/v1/tickets/${b}/unmerge`)
      if (randomInt(2) === 0) await keyed(`/v1/tickets/${a}/unmerge`)
      if (randomInt(2) === 0) await keyed(`/v1/tickets/${d}/undo`)
      else await native('DELETE', `/v1/tickets/${d}/links/${link.id}`, undefined, randomUUID())
    }
  } catch (error) {
    // The connection broke: whether it was done the tables tell.
    if (!isKilled() || !(error instanceof TypeError)) throw error
  }
  return asked
}

/** Splits messages off tickets, takes some of that back, and all by keys, until the server is gone. */
async function split(isKilled: () => boolean): Promise<null> {
  try {
    while (!isKilled()) {
      const { id } = await native('POST', '/v1/tickets', { title: 'Whole', text: 'Text', tags: ['whole'] })
      const said = []
      for (const text of ['to be split', 'to be split too'])
        said.push((await native('POST', `/v1/tickets/${id}/messages`, { text })).message.id)
      const body = { message: said[0], following: true, title: 'Split' }
      const fresh = await native('POST', `/v1/tickets/${id}/split`, body, randomUUID())
      if (randomInt(2) === 0) await native('POST', `/v1/tickets/${fresh.id}/undo`, undefined, randomUUID())
    }
  } catch (error) {
    if (!isKilled() || !(error instanceof TypeError)) throw error
  }
  return null
}

/** That a ticket that was split off has both of its messages, or its split was taken back and it has none. */
async function assertSplit(): Promise<void> {
  assert.deepEqual(
    await rows(`select t.id from tickets t where t.title = 'Split' and (
        (select count(*) from messages m where m.ticket_id = t.id and m.written_on is not null)
          <> case when t.merged_into is null then 2 else 0 end
        or (select count(*) from events e where e.ticket_id = t.id) <> case when t.merged_into is null then 2 else 3 end
        or not exists (select 1 from ticket_links l join events e on e.kind = 'ticket.split'
          and e.after ->> 'link_id' = l.id::text where t.id in (l.from_id, l.from_came)))`),
    [],
    'each split is whole',
  )
  assert.deepEqual(
    await rows(`select g.name from tags g where g.name = 'whole' and g.tickets <> (
      select count(*) from tickets t where 'whole' = any (t.tags) and t.merged_into is null)`),
    [],
    'tags count what has them',
  )
}

/** A ticket whose text is its own integer, so that each message tells where it was written. */
async function open(): Promise<number> {
  const { id, integer } = await native('POST', '/v1/tickets', { title: 'Title', text: 'Text' })
  await native('POST', `/v1/tickets/${id}/messages`, { text: `of ${integer}` })
  return integer
}

async function rows<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]> {
  const client = new pg.Client((await runningConnection(installation.dataDir)) ?? assert.fail())
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

/** That each message is on the ticket that its own leads to, and that the log, the rows and the counts tell the same. */
async function assertWhole(): Promise<void> {
  const ways = `with recursive ways (key, id, merged_into) as (
    select t.id, t.id, t.merged_into from tickets t
    union all select w.key, t.id, t.merged_into from ways w join tickets t on t.id = w.merged_into)`
  const astray = await rows(`${ways}
    select m.id from messages m join tickets o on m.plain = 'of ' || o.integer join ways w on w.key = o.id
    where w.merged_into is null and w.id <> m.ticket_id`)
  assert.deepEqual(astray, [], 'each message is where its ticket leads to')
  assert.deepEqual(
    await rows(`select m.id from messages m join tickets o on m.plain = 'of ' || o.integer
      where (m.came_from is not null) <> (m.ticket_id <> o.id) or m.came_from is not null and m.came_from <> o.id`),
    [],
    'and knows where it came from',
  )
  assert.deepEqual(
    await rows(`select t.id from tickets t left join lateral (
        select e.after ->> 'merged_into' as into from events e
        where e.ticket_id = t.id and e.kind in ('ticket.merged', 'ticket.unmerged') order by e.position desc limit 1) e on true
      where t.merged_into::text is distinct from e.into`),
    [],
    'the log tells of every merge',
  )
  assert.deepEqual(
    await rows(`select d.desk_id from desk_counters d where d.new_tickets + d.open_tickets <> (
      select count(*) from tickets t where t.desk_id = d.desk_id and t.merged_into is null and t.status in ('new', 'open'))`),
    [],
    'the counts count what is listed',
  )
}

/** That each link leads to tickets that are there, and that both of its tickets tell of it. */
async function assertLinked(): Promise<void> {
  assert.deepEqual(
    await rows(`select l.id from ticket_links l where exists (
      select 1 from tickets t where t.id in (l.from_id, l.to_id) and t.merged_into is not null)`),
    [],
    'no link leads to what is merged',
  )
  assert.deepEqual(
    await rows(`select l.id from ticket_links l cross join lateral (
        select count(*) filter (where e.kind = 'ticket.linked') as made, count(*) as told from events e
        where l.id::text in (e.before ->> 'link_id', e.after ->> 'link_id')) e
      where (e.made <> 2 or e.told <> case when l.removed_at is null then 2 else 4 end)
        and not exists (select 1 from events s where s.kind = 'ticket.split' and s.after ->> 'link_id' = l.id::text)`),
    [],
    'the log tells of each link on both tickets',
  )
}

test('after kill -9 while tickets are merged and that is taken back, each was done whole or not at all, and is done once', async () => {
  for (let round = 1; round <= ROUNDS; round++) {
    let killed = false
    const working = [...Array.from({ length: WORKERS }, () => work(() => killed)), split(() => killed)]
    const merges = async () =>
      Number((await rows<{ n: string }>("select count(*) as n from events where kind = 'ticket.merged'"))[0]?.n)
    const before = await merges()
    await until('some merges', async () => (await merges()) > before + 20)
    await pause(randomInt(100))
    killed = true
    server.signal('SIGKILL')
    const [open] = await Promise.all([Promise.all(working), server.ended])
    server = await installation.start()
    await assertWhole()
    await assertLinked()
    await assertSplit()
    // Whoever was not answered asks again, and is answered as the first time.
    for (const asked of open) {
      if (asked === null) continue
      const first = await native('POST', asked.path, asked.body, asked.key)
      assert.deepEqual(await native('POST', asked.path, asked.body, asked.key), first)
    }
    await assertWhole()
    await assertLinked()
    await assertSplit()
  }
})
