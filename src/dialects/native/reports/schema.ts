import { type Static, Type } from 'typebox'
import { LONGEST_QUERY } from '../../../core/query/query.ts'
import { INTERVALS } from '../../../core/reports/calendar.ts'
import { DIMENSIONS, MEASURES, REPORT_NAMES, UNITS } from '../../../core/reports/report.ts'
import { pageParameters } from '../paging.ts'
import { closed, instant, instantOrNull, listOf, objectOrNull, textOrNull, word } from '../shapes.ts'
import { TicketAnswer } from '../tickets/schema.ts'

export const ReportParams = Type.Object({ name: word(REPORT_NAMES, 'What it counts: docs/reports.md defines each.') })

const FORMATS = ['json', 'csv'] as const

const asked = {
  from: Type.Optional(
    Type.String({
      description:
        'Where it begins: a day of the zone, or a time at a full quarter of an hour. Only a backlog may begin with the first ticket.',
    }),
  ),
  to: Type.Optional(Type.String({ description: 'What it ends before, likewise; now by default.' })),
  zone: Type.Optional(
    Type.String({ maxLength: 64, description: 'An IANA time zone, such as Europe/Berlin; UTC by default.' }),
  ),
  by: Type.Optional(
    Type.String({
      maxLength: 255,
      description: `By what figures are told apart: desk, ${DIMENSIONS.join(', ')}, or field.KEY of a choice or of yes and no.`,
    }),
  ),
  q: Type.Optional(
    Type.String({
      maxLength: LONGEST_QUERY,
      description:
        'Only these tickets, in the language of listTickets: desks, and one of group, topic, channel, assignee, tag and field.',
    }),
  ),
  dialect: Type.Optional(Type.String({ maxLength: 64, description: 'Only tickets that came by this dialect.' })),
}

export const ReportQuery = closed({
  ...asked,
  interval: Type.Optional(word(INTERVALS, 'Told apart by the calendar of the zone; a backlog without it by age.')),
  format: Type.Optional(word(FORMATS, 'csv: as lines of CSV, as by Accept.')),
})
export type ReportQuery = Static<typeof ReportQuery>

export const BehindQuery = closed({
  ...asked,
  ...pageParameters,
  measure: Type.Optional(word(MEASURES, 'Whose figure: all by default.')),
  value: Type.Optional(
    Type.String({
      maxLength: 255,
      description: 'The `value` of a row of `by`; absent: of the row whose value is null.',
    }),
  ),
})
export type BehindQuery = Static<typeof BehindQuery>

const FIGURE = {
  tickets: Type.Integer(),
  sum: Type.Integer({ description: 'What these tickets come to, in `unit`; 0 where there is none.' }),
  mean: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'Of a ticket; null without tickets or unit.',
  }),
}
const Figures = closed({
  all: closed(FIGURE),
  people: objectOrNull(FIGURE),
  automations: objectOrNull(FIGURE),
})

export const ReportAnswer = closed({
  name: word(REPORT_NAMES),
  unit: Type.Unsafe<(typeof UNITS)[number] | null>({ enum: [...UNITS, null] }),
  from: instantOrNull,
  to: instant,
  zone: Type.String(),
  by: textOrNull,
  total: Figures,
  rows: Type.Array(
    closed({
      value: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'Of `by`: an id, a tag, a choice; null for tickets that have none, and without `by`.',
      }),
      name: textOrNull,
      from: instantOrNull,
      to: instant,
      figures: Figures,
    }),
  ),
  position: Type.Integer({ description: 'Of the last event that is counted.' }),
  behind: Type.Integer({ description: 'How many events are not counted yet.' }),
  complete: Type.Boolean({
    description: 'False while all is counted anew, after an update or `polydesk reports rebuild`.',
  }),
})
export type ReportAnswer = Static<typeof ReportAnswer>

export const BehindAnswer = listOf(TicketAnswer)
