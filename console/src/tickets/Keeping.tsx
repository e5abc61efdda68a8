import { useEffect } from 'react'
import { type Place, useDraft } from './drafts.ts'
import { keepOnServer, readFromServer } from './keeping.ts'

/** For how long nobody types before what is written goes to the server, in milliseconds. */
const PAUSE_MS = 1_000

interface Props {
  readonly place: Place
  /** Of the ticket: what changes it may have sent a draft elsewhere. */
  readonly version: number
}

/** Keeps a draft on the server for as long as its field is shown, and shows what other devices wrote there. */
export default function Keeping({ place: { person, ticket, mode }, version }: Props) {
  const draft = useDraft({ person, ticket, mode })
  const { html, files, isSaved } = draft
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is looked again once the ticket has changed.
  useEffect(() => {
    void readFromServer({ person, ticket, mode })
  }, [person, ticket, mode, version])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it waits for a pause in what is written.
  useEffect(() => {
    if (isSaved) return
    const timer = setTimeout(() => void keepOnServer({ person, ticket, mode }), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [person, ticket, mode, html, files, isSaved, version])
  return null
}
