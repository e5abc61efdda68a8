import { useSyncExternalStore } from 'react'
import { de } from './de.ts'
import { en, type Words } from './en.ts'

const LANGUAGES: Readonly<Record<string, Words>> = { en, de }
const KEPT_AS = 'polydesk.language'

const listeners = new Set<() => void>()
let language = localStorage.getItem(KEPT_AS) ?? navigator.language.slice(0, 2)
if (!(language in LANGUAGES)) language = 'en'

/** The language of the page: what was chosen on this device, else the browser's where there are words in it. */
export const languageNow = (): string => language
export const wordsNow = (): Words => LANGUAGES[language] ?? en

export function chooseLanguage(chosen: string): void {
  language = chosen in LANGUAGES ? chosen : 'en'
  localStorage.setItem(KEPT_AS, language)
  document.documentElement.lang = language
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useLanguage = (): string => useSyncExternalStore(subscribe, languageNow)
export const useWords = (): Words => useSyncExternalStore(subscribe, wordsNow)
