import { type FormEvent, type ReactNode, useState } from 'react'
import { Button, Form } from 'react-aria-components'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { Choice } from '../tickets/Choice.tsx'
import { type Listed, type RecordList, readRecordsAnew, useRecords } from './records.ts'

interface Props {
  readonly list: RecordList
  readonly label: string
  /** What a line has below it. */
  readonly children?: (record: Listed) => ReactNode
}

/** A list of the catalogue: each record renamed, retired or brought back in its line. */
export function Records({ list, label, children }: Props) {
  const words = useWords()
  const records = useRecords(list)
  return (
    <Loaded query={records}>
      {(all) =>
        all.length === 0 ? (
          <p className="lines-empty">{words.catalogue.none}</p>
        ) : (
          <ul className="lines" aria-label={label}>
            {all.map((record) => (
              <li key={record.id}>
                <RecordLine list={list} record={record} />
                {children?.(record)}
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}

function RecordLine({ list, record }: { readonly list: RecordList; readonly record: Listed }) {
  const words = useWords()
  const said = words.catalogue
  const sending = useSending(useSaid())
  const { id, name, active, own, isDefault } = record
  const title = list.isOwnChanged ? words.replies.changeOf(name) : said.renameOf(name)

  async function setActive(next: boolean): Promise<void> {
    await list.change(id, { active: next })
    await readRecordsAnew()
    notify(next ? said.isBack(name) : said.isRetired(name))
  }

  return (
    <div className="line record" data-off={!active || undefined}>
      <span className="line-about">
        <span className="line-name text">{name}</span>
        {own !== undefined && list.say && <span className="hint text">{list.say(own, words)}</span>}
        <span role="alert" className="field-error">
          {sending.problem ?? Object.values(sending.errors).join(' ')}
        </span>
      </span>
      <span className="badges">
        {isDefault === true && <span className="badge">{said.byDefault}</span>}
        {!active && <span className="badge off">{said.retired}</span>}
      </span>
      <DialogForm
        className="button small quiet"
        action={list.isOwnChanged ? words.replies.change : said.rename}
        name={title}
        title={title}
      >
        {(close) => <ChangeRecord list={list} record={record} onDone={close} />}
      </DialogForm>
      {isDefault !== true && (
        <Button
          className="button small"
          aria-label={active ? said.retireOf(name) : said.bringBackOf(name)}
          isDisabled={sending.isBusy}
          onPress={() => void sending.send(() => setActive(!active))}
        >
          {active ? said.retire : said.bringBack}
        </Button>
      )}
    </div>
  )
}

const FIELDS = ['name', 'kind'] as const

interface ChangeProps {
  readonly list: RecordList
  readonly record: Listed
  readonly onDone: () => void
}

function ChangeRecord({ list, record, onDone }: ChangeProps) {
  const words = useWords()
  const sending = useSending(useSaid())
  const [own, choose] = useState(record.own)

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name'))
    void sending.send(async () => {
      await list.change(record.id, { name, ...(list.isOwnChanged && own !== undefined && { own }) })
      await readRecordsAnew()
      onDone()
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={save}>
      <TextInput name="name" label={words.catalogue.name} value={record.name} isRequired autoFocus autoComplete="off" />
      {list.isOwnChanged && own !== undefined && <OwnChoice list={list} value={own} onChange={choose} />}
      <FormFoot sending={sending} action={words.saved.keep} fields={FIELDS} onCancel={onDone} />
    </Form>
  )
}

interface OwnProps {
  readonly list: RecordList
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Chooses what a record has beside its name, where that is one of some words. */
function OwnChoice({ list: { id, own, say }, value, onChange }: OwnProps) {
  const words = useWords()
  if (own === undefined || own === 'word') return null
  const options = own.map((each) => ({ id: each, name: say?.(each, words) ?? each }))
  return <Choice label={words.catalogue.owns[id]} value={value} options={options} onChange={onChange} />
}

/** Asks for a record more. */
export function NewRecord({ list, onDone }: { readonly list: RecordList; readonly onDone: () => void }) {
  const words = useWords()
  const sending = useSending(useSaid())
  const { own } = list
  const [chosen, choose] = useState(Array.isArray(own) ? String(own[0]) : '')

  function make(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const name = String(given.get('name'))
    void sending.send(async () => {
      await list.add(name, own === 'word' ? String(given.get('kind')) : chosen)
      await readRecordsAnew()
      onDone()
      notify(words.catalogue.isThere(name))
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={make}>
      <TextInput name="name" label={words.catalogue.name} isRequired autoFocus autoComplete="off" />
      {own === 'word' && (
        <TextInput name="kind" label={words.catalogue.word} hint={words.catalogue.wordHint} isRequired isCode />
      )}
      <OwnChoice list={list} value={chosen} onChange={choose} />
      <FormFoot sending={sending} action={words.people.make} fields={FIELDS} onCancel={onDone} />
    </Form>
  )
}
