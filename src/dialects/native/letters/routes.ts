import { countLetters, getLetter, holdLetter, listLetters, resendLetter } from '../../../core/mail/outgoing/outbox.ts'
import { clearUndeliverable, listUndeliverable } from '../../../core/mail/outgoing/undeliverable.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { cursorAfterId, decodeId, decodeLimit } from '../paging.ts'
import { decodeFilter, encodeLetter } from './codec.ts'
import {
  ChangedLetterAnswer,
  LetterAnswer,
  LetterCountsAnswer,
  LetterListAnswer,
  LetterParams,
  LetterQuery,
  UndeliverableListAnswer,
  UndeliverableParams,
  UndeliverableQuery,
} from './schema.ts'

/** Whoever reads notes on a desk sees its letters. A list may be of a ticket. */
const READ: Need = ['message.read_internal', 'ticket.read']
const WRITE: Need = [...READ, 'message.reply']

export const letterRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/letters',
    operationId: 'listLetters',
    summary: 'List what goes out by mail, the newest first: its state, what the server said, and the next attempt',
    need: READ,
    query: LetterQuery,
    answers: { 200: LetterListAnswer },
    handle: async ({ ctx, query }) => {
      const { letters, next } = await listLetters(ctx, decodeFilter(query))
      const data = letters.map((letter) => encodeLetter(ctx.tenant, letter))
      return { status: 200, body: { data, next: next === null ? null : cursorAfterId(next) } }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/letters/counts',
    operationId: 'countLetters',
    summary: 'Count what goes out by mail by its state, and what has waited for too long',
    need: READ,
    answers: { 200: LetterCountsAnswer },
    handle: async ({ ctx }) => ({ status: 200, body: await countLetters(ctx) }),
  }),
  route({
    method: 'GET',
    path: '/v1/letters/:id',
    operationId: 'getLetter',
    summary: 'Show what became of a message that goes by mail',
    need: READ,
    params: LetterParams,
    answers: { 200: LetterAnswer },
    handle: async ({ ctx, params }) => ({
      status: 200,
      body: encodeLetter(ctx.tenant, await getLetter(ctx, params.id)),
    }),
  }),
  route({
    method: 'POST',
    path: '/v1/letters/:id/resend',
    operationId: 'resendLetter',
    summary: 'Send a letter again, or now: the same mail, with the same Message-ID',
    need: WRITE,
    params: LetterParams,
    answers: { 200: ChangedLetterAnswer },
    handle: async ({ ctx, params }) => ({ status: 200, body: await resendLetter(ctx, params.id) }),
  }),
  route({
    method: 'POST',
    path: '/v1/letters/:id/hold',
    operationId: 'holdLetter',
    summary: 'Keep a letter that waits from being sent, until somebody sends it',
    need: WRITE,
    params: LetterParams,
    answers: { 200: ChangedLetterAnswer },
    handle: async ({ ctx, params }) => ({ status: 200, body: await holdLetter(ctx, params.id) }),
  }),
  route({
    method: 'GET',
    path: '/v1/undeliverable_addresses',
    operationId: 'listUndeliverableAddresses',
    summary: 'List the addresses at which mail did not arrive for good, the newest first: nothing more is sent there',
    need: ['user.read'],
    query: UndeliverableQuery,
    answers: { 200: UndeliverableListAnswer },
    handle: async ({ ctx, query }) => {
      const { address } = query
      const page = { before: decodeId(query), limit: decodeLimit(query) }
      const { addresses, next } = await listUndeliverable(ctx, { ...(address !== undefined && { address }), ...page })
      return { status: 200, body: { data: addresses, next: next === null ? null : cursorAfterId(next) } }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/undeliverable_addresses/:id',
    operationId: 'clearUndeliverableAddress',
    summary: 'Have mail sent to an address again, also what was held for it',
    need: ['user.read', 'message.reply'],
    params: UndeliverableParams,
    answers: { 204: null },
    handle: async ({ ctx, params }) => {
      await clearUndeliverable(ctx, params.id)
      return { status: 204 }
    },
  }),
]
