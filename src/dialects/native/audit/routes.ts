import { Type } from 'typebox'
import { AUDITED_KINDS, listAudit } from '../../../core/events/audit.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { encodeEvent } from '../events/codec.ts'
import { EventAnswer } from '../events/schema.ts'
import { cursorAt, decodeCount, decodeLimit, pageParameters } from '../paging.ts'
import { closed, id, instant, listOf, word } from '../shapes.ts'
import { decodeInstant } from '../tickets/codec.ts'

const AuditQuery = closed({
  ...pageParameters,
  actor: Type.Optional({ ...id, description: 'Only what this user did.' }),
  kind: Type.Optional(word(AUDITED_KINDS, 'Only events of this kind.')),
  from: Type.Optional({ ...instant, description: 'Only from this time on.' }),
  to: Type.Optional({ ...instant, description: 'Only before this time.' }),
})

export const auditRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/audit',
    operationId: 'listAudit',
    summary: 'List who changed people, credentials and settings, and who exported, the latest first',
    need: ['audit.read'],
    query: AuditQuery,
    answers: { 200: listOf(EventAnswer) },
    handle: async ({ ctx, query }) => {
      const { events, next } = await listAudit(ctx, {
        kinds: query.kind === undefined ? null : [query.kind],
        actorId: query.actor ?? null,
        from: query.from === undefined ? null : decodeInstant('from', query.from),
        to: query.to === undefined ? null : decodeInstant('to', query.to),
        before: decodeCount(query) || null,
        limit: decodeLimit(query),
      })
      return { status: 200, body: { data: events.map(encodeEvent), next: next === null ? null : cursorAt(next) } }
    },
  }),
]
