import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { FIELD_TYPES, REQUIREMENTS, type Requirement } from '../../../core/catalogue/field.ts'
import { ROLES } from '../../../core/identity/permissions.ts'
import { ADDRESS_KINDS, USER_KINDS } from '../../../core/identity/user.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import { closed, word } from '../shapes.ts'

/** The lines of an import, kind by kind: those of an export, of which nearly all may be left out. */

const text = Type.String()
const opt = <S extends TSchema>(schema: S) => Type.Optional(schema)
const textOrNull = opt(Type.Unsafe<string | null>({ type: ['string', 'null'] }))
const sourceId = Type.String({ minLength: 1, maxLength: 255 })
const ignored = opt(Type.Unsafe<unknown>({}))

const line = <P extends TProperties>(properties: P): TObject<P & typeof COMMON> =>
  closed({ ...COMMON, ...properties }) as TObject<P & typeof COMMON>
const COMMON = {
  kind: text,
  source: opt(sourceId),
  id: sourceId,
  cursor: ignored,
}

const nullable = <P extends TProperties>(properties: P) =>
  opt(
    Type.Unsafe<Static<TObject<P>> | null>({
      type: ['object', 'null'],
      properties,
      required: Object.keys(properties).filter((name) => !isOptional(properties[name])),
      additionalProperties: false,
    }),
  )

function isOptional(schema: TSchema | undefined): boolean {
  return schema === undefined || Type.IsOptional?.(schema) === true || '~optional' in schema
}

const person = nullable({ id: opt(sourceId), email: textOrNull, name: opt(text), surname: opt(text) })

const file = closed({
  id: sourceId,
  name: opt(text),
  sha256: opt(text),
  ...{ type: ignored, size: ignored, url: ignored },
})

const direction = opt(word(['inbound', 'outbound']))
const addresses = opt(Type.Array(text, { maxItems: 50 }))

const message = closed({
  id: sourceId,
  visibility: opt(word(['public', 'internal'])),
  author: person,
  author_name: textOrNull,
  author_role: opt(word(['requester', 'agent'])),
  direction,
  channel: opt(text),
  text: opt(text),
  html: opt(text),
  plain: opt(text),
  status: opt(word(STATUSES)),
  to: addresses,
  cc: addresses,
  bcc: addresses,
  in_reply_to: textOrNull,
  reference: textOrNull,
  attachments: opt(Type.Array(file)),
  created_at: opt(text),
})
export type MessageLine = Static<typeof message>

const messages = opt(Type.Array(message))
const end = opt(closed({ address: opt(text), name: opt(text) }))

export const TicketLine = line({
  title: opt(text),
  number: ignored,
  desk: opt(text),
  status: opt(word(STATUSES)),
  priority: opt(word(PRIORITIES)),
  ...{ topic: textOrNull, type: textOrNull, form: textOrNull, group: textOrNull },
  requester: person,
  assignee: person,
  channel: opt(text),
  direction,
  from: end,
  to: end,
  reference: textOrNull,
  tags: opt(Type.Array(text)),
  fields: opt(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
  ...{ created_at: opt(text), updated_at: opt(text), status_changed_at: textOrNull, first_response_at: textOrNull },
  ...{ latest_message_at: textOrNull, latest_agent_at: textOrNull, latest_requester_at: textOrNull },
  ...{ waiting_since: textOrNull, solved_at: textOrNull, closed_at: textOrNull, finished_at: textOrNull },
  messages,
})
export type TicketLine = Static<typeof TicketLine>

const { id: _id, ...WITHOUT_ID } = COMMON
export const MessagesLine = closed({ ...WITHOUT_ID, ticket: sourceId, messages })

export const UserLine = line({
  user_kind: opt(word(USER_KINDS)),
  owner: opt(Type.Boolean()),
  ...{ name: opt(text), surname: opt(text), email: textOrNull, username: textOrNull, customer_number: textOrNull },
  ...{ phone: textOrNull, photo_url: textOrNull, about: textOrNull, active: opt(Type.Boolean()) },
  fields: opt(Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } })),
  memberships: opt(Type.Array(closed({ desk: text, role: word(ROLES) }))),
  addresses: opt(Type.Array(closed({ kind: word(ADDRESS_KINDS), address: text }))),
  external_ids: opt(Type.Array(closed({ desk: text, id: text }))),
  created_at: ignored,
})
export type UserLine = Static<typeof UserLine>

export const FieldLine = line({
  key: text,
  type: word(FIELD_TYPES),
  label: text,
  description: opt(text),
  choices: opt(Type.Array(closed({ value: text, label: opt(text), active: opt(Type.Boolean()) }))),
  required: opt(Type.Unsafe<Requirement | null>({ enum: [...REQUIREMENTS, null] })),
  active: opt(Type.Boolean()),
})

export const MembersLine = line({ group: text, users: Type.Array(text) })
export const FileLine = line({
  name: text,
  sha256: opt(text),
  part: opt(Type.Integer({ minimum: 0 })),
  last: opt(Type.Boolean()),
  content: text,
  ...{ ticket: ignored, type: ignored, size: ignored },
})
export const RecordLine = line({
  name: text,
  active: opt(Type.Boolean()),
  status: opt(word(STATUSES)),
  priority: opt(word(PRIORITIES)),
  offered_in: opt(Type.Array(text)),
  channel: opt(text),
  default: ignored,
})

const counts = Type.Record(Type.String(), Type.Integer())

export const ProblemOfLine = closed({
  line: Type.Integer({ description: 'Counted from 1.' }),
  kind: Type.String(),
  id: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'In its source.' }),
  outcome: word(['refused', 'left_out'], 'Whether all of the line is not kept, or this field.'),
  field: Type.String(),
  rule: Type.String(),
  message: Type.String(),
})

export const ReportAnswer = closed({
  dry_run: Type.Boolean(),
  lines: Type.Integer(),
  created: counts,
  changed: counts,
  unchanged: counts,
  refused: counts,
  not_kept: Type.Record(Type.String(), Type.Integer(), {
    description: 'How often each field could not be kept, also where it is not named among the problems.',
  }),
  problems: Type.Array(ProblemOfLine, { description: 'The first thousand.' }),
})
export type ReportAnswer = Static<typeof ReportAnswer>
