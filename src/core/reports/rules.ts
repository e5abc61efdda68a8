import type { Field, FieldValue, FieldValues } from '../catalogue/field.ts'
import type { Instant } from '../instant.ts'
import { FINISHED, type Status } from '../words.ts'
import { type Count, type Figure, fieldDimension, type Mark, type Metric, NOTHING, type Part } from './report.ts'

/** Goes up with every change of what this file makes of a ticket: then all is counted anew. */
export const RULES = 1

/** A move of a ticket from one status to another, by its event. */
export interface Move {
  readonly at: Instant
  readonly from: Status
  readonly to: Status
  readonly byPerson: boolean
  /** Whether it takes another one back. */
  readonly isUndo: boolean
}

/** What people and machines did. */
interface Done<Value> {
  readonly people: Value
  readonly automations: Value
}

/** What is known of a ticket, from its row, its log and its messages. */
export interface Facts {
  readonly deskId: string
  readonly dialect: string
  readonly channelId: number
  readonly groupId: string | null
  readonly assigneeId: string | null
  readonly topicId: number | null
  readonly tags: readonly string[]
  /** Those by which tickets are told apart. */
  readonly fields: FieldValues
  readonly createdAt: Instant
  readonly openedByPerson: boolean
  /** When it was finished last; null while it is not. */
  readonly finishedAt: Instant | null
  /** The first public answers, beside what it was opened with. */
  readonly answeredAt: Done<Instant | null>
  /** Public answers by the time at which it was finished. */
  readonly replies: Done<number>
  /** In their order. */
  readonly moves: readonly Move[]
}

/** Fields of which each value is one of few: by the others nobody tells tickets apart. */
export function isDimension({ type }: Pick<Field, 'type'>): boolean {
  return type === 'boolean' || type === 'choice' || type === 'choices'
}

/** What a ticket counts as. */
export function countOf(facts: Facts): Count {
  return { deskId: facts.deskId, parts: partsOf(facts), marks: marksOf(facts) }
}

function partsOf(facts: Facts): readonly Part[] {
  const one = (dimension: string, value: string | number | null): Part => ({
    dimension,
    value: value === null ? NOTHING : String(value),
  })
  const each = (dimension: string, values: readonly string[]): readonly Part[] =>
    values.length === 0 ? [] : [anyOf(dimension), ...[...new Set(values)].map((value) => one(dimension, value))]
  return [
    one('dialect', facts.dialect),
    one('channel', facts.channelId),
    one('group', facts.groupId),
    one('assignee', facts.assigneeId),
    one('topic', facts.topicId),
    ...each('tag', facts.tags),
    ...Object.entries(facts.fields).flatMap(([key, value]) => each(fieldDimension(key), valuesIn(value))),
  ]
}

function valuesIn(value: FieldValue): readonly string[] {
  return typeof value === 'object' ? value : [String(value)]
}

/**
 * What a ticket is in that has any value where it may have several, or where a dimension may come later than the ticket: those
 * without one are all others.
 */
export function anyOf(dimension: string): Part {
  return { dimension: `any ${dimension}`, value: NOTHING }
}

const isFinished = (status: Status): boolean => FINISHED.includes(status)

function marksOf(facts: Facts): readonly Mark[] {
  const { createdAt, finishedAt, answeredAt, replies } = facts
  const marks: Mark[] = [{ metric: 'created.all', at: createdAt, amount: 0 }]
  const since = (at: Instant): number => Math.max(0, Math.round((Date.parse(at) - Date.parse(createdAt)) / 1_000))
  const answers = {
    all: earlier(answeredAt.people, answeredAt.automations),
    people: answeredAt.people,
    automations: answeredAt.automations,
  } as const
  for (const [who, at] of entriesOf(answers))
    if (at !== null) marks.push({ metric: `first_response.${who}`, at, amount: since(at) })
  const moves = movesThatStand(facts.moves)
  const reopenings = moves.filter(({ from, to }) => isFinished(from) && !isFinished(to))
  const latest = reopenings.at(-1)
  if (latest) marks.push({ metric: 'reopened.all', at: latest.at, amount: reopenings.length })
  if (finishedAt === null) return [...marks, { metric: 'backlog.all', at: createdAt, amount: 0 }]
  const by = solverOf(facts, moves)
  for (const who of ['all', by] as const)
    marks.push({ metric: `solved.${who}`, at: finishedAt, amount: since(finishedAt) })
  const told = { all: replies.people + replies.automations, ...replies } as const
  for (const [who, amount] of entriesOf(told))
    if (who === 'all' || amount > 0) marks.push({ metric: `replies.${who}`, at: finishedAt, amount })
  return marks
}

// An object of one's own has the keys that it is declared with.
function entriesOf<Key extends string, Value>(of: Readonly<Record<Key, Value>>): readonly (readonly [Key, Value])[] {
  return Object.entries(of) as [Key, Value][]
}

/** Who finished it: whoever moved it last from where it was not, or who opened it as done. */
function solverOf({ openedByPerson }: Facts, moves: readonly Move[]): 'people' | 'automations' {
  const finish = moves.findLast(({ from, to }) => !isFinished(from) && isFinished(to))
  return (finish?.byPerson ?? openedByPerson) ? 'people' : 'automations'
}

/** The moves without those that were taken back: nobody reopens a ticket by undoing a slip. */
export function movesThatStand(moves: readonly Move[]): readonly Move[] {
  const standing: Move[] = []
  for (const move of moves) {
    const last = standing.at(-1)
    if (move.isUndo && last?.from === move.to && last.to === move.from) standing.pop()
    else standing.push(move)
  }
  return standing
}

function earlier(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}

// --- sums -------------------------------------------------------------------------------------------------------------

/** The dimension that every ticket is in, with one value for all. */
export const EVERYTHING: Part = { dimension: 'all', value: NOTHING }

/** Quarters of an hour in a day. No time zone of today differs from UTC by anything else. */
export const QUARTERS_A_DAY = 96
export const QUARTER_MS = 900_000
/** Days of a cell: sums of a long time are read from the larger ones. */
export const SPANS = [1, 32] as const
export type Span = (typeof SPANS)[number]

/** Where a sum is kept. */
export interface CellKey extends Part {
  readonly metric: Metric
  readonly deskId: string
  readonly span: Span
  /** Its first one, counted from the beginning of 1970. */
  readonly day: number
}

/** A sum. */
export interface Cell extends CellKey {
  readonly tickets: number
  readonly amount: number
  /** Of a single day: quarter, tickets, amount; again and again, by the quarter. */
  readonly quarters: readonly number[]
}

export function keyOf({ metric, dimension, value, deskId, span, day }: CellKey): string {
  return JSON.stringify([metric, dimension, value, deskId, span, day])
}

/** What is added to a cell; less than nothing is taken away. */
export interface Increment extends CellKey, Figure {
  readonly quarter: number
}

/** What changes in the sums when a ticket counted as one thing and now counts as another. Null is nothing at all. */
export function incrementsOf(before: Count | null, after: Count | null): readonly Increment[] {
  return [...sharesOf(before, -1), ...sharesOf(after, 1)]
}

function sharesOf(count: Count | null, sign: 1 | -1): readonly Increment[] {
  if (count === null) return []
  const { deskId, parts, marks } = count
  return marks.flatMap(({ metric, at, amount }) => {
    const quarter = Math.floor(Date.parse(at) / QUARTER_MS)
    const day = Math.floor(quarter / QUARTERS_A_DAY)
    return [EVERYTHING, ...parts].flatMap(({ dimension, value }) =>
      SPANS.map((span) => ({
        ...{ metric, dimension, value, deskId, span, day: day - (((day % span) + span) % span) },
        ...{ quarter: quarter - day * QUARTERS_A_DAY, tickets: sign, sum: sign * amount },
      })),
    )
  })
}

/** The cells that increments make of others; those that are empty by now have no tickets. */
export function cellsAfter(cells: readonly Cell[], increments: readonly Increment[]): readonly Cell[] {
  const before = new Map(cells.map((cell) => [keyOf(cell), cell]))
  return [...Map.groupBy(increments, keyOf)].flatMap(([key, added]) => {
    const [first] = added
    if (!first) return []
    const { metric, dimension, value, deskId, span, day } = first
    const cell = before.get(key)
    const tickets = added.reduce((sum, each) => sum + each.tickets, cell?.tickets ?? 0)
    const amount = added.reduce((sum, each) => sum + each.sum, cell?.amount ?? 0)
    const quarters = span === 1 ? quartersAfter(cell?.quarters ?? [], added) : []
    return [{ metric, dimension, value, deskId, span, day, tickets, amount, quarters }]
  })
}

function quartersAfter(quarters: readonly number[], added: readonly Increment[]): readonly number[] {
  const sums = new Map(quartersIn(quarters).map(({ quarter, ...figure }) => [quarter, figure]))
  for (const { quarter, tickets, sum } of added) {
    const known = sums.get(quarter)
    sums.set(quarter, { tickets: (known?.tickets ?? 0) + tickets, sum: (known?.sum ?? 0) + sum })
  }
  return [...sums]
    .filter(([, figure]) => figure.tickets !== 0)
    .sort(([one], [other]) => one - other)
    .flatMap(([quarter, { tickets, sum }]) => [quarter, tickets, sum])
}

/** The quarters of a day that hold anything. */
export function quartersIn(quarters: readonly number[]): readonly (Figure & { readonly quarter: number })[] {
  return Array.from({ length: quarters.length / 3 }, (_, nth) => {
    const [quarter = 0, tickets = 0, sum = 0] = quarters.slice(nth * 3, nth * 3 + 3)
    return { quarter, tickets, sum }
  })
}
