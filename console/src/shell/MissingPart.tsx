import { Button } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { usePartMissing } from './parts.ts'

/** Offers to load the page anew where a part of it is not to be had. What is written is kept on the device. */
export function MissingPart() {
  const words = useWords()
  if (!usePartMissing()) return null
  return (
    <p className="offline" role="alert">
      {words.shell.partMissing}{' '}
      <Button className="button small" onPress={() => location.reload()}>
        {words.shell.loadAnew}
      </Button>
    </p>
  )
}
