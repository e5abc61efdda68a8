/**
 * One request of an operation that works as it stands on a fresh demo. A text may hold `{NAME}`, a value of quickstart.env:
 * those of the demo's samples (`setup/samples.ts`) among them. Integers are those of the samples too. What only its reader
 * may know stays `$NAME` in the document, and the page of /docs puts it in.
 */
export interface Example {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or the fields of a form. */
  readonly body?: unknown
}

/** What stands for the bytes of a file in the fields of a form. */
export const FILE = 'The text of a file.'

/** Examples by the id of their operation. */
export type Examples = Readonly<Record<string, Example>>

/** Of a token that is over: it is revoked as one that works (RFC 7009, 2.2), and shows no secret. */
const REVOCATION = { token: 'one-that-is-over', token_type_hint: 'access_token' } as const

/** Where the authorization server is told that a token is over. */
export const REVOCATIONS: Examples = {
  revokeAccessTokenByQuery: { query: REVOCATION },
  revokeAccessToken: { body: REVOCATION },
}

/** The values that examples are filled with: names of quickstart.env. */
export type DemoValues = ReadonlyMap<string, string>

export const NO_VALUES: DemoValues = new Map()

const PLACEHOLDER = /\{([A-Z][A-Z0-9_]+)\}/g

/**
 * An example's part with its values put in; undefined when one is not known, as on a server without a demo: an example
 * that cannot work is none.
 */
export function filled(part: unknown, values: DemoValues): unknown {
  if (part === undefined) return undefined
  const text = JSON.stringify(part)
  const isKnown = [...text.matchAll(PLACEHOLDER)].every(([, name = '']) => values.has(name))
  if (!isKnown) return undefined
  return JSON.parse(text.replace(PLACEHOLDER, (_, name: string) => JSON.stringify(values.get(name) ?? '').slice(1, -1)))
}

/** What answers bring that other examples send: the sealed request in the page of `authorize`, the code that `decide` leads to. */
export const BROUGHT = ['AUTHORIZE_REQUEST', 'AUTHORIZE_CODE'] as const

/** Tells readers of a document what `$NAME` means in its examples. */
export const PUT_IN =
  'In examples, `$NAME` stands for a password of quickstart.env, or for what an answer brought; the page of /docs puts it in.'
