import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Type } from 'typebox'
import { testDatabase } from '../../test/database.ts'
import { type Database, openDatabase } from './database.ts'
import { columnsOf, Sql } from './sql.ts'
import { statement } from './statement.ts'

let opened: Awaited<ReturnType<typeof testDatabase>>
let database: Database

before(async () => {
  opened = await testDatabase()
  database = openDatabase({ connection: opened.connection, checkRows: true })
})
after(async () => {
  await database.close()
  await opened.close()
})

let declared = 0
const named = (): string => `test.statement_${declared++}`
const row = Type.Object({ one: Type.Unknown() })
const { uuid, text, integer, nullable } = Sql

test('what a statement takes is numbered in the order of its declaration, the tenant first', () => {
  const takes = { tenant_id: uuid, id: uuid, name: nullable(text) }
  const made = statement(named(), { takes, row }, 'select :name::text, :id, :tenant_id, :name')
  assert.equal(made.text, 'select $3::text, $2, $1, $3')
  assert.deepEqual(made.with({ name: null, id: 'an id', tenant_id: 'a tenant' }).values, ['a tenant', 'an id', null])
  assert.throws(
    () => statement(named(), { takes: { id: uuid, tenant_id: uuid }, row }, 'select :id, :tenant_id'),
    /take its tenant first/,
  )
})

test('neither casts nor what stands in quotes and comments is taken for a parameter', () => {
  const sql = `select 'a:b, it''s :c'::text as "d:e", '{"f": 1}'::jsonb, -- :g it's
  /* :h */ :one::integer[], array[1]::text[]`
  const made = statement(named(), { takes: { one: Sql.array(integer) }, row }, sql)
  assert.equal(made.text, sql.replace(':one', '$1'))
})

test('a name that is not declared, one that is not used, and a number are refused at once', () => {
  const takes = { one: integer }
  assert.throws(() => statement(named(), { takes, row }, 'select :one, :two'), /does not take two/)
  assert.throws(() => statement(named(), { takes, row }, 'select 1 as one'), /has no use for one/)
  assert.throws(() => statement(named(), { takes, row }, 'select :one, $2'), /names \$2 by its number/)
})

test('values that are not as declared are found where rows are, before anything runs', async () => {
  const made = statement(
    named(),
    { takes: { one: integer, two: nullable(text) }, row: Type.Object({ one: Type.Integer() }) },
    'select :one::integer as one where :two::text is null',
  )
  assert.deepEqual(await database.run(made.with({ one: 1, two: null })), [{ one: 1 }])
  assert.deepEqual(await database.run(made.with({ one: 1, two: 'two' })), [])
  // @ts-expect-error neither does it compile
  const [wrong, missing] = [made.with({ one: '1', two: null }), made.with({ two: null })]
  await assert.rejects(database.run(wrong), /is given as one is not what its schema says/)
  await assert.rejects(database.run(missing), /is given as one is not what its schema says/)
})

test('records go as JSON, and SQL reads the columns that they are declared with', async () => {
  const columns = { id: integer, note: Sql.absent(text), words: Sql.array(text) }
  assert.equal(columnsOf(columns), 'id integer, note text, words text[]')
  const made = statement(
    named(),
    { takes: { list: Sql.records(columns) }, row: Type.Object({ one: Type.String() }) },
    `select concat_ws(' ', i.id, i.note, i.words) as one from json_to_recordset(:list::json) as i (${columnsOf(columns)})`,
  )
  const list = [
    { id: 1, words: ['a', 'b'] },
    { id: 2, note: 'said', words: [] },
  ]
  assert.deepEqual(await database.run(made.with({ list })), [{ one: '1 {a,b}' }, { one: '2 said {}' }])
  const more = list.map((each) => ({ ...each, unread: true }))
  await assert.rejects(database.run(made.with({ list: more })), /is given as list is not what its schema says/)
  // @ts-expect-error a record without all of its columns does not compile
  await assert.rejects(database.run(made.with({ list: [{ id: 1 }] })), /is given as list is not what its schema says/)
})
