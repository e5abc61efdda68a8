import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { columnsOf } from '../src/storage/sql.ts'
import { declaredStatements } from '../src/storage/statement.ts'
import { testDatabase } from './database.ts'

/** What statements declare that they take, against what PostgreSQL makes of their text. */

const root = join(import.meta.dirname, '..')
let opened: Awaited<ReturnType<typeof testDatabase>>
let client: pg.Client

before(async () => {
  for (const file of globSync(['src/core/**/store.ts', 'src/core/**/store/*.ts'], { cwd: root }))
    await import(join(root, file))
  opened = await testDatabase()
  client = new pg.Client(opened.connection)
  await client.connect()
})
after(async () => {
  await client?.end()
  await opened?.close()
})

test('Every statement takes the types that PostgreSQL expects there', async () => {
  const found: Record<string, string[]> = {}
  const told: Record<string, string[]> = {}
  for (const { name, text, takes } of declaredStatements()) {
    await client.query(`prepare looked_at as ${text}`)
    // A domain is as good as the type below it; a type has several names.
    const { rows } = await client.query<{ expected: string; told: string }>(
      `select coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text as expected, d.type::regtype::text as told
       from pg_prepared_statements s, unnest(s.parameter_types::oid[], $1::text[]) with ordinality d (oid, type, nth)
       left join pg_type t on t.oid = d.oid where s.name = 'looked_at' order by d.nth`,
      [Object.values(takes).map(({ sql }) => sql)],
    )
    await client.query('deallocate looked_at')
    found[name] = rows.map(({ expected }) => expected)
    told[name] = rows.map((row) => row.told)
  }
  assert.ok(Object.keys(told).length > 100)
  assert.deepEqual(told, found)
})

test('SQL reads exactly the columns that its records are declared with', () => {
  const sorted = (columns: string) => columns.split(', ').sort()
  for (const { name, text, takes } of declaredStatements()) {
    for (const [index, [parameter, { columns }]] of Object.entries(takes).entries()) {
      if (!columns) continue
      const reads = new RegExp(`json_to_record(?:set)?\\(\\$${index + 1}::json\\) (?:as )?\\w+ \\(([^()]*)\\)`, 'g')
      // A statement may read them again.
      const read = new Set([...text.matchAll(reads)].map(([, list = '']) => list))
      assert.deepEqual(
        sorted([...read].join(', ')),
        sorted(columnsOf(columns)),
        `${name} reads other columns of ${parameter}`,
      )
    }
  }
})

/** What actors and snapshots of tenants are made of. */
const ACCESS =
  /\b(?:insert\s+into|update|delete\s+from)\s+(users|memberships|group_members|credentials|grants|tenants|desks|groups|topics|types|forms|status_labels|priority_labels|channels|fields)\b/i

/** What writes there and changes nobody's access. */
const ACCESS_STAYS: Readonly<Record<string, string>> = {
  'credential.uses': 'it tells when a credential was used',
  'user.ensure_customer': 'somebody new has no credential',
  'user.insert': 'somebody new has no credential',
  'user.create': 'somebody new has no credential',
  'tenant.insert': 'nobody knows of a new tenant',
  'authorization.insert_grant': 'nothing was issued for a new grant',
  'authorization.exchange_code': 'it issues the first tokens',
  'authorization.grant_to_client': 'it issues the first tokens',
  'authorization.purge_credentials': 'they ended long ago',
  'authorization.purge_grants': 'they ended long ago',
}

test('Whatever changes who may do what, or the catalogue, announces it', () => {
  const silent = declaredStatements().filter(
    ({ text, announces }) => ACCESS.test(text) && !announces?.includes('access'),
  )
  assert.deepEqual(silent.map(({ name }) => name).sort(), Object.keys(ACCESS_STAYS).sort())
})

test('Whatever records an event announces it', () => {
  const recording = declaredStatements().filter(({ text }) => /insert into events/.test(text))
  assert.ok(recording.length > 30)
  for (const { name, announces } of recording) assert.ok(announces?.includes('events'), name)
})
