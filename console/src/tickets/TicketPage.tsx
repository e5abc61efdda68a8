import { useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowLeft, ChevronDown, ChevronUp } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import { Button } from 'react-aria-components'
import { isProblem } from '../../../sdk/client.ts'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { loadPart } from '../shell/parts.ts'
import { can } from './abilities.ts'
import { Composer } from './Composer.tsx'
import { Conversation } from './Conversation.tsx'
import { changeTicket, markTicket } from './change.ts'
import { askInto } from './merging.ts'
import { Properties } from './Properties.tsx'
import { StatusMark } from './StatusMark.tsx'
import { select, useNeighbour } from './selection.ts'
import { snoozedIn, wake } from './snoozing.ts'
import { readAhead, useTicket, useTimelineSoon } from './ticket.ts'

const Scheduled = lazy(() => loadPart(() => import('./Scheduled.tsx')))

/** A ticket: what was said, what to answer, and what it is. */
export function TicketPage({ id }: { readonly id: string }) {
  const words = useWords()
  const me = useMe()
  useTimelineSoon(id)
  const { data: ticket, error, isPending, refetch } = useTicket(id)
  const navigate = useNavigate()
  const { view = 'all', q } = useSearch({ strict: false })
  useEffect(() => {
    document.title = ticket ? `${ticket.title} · Polydesk` : 'Polydesk'
    return () => {
      document.title = 'Polydesk'
    }
  }, [ticket])
  useEffect(() => select(id), [id])
  const next = useNeighbour(1)?.id
  const isShown = ticket !== undefined
  useEffect(() => {
    if (isShown && next !== undefined) readAhead(next)
  }, [isShown, next])
  // One that was merged leads to the ticket that stays, whose page this is then.
  const stays = ticket !== undefined && ticket.id !== id && ticket.integer !== Number(id) ? ticket : null
  useEffect(() => {
    if (!stays) return
    const search = { view, ...(q !== undefined && { q }) }
    void navigate({ to: '/tickets/$ticketId', params: { ticketId: stays.id }, search, replace: true })
  }, [stays, navigate, view, q])
  // Opening has seen it; what comes while it is open, and in sight, too.
  const isUnread = ticket?.unread === true
  useEffect(() => {
    if (!ticket || !isUnread) return
    const mark = (): void => {
      if (document.visibilityState === 'visible') void markTicket(ticket, 'read')
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [ticket, isUnread])
  if (isPending) return <div className="ticket" role="status" aria-label={words.list.loading} />
  if (!ticket)
    return (
      <div className="ticket">
        <div className="empty" role="alert">
          <p>{isProblem(error, 'not_found') ? words.ticket.gone : words.ticket.failed}</p>
          <Button className="button" onPress={() => void refetch()}>
            {words.list.again}
          </Button>
        </div>
      </div>
    )
  return (
    <article className="ticket" aria-label={ticket.title || `#${ticket.number}`}>
      <header className="ticket-head">
        <Button
          className="button quiet back"
          aria-label={words.actions.back}
          onPress={() => void navigate({ to: '/tickets', search: { view, ...(q !== undefined && { q }) } })}
        >
          <ArrowLeft size={17} aria-hidden="true" />
        </Button>
        <div className="ticket-name">
          <h1>{ticket.title || `#${ticket.number}`}</h1>
          <p className="hint">
            <StatusMark status={ticket.status} /> {words.statuses[ticket.status]} · #{ticket.number} ·{' '}
            {ticket.desk.name}
          </p>
          {ticket.snoozed_until !== null && (
            <p className="hint">
              {snoozedIn(words, ticket)}{' '}
              {can(ticket, 'change') && (
                <Button className="button small" onPress={() => void wake(ticket)}>
                  {words.actions.wake}
                </Button>
              )}
            </p>
          )}
        </div>
        <Beside by={-1} label={words.actions.openPrevious} />
        <Beside by={1} label={words.actions.openNext} />
        {ticket.assignee?.id !== me.user.id && can(ticket, 'assign') && (
          <Button className="button" onPress={() => void changeTicket(ticket, { assignee: me.user.id })}>
            {words.actions.take}{' '}
            <span className="key" aria-hidden="true">
              a
            </span>
          </Button>
        )}
        {ticket.status !== 'solved' && ticket.status !== 'closed' && can(ticket, 'status') && (
          <Button className="button" onPress={() => void changeTicket(ticket, { status: 'solved' })}>
            {words.actions.solve}{' '}
            <span className="key" aria-hidden="true">
              e
            </span>
          </Button>
        )}
        {can(ticket, 'merge') && (
          <Button className="button quiet" onPress={() => askInto(ticket)}>
            {words.actions.merge}
          </Button>
        )}
      </header>
      <div className="ticket-body">
        <div className="ticket-talk">
          <Conversation ticket={ticket} />
          <Suspense>
            <Scheduled ticket={ticket} />
          </Suspense>
          <Composer ticket={ticket} />
        </div>
        <Properties ticket={ticket} />
      </div>
    </article>
  )
}

/** Goes on to the ticket of the list that is before or after this one. */
function Beside({ by, label }: { readonly by: 1 | -1; readonly label: string }) {
  const beside = useNeighbour(by)
  const navigate = useNavigate()
  const { view = 'all', q } = useSearch({ strict: false })
  const search = { view, ...(q !== undefined && { q }) }
  const open = (ticketId: string): void => void navigate({ to: '/tickets/$ticketId', params: { ticketId }, search })
  return (
    <Button
      className="button quiet icon beside"
      aria-label={label}
      isDisabled={beside === null}
      onPress={() => beside && open(beside.id)}
    >
      {by === 1 ? <ChevronDown size={17} aria-hidden="true" /> : <ChevronUp size={17} aria-hidden="true" />}
    </Button>
  )
}
