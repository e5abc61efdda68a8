import { Button } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import type { Sending } from './sending.ts'

interface Props {
  readonly sending: Sending
  readonly action: string
  /** The fields that the form shows: what is wrong with any other is told here. */
  readonly fields: readonly string[]
  readonly onCancel?: () => void
}

/** What ends a form: what is wrong with it as a whole, and its buttons. */
export function FormFoot({ sending: { errors, problem, isBusy }, action, fields, onCancel }: Props) {
  const words = useWords()
  const elsewhere = Object.entries(errors).flatMap(([field, said]) => (fields.includes(field) ? [] : [said]))
  return (
    <>
      <p role="alert" className="field-error">
        {problem ?? elsewhere.join(' ')}
      </p>
      <div className="settings-buttons">
        <Button type="submit" className="button primary" isDisabled={isBusy}>
          {action}
        </Button>
        {onCancel && (
          <Button className="button quiet" onPress={onCancel}>
            {words.settings.cancel}
          </Button>
        )}
      </div>
    </>
  )
}
