import { ChevronDown } from 'lucide-react'
import { useEffect, useRef } from 'react'
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Tab,
  TabList,
  TabPanel,
  Tabs,
  TextArea,
  TextField,
  type TextFieldProps,
} from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { STATUSES } from './change.ts'
import { answered, chooseMode, type Mode, useAsked, useMode } from './composing.ts'
import { keepDraft, useDraft } from './drafts.ts'
import { send } from './outbox.ts'
import { useTimeline } from './ticket.ts'

/** Where one answers or notes something: two modes that look different, each with a draft of its own. */
export function Composer({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const mode = useMode()
  return (
    <Tabs
      className={`composer ${mode}`}
      selectedKey={mode}
      onSelectionChange={(key) => chooseMode(key === 'note' ? 'note' : 'reply')}
    >
      <TabList className="tabs" aria-label={words.composer.mode}>
        <Tab id="reply" className="tab">
          {words.composer.reply}
        </Tab>
        <Tab id="note" className="tab">
          {words.composer.note}
        </Tab>
      </TabList>
      <TabPanel id="reply" className="panel">
        <Field ticket={ticket} mode="reply" />
      </TabPanel>
      <TabPanel id="note" className="panel">
        <Field ticket={ticket} mode="note" />
      </TabPanel>
    </Tabs>
  )
}

function Field({ ticket, mode }: { readonly ticket: Ticket; readonly mode: Mode }) {
  const words = useWords()
  const text = useDraft(ticket.id, mode)
  const area = useRef<HTMLTextAreaElement>(null)
  const isAsked = useAsked()
  useEffect(() => {
    if (!isAsked) return
    area.current?.focus()
    answered()
  }, [isAsked])
  const isEmpty = text.trim() === ''
  const seen = useTimeline(ticket.id).data?.findLast(({ message }) => message)?.message?.id ?? null

  function submit(status: Ticket['status'] | null): void {
    if (isEmpty) return
    send({ ticket: ticket.id, mode, text, status, seen })
    keepDraft(ticket.id, mode, '')
  }
  const press: TextFieldProps['onKeyDown'] = (event) => {
    // What is not sending goes on to the shortcuts.
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return event.continuePropagation()
    event.preventDefault()
    submit(null)
  }

  return (
    <>
      <TextField
        aria-label={words.composer.message}
        value={text}
        onChange={(value) => keepDraft(ticket.id, mode, value)}
        onKeyDown={press}
      >
        <TextArea
          ref={area}
          className="message-field"
          rows={4}
          placeholder={mode === 'note' ? words.composer.noteHint : words.composer.replyHint}
        />
      </TextField>
      <div className="composer-foot">
        <span className="hint">{isEmpty ? '' : words.composer.draft}</span>
        <Button className="button primary" isDisabled={isEmpty} onPress={() => submit(null)}>
          {words.composer.send}
        </Button>
        <MenuTrigger>
          <Button className="button primary more" isDisabled={isEmpty} aria-label={words.composer.sendAnd}>
            <ChevronDown size={15} aria-hidden="true" />
          </Button>
          <Popover className="popover">
            <Menu className="menu" aria-label={words.composer.sendAnd}>
              {STATUSES.map((status) => (
                <MenuItem key={status} className="item" onAction={() => submit(status)}>
                  {words.composer.sendAs(words.statuses[status])}
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      </div>
    </>
  )
}
