import { discardUnsent, listUnsent, saveUnsent } from '../../../core/unsent/commands.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import type { Need } from '../auth.ts'
import { decodeRef } from '../reference.ts'
import { versionsIn } from '../tickets/entity-tags.ts'
import { TicketParams } from '../tickets/schema.ts'
import { decodeDraftId, decodeWritten, encodeDraft } from './codec.ts'
import { DraftAnswer, DraftBody, DraftListAnswer, DraftParams } from './schema.ts'

/** Whoever may say something may write it first. */
const NEED: Need = ['ticket.read', 'message.reply', 'message.note']

export const draftRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/tickets/:id/drafts',
    operationId: 'listDrafts',
    summary: 'List what you have written on a ticket and not sent: at most a reply and a note, the latest first',
    need: NEED,
    params: TicketParams,
    answers: { 200: DraftListAnswer },
    handle: async ({ ctx, params }) => {
      const drafts = await listUnsent(ctx, decodeRef(params, 'ticket'))
      return { status: 200, body: { data: drafts.map(encodeDraft) } }
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/tickets/:id/drafts/:draft',
    operationId: 'saveDraft',
    summary:
      'Keep what you have written on a ticket by now; If-Match with its ETag never brings back what was sent or discarded',
    headers: { 'If-Match': "The draft's ETag: refused with 412 when it has changed since, with 404 when it is gone." },
    withoutKey: 'Keeping what is kept is the same; by its version a second one is refused.',
    need: NEED,
    params: DraftParams,
    body: DraftBody,
    isText: texts('text', 'html'),
    answers: { 200: DraftAnswer },
    handle: async ({ ctx, params, body, headers }) => {
      const asked = {
        id: decodeDraftId(params),
        written: decodeWritten(body),
        versions: versionsIn(headers, 'If-Match'),
      }
      const draft = await saveUnsent(ctx, decodeRef(params, 'ticket'), asked)
      return { status: 200, headers: { etag: `"${draft.version}"` }, body: encodeDraft(draft) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/tickets/:id/drafts/:draft',
    operationId: 'discardDraft',
    summary: 'Throw away what you have written on a ticket; If-Match with its ETag refuses a changed one',
    headers: { 'If-Match': "The draft's ETag: refused with 412 when it has changed since." },
    withoutKey: 'Once it is gone there is none, however often that is asked for.',
    need: NEED,
    params: DraftParams,
    answers: { 204: null },
    handle: async ({ ctx, params, headers }) => {
      const asked = { id: decodeDraftId(params), versions: versionsIn(headers, 'If-Match') }
      await discardUnsent(ctx, decodeRef(params, 'ticket'), asked)
      return { status: 204 }
    },
  }),
]
