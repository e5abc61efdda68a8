import { type Static, Type } from 'typebox'
import { HELD_REASONS, type HeldReason, OUTGOING_STATES, type OutgoingState } from '../../../core/mail/outgoing/fate.ts'
import { DeskName } from '../names.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, instant, instantOrNull, objectOrNull, word } from '../shapes.ts'

const state = word(
  OUTGOING_STATES,
  'waiting to be sent at its time; sending; sent: a relay has it; uncertain: it may have it, and it is not sent again by itself; refused: given up; bounced: it came back; held: not to be sent.',
)

const undeliverable = {
  id,
  address: Type.String(),
  answer: Type.String({ description: 'What the mail server said of it.' }),
  since: instant,
}

/** What became of a message as a letter. */
export const deliveryProperties = {
  state,
  answer: Type.String({ description: 'What the mail server said last, or why it is held.' }),
  held_because: Type.Unsafe<HeldReason | null>({
    type: ['string', 'null'],
    enum: [...HELD_REASONS, null],
    description:
      'by_hand; no_address: the requester has none; no_desk_address; undeliverable: mail to the requester came back; null for what is not held.',
  }),
  attempts: Type.Integer({ description: 'How often it was tried.' }),
  next_at: instantOrNull,
  finished_at: instantOrNull,
}

export const LetterAnswer = closed({
  id: { ...id, description: 'UUID of its message, too.' },
  message_id: Type.String({ description: 'Its Message-ID, without brackets: the same however often it is sent.' }),
  ...deliveryProperties,
  ticket: closed({ id, integer: Type.Integer(), number: Type.Integer(), title: Type.String() }),
  desk: DeskName,
  to: objectOrNull({ address: Type.String(), name: Type.String(), undeliverable: objectOrNull(undeliverable) }),
  copies: Type.Integer({ description: 'How many others get a copy.' }),
  created_at: instant,
})
export type LetterAnswer = Static<typeof LetterAnswer>

/** It may be gone when a call is repeated: `getLetter` tells the rest. */
export const ChangedLetterAnswer = closed({ id, state })

export const LetterListAnswer = closed({
  data: Type.Array(LetterAnswer),
  next: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Cursor of the next page; null: none.' }),
})

const count = (of: string) => Type.Integer({ description: `How many ${of}.` })
const COUNTED: Readonly<Record<OutgoingState, string>> = {
  waiting: 'wait to be sent',
  sending: 'are being sent',
  sent: 'a relay has',
  uncertain: 'a relay may have',
  refused: 'were given up',
  bounced: 'came back',
  held: 'are not to be sent',
}
export const LetterCountsAnswer = closed({
  waiting: count(COUNTED.waiting),
  sending: count(COUNTED.sending),
  sent: count(COUNTED.sent),
  uncertain: count(COUNTED.uncertain),
  refused: count(COUNTED.refused),
  bounced: count(COUNTED.bounced),
  held: count(COUNTED.held),
  late: count('of those that wait were made more than an hour ago'),
})
export type LetterCountsAnswer = Static<typeof LetterCountsAnswer>

export const UndeliverableListAnswer = closed({
  data: Type.Array(closed(undeliverable)),
  next: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Cursor of the next page; null: none.' }),
})

export const UndeliverableQuery = closed({
  ...pageParameters,
  address: Type.Optional(Type.String({ maxLength: 320, description: 'One address, in any spelling.' })),
})

export const UndeliverableParams = closed({ id })

export const LetterParams = closed({ id: Type.String({ description: 'UUID of the message.' }) })

export const LetterQuery = closed({
  ...pageParameters,
  state: Type.Optional(Type.String({ description: `States, separated by commas: ${OUTGOING_STATES.join(', ')}.` })),
  desk: Type.Optional(Type.String({ format: 'uuid', description: 'UUID of a desk.' })),
  ticket: Type.Optional(Type.String({ description: 'UUID or integer of a ticket.' })),
})
export type LetterQuery = Static<typeof LetterQuery>
