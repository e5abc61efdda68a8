import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { Type } from 'typebox'
import { testDatabase } from '../../test/database.ts'
import { openDatabase } from './database.ts'
import { Sql } from './sql.ts'
import { statement } from './statement.ts'

const ONE = statement('test.database_one', { takes: {}, row: Type.Object({ one: Type.Integer() }) }, 'select 1 as one')

const STEP = statement(
  'test.database_step',
  { takes: { step: Sql.integer }, row: Type.Object({}) },
  'insert into steps values (:step)',
)
/** Only where a transaction says that it is one. */
const SAVEPOINT = statement('test.database_savepoint', { takes: {}, row: Type.Object({}) }, 'savepoint here')

test('whoever inspects statements is told of each before it runs, in whatever way it is sent', async () => {
  const opened = await testDatabase()
  const told: string[] = []
  const onStatement = ({ statement: { name } }: { statement: { name: string } }) => told.push(name)
  const database = openDatabase({ connection: opened.connection, checkRows: true, onStatement })
  try {
    const bound = ONE.with({})
    await database.run(bound)
    await database.pipeline([bound, bound])
    await database.transaction(async (run) => {
      await run(bound)
      assert.equal(told.length, 4)
    })
    assert.deepEqual(new Set(told), new Set([ONE.name]))
  } finally {
    await database.close()
    await opened.close()
  }
})

test('on a cluster what goes together is a transaction that says so, and leaves its connection as it was when it fails', async (t) => {
  const opened = await testDatabase()
  const outside = new pg.Client(opened.connection)
  await outside.connect()
  const database = openDatabase({ connection: opened.connection, connections: 5, checkRows: true })
  const steps = async (): Promise<readonly number[]> =>
    (await outside.query<{ step: number }>('select step from steps order by step')).rows.map(({ step }) => step)
  try {
    await outside.query('create table steps (step integer primary key)')
    const { rows } = await outside.query('select from pg_roles where rolname = session_user and rolsuper')
    if (rows.length === 0) return t.skip('only a superuser may say that there is a cluster')
    await outside.query('set allow_system_table_mods = on')
    await outside.query(
      "insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) values (1, 'citus', 10, 2200, false, '0')",
    )
    await database.run(ONE.with({}))
    for (const lane of [undefined, 'a lane']) {
      await assert.rejects(database.pipeline([STEP.with({ step: 1 }), STEP.with({ step: 1 })], lane), { code: '23505' })
      await database.pipeline([SAVEPOINT.with({}), STEP.with({ step: 1 }), STEP.with({ step: 2 })], lane)
      assert.deepEqual(await steps(), [1, 2])
      await outside.query('delete from steps')
    }
  } finally {
    await database.close()
    await outside.end()
    await opened.close()
  }
})
