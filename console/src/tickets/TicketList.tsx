import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { AlarmClock } from 'lucide-react'
import { Fragment, memo, useEffect, useMemo, useRef } from 'react'
import { Button } from 'react-aria-components'
import { isProblem } from '../../../sdk/client.ts'
import type { Ticket } from '../../../sdk/operations.ts'
import type { FieldError } from '../../../sdk/problem.ts'
import { holdLists, showWaitingTickets, useWaitingTickets } from '../api/feed.ts'
import { age, moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { useTagColours } from '../tags/tags.ts'
import { useViews, type ViewId, nameOf as viewName } from '../views/views.ts'
import { Welcome } from '../welcome/Welcome.tsx'
import { BulkBar } from './BulkBar.tsx'
import { JobStatus } from './JobStatus.tsx'
import { nameOf, useTickets } from './list.ts'
import { useNow } from './now.ts'
import { letGo, pick, pickTo, usePicked } from './picked.ts'
import { StatusMark } from './StatusMark.tsx'
import { keepRows, select, useSelected } from './selection.ts'
import { snoozedIn } from './snoozing.ts'

const ROW_HEIGHT = 68
/** How near to its end the list asks for more. */
const AHEAD = 20

interface Props {
  readonly view: ViewId
  readonly words: string
  readonly open: string | undefined
}

/** A view's tickets, as many as there are: only the rows in sight are in the page. */
export function TicketList({ view, words: sought, open }: Props) {
  const words = useWords()
  const list = useTickets(view, sought)
  const name = viewName(view, words, useViews())
  const waiting = useWaitingTickets()
  const selected = useSelected()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => list.data?.pages.flatMap(({ data }) => data) ?? [], [list.data])
  useEffect(() => keepRows(rows), [rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const items = virtual.getVirtualItems()
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const at = rows.findIndex(({ id }) => id === selected)
  // Where the page is too narrow for the list, it is the ticket that is read on.
  const lastShown = Math.max(items.at(-1)?.index ?? 0, at)
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown + AHEAD >= rows.length) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, lastShown, rows.length])

  // The keys move the focus with the selection, so that Enter and a screen reader are where it is. A row that only comes
  // or moves takes no focus.
  const focused = useRef(selected)
  useEffect(() => {
    if (focused.current === selected) return
    focused.current = selected
    if (at === -1) return
    virtual.scrollToIndex(at)
    requestAnimationFrame(() => {
      const isTyping = document.activeElement?.closest('input, textarea, [contenteditable="true"]')
      if (!isTyping) document.getElementById(rowId(selected ?? ''))?.focus({ preventScroll: true })
    })
  }, [selected, at, virtual])

  const { picked, everything } = usePicked()
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another list nothing is picked.
  useEffect(() => letGo, [view, sought])
  // A pointer never leaves what is gone from under it.
  useEffect(() => () => holdLists('pointer', false), [])
  const now = useNow()
  return (
    <section
      className="list"
      data-picking={picked.size > 0 || everything !== null || undefined}
      aria-label={name || words.shell.views}
    >
      <header className="list-head">
        <h1>{name}</h1>
        {waiting > 0 && (
          <Button className="button small" onPress={showWaitingTickets}>
            {words.list.newTickets(waiting)}
          </Button>
        )}
      </header>
      <BulkBar list={{ view, q: sought }} />
      <JobStatus />
      <div
        ref={scroller}
        className="scroller"
        onPointerEnter={() => holdLists('pointer', true)}
        onPointerLeave={() => holdLists('pointer', false)}
      >
        {(list.isPending || (hasNextPage && rows.length === 0)) && <Skeleton label={words.list.loading} />}
        {list.isError && isProblem(list.error, 'invalid') && (
          <QueryMistake query={sought} mistake={list.error.errors[0]} />
        )}
        {list.isError && !isProblem(list.error, 'invalid') && (
          <div className="empty" role="alert">
            <p>{words.list.failed}</p>
            <Button className="button" onPress={() => void list.refetch()}>
              {words.list.again}
            </Button>
          </div>
        )}
        <ul aria-label={words.list.tickets} className="rows" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const ticket = rows[index]
            if (!ticket) return null
            return (
              <li
                key={ticket.id}
                className="row-place"
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={hasNextPage ? -1 : rows.length}
                aria-posinset={index + 1}
              >
                <Row
                  ticket={ticket}
                  view={view}
                  q={sought}
                  isOpen={ticket.id === open}
                  isSelected={ticket.id === selected}
                  isPicked={everything !== null || picked.has(ticket.id)}
                  now={now}
                />
              </li>
            )
          })}
        </ul>
        {list.isSuccess && !hasNextPage && rows.length === 0 && <Empty view={view} isSearch={sought !== ''} />}
      </div>
    </section>
  )
}

/** What the server could not read of a query, underlined where it is. */
function QueryMistake({ query, mistake }: { readonly query: string; readonly mistake: FieldError | undefined }) {
  const words = useWords()
  const { at = 0, length = 0, expected = '' } = mistake ?? {}
  return (
    <div className="empty" role="alert">
      <p className="mistake">
        {query.slice(0, at)}
        <mark>{query.slice(at, at + Math.max(1, length)) || ' '}</mark>
        {query.slice(at + Math.max(1, length))}
      </p>
      <p>{words.list.expected(expected)}</p>
    </div>
  )
}

function Empty({ view, isSearch }: { readonly view: ViewId; readonly isSearch: boolean }) {
  const words = useWords()
  if (isSearch) return <p className="empty">{words.list.noMatch}</p>
  if (view === 'all') return <Welcome />
  return (
    <div className="empty">
      <p>{words.list.empty}</p>
      <p className="hint">{words.list.emptyHint}</p>
    </div>
  )
}

const rowId = (id: string): string => `row-${id}`

interface RowProps {
  readonly ticket: Ticket
  readonly view: ViewId
  readonly q: string
  readonly isOpen: boolean
  readonly isSelected: boolean
  readonly isPicked: boolean
  readonly now: number
}

/** Drawn anew where something of it changed, and not whenever another one is opened. */
const Row = memo(function Row({ ticket, view, q, isOpen, isSelected, isPicked, now }: RowProps) {
  const words = useWords()
  const colours = useTagColours()
  const {
    id,
    number,
    title,
    description,
    requester,
    assignee,
    status,
    priority,
    channel,
    created_at,
    unread,
    snippet,
  } = ticket
  return (
    <div
      className="row"
      data-unread={unread || undefined}
      data-selected={isSelected || undefined}
      data-open={isOpen || undefined}
    >
      <label className="row-pick">
        <input
          type="checkbox"
          aria-label={words.bulk.pick(title || `#${number}`)}
          checked={isPicked}
          onChange={({ nativeEvent }) => {
            if (nativeEvent instanceof MouseEvent && nativeEvent.shiftKey) pickTo(ticket)
            else pick(ticket)
          }}
        />
      </label>
      <span className="row-title">
        <StatusMark status={status} />
        {/* The link is over all of its row, and its name is the title alone. */}
        <Link
          id={rowId(id)}
          to="/tickets/$ticketId"
          params={{ ticketId: id }}
          search={{ view, ...(q && { q }) }}
          className="row-link text"
          aria-current={isOpen ? 'true' : undefined}
          aria-describedby={`${rowId(id)}-about`}
          activeProps={{}}
          onFocus={() => select(id)}
        >
          {title || `#${number}`}
        </Link>
        <time dateTime={created_at} title={moment(created_at)}>
          {age(created_at, now)}
        </time>
      </span>
      <span className="row-preview">{snippet ? <Snippet {...snippet} /> : description}</span>
      <span className="row-about" id={`${rowId(id)}-about`}>
        <span>#{number}</span>
        <span className="text">{nameOf(requester) || words.list.nobody}</span>
        {priority !== 'normal' && <span className={`priority ${priority}`}>{words.priorities[priority]}</span>}
        <span className="hidden-visually">
          {words.statuses[status]} {unread && words.list.unread}
        </span>
        {ticket.tags.flatMap((tag) => {
          const colour = colours.get(tag)
          return colour === undefined
            ? []
            : [
                <span key={tag} className="tag plain text" data-colour={colour}>
                  {tag}
                </span>,
              ]
        })}
        {ticket.snoozed_until !== null && (
          <span className="snoozed" title={snoozedIn(words, ticket) ?? ''}>
            <AlarmClock size={13} aria-hidden="true" />
            <span className="hidden-visually">{snoozedIn(words, ticket)}</span>
          </span>
        )}
        <span className="row-assignee">{nameOf(assignee) || words.list.unassigned}</span>
        <span className="channel">{channel}</span>
      </span>
    </div>
  )
})

/** Where the words are said that were looked for: plain text, whatever is in it. */
function Snippet({ text, marks }: Pick<NonNullable<Ticket['snippet']>, 'text' | 'marks'>) {
  const ends = [0, ...marks.map(({ at, length }) => at + length)]
  return (
    <>
      {marks.map(({ at, length }, nth) => (
        <Fragment key={at}>
          {text.slice(ends[nth], at)}
          <mark>{text.slice(at, at + length)}</mark>
        </Fragment>
      ))}
      {text.slice(ends.at(-1))}
    </>
  )
}

function Skeleton({ label }: { readonly label: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {['a', 'b', 'c', 'd', 'e', 'f'].map((each) => (
        <div key={each} />
      ))}
    </div>
  )
}
