import { type Static, Type } from 'typebox'
import { FILES_OF_A_MESSAGE } from '../../../core/attachments/rules.ts'
import { closed, id, instant, textOrNull, word } from '../shapes.ts'
import { TicketParams, VISIBILITIES } from '../tickets/schema.ts'

export const DraftParams = Type.Object({
  ...TicketParams.properties,
  draft: Type.String({ description: 'A UUID that you choose for a new draft.' }),
})

export const DraftBody = closed({
  visibility: Type.Optional(
    word(VISIBILITIES, 'What it is to be: a public reply, or an internal note; public by default.'),
  ),
  text: Type.Optional(Type.String({ description: 'Plain text; not together with html.' })),
  html: Type.Optional(Type.String({ description: 'HTML; not together with text.' })),
  attachments: Type.Optional(
    Type.Array(Type.String({ format: 'uuid', description: 'An attachment that you uploaded.' }), {
      maxItems: FILES_OF_A_MESSAGE,
      description: 'Files that are to go with it. They are kept for as long as the draft has them.',
    }),
  ),
})
export type DraftBody = Static<typeof DraftBody>

export const DraftAnswer = closed({
  id,
  version: Type.Integer({ description: 'Goes up with each change; it is the ETag.' }),
  visibility: word(VISIBILITIES),
  text: textOrNull,
  html: textOrNull,
  attachments: Type.Array(closed({ id, name: Type.String(), size: Type.Integer() })),
  updated_at: instant,
})
export type DraftAnswer = Static<typeof DraftAnswer>
export const DraftListAnswer = closed({ data: Type.Array(DraftAnswer) })
