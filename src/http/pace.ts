import type { IncomingMessage } from 'node:http'

/** The pace at which a body must come in: so many bytes in each span of so many milliseconds, until it is complete. */
export interface Pace {
  readonly bytes: number
  readonly milliseconds: number
}

/** A body came too slowly. Its reader gets this as the failure of the stream. */
export class TooSlow extends Error {
  readonly statusCode = 408
  constructor() {
    super('The body came too slowly.')
    this.name = 'TooSlow'
  }
}

/** How often all bodies are looked at in a span. */
const LOOKS = 6

interface Watched {
  readonly since: number
  /** What the connection had received by then. */
  readonly bytes: number
  readonly failing: () => void
}

/**
 * Watches bodies as they come in, so that nobody holds a connection by sending next to nothing, and whoever sends steadily
 * has all the time that takes. One timer looks at all of them.
 */
export function keepPace({ bytes, milliseconds }: Pace): {
  /** @param failing is told just before the body fails. */
  watch(request: IncomingMessage, failing: () => void): void
  stop(): void
} {
  const watched = new Map<IncomingMessage, Watched>()

  function look(): void {
    const now = performance.now()
    for (const [request, { since, bytes: before, failing }] of watched) {
      if (now - since < milliseconds) continue
      const { bytesRead } = request.socket
      watched.set(request, { since: now, bytes: bytesRead, failing })
      if (bytesRead - before >= bytes) continue
      watched.delete(request)
      failing()
      failBody(request, new TooSlow())
    }
  }
  const timer = setInterval(look, milliseconds / LOOKS).unref()

  return {
    watch(request, failing) {
      watched.set(request, { since: performance.now(), bytes: request.socket.bytesRead, failing })
      const forget = (): boolean => watched.delete(request)
      request.once('end', forget)
      request.once('close', forget)
    },
    stop: () => clearInterval(timer),
  }
}

/** A body broke off, or its framing did. Its reader gets this as the failure of the stream. */
export class BrokenBody extends Error {
  readonly statusCode = 400
  constructor() {
    super('The body cannot be read to its end.')
    this.name = 'BrokenBody'
  }
}

/** Lets whoever reads a body, now or later, know that no more of it comes, and why. */
export function failBody(request: IncomingMessage, error: Error): void {
  const fail = (): boolean => request.listenerCount('error') > 0 && request.emit('error', error)
  if (!fail()) request.once('resume', fail)
}
