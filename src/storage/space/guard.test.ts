import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { testDatabase } from '../../../test/database.ts'
import { openDatabase } from '../database.ts'
import { StoreFull, StoreUnavailable } from '../failures.ts'
import { statement } from '../statement.ts'
import { guardWrites } from './guard.ts'
import { ENDLESS_SPACE, type Space } from './space.ts'

/** What the server says of a table that cannot grow. */
const OUT_OF_SPACE = 'create function grow() returns integer language plpgsql as $$ begin raise disk_full; end $$'
const GROW = statement('test.grow', { takes: {}, row: Type.Object({ grow: Type.Integer() }) }, 'select grow() as grow')

/** A disk that filled up since it was looked at last, or did not. */
function disk(becomesFull: boolean): Space & { looks: number } {
  let isFull = false
  return {
    ...ENDLESS_SPACE,
    looks: 0,
    isFull: () => isFull,
    async look() {
      this.looks++
      isFull = becomesFull
    },
  }
}

test('what the server finds full between two looks is a full disk, which is told by whoever watches it', async () => {
  const opened = await testDatabase()
  const database = openDatabase({ connection: opened.connection })
  const bound = GROW.with({})
  try {
    await database.withClient((client) => client.query(OUT_OF_SPACE))
    for (const send of ['run', 'pipeline', 'transaction'] as const) {
      const tried = (space: Space): Promise<unknown> => {
        const guarded = guardWrites(database, space)
        if (send === 'run') return guarded.run(bound)
        return send === 'pipeline' ? guarded.pipeline([bound]) : guarded.transaction((run) => run(bound))
      }
      const full = disk(true)
      await assert.rejects(tried(full), (error) => error instanceof StoreFull && error.sent)
      assert.equal(full.looks, 1)
      const elsewhere = disk(false)
      const isOther = (error: unknown) => error instanceof StoreUnavailable && !(error instanceof StoreFull)
      await assert.rejects(tried(elsewhere), isOther, 'another disk than the one that is watched')
    }
  } finally {
    await database.close()
    await opened.close()
  }
})
