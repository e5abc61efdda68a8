import { Type } from 'typebox'
import { refuseField } from '../../../core/errors.ts'
import { beginImport } from '../../../core/import/commands.ts'
import { LINE_BYTES, LINES_TYPE, SentLines } from '../../lines.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { closed, word } from '../shapes.ts'
import { encodeReport, readLine } from './codec.ts'
import { ReportAnswer } from './schema.ts'

const ImportQuery = closed({
  dry_run: Type.Optional(word(['true', 'false'], 'true: only tells what would come of it.')),
})

const Body = Type.Unsafe<unknown>({
  contentMediaType: LINES_TYPE,
  description: 'Lines as an export has them; docs/import-export.md tells what has to be in them.',
})

export const importRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/v1/import',
    operationId: 'importRecords',
    summary: 'Import lines of an export, or of another system; what is here already stays',
    need: [
      'tenant.manage',
      ...(['catalogue.manage', 'user.manage', 'user.read', 'attachment.create', 'ticket.create'] as const),
    ],
    takesLines: true,
    withoutKey: 'The same lines once more find what they made, and change nothing.',
    query: ImportQuery,
    body: Body,
    answers: { 200: ReportAnswer },
    handle: async ({ ctx, query, body, services }) => {
      if (!(body instanceof SentLines)) return refuseField([], 'required', 'Lines are required.')
      const around = { dryRun: query.dry_run === 'true', tenant: () => services.access.tenant(ctx.tenant.id) }
      const run = beginImport(ctx, around)
      let lines = 0
      try {
        for await (const { number, bytes } of body.lines) {
          lines = number
          if (bytes === null) {
            const message = `At most ${LINE_BYTES} bytes.`
            run.refuse(number, { kind: 'line', id: null }, [{ path: [], rule: 'too_long', message, limit: LINE_BYTES }])
            continue
          }
          if (bytes.length === 0) continue
          const line = readLine(bytes, services.clock().toISOString())
          if ('issues' in line) run.refuse(number, line.about, line.issues)
          else {
            if (line.imported) await run.take(number, line.imported)
            if (line.unknown.length > 0) run.leaveOut(number, line.about, line.unknown)
          }
        }
      } finally {
        await run.end()
      }
      return { status: 200, body: encodeReport(run.report(lines)) }
    },
  }),
]
