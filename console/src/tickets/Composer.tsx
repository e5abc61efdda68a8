import { ChevronDown } from 'lucide-react'
import { type ClipboardEvent, useEffect, useRef } from 'react'
import {
  Button,
  FieldError,
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
import { useMe } from '../session/session.ts'
import { can } from './abilities.ts'
import { STATUSES } from './change.ts'
import { answered, chooseMode, MODES, type Mode, useAsked, useMode } from './composing.ts'
import { changeDraft, EMPTY, isEmpty, keepDraft, useDraft } from './drafts.ts'
import { AttachButton, Files, pastedFiles, useDrop } from './Files.tsx'
import { send } from './outbox.ts'
import { useTimeline } from './ticket.ts'
import { attach, useUploads } from './uploads.ts'

/** Where one answers or notes something: two modes that look different, each with a draft of its own. */
export function Composer({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const chosen = useMode()
  const allowed = MODES.filter((each) => can(ticket, each))
  const mode = allowed.includes(chosen) ? chosen : allowed[0]
  if (mode === undefined) return <p className="composer-refusal hint">{words.composer.noReply}</p>
  return (
    <Tabs
      className={`composer ${mode}`}
      selectedKey={mode}
      onSelectionChange={(key) => chooseMode(key === 'note' ? 'note' : 'reply')}
    >
      <TabList className="tabs" aria-label={words.composer.mode}>
        <Tab id="reply" className="tab" isDisabled={!allowed.includes('reply')}>
          {words.composer.reply}
        </Tab>
        <Tab id="note" className="tab" isDisabled={!allowed.includes('note')}>
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
  const place = { person: useMe().user.id, ticket: ticket.id, mode }
  const draft = useDraft(place)
  const uploads = useUploads(place)
  const isOver = useDrop(place)
  const area = useRef<HTMLTextAreaElement>(null)
  const isAsked = useAsked()
  useEffect(() => {
    if (!isAsked) return
    area.current?.focus()
    answered()
  }, [isAsked])
  const isReady = !isEmpty(draft) && uploads.every(({ problem }) => problem !== null)
  const seen = useTimeline(ticket.id).data?.findLast(({ message }) => message)?.message?.id ?? null

  function submit(status: Ticket['status'] | null): void {
    if (!isReady) return
    send({ ...place, text: draft.text, files: draft.files, status, seen })
    keepDraft(place, EMPTY)
  }
  const press: TextFieldProps['onKeyDown'] = (event) => {
    // What is not sending goes on to the shortcuts.
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return event.continuePropagation()
    event.preventDefault()
    submit(null)
  }
  function paste(event: ClipboardEvent): void {
    const files = pastedFiles(event.clipboardData)
    if (files.length === 0) return
    event.preventDefault()
    attach(place, files)
  }

  return (
    <>
      <TextField
        aria-label={words.composer.message}
        value={draft.text}
        onChange={(text) => changeDraft(place, () => ({ text }))}
        onKeyDown={press}
        isInvalid={draft.problem !== null}
      >
        <TextArea
          ref={area}
          className="message-field"
          rows={4}
          placeholder={mode === 'note' ? words.composer.noteHint : words.composer.replyHint}
          onPaste={paste}
        />
        <FieldError className="field-error composer-problem">{draft.problem}</FieldError>
      </TextField>
      {isOver && <p className="drop">{words.composer.drop}</p>}
      <Files place={place} files={draft.files} uploads={uploads} />
      <div className="composer-foot">
        <AttachButton place={place} />
        <span className="hint">{isEmpty(draft) ? '' : words.composer.draft}</span>
        <Button className="button primary" isDisabled={!isReady} onPress={() => submit(null)}>
          {words.composer.send}
        </Button>
        {can(ticket, 'status') && (
          <MenuTrigger>
            <Button className="button primary more" isDisabled={!isReady} aria-label={words.composer.sendAnd}>
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
        )}
      </div>
    </>
  )
}
