import { useSyncExternalStore } from 'react'
import { en, type Words } from './en.ts'

/** English is at hand; the words of another language are loaded by whoever reads it. */
const LATER: Readonly<Record<string, () => Promise<Words>>> = { de: async () => (await import('./de.ts')).de }
const KEPT_AS = 'polydesk.language'

const listeners = new Set<() => void>()
let language = 'en'
let words: Words = en

export const languageNow = (): string => language
export const wordsNow = (): Words => words

/** The page in the language that was chosen on this device, else in the browser's where there are words in it. */
export function beginLanguage(): Promise<void> {
  return speak(localStorage.getItem(KEPT_AS) ?? navigator.language.slice(0, 2))
}

export async function chooseLanguage(chosen: string): Promise<void> {
  await speak(chosen)
  localStorage.setItem(KEPT_AS, language)
}

async function speak(chosen: string): Promise<void> {
  const load = Object.hasOwn(LATER, chosen) ? LATER[chosen] : undefined
  // A page in English is better than none.
  const loaded = await load?.().catch(() => undefined)
  language = loaded ? chosen : 'en'
  words = loaded ?? en
  document.documentElement.lang = language
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useLanguage = (): string => useSyncExternalStore(subscribe, languageNow)
export const useWords = (): Words => useSyncExternalStore(subscribe, wordsNow)
