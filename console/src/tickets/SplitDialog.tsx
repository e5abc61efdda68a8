import { useNavigate } from '@tanstack/react-router'
import type { FormEvent } from 'react'
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
import { useWords } from '../i18n/words.ts'
import { askSplit, type SplitAsked, split } from './splitting.ts'

/** Asks what the ticket is called that a message becomes, and whether what follows goes with it. */
export default function SplitDialog({ asked: { ticket, message } }: { readonly asked: SplitAsked }) {
  const words = useWords()
  const navigate = useNavigate()

  async function onSubmit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const title = String(data.get('title')).trim()
    askSplit(null)
    const fresh = await split(ticket, { message: message.id, title, following: data.get('following') !== null })
    if (fresh) void navigate({ to: '/tickets/$ticketId', params: { ticketId: fresh.id }, search: { view: 'all' } })
  }

  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && askSplit(null)} isDismissable>
      <Modal className="card">
        <Dialog>
          <Form className="card-form" onSubmit={(event) => void onSubmit(event)}>
            <Heading slot="title">{words.splitting.title}</Heading>
            <p className="hint">{words.splitting.hint}</p>
            <TextField name="title" autoFocus defaultValue={ticket.title} maxLength={500}>
              <Label>{words.splitting.field}</Label>
              <Input className="field" />
            </TextField>
            <Checkbox className="tick" name="following" value="yes">
              <span className="tick-box" aria-hidden="true" />
              {words.splitting.following}
            </Checkbox>
            <div className="card-buttons">
              <Button slot="close" className="button">
                {words.snooze.cancel}
              </Button>
              <Button type="submit" className="button primary">
                {words.splitting.split}
              </Button>
            </div>
          </Form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
