import { type Static, Type } from 'typebox'
import { EVENT_KINDS } from '../../../core/events/event.ts'
import { closed, id, instant, undoes, word } from '../shapes.ts'

const idOrNull = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description })
const values = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>> | null>({
    type: ['object', 'null'],
    additionalProperties: true,
    description,
  })

export const EventAnswer = closed({
  position: Type.Integer({ description: 'Its place among all events of the tenant, without gaps.' }),
  id,
  kind: word(EVENT_KINDS),
  at: instant,
  ticket: idOrNull('The ticket that it is about.'),
  message: idOrNull('The message that it is about.'),
  subject: idOrNull('The user or record that it is about, where it is about no ticket.'),
  actor: idOrNull('The user who did it.'),
  dialect: Type.String({ description: 'By which API.' }),
  request_id: Type.String(),
  desk: idOrNull("The ticket's at that moment."),
  requester: idOrNull("The ticket's at that moment."),
  assignee: idOrNull("The ticket's at that moment."),
  visibility: Type.Unsafe<'public' | 'internal' | null>({
    enum: ['public', 'internal', null],
    description: 'Of the message.',
  }),
  before: values('The changed fields as they were.'),
  after: values('The changed fields as they are since.'),
  undoes,
})
export type EventAnswer = Static<typeof EventAnswer>

export const EventListAnswer = closed({
  data: Type.Array(EventAnswer),
  next: Type.Integer({
    description: 'The position to go on after. Where it is the one that was asked for, there is no more yet.',
  }),
})

export const EventQuery = closed({
  after: Type.Optional(
    Type.String({ description: 'The position to go on after, 0 by default; `latest` for what happens from now on.' }),
  ),
  limit: Type.Optional(Type.String({ description: 'How many at the most: 1 to 200, 50 by default.' })),
  wait: Type.Optional(
    Type.String({ description: 'For how many seconds to wait where there is none yet: 0 to 30, 0 by default.' }),
  ),
})
export type EventQuery = Static<typeof EventQuery>
