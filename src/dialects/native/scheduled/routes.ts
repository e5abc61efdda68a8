import type { Context } from '../../../core/context.ts'
import {
  cancelScheduled,
  changeScheduled,
  getScheduled,
  listScheduled,
  type ScheduledVersion,
  schedule,
} from '../../../core/scheduled/commands.ts'
import type { Scheduled } from '../../../core/scheduled/scheduled.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import type { Need } from '../auth.ts'
import { decodeRef } from '../reference.ts'
import { versionsIn } from '../tickets/entity-tags.ts'
import { TicketParams } from '../tickets/schema.ts'
import { decodeNewScheduled, decodeScheduledChange, encodeScheduled } from './codec.ts'
import {
  NewScheduledBody,
  ScheduledAnswer,
  ScheduledChangeBody,
  ScheduledListAnswer,
  ScheduledParams,
  ScheduledVersionAnswer,
} from './schema.ts'

const READ: Need = ['ticket.read', 'message.read_internal']
/** What a message needs once it is sent. */
const WRITE: Need = [...READ, 'message.reply', 'message.note', 'ticket.status']

const IF_MATCH = { 'If-Match': 'Its ETag: refused with 412 when it has changed since.' }

export const scheduledRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/tickets/:id/scheduled',
    operationId: 'listScheduled',
    summary:
      'List the messages of a ticket that are sent later, the first of them first: yours, and to who may read internal messages all',
    need: READ,
    params: TicketParams,
    answers: { 200: ScheduledListAnswer },
    handle: async ({ ctx, params }) => {
      const all = await listScheduled(ctx, decodeRef(params, 'ticket'))
      return { status: 200, body: { data: all.map((each) => encodeScheduled(ctx, each)) } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tickets/:id/scheduled',
    operationId: 'scheduleMessage',
    summary: 'Have a reply or note sent later, with no more rights than you have now, nor than you have then',
    need: WRITE,
    params: TicketParams,
    body: NewScheduledBody,
    isText: texts('text', 'html'),
    answers: { 201: ScheduledVersionAnswer },
    handle: async ({ ctx, params, body }) => {
      const draft = body.draft?.toLowerCase() ?? null
      const made = await schedule(ctx, decodeRef(params, 'ticket'), decodeNewScheduled(body), draft)
      const location = `/v1/tickets/${params.id.toLowerCase()}/scheduled/${made.id}`
      return { ...answerVersion(made), status: 201, headers: { etag: `"${made.version}"`, location } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tickets/:id/scheduled/:scheduled',
    operationId: 'getScheduled',
    summary: 'Show a message that is sent later',
    need: READ,
    params: ScheduledParams,
    answers: { 200: ScheduledAnswer },
    handle: async ({ ctx, params }) =>
      answerScheduled(ctx, await getScheduled(ctx, decodeRef(params, 'ticket'), params.scheduled)),
  }),
  route({
    method: 'PATCH',
    path: '/v1/tickets/:id/scheduled/:scheduled',
    operationId: 'changeScheduled',
    summary:
      'Change what is sent later: absent fields stay; one that was held waits again; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: WRITE,
    params: ScheduledParams,
    body: ScheduledChangeBody,
    isText: texts('text', 'html'),
    answers: { 200: ScheduledVersionAnswer },
    handle: async ({ ctx, params, body, headers }) => {
      const precondition = { versions: versionsIn(headers, 'If-Match') }
      const changeOf = (found: Scheduled) => decodeScheduledChange(found, body)
      const ref = decodeRef(params, 'ticket')
      return answerVersion(await changeScheduled(ctx, ref, params.scheduled, changeOf, precondition))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/tickets/:id/scheduled/:scheduled',
    operationId: 'cancelScheduled',
    summary: 'Cancel a message that is sent later; If-Match with its ETag refuses a changed one',
    headers: IF_MATCH,
    need: WRITE,
    params: ScheduledParams,
    answers: { 204: null },
    handle: async ({ ctx, params, headers }) => {
      const precondition = { versions: versionsIn(headers, 'If-Match') }
      await cancelScheduled(ctx, decodeRef(params, 'ticket'), params.scheduled, precondition)
      return { status: 204 }
    },
  }),
]

function answerScheduled(ctx: Context, scheduled: Scheduled) {
  return { status: 200, headers: { etag: `"${scheduled.version}"` }, body: encodeScheduled(ctx, scheduled) }
}

function answerVersion({ id, version }: ScheduledVersion) {
  return { status: 200, headers: { etag: `"${version}"` }, body: { id, version } }
}
