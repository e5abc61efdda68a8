import { FieldError, Input, Label, Text, TextArea, TextField } from 'react-aria-components'
import { lookAgain } from './sending.ts'

interface Props {
  readonly name: string
  readonly label: string
  readonly value?: string | null
  readonly hint?: string
  readonly type?: 'text' | 'email' | 'url' | 'tel'
  readonly isRequired?: boolean
  readonly autoFocus?: boolean
  readonly autoComplete?: string
  readonly isCode?: boolean
  /** How many characters it takes. */
  readonly longest?: number
  /** Of a field for several lines. */
  readonly rows?: number
}

/** Characters of a short text at the most, as the API has it. */
const LONGEST = 255
const LONGEST_LINES = 10_000

/** A field for a text, which tells what is wrong with it. */
export function TextInput({ name, label, value, hint, type, rows, longest, isCode = false, ...rest }: Props) {
  // What a browser thinks an address is differs from what the server takes: it only chooses the keys of a phone.
  const keyboard = type === undefined ? {} : { inputMode: type }
  const plain = isCode ? { autoCapitalize: 'none', spellCheck: 'false' as const } : {}
  return (
    <TextField
      name={name}
      defaultValue={value ?? ''}
      maxLength={longest ?? (rows === undefined ? LONGEST : LONGEST_LINES)}
      {...rest}
    >
      <Label>{label}</Label>
      {rows === undefined ? (
        <Input className="field" onInput={lookAgain} {...keyboard} {...plain} />
      ) : (
        <TextArea className="field" rows={rows} onInput={lookAgain} {...plain} />
      )}
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error" />
    </TextField>
  )
}
