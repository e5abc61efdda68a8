import { type Static, Type } from 'typebox'
import { COLOURS, type Colour, LONGEST_TAG, LONGEST_TAG_DESCRIPTION, TAG_SORTS } from '../../../core/tags/tag.ts'
import { pageParameters } from '../paging.ts'
import { closed, listOf, word } from '../shapes.ts'

const colour = (description: string) => Type.Unsafe<Colour | null>({ enum: [...COLOURS, null], description })

export const TagAnswer = closed({
  name: Type.String(),
  colour: colour('Null for none.'),
  description: Type.String(),
  tickets: Type.Integer({ description: 'How many tickets have it.' }),
  job: Type.Unsafe<string | null>({
    ...{ type: ['string', 'null'], format: 'uuid' },
    description: 'The job that gives it to the tickets after it was renamed; else null.',
  }),
})
export type TagAnswer = Static<typeof TagAnswer>
export const TagListAnswer = listOf(TagAnswer)

export const TagParams = Type.Object({
  tag: Type.String({ description: 'Name of the tag, encoded as in any URL; an earlier name leads to it.' }),
})

export const TagListQuery = closed({
  q: Type.Optional(Type.String({ maxLength: LONGEST_TAG, description: 'Only those whose name holds it.' })),
  coloured: Type.Optional(word(['true', 'false'], 'With true only those that have a colour.')),
  sort: Type.Optional(word(TAG_SORTS, 'By name, or those that most tickets have before the others.')),
  ...pageParameters,
})
export type TagListQuery = Static<typeof TagListQuery>

const name = Type.String({ minLength: 1, maxLength: LONGEST_TAG })
const words = {
  colour: Type.Optional(colour(`One of ${COLOURS.join(', ')}; null for none.`)),
  description: Type.Optional(
    Type.String({ maxLength: LONGEST_TAG_DESCRIPTION, description: 'What is to be said to whoever sets it.' }),
  ),
}

export const NewTagBody = closed({ name, ...words })
export type NewTagBody = Static<typeof NewTagBody>

export const TagChangeBody = closed({ name: Type.Optional(name), ...words })
export type TagChangeBody = Static<typeof TagChangeBody>

export const MergeTagBody = closed({
  into: Type.String({ maxLength: LONGEST_TAG, description: 'Name of the tag that stays.' }),
})
