import { type Static, type TSchema, Type } from 'typebox'
import { asked, declared, idParameter, parameters } from '../parameters.ts'

// What callers send, with the types that the vendor's Ticket page declares.

export const TicketPath = Type.Object({ ticketID: Type.String({ description: 'The integer id of the ticket' }) })

export const ListQuery = parameters({
  applyView: asked('^[0-9a-zA-Z\\-\\_]+$', 'Id or slug of a view.'),
  query: asked('string', 'Words that must all occur; a number may be the id. At most 20 words, and 200 characters.'),
  itemStart: asked('number = 0'),
  itemLimit: asked('number = 15', '1 to 9999.'),
  searchArchived: asked("^(no|yes)$ = 'no'"),
  status: asked('^(new|open|pending|holding|solved|closed)$'),
})

export const ItemQuery = parameters({
  getTicketHistory: asked("boolean = 'false'", 'Adds what has been changed to the timeline.'),
})

export const NewTicketBody = parameters({
  brandID: declared('number', 'The default brand if absent.'),
  channelID: declared('number', 'E-mail if absent.'),
  direction: declared('^inbound|outbound$', 'Inbound if absent.'),
  from: declared('string'),
  fromName: declared("string = ' '"),
  to: declared('string'),
  title: declared('string', 'At most 255 characters.'),
  assignedGroupID: declared('number = 0', '0 is no group.'),
  formID: declared('number = null'),
})

export const UpdateBody = parameters({
  externalPrimaryID: declared('string = null', 'The external primary ID of the customer this ticket belongs to.'),
  title: declared('string = null'),
  status: declared('^(solved|closed)$ = null'),
})

export const ManyBody = parameters({ ticketIDs: idParameter })

export const SetStatusBody = parameters({
  status: declared('^(new|open|pending|holding|solved|closed)$'),
  ticketIDs: idParameter,
})

export const SetPriorityBody = parameters({
  priority: declared('^(low|medium|high|urgent)$'),
  ticketIDs: idParameter,
})

export const OneBody = parameters({ ticketID: declared('number') })

export const BatchBody = parameters({
  TicketIDs: declared('^[0-9, ]+$', 'Ids, comma-separated (space allowed).'),
  actions: Type.Optional(
    Type.Unsafe<unknown>({
      description:
        'Up to 50 of {actionType, value}, as actions[0][actionType] and actions[0][value] in forms. Action types: ' +
        'status, priority, assignedGroupID, assignedUserID, brandID, formID, title, externalPrimaryID, ' +
        'unlinkCustomer, addTag, removeTag, note, delete.',
    }),
  ),
})

export const SolveBody = parameters({
  ticketIDs: idParameter,
  brandID: declared('number'),
  channelID: declared('number'),
  assignedGroupID: declared('number', '0 is no group.'),
})

// What callers get.

const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Whole = Type.Integer()
const DateTime = Type.String({ description: 'YYYY-MM-DD HH:MM:SS in UTC' })
/** Documented fields of features that Polydesk does not have. */
const Unused = Type.Null()

const ticketFields = {
  assigned_group_id: Whole,
  assigned_user_id: Whole,
  channel_account_id: Text,
  channel_id: Whole,
  closed_at: nullable(DateTime),
  created_at: DateTime,
  customer_id: Whole,
  direction: Text,
  external_gui_url: Unused,
  external_id: nullable(Text),
  form_id: nullable(Whole),
  from: Text,
  from_name: Text,
  grade_by_customer: Unused,
  icon: Text,
  last_update: DateTime,
  last_update_agent: nullable(DateTime),
  last_update_customer: nullable(DateTime),
  priority: Text,
  show_timeline: Whole,
  sla_breach_customer_wait_time: Unused,
  sla_breach_first_reply_time: Unused,
  sla_breach_next_reply_time: Unused,
  sla_breach_user_work_time: Unused,
  sla_next_breach: Unused,
  sla_next_breach_current_status: Unused,
  sla_policy_id: Unused,
  snooze_time: Unused,
  snooze_time_sent: Unused,
  title: Text,
  to: Text,
  to_name: Text,
  status: Text,
  id: Whole,
  channel_name: nullable(Text),
  channel_icon: nullable(Text),
  brand_name: nullable(Text),
  brand_id: Whole,
  tags: Type.Array(Text),
}

/** A ticket as lists and writes answer it; the order of the fields is the vendor's. */
export const TicketRecord = Type.Object(ticketFields, { title: 'Ticket' })
export type TicketRecord = Static<typeof TicketRecord>

/** Told apart from a message by its type; its id is a number where a message's is a text. */
export const EventEntry = Type.Object(
  {
    id: Whole,
    ticket_id: Whole,
    item_type: Text,
    item_type_id: Text,
    description: Text,
    initiated_by: Text,
    created_at: DateTime,
    type: Type.Literal('event'),
  },
  { title: 'TimelineEvent' },
)
export type EventEntry = Static<typeof EventEntry>

export const MessageEntry = Type.Object(
  {
    to: nullable(Text),
    from: nullable(Text),
    image: Text,
    created_at: DateTime,
    pinned: Whole,
    id: Text,
    channel_name: nullable(Text),
    channel_icon: nullable(Text),
    type: Type.Union([Type.Literal('message'), Type.Literal('note')]),
    status_new: Text,
    user_id: Whole,
    user_name: Text,
    user_avatar: Text,
    channel_id: Whole,
    direction: Text,
    content: Text,
    ticket_id: Whole,
    external_id: nullable(Text),
    from_name: Text,
    to_name: Text,
    meta_data: Text,
    in_queue: Whole,
  },
  { title: 'TimelineMessage' },
)
export type MessageEntry = Static<typeof MessageEntry>

export const TicketItem = Type.Object({
  type: Type.Literal('item'),
  item: Type.Object({ ...ticketFields, timeline: Type.Array(Type.Union([EventEntry, MessageEntry])) }),
})

export const Result = Type.Object({ type: Type.Literal('result'), message: Text })

export const CreatedResult = Type.Object({ ...Result.properties, ticketID: Whole, item: TicketRecord })

export const UpdatedResult = Type.Object({ ...Result.properties, item: TicketRecord })

export const ManyResult = Type.Object({
  ...Result.properties,
  ticketIDs: Type.Array(Whole),
  notFound: Type.Array(Whole),
})

export const SolvedResult = Type.Object({ ...Result.properties, count: Whole })
