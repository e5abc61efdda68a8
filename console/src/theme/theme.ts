import { useSyncExternalStore } from 'react'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
const KEPT_AS = 'polydesk.theme'

const listeners = new Set<() => void>()
let theme: Theme = THEMES.find((each) => each === localStorage.getItem(KEPT_AS)) ?? 'auto'

/** Shows the page in the colours that were chosen on this device; by default as the device has them. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme
}

export function chooseTheme(chosen: Theme): void {
  theme = chosen
  localStorage.setItem(KEPT_AS, chosen)
  applyTheme()
  for (const listener of listeners) listener()
}

export const useTheme = (): Theme =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => theme,
  )
