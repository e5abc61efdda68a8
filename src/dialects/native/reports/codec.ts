import { refuseField } from '../../../core/errors.ts'
import { isInstant } from '../../../core/instant.ts'
import type { BehindCursor, Figures, Reading, ReportAsked } from '../../../core/reports/queries.ts'
import { type Figure, MEASURES, type ReportName, reportOf } from '../../../core/reports/report.ts'
import { UUID } from '../../../core/uuid.ts'
import { decodeKey } from '../paging.ts'
import { csvOf } from './csv.ts'
import type { BehindQuery, ReportAnswer, ReportQuery } from './schema.ts'

export function decodeReport(name: ReportName, query: ReportQuery | BehindQuery): ReportAsked {
  return {
    name,
    from: query.from ?? null,
    to: query.to ?? null,
    zone: query.zone ?? 'UTC',
    by: query.by ?? null,
    interval: 'interval' in query ? (query.interval ?? null) : null,
    query: query.q ?? null,
    dialect: query.dialect ?? null,
  }
}

/** The value whose tickets are wanted. @throws Refusal `invalid` where nothing is told apart */
export function decodeValue({ by, value }: BehindQuery): string | null {
  if (value !== undefined && by === undefined) return refuseField(['value'], 'not_allowed', 'Is a value of by.')
  return value ?? null
}

/** @throws Refusal `invalid` */
export function decodeBehind(query: BehindQuery): BehindCursor | null {
  const key = decodeKey(query)
  return key && isInstant(key.at) && UUID.test(key.id) ? key : null
}

export function encodeReport(asked: ReportAsked, reading: Reading): ReportAnswer {
  const { unit } = reading
  const figure = (each: Figure) => ({ ...each, mean: unit === null ? null : meanOf(each) })
  const figures = ({ all = { tickets: 0, sum: 0 }, people, automations }: Figures) => ({
    all: figure(all),
    people: people ? figure(people) : null,
    automations: automations ? figure(automations) : null,
  })
  return {
    name: reading.name,
    unit,
    from: reading.from,
    to: reading.to,
    zone: asked.zone,
    by: asked.by,
    total: figures(reading.total),
    rows: reading.rows.map((row) => ({ ...row, figures: figures(row.figures) })),
    position: reading.position,
    behind: reading.behind,
    complete: reading.complete,
  }
}

function meanOf({ tickets, sum }: Figure): number | null {
  return tickets === 0 ? null : Math.round((sum / tickets) * 100) / 100
}

/** The rows of a report as CSV, and no total: whoever has the rows has that. */
export function encodeCsv(asked: ReportAsked, { rows, unit }: Reading): string {
  const { metrics } = reportOf(asked.name)
  const measures = MEASURES.filter((measure) => measure in metrics)
  const columns = (measure: string) => [`${measure}_tickets`, ...(unit === null ? [] : [`${measure}_${unit}`])]
  const told = asked.by === null ? [] : [asked.by, 'name']
  return csvOf([
    [...told, 'from', 'to', ...measures.flatMap(columns)],
    ...rows.map(({ value, name, from, to, figures }) => [
      ...(asked.by === null ? [] : [value, name]),
      ...[from, to],
      ...measures.flatMap((measure) => {
        const { tickets, sum } = figures[measure] ?? { tickets: 0, sum: 0 }
        return [tickets, ...(unit === null ? [] : [sum])]
      }),
    ]),
  ])
}
