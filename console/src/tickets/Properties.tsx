import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download, X } from 'lucide-react'
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react'
import { Button, Form, Input, TextField } from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { bytes, moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { Undeliverable } from '../mail/Undeliverable.tsx'
import { loadPart } from '../shell/parts.ts'
import { useTagColours, useTagsLike } from '../tags/tags.ts'
import { type Ability, can } from './abilities.ts'
import { Choice } from './Choice.tsx'
import { changeTicket, PRIORITIES, STATUSES } from './change.ts'
import { archiveOf } from './files.ts'
import { nameOf } from './list.ts'
import { OwnFields } from './OwnFields.tsx'
import { StatusMark } from './StatusMark.tsx'
import { useCatalogue, useColleagues, useTimeline } from './ticket.ts'

const Links = lazy(() => loadPart(() => import('./Links.tsx')))

const NONE = 'none'

/** What a ticket is, changed in place. */
export function Properties({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const { data: catalogue } = useCatalogue()
  const { data: colleagues } = useColleagues()
  const refusal = (...abilities: readonly Ability[]): string | null =>
    abilities.some((ability) => can(ticket, ability)) ? null : words.ticket.notAllowed
  // A requester may close what is theirs, and nothing else.
  const statuses = can(ticket, 'status') ? STATUSES : STATUSES.filter((id) => id === 'closed' || id === ticket.status)
  const none = { id: NONE, name: words.ticket.none }
  /** What may be chosen, with what the ticket has: it may be retired, or out of reach. */
  const withCurrent = (
    options: readonly { readonly id: string | number; readonly name: string }[],
    current: { readonly id: string | number; readonly name: string } | null,
  ) => {
    const isThere = current === null || options.some(({ id }) => id === current.id)
    const listed = isThere ? options : [current, ...options]
    return [none, ...listed.map(({ id, name }) => ({ id: String(id), name }))]
  }
  const people = (colleagues ?? []).map((person) => ({ id: person.id, name: nameOf(person) }))
  const assignee = ticket.assignee && { id: ticket.assignee.id, name: nameOf(ticket.assignee) }
  return (
    <aside className="properties" aria-label={words.ticket.properties}>
      <Choice
        label={words.ticket.status}
        value={ticket.status}
        refusal={refusal('status', 'close')}
        options={statuses.map((id) => ({ id, name: words.statuses[id] }))}
        onChange={(id) => {
          const status = STATUSES.find((each) => each === id)
          if (status) void changeTicket(ticket, { status })
        }}
      />
      <Choice
        label={words.ticket.priority}
        value={ticket.priority}
        refusal={refusal('change')}
        options={PRIORITIES.map((id) => ({ id, name: words.priorities[id] }))}
        onChange={(id) => {
          const priority = PRIORITIES.find((each) => each === id)
          if (priority) void changeTicket(ticket, { priority })
        }}
      />
      <Choice
        label={words.ticket.assignee}
        value={ticket.assignee?.id ?? NONE}
        refusal={refusal('assign')}
        options={withCurrent(people, assignee)}
        onChange={(id) => void changeTicket(ticket, { assignee: id === NONE ? null : id })}
      />
      <Choice
        label={words.ticket.group}
        value={ticket.group?.id ?? NONE}
        refusal={refusal('change')}
        options={withCurrent(catalogue?.groups ?? [], ticket.group)}
        onChange={(id) => void changeTicket(ticket, { group: id === NONE ? null : id })}
      />
      <Choice
        label={words.ticket.topic}
        value={ticket.topic === null ? NONE : String(ticket.topic.id)}
        refusal={refusal('change')}
        options={withCurrent(catalogue?.topics ?? [], ticket.topic)}
        onChange={(id) => void changeTicket(ticket, { topic: id === NONE ? null : Number(id) })}
      />
      <OwnFields ticket={ticket} />
      <Tags ticket={ticket} />
      <Suspense>
        <Links ticket={ticket} />
      </Suspense>
      <TicketFiles ticket={ticket} />
      <Requester ticket={ticket} />
    </aside>
  )
}

function Tags({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const form = useRef<HTMLFormElement>(null)
  const [isTyping, setTyping] = useState(false)
  const { data: offered = [] } = useTagsLike('', isTyping)
  const mayChange = can(ticket, 'change')
  const colours = useTagColours()
  function add(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const tag = String(new FormData(event.currentTarget).get('tag')).trim()
    if (tag === '') return
    void changeTicket(ticket, { add_tags: [tag] })
    form.current?.reset()
  }
  return (
    <div className="tags">
      <h2>{words.ticket.tags}</h2>
      <ul>
        {ticket.tags.map((tag) => (
          <li key={tag} className="tag" data-colour={colours.get(tag)}>
            {tag}
            {mayChange && (
              <Button
                aria-label={words.ticket.removeTag(tag)}
                onPress={() => void changeTicket(ticket, { remove_tags: [tag] })}
              >
                <X size={13} aria-hidden="true" />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayChange && (
        <Form ref={form} onSubmit={add}>
          <TextField name="tag" aria-label={words.ticket.addTag} maxLength={100}>
            <Input
              className="field small"
              placeholder={words.ticket.addTag}
              list="tags-offered"
              onFocus={() => setTyping(true)}
            />
          </TextField>
          <datalist id="tags-offered">
            {offered.map(({ name }) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </Form>
      )}
    </div>
  )
}

/** All files of a ticket at once, where it has several. */
function TicketFiles({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const { data } = useTimeline(ticket.id)
  const files = data?.flatMap(({ message }) => message?.attachments ?? []) ?? []
  if (files.length < 2) return null
  return (
    <div className="ticket-files">
      <h2>{words.ticket.files}</h2>
      <a className="button small" href={archiveOf(ticket.id)} download>
        <Download size={14} aria-hidden="true" /> {words.ticket.downloadAll(files.length)}
        <span className="hint">{bytes(files.reduce((sum, { size }) => sum + size, 0))}</span>
      </a>
    </div>
  )
}

function Requester({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const { requester } = ticket
  const { data } = useQuery({
    queryKey: keys.othersOf(requester?.id ?? ''),
    enabled: requester !== null,
    queryFn: async () => {
      const page = await client.call('listTickets', { query: { requester: requester?.id ?? '', limit: '11' } })
      return { pages: [page], pageParams: [] }
    },
  })
  const others = data?.pages.flatMap((page) => page.data).filter(({ id }) => id !== ticket.id) ?? []
  return (
    <div className="ticket-requester">
      <h2>{words.ticket.requester}</h2>
      <p>
        <strong>{nameOf(requester) || words.list.nobody}</strong>
        {requester?.email && <span className="hint">{requester.email}</span>}
      </p>
      {requester?.email && <Undeliverable address={requester.email} stand={ticket.version} />}
      {others.length > 0 && (
        <>
          <h3>{words.ticket.others}</h3>
          <ul>
            {others.slice(0, 10).map((other) => (
              <li key={other.id}>
                <Link
                  to="/tickets/$ticketId"
                  params={{ ticketId: other.id }}
                  search={{ view: 'all' }}
                  title={moment(other.created_at)}
                >
                  <StatusMark status={other.status} /> {other.title || `#${other.number}`}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
