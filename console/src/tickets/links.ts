import type { LinkTicketsBody, Ticket } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { whyOf } from '../api/why.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { undoLast } from './change.ts'
import type { Link } from './linking.ts'

/** Links a ticket to another one, and offers to take that back. */
export async function link(ticket: Ticket, body: LinkTicketsBody): Promise<void> {
  await changeLinks(ticket, () => client.call('linkTickets', { params: { id: ticket.id }, body }))
}

/** Takes a link away, and offers to take that back. */
export async function unlink(ticket: Ticket, { id, ticket: other }: Link): Promise<void> {
  await changeLinks(ticket, () => client.call('unlinkTickets', { params: { id: ticket.id, link: id } }))
  void askAgain(keys.ticket(other.id))
}

async function changeLinks(ticket: Ticket, change: () => Promise<unknown>): Promise<void> {
  const words = wordsNow().ticket
  try {
    await change()
    const now = await client.call('getTicket', { params: { id: ticket.id } })
    void askAgain(keys.ticket(ticket.id))
    notify(words.saved, { about: ticket.id, name: words.undo, run: () => void undoLast(now) })
  } catch (error) {
    notify(`${words.notSaved} ${whyOf(error)}`)
  }
}
