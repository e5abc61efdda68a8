import { ChevronDown, Zap } from 'lucide-react'
import { lazy, Suspense, useId, useState } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover, Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { askMacro } from '../macros/macros.ts'
import { ReplyMenu } from '../replies/ReplyMenu.tsx'
import { worksHere } from '../session/permissions.ts'
import { useMe } from '../session/session.ts'
import { loadPart } from '../shell/parts.ts'
import { can } from './abilities.ts'
import { STATUSES } from './change.ts'
import { answered, chooseMode, MODES, type Mode, useAsked, useMode } from './composing.ts'
import { changeDraft, EMPTY, isEmpty, keepDraft, useDraft } from './drafts.ts'
import { AttachButton, Files, useDrop } from './Files.tsx'
import { send } from './outbox.ts'
import { useTimeline } from './ticket.ts'
import { attach, useUploads } from './uploads.ts'

const SendLater = lazy(() => loadPart(() => import('./SendLater.tsx')))
const Keeping = lazy(() => loadPart(() => import('./Keeping.tsx')))
const Editor = lazy(() => loadPart(() => import('./Editor.tsx')))

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
  const me = useMe()
  const place = { person: me.user.id, ticket: ticket.id, mode }
  const draft = useDraft(place)
  const uploads = useUploads(place)
  const isOver = useDrop(place)
  const isAsked = useAsked()
  const problemId = useId()
  const [isLater, setLater] = useState(false)
  const [insertion, setInsertion] = useState<{ readonly text: string } | null>(null)
  const isReady = !isEmpty(draft) && uploads.every(({ problem }) => problem !== null)
  const statuses = can(ticket, 'status') ? STATUSES : []
  const seen = useTimeline(ticket.id).data?.findLast(({ message }) => message)?.message?.id ?? null

  function submit(status: Ticket['status'] | null): void {
    if (!isReady) return
    const { html, files, id, version } = draft
    send({ ...place, html, files, id, version, status, seen, assignee: ticket.assignee?.id ?? null })
    keepDraft(place, EMPTY)
  }
  return (
    <>
      <Suspense fallback={<div className="editor" aria-busy="true" />}>
        <Editor
          key={`${ticket.id} ${mode}`}
          html={draft.html}
          label={words.composer.message}
          hint={mode === 'note' ? words.composer.noteHint : words.composer.replyHint}
          problemId={draft.problem === null ? null : problemId}
          insertion={insertion}
          isAsked={isAsked}
          onFocus={answered}
          onChange={(html) => changeDraft(place, () => ({ html }))}
          onFiles={(files) => attach(place, files)}
          onSend={() => submit(null)}
        />
        <Keeping key={`${ticket.id} ${mode} kept`} place={place} version={ticket.version} />
      </Suspense>
      {draft.problem !== null && (
        <p id={problemId} className="field-error composer-problem">
          {draft.problem}
        </p>
      )}
      {isOver && <p className="drop">{words.composer.drop}</p>}
      <Files place={place} files={draft.files} uploads={uploads} />
      {isLater && (
        <Suspense>
          <SendLater ticket={ticket} place={place} onDone={() => setLater(false)} />
        </Suspense>
      )}
      <div className="composer-foot">
        <AttachButton place={place} />
        <ReplyMenu ticket={ticket.id} onChoose={(text) => setInsertion({ text })} />
        {worksHere(me) && (
          <Button
            className="button quiet icon"
            aria-label={words.macros.run}
            onPress={() => askMacro({ ticket, macro: null })}
          >
            <Zap size={16} aria-hidden="true" />
          </Button>
        )}
        <span className="hint">
          {isEmpty(draft) ? '' : draft.isSaved ? words.composer.saved : words.composer.draft}
        </span>
        <Button className="button primary" isDisabled={!isReady} onPress={() => submit(null)}>
          {words.composer.send}
        </Button>
        <MenuTrigger>
          <Button className="button primary more" isDisabled={!isReady} aria-label={words.composer.sendAnd}>
            <ChevronDown size={15} aria-hidden="true" />
          </Button>
          <Popover className="popover">
            <Menu className="menu" aria-label={words.composer.sendAnd}>
              {statuses.map((status) => (
                <MenuItem key={status} className="item" onAction={() => submit(status)}>
                  {words.composer.sendAs(words.statuses[status])}
                </MenuItem>
              ))}
              <MenuItem className="item" onAction={() => setLater(true)}>
                {words.later.menu}
              </MenuItem>
            </Menu>
          </Popover>
        </MenuTrigger>
      </div>
    </>
  )
}
