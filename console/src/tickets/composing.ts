import { useSyncExternalStore } from 'react'

export const MODES = ['reply', 'note'] as const
export type Mode = (typeof MODES)[number]

let mode: Mode = 'reply'
/** Whether somebody asked for the field, which then takes the focus once. */
let isAsked = false
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function chooseMode(chosen: Mode): void {
  mode = chosen
  tell()
}

/** Chooses the mode and puts the focus into its field. */
export function compose(chosen: Mode): void {
  mode = chosen
  isAsked = true
  tell()
}

export const useMode = (): Mode => useSyncExternalStore(subscribe, () => mode)
export const useAsked = (): boolean => useSyncExternalStore(subscribe, () => isAsked)

/** The field has the focus. */
export function answered(): void {
  if (!isAsked) return
  isAsked = false
  tell()
}
