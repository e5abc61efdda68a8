/** The store cannot serve now: it is away, starting, shutting down, full, or out of connections. */
export class StoreUnavailable extends Error {
  /** False when there was not even a connection, so that certainly nothing happened. */
  readonly sent: boolean
  constructor(cause: unknown, sent = true) {
    super('The store is unavailable.', { cause })
    this.name = 'StoreUnavailable'
    this.sent = sent
  }
}

/** The disk is too full to take anything new; what reads goes on. Whoever watches the disk tells of it. */
export class StoreFull extends StoreUnavailable {
  /** @param found what found it full while it was at something; without it nothing was tried. */
  constructor(found?: StoreUnavailable) {
    super(found ?? new Error('The disk is full.'), found?.sent ?? false)
    this.name = 'StoreFull'
  }
}

/** The store can be reached and still not be used: too old, or made by a newer version. The message says what to do. */
export class StoreUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreUnusable'
  }
}

/** SQLSTATE classes and codes that say "not now" and nothing about the statement itself. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '58'])
const UNAVAILABLE_CODES = new Set([
  '57P01', // the server is shutting down
  '57P02', // it crashed
  '57P03', // it is starting up
  '57P05', // idle session timeout
  '25006', // read-only: a standby, or a disk-full guard
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** Messages of `pg` itself, which carry no code. */
const UNAVAILABLE_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
  'Query read timeout',
  'not queryable',
]

/** The SQLSTATE or system error code of whatever was thrown, if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Whether a failure means that the store is away, as against a statement that it refused. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true
  const code = errorCode(error)
  if (code !== undefined && (UNAVAILABLE_CODES.has(code) || UNAVAILABLE_CLASSES.has(code.slice(0, 2)))) return true
  return error instanceof Error && UNAVAILABLE_MESSAGES.some((text) => error.message.includes(text))
}

/** Whether the server found no room on its disk. */
export function isOutOfSpace(error: unknown): boolean {
  return errorCode(error) === '53100' || (error instanceof StoreUnavailable && isOutOfSpace(error.cause))
}

/** Whether a statement was cancelled because it ran too long: its own fault, or that of a store under too much load. */
export function isTooSlow(error: unknown): boolean {
  return errorCode(error) === '57014'
}
