import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { STATUSES, type Status } from '../words.ts'
import { beginningOf, cellsOf, INTERVALS, type Period, partsOf, quarterOf } from './calendar.ts'
import { METRICS } from './report.ts'
import {
  type Cell,
  cellsAfter,
  countOf,
  EVERYTHING,
  type Facts,
  incrementsOf,
  keyOf,
  type Move,
  movesThatStand,
  QUARTER_MS,
  QUARTERS_A_DAY,
  quartersIn,
} from './rules.ts'

const AT = '2026-03-02T10:00:00.000Z'
const later = (minutes: number): string => new Date(Date.parse(AT) + minutes * 60_000).toISOString()

const FACTS: Facts = {
  deskId: 'desk',
  dialect: 'native',
  channelId: 13,
  groupId: null,
  assigneeId: null,
  topicId: null,
  tags: [],
  fields: {},
  createdAt: AT,
  openedByPerson: true,
  finishedAt: null,
  answeredAt: { people: null, automations: null },
  replies: { people: 0, automations: 0 },
  moves: [],
}

function move(minutes: number, from: Status, to: Status, more: Partial<Move> = {}): Move {
  return { at: later(minutes), from, to, byPerson: true, isUndo: false, ...more }
}

const marksOf = (more: Partial<Facts>) =>
  Object.fromEntries(countOf({ ...FACTS, ...more }).marks.map(({ metric, at, amount }) => [metric, [at, amount]]))

test('a ticket that is not done counts as created, and among the backlog of when it was opened', () => {
  assert.deepEqual(marksOf({}), { 'created.all': [AT, 0], 'backlog.all': [AT, 0] })
})

test('the first answer counts at its time, and each of people and machines has one of its own', () => {
  const marks = marksOf({ answeredAt: { people: later(30), automations: later(1) } })
  assert.deepEqual(marks['first_response.all'], [later(1), 60])
  assert.deepEqual(marks['first_response.people'], [later(30), 1_800])
  assert.deepEqual(marks['first_response.automations'], [later(1), 60])
})

test('a solution counts once, when it was the last, for whoever made it', () => {
  const moves = [
    move(5, 'new', 'solved'),
    move(10, 'solved', 'open'),
    move(20, 'open', 'solved', { byPerson: false }),
    move(30, 'solved', 'closed'),
  ]
  const marks = marksOf({ finishedAt: later(20), moves, replies: { people: 2, automations: 0 } })
  assert.deepEqual(marks['solved.all'], [later(20), 1_200])
  assert.deepEqual(marks['solved.automations'], [later(20), 1_200])
  assert.equal(marks['solved.people'], undefined)
  assert.deepEqual(
    [marks['replies.all'], marks['replies.people']],
    [
      [later(20), 2],
      [later(20), 2],
    ],
  )
  assert.equal(marks['replies.automations'], undefined)
  assert.deepEqual(marks['reopened.all'], [later(10), 1])
  assert.equal(marks['backlog.all'], undefined)
})

test('who takes a slip back reopens nothing, and an undo of that has solved it', () => {
  const slip = [move(1, 'open', 'solved'), move(2, 'solved', 'open', { isUndo: true })]
  assert.deepEqual(movesThatStand(slip), [])
  assert.equal(marksOf({ moves: slip })['reopened.all'], undefined)
  const again = [...slip, move(3, 'open', 'solved', { isUndo: true })]
  assert.deepEqual(movesThatStand(again), [again[2]])
})

test('a ticket is in each of its tags once, and in none of a dimension where it has no value of many', () => {
  const { parts } = countOf({ ...FACTS, tags: ['a b', 'c', 'a b'], fields: { plan: 'pro', open: true } })
  assert.deepEqual(
    parts
      .filter(({ dimension }) => /tag|field/.test(dimension))
      .map(({ dimension, value }) => `${dimension}: ${value}`),
    ['any tag: ', 'tag: a b', 'tag: c', 'any field.plan: ', 'field.plan: pro', 'any field.open: ', 'field.open: true'],
  )
  assert.deepEqual(
    countOf(FACTS).parts.filter(({ dimension }) => /tag|field/.test(dimension)),
    [],
  )
})

const HOURS = 24 * 90
const facts: fc.Arbitrary<Facts> = fc
  .record({
    deskId: fc.constantFrom('one', 'other'),
    groupId: fc.constantFrom(null, 'a', 'b'),
    tags: fc.subarray(['x', 'y', 'z']),
    opened: fc.integer({ min: 0, max: HOURS * 60 }),
    took: fc.option(fc.integer({ min: 0, max: HOURS * 60 }), { nil: null }),
    answered: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: null }),
    replies: fc.nat(3),
    status: fc.constantFrom(...STATUSES),
  })
  .map(({ opened, took, answered, replies, status, ...rest }) => ({
    ...FACTS,
    ...rest,
    createdAt: later(opened),
    finishedAt: took === null ? null : later(opened + took),
    answeredAt: { people: answered === null ? null : later(opened + answered), automations: null },
    replies: { people: replies, automations: 1 },
    moves: took === null ? [] : [move(opened + took, 'open', status === 'closed' ? 'closed' : 'solved')],
  }))

/** A ticket, by its number, as it becomes; null for gone. */
const change = fc.tuple(fc.nat(15), fc.option(facts, { nil: null, freq: 5 }))

/** What cells tell of a period, read as reports are. */
function sumOf(cells: readonly Cell[], { from, to }: Period): { tickets: number; sum: number } {
  const { runs, partial } = cellsOf({ from, to })
  let [tickets, sum] = [0, 0]
  for (const cell of cells) {
    if (runs.some(({ span, first, last }) => cell.span === span && cell.day >= first && cell.day <= last)) {
      tickets += cell.tickets
      sum += cell.amount
    }
    if (cell.span !== 1 || !partial.includes(cell.day)) continue
    for (const each of quartersIn(cell.quarters)) {
      const at = cell.day * QUARTERS_A_DAY + each.quarter
      if (at < from || at >= to) continue
      tickets += each.tickets
      sum += each.sum
    }
  }
  return { tickets, sum }
}

test('sums that are kept step by step are those of all tickets as they are, for any time and each value', () => {
  const base = quarterOf(Date.parse(AT))
  const quarter = fc.integer({ min: base - 200, max: base + HOURS * 8 })
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 40 }),
      fc.array(fc.tuple(quarter, quarter), { maxLength: 5 }),
      (changes, spans) => {
        const tickets = new Map<number, Facts>()
        let cells: readonly Cell[] = []
        for (const [id, after] of changes) {
          const before = tickets.get(id)
          const increments = incrementsOf(before ? countOf(before) : null, after ? countOf(after) : null)
          const changed = cellsAfter(cells, increments)
          const kept = new Map([...cells, ...changed].map((cell) => [keyOf(cell), cell]))
          cells = [...kept.values()].filter((cell) => cell.tickets !== 0)
          if (after) tickets.set(id, after)
          else tickets.delete(id)
        }
        const counts = [...tickets.values()].map(countOf)
        for (const [one, other] of spans) {
          const period = { from: Math.min(one, other), to: Math.max(one, other) }
          for (const metric of METRICS)
            for (const part of [EVERYTHING, { dimension: 'tag', value: 'x' }, { dimension: 'group', value: 'a' }]) {
              const marks = counts
                .filter(({ parts }) =>
                  [EVERYTHING, ...parts].some((each) => each.dimension === part.dimension && each.value === part.value),
                )
                .flatMap((count) => count.marks)
                .filter(({ at, metric: of }) => {
                  const when = Math.floor(Date.parse(at) / QUARTER_MS)
                  return of === metric && when >= period.from && when < period.to
                })
              assert.deepEqual(
                sumOf(
                  cells.filter(
                    (cell) => cell.metric === metric && cell.dimension === part.dimension && cell.value === part.value,
                  ),
                  period,
                ),
                { tickets: marks.length, sum: marks.reduce((sum, { amount }) => sum + amount, 0) },
              )
            }
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a time is divided without gaps, wherever clocks are put forward or back', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia']
  const time = fc.integer({ min: quarterOf(Date.parse('2010-01-01')), max: quarterOf(Date.parse('2030-01-01')) })
  fc.assert(
    fc.property(
      time,
      fc.nat(20_000),
      fc.constantFrom(...zones),
      fc.constantFrom(...INTERVALS),
      (from, length, zone, interval) => {
        const span = { from, to: from + length }
        const parts = partsOf(span, interval, zone, 1_000) ?? assert.fail()
        assert.deepEqual(
          [parts[0]?.from ?? span.to, parts.at(-1)?.to ?? span.to, parts.every(({ from, to }) => from < to)],
          [span.from, span.to, true],
        )
        for (const [nth, part] of parts.slice(1).entries()) {
          assert.equal(part.from, parts[nth]?.to)
          const begin = Temporal.Instant.fromEpochMilliseconds(part.from * QUARTER_MS).toZonedDateTimeISO(zone)
          assert.equal(begin.startOfDay().epochMilliseconds, begin.epochMilliseconds)
        }
      },
    ),
  )
  assert.equal(beginningOf('2026-03-29', 'Europe/Berlin'), Date.parse('2026-03-28T23:00:00Z'))
  assert.equal(beginningOf('2026-03-30', 'Europe/Berlin'), Date.parse('2026-03-29T22:00:00Z'))
  assert.equal(beginningOf('2026-02-30', 'UTC'), null)
})
