import { type Static, Type } from 'typebox'
import { MOOV_STATUSES, type MoovStatus } from '../words.ts'

const accountID = Type.String({ format: 'uuid', description: 'The account.' })

export const AccountParams = Type.Object({ accountID })

/** The ticket's id is judged by the codec: what is wrong with the body is said before what is wrong with it (M4, M41). */
export const TicketParams = Type.Object({
  accountID,
  ticketID: Type.String({ description: 'UUID of the ticket.' }),
})

/** 1 to 255 characters without the blanks around them (M11). */
const TITLE = '^\\s*\\S(?:[\\s\\S]{0,253}\\S)?\\s*$'
const PRINTABLE_ASCII = '^[ -~]*$'

/** Moov, Create a support ticket; limits by M11. Unknown fields are ignored (M14). */
export const CreateTicket = Type.Object({
  title: Type.String({ minLength: 1, pattern: TITLE, description: 'At most 255 characters.' }),
  body: Type.String({ minLength: 1, maxLength: 65_535, description: 'HTML; becomes the first message.' }),
  contact: Type.Object({
    email: Type.String({ minLength: 1, maxLength: 255, format: 'idn-email' }),
    name: Type.Optional(Type.String({ maxLength: 255 })),
  }),
  author: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'Shown as the author of the first message.' }),
  ),
  foreignID: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, pattern: PRINTABLE_ASCII, description: "The client's own reference." }),
  ),
})
export type CreateTicket = Static<typeof CreateTicket>

/** Moov, Update a support ticket: nothing but closing. */
export const UpdateTicket = Type.Object({
  status: Type.Optional(Type.Literal('closed')),
})
export type UpdateTicket = Static<typeof UpdateTicket>

const StatusWord = Type.Unsafe<MoovStatus>({ type: 'string', enum: [...MOOV_STATUSES] })

/** Moov, List support tickets. */
export const ListTickets = Type.Object({
  count: Type.Optional(
    Type.String({ pattern: '^0*[1-9][0-9]*$', description: 'Page size: 200 unless given, at most 1000.' }),
  ),
  cursor: Type.Optional(Type.String({ description: '`nextPage.cursor` of the page before.' })),
  skip: Type.Optional(
    Type.String({ pattern: '^[0-9]{1,9}$', description: 'How many to leave out, where there is no cursor.' }),
  ),
  status: Type.Optional(StatusWord),
  foreignID: Type.Optional(Type.String({ description: 'Exactly this reference.' })),
})
export type ListTickets = Static<typeof ListTickets>

const DateTime = Type.String({ format: 'date-time' })

const Contact = Type.Object({
  email: Type.String(),
  name: Type.Optional(Type.String()),
})

export const Ticket = Type.Object(
  {
    ticketID: Type.String(),
    number: Type.Integer(),
    title: Type.String(),
    contact: Contact,
    status: StatusWord,
    createdOn: DateTime,
    updatedOn: DateTime,
    latestMessageOn: Type.Optional(DateTime),
    closedOn: Type.Optional(DateTime),
    foreignID: Type.Optional(Type.String()),
  },
  { title: 'Ticket' },
)
export type Ticket = Static<typeof Ticket>

export const Page = Type.Object({
  items: Type.Array(Ticket),
  nextPage: Type.Optional(Type.Object({ cursor: Type.String() })),
})
export type Page = Static<typeof Page>

export const Message = Type.Object(
  {
    author: Type.String(),
    body: Type.String({ description: 'HTML.' }),
    sentOn: DateTime,
  },
  { title: 'Message' },
)
export type Message = Static<typeof Message>

export const Messages = Type.Array(Message)
