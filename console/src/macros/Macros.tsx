import { type FormEvent, useState } from 'react'
import { Form } from 'react-aria-components'
import type { CreateMacroBody, Macro } from '../../../sdk/operations.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useFields } from '../fields/fields.ts'
import { Audience, audienceOf, sharedBy } from '../forms/Audience.tsx'
import { Confirm } from '../forms/Confirm.tsx'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { languageNow, useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { Choice } from '../tickets/Choice.tsx'
import { PRIORITIES, STATUSES } from '../tickets/change.ts'
import { nameOf } from '../tickets/list.ts'
import { OwnField } from '../tickets/OwnFields.tsx'
import { useCatalogue, useColleagues } from '../tickets/ticket.ts'
import { useMacros } from './macros.ts'

/** What is done together often: one's own macros, and those that colleagues share. */
export function Macros() {
  const words = useWords()
  const macros = useMacros()
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.macros}</h1>
        <DialogForm action={words.macros.add} title={words.macros.add}>
          {(close) => <MacroForm macro={null} onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{words.macros.about}</p>
      <Loaded query={macros}>
        {(all) =>
          all.length === 0 ? (
            <p className="lines-empty">{words.replies.empty}</p>
          ) : (
            <ul className="lines" aria-label={words.pages.macros}>
              {all.map((macro) => (
                <MacroLine key={macro.id} macro={macro} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

function MacroLine({ macro }: { readonly macro: Macro }) {
  const words = useWords()
  const { id, name, text, audience, group, changeable } = macro
  const whom = audience === 'group' ? words.saved.group(group?.name ?? '') : words.saved[audience]

  async function drop(): Promise<void> {
    await client.call('deleteMacro', { params: { id } })
    await askAgain(keys.macros)
    notify(words.replies.deleted(name))
  }

  return (
    <li className="line">
      <span className="line-about">
        <span className="line-name text">{name}</span>
        <span className="hint text">{whom}</span>
        {text !== null && <span className="hint text">{text}</span>}
      </span>
      {changeable && (
        <>
          <DialogForm
            className="button small quiet"
            action={words.replies.change}
            name={words.replies.changeOf(name)}
            title={words.replies.changeOf(name)}
          >
            {(close) => <MacroForm macro={macro} onDone={close} />}
          </DialogForm>
          <Confirm
            isSmall
            action={words.replies.delete}
            name={words.replies.deleteOf(name)}
            title={words.macros.deleteTitle(name)}
            text={words.macros.deleteHint}
            work={drop}
          />
        </>
      )}
    </li>
  )
}

/** What stays as it is, what is emptied, and whoever runs it. */
const KEEP = 'keep'
const NONE = 'none'
const ME = 'me'

/** For how long a ticket sleeps: what the form offers, in minutes. */
const HOUR = 60
const DAY = 24 * HOUR
const SNOOZES = [HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY] as const

const LOOKED_AT = ['name', 'text', 'add_tags', 'remove_tags', 'change'] as const

type Change = NonNullable<CreateMacroBody['change']>

interface FormProps {
  readonly macro: Macro | null
  readonly onDone: () => void
}

function MacroForm({ macro, onDone }: FormProps) {
  const words = useWords()
  const said = words.macros
  const sending = useSending(useSaid())
  const [audience, setAudience] = useState(audienceOf(macro))
  const [change, setChange] = useState<Change>(macro?.change ?? {})
  const [visibility, setVisibility] = useState<string>(macro?.visibility ?? 'public')
  const { data: catalogue } = useCatalogue()
  const { data: colleagues } = useColleagues()
  const { data: fields = [] } = useFields()

  function set<Key extends keyof Change>(key: Key, value: Change[Key] | undefined): void {
    const { [key]: _was, ...others } = change
    // Without the key, and then with its new value: what stays as it is is not named.
    setChange(value === undefined ? (others as Change) : { ...change, [key]: value })
  }

  function setField(key: string, value: NonNullable<Change['fields']>[string]): void {
    const { [key]: _was, ...others } = change.fields ?? {}
    const next = value === null ? others : { ...others, [key]: value }
    set('fields', Object.keys(next).length === 0 ? undefined : next)
  }

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const tagsIn = (name: string): string[] =>
      String(given.get(name))
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '')
    const [add_tags, remove_tags] = [tagsIn('add_tags'), tagsIn('remove_tags')]
    const { add_tags: _added, remove_tags: _removed, ...rest } = change
    const text = String(given.get('text')).replaceAll('\r\n', '\n')
    const body = {
      name: String(given.get('name')),
      change: { ...rest, ...(add_tags.length > 0 && { add_tags }), ...(remove_tags.length > 0 && { remove_tags }) },
      text: text.trim() === '' ? null : text,
      visibility: visibility === 'internal' ? ('internal' as const) : ('public' as const),
      ...sharedBy(audience),
    }
    void sending.send(async () => {
      if (macro) await client.call('changeMacro', { params: { id: macro.id }, body, ifVersion: macro.version })
      else await client.call('createMacro', { body })
      await askAgain(keys.macros)
      onDone()
    })
  }

  const keep = { id: KEEP, name: said.keep }
  const none = { id: NONE, name: words.ticket.none }
  const people = (colleagues ?? []).map((person) => ({ id: person.id, name: nameOf(person) }))
  const listed = (options: readonly { readonly id: string | number; readonly name: string }[]) =>
    options.map(({ id, name }) => ({ id: String(id), name }))
  const chosen = (value: string | number | null | undefined): string =>
    value === undefined ? KEEP : value === null ? NONE : String(value)
  const read = (id: string): string | null | undefined => (id === KEEP ? undefined : id === NONE ? null : id)
  const snoozes = [...new Set([...SNOOZES, ...(typeof change.snooze === 'number' ? [change.snooze] : [])])]
  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={save}>
      <TextInput
        name="name"
        label={words.replies.name}
        value={macro?.name ?? null}
        isRequired
        autoFocus
        autoComplete="off"
      />
      <div className="pair">
        <Choice
          label={words.ticket.status}
          value={chosen(change.status)}
          options={[keep, ...STATUSES.map((id) => ({ id, name: words.statuses[id] }))]}
          onChange={(id) =>
            set(
              'status',
              STATUSES.find((each) => each === id),
            )
          }
        />
        <Choice
          label={words.ticket.priority}
          value={chosen(change.priority)}
          options={[keep, ...PRIORITIES.map((id) => ({ id, name: words.priorities[id] }))]}
          onChange={(id) =>
            set(
              'priority',
              PRIORITIES.find((each) => each === id),
            )
          }
        />
        <Choice
          label={words.ticket.assignee}
          value={chosen(change.assignee)}
          options={[keep, { id: ME, name: said.me }, none, ...people]}
          onChange={(id) => set('assignee', read(id))}
        />
        <Choice
          label={words.ticket.group}
          value={chosen(change.group)}
          options={[keep, none, ...listed(catalogue?.groups ?? [])]}
          onChange={(id) => set('group', read(id))}
        />
        <Choice
          label={words.ticket.topic}
          value={chosen(change.topic)}
          options={[keep, none, ...listed(catalogue?.topics ?? [])]}
          onChange={(id) => set('topic', id === KEEP ? undefined : id === NONE ? null : Number(id))}
        />
        <Choice
          label={said.snooze}
          value={chosen(change.snooze)}
          options={[
            { id: KEEP, name: said.awake },
            ...snoozes.map((minutes) => ({ id: String(minutes), name: lasting(minutes) })),
            { id: NONE, name: said.untilReply },
          ]}
          onChange={(id) => set('snooze', id === KEEP ? undefined : id === NONE ? null : Number(id))}
        />
      </div>
      {fields.some(({ active }) => active) && (
        <div className="pair">
          {fields.map(
            (field) =>
              field.active && (
                <OwnField
                  key={field.key}
                  field={field}
                  value={change.fields?.[field.key] ?? undefined}
                  refusal={null}
                  onChange={(value) => setField(field.key, value)}
                />
              ),
          )}
        </div>
      )}
      <div className="pair">
        <TextInput
          name="add_tags"
          label={said.addTags}
          value={change.add_tags?.join(', ') ?? null}
          hint={said.tagsHint}
          autoComplete="off"
        />
        <TextInput
          name="remove_tags"
          label={said.removeTags}
          value={change.remove_tags?.join(', ') ?? null}
          autoComplete="off"
        />
      </div>
      <TextInput name="text" label={said.text} value={macro?.text ?? null} hint={said.textHint} rows={6} />
      <Choice
        label={said.as}
        value={visibility}
        options={[
          { id: 'public', name: words.composer.reply },
          { id: 'internal', name: words.composer.note },
        ]}
        onChange={setVisibility}
      />
      <Audience value={audience} onChange={setAudience} shared={macro} />
      <FormFoot sending={sending} action={words.saved.keep} fields={LOOKED_AT} onCancel={onDone} />
    </Form>
  )
}

/** Minutes as people say them. */
function lasting(minutes: number): string {
  const [amount, unit] =
    minutes % DAY === 0 ? [minutes / DAY, 'day'] : minutes % HOUR === 0 ? [minutes / HOUR, 'hour'] : [minutes, 'minute']
  return new Intl.NumberFormat(languageNow(), { style: 'unit', unit, unitDisplay: 'long' }).format(amount)
}
