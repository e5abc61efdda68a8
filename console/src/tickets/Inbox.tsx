import { useParams, useSearch } from '@tanstack/react-router'
import { useWords } from '../i18n/words.ts'
import { TicketList } from './TicketList.tsx'
import { TicketPage } from './TicketPage.tsx'

/** The list, and at its right the ticket that the address names. */
export function Inbox() {
  const words = useWords()
  const { ticketId } = useParams({ strict: false })
  const { view = 'all', q = '' } = useSearch({ strict: false })
  return (
    <main className="inbox" id="main">
      <TicketList view={view} words={q} open={ticketId} />
      {ticketId === undefined ? (
        <div className="nothing">
          <p>{words.ticket.choose}</p>
          <p className="hint">{words.ticket.chooseHint}</p>
        </div>
      ) : (
        <TicketPage key={ticketId} id={ticketId} />
      )}
    </main>
  )
}
