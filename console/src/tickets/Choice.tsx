import { ChevronDown } from 'lucide-react'
import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue, Text } from 'react-aria-components'

interface Props {
  readonly label: string
  readonly value: string | null
  readonly options: readonly { readonly id: string; readonly name: string }[]
  /** Why it cannot be chosen; null where it can. */
  readonly refusal?: string | null
  readonly onChange: (id: string) => void
}

/** A value that is chosen in place, and kept at once. */
export function Choice({ label, value, options, refusal = null, onChange }: Props) {
  return (
    <div title={refusal ?? undefined}>
      <Select
        className="choice"
        value={value}
        isDisabled={refusal !== null}
        onChange={(chosen) => chosen !== null && onChange(String(chosen))}
      >
        <Label>{label}</Label>
        <Button className="choice-button">
          <SelectValue />
          <ChevronDown size={14} aria-hidden="true" />
        </Button>
        {refusal !== null && (
          <Text slot="description" className="hidden-visually">
            {refusal}
          </Text>
        )}
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
    </div>
  )
}
