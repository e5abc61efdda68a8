import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { v7 } from 'uuid'
import { CREDENTIAL_KINDS } from '../src/dialects/credentials.ts'
import { issueMinted } from '../src/setup/demo.ts'
import { openDatabase } from '../src/storage/database.ts'
import { migrate, readMigrations } from '../src/storage/migrate.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { seeNothing } from './evidence.ts'
import { catalogueOf, insertRows, type Rows, sumOf } from './schemas.ts'
import { startWorld } from './world.ts'

// Each fixture has ids of its own.
seeNothing()

const FOLDER = join(import.meta.dirname, 'fixtures', 'schemas')
/** Schemas that no commit ever had: these migrations came together with the one after them. */
const NEVER_ALONE = new Set([2, 3, 4, 6, 9, 20])

const kept = readdirSync(FOLDER).map((name) => Number(/^(\d{4})\.sql$/.exec(name)?.[1]))
const known = await readMigrations()
/** What there is in a database that was never of another schema. */
const fresh = catalogueOfFresh()

test('of every schema that a migration changed there are rows to migrate', () => {
  const before = known.slice(0, -1).map(({ number }) => number)
  const missing = before.filter((number) => !NEVER_ALONE.has(number) && !kept.includes(number))
  assert.deepEqual(missing, [], 'without the new migration, run: node bin/node.mjs scripts/schema-fixture.ts')
})

for (const number of kept.sort((one, other) => one - other))
  test(`a database of schema ${number} becomes what a fresh one is, shows its tickets and takes new ones`, async () => {
    const database = await testDatabase({ migrated: false })
    const world = await startWorldOn(database, number)
    try {
      assert.deepEqual(await withRows(database, catalogueOf), await fresh)
      const headers = { authorization: `Bearer ${await keyOf(database)}` }
      const listed = await world.send('GET', '/v1/tickets?limit=100', { headers })
      assert.equal(listed.status, 200, listed.text)
      const { data: items }: { data: readonly Ticket[] } = listed.json
      const titles = items.map(({ title }) => title)
      assert.ok(!titles.includes('Gone'))
      for (const title of ['The door', 'The lamp ☀', 'Paid twice', 'Omni']) assert.ok(titles.includes(title), title)
      for (const { id } of items) {
        assert.equal((await world.send('GET', `/v1/tickets/${id}`, { headers })).status, 200)
        assert.equal((await world.send('GET', `/v1/tickets/${id}/timeline`, { headers })).status, 200)
      }
      const door = items.find(({ title }) => title === 'The door')
      assert.deepEqual([door?.status, door?.tags], ['solved', ['shut']])
      const said = await world.send('GET', `/v1/tickets/${door?.id}/messages`, { headers })
      const texts = said.json.data.map(({ text }: { text: string }) => text)
      assert.deepEqual(texts.slice(0, 3), ['It is shut.', 'We look at it at once.', 'Where is the key?'])

      const body = { title: 'New here', text: 'After all that.', requester: { email: 'zoe.dark@example.com' } }
      const made = await world.send('POST', '/v1/tickets', { headers, body })
      assert.equal(made.status, 201, made.text)
      const lamp = items.find(({ title }) => title === 'The lamp ☀')
      assert.equal(made.json.requester.id, lamp?.requester?.id, 'whom an address names is known still')
      const numbers = items.filter(({ desk }) => desk.id === made.json.desk.id).map((ticket) => ticket.number)
      assert.ok(made.json.number > Math.max(...numbers))
      const closed = { headers, body: { status: 'closed' } }
      assert.equal((await world.send('PATCH', `/v1/tickets/${door?.id}`, closed)).status, 200)
    } finally {
      await world.stop()
    }
  })

/** What is looked at of a ticket. */
interface Ticket {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly status: string
  readonly tags: readonly string[]
  readonly desk: { readonly id: string }
  readonly requester: { readonly id: string } | null
}

async function catalogueOfFresh(): Promise<readonly string[]> {
  const database = await testDatabase()
  return withRows(database, catalogueOf).finally(() => database.close())
}

/** Starts the server on what was written under a schema. */
async function startWorldOn(database: TestDatabase, number: number): ReturnType<typeof startWorld> {
  const [sum, ...rest] = readFileSync(join(FOLDER, `${String(number).padStart(4, '0')}.sql`), 'utf8').split('\n')
  const then = known.slice(0, number)
  assert.equal(sum, sumOf(then.map(({ sql }) => sql)), 'a migration that shipped is as it was')
  const store = openDatabase({ connection: database.connection })
  await migrate(store, then).finally(() => store.close())
  await withRows(database, (rows) => insertRows(rows, rest.join('\n')))
  // The secrets of its webhooks were sealed by a key that is gone, which it tells.
  return startWorld({ LOG_LEVEL: 'silent' }, {}, database)
}

async function withRows<T>({ connection }: TestDatabase, work: (rows: Rows) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection)
  await client.connect()
  return work(async (sql) => (await client.query(sql)).rows).finally(() => client.end())
}

/** A key of today for the service user of then. */
async function keyOf({ connection }: TestDatabase): Promise<string> {
  const client = new pg.Client(connection)
  await client.connect()
  const store = openDatabase({ connection })
  try {
    const { rows } = await client.query<{ tenant_id: string; id: string }>(
      "select tenant_id, id from users where kind = 'service'",
    )
    const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'native' && each.kind === 'api_key')
    const [service] = rows
    assert.ok(kind && service)
    const admin = { store, now: new Date().toISOString(), newId: () => v7() }
    return (await issueMinted(admin, service.tenant_id, kind, 'Of today', service.id, {})).secret
  } finally {
    await store.close()
    await client.end()
  }
}
