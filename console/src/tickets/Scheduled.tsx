import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button } from 'react-aria-components'
import { isProblem } from '../../../sdk/client.ts'
import type { Scheduled as Message, Ticket } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { whyOf } from '../api/why.ts'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { notify } from '../shell/notices.ts'
import { compose } from './composing.ts'
import { giveBack } from './drafts.ts'
import { htmlOf, textOf } from './rich.ts'

/** What is to be sent on a ticket later: when, what and by whom, and why it is not where it is held. */
export default function Scheduled({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const { data: messages = [] } = useQuery({
    // A version of the ticket that is new may be by one that was sent.
    queryKey: [...keys.scheduled(ticket.id), ticket.version],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await client.call('listScheduled', { params: { id: ticket.id }, signal })).data,
  })
  if (messages.length === 0) return null
  return (
    <ul className="scheduled" aria-label={words.later.list}>
      {messages.map((message) => (
        <Line key={message.id} ticket={ticket} message={message} />
      ))}
    </ul>
  )
}

function Line({ ticket, message }: { readonly ticket: Ticket; readonly message: Message }) {
  const words = useWords()
  const person = useMe().user.id
  const { id, version, state, visibility, html, text, attachments, author } = message
  const problem: unknown = Object(message.problem).detail ?? Object(message.problem).title
  const when = {
    waiting: words.later.waits(moment(message.send_at)),
    answered: words.later.answered,
    held: words.later.held(String(problem)),
  }[state]

  /** @param isKept whether what it says comes back as a draft */
  async function cancel(isKept: boolean): Promise<void> {
    try {
      await client.call('cancelScheduled', { params: { id: ticket.id, scheduled: id }, ifVersion: version })
      const mode = visibility === 'internal' ? 'note' : 'reply'
      if (isKept) {
        const content = { html: html ?? htmlOf(text ?? ''), files: attachments, id: null, version: null }
        giveBack({ person, ticket: ticket.id, mode }, content, null)
        compose(mode)
      }
    } catch (error) {
      // It was sent, or changed elsewhere: what is shown next tells.
      if (!isProblem(error, 'not_found')) notify(whyOf(error))
    }
    await askAgain(keys.scheduled(ticket.id))
  }
  return (
    <li className={state === 'waiting' ? '' : 'held'}>
      <span className="line-about">
        <span className="hint">
          {`${author.name} ${author.surname}`.trim()} ·{' '}
          {visibility === 'internal' ? words.composer.note : words.composer.reply} · {when}
        </span>
        <span className="text">{html === null ? text : textOf(html)}</span>
      </span>
      {message.changeable && (
        <>
          <Button className="button small quiet" onPress={() => void cancel(true)}>
            {words.later.edit}
          </Button>
          <Button className="button small quiet" onPress={() => void cancel(false)}>
            {words.macros.cancel}
          </Button>
        </>
      )}
    </li>
  )
}
