import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { type TObject, type TSchema, Type } from 'typebox'
import { testDatabase } from '../../test/database.ts'
import { errorCode } from './failures.ts'
import { Pipeline } from './pipeline.ts'
import { Sql } from './sql.ts'
import { type BoundStatement, statement } from './statement.ts'

const row = (columns: Record<string, TSchema>): TObject => Type.Object(columns)
const SAVE = statement(
  'test.pipeline_save',
  { takes: { id: Sql.integer }, row: row({ id: Type.Integer() }) },
  'insert into kept values (:id) returning id',
)
const KEPT = statement(
  'test.pipeline_kept',
  { takes: {}, row: row({ id: Type.Integer() }) },
  'select id from kept order by id',
)
const FORGET = statement(
  'test.pipeline_forget',
  { takes: { id: Sql.integer }, row: row({}) },
  'delete from kept where id = :id',
)
const ANY = statement('test.pipeline_any', { takes: {}, row: row({ one: Type.Unknown() }) }, 'select * from changing')
const ECHOED = { text: Sql.text, texts: Sql.array(Sql.text), bytes: Sql.bytea, json: Sql.jsonb(), flag: Sql.boolean }
const ECHO = statement(
  'test.pipeline_echo',
  {
    takes: ECHOED,
    row: row({
      text: Type.Unknown(),
      texts: Type.Unknown(),
      bytes: Type.Unknown(),
      json: Type.Unknown(),
      flag: Type.Unknown(),
    }),
  },
  'select :text::text as text, :texts::text[] as texts, :bytes::bytea as bytes, :json::jsonb as json, :flag::boolean as flag',
)

let opened: Awaited<ReturnType<typeof testDatabase>>
let client: pg.Client

before(async () => {
  opened = await testDatabase()
  client = new pg.Client(opened.connection)
  await client.connect()
  await client.query('create table kept (id integer primary key); create table changing (one integer)')
})
after(async () => {
  await client.end()
  await opened.close()
})

const bind = (bound: BoundStatement<unknown>['statement'], ...values: unknown[]) => ({ statement: bound, values })
const send = (...bounds: BoundStatement<unknown>[]) => client.query(new Pipeline(bounds, pg.types)).settled

test('each statement has its own rows, the first time as any other', async () => {
  for (const id of [1, 2, 3]) {
    const [saved, forgotten, kept, again] = await send(bind(SAVE, id), bind(FORGET, id - 1), bind(KEPT), bind(KEPT))
    assert.deepEqual(saved, [{ id }])
    assert.deepEqual(forgotten, [])
    assert.deepEqual(kept, [{ id }])
    assert.deepEqual(again, kept)
  }
  await send(bind(FORGET, 3))
})

test('all take effect or none, the failure is told, and the connection goes on', async () => {
  for (const place of [0, 1, 2]) {
    const bounds = [10, 11, 12].map((id) => bind(SAVE, id))
    await assert.rejects(
      send(...bounds.toSpliced(place, 0, bind(SAVE, 'no number'))),
      (error) => errorCode(error) === '22P02',
    )
    await assert.rejects(send(...bounds, bind(SAVE, 10)), (error) => errorCode(error) === '23505')
    assert.deepEqual(await send(bind(KEPT)), [[]])
  }
})

test('statements sent one behind the other are answered in order', async () => {
  const answers = await Promise.all([1, 2, 3].map((id) => send(bind(ECHO, String(id), [], null, null, null))))
  assert.deepEqual(
    answers.map(([rows]) => rows?.[0]),
    ['1', '2', '3'].map((text) => ({ text, texts: [], bytes: null, json: null, flag: null })),
  )
})

test('a statement whose table got other columns works again after one failure', async () => {
  await client.query('insert into changing values (1)')
  assert.deepEqual(await send(bind(ANY)), [[{ one: 1 }]])
  await client.query('alter table changing add two text')
  await assert.rejects(send(bind(ANY)), /cached plan must not change result type/)
  assert.deepEqual(await send(bind(ANY)), [[{ one: 1, two: null }]])
})

test('a row that cannot be read is an error without a code, because the statement has taken effect', async () => {
  const unreadable = { getTypeParser: () => () => assert.fail('unreadable') }
  const failed = client.query(new Pipeline([bind(SAVE, 20), bind(KEPT)], unreadable)).settled
  await assert.rejects(failed, (error) => /unreadable/.test(String(error)) && errorCode(error) !== '22P02')
  assert.deepEqual(await send(bind(KEPT)), [[{ id: 20 }]])
  await send(bind(FORGET, 20))
})

test('values arrive as they were sent', async () => {
  // PostgreSQL's text cannot hold NUL, and UTF-8 no lone surrogate: neither gets past the edge.
  const text = fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', ''))
  const json = fc
    .dictionary(text, fc.jsonValue())
    .map((each) => JSON.stringify(each))
    .filter((each) => !each.includes('\\u0000'))
    .map((each): unknown => JSON.parse(each))
  await fc.assert(
    fc.asyncProperty(
      fc.option(text),
      fc.array(fc.option(text)),
      fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
      json,
      fc.option(fc.boolean()),
      async (one, texts, bytes, object, flag) => {
        const [rows] = await send(bind(ECHO, one, texts, bytes, object, flag))
        assert.deepEqual(rows, [{ text: one, texts, bytes, json: object, flag }])
      },
    ),
  )
})
