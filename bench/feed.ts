/**
 * What those cost who follow the feed: an installation of its own, streams opened against it, and tickets changed meanwhile.
 *
 *     node bin/node.mjs bench/feed.ts --streams 1000 --changes 100
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { createClient } from '../sdk/client.ts'
import { runningConnection } from '../src/storage/embedded.ts'
import { newInstallation, until } from '../test/process.ts'

const { values } = parseArgs({ options: { streams: { type: 'string' }, changes: { type: 'string' } } })
const [STREAMS, CHANGES] = [Number(values.streams ?? 1_000), Number(values.changes ?? 100)]
/** Of the server's memory: the least of some looks, since what was left behind goes away at some time. */
const LOOKS = 20
const MIB = 1_048_576
/** How long nothing happens before the last look. */
const IDLE_MS = 30_000

const installation = await newInstallation()
try {
  const { url, quickstart } = await installation.start()
  const key = quickstart['POLYDESK_API_KEY'] ?? ''
  const connection = await runningConnection(installation.dataDir)
  if (!connection) throw new Error('The database does not run.')
  const database = new pg.Client(connection)
  await database.connect()
  const client = createClient({ url, key })
  const stopping = new AbortController()
  let heard = 0

  async function follow(): Promise<void> {
    const answer = await fetch(`${url}/v1/events?after=latest`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${key}` },
      signal: stopping.signal,
    })
    const read = async (): Promise<void> => {
      for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? [])
        heard += text.split('\ndata: ').length - 1
    }
    // It is ended from here.
    read().catch(() => {})
  }

  /** Bytes that the server's process has in memory, and those in use of its heap. */
  async function memory(): Promise<{ readonly resident: number; readonly used: number }> {
    const looks: { resident: number; used: number }[] = []
    for (let nth = 0; nth < LOOKS; nth++) {
      const text = await (await fetch(`${url}/metrics`)).text()
      const told = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
      looks.push({ resident: told('process_resident_memory_bytes'), used: told('nodejs_heap_size_used_bytes') })
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    const least = (of: 'resident' | 'used'): number => Math.min(...looks.map((look) => look[of]))
    return { resident: least('resident'), used: least('used') }
  }

  async function transactions(): Promise<number> {
    await database.query('select pg_stat_force_next_flush()')
    const { rows } = await database.query('select xact_commit from pg_stat_database where datname = current_database()')
    return Number(rows[0]?.xact_commit)
  }

  /** Changes one after the other, each once everybody has heard of the one before. */
  async function change(streams: number): Promise<{ transactions: number; milliseconds: number }> {
    const [before, took] = [await transactions(), [] as number[]]
    for (let nth = 0; nth < CHANGES; nth++) {
      const [from, began] = [heard, performance.now()]
      await client.call('createTicket', { body: { title: 'Broken', text: 'It is.' } })
      await until('all have heard of it', () => heard >= from + streams)
      took.push(performance.now() - began)
    }
    const middle = took.toSorted((one, other) => one - other)[CHANGES >> 1] ?? 0
    // What is told of statements comes a second later.
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    return { transactions: (await transactions()) - before, milliseconds: middle }
  }

  await follow()
  await change(1)
  const alone = await change(1)
  const before = await memory()
  for (let nth = 1; nth < STREAMS; nth += 50)
    await Promise.all(Array.from({ length: Math.min(50, STREAMS - nth) }, follow))
  const open = await memory()
  const among = await change(STREAMS)
  const busy = await memory()
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const idle = await memory()
  const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`
  console.log(`With one stream: ${mib(before.resident)} resident, ${mib(before.used)} of the heap in use.`)
  const looks = { open, [`right after ${CHANGES} changes`]: busy, 'a while later': idle }
  for (const [when, { resident, used }] of Object.entries(looks))
    console.log(
      `${STREAMS} streams, ${when}: ${mib(resident - before.resident)} more resident, ${mib(used - before.used)} in use.`,
    )
  console.log(
    `A change with all that goes with it: ${alone.transactions / CHANGES} transactions with one stream, ${among.transactions / CHANGES} with ${STREAMS}.`,
  )
  console.log(
    `From a change to the last who heard of it: ${alone.milliseconds.toFixed(1)} ms with one, ${among.milliseconds.toFixed(1)} ms with ${STREAMS} (median).`,
  )
  stopping.abort()
  await database.end()
} finally {
  await installation.remove()
}
