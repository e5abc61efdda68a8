import { Readable } from 'node:stream'
import { create as contentDisposition } from 'content-disposition'
import { readReport, ticketsBehind } from '../../../core/reports/queries.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { decodeLimit } from '../paging.ts'
import { answerTickets } from '../tickets/answers.ts'
import { decodeBehind, decodeReport, decodeValue, encodeCsv, encodeReport } from './codec.ts'
import { BehindAnswer, BehindQuery, ReportAnswer, ReportParams, ReportQuery } from './schema.ts'

const CSV_TYPE = 'text/csv'
/** The second names people in queries and in rows. */
const NEED: Need = ['report.read', 'user.read', 'ticket.read']

export const reportRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/reports/:name',
    operationId: 'readReport',
    summary: `Read a report: how many tickets count as something in a time, and what they come to; as ${CSV_TYPE} for tables`,
    headers: { Accept: `${CSV_TYPE} for lines of CSV.` },
    need: NEED,
    params: ReportParams,
    query: ReportQuery,
    orWith: CSV_TYPE,
    answers: { 200: ReportAnswer },
    handle: async ({ ctx, params, query, headers }) => {
      const asked = decodeReport(params.name, query)
      const reading = await readReport(ctx, asked)
      if (query.format !== 'csv' && (query.format === 'json' || !wantsCsv(headers['accept'])))
        return { status: 200, body: encodeReport(asked, reading) }
      const name = contentDisposition(`${params.name}-${reading.to.slice(0, 10)}.csv`)
      return {
        status: 200,
        headers: {
          'content-type': `${CSV_TYPE}; charset=utf-8`,
          'content-disposition': name,
          'cache-control': 'private, no-store',
        },
        body: Readable.from([encodeCsv(asked, reading)]),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/reports/:name/tickets',
    operationId: 'listReportTickets',
    summary: 'List the tickets behind a figure of a report, those that count latest first',
    need: NEED,
    params: ReportParams,
    query: BehindQuery,
    answers: { 200: BehindAnswer },
    handle: async ({ ctx, params, query }) => {
      const { tickets, next } = await ticketsBehind(ctx, decodeReport(params.name, query), {
        ...{ measure: query.measure ?? 'all', value: decodeValue(query) },
        ...{ cursor: decodeBehind(query), limit: decodeLimit(query) },
      })
      return answerTickets(ctx.tenant, tickets, next, () => ({}))
    },
  }),
]

function wantsCsv(accept: string | string[] | undefined): boolean {
  return [accept ?? ''].flat().some((each) => each.toLowerCase().includes(CSV_TYPE))
}
