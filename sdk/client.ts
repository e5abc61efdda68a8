import { OPERATIONS, type Operations } from './operations.ts'
import { Problem, problemOf } from './problem.ts'

export type OperationName = keyof Operations

/** A field that is only there where the operation has it; required where it must be given. */
type Given<Name extends string, Value> = [Value] extends [undefined]
  ? unknown
  : Record<never, never> extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value }

/** What a call of an operation is given: its parts of the path, its query and body, and what goes into headers. */
export type Input<Name extends OperationName> = Given<'params', Operations[Name]['params']> &
  Given<'query', Operations[Name]['query']> &
  Given<'body', Operations[Name]['body']> & {
    /** The version of the ticket that the change is meant for; refused with `precondition_failed` once there is another. */
    readonly ifVersion?: number
    /** By which a repeat is the same call; made by itself. Give one that is kept to repeat a call after a restart. */
    readonly idempotencyKey?: string
    readonly signal?: AbortSignal
  }

export type Answer<Name extends OperationName> = Operations[Name]['answer']

/** Operations that may be called without anything. */
type Free<Name extends OperationName> = Record<never, never> extends Input<Name> ? Name : never

export interface ClientOptions {
  /** Where the server is; empty for the server that a page came from. */
  readonly url: string
  /** An API key; in a browser the session's cookie is used instead. */
  readonly key?: string
  /** The token of a session, asked for at each write. */
  readonly csrfToken?: () => string | null
  /** How often a call is tried before its failure is told; 5 by default. */
  readonly attempts?: number
  readonly fetch?: typeof fetch
}

export interface Client {
  /**
   * Calls an operation of the native API by its name in the OpenAPI document. What fails on the way, or is answered with
   * 429, 502, 503 or 504, is tried again, as `Retry-After` says or else later each time; a write goes with an
   * `Idempotency-Key`, so it takes effect once.
   *
   * @throws Problem what the server refused.
   * @throws TypeError when no attempt reached it. @throws DOMException `AbortError` when the signal was raised.
   */
  call<Name extends OperationName>(
    name: Name,
    ...input: Name extends Free<Name> ? [input?: Input<Name>] : [input: Input<Name>]
  ): Promise<Answer<Name>>
}

const AGAIN: readonly number[] = [429, 502, 503, 504]
const ATTEMPTS = 5
const LONGEST_PAUSE_MS = 30_000

/** What of an input a request is made of, whatever its operation. */
interface Parts {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly ifVersion?: number
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

/** A client of a Polydesk server. It keeps nothing but its options. */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? ((input: string, init: RequestInit) => fetch(input, init))
  const attempts = options.attempts ?? ATTEMPTS

  async function attempt(url: string, init: RequestInit, left: number, waited: number): Promise<Response> {
    let response: Response
    try {
      response = await send(url, init)
    } catch (error) {
      if (left <= 1 || init.signal?.aborted) throw error
      await pause(backoff(waited), init.signal)
      return attempt(url, init, left - 1, waited + 1)
    }
    if (left <= 1 || !AGAIN.includes(response.status)) return response
    const asked = Number(response.headers.get('retry-after')) * 1_000
    // Whoever says to come back in minutes is told of at once.
    if (asked > LONGEST_PAUSE_MS) return response
    await response.body?.cancel()
    await pause(asked > 0 ? asked : backoff(waited), init.signal)
    return attempt(url, init, left - 1, waited + 1)
  }

  return {
    async call(name, ...[input]) {
      const parts: Parts = input ?? {}
      const { method, path } = OPERATIONS[name]
      const isWrite = method !== 'GET'
      const isForm = parts.body instanceof FormData
      const headers: Record<string, string> = { accept: 'application/json' }
      if (options.key !== undefined) headers['authorization'] = `Bearer ${options.key}`
      if (isWrite) {
        headers['idempotency-key'] = parts.idempotencyKey ?? newKey()
        const token = options.csrfToken?.()
        if (token) headers['x-csrf-token'] = token
      }
      if (parts.ifVersion !== undefined) headers['if-match'] = `"${parts.ifVersion}"`
      if (parts.body !== undefined && !isForm) headers['content-type'] = 'application/json'
      const init: RequestInit = {
        method,
        headers,
        ...(parts.body !== undefined && { body: isForm ? parts.body : JSON.stringify(parts.body) }),
        ...(parts.signal && { signal: parts.signal }),
      }
      const response = await attempt(`${options.url}${addressOf(path, parts)}`, init, attempts, 0)
      if (!response.ok) throw await problemOf(response)
      const text = response.status === 204 ? '' : await response.text()
      // What answers is a server of this API: its document is what the types are made of.
      return text === '' ? undefined : JSON.parse(text)
    },
  }
}

function addressOf(path: string, { params = {}, query = {} }: Parts): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value)
  return search.size === 0 ? filled : `${filled}?${search}`
}

/** Twice as long each time, by chance up to half as long again, so that many clients do not come back together. */
export function backoff(times: number): number {
  return Math.min(LONGEST_PAUSE_MS, 250 * 2 ** times) * (1 + Math.random() / 2)
}

/**
 * A new key of a call. Made of random bytes and not by `randomUUID`, which browsers have for pages by https alone: a help desk
 * within a house may have none.
 */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Waits. @throws DOMException when the signal is raised. */
export function pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Whether it is what the server refused, and by which code. */
export function isProblem(error: unknown, code?: string): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code)
}
