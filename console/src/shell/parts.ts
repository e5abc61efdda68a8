import { useSyncExternalStore } from 'react'

let isMissing = false
const listeners = new Set<() => void>()

/**
 * Loads a part of the console that is a file of its own. A server that was upgraded meanwhile has other files: then the part
 * stays away, what is there stays as it is, and the page offers to be loaded anew.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load()
  } catch {
    isMissing = true
    for (const listener of listeners) listener()
    return new Promise<never>(() => {})
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether a part could not be loaded. */
export const usePartMissing = (): boolean => useSyncExternalStore(subscribe, () => isMissing)
