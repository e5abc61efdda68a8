import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import {
  Button,
  Dialog,
  DialogTrigger,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  NumberField,
  Popover,
  TextField,
} from 'react-aria-components'
import type { Field, Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useFields } from '../fields/fields.ts'
import { useWords } from '../i18n/words.ts'
import { can } from './abilities.ts'
import { Choice } from './Choice.tsx'
import { changeTicket } from './change.ts'
import { nameOf } from './list.ts'
import { useColleagues } from './ticket.ts'

const NONE = 'none'

type Value = Ticket['fields'][string]

interface Props {
  readonly field: Field
  /** What the ticket holds; undefined for nothing. */
  readonly value: Value | undefined
  /** Why it cannot be changed; null where it can. */
  readonly refusal: string | null
  readonly onChange: (value: Value | null) => void
}

/** What a ticket holds in the fields of this tenant, changed in place. */
export function OwnFields({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const { data: fields = [] } = useFields()
  const shown = fields.filter(({ key, active }) => active || ticket.fields[key] !== undefined)
  if (shown.length === 0) return null
  const refusal = can(ticket, 'change') ? null : words.ticket.notAllowed
  return (
    <section className="own-fields" aria-label={words.ticket.fields}>
      {shown.map((field) => (
        <div key={field.key} title={field.description || undefined}>
          <OwnField
            field={field.active ? field : { ...field, label: words.fields.retired(field.label) }}
            value={ticket.fields[field.key]}
            refusal={field.active ? refusal : words.fields.isRetired(field.label)}
            onChange={(value) => void changeTicket(ticket, { fields: { [field.key]: value } })}
          />
        </div>
      ))}
    </section>
  )
}

/** The control of a field, by its type. */
export function OwnField(props: Props) {
  const words = useWords()
  const { field, value, refusal, onChange } = props
  switch (field.type) {
    case 'text':
    case 'date':
      return <TextValue key={String(value)} {...props} />
    case 'number':
      return <NumberValue {...props} />
    case 'boolean':
      return (
        <Choice
          label={field.label}
          value={value === undefined ? NONE : String(value)}
          refusal={refusal}
          options={[
            { id: NONE, name: words.ticket.none },
            { id: 'true', name: words.fields.yes },
            { id: 'false', name: words.fields.no },
          ]}
          onChange={(id) => onChange(id === NONE ? null : id === 'true')}
        />
      )
    case 'choice':
      return (
        <Choice
          label={field.label}
          value={typeof value === 'string' ? `=${value}` : NONE}
          refusal={refusal}
          options={[{ id: NONE, name: words.ticket.none }, ...optionsOf(field, value)]}
          onChange={(id) => onChange(id === NONE ? null : id.slice(1))}
        />
      )
    case 'choices':
      return <SeveralChoices {...props} />
    case 'person':
      return <PersonValue {...props} />
  }
}

/** What may be chosen, and what the ticket holds although it is retired. A value may be any text, so that ids begin with a sign. */
function optionsOf({ choices }: Field, value: Value | undefined) {
  const held = Array.isArray(value) ? value : [value]
  return choices
    .filter((choice) => choice.active || held.includes(choice.value))
    .map((choice) => ({ id: `=${choice.value}`, name: choice.label }))
}

/** A text or a day: kept when the field is left, or by Enter; nothing in it empties it. */
function TextValue({ field, value, refusal, onChange }: Props) {
  const held = typeof value === 'string' ? value : ''
  function keep(input: HTMLInputElement): void {
    const typed = input.value.trim()
    if (typed !== held) onChange(typed === '' ? null : typed)
  }
  return (
    <TextField className="choice" defaultValue={held} isDisabled={refusal !== null} maxLength={2_000}>
      <Label>{field.label}</Label>
      <Input
        className="field small"
        type={field.type === 'date' ? 'date' : 'text'}
        onBlur={({ currentTarget }) => keep(currentTarget)}
        onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => event.key === 'Enter' && keep(event.currentTarget)}
      />
    </TextField>
  )
}

const AS_IT_IS: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 15 }

/** As numbers are written in the language of the page. */
function NumberValue({ field, value, refusal, onChange }: Props) {
  const held = typeof value === 'number' ? value : Number.NaN
  return (
    <NumberField
      key={held}
      className="choice"
      defaultValue={held}
      isDisabled={refusal !== null}
      formatOptions={AS_IT_IS}
      onChange={(next) => {
        if (!Object.is(next, held)) onChange(Number.isNaN(next) ? null : next)
      }}
    >
      <Label>{field.label}</Label>
      <Input className="field small" />
    </NumberField>
  )
}

function SeveralChoices({ field, value, refusal, onChange }: Props) {
  const words = useWords()
  // What was picked counts at once: who picks the next one need not wait for the server to know of the one before.
  const [picked, setPicked] = useState<readonly string[] | null>(null)
  const held = picked ?? (Array.isArray(value) ? value : [])
  const options = optionsOf(field, value)
  const chosen = options.filter(({ id }) => held.includes(id.slice(1)))
  const id = `own-${field.key}`
  return (
    <DialogTrigger onOpenChange={() => setPicked(null)}>
      <div className="choice" title={refusal ?? undefined}>
        <span id={id}>{field.label}</span>
        <Button className="choice-button" aria-labelledby={`${id} ${id}-held`} isDisabled={refusal !== null}>
          <span id={`${id}-held`} className="text">
            {chosen.map(({ name }) => name).join(', ') || words.ticket.none}
          </span>
          <ChevronDown size={14} aria-hidden="true" />
        </Button>
      </div>
      <Popover className="popover">
        <Dialog aria-label={field.label}>
          <ListBox
            className="menu"
            aria-label={field.label}
            items={options}
            selectionMode="multiple"
            // Else it would take all of them away before it closes.
            escapeKeyBehavior="none"
            selectedKeys={chosen.map((each) => each.id)}
            onSelectionChange={(keys) => {
              const all = options.map((each) => each.id)
              const next = (keys === 'all' ? all : [...keys]).map((key) => String(key).slice(1))
              setPicked(next)
              onChange(next)
            }}
          >
            {({ id: option, name }) => (
              <ListBoxItem id={option} className="item">
                {name}
              </ListBoxItem>
            )}
          </ListBox>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

/** One of the colleagues, or whoever it is already. */
function PersonValue({ field, value, refusal, onChange }: Props) {
  const words = useWords()
  const { data: colleagues } = useColleagues()
  const held = typeof value === 'string' ? value : null
  const isColleague = colleagues?.some(({ id }) => id === held) ?? true
  const { data: other } = useQuery({
    queryKey: keys.person(held ?? ''),
    enabled: held !== null && !isColleague,
    queryFn: () => client.call('getUser', { params: { id: held ?? '' } }),
  })
  const current = held !== null && !isColleague ? [{ id: held, name: (other && nameOf(other)) || held }] : []
  const people = (colleagues ?? []).map((person) => ({ id: person.id, name: nameOf(person) }))
  return (
    <Choice
      label={field.label}
      value={held ?? NONE}
      refusal={refusal}
      options={[{ id: NONE, name: words.ticket.none }, ...current, ...people]}
      onChange={(id) => onChange(id === NONE ? null : id)}
    />
  )
}
