import type { Context } from '../../context.ts'
import { Refusal, refuse } from '../../errors.ts'
import { may } from '../../identity/actor.ts'
import type { Permission } from '../../identity/permissions.ts'
import { isReal, type LogEntry } from '../rules/past.ts'
import { undoing } from '../rules/undo.ts'
import { LOG_OF_TICKET, logEntryOf } from '../store/log.ts'
import type { ChangeOptions, Ticket, TicketChange, TicketRef } from '../ticket.ts'
import { changeTicket } from './change.ts'
import { type LinkTold, undoLink } from './links.ts'
import { isNameOf, type UnmergeAnswer, unmergeTicket } from './merge.ts'
import { unsplitTicket } from './split.ts'

/** As much of a log is looked at: what has so much after it is history. */
const EVENTS_LOOKED_AT = 1_000

const CHANGING: readonly Permission[] = ['ticket.change', 'ticket.status', 'ticket.assign']

/**
 * Undoes a change of a ticket: all that one call changed gets what it had, unless that would overwrite something newer. It is
 * a change like any other, by whoever may make it, and can be undone itself. Where the last that happened is a merge, that is
 * taken back.
 *
 * @param position of any event of the change; null for the last change.
 * @throws Refusal `not_found`, `forbidden`, `conflict` where it cannot be undone, `invalid` (path `change`), and as
 * `changeTicket`.
 */
export async function undoChange(
  ctx: Context,
  ref: TicketRef,
  position: number | null,
  options: Pick<ChangeOptions, 'version'> = {},
): Promise<Ticket> {
  try {
    const decide = (ticket: Ticket) => changeThatUndoes(ctx, ref, ticket, position)
    return (await changeTicket(ctx, ref, { decide }, options)).ticket
  } catch (error) {
    if (error instanceof LinkIsAsked)
      return undoLink(ctx, ref, error.told).catch((refused) => Promise.reject(asConflict(refused)))
    if (error instanceof SplitIsLast) return unsplitTicket(ctx, ref, error.linkId)
    if (!(error instanceof MergeIsLast)) throw asConflict(error)
    return unmergeTicket(ctx, error.merged, error.answers)
  }
}

/** What ends a decision: the last that happened is a merge, which is taken back in another way. */
class MergeIsLast extends Error {
  readonly merged: TicketRef
  readonly answers: UnmergeAnswer
  constructor(merged: TicketRef, answers: UnmergeAnswer) {
    super()
    this.merged = merged
    this.answers = answers
  }
}

/** As `MergeIsLast`, of a split. */
class SplitIsLast extends Error {
  readonly linkId: string
  constructor(linkId: string) {
    super()
    this.linkId = linkId
  }
}

/** As `MergeIsLast`, of a link that was made or taken away. */
class LinkIsAsked extends Error {
  readonly told: LinkTold
  constructor(told: LinkTold) {
    super()
    this.told = told
  }
}

async function changeThatUndoes(
  ctx: Context,
  ref: TicketRef,
  ticket: Ticket,
  position: number | null,
): Promise<TicketChange> {
  // To a ticket that is merged nothing else happens.
  if (position === null && !isNameOf(ref, ticket)) throw new MergeIsLast(ref, 'back')
  if (!CHANGING.some((permission) => may(ctx.actor, permission, ticket.deskId)))
    refuse({ code: 'forbidden', permission: 'ticket.change' })
  // After the ticket: what is recorded since then has changed it, and this is decided again.
  const rows = await ctx.store.run(
    LOG_OF_TICKET.with({ tenant_id: ctx.tenant.id, ticket_id: ticket.id, limit: EVENTS_LOOKED_AT }),
  )
  const log = rows.map(logEntryOf)
  const last = log.findLast(isReal)
  const merged = last?.kind === 'ticket.absorbed' ? last.after?.['ticket_id'] : null
  if (position === null && typeof merged === 'string') throw new MergeIsLast({ id: merged }, 'stays')
  const linkId = last?.kind === 'ticket.split' || last?.kind === 'ticket.split_off' ? last.after?.['link_id'] : null
  if (position === null && typeof linkId === 'string') throw new SplitIsLast(linkId)
  const told = toldOfLink(position === null ? last : log.find((entry) => entry.position === position))
  if (told !== null) throw new LinkIsAsked(told)
  return undoing(log, position, { direction: ticket.direction, worksOn: () => true, now: ctx.now })
}

function toldOfLink(entry: LogEntry | undefined): LinkTold | null {
  if (entry?.kind !== 'ticket.linked' && entry?.kind !== 'ticket.unlinked') return null
  const wasMade = entry.kind === 'ticket.linked'
  const linkId = (wasMade ? entry.after : entry.before)?.['link_id']
  return typeof linkId === 'string' ? { position: entry.position, linkId, wasMade } : null
}

/** Nobody who undoes names an assignee or a topic: that one is gone is no mistake of theirs. */
function asConflict(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.error.code !== 'invalid') return error
  const [issue] = error.error.issues
  if (!issue || issue.path[0] === 'change') return error
  return new Refusal({ code: 'conflict', message: `What it had before cannot be had any more. ${issue.message}` })
}
