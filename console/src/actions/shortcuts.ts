import { useEffect, useRef } from 'react'
import { useWords } from '../i18n/words.ts'
import { isAwaited } from '../tickets/composing.ts'
import { actions } from './actions.ts'
import { setPalette } from './palette.ts'
import { useScene } from './scene.ts'

/** For how long the first key of two waits for the second. */
const PATIENCE_MS = 1_500

/** What one types into. */
const FIELD = 'input:not([type="checkbox"]), textarea, [contenteditable="true"]'

/** Whether the keys belong to something that one types into, or that moves by them itself. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true
  if (event.getModifierState('AltGraph')) return true
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  return target.closest(`${FIELD}, select, [role="menu"], [role="listbox"], [role="dialog"]`) !== null
}

/** Runs actions by their keys, wherever the focus is but in a field. None is one of the browser's own. */
export function useShortcuts(): void {
  const words = useWords()
  const scene = useScene()
  const pending = useRef({ key: '', at: 0 })
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault()
        setPalette(true)
        return
      }
      // Out of a field one comes by Escape; the next leaves the ticket.
      if (event.key === 'Escape' && event.target instanceof HTMLElement && event.target.closest(FIELD)) {
        if (!event.defaultPrevented && !event.target.closest('[role="dialog"]')) event.target.blur()
        return
      }
      if (isTaken(event) || isAwaited()) return
      const isButton = event.target instanceof HTMLElement && event.target.closest('a, button') !== null
      if (event.key === 'Enter' && isButton) return
      const { key, at } = pending.current
      const both = event.timeStamp - at < PATIENCE_MS ? `${key} ${event.key}` : event.key
      const now = scene()
      const all = actions(words).filter(({ isOffered }) => isOffered?.(now) ?? true)
      const action = all.find(({ keys }) => keys === both) ?? all.find(({ keys }) => keys === event.key)
      const isFirst = all.some(({ keys }) => keys?.startsWith(`${event.key} `))
      pending.current = { key: isFirst ? event.key : '', at: event.timeStamp }
      if (!action) return
      event.preventDefault()
      action.run(now)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
}
