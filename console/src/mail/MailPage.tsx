import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import type { ExplainMailAnswer, Mail } from '../../../sdk/operations.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { More } from '../shell/More.tsx'
import { Segments } from '../shell/Segments.tsx'
import { Choice } from '../tickets/Choice.tsx'
import { MailTabs } from './MailTabs.tsx'
import { FILED_BY_HAND, file, type MailState, SIGNS, STATES, useMail, useMailCounts, useReasons } from './mail.ts'

/** The mail that came in: what became of each, why, and what can be done about what nobody could file. */
export function MailPage() {
  const words = useWords()
  const said = words.mail
  const [state, setState] = useState<MailState | null>(null)
  const counts = useMailCounts().data
  const mail = useMail(state)
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.mail}</h1>
      </header>
      <MailTabs />
      <p className="hint">{said.about}</p>
      <div className="page-tools level">
        <Segments
          label={said.state}
          value={state ?? 'all'}
          options={[
            { id: 'all', name: [said.all, counts?.received].join(' ') },
            ...STATES.map((id) => ({ id, name: [said.states[id], counts?.[id]].join(' ') })),
          ]}
          onChange={(id) => setState(id === 'all' ? null : id)}
        />
      </div>
      <Loaded query={mail}>
        {({ pages }) => {
          const shown = pages.flatMap(({ data }) => data)
          if (shown.length === 0) return <p className="lines-empty">{said.none}</p>
          return (
            <>
              <ul className="lines" aria-label={words.pages.mail}>
                {shown.map((each) => (
                  <MailLine key={each.id} mail={each} />
                ))}
              </ul>
              <More list={mail} />
            </>
          )
        }}
      </Loaded>
    </>
  )
}

function MailLine({ mail }: { readonly mail: Mail }) {
  const words = useWords()
  const said = words.mail
  const { state, reason, from, subject, received_at, desk } = mail
  const whom = from.name === '' ? from.address : from.name
  return (
    <li>
      <Disclosure className="delivery">
        {({ isExpanded }) => (
          <>
            <Heading level={2}>
              <Button slot="trigger" className="delivery-head">
                <ChevronRight size={14} aria-hidden="true" />
                <span className="line-about">
                  <span className="line-name text">{subject || said.noSubject}</span>
                  <span className="hint text">
                    {[whom, moment(received_at), desk?.name, said.reasons[reason]].filter(Boolean).join(' · ')}
                  </span>
                </span>
                <span className={`badge ${SIGNS[state]}`}>{said.states[state]}</span>
              </Button>
            </Heading>
            <DisclosurePanel className="delivery-panel">{isExpanded && <Reasons mail={mail} />}</DisclosurePanel>
          </>
        )}
      </Disclosure>
    </li>
  )
}

/** Why a mail is where it is, and where else it could go. */
function Reasons({ mail }: { readonly mail: Mail }) {
  const words = useWords()
  const said = words.mail
  const sending = useSending(useSaid())
  const reasons = useReasons(mail)
  const mayFile = FILED_BY_HAND.has(mail.state)
  const desks = useMe().desks.filter(({ role }) => role !== 'customer')
  const [desk, setDesk] = useState(mail.desk?.id ?? desks[0]?.id)
  return (
    <>
      <div className="settings-buttons">
        {mail.ticket !== null && (
          <Link
            className="button small"
            to="/tickets/$ticketId"
            params={{ ticketId: mail.ticket }}
            search={{ view: 'all' }}
          >
            {said.open}
          </Link>
        )}
        {mayFile && desk !== undefined && (
          <>
            {desks.length > 1 && <Choice label={words.ticket.desk} value={desk} options={desks} onChange={setDesk} />}
            <Button
              className="button small"
              isDisabled={sending.isBusy}
              onPress={() => void sending.send(() => file(mail, { desk }))}
            >
              {said.asNew}
            </Button>
          </>
        )}
        <a className="button small" href={`/v1/mail/${mail.id}/raw`} download="mail.eml">
          {said.raw}
        </a>
      </div>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
      <Loaded query={reasons}>
        {({ recipients, writer, candidates, kind_reasons, doubts, remarks }) => (
          <>
            <dl className="why">
              <dt>{said.from}</dt>
              <dd>{writer === null ? said.nobody : `${writer.name} <${writer.address}> (${writer.by})`}</dd>
              <dt>{said.to}</dt>
              <dd>{recipients.map(({ address }) => address).join(', ') || said.nobody}</dd>
              <dt>{said.proof}</dt>
              <dd>{said.authentications[mail.authentication]}</dd>
              {[...kind_reasons, ...doubts, ...remarks].length > 0 && (
                <>
                  <dt>{said.noted}</dt>
                  <dd>{[...kind_reasons, ...doubts, ...remarks].join(' · ')}</dd>
                </>
              )}
            </dl>
            {candidates.length > 0 && (
              <ol className="attempts" aria-label={said.candidates}>
                {candidates.map((each) => (
                  <Candidate
                    key={`${each.rule} ${each.value} ${each.ticket.id}`}
                    candidate={each}
                    {...(mayFile && {
                      isBusy: sending.isBusy,
                      fileThere: () => void sending.send(() => file(mail, { ticket: each.ticket.id })),
                    })}
                  />
                ))}
              </ol>
            )}
          </>
        )}
      </Loaded>
    </>
  )
}

interface CandidateProps {
  readonly candidate: ExplainMailAnswer['candidates'][number]
  readonly isBusy?: boolean
  readonly fileThere?: () => void
}

/** A ticket to which something of a mail led, and whether it belongs there. */
function Candidate({ candidate: { rule, value, verdict, ticket }, isBusy = false, fileThere }: CandidateProps) {
  const words = useWords()
  const said = words.mail
  return (
    <li className="attempt">
      <Link to="/tickets/$ticketId" params={{ ticketId: ticket.id }} search={{ view: 'all' }}>
        #{ticket.number} {ticket.title}
      </Link>
      <span className="hint whole">
        {said.rules[rule]} ({value})
      </span>
      <span>{said.verdicts[verdict]}</span>
      {fileThere && (
        <Button
          className="button small"
          aria-label={said.fileAt(ticket.number)}
          isDisabled={isBusy}
          onPress={fileThere}
        >
          {said.file}
        </Button>
      )}
    </li>
  )
}
