import { create as contentDisposition } from 'content-disposition'
import { Type } from 'typebox'
import { linkingIn } from '../../../core/attachments/links.ts'
import { beginExport } from '../../../core/export/commands.ts'
import { LONGEST_QUERY } from '../../../core/query/query.ts'
import { LINES_TYPE } from '../../lines.ts'
import { type Route, route } from '../../route.ts'
import { type Need, readerNow } from '../auth.ts'
import { closed, word } from '../shapes.ts'
import { decodeAfter } from './cursor.ts'
import { exportStream } from './stream.ts'

const Lines = Type.Unsafe<unknown>({
  contentMediaType: LINES_TYPE,
  description:
    'An object of JSON in each line; the first tells the format, and the last how many there were. All of it is told in docs/import-export.md.',
})

const ExportQuery = closed({
  q: Type.Optional(
    Type.String({
      maxLength: LONGEST_QUERY,
      description: 'Only the tickets that it finds, as in listTickets, without people and catalogue.',
    }),
  ),
  files: Type.Optional(word(['true', 'false'], 'true: with the bytes of files, in the place of links to them.')),
  after: Type.Optional(
    Type.String({ description: 'The last `cursor` of an export that was cut off: it goes on behind that line.' }),
  ),
})

export const exportRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/export',
    operationId: 'exportRecords',
    summary: 'Export all that you see, or the tickets of a query, as lines of JSON',
    need: ['export', 'ticket.read', 'message.read_internal', 'user.read', 'catalogue.read'],
    query: ExportQuery,
    answersWith: LINES_TYPE,
    answers: { 200: Lines },
    handle: async ({ ctx, query, headers, services }) => {
      const asked = { query: query.q ?? null, files: query.files === 'true', after: decodeAfter(query) }
      const begun = await beginExport(ctx, asked)
      const stream = exportStream(begun, {
        ...{ tenant: ctx.tenant, asked, now: ctx.now, stopping: services.feed.ended },
        linkTo: asked.files ? null : linkingIn(services.links, ctx),
        mayGoOn: async () => (await readerNow(headers, services))?.permissions.has('export') ?? false,
      })
      return {
        status: 200,
        headers: {
          'content-type': LINES_TYPE,
          'content-disposition': contentDisposition(`polydesk-${ctx.now.slice(0, 10)}.ndjson`),
          'cache-control': 'private, no-store',
          'x-accel-buffering': 'no',
        },
        body: stream,
      }
    },
  }),
]
