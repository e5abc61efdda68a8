import type { Store } from '../../storage/store.ts'
import { instant, instantOrNull } from '../instant.ts'
import type { Count, Part } from './report.ts'
import { type Cell, cellsAfter, countOf, type Facts, incrementsOf, keyOf, RULES, SPANS } from './rules.ts'
import {
  ADVANCE_COUNT,
  BEGIN_COUNT,
  CELLS,
  type CellRow,
  COUNTS,
  FACTS,
  type FactsRow,
  FIND_PLACE,
  FORGET_COUNT,
  NEXT_TICKETS,
  NEXT_TOUCHED,
  PURGE_COUNTS,
  TENANTS_BEHIND,
} from './store.ts'

/** Events, or tickets, that are counted at once. */
const EVENTS_AT_ONCE = 500
const TICKETS_AT_ONCE = 250
/** Rows that an earlier counting left and that are removed at once. */
const PURGED_AT_ONCE = 2_000

/** With what a tenant is counted. */
export interface CountSystem {
  readonly store: Pick<Store, 'run'>
  readonly tenantId: string
}

/** How far a tenant is counted. */
export interface Place {
  readonly generation: number
  readonly position: number
  /** The position of the latest event. */
  readonly head: number
  /** Null where each of its tickets was counted. */
  readonly walked: number | null
}

/** Where the counting of a tenant stands; null before it began. */
export async function placeOf({ store, tenantId }: CountSystem): Promise<Place | null> {
  const [row] = await store.run(FIND_PLACE.with({ tenant_id: tenantId }))
  if (!row || row.rules !== RULES || row.generation === null || row.position === null) return null
  return { generation: row.generation, position: row.position, head: row.head, walked: row.walked }
}

/**
 * Counts what was recorded since, or, where the rules are others or somebody asked for it, each ticket anew: some of them, in one
 * statement with the place behind them, so that each is counted once however many processes try.
 *
 * A ticket is counted as it is now, and what it counted as before is taken away. What happens to it meanwhile is behind the
 * place and touches it once more.
 *
 * @returns whether there may be more.
 */
export async function countSome(given: CountSystem): Promise<boolean> {
  return countFrom(given, await placeOf(given))
}

/** Counts some as `countSome`, from where the counting stands. */
export async function countFrom(given: CountSystem, place: Place | null): Promise<boolean> {
  const { store, tenantId } = given
  if (place === null) {
    await store.run(BEGIN_COUNT.with({ tenant_id: tenantId, rules: RULES }))
    return true
  }
  if (place.walked !== null) return walk(given, place, place.walked)
  if (place.position === place.head) return false
  const events = await store.run(
    NEXT_TOUCHED.with({ tenant_id: tenantId, after: place.position, limit: EVENTS_AT_ONCE }),
  )
  const last = events.at(-1)
  if (!last) return false
  const ids = [...new Set(events.flatMap(({ ticket_id }) => (ticket_id === null ? [] : [ticket_id])))]
  const advanced = await advance(given, place, ids, { position: last.position, walked: null })
  return !advanced || events.length === EVENTS_AT_ONCE
}

async function walk(given: CountSystem, place: Place, walked: number): Promise<boolean> {
  const rows = await given.store.run(
    NEXT_TICKETS.with({ tenant_id: given.tenantId, after: walked, limit: TICKETS_AT_ONCE }),
  )
  const ids = rows.map(({ id }) => id)
  const { position } = place
  await advance(given, place, ids, { position, walked: rows.at(-1)?.integer ?? null })
  return true
}

/** @returns false where another process was there first. */
async function advance(
  { store, tenantId }: CountSystem,
  place: Place,
  ids: readonly string[],
  to: Pick<Place, 'position' | 'walked'>,
): Promise<boolean> {
  const { generation } = place
  const [facts, before] = await Promise.all([
    ids.length === 0 ? [] : store.run(FACTS.with({ tenant_id: tenantId, ids })),
    ids.length === 0 ? [] : store.run(COUNTS.with({ tenant_id: tenantId, ids, generation })),
  ])
  const was = new Map(before.map((row) => [row.ticket_id, countIn(row)]))
  const is = new Map(facts.map((row) => [row.id, countOf(factsOf(row))]))
  const increments = ids.flatMap((id) => incrementsOf(was.get(id) ?? null, is.get(id) ?? null))
  const keys = [...new Map(increments.map((each) => [keyOf(each), each])).values()].map(keyValues)
  const cells = keys.length === 0 ? [] : await store.run(CELLS.with({ tenant_id: tenantId, keys, generation }))
  const [moved] = await store.run(
    ADVANCE_COUNT.with({
      ...{ tenant_id: tenantId, generation, touched: ids },
      ...{ from_position: place.position, from_walked: place.walked },
      ...{ to_position: to.position, to_walked: to.walked },
      tickets: [...is].map(([id, { deskId, parts }]) => ({
        ...{ ticket_id: id, desk_id: deskId },
        parts: parts.map(wordOf),
      })),
      marks: [...is].flatMap(([id, { marks }]) => marks.map((mark) => ({ ticket_id: id, ...mark }))),
      cells: cellsAfter(cells.map(cellOf), increments).map((cell) => ({
        ...{ ...keyValues(cell), tickets: cell.tickets, amount: cell.amount, quarters: cell.quarters },
      })),
    }),
  )
  return moved !== undefined
}

function keyValues({ metric, dimension, span, day, value, deskId }: Parameters<typeof keyOf>[0]) {
  return { metric, dimension, span, day, value, desk_id: deskId }
}

/** A part as one word, by which tickets are looked up. */
export function wordOf({ dimension, value }: Part): string {
  return `${dimension} ${value}`
}

/** No dimension but that of any value has a space in its name. */
function partOf(word: string): Part {
  const at = word.indexOf(' ', word.startsWith('any ') ? 4 : 0)
  return { dimension: word.slice(0, at), value: word.slice(at + 1) }
}

function countIn(row: NonNullable<(typeof COUNTS)['rowType']>): Count {
  return {
    deskId: row.desk_id,
    parts: row.parts.map(partOf),
    marks: row.marks.map((mark) => ({ ...mark, at: instant(mark.at) })),
  }
}

function cellOf({ span, desk_id: deskId, ...row }: CellRow): Cell {
  return { ...row, deskId, span: SPANS.find((each) => each === span) ?? 1 }
}

function factsOf(row: FactsRow): Facts {
  return {
    deskId: row.desk_id,
    dialect: row.dialect,
    channelId: row.channel_id,
    groupId: row.group_id,
    assigneeId: row.assignee_id,
    topicId: row.topic_id,
    tags: row.tags,
    fields: row.fields,
    createdAt: instant(row.created_at),
    openedByPerson: row.opened_by_person,
    finishedAt: instantOrNull(row.finished_at),
    answeredAt: {
      people: instantOrNull(row.answered_by_people_at),
      automations: instantOrNull(row.answered_by_automations_at),
    },
    replies: { people: row.replies_of_people, automations: row.replies_of_automations },
    moves: row.moves.map(({ at, from, to, by_person: byPerson, is_undo: isUndo }) => ({
      ...{ at: instant(at), from, to, byPerson, isUndo },
    })),
  }
}

/** The tenants of which something is not counted. */
export async function tenantsBehind(store: Pick<Store, 'run'>): Promise<readonly string[]> {
  return (await store.run(TENANTS_BEHIND.with({ rules: RULES }))).map(({ tenant_id }) => tenant_id)
}

/** Has all tickets of a tenant counted anew. */
export async function forgetCount(store: Pick<Store, 'run'>, tenantId: string): Promise<void> {
  await store.run(FORGET_COUNT.with({ tenant_id: tenantId }))
}

/** Removes some of what an earlier counting of a tenant left. @returns whether there may be more. */
export async function purgeCounts(store: Pick<Store, 'run'>, tenantId: string): Promise<boolean> {
  const rows = await store.run(PURGE_COUNTS.with({ tenant_id: tenantId, limit: PURGED_AT_ONCE }))
  return rows.length > 0
}
