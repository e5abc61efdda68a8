import { type Static, Type } from 'typebox'
import { RELATIONS } from '../../../core/tickets/rules/links.ts'
import { STATUSES } from '../../../core/words.ts'
import { DeskName } from '../names.ts'
import { closed, id, instant, word } from '../shapes.ts'

const WHAT_IT_IS =
  'What the other ticket is to this one: related, its parent, a child of it, the predecessor that it follows up, or a follow_up of it.'

export const LinkAnswer = closed({
  id,
  relation: word(RELATIONS, WHAT_IT_IS),
  ticket: closed({
    id,
    integer: Type.Integer({ description: 'Unique in the tenant.' }),
    number: Type.Integer({ description: 'Unique on the desk.' }),
    desk: DeskName,
    title: Type.String(),
    status: word(STATUSES),
  }),
  created_at: instant,
})
export type LinkAnswer = Static<typeof LinkAnswer>

export const LinkListAnswer = closed({ data: Type.Array(LinkAnswer) })

export const LinkParams = Type.Object({
  id: Type.String({ description: 'UUID or integer of the ticket.' }),
  link: Type.String({ description: 'Id of the link.' }),
})

export const NewLinkBody = closed({
  relation: word(RELATIONS, WHAT_IT_IS),
  ticket: Type.Union([
    Type.String({ format: 'uuid', description: 'UUID of the other ticket.' }),
    Type.Integer({ minimum: 1, maximum: 999_999_999_999_999, description: 'Or its integer.' }),
  ]),
})
export type NewLinkBody = Static<typeof NewLinkBody>
