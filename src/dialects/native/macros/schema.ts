import { type Static, Type } from 'typebox'
import { AUDIENCES } from '../../../core/identity/audience.ts'
import { LONGEST_SNOOZE, ME } from '../../../core/macros/macro.ts'
import { LONGEST_REPLY } from '../../../core/replies/reply.ts'
import { VARIABLES } from '../../../core/replies/variables.ts'
import { FilingBody } from '../bulk/schema.ts'
import { ProblemBody } from '../errors.ts'
import { closed, id, objectOrNull, word } from '../shapes.ts'
import { VISIBILITIES } from '../tickets/schema.ts'

const audience = word(AUDIENCES, 'Whom it is for: you alone, the members of a group, or everyone who works here.')
const variables = Object.keys(VARIABLES)
  .map((name) => `{{${name}}}`)
  .join(', ')

const { assignee: _assignee, ...filing } = FilingBody.properties

/** How a ticket is filed, and for how long it sleeps. */
const MacroChangeBody = closed({
  ...filing,
  assignee: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      pattern: `^(${ME}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$`,
      description: `A user who works on the desk; ${ME} for whoever runs it.`,
    }),
  ),
  snooze: Type.Optional(
    Type.Unsafe<number | null>({
      ...{ type: ['integer', 'null'], minimum: 1, maximum: LONGEST_SNOOZE },
      description: 'For so many minutes, or until its requester says something; null for the latter alone.',
    }),
  ),
})
export type MacroChangeBody = Static<typeof MacroChangeBody>

const group = Type.Unsafe<string | null>({
  ...{ type: ['string', 'null'], format: 'uuid' },
  description: 'Where it is for a group.',
})
const name = Type.String({ minLength: 1, maxLength: 255 })
const may = {
  change: Type.Optional(MacroChangeBody),
  text: Type.Optional(
    Type.Unsafe<string | null>({
      ...{ type: ['string', 'null'], maxLength: LONGEST_REPLY },
      description: `What it says, as plain text; null for nothing. Filled in when it is run: ${variables}.`,
    }),
  ),
  visibility: Type.Optional(word(VISIBILITIES, 'Whether that is a reply or a note; public by default.')),
  audience: Type.Optional(audience),
  group: Type.Optional(group),
}

export const NewMacroBody = closed({ name, ...may })
export type NewMacroBody = Static<typeof NewMacroBody>

export const MacroEditBody = closed({ name: Type.Optional(name), ...may })
export type MacroEditBody = Static<typeof MacroEditBody>

export const MacroAnswer = closed({
  id,
  version: Type.Integer({ description: 'Goes up with each change; it is the ETag.' }),
  name: Type.String(),
  change: MacroChangeBody,
  text: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'With its variables; null: it says nothing.',
  }),
  visibility: Type.Unsafe<(typeof VISIBILITIES)[number] | null>({
    type: ['string', 'null'],
    enum: [...VISIBILITIES, null],
  }),
  audience,
  group: objectOrNull({ id, integer: Type.Integer(), name: Type.String() }),
  changeable: Type.Boolean({ description: 'Whether you may change and delete it.' }),
})
export type MacroAnswer = Static<typeof MacroAnswer>
export const MacroListAnswer = closed({ data: Type.Array(MacroAnswer) })

export const MacroParams = Type.Object({ id: Type.String() })
export const PreviewQuery = closed({
  ticket: Type.String({ description: 'UUID or integer of the ticket.' }),
})

const EventData = Type.Unsafe<Readonly<Record<string, unknown>> | null>({
  type: ['object', 'null'],
  additionalProperties: true,
})

export const PreviewAnswer = closed({
  ticket: id,
  version: Type.Integer({ description: 'Of the ticket: a run with it as If-Match does just this, or nothing.' }),
  changes: Type.Array(
    closed({
      kind: Type.String({ description: 'As its event will be.' }),
      before: EventData,
      after: EventData,
    }),
    { description: 'What would change; empty where all is so already.' },
  ),
  problem: Type.Unsafe<unknown>({
    ...ProblemBody,
    type: ['object', 'null'],
    description: 'Why its run would be refused, which would be answered this; null where it would not be.',
  }),
  message: objectOrNull({
    visibility: word(VISIBILITIES),
    text: Type.String({ description: 'With its variables filled in.' }),
    unfilled: Type.Array(Type.String(), {
      description: 'Variables of which nothing is known on this ticket: it is not run without a text of your own.',
    }),
  }),
})
export type PreviewAnswer = Static<typeof PreviewAnswer>

export const RunBody = closed({
  macro: id,
  text: Type.Optional(
    Type.String({
      ...{ minLength: 1, maxLength: 2 * LONGEST_REPLY },
      description: 'What is said in the place of its own text.',
    }),
  ),
})
