import { type Static, Type } from 'typebox'
import { FILES_OF_A_MESSAGE } from '../../../core/attachments/rules.ts'
import { SCHEDULED_STATES } from '../../../core/scheduled/scheduled.ts'
import { STATUSES } from '../../../core/words.ts'
import { ProblemBody } from '../errors.ts'
import { closed, id, instant, textOrNull, word } from '../shapes.ts'
import { TicketParams, VISIBILITIES } from '../tickets/schema.ts'

export const ScheduledParams = Type.Object({
  ...TicketParams.properties,
  scheduled: Type.String({ description: 'UUID of the message that is sent later.' }),
})

const content = {
  text: Type.Optional(Type.String({ description: 'Plain text; not together with html.' })),
  html: Type.Optional(Type.String({ description: 'HTML; not together with text.' })),
  attachments: Type.Optional(
    Type.Array(Type.String({ format: 'uuid', description: 'An attachment that you uploaded.' }), {
      maxItems: FILES_OF_A_MESSAGE,
      description: 'Files of the message.',
    }),
  ),
  status: Type.Optional(
    Type.Unsafe<(typeof STATUSES)[number] | null>({
      ...{ type: ['string', 'null'], enum: [...STATUSES, null] },
      description: 'The status of the ticket with this message; null for the one by the lifecycle.',
    }),
  ),
  unless_answered: Type.Optional(
    Type.Boolean({ description: 'Not to be sent once the requester has said something; false by default.' }),
  ),
}
const sendAt = Type.String({ format: 'date-time', description: 'When it is sent, up to a year from now.' })

export const NewScheduledBody = closed({
  ...content,
  visibility: Type.Optional(word(VISIBILITIES, 'A public reply, or an internal note; public by default.')),
  send_at: sendAt,
  draft: Type.Optional(Type.String({ format: 'uuid', description: 'Your draft of it, which goes with it.' })),
})
export type NewScheduledBody = Static<typeof NewScheduledBody>

export const ScheduledChangeBody = closed({ ...content, send_at: Type.Optional(sendAt) })
export type ScheduledChangeBody = Static<typeof ScheduledChangeBody>

export const ScheduledAnswer = closed({
  id,
  version: Type.Integer({ description: 'Goes up with each change; it is the ETag.' }),
  author: closed({ id, name: Type.String(), surname: Type.String() }),
  visibility: word(VISIBILITIES),
  text: textOrNull,
  html: textOrNull,
  attachments: Type.Array(closed({ id, name: Type.String(), size: Type.Integer() })),
  status: Type.Unsafe<(typeof STATUSES)[number] | null>({ type: ['string', 'null'], enum: [...STATUSES, null] }),
  send_at: instant,
  unless_answered: Type.Boolean(),
  state: word(
    SCHEDULED_STATES,
    'It waits for its time; it could not be sent and is held until it is changed; or an answer came first.',
  ),
  problem: Type.Unsafe<unknown>({
    ...ProblemBody,
    type: ['object', 'null'],
    description: 'Why it is held: what a message of then was answered; null where it is not.',
  }),
  changeable: Type.Boolean({ description: 'Whether you may change and cancel it: it is yours.' }),
})
export type ScheduledAnswer = Static<typeof ScheduledAnswer>

export const ScheduledVersionAnswer = closed({
  id,
  version: Type.Integer({ description: 'Goes up with each change; it is the ETag.' }),
})
export const ScheduledListAnswer = closed({ data: Type.Array(ScheduledAnswer) })
