import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

/** Whether the device says that it has a network. A feed that broke tells the rest, later. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)
