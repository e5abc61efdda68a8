import type { Context } from '../context.ts'
import { type Issue, Refusal, refuse } from '../errors.ts'
import { demandTenantWide } from '../identity/actor.ts'
import { takeRecord } from './catalogue.ts'
import { takeField } from './fields.ts'
import { forget, takePart } from './files.ts'
import { isOwn, takeOwn } from './own.ts'
import { takeMembers, takeUser } from './people.ts'
import { IMPORT_DIALECT, type Imported, type ImportedThing, type ImportOutcome, type ImportProblem } from './record.ts'
import { type ImportReport, openReporter } from './report.ts'
import type { ImportAround, Memory, Run } from './run.ts'
import { demandTicket, takeTicket } from './tickets.ts'

/** An import that goes on, line by line. */
export interface Import {
  /** Takes one line. @throws only where the store is away; what is wrong with a line is told by the report. */
  take(line: number, imported: Imported): Promise<void>
  /** Tells of a line that could not be read. */
  refuse(line: number, about: { readonly kind: string; readonly id: string | null }, issues: readonly Issue[]): void
  /** Tells what of a line that was read is not known here. */
  leaveOut(line: number, about: { readonly kind: string; readonly id: string | null }, issues: readonly Issue[]): void
  report(lines: number): ImportReport
  /** Forgets what waits for lines that do not come any more. */
  end(): Promise<void>
}

/** Begins an import into the actor's tenant. @throws Refusal `forbidden` */
export function beginImport(given: Context, around: ImportAround): Import {
  const { actor } = given
  demandTenantWide(actor, 'tenant.manage')
  if (actor.credential.deskId !== null || !actor.user.isOwner)
    refuse({ code: 'forbidden', permission: 'tenant.manage' })
  const call = { ...given, dialect: IMPORT_DIALECT, idempotency: null }
  const reporter = openReporter(around.dryRun)
  const memory: Memory = { incoming: null, latestTicket: null, uploads: new Map(), wouldBe: new Set() }
  return {
    async take(line, { source, id, thing }) {
      const about = { kind: thing.kind === 'catalogue' ? thing.record.of : thing.kind, id }
      const problems: ImportProblem[] = []
      try {
        const ctx = { ...call, tenant: await around.tenant() }
        const outcome = await take({ ctx, around, source, problems, memory }, id, thing, (kind, times) =>
          reporter.count('created', kind, times),
        )
        if (outcome !== null) reporter.count(outcome, about.kind)
      } catch (error) {
        if (!(error instanceof Refusal) || error.error.code === 'unavailable' || error.error.code === 'unauthenticated')
          throw error
        reporter.count('refused', about.kind)
        problems.push(...issuesOf(error).map((issue) => ({ outcome: 'refused' as const, issue })))
      }
      reporter.tell(line, about, problems)
    },
    refuse(line, about, issues) {
      reporter.count('refused', about.kind)
      reporter.tell(
        line,
        about,
        issues.map((issue) => ({ outcome: 'refused', issue })),
      )
    },
    leaveOut: (line, about, issues) =>
      reporter.tell(
        line,
        about,
        issues.map((issue) => ({ outcome: 'left_out', issue })),
      ),
    report: (lines) => reporter.report(lines),
    end: () => forget(call.store, memory),
  }
}

function issuesOf({ error }: Refusal): readonly Issue[] {
  if (error.code === 'invalid') return error.issues
  const message = 'message' in error ? error.message : `It is refused: ${error.code}.`
  return [{ path: [], rule: 'not_allowed', message }]
}

/** @returns null for a line that is a part of something. */
async function take(
  run: Run,
  id: string,
  thing: ImportedThing,
  countMade: (kind: string, times: number) => void,
): Promise<ImportOutcome | null> {
  if (isOwn(run)) return takeOwn(run, id, thing)
  switch (thing.kind) {
    case 'catalogue':
      return takeRecord(run, thing.record)
    case 'field':
      return takeField(run, thing.field)
    case 'user':
      return takeUser(run, id, thing.user)
    case 'members':
      return takeMembers(run, thing)
    case 'file':
      return takePart(run, id, thing)
    case 'ticket':
      return takeTicket(run, id, thing.ticket, countMade)
    case 'messages':
      await demandTicket(run, thing.ticket)
      return takeTicket(run, thing.ticket, { times: {}, messages: thing.messages }, countMade)
  }
}
