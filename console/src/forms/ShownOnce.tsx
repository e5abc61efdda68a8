import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { CopyButton } from './CopyButton.tsx'

interface Props {
  readonly hint: string
  /** What is shown, each under what it is called. */
  readonly values: readonly { readonly label: string; readonly value: string }[]
  readonly children?: ReactNode
  readonly onDone: () => void
}

/** Something that is told once, and gone when it is put away. */
export function ShownOnce({ hint, values, children, onDone }: Props) {
  const words = useWords()
  return (
    <div className="once">
      <p role="status">{hint}</p>
      <dl>
        {values.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <code className="secret">{value}</code>
              <CopyButton text={value} of={label} />
            </dd>
          </div>
        ))}
      </dl>
      {children}
      <Button className="button primary" onPress={onDone}>
        {words.forms.done}
      </Button>
    </div>
  )
}
