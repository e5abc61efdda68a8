import type { FormEvent } from 'react'
import { Button, Dialog, Form, Heading, Input, Label, Modal, ModalOverlay, TextField } from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { askSnooze, CHOICES, morningOf, snooze, timeOf, useSnoozing } from './snoozing.ts'

/** Asks until when a ticket is snoozed. */
export function SnoozeDialog() {
  const ticket = useSnoozing()
  return (
    <ModalOverlay
      className="overlay"
      isOpen={ticket !== null}
      onOpenChange={(open) => !open && askSnooze(null)}
      isDismissable
    >
      <Modal className="card">
        <Dialog>{ticket && <Choices ticket={ticket} />}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Choices({ ticket }: { readonly ticket: Ticket }) {
  const said = useWords().snooze
  const now = new Date()
  function choose(until: Date | null): void {
    askSnooze(null)
    void snooze(ticket, until)
  }
  function chooseDay(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const day = String(new FormData(event.currentTarget).get('day'))
    if (day !== '') choose(morningOf(day))
  }
  return (
    <div className="card-form">
      <Heading slot="title">{said.title}</Heading>
      <p className="hint">{said.hint}</p>
      {CHOICES.map((choice, nth) => {
        const time = timeOf(choice, now)
        return (
          <Button key={choice} className="button" autoFocus={nth === 0} onPress={() => choose(time)}>
            {said[choice]} <span className="hint">{moment(time.toISOString())}</span>
          </Button>
        )
      })}
      <Button className="button" onPress={() => choose(null)}>
        {said.reply}
      </Button>
      <Form className="snooze-day" onSubmit={chooseDay}>
        <TextField name="day" type="date" isRequired>
          <Label>{said.day}</Label>
          <Input className="field" min={new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10)} />
        </TextField>
        <Button type="submit" className="button">
          {said.at}
        </Button>
      </Form>
      <div className="card-buttons">
        <Button slot="close" className="button">
          {said.cancel}
        </Button>
      </div>
    </div>
  )
}
