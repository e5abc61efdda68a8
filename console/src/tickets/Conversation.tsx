import { Split } from 'lucide-react'
import { Fragment, useEffect, useRef, useState } from 'react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import type { Letter, Message, Ticket, TimelineEntry } from '../../../sdk/operations.ts'
import { useFields } from '../fields/fields.ts'
import { age, moment } from '../i18n/amounts.ts'
import type { Words } from '../i18n/en.ts'
import { useWords } from '../i18n/words.ts'
import { LetterTold } from '../mail/LetterTold.tsx'
import { isTrouble, LETTER_SIGNS, useLettersOf } from '../mail/letters.ts'
import { useMe } from '../session/session.ts'
import { Attachments } from './Attachments.tsx'
import { can } from './abilities.ts'
import { changedFields, changeIn } from './changes.ts'
import { nameOf } from './list.ts'
import { MessageFrame } from './MessageFrame.tsx'
import { MessageText } from './MessageText.tsx'
import { useNow } from './now.ts'
import { useOutbox } from './outbox.ts'
import { textOf } from './rich.ts'
import { askSplit } from './splitting.ts'
import { useTimeline } from './ticket.ts'

type Part =
  | { readonly message: Message; readonly entry: TimelineEntry }
  | { readonly changes: readonly TimelineEntry[] }

/** What was said, with the changes between folded into a line. */
function partsOf(entries: readonly TimelineEntry[]): readonly Part[] {
  const parts: Part[] = []
  let changes: TimelineEntry[] = []
  for (const entry of entries) {
    if (entry.kind !== 'message.added' && entry.kind !== 'ticket.created') changes.push(entry)
    if (!entry.message) continue
    if (changes.length > 0) parts.push({ changes })
    changes = []
    parts.push({ message: entry.message, entry })
  }
  return changes.length > 0 ? [...parts, { changes }] : parts
}

/** The first message that its reader did not see before; null where there is none, or nobody knows. */
function firstNewOf(parts: readonly Part[], read: number, me: string): string | null {
  if (read === 0) return null
  for (const part of parts)
    if ('message' in part && part.entry.position > read && part.entry.actor?.id !== me) return part.message.id
  return null
}

export function Conversation({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const timeline = useTimeline(ticket.id)
  const scroller = useRef<HTMLElement>(null)
  const me = useMe().user.id
  const sending = useOutbox(me).filter((each) => each.ticket === ticket.id)
  const parts = partsOf(timeline.data ?? [])
  const letters = useLettersOf(ticket.id, timeline.data ?? [])
  const isReady = timeline.isSuccess && !timeline.isStale
  // How far it was read when it was opened, which has read it.
  const [read] = useState(ticket.read_position ?? 0)
  const firstSaid = parts.find((part) => 'message' in part)?.message.id
  const firstNew = firstNewOf(parts, read, me)
  const isAllNew = firstNew !== null && firstNew === firstSaid
  // It opens at what is new, else at its end; what comes later does not move it.
  const line = useRef<HTMLParagraphElement>(null)
  const isPlaced = useRef(false)
  useEffect(() => {
    if (!isReady || isPlaced.current) return
    isPlaced.current = true
    if (line.current) line.current.scrollIntoView({ block: 'start' })
    else if (!isAllNew) scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }, [isReady, isAllNew])
  useEffect(() => {
    if (sending.length > 0) scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }, [sending.length])
  return (
    // Scrolled by keys too, so it takes the focus.
    <section className="conversation" aria-label={words.ticket.conversation} ref={scroller} tabIndex={0}>
      {timeline.isError && (
        <div className="empty" role="alert">
          <p>{words.ticket.failed}</p>
          <Button className="button" onPress={() => void timeline.refetch()}>
            {words.list.again}
          </Button>
        </div>
      )}
      {parts.map((part) =>
        'message' in part ? (
          <Fragment key={part.message.id}>
            {part.message.id === firstNew && !isAllNew && (
              <p className="news" ref={line}>
                {words.ticket.news}
              </p>
            )}
            <Said
              message={part.message}
              dialect={part.entry.dialect}
              letter={letters.get(part.message.id)}
              // How a ticket began stays with it.
              splitFrom={can(ticket, 'split') && part.message.id !== firstSaid ? ticket : null}
            />
          </Fragment>
        ) : (
          <Changes key={part.changes[0]?.id} changes={part.changes} />
        ),
      )}
      {sending.map(({ key, mode, html, files }) => (
        <article key={key} className={`message sending ${mode}`} aria-label={words.ticket.sending}>
          <header>
            <strong>{words.ticket.sending}</strong>
          </header>
          <p className="message-text">{textOf(html)}</p>
          {files.length > 0 && <p className="hint">{files.map(({ name }) => name).join(', ')}</p>}
        </article>
      ))}
    </section>
  )
}

interface SaidProps {
  readonly message: Message
  readonly dialect: string
  /** As which it went by mail, if it did. */
  readonly letter: Letter | undefined
  /** The ticket from which it may be split off; null where it may not. */
  readonly splitFrom: Ticket | null
}

function Said({ message, dialect, letter, splitFrom }: SaidProps) {
  const words = useWords()
  const now = useNow()
  const isNote = message.visibility === 'internal'
  const name = message.author_name ?? (nameOf(message.author) || words.ticket.system)
  return (
    <article
      className={`message ${isNote ? 'note' : 'reply'} ${message.author_role}`}
      aria-label={`${isNote ? `${words.ticket.note}: ` : ''}${words.ticket.message(name)}`}
    >
      <header>
        <strong>{name}</strong>
        {isNote && (
          <span className="note-sign" title={words.ticket.noteHint}>
            {words.ticket.note}
          </span>
        )}
        <span className="hint">{words.ticket.via(dialect)}</span>
        {message.merged_from && <span className="origin">{words.merging.from(message.merged_from.number)}</span>}
        {letter && (
          <span className={`letter-sign ${LETTER_SIGNS[letter.state]}`}>{words.letters.signs[letter.state]}</span>
        )}
        <time dateTime={message.created_at} title={moment(message.created_at)}>
          {age(message.created_at, now)}
        </time>
        {splitFrom && (
          <Button
            className="button quiet icon small"
            aria-label={words.splitting.offer}
            onPress={() => askSplit({ ticket: splitFrom, message })}
          >
            <Split size={14} aria-hidden="true" />
          </Button>
        )}
      </header>
      {message.html === null ? (
        <MessageText text={message.text} />
      ) : (
        <MessageFrame html={message.html} label={words.ticket.message(name)} />
      )}
      {message.attachments.length > 0 && <Attachments files={message.attachments} />}
      {letter && isTrouble(letter) && <LetterTold letter={letter} />}
    </article>
  )
}

function Changes({ changes }: { readonly changes: readonly TimelineEntry[] }) {
  const words = useWords()
  const { data: fields = [] } = useFields()
  const say = (entry: TimelineEntry): string =>
    entry.kind === 'ticket.fields_changed' ? changedFields(entry, fields, words) : sentence(entry, words)
  return (
    <Disclosure className="changes">
      <Heading level={2}>
        <Button slot="trigger" className="changes-sign">
          {changes.length === 1 && changes[0] ? say(changes[0]) : words.ticket.changes(changes.length)}
        </Button>
      </Heading>
      <DisclosurePanel>
        <ul>
          {changes.map((entry) => (
            <li key={entry.id}>
              {say(entry)}
              <span className="hint">
                {' '}
                {nameOf(entry.actor) || words.ticket.system}, {moment(entry.at)}, {words.ticket.via(entry.dialect)}
              </span>
            </li>
          ))}
        </ul>
      </DisclosurePanel>
    </Disclosure>
  )
}

/** A change in words, and on which ticket it was made where that was merged into this one. */
function sentence(entry: TimelineEntry, words: Words): string {
  const told =
    words.merging.events[entry.kind] ??
    words.links.events[entry.kind] ??
    words.splitting.events[entry.kind] ??
    changeIn(entry, words)
  return entry.merged_from === null ? told : `${words.merging.from(entry.merged_from.number)}: ${told}`
}
