/**
 * One request of an operation that works as it stands on a fresh demo, sent in the order of the document. What is made
 * later, such as a ticket by UUID, no example can name. A text may hold
 * `{NAME}`, a value of quickstart.env that is no secret.
 */
export interface Example {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Examples by the id of their operation. */
export type Examples = Readonly<Record<string, Example>>

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

/** What of quickstart.env may be shown to everybody: ids of the demo, and no secret. */
const SHOWN = [
  'SPACEBRING_NETWORK_ID',
  'SPACEBRING_LOCATION_ID',
  'SPACEBRING_USER_ID',
  'SPACEBRING_ADMIN_USER_ID',
  'MOOV_ACCOUNT_ID',
  'MOOV_CONNECTED_ACCOUNT_ID',
] as const

/** The demo's ids in the text of quickstart.env. */
export function demoValuesIn(quickstart: string): DemoValues {
  const lines = quickstart
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return new Map(SHOWN.flatMap((name) => lines.filter(([key]) => key === name).map(([, value = '']) => [name, value])))
}
