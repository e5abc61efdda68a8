import { FieldError, Input, Label, TextField } from 'react-aria-components'
import { lookAgain } from './sending.ts'

interface Props {
  readonly name: string
  readonly label: string
  readonly autoComplete: 'current-password' | 'new-password'
  readonly autoFocus?: boolean
}

/** As the API has it: what is shorter never leaves the page. */
const SHORTEST_PASSWORD = 8

/** A field for a password, which tells what is wrong with it. */
export function SecretField({ name, label, autoComplete, autoFocus = false }: Props) {
  const length = autoComplete === 'new-password' ? { minLength: SHORTEST_PASSWORD } : {}
  return (
    <TextField name={name} type="password" isRequired autoFocus={autoFocus} autoComplete={autoComplete} {...length}>
      <Label>{label}</Label>
      <Input className="field" onInput={lookAgain} />
      <FieldError className="field-error" />
    </TextField>
  )
}
