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
  /** What the server knows it by; null where it knows nothing of it. */
  readonly id: string | null
  /** The version that the server had last; null before it answered. */
  readonly version: number | null
  /** Whether the server has it as it is here. */
  readonly isSaved: boolean
}

/** What is to be said, and the draft that it was. */
export type Content = Pick<Draft, 'html' | 'files' | 'id' | 'version'>

export const EMPTY: Draft = { html: '', files: [], problem: null, id: null, version: null, isSaved: false }

const PREFIX = 'polydesk.draft'
const listeners = new Set<() => void>()

/**
 * Drafts are kept on this device, one for the reply and one for the note of each ticket and each person, so that a lost network
 * loses nothing. The server gets them a moment later (keeping.ts).
 */
export const keyOf = ({ person, ticket, mode }: Place): string => `${PREFIX}.${person}.${ticket}.${mode}`

export function draftOf(place: Place): Draft {
  return readDraft(localStorage.getItem(keyOf(place)))
}

export function keepDraft(place: Place, draft: Draft): void {
  // What was emptied is kept until the server knows of that.
  const isKnown = draft.id !== null && !draft.isSaved
  if (isEmpty(draft) && draft.problem === null && !isKnown) localStorage.removeItem(keyOf(place))
  else localStorage.setItem(keyOf(place), JSON.stringify(draft))
  for (const listener of listeners) listener()
}

/** Changes a draft; what was wrong with it is no longer said. */
export function changeDraft(place: Place, change: (draft: Draft) => Partial<Draft>): void {
  const draft = draftOf(place)
  keepDraft(place, { ...draft, problem: null, isSaved: false, ...change(draft) })
}

/** Whether there is nothing to send. */
export function isEmpty({ html, files }: Pick<Draft, 'html' | 'files'>): boolean {
  return html === '' && files.length === 0
}

/** Puts something back to what was written since, and loses neither. */
export function giveBack(place: Place, { html, files, id, version }: Content, problem: string | null): void {
  const since = draftOf(place)
  const joined = join({ html, files }, since)
  keepDraft(place, {
    ...joined,
    problem,
    id: id ?? since.id,
    version: id === null ? since.version : version,
    isSaved: false,
  })
}

/** What was written in two places, one after the other. */
export function join(
  first: Pick<Draft, 'html' | 'files'>,
  second: Pick<Draft, 'html' | 'files'>,
): Pick<Draft, 'html' | 'files'> {
  return {
    html: first.html === second.html ? first.html : first.html + second.html,
    files: [...first.files, ...second.files.filter(({ id }) => !first.files.some((file) => file.id === id))],
  }
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
    const { html, files, problem, id, version, isSaved } = Object(JSON.parse(kept))
    return {
      html: typeof html === 'string' ? html : '',
      files: readFiles(files),
      problem: typeof problem === 'string' ? problem : null,
      id: typeof id === 'string' ? id : null,
      version: typeof version === 'number' ? version : null,
      isSaved: isSaved === true,
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
