import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { type Polydesk, type StartOptions, start } from '../src/main.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { assertDocumented } from './documented.ts'
import { see } from './evidence.ts'

/** A running server on a database of its own, with the demo tenant and everything quickstart.env tells. */
export interface World {
  readonly url: string
  readonly polydesk: Polydesk
  readonly database: TestDatabase
  readonly dataDir: string
  /** A value of quickstart.env. @throws Error when there is none of that name. */
  value(name: string): string
  /** Sends a request to a path; a body that is not a string or bytes goes out as JSON. */
  send(
    method: string,
    path: string,
    options?: { readonly headers?: Record<string, string>; readonly body?: unknown },
  ): Promise<Received>
  stop(): Promise<void>
}

export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON. @throws SyntaxError when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly json: any
}

/** Starts the real server over HTTP, on a fresh clone of the template database unless another one is given. */
export async function startWorld(
  environment: Readonly<Record<string, string>> = {},
  inspect: StartOptions['inspect'] = {},
  given?: TestDatabase,
  webhooks?: StartOptions['webhooks'],
  pace?: StartOptions['pace'],
): Promise<World> {
  const database = given ?? (await testDatabase())
  const dataDir = await mkdtemp(join(tmpdir(), 'polydesk-world-'))
  const config = readConfig({
    PORT: '0',
    POLYDESK_DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl(database),
    LOG_LEVEL: 'error',
    // Tests ask faster than any client may; those of the limits turn them on.
    POLYDESK_RATE_LIMITS: 'off',
    ...environment,
  })
  const told = { ...(webhooks && { webhooks }), ...(pace && { pace }) }
  const polydesk = await start(config, { inspect: { checkRows: true, ...inspect }, ...told })
  const values = new Map<string, string>()
  const quickstart = await readFile(config.quickstartFile, 'utf8').catch(() => '')
  for (const line of quickstart.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1))
  }
  return {
    url: polydesk.url,
    polydesk,
    database,
    dataDir,
    value(name) {
      const value = values.get(name)
      if (value === undefined) throw new Error(`quickstart.env has no ${name}.`)
      return value
    },
    send: (method, path, options) => send(polydesk.url, method, path, options),
    async stop() {
      await polydesk.stop()
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** One request over HTTP. @throws AssertionError when a dialect answers what its OpenAPI document does not tell. */
export async function send(
  url: string,
  method: string,
  path: string,
  options: { readonly headers?: Record<string, string>; readonly body?: unknown } = {},
): Promise<Received> {
  const { body } = options
  const isRaw =
    typeof body === 'string' ||
    body instanceof Uint8Array ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  const response = await fetch(`${url}${path}`, {
    method,
    // What is answered is looked at, not what it leads to.
    redirect: 'manual',
    headers: { ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }), ...options.headers },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer = { status: response.status, headers: response.headers, text }
  assertDocumented(method, path, answer)
  see({ method, url: path, headers: options.headers ?? {}, body, answer })
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text)
    },
  }
}

/** A database of the tests as DATABASE_URL names it. */
export function databaseUrl({ connection }: TestDatabase): string {
  if (connection.connectionString !== undefined) return connection.connectionString
  const host = encodeURIComponent(connection.host ?? '')
  return `postgresql://${connection.user}@localhost/${connection.database}?host=${host}&port=${connection.port}`
}
