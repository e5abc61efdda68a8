import type { Static, TSchema } from 'typebox'
import { Type } from 'typebox'

const MAX_MESSAGE = 65_535
const MAX_PAGE_SIZE = 100

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const MessageText = Type.String({ minLength: 1, maxLength: MAX_MESSAGE, pattern: '\\S', description: 'Not blank' })
/** An id in a query, where values are text; fifteen digits are below the largest safe integer. */
export const IdText = Type.String({ pattern: '^[1-9][0-9]{0,14}$' })

export const NewTicketBody = Type.Object({
  subject_id: Id,
  type_id: Id,
  status_id: Id,
  priority_id: Id,
  group_id: Id,
  message: MessageText,
})
export type NewTicketBody = Static<typeof NewTicketBody>

export const ReplyBody = Type.Object({ ticket_id: Id, message: MessageText })
export type ReplyBody = Static<typeof ReplyBody>

export const StaffReplyBody = Type.Object({
  ticket_id: Id,
  message: MessageText,
  internal: Type.Optional(Type.Boolean()),
})
export type StaffReplyBody = Static<typeof StaffReplyBody>

export const CloseBody = Type.Object({ ticket_id: Id })

export const UpdateBody = Type.Object({
  ticket_id: Id,
  subject_id: Type.Optional(Id),
  type_id: Type.Optional(Id),
  status_id: Type.Optional(Id),
  priority_id: Type.Optional(Id),
  group_id: Type.Optional(Id),
})
export type UpdateBody = Static<typeof UpdateBody>

export const TicketQuery = Type.Object({ id: IdText })

const paging = {
  page: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: 'From 1' })),
  limit: Type.Optional(
    Type.String({ pattern: `^([1-9][0-9]?|${MAX_PAGE_SIZE})$`, description: `1 to ${MAX_PAGE_SIZE}` }),
  ),
}

export const PageQuery = Type.Object(paging)
export type PageQuery = Static<typeof PageQuery>

export const FilterQuery = Type.Object({
  status_id: Type.Optional(IdText),
  priority_id: Type.Optional(IdText),
  type_id: Type.Optional(IdText),
  group_id: Type.Optional(IdText),
  subject_id: Type.Optional(IdText),
  subscriber_id: Type.Optional(IdText),
  ...paging,
})
export type FilterQuery = Static<typeof FilterQuery>

function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

const summary = {
  ticket_id: Type.Integer(),
  subject: Type.String(),
  status: Type.String(),
  priority: Type.String(),
  created_at: Type.String(),
  updated_at: Type.String(),
}

const ids = {
  subject_id: nullable(Type.Integer()),
  type_id: nullable(Type.Integer()),
  status_id: Type.Integer(),
  priority_id: Type.Integer(),
  group_id: nullable(Type.Integer()),
}

const requester = {
  subscriber_id: nullable(Type.Integer()),
  customer_id: nullable(Type.String()),
}

export const TicketSummary = Type.Object(summary)
export type TicketSummary = Static<typeof TicketSummary>

export const StaffTicketSummary = Type.Object({ ...summary, ...ids, ...requester })
export type StaffTicketSummary = Static<typeof StaffTicketSummary>

const reply = {
  reply_id: Type.Integer(),
  ticket_id: Type.Integer(),
  author: Type.String(),
  author_type: Type.Union([Type.Literal('subscriber'), Type.Literal('staff')]),
  message: Type.String(),
  created_at: Type.String(),
}

export const Reply = Type.Object(reply, { title: 'Reply' })
export type Reply = Static<typeof Reply>

export const StaffReply = Type.Object({ ...reply, internal: Type.Boolean() })
export type StaffReply = Static<typeof StaffReply>

const details = {
  ticket_id: Type.Integer(),
  ...ids,
  subject: Type.String(),
  type: nullable(Type.String()),
  status: Type.String(),
  priority: Type.String(),
  group: nullable(Type.String()),
  message: Type.String(),
  created_at: Type.String(),
  updated_at: Type.String(),
  closed_at: nullable(Type.String()),
}

export const TicketDetails = Type.Object({ ...details, replies: Type.Array(Reply) })
export type TicketDetails = Static<typeof TicketDetails>

export const StaffTicketDetails = Type.Object({ ...details, ...requester, replies: Type.Array(StaffReply) })
export type StaffTicketDetails = Static<typeof StaffTicketDetails>

export const TicketStanding = Type.Object(
  { ticket_id: Type.Integer(), status: Type.String() },
  { title: 'TicketStanding' },
)
export type TicketStanding = Static<typeof TicketStanding>

export const ReplyAdded = Type.Object(
  { reply_id: Type.Integer(), ticket_id: Type.Integer(), status: Type.String() },
  { title: 'ReplyAdded' },
)
export type ReplyAdded = Static<typeof ReplyAdded>
