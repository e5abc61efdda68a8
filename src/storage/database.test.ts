import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { testDatabase } from '../../test/database.ts'
import { openDatabase } from './database.ts'
import { statement } from './statement.ts'

const ONE = statement('test.database_one', { takes: {}, row: Type.Object({ one: Type.Integer() }) }, 'select 1 as one')

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
