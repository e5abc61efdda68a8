import { useSyncExternalStore } from 'react'

export const MODES = ['reply', 'note'] as const
export type Mode = (typeof MODES)[number]

let mode: Mode = 'reply'
/** Whether somebody asked for the field, which then takes the focus once. */
let isAsked = false
let askedAt = 0
/** For how long keys are kept from being shortcuts while the field that was asked for is on its way, in milliseconds. */
const PATIENCE_MS = 2_000
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
  askedAt = Date.now()
  tell()
}

export const useMode = (): Mode => useSyncExternalStore(subscribe, () => mode)
export const useAsked = (): boolean => useSyncExternalStore(subscribe, () => isAsked)

/** Whether what is typed is meant for a field that is about to be there: an `e` of a reply must not solve its ticket. */
export const isAwaited = (): boolean => isAsked && Date.now() - askedAt < PATIENCE_MS

/** The field has the focus. */
export function answered(): void {
  if (!isAsked) return
  isAsked = false
  tell()
}
