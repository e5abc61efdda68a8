import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { whyOf } from '../api/why.ts'
import { useWords } from '../i18n/words.ts'

interface Props<Data> {
  /** What is asked for, as the cache has it. */
  readonly query: {
    readonly data: Data | undefined
    readonly error: Error | null
    readonly refetch: () => unknown
  }
  readonly children: (data: Data) => ReactNode
}

/** What was read, once it is there: until then its shape, and why it is not where that failed. */
export function Loaded<Data>({ query: { data, error, refetch }, children }: Props<Data>) {
  const words = useWords()
  if (data !== undefined) return children(data)
  if (error === null)
    return (
      <div className="lines-loading" role="status" aria-label={words.list.loading}>
        <div />
        <div />
        <div />
      </div>
    )
  return (
    <div className="lines-empty" role="alert">
      <p>{whyOf(error)}</p>
      <Button className="button" onPress={() => void refetch()}>
        {words.list.again}
      </Button>
    </div>
  )
}
