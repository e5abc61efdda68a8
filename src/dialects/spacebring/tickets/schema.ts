import { type Static, type TSchema, Type } from 'typebox'
import { closed, date, id, limit, nextPageToken, UUID, uuid } from '../shapes.ts'
import { ORDER_WORDS, STATUS_WORDS, TYPE_WORDS } from '../words.ts'

// --- requests ---------------------------------------------------------------------------------------------------------

const uuidOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], pattern: `^${UUID}$`, description })
const uuids = (description: string) => Type.String({ pattern: `^${UUID}(?:,${UUID}){0,99}$`, description })

/** S29: what is only blank is no text. */
const text = (description: string) => Type.String({ minLength: 1, maxLength: 10_000, pattern: '\\S', description })

export const CommentParams = Type.Object({ id: uuid('The id of the activity of the comment.') })

export const TicketParams = Type.Object({ id: uuid('The id of the ticket.') })

/** Spacebring reference, Retrieve tickets; S17. */
export const ListQuery = Type.Object({
  locationRef: uuid('The id of the location.'),
  limit,
  nextPageToken,
  order: Type.Optional(Type.Enum(ORDER_WORDS, { description: 'createDate:desc by default.' })),
  membershipRefRequester: Type.Optional(uuids('Memberships of requesters: up to 100 ids, joined by commas.')),
  userRefAssignee: Type.Optional(uuids('Assignees: up to 100 ids of users, joined by commas.')),
})
export type ListQuery = Static<typeof ListQuery>

/** Spacebring reference, Create a ticket. */
export const CreateBody = Type.Object({
  ticket: Type.Object({
    locationRef: uuid('The id of the location.'),
    text: text('The text of the ticket.'),
    type: Type.Enum(TYPE_WORDS),
    userRefRequester: Type.Optional(
      uuid('The id of the user who is requesting the ticket; the calling user by default.'),
    ),
  }),
})
export type CreateBody = Static<typeof CreateBody>

/** Spacebring reference, Update a ticket's status. */
export const StatusBody = Type.Object({ ticket: Type.Object({ status: Type.Enum(STATUS_WORDS) }) })
export type StatusBody = Static<typeof StatusBody>

/** Spacebring reference, Update a ticket's assignee. */
export const AssigneeBody = Type.Object({
  ticket: Type.Object({
    userRefAssignee: Type.Optional(uuidOrNull('The id of the user to assign; null to unassign.')),
    membershipRefAssignee: Type.Optional(uuidOrNull('Deprecated: the membership of that user in the location.')),
  }),
})
export type AssigneeBody = Static<typeof AssigneeBody>

/** Spacebring reference, Update a ticket's type. */
export const TypeBody = Type.Object({ ticket: Type.Object({ type: Type.Enum(TYPE_WORDS) }) })
export type TypeBody = Static<typeof TypeBody>

/** Spacebring reference, Create a ticket comment. */
export const CommentBody = Type.Object({
  activity: Type.Object({
    ticketRef: uuid('The id of the ticket.'),
    text: Type.Optional(text('The text of the comment.')),
    attachments: Type.Optional(Type.Array(Type.Object({ key: Type.String() }), { maxItems: 1 })),
  }),
})
export type CommentBody = Static<typeof CommentBody>

// --- answers: closed objects, so that nothing undocumented leaves -----------------------------------------------------

const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const stringOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'] })

const User = closed(
  {
    id,
    photoUrl: stringOrNull,
    blocked: Type.Boolean(),
    email: stringOrNull,
    name: stringOrNull,
    surname: stringOrNull,
    phoneNumber: stringOrNull,
  },
  'User',
)
export type User = Static<typeof User>

const TicketUser = closed(
  {
    ...User.properties,
    about: Type.Optional(Type.String({ description: 'On a ticket just created only.' })),
  },
  'TicketUser',
)
export type TicketUser = Static<typeof TicketUser>

const Membership = closed({ id, roleType: Type.String(), type: Type.String(), user: User }, 'Membership')
export type Membership = Static<typeof Membership>

const Ticket = closed(
  {
    id,
    number: Type.Integer({ description: 'Unique in the location.' }),
    locationRef: id,
    description: Type.String(),
    status: Type.Enum(STATUS_WORDS),
    type: Type.Enum(TYPE_WORDS),
    createDate: date,
    updateDate: date,
    statusUpdateDate: Type.Optional(date),
    userRequester: nullable(TicketUser),
    membershipRefRequester: Type.Optional(id),
    membershipRequester: Type.Optional(Membership),
    userAssignee: nullable(TicketUser),
    userRefAssignee: Type.Optional(id),
    membershipRefAssignee: Type.Optional(id),
    membershipAssignee: Type.Optional(Membership),
  },
  'Ticket',
)
export type Ticket = Static<typeof Ticket>

const changed = {
  status: Type.Optional(Type.Enum(STATUS_WORDS)),
  type: Type.Optional(Type.Enum(TYPE_WORDS)),
  userAssignee: Type.Optional(User),
  userRefAssignee: Type.Optional(id),
  membershipAssignee: Type.Optional(Membership),
}
/** Spacebring reference, Support: `attachment`. */
export const Attachment = closed(
  {
    key: Type.String(),
    mime: Type.String(),
    name: Type.String(),
    size: Type.Integer(),
    url: Type.String(),
    width: Type.Optional(Type.Integer()),
    height: Type.Optional(Type.Integer()),
  },
  'Attachment',
)
export type Attachment = Static<typeof Attachment>

const ActivityData = closed({
  text: Type.Optional(Type.String()),
  attachments: Type.Optional(Type.Array(Attachment)),
  ...changed,
  previousAttributes: Type.Optional(closed(changed)),
})
export type ActivityData = Static<typeof ActivityData>
/** What an activity says of one side of a change. */
export type ChangedValues = NonNullable<ActivityData['previousAttributes']>

export const ACTIVITY_TYPES = ['comment', 'statusUpdated', 'typeUpdated', 'assigneeUpdated', 'ticketCreated'] as const

const Activity = closed(
  {
    id,
    ticketRef: id,
    type: Type.Enum(ACTIVITY_TYPES),
    createDate: date,
    membership: Type.Optional(Membership),
    lemAI: Type.Optional(closed({ name: Type.String(), photoUrl: Type.String() })),
    data: Type.Optional(ActivityData),
  },
  'Activity',
)
export type Activity = Static<typeof Activity>

export const TicketPageAnswer = closed({
  tickets: Type.Array(Ticket),
  nextPageToken: Type.Optional(Type.String()),
  searchQueryNext: Type.Optional(Type.String()),
})
export const TicketAnswer = closed({ activities: Type.Array(Activity), ticket: Ticket })
export const ChangeAnswer = closed({ activity: Activity, ticket: Ticket })
export const CommentAnswer = closed({ activity: Activity })
