import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ListReportTicketsQuery, ReadReportAnswer, ReadReportQuery } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { usePages } from '../api/pages.ts'
import { languageNow } from '../i18n/words.ts'

export type ReportName = ReadReportAnswer['name']
export type ReportRow = ReadReportAnswer['rows'][number]

export const REPORTS = [
  'created',
  'solved',
  'backlog',
  'first_response',
  'resolution',
  'replies',
  'reopened',
] as const satisfies readonly ReportName[]

/** By what a report is told apart: by time, or by what tickets have. */
export const PARTS = ['time', 'desk', 'group', 'assignee', 'topic', 'tag', 'channel', 'dialect'] as const
export type Part = (typeof PARTS)[number]

/** How far back a report goes, in days, and by what it is divided then. */
export const RANGES = [
  { days: 7, interval: 'day' },
  { days: 30, interval: 'day' },
  { days: 90, interval: 'week' },
  { days: 365, interval: 'month' },
] as const
export type Range = (typeof RANGES)[number]

/** The device's own time zone. */
const zone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** A day of the device, as the API takes it. */
function dayAt(daysAgo: number): string {
  const day = new Date()
  day.setDate(day.getDate() - daysAgo)
  const two = (amount: number): string => String(amount).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** What is asked for. A backlog is that of now, by age, unless it is told apart by something else. */
export function askedOf(name: ReportName, { days, interval }: Range, part: Part): ReadReportQuery {
  const apart = part === 'time' ? {} : { by: part }
  if (name === 'backlog') return { zone: zone(), ...apart }
  const span = { from: dayAt(days - 1), to: dayAt(-1), zone: zone() }
  return part === 'time' ? { ...span, interval } : { ...span, ...apart }
}

/** A report, counted again whenever somebody looks. */
export function useReport(name: ReportName, query: ReadReportQuery) {
  return useQuery({
    queryKey: keys.report(name, query),
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => client.call('readReport', { params: { name }, query, signal }),
  })
}

/** The tickets behind a figure. */
export function useTicketsBehind(name: ReportName, query: ListReportTicketsQuery) {
  return usePages({
    queryKey: keys.report(name, query),
    isFresh: true,
    read: (at, signal) =>
      client.call('listReportTickets', {
        params: { name },
        query: { ...query, limit: '25', ...at },
        signal,
      }),
  })
}

/** What opens the tickets of a row. */
export function behind({ by, zone: ofReport }: ReadReportAnswer, row: ReportRow): ListReportTicketsQuery {
  return {
    ...{ zone: ofReport, to: row.to },
    ...(row.from !== null && { from: row.from }),
    ...(by !== null && { by }),
    ...(row.value !== null && { value: row.value }),
  }
}

/** The address of a report as a table. */
export function tableOf(name: ReportName, query: ReadReportQuery): string {
  return `/v1/reports/${name}?${new URLSearchParams({ ...query, format: 'csv' })}`
}

/** What a ticket comes to on average, as briefly as it can be told. */
export function mean({ unit }: ReadReportAnswer, amount: number | null): string {
  if (amount === null) return ''
  const number = new Intl.NumberFormat(languageNow(), { maximumFractionDigits: 1 })
  if (unit !== 'seconds') return number.format(amount)
  const [size, name] = amount < 3_600 ? [60, 'minute'] : amount < 172_800 ? [3_600, 'hour'] : [86_400, 'day']
  const style = { style: 'unit', unit: name, maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(languageNow(), style).format(amount / size)
}

/** A day of a report, in its own zone. */
export function dayOf(instant: string, { zone: timeZone }: ReadReportAnswer): string {
  return new Intl.DateTimeFormat(languageNow(), { dateStyle: 'medium', timeZone }).format(new Date(instant))
}
