import { QUARTER_MS, QUARTERS_A_DAY, SPANS, type Span } from './rules.ts'

/** How a span of time is divided, by the calendar of a time zone. A week begins on Monday. */
export const INTERVALS = ['day', 'week', 'month'] as const
export type Interval = (typeof INTERVALS)[number]

/** A span of time that begins with `from` and ends before `to`, in quarters of an hour since the beginning of 1970. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** Whether a time zone is known. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** When a day begins in a time zone, in milliseconds; null for what is no day. */
export function beginningOf(day: string, zone: string): number | null {
  try {
    return Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return null
  }
}

/** The quarter of an hour in which a time lies. Zones of long ago differed from UTC by odd minutes: their days begin in it. */
export function quarterOf(milliseconds: number): number {
  return Math.floor(milliseconds / QUARTER_MS)
}

/** The quarter of an hour before which a time lies, or at which. */
export function quarterBehind(milliseconds: number): number {
  return Math.ceil(milliseconds / QUARTER_MS)
}

/**
 * A period divided by the calendar of a time zone; its first and last part may be shorter.
 *
 * @param most as many parts as there may be. @returns null for more.
 */
export function partsOf(
  { from, to }: Period,
  interval: Interval,
  zone: string,
  most: number,
): readonly Period[] | null {
  const periods: Period[] = []
  let begin = firstOf(Temporal.Instant.fromEpochMilliseconds(from * QUARTER_MS).toZonedDateTimeISO(zone), interval)
  for (let at = from; at < to; ) {
    if (periods.length === most) return null
    begin = begin.add({ [`${interval}s`]: 1 })
    const end = Math.min(quarterOf(begin.toZonedDateTime(zone).epochMilliseconds), to)
    if (end > at) periods.push({ from: at, to: end })
    at = Math.max(at, end)
  }
  return periods
}

/** The day with which the part begins in which a time lies. */
function firstOf(time: Temporal.ZonedDateTime, interval: Interval): Temporal.PlainDate {
  const day = time.toPlainDate()
  if (interval === 'week') return day.subtract({ days: day.dayOfWeek - 1 })
  return interval === 'month' ? day.with({ day: 1 }) : day
}

/** Days of a period that are read as a whole: cells of one span from one day to another. */
export interface Run {
  readonly span: Span
  readonly first: number
  readonly last: number
}

/** What a period consists of: whole days, and days of which only some quarters are in it. All in UTC, as cells are. */
export function cellsOf({ from, to }: Period): { readonly runs: readonly Run[]; readonly partial: readonly number[] } {
  const [first, end] = [Math.ceil(from / QUARTERS_A_DAY), Math.floor(to / QUARTERS_A_DAY)]
  const partial = [Math.floor(from / QUARTERS_A_DAY), Math.floor((to - 1) / QUARTERS_A_DAY)].filter(
    (day) => day < first || day >= end,
  )
  return { runs: runsOf(first, end), partial: to > from ? [...new Set(partial)] : [] }
}

function runsOf(first: number, end: number): readonly Run[] {
  if (first >= end) return []
  const [, long] = SPANS
  const [begin, stop] = [Math.ceil(first / long) * long, Math.floor(end / long) * long]
  if (begin >= stop) return [{ span: 1, first, last: end - 1 }]
  const runs: readonly Run[] = [
    { span: 1, first, last: begin - 1 },
    { span: long, first: begin, last: stop - long },
    { span: 1, first: stop, last: end - 1 },
  ]
  return runs.filter((run) => run.first <= run.last)
}
