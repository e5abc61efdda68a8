import { type Static, Type } from 'typebox'
import { MOST_DESK_ADDRESSES } from '../../../core/catalogue/addresses.ts'
import { FIELD_TYPES, REQUIREMENTS, type Requirement } from '../../../core/catalogue/field.ts'
import { LONGEST_CHOICE, MOST_CHOICES } from '../../../core/catalogue/fields.ts'
import { LONGEST_EMAIL } from '../../../core/identity/email.ts'
import { PRIORITIES, SEARCH_LANGUAGES, type SearchLanguage, STATUSES } from '../../../core/words.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, listOf, word } from '../shapes.ts'

export const CatalogueQuery = closed(pageParameters)

const active = Type.Boolean({ description: 'Whether new tickets may have it.' })
const record = { id: Type.Integer(), name: Type.String(), active }

export const DeskAnswer = closed({
  id,
  integer: Type.Integer(),
  name: Type.String(),
  default: Type.Boolean({ description: 'Whether tickets that name no desk go there.' }),
  active,
  addresses: Type.Array(Type.String(), { description: 'Where it gets mail.' }),
})
export type DeskAnswer = Static<typeof DeskAnswer>

export const GroupAnswer = closed({ id, integer: Type.Integer(), name: Type.String(), active })
export type GroupAnswer = Static<typeof GroupAnswer>

/** Dialects whose callers choose topics by id; the other vendors have fixed words of their own. */
const OFFERED = ['netgroot'] as const
const offeredIn = (description: string) =>
  Type.Array(word(OFFERED), { maxItems: OFFERED.length, uniqueItems: true, description })

export const TopicAnswer = closed({
  ...record,
  offered_in: Type.Array(Type.String(), { description: 'The dialects whose callers may choose it by themselves.' }),
})
export type TopicAnswer = Static<typeof TopicAnswer>

export const RecordAnswer = closed(record)
export type RecordAnswer = Static<typeof RecordAnswer>

export const StatusLabelAnswer = closed({ ...record, status: word(STATUSES) })
export type StatusLabelAnswer = Static<typeof StatusLabelAnswer>

export const PriorityLabelAnswer = closed({ ...record, priority: word(PRIORITIES) })
export type PriorityLabelAnswer = Static<typeof PriorityLabelAnswer>

export const ChannelAnswer = closed({ ...record, kind: Type.String({ description: 'What tickets name it by.' }) })
export type ChannelAnswer = Static<typeof ChannelAnswer>

export const DeskListAnswer = listOf(DeskAnswer)
export const GroupListAnswer = listOf(GroupAnswer)

export const RecordListAnswer = listOf(RecordAnswer)
export const StatusLabelListAnswer = listOf(StatusLabelAnswer)
export const PriorityLabelListAnswer = listOf(PriorityLabelAnswer)
export const ChannelListAnswer = listOf(ChannelAnswer)
export const TopicListAnswer = listOf(TopicAnswer)

const ChoiceAnswer = closed({
  value: Type.String({ description: 'What tickets hold; it stays.' }),
  label: Type.String({ description: 'What people read.' }),
  active: Type.Boolean({ description: 'Whether it may be chosen.' }),
})

const requirement = (description: string) =>
  Type.Unsafe<Requirement | null>({ enum: [...REQUIREMENTS, null], description })

export const FieldAnswer = closed({
  id: Type.Integer(),
  key: Type.String({ description: 'By which tickets and queries name it; it stays.' }),
  type: word(FIELD_TYPES),
  label: Type.String({ description: 'What people read.' }),
  description: Type.String(),
  choices: Type.Array(ChoiceAnswer, {
    description: 'Of a choice, or of several (choices): in the order in which they are offered, with retired ones.',
  }),
  required: requirement('When a ticket has to have it: to_open, to_solve; null where it need not.'),
  active: Type.Boolean({ description: 'Whether it may be set. What tickets hold of a retired one is still shown.' }),
})
export type FieldAnswer = Static<typeof FieldAnswer>
export const FieldListAnswer = listOf(FieldAnswer)

const name = Type.String({ minLength: 1, maxLength: 255 })

/** What a new record is, of each kind. */
export const NewRecordBody = closed({ name })
const addresses = Type.Optional(
  Type.Array(Type.String({ minLength: 3, maxLength: LONGEST_EMAIL }), {
    maxItems: MOST_DESK_ADDRESSES,
    description:
      'All addresses at which it gets mail, each of one desk only; *@example.com is for all that are no other.',
  }),
)
export const NewDeskBody = closed({ name, addresses })
export const NewTopicBody = closed({
  name,
  offered_in: Type.Optional(offeredIn('The dialects whose callers may choose it by themselves; none by default.')),
})
export const NewStatusLabelBody = closed({ name, status: word(STATUSES) })
export const NewPriorityLabelBody = closed({ name, priority: word(PRIORITIES) })
export const NewChannelBody = closed({
  name,
  kind: Type.String({ pattern: '^[a-z][a-z0-9_]{0,31}$', description: 'What tickets name it by.' }),
})

const choiceText = Type.String({ minLength: 1, maxLength: 2 * LONGEST_CHOICE })
const choices = (description: string) =>
  Type.Optional(
    Type.Array(
      Type.Union([
        choiceText,
        closed({ value: choiceText, label: Type.Optional(choiceText), active: Type.Optional(Type.Boolean()) }),
      ]),
      { maxItems: MOST_CHOICES, description },
    ),
  )
const description = Type.Optional(
  Type.String({ maxLength: 1_000, description: 'What is to be said to whoever sets it.' }),
)
const required = Type.Optional(
  requirement('When a ticket has to have it: to_open, to_solve; null, the default: it need not.'),
)

export const NewFieldBody = closed({
  key: Type.String({
    pattern: '^[a-z][a-z0-9_]{0,39}$',
    description: 'By which tickets and queries name it; it stays.',
  }),
  type: word(FIELD_TYPES, 'What it holds; it stays.'),
  label: name,
  description,
  choices: choices('What may be chosen: values, or values with what they are called. Only of a choice or of choices.'),
  required,
})
export type NewFieldBody = Static<typeof NewFieldBody>

export const FieldChangeBody = closed({
  label: Type.Optional(name),
  description,
  choices: choices(
    'All that may be chosen, in their order: those that are not named are retired, and none is deleted.',
  ),
  required,
  active: Type.Optional(
    Type.Boolean({ description: 'False retires it: tickets keep what they hold, and it is not set any more.' }),
  ),
})
export type FieldChangeBody = Static<typeof FieldChangeBody>

export const FieldParams = closed({ field: Type.String({ description: 'Key or id of the field.' }) })

export const RecordParams = closed({ id: Type.String() })
export const RecordChangeBody = closed({
  name: Type.Optional(name),
  active: Type.Optional(
    Type.Boolean({ description: 'False retires it: tickets that have it keep it, and no other may get it.' }),
  ),
})

export const TopicChangeBody = closed({
  ...RecordChangeBody.properties,
  offered_in: Type.Optional(offeredIn('All dialects whose callers may choose it by themselves.')),
})
export const DeskChangeBody = closed({ ...RecordChangeBody.properties, addresses })

const searchLanguage = Type.Unsafe<SearchLanguage | null>({
  enum: [...SEARCH_LANGUAGES, null],
  description:
    'The language whose forms of words the search knows: with `en` whoever seeks `invoices` finds an invoice. Null: words are found by themselves and by what they begin with.',
})
export const TenantAnswer = closed({ id, name: Type.String(), search_language: searchLanguage })
export type TenantAnswer = Static<typeof TenantAnswer>
export const TenantChangeBody = closed({ name: Type.Optional(name), search_language: Type.Optional(searchLanguage) })
