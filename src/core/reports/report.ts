import type { Instant } from '../instant.ts'

/** Whose work a figure tells of: of people, of machines, or of all there are. */
export const MEASURES = ['all', 'people', 'automations'] as const
export type Measure = (typeof MEASURES)[number]

/** What a ticket counts as, once each, at a time of its own. The definitions are in `docs/reports.md`. */
export const METRICS = [
  'created.all',
  'backlog.all',
  'first_response.all',
  'first_response.people',
  'first_response.automations',
  'solved.all',
  'solved.people',
  'solved.automations',
  'replies.all',
  'replies.people',
  'replies.automations',
  'reopened.all',
] as const
export type Metric = (typeof METRICS)[number]

/** What the sum of a report tells beside its tickets. */
export const UNITS = ['seconds', 'replies', 'times'] as const
export type Unit = (typeof UNITS)[number]

interface Report {
  /** What each measure counts. */
  readonly metrics: Readonly<Partial<Record<Measure, Metric>>>
  readonly unit: Unit | null
}

const SOLVED = { all: 'solved.all', people: 'solved.people', automations: 'solved.automations' } as const

/** Every report. */
export const REPORTS = {
  created: { metrics: { all: 'created.all' }, unit: null },
  solved: { metrics: SOLVED, unit: null },
  backlog: { metrics: { all: 'backlog.all' }, unit: null },
  first_response: {
    metrics: {
      all: 'first_response.all',
      people: 'first_response.people',
      automations: 'first_response.automations',
    },
    unit: 'seconds',
  },
  resolution: { metrics: SOLVED, unit: 'seconds' },
  replies: {
    metrics: { all: 'replies.all', people: 'replies.people', automations: 'replies.automations' },
    unit: 'replies',
  },
  reopened: { metrics: { all: 'reopened.all' }, unit: 'times' },
} as const satisfies Readonly<Record<string, Report>>
export type ReportName = keyof typeof REPORTS
// A table of one's own has the keys that it is declared with.
export const REPORT_NAMES = Object.keys(REPORTS) as ReportName[]

export function reportOf(name: ReportName): Report {
  return REPORTS[name]
}

/** What figures are told apart by, beside desks: each ticket has one value there, or of tags and choices any number. */
export const DIMENSIONS = ['dialect', 'channel', 'group', 'assignee', 'topic', 'tag'] as const

/** A field of the tenant's own as a dimension. */
export const fieldDimension = (key: string): string => `field.${key}`

/** What tickets are told apart by that have no value somewhere. */
export const NOTHING = ''

/** When a ticket counts as something, and for how much. */
export interface Mark {
  readonly metric: Metric
  readonly at: Instant
  readonly amount: number
}

/** A value of a dimension. */
export interface Part {
  readonly dimension: string
  readonly value: string
}

/** What a ticket counts as. */
export interface Count {
  readonly deskId: string
  readonly parts: readonly Part[]
  readonly marks: readonly Mark[]
}

/** How many tickets, and the sum of what each of them counts for. */
export interface Figure {
  readonly tickets: number
  readonly sum: number
}
