import { ChevronDown } from 'lucide-react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'

interface Props {
  readonly label: string
  readonly value: string | null
  readonly options: readonly { readonly id: string; readonly name: string }[]
  readonly onChange: (id: string) => void
}

/** A value that is chosen in place, and kept at once. */
export function Choice({ label, value, options, onChange }: Props) {
  return (
    <Select className="choice" value={value} onChange={(chosen) => chosen !== null && onChange(String(chosen))}>
      <Label>{label}</Label>
      <Button className="choice-button">
        <SelectValue />
        <ChevronDown size={14} aria-hidden="true" />
      </Button>
      <Popover className="popover">
        <ListBox className="menu" items={options}>
          {({ id, name }) => (
            <ListBoxItem id={id} className="item">
              {name}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  )
}
