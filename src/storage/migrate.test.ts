import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import pg from 'pg'
import { testDatabase } from '../../test/database.ts'
import { type Database, openDatabase } from './database.ts'
import { StoreUnusable } from './failures.ts'
import { type Migration, migrate, readMigrations } from './migrate.ts'

interface Empty {
  /** As another process of the same install: a pool of its own. */
  open(): Database
  rows(sql: string): Promise<unknown[]>
}

/** An empty database, for as long as `work` takes. */
async function withEmpty(work: (empty: Empty) => Promise<void>): Promise<void> {
  const opened = await testDatabase({ migrated: false })
  const outside = new pg.Pool({ ...opened.connection, max: 1 })
  const databases: Database[] = []
  try {
    await work({
      open() {
        const database = openDatabase({ connection: opened.connection })
        databases.push(database)
        return database
      },
      rows: async (sql) => (await outside.query(sql)).rows,
    })
  } finally {
    for (const database of databases) await database.close()
    await outside.end()
    await opened.close()
  }
}

/** Each leaves a row that a second run would double. */
function leavesTrace(number: number): Migration {
  const create = number === 1 ? 'create table traces (number integer not null);' : ''
  // Slow enough for the others to arrive while it runs.
  return {
    number,
    name: `000${number}_trace.sql`,
    sql: `${create} select pg_sleep(0.02); insert into traces values (${number})`,
  }
}

const ONE_TO_THREE = [1, 2, 3].map(leavesTrace)
const traces = [{ number: 1 }, { number: 2 }, { number: 3 }]

describe('Migrations', () => {
  test('run once each when many processes start at once, and all of them find the work done', async () => {
    await withEmpty(async ({ open, rows }) => {
      const ran = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const names = await migrate(open(), ONE_TO_THREE)
          assert.deepEqual(await rows('select number from traces order by number'), traces, 'done when it says so')
          return names
        }),
      )
      assert.deepEqual(
        ran.flat().sort(),
        ONE_TO_THREE.map((migration) => migration.name),
      )
      assert.deepEqual(await rows('select number, name from migrations order by number'), [
        { number: 1, name: '0001_trace.sql' },
        { number: 2, name: '0002_trace.sql' },
        { number: 3, name: '0003_trace.sql' },
      ])
    })
  })

  test('that ship make the whole schema at once and have nothing left to do then', async () => {
    await withEmpty(async ({ open, rows }) => {
      const shipped = await readMigrations()
      const ran = await Promise.all([migrate(open()), migrate(open())])
      assert.deepEqual(
        ran.flat(),
        shipped.map((migration) => migration.name),
      )
      assert.deepEqual(await migrate(open()), [])
      assert.deepEqual(await rows('select count(*)::int as n from tickets'), [{ n: 0 }])
    })
  })

  test('wait for a lock that somebody holds, and say who holds it when that takes too long', async () => {
    await withEmpty(async ({ open, rows }) => {
      const database = open()
      await migrate(database, ONE_TO_THREE.slice(0, 1))
      const [held] = (await rows('select pg_backend_pid() as pid, pg_advisory_lock(7265019001)')) as { pid: number }[]
      // Where nothing is missing nothing is waited for.
      assert.deepEqual(await migrate(database, ONE_TO_THREE.slice(0, 1)), [])
      await assert.rejects(migrate(database, ONE_TO_THREE, { waitMs: 300 }), (error) => {
        assert.match(
          error instanceof StoreUnusable ? error.message : '',
          new RegExp(`session ${held?.pid} holds the lock`),
        )
        return true
      })
      const waiting = migrate(database, ONE_TO_THREE)
      await rows('select pg_advisory_unlock(7265019001)')
      assert.deepEqual(await waiting, ['0002_trace.sql', '0003_trace.sql'])
    })
  })

  test('of an older version are followed by the missing ones only', async () => {
    await withEmpty(async ({ open, rows }) => {
      const database = open()
      assert.deepEqual(await migrate(database, ONE_TO_THREE.slice(0, 1)), ['0001_trace.sql'])
      assert.deepEqual(await migrate(database, ONE_TO_THREE), ['0002_trace.sql', '0003_trace.sql'])
      assert.deepEqual(await rows('select number from traces order by number'), traces)
    })
  })

  test('that fail change nothing, and can be tried again', async () => {
    await withEmpty(async ({ open, rows }) => {
      const database = open()
      const bad: Migration = {
        number: 2,
        name: '0002_bad.sql',
        sql: 'insert into traces values (2); create table half (id integer); select 1 / 0;',
      }
      const failing = [leavesTrace(1), bad, leavesTrace(3)]
      await assert.rejects(migrate(database, failing), (error: Error) => {
        assert.equal(error.message, 'Migration 0002_bad.sql failed and changed nothing.')
        assert.ok(error.cause instanceof Error && /division by zero/.test(error.cause.message))
        return true
      })
      assert.deepEqual(await rows('select number from traces'), [{ number: 1 }])
      assert.deepEqual(await rows('select number from migrations'), [{ number: 1 }])
      assert.deepEqual(await rows("select to_regclass('half') as half"), [{ half: null }])
      assert.deepEqual(await migrate(database, ONE_TO_THREE), ['0002_trace.sql', '0003_trace.sql'])
    })
  })

  test('of a newer version are refused before anything runs', async () => {
    await withEmpty(async ({ open, rows }) => {
      const database = open()
      await migrate(database, ONE_TO_THREE)
      await assert.rejects(migrate(database, ONE_TO_THREE.slice(0, 2)), /made by a newer Polydesk \(migration 3/)
      assert.deepEqual(await rows('select number from traces order by number'), traces)
    })
  })

  test('are numbered from 1 without gaps or twins, else none is read', async () => {
    const inFolder = async (...names: string[]): Promise<string[]> => {
      const directory = await mkdtemp(join(tmpdir(), 'polydesk-migrations-'))
      try {
        for (const name of names) await writeFile(join(directory, name), 'select 1')
        return (await readMigrations(directory)).map((migration) => migration.name)
      } finally {
        await rm(directory, { recursive: true })
      }
    }
    assert.deepEqual(await inFolder('0002_b.sql', '0001_a.sql', 'README.md'), ['0001_a.sql', '0002_b.sql'])
    await assert.rejects(inFolder('0001_a.sql', '0003_c.sql'), /0003_c\.sql should have the number 2/)
    await assert.rejects(inFolder('0002_b.sql'), /0002_b\.sql should have the number 1/)
    await assert.rejects(inFolder('0001_a.sql', '0001_b.sql'), /0001_b\.sql should have the number 2/)
    await assert.rejects(inFolder('0001_a.sql', 'second.sql'), /second\.sql should have the number 2/)
  })
})
