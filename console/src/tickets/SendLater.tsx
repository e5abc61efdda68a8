import { type FormEvent, useState } from 'react'
import {
  Button,
  Checkbox,
  Dialog,
  Form,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  TextField,
} from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { draftOf, EMPTY, keepDraft, type Place } from './drafts.ts'
import { settled } from './keeping.ts'
import { contentOf } from './outbox.ts'
import { CHOICES, timeOf } from './snoozing.ts'

interface Props {
  readonly ticket: Ticket
  readonly place: Place
  readonly onDone: () => void
}

/** Asks when what is written is sent, and whether an answer keeps it from that. */
export default function SendLater(props: Props) {
  const { onDone } = props
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && onDone()} isDismissable>
      <Modal className="card">
        <Dialog>
          <Choosing {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Choosing({ ticket, place, onDone }: Props) {
  const words = useWords()
  const said = words.later
  const sending = useSending(useSaid())
  const [isUnlessAnswered, setUnlessAnswered] = useState(place.mode === 'reply')
  const [now] = useState(() => new Date())

  function schedule(time: Date): void {
    void sending.send(async () => {
      // What is kept of it is named, and not kept once more by a request that is under way.
      await settled(place)
      const { html, files, id: draft } = draftOf(place)
      await client.call('scheduleMessage', {
        params: { id: ticket.id },
        body: {
          ...contentOf(html),
          ...(files.length > 0 && { attachments: files.map(({ id }) => id) }),
          visibility: place.mode === 'note' ? 'internal' : 'public',
          ...{ send_at: time.toISOString(), unless_answered: isUnlessAnswered },
          ...(draft !== null && { draft }),
        },
      })
      keepDraft(place, EMPTY)
      notify(said.planned(moment(time.toISOString())))
      onDone()
      await askAgain(keys.scheduled(ticket.id))
    })
  }

  function scheduleAt(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = String(new FormData(event.currentTarget).get('time'))
    if (given !== '') schedule(new Date(given))
  }
  const problem = sending.problem ?? Object.values(sending.errors)[0] ?? null
  return (
    <div className="card-form">
      <Heading slot="title">{said.title}</Heading>
      {place.mode === 'reply' && (
        <Checkbox className="tick" isSelected={isUnlessAnswered} onChange={setUnlessAnswered}>
          <span className="tick-box" aria-hidden="true" />
          {said.unlessAnswered}
        </Checkbox>
      )}
      {CHOICES.map((choice, nth) => {
        const time = timeOf(choice, now)
        return (
          <Button
            key={choice}
            className="button"
            autoFocus={nth === 0}
            isDisabled={sending.isBusy}
            onPress={() => schedule(time)}
          >
            {words.snooze[choice]} <span className="hint">{moment(time.toISOString())}</span>
          </Button>
        )
      })}
      <Form className="snooze-day" onSubmit={scheduleAt}>
        <TextField name="time" type="datetime-local" isRequired>
          <Label>{said.time}</Label>
          <Input className="field" />
        </TextField>
        <Button type="submit" className="button" isDisabled={sending.isBusy}>
          {said.at}
        </Button>
      </Form>
      {problem !== null && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <div className="card-buttons">
        <Button slot="close" className="button">
          {words.macros.cancel}
        </Button>
      </div>
    </div>
  )
}
