import { useSyncExternalStore } from 'react'

/** Secrets that were just told, by their webhook, until they are put away. They are in no cache and on no disk. */
let secrets: ReadonlyMap<string, string> = new Map()
const listeners = new Set<() => void>()

/** Keeps a secret to be shown on its webhook's page; null puts it away. */
export function keepSecret(webhook: string, secret: string | null): void {
  const next = new Map(secrets)
  if (secret === null) next.delete(webhook)
  else next.set(webhook, secret)
  secrets = next
  for (const listener of listeners) listener()
}

/** What was told of a webhook, and is not put away yet. */
export const useSecret = (webhook: string): string | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => secrets.get(webhook),
  )
