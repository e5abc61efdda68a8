import type { Tenant } from '../../../core/catalogue/tenant.ts'
import { refuseField } from '../../../core/errors.ts'
import type { Delivery, SentLetter } from '../../../core/mail/outgoing/delivery.ts'
import { OUTGOING_STATES } from '../../../core/mail/outgoing/fate.ts'
import type { LetterFilter } from '../../../core/mail/outgoing/outbox.ts'
import { namesOf } from '../names.ts'
import { decodeId, decodeLimit } from '../paging.ts'
import { decodeRef } from '../reference.ts'
import type { LetterAnswer, LetterQuery } from './schema.ts'

/** Which letters are asked for. @throws Refusal `invalid` */
export function decodeFilter(query: LetterQuery): LetterFilter {
  const { state, desk, ticket } = query
  return {
    ...(state !== undefined && { states: state.split(',').map(stateOf) }),
    ...(desk !== undefined && { deskId: desk.toLowerCase() }),
    ...(ticket !== undefined && { ticket: decodeRef({ id: ticket }, 'ticket') }),
    before: decodeId(query),
    limit: decodeLimit(query),
  }
}

function stateOf(word: string) {
  const state = OUTGOING_STATES.find((each) => each === word.trim())
  return state ?? refuseField(['state'], 'choice', `Must be some of ${OUTGOING_STATES.join(', ')}.`)
}

export function encodeDelivery({ state, answer, heldBecause, attempts, nextAt, finishedAt }: Delivery) {
  return { state, answer, held_because: heldBecause, attempts, next_at: nextAt, finished_at: finishedAt }
}

export function encodeLetter(tenant: Tenant, letter: SentLetter): LetterAnswer {
  const { id, mailId, ticket, deskId, to, copies, createdAt } = letter
  return {
    ...{ id, message_id: mailId },
    ...encodeDelivery(letter),
    ...{ ticket, desk: namesOf(tenant).desk(deskId), to, copies, created_at: createdAt },
  }
}
