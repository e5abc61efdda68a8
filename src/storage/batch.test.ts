import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import pg from 'pg'
import { type Static, Type } from 'typebox'
import { testDatabase } from '../../test/database.ts'
import { AGAIN, type BatcherOptions, type BatchKind, createBatcher } from './batch.ts'
import { type Database, openDatabase } from './database.ts'
import { errorCode, StoreUnavailable } from './failures.ts'
import { Sql } from './sql.ts'
import { type BoundStatement, statement } from './statement.ts'

/** Ledgers: entries add to an account, and each has the next position of its tenant. */
const SCHEMA = `
  create table counter (tenant_id text primary key, last bigint not null default 0);
  create table account (tenant_id text, id text, value int not null default 0, primary key (tenant_id, id));
  create table entry (
    tenant_id text, id text, account_id text not null, amount int not null check (amount > 0), position bigint not null,
    primary key (tenant_id, id), unique (tenant_id, position)
  );
  create sequence turn;

  -- Runs at commit: makes it slow, so that connections are lost within it, or makes it fail.
  create function at_commit() returns trigger language plpgsql as $$ begin
    if new.amount = 13 then raise 'unlucky' using errcode = '23514'; end if;
    perform pg_sleep(0.004);
    return null;
  end $$;
  create constraint trigger at_commit after insert on entry deferrable initially deferred
    for each row when (new.amount in (7, 13)) execute function at_commit();

  -- Deadlocks with itself, as it were, but not for ever: sequences don't roll back.
  create function every_third_turn() returns boolean language plpgsql as $$ begin
    if nextval('turn') % 3 <> 0 then raise 'deadlock' using errcode = '40P01'; end if;
    return true;
  end $$;
`
const SLOW_COMMIT = 7
const FAILS_AT_COMMIT = 13

const EntryRow = Type.Object({ id: Type.String(), position: Type.Number() })
type EntryRow = Static<typeof EntryRow>
interface Entry {
  readonly id: string
  readonly account: string
  readonly amount: number
}

const ADDED = {
  tenant_id: Sql.text,
  ids: Sql.array(Sql.text),
  accounts: Sql.array(Sql.text),
  amounts: Sql.array(Sql.integer),
}

const addEntries = (name: string, condition: string) =>
  statement(
    name,
    { takes: ADDED, row: EntryRow },
    `with given as (
      select id, account_id, amount, ordinal
      from unnest(:ids::text[], :accounts::text[], :amounts::int[]) with ordinality as given(id, account_id, amount, ordinal)
      where ${condition}
    ), counted as (
      update counter set last = last + (select count(*) from given) where tenant_id = :tenant_id returning last
    ), inserted as (
      insert into entry (tenant_id, id, account_id, amount, position)
      select :tenant_id, id, account_id, amount, last - count(*) over () + row_number() over (order by ordinal) from given, counted
      returning id, account_id, amount, position
    ), changed as (
      update account set value = value + inserted.amount from inserted
      where account.tenant_id = :tenant_id and account.id = inserted.account_id
    )
    select id, position from inserted`,
  )
const ADD = addEntries('batch_test_add', 'true')
const ADD_EVERY_THIRD_TURN = addEntries('batch_test_add_every_third_turn', `nextval('turn') % 3 = 0`)
const ADD_AFTER_DEADLOCKS = addEntries('batch_test_add_after_deadlocks', 'every_third_turn()')
const FIND = statement(
  'batch_test_find',
  { takes: { tenant_id: Sql.text, ids: Sql.array(Sql.text) }, row: EntryRow },
  'select id, position from entry where tenant_id = :tenant_id and id = any(:ids)',
)
const DIVIDE = statement(
  'batch_test_divide',
  { takes: ADDED, row: EntryRow },
  `select id, 100 / amount as position from unnest(:ids::text[], :amounts::int[]) as each(id, amount)
where :tenant_id::text <> (:accounts::text[])[1]`,
)

const UNBUILDABLE = -1

function bind(to: typeof ADD, tenantId: string, calls: readonly Entry[]): BoundStatement<EntryRow> {
  if (calls.some((call) => call.amount === UNBUILDABLE)) throw new RangeError('unbuildable')
  const column = <K extends keyof Entry>(key: K) => calls.map((call) => call[key])
  return to.with({ tenant_id: tenantId, ids: column('id'), accounts: column('account'), amounts: column('amount') })
}

function positions(calls: readonly Entry[], rows: readonly EntryRow[]): (number | undefined)[] {
  const found = new Map(rows.map((row) => [row.id, row.position]))
  return calls.map((call) => found.get(call.id))
}

type EntryKind = BatchKind<Entry, EntryRow, number>
const entries: EntryKind = {
  name: 'entries',
  readOnly: false,
  targets: (call) => [call.account],
  statement: (tenantId, calls) => bind(ADD, tenantId, calls),
  outcomes: (calls, rows) => positions(calls, rows).map((position) => position ?? AGAIN),
  recover: async (database, tenantId, calls) =>
    positions(calls, await database.run(FIND.with({ tenant_id: tenantId, ids: calls.map((call) => call.id) }))),
}
/** One flush at a time, where a test is about what goes into which. */
const oneByOne: BatcherOptions = { maxFlushes: 1 }
const { recover: _, ...unrecoverable } = entries
const quotients: EntryKind = {
  ...unrecoverable,
  name: 'quotients',
  readOnly: true,
  targets: () => [],
  statement: (tenantId, calls) => bind(DIVIDE, tenantId, calls),
}

let opened: Awaited<ReturnType<typeof testDatabase>>
let database: Database
/** Looks from outside, over connections that the batcher never uses and nobody kills. */
let outside: pg.Pool

before(async () => {
  opened = await testDatabase({ migrated: false })
  database = openDatabase({ connection: opened.connection, checkRows: true })
  outside = new pg.Pool({ ...opened.connection, max: 8, application_name: 'outside' })
  // A pool has ended before its connections have, so dropping the database may still hit one.
  outside.on('error', () => {})
  await outside.query(SCHEMA)
})

after(async () => {
  await database.close()
  await outside.end()
  await opened.close()
})

let made = 0
const newId = (): string => `id-${++made}`
const entry = (account: string, amount = 1): Entry => ({ id: newId(), account, amount })

/** Makes tenants of their own for a test: `t(0)`, `t(1)`, ... in the order of their names, each with accounts a to e. */
async function newTenants(count: number): Promise<(index: number) => string> {
  const prefix = newId()
  const t = (index: number): string => `${prefix}-${String(index).padStart(3, '0')}`
  const all = Array.from({ length: count }, (_each, index) => t(index))
  await outside.query('insert into counter (tenant_id) select unnest($1::text[])', [all])
  await outside.query(
    `insert into account (tenant_id, id) select t, a from unnest($1::text[]) t, unnest('{a,b,c,d,e}'::text[]) a`,
    [all],
  )
  return t
}

async function storedPosition(tenantId: string, id: string): Promise<number | undefined> {
  const { rows } = await outside.query<{ position: string }>(
    'select position from entry where tenant_id = $1 and id = $2',
    [tenantId, id],
  )
  return rows[0] && Number(rows[0].position)
}

/** Counters have no gaps, and sums equal the rows they sum up. */
async function assertConsistent(tenants: readonly string[]): Promise<void> {
  const { rows } = await outside.query(
    `select c.tenant_id, c.last from counter c where c.tenant_id = any($1) and (
      c.last <> (select count(*) from entry e where e.tenant_id = c.tenant_id)
      or c.last <> (select coalesce(max(position), 0) from entry e where e.tenant_id = c.tenant_id)
      or exists (select from account a where a.tenant_id = c.tenant_id
        and a.value <> (select coalesce(sum(amount), 0) from entry e where e.tenant_id = a.tenant_id and e.account_id = a.id)))`,
    [tenants],
  )
  assert.deepEqual(rows, [])
}

interface Flush {
  readonly tenants: readonly unknown[]
  readonly ids: readonly unknown[]
}

/** The database with every pipeline noted down, and with `through` in its way. */
function watched(through?: (run: Database['pipeline']) => Database['pipeline']): {
  database: Database
  flushes: Flush[]
} {
  const flushes: Flush[] = []
  const run: Database['pipeline'] = (...given) => database.pipeline(...given)
  const inner = through?.(run) ?? run
  const pipeline: Database['pipeline'] = (...given) => {
    const [bounds] = given
    flushes.push({
      tenants: bounds.map((each) => each.values[0]),
      ids: bounds.flatMap((each) => each.values[1]),
    })
    return inner(...given)
  }
  return { database: { ...database, pipeline }, flushes }
}

/** Puts faults in the way of the first pipelines, one after the other. */
type Fault = 'none' | 'lost before' | 'lost after' | 'still running'
function faulty(faults: readonly Fault[], stillRunning: Promise<unknown>[] = []) {
  let next = 0
  return (run: Database['pipeline']): Database['pipeline'] =>
    async (...given) => {
      const fault = faults[next++] ?? 'none'
      if (fault === 'none') return run(...given)
      if (fault === 'lost before') throw new StoreUnavailable(new Error(fault))
      const running = run(...given)
      const over = running.catch(() => {})
      stillRunning.push(over)
      if (fault === 'lost after') await over
      throw new StoreUnavailable(new Error(fault))
    }
}

const outcome = (settled: PromiseSettledResult<unknown>): unknown =>
  settled.status === 'fulfilled' ? 'ok' : (errorCode(settled.reason) ?? settled.reason.name)

/** Makes the first call a turn before all others, so that its flush is under way when they arrive. */
async function firstAhead<T>(calls: readonly (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
  const [first = assert.fail(), ...others] = calls
  const begun = first()
  begun.catch(() => {})
  await turn()
  return Promise.allSettled([begun, ...others.map((call) => call())])
}

const values = <T>(settled: readonly PromiseSettledResult<T>[]): T[] =>
  settled.map((each) => (each.status === 'fulfilled' ? each.value : assert.fail(String(each.reason))))

test('what arrives in one turn goes together, and with it what the next turns bring, but no more than two', async () => {
  const t = await newTenants(2)
  const { database: seen, flushes } = watched()
  const add = createBatcher(seen, entries, oneByOne)
  const answers = [add(t(0), entry(newId())), add(t(1), entry(newId()))]
  for (let turns = 0; turns < 6; turns++) {
    await turn()
    if (turns === 0) assert.deepEqual(flushes, [])
    answers.push(add(t(0), entry(newId())))
  }
  await Promise.all(answers)
  const [first, ...others] = flushes.map((flush) => flush.ids.length)
  assert(first && first > 2 && first <= 4, `${first}`)
  assert.equal(first + others.reduce((sum, ids) => sum + ids, 0), answers.length)
  assert.deepEqual(flushes[0]?.tenants, [t(0), t(1)])
})

test('a lone call goes at once; what arrives meanwhile goes together, tenants in order', async () => {
  const t = await newTenants(3)
  const { database: seen, flushes } = watched()
  const add = createBatcher(seen, entries, oneByOne)
  const calls = [2, 1, 0, 1].map((index) => ({ tenant: t(index), call: entry(newId()) }))
  const settled = await firstAhead(
    calls.map(
      ({ tenant, call }) =>
        () =>
          add(tenant, call),
    ),
  )
  assert.deepEqual(values(settled), [1, 1, 1, 2])
  const ids = calls.map(({ call }) => call.id)
  assert.deepEqual(flushes, [
    { tenants: [t(2)], ids: [ids[0]] },
    { tenants: [t(0), t(1)], ids: [ids[2], ids[1], ids[3]] },
  ])
})

test('some flushes run side by side, but never two of one tenant', async () => {
  const t = await newTenants(4)
  let underWay: (readonly unknown[])[] = []
  let most = 0
  const { database: seen } = watched((run) => async (...given) => {
    const [bounds] = given
    const tenants = bounds.map((each) => each.values[0])
    for (const tenant of tenants) assert(!underWay.some((each) => each.includes(tenant)), 'two flushes of one tenant')
    underWay = [...underWay, tenants]
    most = Math.max(most, underWay.length)
    try {
      return await run(...given)
    } finally {
      underWay = underWay.filter((each) => each !== tenants)
    }
  })
  const add = createBatcher(seen, entries, { maxFlushes: 2, maxCalls: 3, inLane: false })
  const slow = Array.from({ length: 24 }, (_each, index) => ({ tenant: t(index % 4), call: entry('a', SLOW_COMMIT) }))
  const answers = await Promise.all(slow.map(({ tenant, call }) => add(tenant, call)))
  assert.equal(most, 2)
  assert.deepEqual(
    answers,
    slow.map((_each, index) => Math.floor(index / 4) + 1),
    'each tenant in its order, and nobody forgotten',
  )
})

test('rows that stay locked hold up their own tenant, whatever stands behind it in its lane', async () => {
  const t = await newTenants(4)
  const holder = await outside.connect()
  await holder.query('begin')
  await holder.query('select from counter where tenant_id = $1 for update', [t(0)])
  const seen = watched()
  const add = createBatcher(seen.database, entries, { inLane: true })
  const others = [1, 2, 3].map(t)
  let isAnswered = false
  const held = Promise.all(['a', 'a'].map((account) => add(t(0), entry(account)))).finally(() => {
    isAnswered = true
  })
  while (!seen.flushes.length) await turn()
  // The first of them go behind the flush that waits, the later ones have the lane for themselves.
  for (const position of [1, 2, 3, 4]) {
    assert.deepEqual(
      await Promise.all(others.map((tenant) => add(tenant, entry('a')))),
      others.map(() => position),
    )
    await turn()
  }
  assert(!isAnswered)
  await holder.query('commit')
  holder.release()
  assert.deepEqual(await held, [1, 2])
})

test('a flush and the queue are bounded', async () => {
  const t = await newTenants(1)
  const { database: seen, flushes } = watched()
  const add = createBatcher(seen, entries, { maxCalls: 3, maxWaiting: 7 })
  const calls = Array.from({ length: 10 }, () => entry(newId()))
  const settled = await firstAhead(calls.map((call) => () => add(t(0), call)))
  assert.deepEqual(settled.map(outcome), [...Array(8).fill('ok'), 'StoreUnavailable', 'StoreUnavailable'])
  assert.deepEqual(
    flushes.map((flush) => flush.ids.length),
    [1, 3, 3, 1],
  )
  assert.equal(await add(t(0), entry('a')), 9)
})

test('calls that share a target go one after the other, also through a third', async () => {
  const t = await newTenants(2)
  const { database: seen, flushes } = watched()
  const add = createBatcher(seen, { ...entries, targets: (call) => call.account.split('+') }, oneByOne)
  const [first, ab, bc, cd, de, other] = ['x', 'a+b', 'b+c', 'c+d', 'd+e', 'f'].map((account) => entry(account))
  assert(first && ab && bc && cd && de && other)
  const elsewhere = entry('b')
  values(
    await firstAhead([
      ...[first, ab, bc, cd, de, other].map((call) => () => add(t(0), call)),
      () => add(t(1), elsewhere),
    ]),
  )
  assert.deepEqual(
    flushes.map((flush) => flush.ids),
    [[first.id], [ab.id, other.id, elsewhere.id], [bc.id], [cd.id], [de.id]],
  )
})

test('a bad call fails alone, with its own error', async () => {
  const t = await newTenants(4)
  const { database: seen, flushes } = watched()
  const add = createBatcher(seen, entries)
  const amounts = [1, 1, 0, 2, FAILS_AT_COMMIT, 3, UNBUILDABLE, 4, 5, 2 ** 31]
  const calls = amounts.map((amount, index) => ({ tenant: t(index % 3), call: entry(newId(), amount) }))
  const settled = await Promise.allSettled(calls.map(({ tenant, call }) => add(tenant, call)))
  assert.deepEqual(settled.map(outcome), ['ok', 'ok', '23514', 'ok', '23514', 'ok', 'RangeError', 'ok', 'ok', '22003'])
  assert(flushes.length < 20)
  await Promise.all(
    calls.map(async ({ tenant, call }, index) => {
      assert.equal(
        (await storedPosition(tenant, call.id)) !== undefined,
        outcome(settled[index] ?? assert.fail()) === 'ok',
      )
    }),
  )
})

test('AGAIN runs again before what waits, in order, and not for ever', async () => {
  const t = await newTenants(1)
  const { database: seen, flushes } = watched()
  const reluctant: EntryKind = {
    ...entries,
    statement: (tenantId, calls) => bind(ADD_EVERY_THIRD_TURN, tenantId, calls),
  }
  const run = async (options: BatcherOptions) => {
    await outside.query(`select setval('turn', 3)`)
    flushes.length = 0
    const add = createBatcher(seen, reluctant, options)
    const calls = [entry('a'), entry('a'), entry('a')]
    return {
      ids: calls.map((call) => call.id),
      settled: await Promise.allSettled(calls.map((call) => add(t(0), call))),
    }
  }
  const {
    ids: [a, b, c],
    settled,
  } = await run({ maxAttempts: 3 })
  assert.deepEqual(
    settled.map((each) => each.status === 'fulfilled' && each.value),
    [1, 2, 3],
  )
  assert.deepEqual(
    flushes.flatMap((flush) => flush.ids),
    [a, a, a, b, b, b, c, c, c],
  )
  const second = await run({ maxAttempts: 2 })
  const [given] = second.settled
  assert(given?.status === 'rejected' && /entries had to run again 2 times/.test(given.reason.message))
})

test('a deadlock or a serialisation failure runs again', async () => {
  const t = await newTenants(2)
  await outside.query(`select setval('turn', 3)`)
  const add = createBatcher(database, {
    ...entries,
    statement: (tenantId, calls) => bind(ADD_AFTER_DEADLOCKS, tenantId, calls),
  })
  const calls = [0, 1, 0, 1, 1].map((index) => add(t(index), entry(newId())))
  assert.deepEqual((await Promise.all(calls)).toSorted(), [1, 1, 2, 2, 3])
})

test('reads are answered whatever becomes of their neighbours, and run again after a lost connection', async () => {
  const t = await newTenants(3)
  const { database: seen, flushes } = watched(faulty(['none', 'lost before', 'lost after']))
  const read = createBatcher(seen, quotients, oneByOne)
  const calls = [
    [0, 1],
    [0, 2],
    [1, 0],
    [2, 4],
    [2, 0],
    [2, 5],
  ].map(
    ([index = 0, amount = 0]) =>
      () =>
        read(t(index), entry('a', amount)),
  )
  assert.deepEqual(
    (await firstAhead(calls)).map((each) => (each.status === 'fulfilled' ? each.value : errorCode(each.reason))),
    [100, 50, '22012', 25, '22012', 20],
  )
  assert.deepEqual(
    flushes.map((flush) => flush.ids.length),
    [1, 5, 5, 5, 3, 2, 1, 1, 1, 2, 1, 1],
  )
  const away = createBatcher(watched(faulty(Array(3).fill('lost before'))).database, quotients)
  await assert.rejects(away(t(0), entry('a')), StoreUnavailable)
  assert.equal(await away(t(0), entry('a')), 100)
})

test('a wrong number of outcomes, or none, is told to the callers', async () => {
  const t = await newTenants(2)
  const broken: Partial<EntryKind>[] = [
    { outcomes: (_calls, rows) => rows.slice(1).map((row) => row.position) },
    { outcomes: (_calls, rows) => [...rows, ...rows].map((row) => row.position) },
    { outcomes: () => assert.fail('broken') },
    { targets: () => assert.fail('broken') },
    { statement: () => assert.fail('broken') },
  ]
  for (const part of broken) {
    const { database: seen, flushes } = watched()
    const add = createBatcher(seen, { ...entries, ...part }, oneByOne)
    const settled = await Promise.allSettled([0, 1, 1].map((index) => add(t(index), entry(newId()))))
    for (const each of settled) assert(each.status === 'rejected' && /broken|answers for/.test(each.reason.message))
    assert(flushes.length <= 2)
  }
})

test('a pipeline that throws anything else is not run again: it may have committed', async () => {
  const t = await newTenants(1)
  const { database: seen, flushes } = watched((run) => async (...given) => {
    await run(...given)
    throw new TypeError('A row is not what its schema says')
  })
  const add = createBatcher(seen, entries)
  const settled = await firstAhead(['a', 'b', 'c'].map((account) => () => add(t(0), entry(account))))
  assert.deepEqual(settled.map(outcome), ['TypeError', 'TypeError', 'TypeError'])
  assert.equal(flushes.length, 2)
})

test('after a lost connection a write is looked up before it runs again', async () => {
  const t = await newTenants(3)
  for (const fault of ['lost before', 'lost after', 'still running'] as const) {
    const { database: seen, flushes } = watched(faulty(['none', fault]))
    const add = createBatcher(seen, entries, oneByOne)
    const calls = [0, 1, 2, 2].map((index) => ({ tenant: t(index), call: entry(newId(), SLOW_COMMIT) }))
    const answers = values(
      await firstAhead(
        calls.map(
          ({ tenant, call }) =>
            () =>
              add(tenant, call),
        ),
      ),
    )
    if (fault === 'lost after') assert.equal(flushes.length, 2)
    assert.deepEqual(await Promise.all(calls.map(({ tenant, call }) => storedPosition(tenant, call.id))), answers)
  }
  await assertConsistent([0, 1, 2].map(t))
})

test('a run that outlives its connection is waited for, not taken for a failure', async () => {
  const t = await newTenants(1)
  const holder = await outside.connect()
  await holder.query('begin')
  await holder.query('select from counter where tenant_id = $1 for update', [t(0)])
  const stillRunning: Promise<unknown>[] = []
  const { database: seen, flushes } = watched(faulty(['still running'], stillRunning))
  const call = entry('a')
  const answer = createBatcher(seen, entries)(t(0), call)
  while (flushes.length < 2) await sleep(5) // Both runs now wait for the lock, and the first gets it.
  await sleep(20)
  await holder.query('commit')
  holder.release()
  assert.equal(await answer, 1)
  await Promise.all(stillRunning)
  await assertConsistent([t(0)])
})

test('without recover, and while the store stays away, the caller is told that it is unavailable', async () => {
  const t = await newTenants(1)
  const one = watched(faulty(['lost before']))
  await assert.rejects(createBatcher(one.database, unrecoverable)(t(0), entry('a')), StoreUnavailable)
  assert.equal(one.flushes.length, 1)

  const keepsFalling = watched(faulty(Array(9).fill('lost before')))
  await assert.rejects(createBatcher(keepsFalling.database, entries)(t(0), entry('a')), StoreUnavailable)
  assert.equal(keepsFalling.flushes.length, 3)

  const away = openDatabase({ connection: { host: '/nowhere', port: 1, user: 'nobody' } })
  const started = performance.now()
  await assert.rejects(createBatcher(away, entries)(t(0), entry('a')), StoreUnavailable)
  assert(performance.now() - started < 5_000)
  await away.close()
})

interface Step {
  readonly tenant: number
  readonly account: string
  readonly amount: number
  readonly batcher: number
  readonly next: 'go on' | 'turn' | 'pause' | 'kill'
}

/** Kills one of the batcher's connections, a busy one if there is any. */
async function killOne(): Promise<void> {
  await outside.query(
    `select pg_terminate_backend(pid) from (
      select pid from pg_stat_activity where application_name = 'polydesk' and datname = current_database()
      order by state = 'active' desc, random() limit 1
    ) as one`,
  )
}

const steps = fc.array(
  fc.record<Step>({
    tenant: fc.nat(5),
    account: fc.constantFrom('a', 'a', 'b', 'c', 'd', 'e'),
    amount: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 6 }) },
      { weight: 2, arbitrary: fc.constant(SLOW_COMMIT) },
      { weight: 1, arbitrary: fc.constantFrom(0, FAILS_AT_COMMIT, UNBUILDABLE) },
    ),
    batcher: fc.nat(1),
    next: fc.constantFrom('go on', 'go on', 'go on', 'go on', 'turn', 'pause', 'kill'),
  }),
  { minLength: 1, maxLength: 200, size: 'max' },
)
const bounds = fc.record({
  maxCalls: fc.integer({ min: 1, max: 40 }),
  maxFlushes: fc.integer({ min: 1, max: 3 }),
  inLane: fc.boolean(),
})
const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'lost before', 'lost after', 'still running'), {
  maxLength: 12,
  size: 'max',
})

/** Drives two batchers, as two processes would, over the same tenants. How many good calls were answered, of how many. */
async function drive(
  script: readonly Step[],
  faultsInTheWay: readonly Fault[],
  options: BatcherOptions,
  kills: boolean,
) {
  const t = await newTenants(6)
  const stillRunning: Promise<unknown>[] = []
  const batchers = [0, 1].map(() =>
    createBatcher(watched(faulty(faultsInTheWay, stillRunning)).database, entries, options),
  )
  const killings: Promise<void>[] = []
  const calls: Promise<{ step: Step; call: Entry; settled: PromiseSettledResult<number>; seen: number | undefined }>[] =
    []
  for (const step of script) {
    const call = entry(step.account, step.amount)
    const add = batchers[step.batcher] ?? assert.fail()
    const answered = async () => {
      const [settled = assert.fail()] = await Promise.allSettled([add(t(step.tenant), call)])
      return { step, call, settled, seen: await storedPosition(t(step.tenant), call.id) }
    }
    calls.push(answered())
    if (step.next === 'turn') await new Promise(setImmediate)
    if (step.next === 'pause') await sleep(2)
    if (step.next === 'kill' && kills) killings.push(killOne())
  }
  const results = await Promise.all(calls)
  await Promise.all([...killings, ...stillRunning])
  await assertConsistent([0, 1, 2, 3, 4, 5].map(t))

  const last = new Map<string, number>()
  let good = 0
  let done = 0
  for (const { step, call, settled, seen } of results) {
    const bad = [0, FAILS_AT_COMMIT, UNBUILDABLE].includes(step.amount)
    if (!bad) good += 1
    if (settled.status === 'fulfilled') {
      done += 1
      assert(!bad)
      assert.equal(seen, settled.value, 'committed before it was answered')
      const line = `${step.batcher} ${step.tenant} ${step.account}`
      assert(settled.value > (last.get(line) ?? 0), 'calls of a target keep their order')
      last.set(line, settled.value)
    } else if (bad) {
      assert.equal(await storedPosition(t(step.tenant), call.id), undefined, 'a bad call has no effect')
      const own = step.amount === UNBUILDABLE ? 'RangeError' : '23514'
      assert([own, 'StoreUnavailable'].includes(String(outcome(settled))), String(settled.reason))
    } else assert(settled.reason instanceof StoreUnavailable, String(settled.reason))
  }
  return { good, done }
}

test('whatever fails, each call takes effect once or not at all', async () => {
  const sum = { good: 0, done: 0 }
  await fc.assert(
    fc.asyncProperty(steps, faults, bounds, async (script, inTheWay, options) => {
      const { good, done } = await drive(script, inTheWay, options, true)
      sum.good += good
      sum.done += done
    }),
    { numRuns: 30, endOnFailure: true },
  )
  assert(sum.done > sum.good * 0.7, `only ${sum.done} of ${sum.good} were answered`)
})

test('while connections hold, every good call succeeds beside the bad ones', async () => {
  await fc.assert(
    fc.asyncProperty(steps, bounds, async (script, options) => {
      const { good, done } = await drive(script, [], options, false)
      assert.equal(done, good)
    }),
    { numRuns: 20, endOnFailure: true },
  )
})
