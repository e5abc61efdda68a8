import type { Issue } from '../errors.ts'
import type { ImportOutcome, ImportProblem } from './record.ts'

/** Problems that are named one by one; of more it is only told how many there are, field by field. */
const MOST_NAMED = 1_000

/** What came of an import. */
export interface ImportReport {
  readonly dryRun: boolean
  readonly lines: number
  /** How many of each kind. */
  readonly created: Readonly<Record<string, number>>
  readonly changed: Readonly<Record<string, number>>
  readonly unchanged: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
  readonly problems: readonly NamedProblem[]
  /** How often each field could not be kept, `ticket.assignee`, whether or not each time is among the problems. */
  readonly notKept: Readonly<Record<string, number>>
}

export interface NamedProblem extends ImportProblem {
  readonly line: number
  readonly kind: string
  readonly id: string | null
}

/** Counts what comes of lines, in bounded memory. */
export interface Reporter {
  count(outcome: ImportOutcome, kind: string, times?: number): void
  tell(
    line: number,
    about: { readonly kind: string; readonly id: string | null },
    problems: readonly ImportProblem[],
  ): void
  report(lines: number): ImportReport
}

export function openReporter(dryRun: boolean): Reporter {
  const counts: Record<ImportOutcome, Record<string, number>> = { created: {}, changed: {}, unchanged: {}, refused: {} }
  const notKept: Record<string, number> = {}
  const named: NamedProblem[] = []
  const add = (to: Record<string, number>, name: string, times: number): void => {
    to[name] = (to[name] ?? 0) + times
  }
  return {
    count: (outcome, kind, times = 1) => add(counts[outcome], kind, times),
    tell(line, { kind, id }, problems) {
      for (const problem of problems) {
        add(notKept, fieldOf(kind, problem.issue), 1)
        if (named.length < MOST_NAMED) named.push({ ...problem, line, kind, id })
      }
    },
    report: (lines) => ({ dryRun, lines, ...counts, problems: named, notKept }),
  }
}

/** Of lists whichever it is: what an unknown field is called is not counted by itself beyond the first hundred. */
function fieldOf(kind: string, { path }: Issue): string {
  return [kind, ...path.filter((part) => typeof part === 'string')].join('.').slice(0, 100)
}
