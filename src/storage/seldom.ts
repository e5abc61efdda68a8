/** The same thing is told no more often than this, in milliseconds. */
const EVERY_MS = 60_000
const MAXIMUM_REMEMBERED = 1_000

/** Tells each message once a minute at the most: what lasts is known after the first time, and a log is read later. */
export function seldom(
  log: (message: string) => void,
  clock: () => number = () => performance.now(),
): (message: string) => void {
  const toldAt = new Map<string, number>()
  return (message) => {
    const now = clock()
    const last = toldAt.get(message)
    if (last !== undefined && now - last < EVERY_MS) return
    if (toldAt.size >= MAXIMUM_REMEMBERED) toldAt.clear()
    toldAt.set(message, now)
    log(message)
  }
}
