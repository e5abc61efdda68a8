import type { ChangeTicketBody, Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { showTicket } from '../api/feed.ts'
import { whyOf } from '../api/why.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { askAboutChildren, isDone } from './linking.ts'

export const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const

/** Keeps for this person that they have seen a ticket as it is shown, or that they have not. */
export async function markTicket(ticket: Ticket, as: 'read' | 'unread'): Promise<void> {
  const params = { id: ticket.id }
  try {
    if (as === 'read') await client.call('markRead', { params, body: {} })
    else await client.call('markUnread', { params })
    // How far it is read is known once the server tells it again.
    const read_position = as === 'read' ? Number.MAX_SAFE_INTEGER : 0
    showTicket({ ...ticket, unread: as === 'unread', read_position })
  } catch (error) {
    notify(`${wordsNow().ticket.notSaved} ${error instanceof Error ? error.message : ''}`)
  }
}

/** The last change of each ticket that is under way. */
const underWay = new Map<string, Promise<void>>()

/**
 * Changes a ticket and shows it at once as the server answers it, and offers to undo it; what was refused is told. Changes of one
 * ticket go one after the other, as they were asked for: what is asked for last holds.
 */
export function changeTicket(ticket: Ticket, change: ChangeTicketBody): Promise<void> {
  const before = underWay.get(ticket.id) ?? Promise.resolve()
  const work = before.then(() => sendChange(ticket, change))
  underWay.set(ticket.id, work)
  return work.finally(() => {
    if (underWay.get(ticket.id) === work) underWay.delete(ticket.id)
  })
}

async function sendChange(ticket: Ticket, change: ChangeTicketBody): Promise<void> {
  try {
    const changed = await client.call('changeTicket', { params: { id: ticket.id }, body: change })
    showTicket(changed)
    if (changed.version > ticket.version) offerUndo(changed, 'undo')
    if (isDone(change.status) && !isDone(ticket.status)) void askAboutChildren(changed)
  } catch (error) {
    notify(`${wordsNow().ticket.notSaved} ${error instanceof Error ? error.message : ''}`)
  }
}

/** What an undo is of: a change, or an undo. */
type Undoing = 'undo' | 'redo'

/** Undoes what last happened to a ticket, as far as somebody has seen it. */
export async function undoLast(ticket: Ticket, as: Undoing = 'undo'): Promise<void> {
  try {
    const undone = await client.call('undoChange', { params: { id: ticket.id }, ifVersion: ticket.version })
    showTicket(undone)
    offerUndo(undone, as === 'undo' ? 'redo' : 'undo')
  } catch (error) {
    notify(`${wordsNow().ticket.notUndone} ${whyOf(error)}`)
  }
}

/** Tells that a change was saved, and offers to undo it. */
export function offerUndo(ticket: Ticket, as: Undoing): void {
  const said = wordsNow().ticket
  const told = as === 'undo' ? said.saved : said.undone
  notify(told, { about: ticket.id, name: as === 'undo' ? said.undo : said.redo, run: () => void undoLast(ticket, as) })
}
