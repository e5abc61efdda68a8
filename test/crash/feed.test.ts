import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { createClient } from '../../sdk/client.ts'
import { feed } from '../../sdk/feed.ts'
import { seeNothing } from '../evidence.ts'
import {
  freePort,
  type Installation,
  laterInstallation,
  type Running,
  type Served,
  startProcess,
  until,
} from '../process.ts'

// What is seen here is not the same in every run.
seeNothing()

const CONSUMER = join(import.meta.dirname, 'feed-consumer.ts')
/** The start of the server is what takes time here. */
const KILLS = ['server', ...Array.from({ length: 4 }, () => 'consumer')] as const
const WRITERS = 4
/** How long one waits for the other who has the file, in milliseconds. */
const PATIENCE_MS = 30_000

let installation: Installation
before(async () => {
  installation = await laterInstallation()
})
after(() => installation?.remove())

test('whoever follows the feed by the SDK applies each event once, however often it or the server is killed', async (t) => {
  const seed = Date.now() % 2 ** 31
  t.diagnostic(`seed ${seed}`)
  const kills = fc
    .sample(fc.shuffledSubarray([...KILLS], { minLength: KILLS.length }), { numRuns: 1, seed })
    .flat()
    .map((who, nth) => ({ who, after: (Math.imul(seed, nth + 1) >>> 8) % 40 }))
  const port = String(await freePort())
  let server: Served = await installation.start({ PORT: port })
  const { url, quickstart } = server
  const key = quickstart['POLYDESK_API_KEY'] ?? assert.fail()
  const file = join(installation.dataDir, '..', 'applied.sqlite')
  const consume = (): Running => startProcess([process.execPath, CONSUMER, file, url, key], { environment: {} })
  let consumer = consume()
  t.after(() => consumer.signal('SIGKILL'))
  const looking = await until('the consumer has its file', () => {
    if (consumer.hasEnded()) throw new Error(consumer.stderr())
    try {
      // Not only to read: what a killed consumer had half written is taken back by whoever comes next.
      const opened = new DatabaseSync(file, { timeout: PATIENCE_MS })
      opened.prepare('select count(*) as count from applied').get()
      return opened
    } catch {
      return undefined
    }
  })
  const applied = () =>
    looking
      .prepare('select position from applied order by rowid')
      .all()
      .map(({ position }) => Number(position))

  const client = createClient({ url, key, attempts: 1 })
  let isOver = false
  const write = async (): Promise<void> => {
    const { id } = await client.call('createTicket', { body: { title: 'Broken', text: 'It is.' } })
    await client.call('changeTicket', { params: { id }, body: { status: 'open', priority: 'high' } })
  }
  const writers = Array.from({ length: WRITERS }, async () => {
    // What fails while the server is away is not written; that is not what is looked at here.
    while (!isOver) await write().catch(() => pause(20))
  })
  try {
    for (const { who, after } of kills) {
      const wanted = applied().length + after
      await until('more events are applied', () => applied().length >= wanted)
      if (who === 'server') {
        server.signal('SIGKILL')
        await server.ended
        server = await installation.start({ PORT: port })
      } else {
        consumer.signal('SIGKILL')
        await consumer.ended
        consumer = consume()
      }
    }
  } finally {
    isOver = true
    await Promise.all(writers)
  }
  const recorded: number[] = []
  const { next: last } = await client.call('listEvents', { query: { after: 'latest' } })
  for await (const { position } of feed(client, { after: 0 })) {
    recorded.push(position)
    if (position >= last) break
  }
  await until('all is applied', () => applied().length >= recorded.length)
  consumer.signal('SIGKILL')
  await consumer.ended
  assert.deepEqual(applied(), recorded, `seed ${seed}`)
  looking.close()
})
