import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { Type } from 'typebox'
import { testDatabase } from '../../test/database.ts'
import { type Database, openDatabase } from './database.ts'
import { errorCode, StoreUnavailable } from './failures.ts'
import { Sql } from './sql.ts'
import { statement } from './statement.ts'

const Kept = Type.Object({ id: Type.Integer(), pid: Type.Integer(), transaction: Type.String() })
/** Also what is no integer, so that PostgreSQL refuses it. */
const ANY = Sql.jsonb<unknown>()
const KEEP = statement(
  'test.lane_keep',
  { takes: { id: ANY }, row: Kept },
  'insert into kept values (:id) returning id, pg_backend_pid() as pid, pg_current_xact_id()::text as transaction',
)
const FIND = statement(
  'test.lane_find',
  { takes: { id: ANY }, row: Type.Object({ id: Type.Integer() }) },
  'select id from kept where id = :id',
)
const END = statement(
  'test.lane_end',
  { takes: {}, row: Type.Object({ ended: Type.Boolean() }) },
  'select pg_terminate_backend(pg_backend_pid()) as ended',
)

let opened: Awaited<ReturnType<typeof testDatabase>>
let outside: pg.Client
let database: Database

before(async () => {
  opened = await testDatabase()
  outside = new pg.Client(opened.connection)
  await outside.connect()
  await outside.query('create table kept (id integer primary key)')
  database = openDatabase({ connection: opened.connection, checkRows: true })
})
after(async () => {
  await database.close()
  await outside.end()
  await opened.close()
})

/** Keeps rows in one transaction, behind what goes down the lane already. */
const keep = (...ids: unknown[]) =>
  database.pipeline(
    ids.map((id) => KEEP.with({ id })),
    'lane',
  )
const find = (id: unknown) => database.pipeline([FIND.with({ id })], 'lane')
const end = () => database.pipeline([END.with({})], 'lane')

async function kept(): Promise<number[]> {
  const { rows } = await outside.query<{ id: number }>('delete from kept returning id')
  return rows.map(({ id }) => id).sort((a, b) => a - b)
}

test('what goes down a lane at the same time shares a connection, in order, each a transaction of its own', async () => {
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all([keep(1, 2), keep(3), keep(4, 5, 6)])
    const rows = answers.map((answer) => answer.flat())
    assert.deepEqual(
      rows.flat().map(({ id }) => id),
      [1, 2, 3, 4, 5, 6],
    )
    assert.equal(new Set(rows.flat().map(({ pid }) => pid)).size, 1)
    const transactions = rows.map((of) => [...new Set(of.map(({ transaction }) => BigInt(transaction)))])
    assert.deepEqual(
      transactions.map((of) => of.length),
      [1, 1, 1],
    )
    const inOrder = transactions.flat()
    assert.deepEqual(
      inOrder,
      inOrder.toSorted((a, b) => (a < b ? -1 : 1)),
    )
    assert.deepEqual(await kept(), [1, 2, 3, 4, 5, 6])
  }
})

test('what is refused takes no effect, and neither spoils nor delays what goes before and behind it', async () => {
  const [first, second, third, fourth] = await Promise.allSettled([keep(1), keep(2, 1), keep('no number'), keep(3)])
  assert.deepEqual(
    [first, fourth].map((each) => each.status === 'fulfilled' && each.value.flat().map(({ id }) => id)),
    [[1], [3]],
  )
  assert.deepEqual(
    [second, third].map((each) => each.status === 'rejected' && errorCode(each.reason)),
    ['23505', '22P02'],
  )
  assert.deepEqual(await kept(), [1, 3])
})

test('what returns nothing right behind a failure of its kind is read as before when it returns something', async () => {
  const ids = (found: readonly (readonly { id: number }[])[]) => found.flat().map(({ id }) => id)
  await keep(7)
  assert.deepEqual(ids(await find(7)), [7])
  const [failed, nothing, something] = await Promise.allSettled([find('no number'), find(8), find(7)])
  assert.equal(failed.status === 'rejected' && errorCode(failed.reason), '22P02')
  assert.deepEqual(
    [nothing, something].map((each) => each.status === 'fulfilled' && ids(each.value)),
    [[], [7]],
  )
  assert.deepEqual(ids(await find(7)), [7])
  assert.deepEqual(await kept(), [7])
})

test('when its connection is lost all that goes down it is told so, and what comes next connects anew', async () => {
  for (let round = 0; round < 3; round++) {
    const [before, ...others] = await Promise.allSettled([keep(1), end(), keep(2), keep(3)])
    const isTold = (each: PromiseSettledResult<unknown>) =>
      each.status === 'rejected' && each.reason instanceof StoreUnavailable
    assert.deepEqual(others.map(isTold), [true, true, true])
    assert(before.status === 'fulfilled' || isTold(before), 'its answer may be lost with the connection')
    await keep(4)
    assert.deepEqual(await kept(), [1, 4])
  }
})

test('what meets rows that stay locked is refused, and goes through beside the lane', async () => {
  await outside.query('begin')
  await outside.query('insert into kept values (1)')
  const [locked, behind] = await Promise.allSettled([keep(1), keep(2)])
  assert(locked.status === 'rejected' && errorCode(locked.reason) === '55P03')
  assert.equal(behind.status, 'fulfilled')
  const beside = database.pipeline([KEEP.with({ id: 1 })])
  await outside.query('rollback')
  assert.equal((await beside).flat().length, 1)
  assert.deepEqual(await kept(), [1, 2])
})
