import { type FormEvent, useState } from 'react'
import { Checkbox, Form } from 'react-aria-components'
import type { Field } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { FormFoot } from '../forms/FormFoot.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { Choice } from '../tickets/Choice.tsx'
import {
  choicesIn,
  FIELD_TYPES,
  type FieldType,
  hasChoices,
  REQUIREMENTS,
  type Requirement,
  readFieldsAnew,
} from './fields.ts'

const SHOWN = ['label', 'key', 'description', 'choices'] as const
const LONGEST_LABEL = 100

interface Props {
  readonly onDone: () => void
}

/** Asks for a field more. */
export function NewField({ onDone }: Props) {
  const words = useWords()
  const said = words.fields
  const sending = useSending(useSaid())
  const [type, setType] = useState<FieldType>('text')
  const [required, require] = useState<Requirement>('never')

  function make(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string): string => String(given.get(name) ?? '')
    const label = text('label')
    void sending.send(async () => {
      const body = {
        ...{ key: text('key'), type, label, description: text('description') },
        ...(hasChoices(type) && { choices: choicesIn(given, 'choices') }),
        required: required === 'never' ? null : required,
      }
      await client.call('createField', { body })
      await readFieldsAnew()
      onDone()
      notify(words.catalogue.isThere(label))
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={make}>
      <TextInput name="label" label={said.label} isRequired autoFocus autoComplete="off" />
      <TextInput name="key" label={said.key} hint={said.keyHint} longest={40} isRequired isCode autoComplete="off" />
      <Choice
        label={said.type}
        value={type}
        options={FIELD_TYPES.map((id) => ({ id, name: said.types[id] }))}
        onChange={(id) => setType(FIELD_TYPES.find((each) => each === id) ?? 'text')}
      />
      {hasChoices(type) && (
        <TextInput name="choices" label={said.choices} hint={said.choicesHint} rows={4} isRequired />
      )}
      <TextInput name="description" label={said.description} longest={1_000} />
      <Required value={required} onChange={require} />
      <FormFoot sending={sending} action={words.people.make} fields={SHOWN} onCancel={onDone} />
    </Form>
  )
}

function Required({
  value,
  onChange,
}: {
  readonly value: Requirement
  readonly onChange: (value: Requirement) => void
}) {
  const { fields: said } = useWords()
  return (
    <Choice
      label={said.required}
      value={value}
      options={REQUIREMENTS.map((id) => ({ id, name: said.requirements[id] }))}
      onChange={(id) => onChange(REQUIREMENTS.find((each) => each === id) ?? 'never')}
    />
  )
}

/** Changes what a field is called, what may be chosen, and when it is required. */
export function ChangeField({ field, onDone }: Props & { readonly field: Field }) {
  const words = useWords()
  const said = words.fields
  const sending = useSending(useSaid())
  const [required, require] = useState<Requirement>(field.required ?? 'never')
  const [retired, retire] = useState<ReadonlySet<string>>(
    new Set(field.choices.filter(({ active }) => !active).map(({ value }) => value)),
  )

  function offer(value: string, isOffered: boolean): void {
    const others = [...retired].filter((each) => each !== value)
    retire(new Set(isOffered ? others : [...others, value]))
  }

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string): string => String(given.get(name) ?? '')
    const kept = field.choices.map(({ value }, nth) => ({
      ...{ value, label: text(`choice ${nth}`), active: !retired.has(value) },
    }))
    void sending.send(async () => {
      const body = {
        ...{ label: text('label'), description: text('description') },
        ...(hasChoices(field.type) && { choices: [...kept, ...choicesIn(given, 'choices')] }),
        required: required === 'never' ? null : required,
      }
      await client.call('changeField', { params: { field: field.key }, body })
      await readFieldsAnew()
      onDone()
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={save}>
      <TextInput name="label" label={said.label} value={field.label} isRequired autoFocus autoComplete="off" />
      {field.choices.map(({ value, label }, nth) => (
        <div key={value} className="field-choice">
          <TextInput
            name={`choice ${nth}`}
            label={said.choice(value)}
            value={label}
            longest={LONGEST_LABEL}
            isRequired
            autoComplete="off"
          />
          <Checkbox className="tick" isSelected={!retired.has(value)} onChange={(isOffered) => offer(value, isOffered)}>
            <span className="tick-box" aria-hidden="true" />
            {said.offered(value)}
          </Checkbox>
        </div>
      ))}
      {hasChoices(field.type) && <TextInput name="choices" label={said.moreChoices} hint={said.choicesHint} rows={2} />}
      <TextInput name="description" label={said.description} value={field.description} longest={1_000} />
      <Required value={required} onChange={require} />
      <FormFoot sending={sending} action={words.saved.keep} fields={SHOWN} onCancel={onDone} />
    </Form>
  )
}
