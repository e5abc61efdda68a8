import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { DIALECTS } from '../src/dialects/registry.ts'
import '../src/main.ts'
import { declaredStatements } from '../src/storage/statement.ts'
import { type TestDatabase, testDatabase } from './database.ts'

let database: TestDatabase
let client: pg.Client
before(async () => {
  database = await testDatabase()
  client = new pg.Client(database.connection)
  await client.connect()
})
after(async () => {
  await client?.end()
  await database?.close()
})

test('a statement is known to write exactly when its plan changes a table', async (t) => {
  const { rows: version } = await client.query('show server_version_num')
  if (Number(version[0].server_version_num) < 160_000) return t.skip('PostgreSQL shows generic plans from 16 on')
  assert.ok(DIALECTS.length > 0)
  const statements = declaredStatements()
  assert.ok(statements.length > 100)
  const wrong: string[] = []
  for (const { name, text, writes } of statements) {
    const { rows } = await client.query(`explain (generic_plan, format json) ${text}`)
    if (JSON.stringify(rows).includes('ModifyTable') !== writes) wrong.push(name)
  }
  assert.deepEqual(wrong, [])
})
