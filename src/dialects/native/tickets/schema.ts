import { type Static, Type } from 'typebox'
import { FILES_OF_A_MESSAGE } from '../../../core/attachments/rules.ts'
import { LISTED_CHARACTERS } from '../../../core/bounds.ts'
import type { FieldChanges, FieldValues } from '../../../core/catalogue/field.ts'
import { LONGEST_CHOICE, MOST_CHOICES, MOST_FIELDS } from '../../../core/catalogue/fields.ts'
import { EVENT_KINDS, type EventData } from '../../../core/events/event.ts'
import { LONGEST_EMAIL } from '../../../core/identity/email.ts'
import { LONGEST_ADDRESS, LONGEST_REFERENCE, MOST_ADDRESSES } from '../../../core/messages/rules.ts'
import { LONGEST_QUERY } from '../../../core/query/query.ts'
import type { ToldKey } from '../../../core/tickets/fields.ts'
import { ABILITIES } from '../../../core/tickets/rules/abilities.ts'
import { LONGEST_TEXT } from '../../../core/tickets/rules/field-values.ts'
import { UNTIL_REPLY } from '../../../core/tickets/rules/snooze.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import { deliveryProperties } from '../letters/schema.ts'
import { LinkAnswer } from '../links/schema.ts'
import { DeskName, groupName, recordName } from '../names.ts'
import { messagePageParameters, pageParameters } from '../paging.ts'
import { closed, id, instant, instantOrNull, listOf, objectOrNull, textOrNull, undoes, word } from '../shapes.ts'

// --- requests: closed too, so that a misspelt field or filter is refused and not ignored --------------------------------

/** PostgreSQL's largest `integer`. */
const LARGEST_ID = 2_147_483_647

const uuid = (description: string) => Type.String({ format: 'uuid', description })
const uuidOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid', description })
const recordOrNull = (description: string) =>
  Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1, maximum: LARGEST_ID, description })
const tags = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100, description })

const fields = (description: string) =>
  Type.Optional(
    Type.Unsafe<FieldChanges>({
      type: 'object',
      maxProperties: MOST_FIELDS,
      additionalProperties: {
        type: ['string', 'number', 'boolean', 'array', 'null'],
        maxLength: 2 * LONGEST_TEXT,
        items: { type: 'string', maxLength: 2 * LONGEST_CHOICE },
        maxItems: MOST_CHOICES,
      },
      description,
    }),
  )

const title = Type.String({ maxLength: 500 })
const status = word(STATUSES)
const priority = word(PRIORITIES)
// Their length is bounded by that of a request.
const content = {
  text: Type.Optional(Type.String({ description: 'Plain text; not together with html.' })),
  html: Type.Optional(Type.String({ description: 'HTML; not together with text.' })),
  attachments: Type.Optional(
    Type.Array(uuid('An attachment that you uploaded.'), {
      maxItems: FILES_OF_A_MESSAGE,
      description: 'Files of the message; each attachment is used once.',
    }),
  ),
}

export const TicketParams = Type.Object({ id: Type.String({ description: 'UUID or integer of the ticket.' }) })

export const ReadBody = closed({
  position: Type.Optional(
    Type.Integer({
      ...{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      description: 'Of the last event that you saw; absent for all there is.',
    }),
  ),
})

export const INCLUDED = ['unread', 'abilities', 'snippets', 'links'] as const
export type Included = (typeof INCLUDED)[number]

const include = Type.Optional(
  Type.String({ description: `What else to show, separated by commas: ${INCLUDED.join(', ')}.` }),
)
const asOf = Type.Optional(
  Type.String({
    description: 'A moment that has passed, for instance 2026-01-15T10:20:30Z: shows what there was then.',
  }),
)
/** What else is shown of messages. */
export const MESSAGE_INCLUDED = ['delivery'] as const
export type MessageIncluded = (typeof MESSAGE_INCLUDED)[number]
const messageInclude = Type.Optional(
  Type.String({ description: `What else to show of messages, separated by commas: ${MESSAGE_INCLUDED.join(', ')}.` }),
)
export const ShownQuery = closed({ include, as_of: asOf })

/** The fields of a ticket whose values are told, by the names that this API has for them. */
export const HISTORY_FIELDS = {
  title: 'title',
  status: 'status',
  priority: 'priority',
  topic: 'topicId',
  type: 'typeId',
  form: 'formId',
  desk: 'deskId',
  group: 'groupId',
  requester: 'requesterId',
  assignee: 'assigneeId',
  tags: 'tags',
  snoozed_until: 'snoozedUntil',
} as const satisfies Readonly<Record<string, ToldKey>>

export const HistoryQuery = closed({
  field: Type.String({ description: `One of ${Object.keys(HISTORY_FIELDS).join(', ')}.` }),
})

export const NumberParams = Type.Object({
  desk: Type.String({ description: 'UUID of the desk.' }),
  number: Type.String({ description: 'The number that the ticket has there, or had before it moved.' }),
})

export const MessageParams = Type.Object({
  ...TicketParams.properties,
  message: Type.String({ description: 'UUID or integer of the message.' }),
})

const RequesterBody = closed({
  id: Type.Optional(uuid('A user.')),
  email: Type.Optional(
    Type.String({
      format: 'idn-email',
      maxLength: LONGEST_EMAIL,
      description: 'A user by address, made if there is none.',
    }),
  ),
  name: Type.Optional(Type.String({ maxLength: 200, description: 'With email: the name of a user who is made.' })),
})

export const NewTicketBody = closed({
  desk: Type.Optional(uuid('The default desk, or the one that the key is for, by default.')),
  requester: Type.Optional(RequesterBody),
  title: Type.Optional(title),
  ...content,
  status: Type.Optional(status),
  priority: Type.Optional(priority),
  topic: Type.Optional(recordOrNull('Id of a topic.')),
  type: Type.Optional(recordOrNull('Id of a type.')),
  form: Type.Optional(recordOrNull('Id of a form.')),
  group: Type.Optional(uuidOrNull('A group.')),
  assignee: Type.Optional(uuidOrNull('A user who works on the desk.')),
  tags: Type.Optional(tags('Tags of the ticket.')),
  fields: fields('What it holds in the fields of the tenant, by key.'),
  reference: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255, description: 'Your own reference.' }),
  ),
  channel: Type.Optional(Type.String({ description: 'Kind of a channel; api by default.' })),
})
export type NewTicketBody = Static<typeof NewTicketBody>

export const ChangeBody = closed({
  title: Type.Optional(title),
  status: Type.Optional(status),
  priority: Type.Optional(priority),
  topic: Type.Optional(recordOrNull('Id of a topic.')),
  type: Type.Optional(recordOrNull('Id of a type.')),
  form: Type.Optional(recordOrNull('Id of a form.')),
  group: Type.Optional(uuidOrNull('A group.')),
  assignee: Type.Optional(uuidOrNull('A user who works on the desk.')),
  requester: Type.Optional(uuidOrNull('A user.')),
  desk: Type.Optional(uuid('Where the ticket moves to; it gets a new number there.')),
  add_tags: Type.Optional(tags('Tags to add.')),
  remove_tags: Type.Optional(tags('Tags to remove.')),
  fields: fields('Fields of the tenant by key: null empties one, and those that are not named stay.'),
  waiting: Type.Optional(
    Type.Boolean({ description: 'False: what the requester said last needs no answer; true: it does after all.' }),
  ),
})
export type ChangeBody = Static<typeof ChangeBody>

export const SnoozeBody = closed({
  until: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description:
      'When it wakes by itself, up to 5 years from now; null for never. Its requester wakes it by any message.',
  }),
})

export const UndoBody = closed({
  change: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Position of any event of the change, as the timeline tells it; the last change by default.',
    }),
  ),
})

export const MergeBody = closed({
  into: Type.Union([
    uuid('UUID of the ticket that stays.'),
    Type.Integer({ minimum: 1, maximum: 999_999_999_999_999, description: 'Or its integer.' }),
  ]),
})

export const SplitBody = closed({
  message: Type.Union([
    uuid('UUID of the message that becomes a ticket of its own.'),
    Type.Integer({ minimum: 1, maximum: 999_999_999_999_999, description: 'Or its integer.' }),
  ]),
  following: Type.Optional(
    Type.Boolean({ description: 'Whether what was said after it goes with it; false by default.' }),
  ),
  title: Type.Optional(title),
})
export type SplitBody = Static<typeof SplitBody>

export const VISIBILITIES = ['public', 'internal'] as const

const addresses = (description: string) =>
  Type.Optional(
    Type.Array(Type.String({ format: 'idn-email', maxLength: LONGEST_ADDRESS }), {
      maxItems: MOST_ADDRESSES,
      description,
    }),
  )

export const NewMessageBody = closed({
  ...content,
  to: addresses('Whom it goes to; only by who works on the desk. Nothing is sent by e-mail yet.'),
  cc: addresses('Who gets a copy; likewise.'),
  bcc: addresses('Who gets a copy unseen; likewise, and shown only to those who may read internal messages.'),
  in_reply_to: Type.Optional(uuid('The message of this ticket that it answers; a public one if it is public itself.')),
  external_reference: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: LONGEST_REFERENCE,
      description: 'What it is called in the system that it came from.',
    }),
  ),
  visibility: Type.Optional(word(VISIBILITIES, 'A public reply, or an internal note; public by default.')),
  status: Type.Optional(word(STATUSES, 'The status of the ticket with this message; by the lifecycle by default.')),
  draft: Type.Optional(uuid('Your draft of it, which goes with it; one that is gone already is in no way.')),
  unless_public_after: Type.Optional(
    uuid('The latest message that you saw: refused with 412 if anything public was said after it.'),
  ),
  unless_taken_from: Type.Optional(
    uuidOrNull('Who was responsible as you saw it: refused with 412 once it is somebody else, who is not you.'),
  ),
})
export type NewMessageBody = Static<typeof NewMessageBody>

const words = (description: string) =>
  Type.Optional(Type.String({ description: `${description}, separated by commas.` }))

export const TicketQuery = closed({
  q: Type.Optional(
    Type.String({
      maxLength: LONGEST_QUERY,
      description:
        'What to look for: words, "exact words", and fields as status:open assignee:me -tag:spam updated:<7d (docs/query.md).',
    }),
  ),
  view: Type.Optional(Type.String({ description: 'Id of a view, whose query has to hold too.' })),
  sort: Type.Optional(
    Type.String({
      description:
        'created, updated, priority or latest_message, with - in front from the greatest on; -created by default.',
    }),
  ),
  status: words('Statuses'),
  priority: words('Priorities'),
  desk: Type.Optional(uuid('A desk.')),
  requester: Type.Optional(uuid('A user.')),
  assignee: Type.Optional(uuid('A user.')),
  unassigned: Type.Optional(word(['true', 'false'], 'Whether to list those without an assignee, or those with one.')),
  group: Type.Optional(uuid('A group.')),
  topic: Type.Optional(Type.String({ description: 'Id of a topic.' })),
  include,
  ...pageParameters,
})
export type TicketQuery = Static<typeof TicketQuery>

export const TimelineQuery = closed({ ...pageParameters, include: messageInclude })
export const MessageQuery = closed({ ...messagePageParameters, include: messageInclude, as_of: asOf })

// --- answers ----------------------------------------------------------------------------------------------------------

const person = {
  id,
  integer: Type.Integer(),
  name: Type.String(),
  surname: Type.String(),
  email: textOrNull,
}

const PersonAnswer = objectOrNull({
  ...person,
  role: Type.Unsafe<'customer' | 'agent' | 'admin' | 'owner' | null>({
    type: ['string', 'null'],
    description: "customer, agent or admin on the ticket's desk; owner of the tenant; null: none.",
  }),
})
export type PersonAnswer = Static<typeof PersonAnswer>

const AddressAnswer = closed({ address: Type.String(), name: Type.String() })

export const TicketAnswer = closed({
  id,
  integer: Type.Integer({ description: 'Unique in the tenant.' }),
  number: Type.Integer({ description: 'Unique on the desk.' }),
  version: Type.Integer({ description: 'Counts the changes; the ETag.' }),
  desk: DeskName,
  title: Type.String(),
  description: Type.String({
    description: `Plain text of the first public message; in lists and webhooks at most ${LISTED_CHARACTERS} characters.`,
  }),
  description_cut: Type.Optional(
    Type.Boolean({ description: 'There, and true, where the description goes on; the ticket itself has all of it.' }),
  ),
  status,
  status_label: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: "The tenant's own name for the status.",
  }),
  priority,
  topic: objectOrNull(recordName),
  type: objectOrNull(recordName),
  group: objectOrNull(groupName),
  requester: PersonAnswer,
  assignee: PersonAnswer,
  channel: Type.String({ description: 'Kind of the channel it came in by.' }),
  direction: word(['inbound', 'outbound']),
  from: AddressAnswer,
  to: AddressAnswer,
  reference: textOrNull,
  form: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
  tags: Type.Unsafe<readonly string[]>(Type.Array(Type.String())),
  fields: Type.Unsafe<FieldValues>({
    type: 'object',
    // The list first: else the serialiser makes a text of it.
    additionalProperties: { type: ['array', 'string', 'number', 'boolean'], items: { type: 'string' } },
    description:
      'What is set of the fields of the tenant, by key: a text, a number, true or false, a date as 2026-01-31, the value of a choice or a list of several, the id of a person.',
  }),
  created_at: instant,
  updated_at: instant,
  status_changed_at: instantOrNull,
  first_response_at: instantOrNull,
  latest_message_at: instantOrNull,
  latest_agent_at: instantOrNull,
  latest_requester_at: instantOrNull,
  waiting_since: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description: 'Since when the requester waits for an answer; null when they do not.',
  }),
  snoozed_until: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'date-time',
    description: `Until when it is out of the everyday views, ${UNTIL_REPLY} for until its requester says something; null: it is in them.`,
  }),
  solved_at: instantOrNull,
  closed_at: instantOrNull,
  unread: Type.Optional(
    Type.Boolean({ description: 'Whether it changed after what you saw of it; with include=unread.' }),
  ),
  read_position: Type.Optional(
    Type.Integer({ description: 'Of the last event of it that you saw; 0 for none; with include=unread.' }),
  ),
  abilities: Type.Optional(
    Type.Array(word(ABILITIES), { description: 'What you may do with it now; with include=abilities.' }),
  ),
  links: Type.Optional(
    Type.Array(LinkAnswer, { description: 'Its links to others that you see, the oldest first; with include=links.' }),
  ),
  snippet: Type.Optional(
    Type.Union(
      [
        Type.Object({
          text: Type.String({ description: 'A piece of plain text.' }),
          marks: Type.Array(
            Type.Object({
              at: Type.Integer({ description: 'Where a match begins, in UTF-16 units.' }),
              length: Type.Integer(),
            }),
          ),
          message: Type.Union([Type.String(), Type.Null()], {
            description: 'Id of the message; null for the title or the first text.',
          }),
        }),
        Type.Null(),
      ],
      { description: 'Where what the words of q ask for is said; with include=snippets in a list.' },
    ),
  ),
})
export type TicketAnswer = Static<typeof TicketAnswer>

export const attachmentProperties = {
  id,
  integer: Type.Integer({ description: 'Unique in the tenant.' }),
  name: Type.String(),
  type: Type.String({ description: 'Media type, told from the content.' }),
  size: Type.Integer({ description: 'Bytes.' }),
  width: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Pixels, of an image.' }),
  height: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Pixels, of an image.' }),
  url: Type.String({ description: 'Where it can be downloaded by anybody who has this address, for a while.' }),
  created_at: instant,
}
export const AttachmentAnswer = closed(attachmentProperties)
export type AttachmentAnswer = Static<typeof AttachmentAnswer>

const addressesShown = (description: string) =>
  Type.Unsafe<readonly string[]>(Type.Array(Type.String(), { description }))

const OriginAnswer = (description: string) =>
  Type.Unsafe<{ readonly id: string; readonly integer: number; readonly number: number } | null>({
    ...{ type: ['object', 'null'], description, additionalProperties: false },
    properties: { id, integer: Type.Integer(), number: Type.Integer() },
    required: ['id', 'integer', 'number'],
  })

const messageProperties = {
  id,
  integer: Type.Integer(),
  visibility: word(VISIBILITIES),
  author: objectOrNull(person),
  author_name: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: "To be shown in place of the author's own name.",
  }),
  author_role: word(['requester', 'agent']),
  direction: word(['inbound', 'outbound']),
  channel: Type.String(),
  format: word(['text', 'html'], 'What it was written in.'),
  text: Type.String({ description: 'As plain text.' }),
  html: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'As sanitised HTML; null when it was written as plain text.',
  }),
  ticket_status: word(STATUSES, "The ticket's status after this message."),
  to: addressesShown('Whom it goes to.'),
  cc: addressesShown('Who gets a copy.'),
  bcc: addressesShown('Who gets a copy unseen; empty without message.read_internal.'),
  in_reply_to: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    format: 'uuid',
    description: 'The message that it answers; null also when that one was deleted.',
  }),
  external_reference: textOrNull,
  attachments: Type.Unsafe<readonly AttachmentAnswer[]>(Type.Array(AttachmentAnswer)),
  created_at: instant,
  delivery: Type.Optional(objectOrNull(deliveryProperties)),
  merged_from: OriginAnswer('The ticket that it was written on, where that was merged into this one; else null.'),
}
export const MessageAnswer = closed(messageProperties)
export type MessageAnswer = Static<typeof MessageAnswer>

export const OriginalAnswer = closed({
  id,
  integer: Type.Integer(),
  format: messageProperties.format,
  original: Type.String({ description: 'As it came in. Do not render it: what is in it would run.' }),
  sanitizer: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'What made its safe form; null when it was written as plain text.',
  }),
  rendering: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'The number of the rules by which its forms were made; 0 in haste, null before there were numbers.',
  }),
  created_at: instant,
})
export type OriginalAnswer = Static<typeof OriginalAnswer>

const EventDataAnswer = Type.Unsafe<EventData | null>({ type: ['object', 'null'], additionalProperties: true })

export const TimelineEntryAnswer = closed({
  id,
  position: Type.Integer({ description: "Counts the tenant's events." }),
  kind: word(EVENT_KINDS),
  at: instant,
  actor: PersonAnswer,
  credential: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Name of the credential used.' }),
  dialect: Type.String({ description: 'The API it was done through.' }),
  request_id: Type.String(),
  before: EventDataAnswer,
  after: EventDataAnswer,
  undoes,
  message: objectOrNull(messageProperties),
  merged_from: OriginAnswer('The ticket that it happened to, where that was merged into this one; else null.'),
})
export type TimelineEntryAnswer = Static<typeof TimelineEntryAnswer>

export const TicketListAnswer = closed({
  ...listOf(TicketAnswer).properties,
  previous: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Cursor of the page before, with q, view or sort; null: none.',
    }),
  ),
})
export const MessageListAnswer = closed({
  ...listOf(MessageAnswer).properties,
  deleted: Type.Optional(
    Type.Array(
      closed({
        id,
        visibility: word(VISIBILITIES),
        author_role: Type.Unsafe<'requester' | 'agent' | null>({ enum: ['requester', 'agent', null] }),
        created_at: instant,
        deleted_at: instant,
      }),
      { description: 'With as_of, on the first page: what was there then, and was deleted since.' },
    ),
  ),
})
export const HistoryAnswer = closed({
  data: Type.Array(
    closed({
      value: Type.Unsafe<EventData[string]>({
        description: 'As the ticket had it; of records and people their id; null for none, or where it was erased.',
      }),
      since: instant,
      until: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        format: 'date-time',
        description: 'Null while it has it.',
      }),
      position: Type.Integer({ description: 'Of the event that gave it this value.' }),
      actor: PersonAnswer,
      dialect: Type.String({ description: 'The API it was done through.' }),
    }),
    { description: 'The first value first.' },
  ),
})
export const TimelineAnswer = listOf(TimelineEntryAnswer)
export const MessageAddedAnswer = closed({ message: MessageAnswer, ticket: TicketAnswer })
