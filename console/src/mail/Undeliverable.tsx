import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button } from 'react-aria-components'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { clear } from './letters.ts'

interface Props {
  readonly address: string
  /** With what it is asked for again: mail may have come back since. */
  readonly stand: string | number
}

/** Beside an address at which mail did not arrive, before somebody writes there: why, and a button to clear it. */
export function Undeliverable({ address, stand }: Props) {
  const said = useWords().letters
  const sending = useSending(useSaid())
  const { data } = useQuery({
    queryKey: keys.undeliverableAt(address, stand),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => client.call('listUndeliverableAddresses', { query: { address, limit: '1' }, signal }),
  })
  const mark = data?.data.find((each) => each.address.toLowerCase() === address.toLowerCase())
  if (!mark) return null
  return (
    <div className="letter-told">
      <p>{said.undeliverable}</p>
      {mark.answer !== '' && <p className="letter-answer">{mark.answer}</p>}
      <Button
        className="button small"
        aria-label={said.clearOne(address)}
        isDisabled={sending.isBusy}
        onPress={() => void sending.send(() => clear(mark.id))}
      >
        {said.clear}
      </Button>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
    </div>
  )
}
