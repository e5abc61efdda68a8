import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  Autocomplete,
  Button,
  Dialog,
  Form,
  Heading,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components'
import { isProblem } from '../../../sdk/client.ts'
import type { Macro, PreviewMacroAnswer, Ticket } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { showTicket } from '../api/feed.ts'
import { keys } from '../api/keys.ts'
import { useFields } from '../fields/fields.ts'
import { FormFoot } from '../forms/FormFoot.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { offerUndo } from '../tickets/change.ts'
import { changedFields, changeIn } from '../tickets/changes.ts'
import { askAboutChildren, isDone } from '../tickets/linking.ts'
import { nameOf } from '../tickets/list.ts'
import { snoozedIn } from '../tickets/snoozing.ts'
import { useCatalogue, useColleagues } from '../tickets/ticket.ts'
import { type Asked, askMacro, useMacros } from './macros.ts'

/** Which macro is to be run on a ticket, and what it would do there: nothing happens before that was seen. */
export default function MacroDialog({ asked }: { readonly asked: Asked }) {
  const words = useWords().macros
  const { ticket, macro } = asked
  const close = (): void => askMacro(null)
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && close()} isDismissable={macro === null}>
      <Modal className={macro === null ? 'palette' : 'card'}>
        <Dialog className={macro === null ? '' : 'card-form'}>
          <Heading slot="title" className={macro === null ? 'hidden-visually' : ''}>
            {macro === null ? words.run : macro.name}
          </Heading>
          {macro === null ? <Choosing ticket={ticket} /> : <Looking ticket={ticket} macro={macro} onDone={close} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Choosing({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords().macros
  const { contains } = useFilter({ sensitivity: 'base' })
  const { data: macros = [] } = useMacros()
  const choose = (id: unknown): void => {
    const macro = macros.find((each) => each.id === id)
    if (macro) askMacro({ ticket, macro })
  }
  return (
    <Autocomplete filter={contains}>
      <SearchField aria-label={words.find} autoFocus className="palette-field">
        <Input placeholder={words.find} />
      </SearchField>
      <Menu
        className="palette-list"
        aria-label={words.run}
        items={macros}
        onAction={choose}
        renderEmptyState={() => <p className="hint">{words.none}</p>}
      >
        {({ id, name, text }: Macro) => (
          <MenuItem id={id} className="item reply" textValue={name}>
            <span className="text">{name}</span>
            {text !== null && <span className="hint text">{text}</span>}
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  )
}

interface LookingProps {
  readonly ticket: Ticket
  readonly macro: Macro
  readonly onDone: () => void
}

function Looking({ ticket, macro, onDone }: LookingProps) {
  const words = useWords()
  const {
    data: preview,
    isPending,
    isError,
  } = useQuery({
    queryKey: keys.previewOf(macro.id, ticket.id),
    staleTime: 0,
    queryFn: ({ signal }) =>
      client.call('previewMacro', { params: { id: macro.id }, query: { ticket: ticket.id }, signal }),
  })
  if (isPending) return <p role="status">{words.macros.looking}</p>
  if (isError)
    return (
      <>
        <p role="alert">{words.ticket.failed}</p>
        <div className="card-buttons">
          <Button className="button" onPress={onDone}>
            {words.macros.cancel}
          </Button>
        </div>
      </>
    )
  return <Shown key={preview.version} {...{ ticket, macro, preview, onDone }} />
}

function Shown({
  ticket,
  macro,
  preview,
  onDone,
}: LookingProps & {
  readonly preview: PreviewMacroAnswer
}) {
  const words = useWords()
  const said = words.macros
  const sending = useSending(useSaid())
  const changes = useChangesInWords(preview)
  const [isLate, setLate] = useState(false)
  const { message } = preview
  const problem = preview.problem === null ? null : problemIn(preview.problem)

  function run(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const typed = String(new FormData(event.currentTarget).get('text') ?? '').replaceAll('\r\n', '\n')
    const isOther = message !== null && (typed !== message.text || message.unfilled.length > 0)
    void sending.send(async () => {
      try {
        const changed = await client.call('runMacro', {
          params: { id: ticket.id },
          body: { macro: macro.id, ...(isOther && { text: typed }) },
          ifVersion: preview.version,
        })
        showTicket(changed)
        if (isDone(changed.status) && !isDone(ticket.status)) void askAboutChildren(changed)
        if (preview.changes.length > 0) offerUndo(changed, 'undo')
        else notify(said.done(macro.name))
        onDone()
      } catch (error) {
        if (!isProblem(error, 'precondition_failed')) throw error
        // What it would do now is shown, and asked once more.
        setLate(true)
        await askAgain(keys.previewOf(macro.id, ticket.id))
      }
    })
  }
  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={run}>
      {isLate && <p role="status">{said.late}</p>}
      {problem !== null && (
        <p className="field-error" role="alert">
          {said.refused} {problem}
        </p>
      )}
      {changes.length > 0 && (
        <ul className="macro-changes" aria-label={said.changes}>
          {changes.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      {changes.length === 0 && problem === null && message === null && <p className="hint">{said.nothing}</p>}
      {message !== null && (
        <TextInput
          name="text"
          label={message.visibility === 'public' ? words.composer.reply : words.composer.note}
          value={message.text}
          {...(message.unfilled.length > 0 && { hint: said.unfilled(message.unfilled.join(', ')) })}
          rows={6}
          isRequired
        />
      )}
      {problem === null ? (
        <FormFoot sending={sending} action={said.runIt} fields={['text']} onCancel={onDone} />
      ) : (
        <div className="card-buttons">
          <Button className="button" onPress={onDone}>
            {said.cancel}
          </Button>
        </div>
      )}
    </Form>
  )
}

/** What a macro would change, in words, with the names of what the events name by ids. */
function useChangesInWords({ changes }: PreviewMacroAnswer): readonly string[] {
  const words = useWords()
  const { data: fields = [] } = useFields()
  const { data: catalogue } = useCatalogue()
  const { data: colleagues = [] } = useColleagues()
  const people = colleagues.map((person) => ({ id: person.id, name: nameOf(person) }))
  const named: Readonly<Record<string, readonly { readonly id: string | number; readonly name: string }[]>> = {
    assignee: people,
    group: catalogue?.groups ?? [],
    topic: catalogue?.topics ?? [],
  }
  return changes.map((change) => {
    if (change.kind === 'ticket.fields_changed') return changedFields(change, fields, words)
    const [field = ''] = change.kind.split('.')[1]?.split('_changed') ?? []
    const after: Readonly<Record<string, unknown>> = change.after ?? {}
    if (change.kind === 'ticket.snoozed' && typeof after['snoozed_until'] === 'string')
      return snoozedIn(words, { snoozed_until: after['snoozed_until'] }) ?? ''
    const nameIn = (side: Readonly<Record<string, unknown>> | null): string =>
      named[field]?.find(({ id }) => id === side?.[`${field}_id`])?.name ?? words.ticket.none
    if (named[field] === undefined) return changeIn({ ...change, undoes: null }, words)
    return words.ticket.changed(Object(words.ticket)[field], nameIn(change.before), nameIn(change.after))
  })
}

/** What a problem document says. */
function problemIn(problem: unknown): string {
  const { title, detail, errors } = Object(problem)
  const [error] = Array.isArray(errors) ? errors : []
  return String(Object(error).message ?? detail ?? title)
}
