import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { tablesOfTenants } from '../src/storage/distribute.ts'
import { readMigrations } from '../src/storage/migrate.ts'
import { statementsIn } from '../src/storage/statements.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { polydesk } from './process.ts'
import { catalogueOf } from './schemas.ts'
import { databaseUrl } from './world.ts'

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

describe('Distributing', () => {
  test('is refused where there is no Citus, in words, and changes nothing', async () => {
    const environment = { DATABASE_URL: databaseUrl(database) }
    const rows = async (sql: string) => (await client.query(sql)).rows
    const was = await catalogueOf(rows)
    for (const option of ['--yes', '--dry-run']) {
      const { code, stdout, stderr } = await polydesk(['distribute', option], environment)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^This PostgreSQL has no Citus, .*create extension citus.*\.\n$/)
    }
    assert.deepEqual(await catalogueOf(rows), was)
  })

  test('finds every table but the list of migrations, the tenants first', async () => {
    const [first, ...others] = await tablesOfTenants(client)
    assert.equal(first, 'tenants')
    const { rows } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'",
    )
    const expected = rows.map(({ name }) => name).filter((name) => name !== 'tenants' && name !== 'migrations')
    assert.deepEqual(others, expected.sort())
  })
})

describe('Statements of a migration one by one', () => {
  test('are what it says, all of it', async () => {
    for (const { sql } of await readMigrations()) assert.equal(statementsIn(sql).join(''), sql.trimEnd())
  })

  test('make the same tables', async () => {
    const empty = await testDatabase({ migrated: false })
    const other = new pg.Client(empty.connection)
    await other.connect()
    try {
      const statements = (await readMigrations()).flatMap(({ sql }) => statementsIn(sql))
      // By a name, as only one statement can be sent.
      for (const [nth, text] of statements.entries()) await other.query({ name: `statement ${nth}`, text })
      await other.query(
        'create table migrations (number integer primary key, name text not null, ran_at timestamptz not null default now())',
      )
      const made = await catalogueOf(async (sql) => (await other.query(sql)).rows)
      assert.deepEqual(made, await catalogueOf(async (sql) => (await client.query(sql)).rows))
    } finally {
      await other.end()
      await empty.close()
    }
  })

  test('end at a semicolon outside of texts, names, comments and bodies', () => {
    const statements = [
      `select 'it''s; so' as "a;b";`,
      `\n-- one; two\n/* three; */ do $do$ begin perform ';'; end $do$;`,
      ` select 1`,
    ]
    assert.deepEqual(statementsIn(`${statements.join('')}`), statements)
    assert.deepEqual(statementsIn('-- nothing;\n ; '), [])
  })
})
