import { type Static, Type } from 'typebox'
import { AUDIENCES } from '../../../core/identity/audience.ts'
import { LONGEST_REPLY } from '../../../core/replies/reply.ts'
import { VARIABLES } from '../../../core/replies/variables.ts'
import { closed, id, objectOrNull, textOrNull, word } from '../shapes.ts'

const audience = word(AUDIENCES, 'Whom it is for: you alone, the members of a group, or everyone who works here.')
const variables = Object.keys(VARIABLES)
  .map((name) => `{{${name}}}`)
  .join(', ')

export const ReplyAnswer = closed({
  id,
  version: Type.Integer({ description: 'Goes up with each change; it is the ETag.' }),
  name: Type.String(),
  folder: Type.String({ description: 'What it is filed under; empty for none.' }),
  language: textOrNull,
  text: Type.String({ description: 'With its variables.' }),
  filled: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'With what is known of the ticket in their place; null unless `ticket` names one.',
  }),
  audience,
  group: objectOrNull({ id, integer: Type.Integer(), name: Type.String() }),
  changeable: Type.Boolean({ description: 'Whether you may change and delete it.' }),
})
export type ReplyAnswer = Static<typeof ReplyAnswer>
export const ReplyListAnswer = closed({ data: Type.Array(ReplyAnswer) })

export const ReplyParams = Type.Object({ id: Type.String() })
export const ReplyQuery = closed({
  ticket: Type.Optional(Type.String({ description: 'UUID or integer of the ticket to fill variables in for.' })),
})

const name = Type.String({ minLength: 1, maxLength: 255 })
const folder = Type.String({ maxLength: 255, description: 'What it is filed under; none by default.' })
const language = Type.Unsafe<string | null>({
  ...{ type: ['string', 'null'], maxLength: 35 },
  description: 'The language that it is in, such as en or de-CH; null where it does not matter.',
})
const text = Type.String({
  ...{ minLength: 1, maxLength: LONGEST_REPLY },
  description: `Plain text. Variables are filled in when it is inserted: ${variables}.`,
})
const group = Type.Unsafe<string | null>({
  ...{ type: ['string', 'null'], format: 'uuid' },
  description: 'Where it is for a group.',
})
const may = {
  folder: Type.Optional(folder),
  language: Type.Optional(language),
  audience: Type.Optional(audience),
  group: Type.Optional(group),
}

export const NewReplyBody = closed({ name, text, ...may })
export type NewReplyBody = Static<typeof NewReplyBody>

export const ReplyChangeBody = closed({ name: Type.Optional(name), text: Type.Optional(text), ...may })
export type ReplyChangeBody = Static<typeof ReplyChangeBody>
