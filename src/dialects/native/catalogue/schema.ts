import { type Static, Type } from 'typebox'
import { PRIORITIES, STATUSES } from '../../../core/tickets/ticket.ts'
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
export const NewFormBody = closed({ name: Type.String({ minLength: 1, maxLength: 255 }) })

export const RecordListAnswer = listOf(RecordAnswer)
export const StatusLabelListAnswer = listOf(StatusLabelAnswer)
export const PriorityLabelListAnswer = listOf(PriorityLabelAnswer)
export const ChannelListAnswer = listOf(ChannelAnswer)
