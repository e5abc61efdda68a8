import type { Context } from '../../../core/context.ts'
import { changeEvery, type Meant } from '../../../core/tickets/commands/bulk.ts'
import type { Ticket } from '../../../core/tickets/ticket.ts'
import { FINISHED } from '../../../core/words.ts'
import { type Narrowing, refsOf } from './codec.ts'
import { UNFINISHED } from './views.ts'

/** Solves the unfinished tickets that a narrowing leaves, and tells how many these were. */
export async function solveUnfinished(ctx: Context, narrowing: () => Narrowing): Promise<number> {
  // Whoever else finished one of them meanwhile is not overruled.
  return changeEvery(ctx, () => meantBy(narrowing()), [{ status: { to: 'solved', sameAs: FINISHED } }])
}

function meantBy(narrowing: Narrowing): Meant {
  const { ids, deskId, groupId } = narrowing
  const isMeant = (ticket: Ticket): boolean => isLeft(ticket, narrowing)
  if (ids !== undefined) return { tickets: { refs: refsOf(ids) }, isMeant }
  const filter = {
    statuses: UNFINISHED,
    ...(deskId === undefined ? {} : { deskIds: [deskId] }),
    ...(typeof groupId === 'string' ? { groupIds: [groupId] } : {}),
  }
  return { tickets: { filter }, isMeant }
}

function isLeft(ticket: Ticket, { deskId, channelId, groupId }: Narrowing): boolean {
  return (
    UNFINISHED.includes(ticket.status) &&
    (deskId === undefined || ticket.deskId === deskId) &&
    (channelId === undefined || ticket.channelId === channelId) &&
    (groupId === undefined || ticket.groupId === groupId)
  )
}
