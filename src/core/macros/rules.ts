import type { BulkChange } from '../bulk/job.ts'
import { refuseField } from '../errors.ts'
import type { Actor } from '../identity/actor.ts'
import type { Instant } from '../instant.ts'
import { filled, unfilledIn } from '../replies/variables.ts'
import { demandSnooze } from '../tickets/rules/snooze.ts'
import type { Ticket, TicketChange } from '../tickets/ticket.ts'
import { type Macro, type MacroChange, ME } from './macro.ts'

/** A change as it is for whoever runs it. */
export function ofActor(change: MacroChange, { user }: Pick<Actor, 'user'>): MacroChange {
  return change.assigneeId === ME ? { ...change, assigneeId: user.id } : change
}

/** When, by whom and where a macro is run. */
export interface Run {
  readonly actor: Actor
  readonly now: Instant
  /** The desk that the ticket belongs to. */
  readonly deskName: string
}

/** What a macro says on a ticket, and the variables in it for which nothing is known there. */
export function saidBy({ message }: Pick<Macro, 'message'>, ticket: Ticket, run: Omit<Run, 'now'>) {
  if (message === null) return null
  const of = { ticket, ...run }
  const { visibility, text } = message
  return { visibility, text: filled(text, of), unfilled: unfilledIn(text, of) }
}

/**
 * What a macro makes of a ticket.
 *
 * @param text what is said in the place of its own message; null for that.
 * @throws Refusal `invalid` (path `text`) where something in its message is not known, `conflict` for one that is done and is
 * to be snoozed
 */
export function changeBy(macro: Macro, ticket: Ticket, run: Run, text: string | null): TicketChange {
  const { snoozeMinutes, ...filing } = ofActor(macro.change, run.actor)
  const said = saidBy(macro, ticket, run)
  if (said === null && text !== null) refuseField(['text'], 'not_allowed', 'This macro says nothing.')
  const [missing] = text === null ? (said?.unfilled ?? []) : []
  if (missing !== undefined)
    refuseField(['text'], 'required', `Nothing is known for {{${missing}}}. Send the text as it is to be.`)
  return {
    ...filing,
    ...(snoozeMinutes !== undefined && sleepFor(snoozeMinutes, ticket, filing, run.now)),
    ...(said && { message: { visibility: said.visibility, format: 'text', text: text ?? said.text } }),
    macroId: macro.id,
  }
}

function sleepFor(
  minutes: number | null,
  ticket: Ticket,
  { status }: BulkChange,
  now: Instant,
): Pick<TicketChange, 'snoozedUntil'> {
  const until = minutes === null ? null : new Date(Date.parse(now) + minutes * 60_000).toISOString()
  return demandSnooze({ status: status?.to ?? ticket.status }, until, now)
}
