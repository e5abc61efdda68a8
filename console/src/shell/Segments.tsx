import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'

interface Props<Id extends string> {
  readonly label: string
  readonly value: Id
  readonly options: readonly { readonly id: Id; readonly name: string }[]
  readonly onChange: (id: Id) => void
}

/** One of a few, side by side: always one. */
export function Segments<Id extends string>({ label, value, options, onChange }: Props<Id>) {
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={([chosen]) => {
        const found = options.find(({ id }) => id === chosen)
        if (found) onChange(found.id)
      }}
    >
      {options.map(({ id, name }) => (
        <ToggleButton key={id} className="segment" id={id}>
          {name}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
