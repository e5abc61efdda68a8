import { useSyncExternalStore } from 'react'

const MINUTE = 60_000
let now = Date.now()

/** The time, as ages are told by it: it goes on once a minute. */
export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      const timer = setInterval(() => {
        now = Date.now()
        listener()
      }, MINUTE)
      return () => clearInterval(timer)
    },
    () => now,
  )
}
