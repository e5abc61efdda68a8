import { useMemo, useSyncExternalStore } from 'react'
import type { Attachment } from '../../../sdk/operations.ts'
import type { Mode } from './composing.ts'

/** Where something is written: by whom, too, so that two people on one device never see each other's drafts. */
export interface Place {
  readonly person: string
  readonly ticket: string
  readonly mode: Mode
}

/** A file that the server has already, and no message yet. */
export type DraftFile = Pick<Attachment, 'id' | 'name' | 'size'>

/** What is written and not sent yet. */
export interface Draft {
  /** As HTML; empty where nothing is written. */
  readonly html: string
  readonly files: readonly DraftFile[]
  /** Why it came back when it was sent. */
  readonly problem: string | null
}

export const EMPTY: Draft = { html: '', files: [], problem: null }

const PREFIX = 'polydesk.draft'
const listeners = new Set<() => void>()

/** Drafts are kept on this device: one for the reply and one for the note, of each ticket and each person. */
const keyOf = ({ person, ticket, mode }: Place): string => `${PREFIX}.${person}.${ticket}.${mode}`

export function draftOf(place: Place): Draft {
  return readDraft(localStorage.getItem(keyOf(place)))
}

export function keepDraft(place: Place, draft: Draft): void {
  if (isEmpty(draft) && draft.problem === null) localStorage.removeItem(keyOf(place))
  else localStorage.setItem(keyOf(place), JSON.stringify(draft))
  for (const listener of listeners) listener()
}

/** Changes a draft; what was wrong with it is no longer said. */
export function changeDraft(place: Place, change: (draft: Draft) => Partial<Draft>): void {
  const draft = draftOf(place)
  keepDraft(place, { ...draft, problem: null, ...change(draft) })
}

/** Whether there is nothing to send. */
export function isEmpty({ html, files }: Pick<Draft, 'html' | 'files'>): boolean {
  return html === '' && files.length === 0
}

/** Puts something back to what was written since, and loses neither. */
export function giveBack(place: Place, { html, files, problem }: Draft): void {
  const since = draftOf(place)
  keepDraft(place, {
    html: html + since.html,
    files: [...files, ...since.files.filter(({ id }) => !files.some((file) => file.id === id))],
    problem,
  })
}

export function useDraft(place: Place): Draft {
  const kept = useSyncExternalStore(subscribe, () => localStorage.getItem(keyOf(place)))
  return useMemo(() => readDraft(kept), [kept])
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  // Another window of the same ticket shows the same draft.
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/** What this page, or one of an earlier version, kept; as much of it as can be read. */
function readDraft(kept: string | null): Draft {
  if (kept === null) return EMPTY
  try {
    const { html, files, problem } = Object(JSON.parse(kept))
    return {
      html: typeof html === 'string' ? html : '',
      files: readFiles(files),
      problem: typeof problem === 'string' ? problem : null,
    }
  } catch {
    return EMPTY
  }
}

export function readFiles(value: unknown): readonly DraftFile[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((each: unknown) => {
    const { id, name, size } = Object(each)
    return typeof id === 'string' && typeof name === 'string' ? [{ id, name, size: Number(size) || 0 }] : []
  })
}
