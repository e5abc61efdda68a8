import { useSyncExternalStore } from 'react'
import { createClient, newKey } from '../../../sdk/client.ts'
import { csrfToken } from '../api/client.ts'
import { fetchWithProgress } from '../api/progress.ts'
import { whyOf } from '../api/why.ts'
import { changeDraft, type Place } from './drafts.ts'

/** A file on its way to the server, or refused by it. What the server has is in the draft. */
export interface Upload {
  readonly key: string
  readonly place: Place
  readonly name: string
  /** Which share of it has gone, from 0 to 1. */
  readonly sent: number
  /** Why it was not taken; null while it goes. */
  readonly problem: string | null
}

let uploads: readonly Upload[] = []
const ends = new Map<string, AbortController>()
const listeners = new Set<() => void>()

function set(next: readonly Upload[]): void {
  uploads = next
  for (const listener of listeners) listener()
}

function change(key: string, changed: Partial<Upload>): void {
  set(uploads.map((each) => (each.key === key ? { ...each, ...changed } : each)))
}

export function useUploads({ person, ticket, mode }: Place): readonly Upload[] {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => uploads,
  )
  return all.filter(({ place }) => place.person === person && place.ticket === ticket && place.mode === mode)
}

/** Sends files to the server and puts them to a draft, each as soon as it is there. */
export function attach(place: Place, files: Iterable<File>): void {
  for (const file of files) void upload(place, file)
}

async function upload(place: Place, file: File): Promise<void> {
  const key = newKey()
  const end = new AbortController()
  ends.set(key, end)
  set([...uploads, { key, place, name: file.name, sent: 0, problem: null }])
  const form = new FormData()
  form.set('file', file)
  const client = createClient({ url: '', csrfToken, fetch: fetchWithProgress((sent) => change(key, { sent })) })
  try {
    const { id, name, size } = await client.call('uploadAttachment', { body: form, signal: end.signal })
    changeDraft(place, ({ files }) => ({ files: [...files, { id, name, size }] }))
    dismiss(key)
  } catch (error) {
    change(key, { problem: whyOf(error) })
  }
}

/** Gives an upload up, or takes away what is said of it. */
export function dismiss(key: string): void {
  ends.get(key)?.abort()
  ends.delete(key)
  set(uploads.filter((each) => each.key !== key))
}
