import { type Static, Type } from 'typebox'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
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

const name = Type.String({ minLength: 1, maxLength: 255 })

/** What a new record is, of each kind. */
export const NewRecordBody = closed({ name })
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

export const RecordParams = closed({ id: Type.String() })
export const RecordChangeBody = closed({
  name: Type.Optional(name),
  active: Type.Optional(
    Type.Boolean({ description: 'False retires it: tickets that have it keep it, and no other may get it.' }),
  ),
})

export const TenantAnswer = closed({ id, name: Type.String() })
export const TenantChangeBody = closed({ name })
