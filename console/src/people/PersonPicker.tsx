import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { Button, ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Text } from 'react-aria-components'
import { lookAgain } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { nameOf } from '../tickets/list.ts'
import { type PeopleSearch, usePeople } from './people.ts'

interface Props {
  readonly label: string
  readonly name?: string
  readonly hint?: string
  /** Who is looked for: colleagues by default. */
  readonly who?: PeopleSearch['who']
  /** Whom it begins with. */
  readonly chosen?: { readonly id: string; readonly name: string }
  readonly isRequired?: boolean
  readonly onChoose: (id: string | null) => void
}

/** A field for a person, who is found by what one types of their name or address. */
export function PersonPicker({ label, name, hint, who, chosen, isRequired = false, onChoose }: Props) {
  const words = useWords()
  const [typed, type] = useState(chosen?.name ?? '')
  const sought = typed === chosen?.name ? '' : typed
  const { data } = usePeople({ find: sought, ...(who !== undefined && { who }) })
  const people = data?.pages[0]?.data.filter(({ active }) => active) ?? []
  const items = people.map((person) => ({
    id: person.id,
    name: nameOf(person) || words.people.nameless,
    address: person.email ?? person.username ?? words.people.kinds[person.kind],
  }))
  return (
    <ComboBox
      className="picker"
      {...(name !== undefined && { name })}
      isRequired={isRequired}
      items={items}
      inputValue={typed}
      onInputChange={type}
      defaultValue={chosen?.id ?? null}
      defaultFilter={() => true}
      allowsEmptyCollection
      menuTrigger="focus"
      onChange={(id) => onChoose(id === null ? null : String(id))}
    >
      <Label>{label}</Label>
      <div className="picker-field">
        <Input className="field" onInput={lookAgain} autoComplete="off" />
        <Button className="button quiet icon">
          <ChevronDown size={14} aria-hidden="true" />
        </Button>
      </div>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error" />
      <Popover className="popover">
        <ListBox className="menu" renderEmptyState={() => <p className="hint">{words.people.none}</p>}>
          {(item: (typeof items)[number]) => (
            <ListBoxItem id={item.id} textValue={item.name} className="item">
              <span className="text">{item.name}</span>
              <span className="hint text">{item.address}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}
