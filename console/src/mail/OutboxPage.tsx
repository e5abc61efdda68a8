import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import type { Letter } from '../../../sdk/operations.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { More } from '../shell/More.tsx'
import { Segments } from '../shell/Segments.tsx'
import {
  clear,
  hold,
  LETTER_SIGNS,
  LETTER_STATES,
  type LetterState,
  resendAnyway,
  useLetterCounts,
  useLetters,
  useUndeliverable,
} from './letters.ts'
import { MailTabs } from './MailTabs.tsx'

/** What goes out by mail: what became of each letter, what the mail server said, and what can be done about it. */
export function OutboxPage() {
  const words = useWords()
  const said = words.letters
  const [state, setState] = useState<LetterState | null>(null)
  const counts = useLetterCounts().data
  const letters = useLetters(state)
  const late = counts?.late ?? 0
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.mail}</h1>
      </header>
      <MailTabs />
      <p className="hint">{said.about}</p>
      {late > 0 && (
        <p role="alert" className="field-error">
          {said.late(late)}
        </p>
      )}
      <div className="page-tools level">
        <Segments
          label={said.state}
          value={state ?? 'all'}
          options={[
            { id: 'all', name: words.mail.all },
            ...LETTER_STATES.map((id) => ({ id, name: [said.states[id], counts?.[id]].join(' ') })),
          ]}
          onChange={(id) => setState(id === 'all' ? null : id)}
        />
      </div>
      <Loaded query={letters}>
        {({ pages }) => {
          const shown = pages.flatMap(({ data }) => data)
          if (shown.length === 0) return <p className="lines-empty">{said.none}</p>
          return (
            <>
              <ul className="lines" aria-label={words.mail.out}>
                {shown.map((each) => (
                  <LetterLine key={each.id} letter={each} />
                ))}
              </ul>
              <More list={letters} />
            </>
          )
        }}
      </Loaded>
      <Undeliverable />
    </>
  )
}

/** The addresses to which nothing more is sent, where there are any. */
function Undeliverable() {
  const said = useWords().letters
  const sending = useSending(useSaid())
  const { data: addresses = [] } = useUndeliverable().data ?? {}
  if (addresses.length === 0) return null
  return (
    <section aria-labelledby="undeliverable">
      <h2 id="undeliverable">{said.addresses}</h2>
      <p className="hint">{said.addressesHint}</p>
      <ul className="lines" aria-labelledby="undeliverable">
        {addresses.map(({ id, address, answer, since }) => (
          <li key={id} className="line">
            <span className="line-about">
              <span className="line-name text">{address}</span>
              <span className="hint text">{[moment(since), answer].filter(Boolean).join(' · ')}</span>
            </span>
            <Button
              className="button small"
              aria-label={said.clearOne(address)}
              isDisabled={sending.isBusy}
              onPress={() => void sending.send(() => clear(id))}
            >
              {said.clear}
            </Button>
          </li>
        ))}
      </ul>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
    </section>
  )
}

function LetterLine({ letter }: { readonly letter: Letter }) {
  const words = useWords()
  const said = words.letters
  const { state, ticket, to, desk, created_at, next_at } = letter
  const about = [
    to === null ? words.mail.nobody : to.name || to.address,
    moment(created_at),
    desk.name,
    next_at !== null && said.next(moment(next_at)),
  ]
  return (
    <li>
      <Disclosure className="delivery">
        {({ isExpanded }) => (
          <>
            <Heading level={2}>
              <Button slot="trigger" className="delivery-head">
                <ChevronRight size={14} aria-hidden="true" />
                <span className="line-about">
                  <span className="line-name text">
                    #{ticket.number} {ticket.title}
                  </span>
                  <span className="hint text">{about.filter(Boolean).join(' · ')}</span>
                </span>
                <span className={`badge ${LETTER_SIGNS[state]}`}>{said.states[state]}</span>
              </Button>
            </Heading>
            <DisclosurePanel className="delivery-panel">{isExpanded && <Course letter={letter} />}</DisclosurePanel>
          </>
        )}
      </Disclosure>
    </li>
  )
}

/** What became of a letter, and what can be done. */
function Course({ letter }: { readonly letter: Letter }) {
  const words = useWords()
  const said = words.letters
  const sending = useSending(useSaid())
  const { state, ticket, to, copies, attempts, answer, message_id, finished_at } = letter
  return (
    <>
      <div className="settings-buttons">
        <Link
          className="button small"
          to="/tickets/$ticketId"
          params={{ ticketId: ticket.id }}
          search={{ view: 'all' }}
        >
          {words.mail.open}
        </Link>
        {state !== 'sending' && (
          <Button
            className="button small"
            isDisabled={sending.isBusy}
            onPress={() => void sending.send(() => resendAnyway(letter))}
          >
            {state === 'waiting' ? said.now : to?.undeliverable ? said.anyway : said.again}
          </Button>
        )}
        {state === 'waiting' && (
          <Button
            className="button small"
            isDisabled={sending.isBusy}
            onPress={() => void sending.send(() => hold(letter))}
          >
            {said.hold}
          </Button>
        )}
      </div>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
      <p className="hint">
        {said.hints[state]} {to?.undeliverable && said.undeliverable}
      </p>
      <dl className="why">
        <dt>{words.mail.to}</dt>
        <dd>
          {to === null ? words.mail.nobody : `${to.name} <${to.address}>`}
          {copies > 0 && ` ${said.copies(copies)}`}
        </dd>
        <dt>{said.attempts}</dt>
        <dd>
          {attempts}
          {finished_at !== null && ` · ${moment(finished_at)}`}
        </dd>
        {answer !== '' && (
          <>
            <dt>{said.answer}</dt>
            <dd className="letter-answer">{answer}</dd>
          </>
        )}
        <dt>Message-ID</dt>
        <dd>{message_id}</dd>
      </dl>
    </>
  )
}
