import { Button } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'

interface Props {
  /** A list that is read page by page, as the cache has it. */
  readonly list: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => unknown
  }
  readonly isSmall?: boolean
}

/** Reads on in a list, where there is more. */
export function More({ list: { hasNextPage, isFetchingNextPage, fetchNextPage }, isSmall = false }: Props) {
  const words = useWords()
  if (!hasNextPage) return null
  return (
    <Button
      className={`button ${isSmall ? 'small' : ''}`}
      isDisabled={isFetchingNextPage}
      onPress={() => void fetchNextPage()}
    >
      {words.forms.more}
    </Button>
  )
}
