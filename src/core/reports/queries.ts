import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { may } from '../identity/actor.ts'
import { findUsers } from '../identity/queries.ts'
import { fullName } from '../identity/user.ts'
import { type Instant, instant } from '../instant.ts'
import type { Conditions } from '../query/conditions.ts'
import { demandQuery } from '../query/list.ts'
import { findTickets } from '../tickets/queries/find.ts'
import type { Ticket } from '../tickets/ticket.ts'
import {
  beginningOf,
  cellsOf,
  type Interval,
  isZone,
  type Period,
  partsOf,
  quarterBehind,
  quarterOf,
} from './calendar.ts'
import { countFrom, type Place, placeOf, wordOf } from './consume.ts'
import {
  DIMENSIONS,
  type Figure,
  fieldDimension,
  MEASURES,
  type Measure,
  type Metric,
  NOTHING,
  type ReportName,
  reportOf,
  type Unit,
} from './report.ts'
import { anyOf, EVERYTHING, isDimension, QUARTER_MS, QUARTERS_A_DAY, quartersIn } from './rules.ts'
import { QUARTERS, SUMS, TICKETS_BEHIND, unlessFull } from './store.ts'

/** Parts of a span that are told at the most, and where each is told apart further. */
const MOST_PERIODS = 400
const MOST_PERIODS_BY = 100
/** Steps of counting that a reader waits for: who is further behind is told so. */
const MOST_STEPS = 8
/** The longest span of time. */
const MOST_DAYS = 36_600

/** What is asked of a report. */
export interface ReportAsked {
  readonly name: ReportName
  /** A day of the zone, or a time; absent for whatever was before. */
  readonly from: string | null
  readonly to: string | null
  readonly zone: string
  /** By what figures are told apart: a dimension, or the desk. */
  readonly by: string | null
  readonly interval: Interval | null
  /** Only tickets that it finds; of a query this is desks and one dimension. */
  readonly query: string | null
  readonly dialect: string | null
}

/** The figures of a report for each of its measures. */
export type Figures = Readonly<Partial<Record<Measure, Figure>>>

/** The figures of a value in a period. */
export interface ReportRow {
  /** What it is told apart by; null where it is by nothing, and for tickets without any value. */
  readonly value: string | null
  readonly name: string | null
  readonly from: Instant | null
  readonly to: Instant
  readonly figures: Figures
}

/** What a report tells. */
export interface Reading {
  readonly name: ReportName
  readonly unit: Unit | null
  readonly from: Instant | null
  readonly to: Instant
  readonly total: Figures
  readonly rows: readonly ReportRow[]
  /** The position up to which it is counted, how many events are not, and whether all earlier ones are. */
  readonly position: number
  readonly behind: number
  readonly complete: boolean
}

/** Backlogs are told apart by how old they are, in days from the youngest on. */
const AGES = [0, 1, 3, 7, 30] as const

/** What the conditions of a reader leave of a report. */
interface Filter {
  readonly deskIds: readonly string[]
  /** The one dimension in which tickets have to have one of some values; null for none. */
  readonly among: { readonly dimension: string; readonly values: readonly string[] } | null
}

/**
 * Reads a report.
 *
 * @throws Refusal `forbidden`, `invalid` (paths `from`, `to`, `zone`, `by`, `interval`, `q`, `dialect`)
 */
export async function readReport(ctx: Context, asked: ReportAsked): Promise<Reading> {
  const { deskIds, among } = await filterOf(ctx, asked)
  const by = demandDimension(ctx, asked.by)
  if (among !== null && by !== null && by !== DESK && by !== among.dimension)
    refuseField(['q'], 'not_allowed', 'Beside desks, it may only ask for that by which figures are told apart.')
  const span = spanOf(ctx, asked)
  const periods = periodsOf(ctx, asked, span)
  const { metrics, unit } = reportOf(asked.name)
  const place = await caughtUp(ctx)
  const dimension = among?.dimension ?? (by === DESK ? null : by)
  const found = await read(ctx, place, { metrics: Object.values(metrics), deskIds, dimension, periods })
  const wanted =
    among === null
      ? by === null || by === DESK
        ? found.whole
        : found.parts
      : found.parts.filter(({ value }) => among.values.includes(value))
  const keyOf = ({ value, deskId }: Found): string | null => (by === null ? null : by === DESK ? deskId : value)
  const values = by === null ? [null] : [...new Set(wanted.map(keyOf))].sort()
  const names = await namesOf(ctx, by, values)
  const byPlace = Map.groupBy(wanted, (each) => JSON.stringify([keyOf(each), each.nth]))
  const rows = values.flatMap((value) => {
    const each = periods.map((period, nth) => ({
      ...{
        value: value === NOTHING ? null : value,
        name: names.get(value ?? NOTHING) ?? null,
        ...timesOf(asked, period, span),
      },
      figures: figuresOf(metrics, byPlace.get(JSON.stringify([value, nth])) ?? []),
    }))
    // What is left of all tickets without a value may be none.
    return by === null || each.some(({ figures }) => Object.values(figures).some(({ tickets }) => tickets > 0))
      ? each
      : []
  })
  const total = figuresOf(metrics, among === null ? found.whole : wanted)
  return {
    ...{ name: asked.name, unit, ...timesOf(asked, span, span), total, rows },
    ...{ position: place.position, behind: place.head - place.position, complete: place.walked === null },
  }
}

/** A place in the list of the tickets behind a figure. */
export interface BehindCursor {
  readonly at: Instant
  readonly id: string
}

/**
 * The tickets that a figure counts, those that count latest first: of the whole report, or of a value by which it is told apart.
 *
 * @param value of `by`; null for the tickets without any.
 * @throws Refusal as `readReport`, and `invalid` (path `measure`)
 */
export async function ticketsBehind(
  ctx: Context,
  asked: ReportAsked,
  {
    measure,
    value,
    cursor,
    limit,
  }: {
    readonly measure: Measure
    readonly value: string | null
    readonly cursor: BehindCursor | null
    readonly limit: number
  },
): Promise<{ readonly tickets: readonly Ticket[]; readonly next: BehindCursor | null }> {
  const { deskIds, among } = await filterOf(ctx, asked)
  const by = demandDimension(ctx, asked.by)
  const span = spanOf(ctx, asked)
  const metric = reportOf(asked.name).metrics[measure]
  if (metric === undefined) return refuseField(['measure'], 'choice', 'This report tells of all alone.')
  const { generation } = await caughtUp(ctx)
  const sets = [
    ...(among === null ? [] : [among]),
    ...(by === null || by === DESK ? [] : [{ dimension: by, values: [value ?? NOTHING] }]),
  ]
  const isNone = ({ dimension, values }: (typeof sets)[number]): boolean =>
    isOpen(dimension) && values.every((each) => each === NOTHING)
  const rows = await ctx.store.run(
    TICKETS_BEHIND.with({
      ...{ tenant_id: ctx.tenant.id, generation, metric, from: at(span.from), to: at(span.to) },
      ...{ before: cursor?.at ?? null, before_id: cursor?.id ?? null, limit: limit + 1 },
      desk_ids: by === DESK ? deskIds.filter((id) => id === value) : deskIds,
      one_of: JSON.stringify(
        sets
          .filter((set) => !isNone(set))
          .map(({ dimension, values }) => values.map((each) => wordOf({ dimension, value: each }))),
      ),
      none_of: sets.filter(isNone).map(({ dimension }) => wordOf(anyOf(dimension))),
    }),
  )
  const shown = rows.slice(0, limit)
  const tickets = await findTickets(
    ctx,
    shown.map(({ ticket_id: id }) => ({ id })),
  )
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    // Who was merged a moment ago is counted no more.
    tickets: tickets.flatMap((ticket, nth) => (ticket?.id === shown[nth]?.ticket_id && ticket ? [ticket] : [])),
    next: last ? { at: instant(last.at), id: last.ticket_id } : null,
  }
}

// --- what is asked ----------------------------------------------------------------------------------------------------

/** Not a dimension of cells, which are told apart by desks anyway. */
const DESK = 'desk'

/** What reports know of a query. */
const KNOWN: ReadonlySet<string> = new Set<keyof Conditions>([
  ...(['deskIds', 'groupIds', 'topicIds', 'channelIds', 'assigneeIds', 'tags', 'own'] as const),
])

async function filterOf(ctx: Context, { query, dialect }: ReportAsked): Promise<Filter> {
  const desks = ctx.tenant.desks.filter(({ id }) => may(ctx.actor, 'report.read', id)).map(({ id }) => id)
  if (desks.length === 0) refuse({ code: 'forbidden', permission: 'report.read' })
  const conditions = query === null ? {} : await demandQuery(ctx, query, 'q')
  const unknown = Object.keys(conditions).find((key) => !KNOWN.has(key))
  const sets = setsOf(conditions, dialect)
  if (
    unknown !== undefined ||
    sets.length > 1 ||
    sets.some(({ dimension, values }) => isOpen(dimension) && values.length > 1)
  )
    refuseField(
      ['q'],
      'not_allowed',
      'Reports know desks and one more: group, topic, channel, assignee, one tag, or one value of a field.',
    )
  const { deskIds } = conditions
  return { deskIds: deskIds ? desks.filter((id) => deskIds.includes(id)) : desks, among: sets[0] ?? null }
}

function setsOf(conditions: Conditions, dialect: string | null): readonly NonNullable<Filter['among']>[] {
  const { groupIds, topicIds, channelIds, assigneeIds, tags = [], own = [] } = conditions
  const set = (dimension: string, values: readonly (string | number | boolean | null)[] | undefined) =>
    values === undefined ? [] : [{ dimension, values: [...new Set(values.map((each) => String(each ?? NOTHING)))] }]
  return [
    ...set('group', groupIds),
    ...set('topic', topicIds),
    ...set('channel', channelIds),
    ...set('assignee', assigneeIds),
    ...set('dialect', dialect === null ? undefined : [dialect]),
    ...tags.flatMap((values) => set('tag', values)),
    // What is not asked for by one value is two conditions, of which one is unknown.
    ...own.flatMap(({ key, isNot, comparison, values }) =>
      isNot || comparison !== '=' ? [...set('', values), ...set('', values)] : set(fieldDimension(key), values),
    ),
  ]
}

/** Where tickets may have several values, or none because the dimension came later. */
function isOpen(dimension: string): boolean {
  return dimension === 'tag' || dimension.startsWith(fieldDimension(''))
}

function demandDimension({ tenant }: Context, by: string | null): string | null {
  const known = [DESK, ...DIMENSIONS, ...tenant.fields.filter(isDimension).map(({ key }) => fieldDimension(key))]
  if (by === null || known.includes(by)) return by
  return refuseField(['by'], 'choice', `Must be one of ${known.join(', ')}.`)
}

function spanOf(ctx: Context, { name, from, to, zone }: ReportAsked): Period {
  if (!isZone(zone)) refuseField(['zone'], 'format', 'Must be the name of a time zone, such as Europe/Berlin.')
  if (from === null && name !== 'backlog') refuseField(['from'], 'required', 'Must be a day, or a time.')
  const span = {
    from: from === null ? 0 : demandQuarter('from', from, zone),
    to: to === null ? quarterBehind(Date.parse(ctx.now) + 1) : demandQuarter('to', to, zone),
  }
  if (span.to <= span.from) refuseField(['to'], 'too_small', 'Must be after from.')
  if (from !== null && span.to - span.from > MOST_DAYS * QUARTERS_A_DAY)
    refuseField(['to'], 'too_large', `Must be no more than ${MOST_DAYS} days after from.`, MOST_DAYS)
  return span
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** The quarter of an hour that a day begins with, or a time. */
function demandQuarter(field: string, text: string, zone: string): number {
  const time = DAY.test(text) ? beginningOf(text, zone) : TIME.test(text) ? Date.parse(text) : null
  if (time === null || Number.isNaN(time) || text.startsWith('0000'))
    return refuseField([field], 'format', 'Must be a day as 2026-01-31, or a time as 2026-01-31T10:15:00Z.')
  if (!DAY.test(text) && time % QUARTER_MS !== 0)
    return refuseField([field], 'format', 'Must be at a full quarter of an hour.')
  return quarterOf(time)
}

function periodsOf(ctx: Context, { name, by, interval, zone }: ReportAsked, span: Period): readonly Period[] {
  if (interval === null) return name === 'backlog' ? agesOf(ctx, span) : [span]
  const most = by === null ? MOST_PERIODS : MOST_PERIODS_BY
  return (
    partsOf(span, interval, zone, most) ??
    refuseField(['interval'], 'too_small', `Would make more than ${most} parts.`, most)
  )
}

/** The oldest first, as other periods are. */
function agesOf(ctx: Context, span: Period): readonly Period[] {
  const now = quarterBehind(Date.parse(ctx.now) + 1)
  const before = AGES.map((days) => now - days * QUARTERS_A_DAY)
  return before
    .map((to, nth) => ({
      from: Math.max(span.from, before[nth + 1] ?? span.from),
      to: nth === 0 ? span.to : Math.min(span.to, to),
    }))
    .filter(({ from, to }) => from < to)
    .toReversed()
}

// --- what is found ----------------------------------------------------------------------------------------------------

/** Counts what is not counted yet, as far as a reader waits for it. */
async function caughtUp(ctx: Context): Promise<Place> {
  const given = { store: ctx.store, tenantId: ctx.tenant.id }
  // Not on and on, and in this process not beside others who would count the same.
  let place = await placeOf(given)
  if (place && place.walked === null && place.position === place.head) return place
  await unlessFull(() =>
    ctx.store.inTurn([`reports of ${ctx.tenant.id}`], async () => {
      let isMore = true
      for (let step = 0; step < MOST_STEPS && isMore; step++) {
        isMore = await countFrom(given, place)
        place = await placeOf(given)
      }
    }),
  )
  return place ?? { generation: 0, position: 0, head: 0, walked: 0 }
}

/** What a value on a desk comes to in a period by its number. */
interface Found extends Figure {
  readonly nth: number
  readonly metric: Metric
  readonly value: string
  readonly deskId: string
}

interface Wanted {
  readonly metrics: readonly Metric[]
  readonly deskIds: readonly string[]
  readonly dimension: string | null
  readonly periods: readonly Period[]
}

/** All tickets, and those of a dimension by their values. */
async function read(
  { store, tenant }: Context,
  { generation }: Place,
  { metrics, deskIds, dimension, periods }: Wanted,
): Promise<{ readonly whole: readonly Found[]; readonly parts: readonly Found[] }> {
  const any = dimension === null ? null : anyOf(dimension).dimension
  const dimensions = [EVERYTHING.dimension, ...(dimension === null ? [] : [dimension]), ...(any === null ? [] : [any])]
  const cells = periods.map(cellsOf)
  const asked = { tenant_id: tenant.id, generation, metrics, dimensions, desk_ids: deskIds }
  const runs = cells.flatMap((each, nth) => each.runs.map((run) => ({ nth, ...run })))
  const days = [...new Set(cells.flatMap(({ partial }) => partial))]
  const [sums, rows] = await Promise.all([
    runs.length === 0 ? [] : store.run(SUMS.with({ ...asked, runs })),
    days.length === 0 ? [] : store.run(QUARTERS.with({ ...asked, days })),
  ])
  const nthsOf = nthsByDay(cells.map(({ partial }) => partial))
  const all = [
    ...sums.map(({ desk_id: deskId, ...row }) => ({ ...row, deskId })),
    ...rows.flatMap(({ day, quarters, desk_id: deskId, ...row }) => {
      const nths = nthsOf.get(day) ?? []
      return quartersIn(quarters).flatMap(({ quarter, ...figure }) => {
        const when = day * QUARTERS_A_DAY + quarter
        const nth = nths.find((each) => (periods[each]?.from ?? 0) <= when && when < (periods[each]?.to ?? 0))
        return nth === undefined ? [] : [{ ...row, ...figure, deskId, nth }]
      })
    }),
  ]
  const of = (wanted: string | null) => all.filter((each) => each.dimension === wanted)
  const whole = of(EVERYTHING.dimension)
  const without = dimension !== null && isOpen(dimension)
  return {
    whole,
    parts: [
      ...of(dimension),
      ...(without ? [...whole, ...of(any).map((each) => ({ ...each, tickets: -each.tickets, sum: -each.sum }))] : []),
    ],
  }
}

/** Which periods each day is in. */
function nthsByDay(partial: readonly (readonly number[])[]): ReadonlyMap<number, readonly number[]> {
  const nths = new Map<number, number[]>()
  for (const [nth, days] of partial.entries())
    for (const day of days) {
      const known = nths.get(day)
      if (known) known.push(nth)
      else nths.set(day, [nth])
    }
  return nths
}

function figuresOf(metrics: Readonly<Partial<Record<Measure, Metric>>>, found: readonly Found[]): Figures {
  return Object.fromEntries(
    MEASURES.flatMap((measure) => {
      const metric = metrics[measure]
      if (metric === undefined) return []
      const those = found.filter((each) => each.metric === metric)
      const total = (of: (each: Found) => number): number => those.reduce((sum, each) => sum + of(each), 0)
      return [[measure, { tickets: total(({ tickets }) => tickets), sum: total(({ sum }) => sum) }]]
    }),
  )
}

function timesOf(
  { from: asked }: ReportAsked,
  { from, to }: Period,
  span: Period,
): { readonly from: Instant | null; readonly to: Instant } {
  return { from: asked === null && from === span.from ? null : at(from), to: at(to) }
}

function at(quarter: number): Instant {
  return new Date(quarter * QUARTER_MS).toISOString()
}

async function namesOf(
  ctx: Context,
  by: string | null,
  values: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const { tenant } = ctx
  const records: Readonly<Record<string, readonly { readonly id: string | number; readonly name: string }[]>> = {
    [DESK]: tenant.desks,
    group: tenant.groups,
    topic: tenant.topics,
    channel: tenant.channels,
  }
  const known = records[by ?? '']
  if (known) return new Map(known.map(({ id, name }) => [String(id), name]))
  const ids = values.flatMap((value) => (value === null || value === NOTHING ? [] : [value]))
  if (by === 'assignee') {
    const users = await findUsers(ctx, ids)
    return new Map(users.map((user) => [user.id, fullName(user) || (user.email ?? '')]))
  }
  const field = tenant.fields.find(({ key }) => fieldDimension(key) === by)
  const labels = new Map(field?.choices.map(({ value, label }) => [value, label]))
  return new Map(ids.map((id) => [id, labels.get(id) ?? id]))
}
