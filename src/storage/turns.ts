/** Runs work on the same key one after the other, in the order of arrival; work on other keys goes on beside it. */
export type InTurn = <T>(keys: readonly string[], work: () => Promise<T>) => Promise<T>

/**
 * Makes a set of lines to wait in, one for each key. Work with several keys stands in all their lines at once, and
 * everything joins its lines in one step, so nobody waits in a circle.
 */
export function createTurns(): InTurn {
  /** What stands last in each line; settles when it has left. */
  const lasts = new Map<string, Promise<void>>()
  return async (keys, work) => {
    const ahead = keys.flatMap((key) => lasts.get(key) ?? [])
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    for (const key of keys) lasts.set(key, left)
    try {
      if (ahead.length > 0) await Promise.all(ahead)
      return await work()
    } finally {
      for (const key of keys) if (lasts.get(key) === left) lasts.delete(key)
      leave()
    }
  }
}
