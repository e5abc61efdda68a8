import { type Static, Type } from 'typebox'
import { BULK_JOB_STATES, BULK_OUTCOMES, MOST_TICKETS } from '../../../core/bulk/job.ts'
import { LONGEST_QUERY } from '../../../core/query/query.ts'
import { ProblemBody } from '../errors.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, instant, instantOrNull, listOf, word } from '../shapes.ts'
import { ChangeBody } from '../tickets/schema.ts'

const { status, priority, topic, type, group, assignee, add_tags, remove_tags, fields } = ChangeBody.properties

/** How tickets are filed: what they say is not changed for many at once. */
export const FilingBody = closed({ status, priority, topic, type, group, assignee, add_tags, remove_tags, fields })
export type FilingBody = Static<typeof FilingBody>

export const NewJobBody = closed({
  query: Type.Optional(
    Type.String({
      maxLength: LONGEST_QUERY,
      description: `All tickets in sight that it finds, in the language of \`q\` of listTickets; ${MOST_TICKETS} at the most. Empty with \`view\` for all of that.`,
    }),
  ),
  view: Type.Optional(Type.String({ description: 'With query: id of a view, whose query has to hold too.' })),
  tickets: Type.Optional(
    Type.Array(id, { maxItems: MOST_TICKETS, description: 'Or the tickets by id, in the place of a query.' }),
  ),
  change: Type.Optional(FilingBody),
  macro: Type.Optional(
    Type.String({ description: 'Or what a macro changes, by its id; it says nothing and does not snooze.' }),
  ),
})
export type NewJobBody = Static<typeof NewJobBody>

export const JobParams = Type.Object({ id: Type.String({ description: 'UUID of the job.' }) })

export const JobListQuery = closed(pageParameters)

export const ResultQuery = closed({
  outcome: Type.Optional(word(BULK_OUTCOMES, 'Only those of which this came.')),
  ...pageParameters,
})
export type ResultQuery = Static<typeof ResultQuery>

const idOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uuid', description })
const textOrNull = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description })

export const JobAnswer = closed({
  id,
  state: word(BULK_JOB_STATES),
  user: Type.String({ format: 'uuid', description: 'Who asked for it, whose rights it has.' }),
  query: textOrNull('What its tickets were looked for by; null where they were named.'),
  view: textOrNull('The view in which they were looked for.'),
  change: Type.Unsafe<FilingBody | null>({
    ...FilingBody,
    type: ['object', 'null'],
    description: 'What each ticket gets; null for an undo.',
  }),
  undoes: idOrNull('The job that it takes back.'),
  undone_by: idOrNull('The job that took it back.'),
  total: Type.Integer({ description: 'How many tickets it is for, which was fixed when it began.' }),
  done: Type.Integer({ description: 'Of how many it is known what came of them.' }),
  changed: Type.Integer(),
  unchanged: Type.Integer({ description: 'Those that were so already.' }),
  refused: Type.Integer(),
  created_at: instant,
  finished_at: instantOrNull,
})
export type JobAnswer = Static<typeof JobAnswer>
export const JobListAnswer = listOf(JobAnswer)

export const ResultAnswer = closed({
  ticket: Type.String({ format: 'uuid' }),
  number: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'Of the ticket as you see it now; null where you do not.',
  }),
  title: textOrNull('Likewise.'),
  outcome: Type.Unsafe<(typeof BULK_OUTCOMES)[number] | null>({
    enum: [...BULK_OUTCOMES, null],
    description: 'What came of it; null while it was not its turn, and for good where the job was cancelled before.',
  }),
  problem: Type.Unsafe<unknown>({
    ...ProblemBody,
    type: ['object', 'null'],
    description: 'Why it was refused: what a change of this ticket alone would have been answered.',
  }),
})
export type ResultAnswer = Static<typeof ResultAnswer>
export const ResultListAnswer = listOf(ResultAnswer)
