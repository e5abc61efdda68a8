import { join, resolve } from 'node:path'

/** One option of the environment. `docs/configuration.md` is generated from this list. */
interface Option<T> {
  readonly name: string
  readonly about: string
  /** As the documentation shows it. */
  readonly fallback: string
  /** @returns the value, or a sentence that says what is wrong. */
  readonly read: (text: string | undefined) => { readonly value: T } | { readonly problem: string }
}

function text(name: string, about: string, fallback: string | null): Option<string | null> {
  return { name, about, fallback: fallback ?? '(unset)', read: (given) => ({ value: given || fallback }) }
}

function choice<const C extends readonly string[]>(
  name: string,
  about: string,
  choices: C,
  fallback: C[number],
): Option<C[number]> {
  return {
    name,
    about,
    fallback,
    read: (given) => {
      const value = given ? choices.find((each) => each === given) : fallback
      return value === undefined
        ? { problem: `${name} must be one of ${choices.join(', ')}, not ${given}.` }
        : { value }
    },
  }
}

const URL_SCHEMES = new Set(['http:', 'https:'])

export const OPTIONS = {
  host: text(
    'HOST',
    'The address to listen on. Loopback unless you say otherwise; 0.0.0.0 listens on all.',
    '127.0.0.1',
  ),
  port: {
    name: 'PORT',
    about: 'The TCP port to listen on; 0 takes any free one.',
    fallback: '3000',
    read: (given) => {
      const value = Number(given || 3000)
      return Number.isInteger(value) && value >= 0 && value <= 65_535
        ? { value }
        : { problem: `PORT must be a port number, not ${given}.` }
    },
  } satisfies Option<number>,
  dataDir: text('POLYDESK_DATA_DIR', 'Where the embedded database and quickstart.env live.', './data'),
  databaseUrl: {
    name: 'DATABASE_URL',
    about: 'A PostgreSQL 15 or newer to use in place of the embedded one, as postgres://user:password@host/database.',
    fallback: '(embedded)',
    read: (given) => {
      if (!given) return { value: null }
      return /^postgres(ql)?:\/\//.test(given)
        ? { value: given }
        : { problem: 'DATABASE_URL must start with postgres:// or postgresql://.' }
    },
  } satisfies Option<string | null>,
  publicUrl: {
    name: 'PUBLIC_URL',
    about: 'Where clients reach this server, when that is not where it listens (behind a proxy).',
    fallback: '(where it listens)',
    read: (given) => {
      if (!given) return { value: null }
      const url = URL.canParse(given) ? new URL(given) : null
      if (!url || !URL_SCHEMES.has(url.protocol))
        return { problem: `PUBLIC_URL must be an http or https URL, not ${given}.` }
      return { value: url.href.replace(/\/$/, '') }
    },
  } satisfies Option<string | null>,
  trustedProxies: {
    name: 'TRUSTED_PROXIES',
    about: 'Addresses or networks whose X-Forwarded-* headers are believed, separated by commas. None by default.',
    fallback: '(none)',
    read: (given) => ({
      value: (given ?? '')
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    }),
  } satisfies Option<readonly string[]>,
  demo: choice(
    'POLYDESK_DEMO',
    'Whether the first start on an empty store makes a demo tenant and writes quickstart.env. Turn it off for real deployments.',
    ['on', 'off'],
    'on',
  ),
  rateLimits: choice('POLYDESK_RATE_LIMITS', 'Turns every rate limit off, for load tests.', ['on', 'off'], 'on'),
  logLevel: choice(
    'LOG_LEVEL',
    'How much is logged, as JSON lines on standard error. `debug` adds a line for each request.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
    'warn',
  ),
} as const

type Value<O> = O extends { read: (text: string | undefined) => infer R }
  ? Extract<R, { value: unknown }>['value']
  : never
type Values = { readonly [Name in keyof typeof OPTIONS]: Value<(typeof OPTIONS)[Name]> }

/** What the process was told, checked and complete. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly quickstartFile: string
  readonly databaseUrl: string | null
  readonly publicUrl: string | null
  readonly trustedProxies: readonly string[]
  readonly demo: boolean
  readonly rateLimits: boolean
  readonly logLevel: string
}

/** Everything that is wrong with the environment, at once. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}

/** Reads the environment. @throws ConfigError naming every problem. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(OPTIONS)) {
    const read = option.read(environment[option.name]?.trim())
    if ('problem' in read) problems.push(read.problem)
    else values[key] = read.value
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const given = values as Values
  const dataDir = resolve(given.dataDir ?? './data')
  return {
    host: given.host ?? '127.0.0.1',
    port: given.port,
    dataDir,
    quickstartFile: join(dataDir, 'quickstart.env'),
    databaseUrl: given.databaseUrl,
    publicUrl: given.publicUrl,
    trustedProxies: given.trustedProxies,
    demo: given.demo === 'on',
    rateLimits: given.rateLimits === 'on',
    logLevel: given.logLevel,
  }
}
