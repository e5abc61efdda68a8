import { refuseField } from '../../../core/errors.ts'
import { fileByHand } from '../../../core/mail/intake/by-hand.ts'
import { takeMail } from '../../../core/mail/intake/commands.ts'
import { countMail, getMail, getRawMail, listMail } from '../../../core/mail/intake/queries.ts'
import { MAIL_TYPE, SentMail } from '../../raw-mail.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { cursorAfterId, decodeId, decodeLimit } from '../paging.ts'
import { decodeRef } from '../reference.ts'
import { encodeCounts, encodeExplanation, encodeMail } from './codec.ts'
import {
  ExplanationAnswer,
  FileMailBody,
  HandedOverAnswer,
  HandOverQuery,
  MailAnswer,
  MailCountsAnswer,
  MailListAnswer,
  MailParams,
  MailQuery,
  RawMail,
} from './schema.ts'

/** Whoever reads notes on a desk sees its mail; of no desk who manages the mail of all. A list may be of a ticket. */
const NEED: Need = ['message.read_internal', 'mail.manage', 'ticket.read']

export const mailRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/v1/mail',
    operationId: 'handOverMail',
    summary: 'Hand over a mail that came in; it is kept, then filed',
    need: ['mail.manage'],
    takesMail: true,
    query: HandOverQuery,
    body: RawMail,
    answers: { 202: HandedOverAnswer },
    handle: async ({ ctx, query, body, services }) => {
      if (!(body instanceof SentMail)) return refuseField([], 'required', 'A mail is required.')
      const { recipient = null, sender = null } = query
      const id = await takeMail(ctx, { raw: body.bytes, recipient, sender })
      services.mailWork.wake(ctx.tenant.id)
      return { status: 202, headers: { location: `/v1/mail/${id}` }, body: { id } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/mail',
    operationId: 'listMail',
    summary: 'List the mail that came in, the newest first',
    need: NEED,
    query: MailQuery,
    answers: { 200: MailListAnswer },
    handle: async ({ ctx, query }) => {
      const { state, ticket } = query
      const { mails, next } = await listMail(ctx, {
        ...(state !== undefined && { states: [state] }),
        ...(ticket !== undefined && { ticket: decodeRef({ id: ticket }, 'ticket') }),
        before: decodeId(query),
        limit: decodeLimit(query),
      })
      const data = mails.map((mail) => encodeMail(ctx.tenant, mail))
      return { status: 200, body: { data, next: next === null ? null : cursorAfterId(next) } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/mail/counts',
    operationId: 'countMail',
    summary: 'Count the mail that came in by what became of it',
    need: NEED,
    answers: { 200: MailCountsAnswer },
    handle: async ({ ctx }) => ({ status: 200, body: encodeCounts(await countMail(ctx)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/mail/:id',
    operationId: 'getMail',
    summary: 'Show a mail that came in, and what became of it',
    need: NEED,
    params: MailParams,
    answers: { 200: MailAnswer },
    handle: async ({ ctx, params }) => ({
      status: 200,
      body: encodeMail(ctx.tenant, await getMail(ctx, params.id)),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/mail/:id/explain',
    operationId: 'explainMail',
    summary: 'Tell why a mail is where it is: every candidate, every rule, and the decision',
    need: NEED,
    params: MailParams,
    answers: { 200: ExplanationAnswer },
    handle: async ({ ctx, params }) => ({
      status: 200,
      body: encodeExplanation(ctx.tenant, await getMail(ctx, params.id)),
    }),
  }),
  route({
    method: 'POST',
    path: '/v1/mail/:id/file',
    operationId: 'fileMail',
    summary: 'File a mail that is held, automatic or discarded: on a ticket, or as a new one',
    need: [...NEED, 'ticket.create', 'ticket.change', 'message.reply', 'attachment.create'],
    withoutKey: 'A mail is filed once: who does so again is answered with what became of it.',
    params: MailParams,
    body: FileMailBody,
    bodyOptional: true,
    answers: { 200: MailAnswer },
    handle: async ({ ctx, params, body }) => {
      const { ticket, desk } = body
      if (ticket !== undefined && desk !== undefined)
        return refuseField(['desk'], 'not_allowed', 'Is the ticket’s where one is named.')
      const where =
        ticket === undefined ? { deskId: desk?.toLowerCase() ?? null } : { ticket: decodeRef({ id: ticket }, 'ticket') }
      return { status: 200, body: encodeMail(ctx.tenant, await fileByHand(ctx, params.id, where)) }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/mail/:id/raw',
    operationId: 'downloadMail',
    summary: 'Download a mail as it came',
    need: NEED,
    params: MailParams,
    answersWith: MAIL_TYPE,
    answers: { 200: RawMail },
    handle: async ({ ctx, params }) => {
      const headers = {
        'content-type': MAIL_TYPE,
        'content-disposition': 'attachment; filename="mail.eml"',
        // Whoever sent it wrote it, for whatever reads it.
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
      }
      return { status: 200, headers, body: await getRawMail(ctx, params.id) }
    },
  }),
]
