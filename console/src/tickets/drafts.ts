import { useSyncExternalStore } from 'react'
import type { Mode } from './composing.ts'

/** What is typed and not sent yet: kept on this device, one for the reply and one for the note of each ticket. */
const PREFIX = 'polydesk.draft'
const listeners = new Set<() => void>()

const keyOf = (ticket: string, mode: Mode): string => `${PREFIX}.${ticket}.${mode}`

export function draftOf(ticket: string, mode: Mode): string {
  return localStorage.getItem(keyOf(ticket, mode)) ?? ''
}

export function keepDraft(ticket: string, mode: Mode, text: string): void {
  if (text === '') localStorage.removeItem(keyOf(ticket, mode))
  else localStorage.setItem(keyOf(ticket, mode), text)
  for (const listener of listeners) listener()
}

/** Puts a text back to what was typed since, and loses neither. */
export function giveBack(ticket: string, mode: Mode, text: string): void {
  const since = draftOf(ticket, mode)
  keepDraft(ticket, mode, since === '' ? text : `${text}\n\n${since}`)
}

export function useDraft(ticket: string, mode: Mode): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      // Another window of the same ticket shows the same draft.
      window.addEventListener('storage', listener)
      return () => {
        listeners.delete(listener)
        window.removeEventListener('storage', listener)
      }
    },
    () => draftOf(ticket, mode),
  )
}
