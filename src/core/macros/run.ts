import type { BulkChange } from '../bulk/job.ts'
import type { Context } from '../context.ts'
import { type CoreError, type Issue, Refusal, refuseField } from '../errors.ts'
import { findLiving } from '../identity/queries.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import {
  type Contents,
  circumstances,
  contentIn,
  makeContents,
  namedPeople,
} from '../tickets/commands/circumstances.ts'
import type { OneTicket } from '../tickets/commands/outcome.ts'
import type { EventDraft } from '../tickets/drafts.ts'
import { getTicket } from '../tickets/queries/find.ts'
import { decideChange } from '../tickets/rules/change.ts'
import type { ChangeOptions, Ticket, TicketRef } from '../tickets/ticket.ts'
import type { Macro } from './macro.ts'
import { getMacro } from './queries.ts'
import { changeBy, ofActor, type Run, saidBy } from './rules.ts'

/** What a macro would do to a ticket as it is now. */
export interface Preview {
  readonly macro: Macro
  readonly ticket: Ticket
  /** What would be told of the fields that it changes. */
  readonly changes: readonly Pick<EventDraft, 'kind' | 'before' | 'after'>[]
  readonly message: ReturnType<typeof saidBy>
  /** Why it would be refused; null where it would not be. */
  readonly problem: CoreError | null
}

/**
 * Does to a ticket what a macro says, all of it or nothing: one change of it, undone as one.
 *
 * @param text what is said in the place of the macro's own message; null for that.
 * @throws Refusal `not_found` (also the macro), `invalid` (path `text`, and beginning with `macro` where it names what is gone),
 * and as `changeTicket`
 */
export async function runMacro(
  ctx: Context,
  ref: TicketRef,
  { macroId, text }: { readonly macroId: string; readonly text: string | null },
  options: Pick<ChangeOptions, 'version'> = {},
): Promise<OneTicket> {
  return underMacro(() =>
    changeTicket(
      ctx,
      ref,
      async () => {
        const macro = await getMacro(ctx, macroId)
        return { decide: (ticket) => changeBy(macro, ticket, runOn(ctx, ticket), text) }
      },
      options,
    ),
  )
}

/** What a macro would do to a ticket, or why it would do nothing. @throws Refusal `forbidden`, `not_found` */
export async function previewMacro(ctx: Context, macroId: string, ref: TicketRef): Promise<Preview> {
  const [macro, ticket] = await Promise.all([getMacro(ctx, macroId), getTicket(ctx, ref)])
  const message = saidBy(macro, ticket, runOn(ctx, ticket))
  try {
    // What is not known is shown; whoever runs it says something in its place.
    const changes = await underMacro(() => changesOf(ctx, macro, ticket, message?.text ?? null))
    return { macro, ticket, changes, message, problem: null }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { macro, ticket, changes: [], message, problem: error.error }
  }
}

/** What would be told of the fields of a ticket. @throws Refusal as `changeTicket` */
async function changesOf(ctx: Context, macro: Macro, ticket: Ticket, text: string | null): Promise<Preview['changes']> {
  const change = changeBy(macro, ticket, runOn(ctx, ticket), text)
  const contents: Contents = new Map()
  await makeContents(ctx, contents, [change], true)
  const people = [...(await findLiving(ctx, namedPeople(ctx.tenant, change))), ctx.actor.user]
  const given = circumstances(ctx, { people, uploads: new Map(), contentOf: contentIn(contents) }, false)
  const { events } = decideChange(ticket, [change], given)
  return events.filter(({ kind }) => kind !== 'message.added' && kind !== 'ticket.macro_run')
}

/**
 * What a macro changes, for a job on many tickets.
 *
 * @throws Refusal `not_found`, `invalid` (path `macro`) for one that says something or snoozes: these are for one ticket
 */
export async function changeForMany(ctx: Context, macroId: string): Promise<BulkChange> {
  const { change, message } = await getMacro(ctx, macroId)
  const { snoozeMinutes, ...filing } = ofActor(change, ctx.actor)
  if (message !== null) refuseField(['macro'], 'not_allowed', 'It says something, which is for one ticket at a time.')
  if (snoozeMinutes !== undefined)
    refuseField(['macro'], 'not_allowed', 'It snoozes, which is for one ticket at a time.')
  return filing
}

function runOn({ tenant, actor, now }: Context, { deskId }: Ticket): Run {
  return { actor, now, deskName: tenant.desks.find(({ id }) => id === deskId)?.name ?? '' }
}

/** What the macro named and is gone is no field of the call: its error says so. What is said is. */
async function underMacro<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    const isOfCall = ({ path: [first] }: Issue): boolean => first === 'text' || first === 'message'
    const issues = error.error.issues.map((each) =>
      isOfCall(each) ? each : { ...each, path: ['macro', ...each.path] },
    )
    throw new Refusal({ code: 'invalid', issues })
  }
}
