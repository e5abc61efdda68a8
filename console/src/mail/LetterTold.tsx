import { Button } from 'react-aria-components'
import type { Letter } from '../../../sdk/operations.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { resendAnyway } from './letters.ts'

/** Below an answer that the requester may not have got: why, and a button to send it again. */
export function LetterTold({ letter }: { readonly letter: Letter }) {
  const words = useWords()
  const said = words.letters
  const sending = useSending(useSaid())
  return (
    <div className="letter-told">
      <p>{said.hints[letter.state]}</p>
      {letter.to?.undeliverable && <p>{said.undeliverable}</p>}
      {letter.answer !== '' && <p className="letter-answer">{letter.answer}</p>}
      <Button
        className="button small"
        isDisabled={sending.isBusy}
        onPress={() => void sending.send(() => resendAnyway(letter))}
      >
        {letter.to?.undeliverable ? said.anyway : said.again}
      </Button>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
    </div>
  )
}
