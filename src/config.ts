import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { misspeltOptions } from './misspelt.ts'
import { readTarget, type Target } from './storage/connections/target.ts'

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

/** Whether a text is an IP address, or one with the length of a network's prefix. */
function isNetwork(text: string): boolean {
  const [, address = '', length = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && Number(length) <= (version === 4 ? 32 : 128)
}

/** Whether a text is an origin as browsers send it; `*` and `null` are none. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && URL_SCHEMES.has(url.protocol) && url.origin === text
}

const RATED = ['native', 'spacebring', 'moov', 'netgroot', 'omnidesk'] as const
type Rated = (typeof RATED)[number]

function listIn(given: string | undefined): readonly string[] {
  return (given ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/**
 * A list of which each entry must be right.
 *
 * @param what what the entries are, for the one who wrote a wrong one.
 * @param unset the list that holds while the option is not set; one that is set to nothing is empty.
 */
function listOf(
  name: string,
  about: string,
  fallback: string,
  isRight: (entry: string) => boolean,
  what: string,
  unset = '',
): Option<readonly string[]> {
  return {
    name,
    about,
    fallback,
    read: (given) => {
      const value = listIn(given ?? unset)
      const wrong = value.filter((each) => !isRight(each))
      return wrong.length === 0 ? { value } : { problem: `${name} must be ${what}, not ${wrong.join(', ')}.` }
    },
  }
}

const LOOPBACK = '127.0.0.0/8,::1'

const MIB = 1_048_576

/** Characters of a secret key. */
const SHORTEST_KEY = 32

function mebibytes(name: string, about: string, fallback: number): Option<number> {
  return {
    name,
    about,
    fallback: String(fallback),
    read: (given) => {
      const value = Number(given || fallback)
      return Number.isInteger(value) && value > 0 && value <= 4096
        ? { value: value * MIB }
        : { problem: `${name} must be a whole number of MiB up to 4096, not ${given}.` }
    },
  }
}

function whole(
  name: string,
  about: string,
  fallback: number,
  [least, most]: readonly [number, number],
): Option<number> {
  return {
    name,
    about,
    fallback: String(fallback),
    read: (given) => {
      const value = Number(given || fallback)
      return Number.isInteger(value) && value >= least && value <= most
        ? { value }
        : { problem: `${name} must be a whole number from ${least} to ${most}, not ${given}.` }
    },
  }
}

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
  dataDir: text('POLYDESK_DATA_DIR', 'Where the embedded database, attachments and quickstart.env live.', './data'),
  databaseUrl: {
    name: 'DATABASE_URL',
    about:
      'A PostgreSQL 15 or newer to use in place of the embedded one, as postgres://user:password@host/database, read as libpq reads it: several hosts, its parameters, and the PG* variables for what it leaves out.',
    fallback: '(embedded)',
    read: (given) => {
      if (!given) return { value: null }
      // The variables of the environment are seen once all options are read.
      const read = readTarget(given, { USER: 'unknown' })
      return 'problem' in read ? read : { value: given }
    },
  } satisfies Option<string | null>,
  databaseConnections: {
    name: 'POLYDESK_DATABASE_CONNECTIONS',
    about:
      'How many connections to PostgreSQL one server opens at the most, of every kind. Count one more for each command that runs beside it.',
    fallback: '18',
    read: (given) => {
      const value = Number(given || 18)
      return Number.isInteger(value) && value >= 5 && value <= 1000
        ? { value }
        : { problem: `POLYDESK_DATABASE_CONNECTIONS must be a whole number from 5 to 1000, not ${given}.` }
    },
  } satisfies Option<number>,
  publicUrl: {
    name: 'PUBLIC_URL',
    about: 'Where clients reach this server, when that is not where it listens (behind a proxy).',
    fallback: '(where it listens)',
    read: (given) => {
      if (!given) return { value: null }
      const url = URL.canParse(given) ? new URL(given) : null
      if (!url || !URL_SCHEMES.has(url.protocol))
        return { problem: `PUBLIC_URL must be an http or https URL, not ${given}.` }
      if (url.search || url.hash) return { problem: `PUBLIC_URL must have no query and no fragment; ${given} has.` }
      return { value: url.href.replace(/\/$/, '') }
    },
  } satisfies Option<string | null>,
  trustedProxies: listOf(
    'TRUSTED_PROXIES',
    'Addresses or networks whose X-Forwarded-* headers are believed, separated by commas. None by default.',
    '(none)',
    isNetwork,
    'addresses or networks like 10.0.0.0/8',
  ),
  demo: choice(
    'POLYDESK_DEMO',
    'Whether the first start on an empty store makes a demo tenant and writes quickstart.env. Turn it off for real deployments.',
    ['on', 'off'],
    'on',
  ),
  rateLimits: choice('POLYDESK_RATE_LIMITS', 'Turns every rate limit off, for load tests.', ['on', 'off'], 'on'),
  rates: {
    name: 'POLYDESK_RATES',
    about:
      'Requests per second of one credential, over all servers together, as `moov=10,native=500`; a dialect that is not named keeps its own.',
    fallback: '(native 200, spacebring 10, moov 40, netgroot 50, omnidesk 50)',
    read: (given) => {
      const pairs = (given ?? '').split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]))
      const read = pairs.map((pair) => /^([a-z]+) *= *([1-9][0-9]{0,5})$/.exec(pair))
      const rates: Partial<Record<Rated, number>> = {}
      for (const [, name, perSecond] of read.filter((each) => each !== null)) {
        const rated = RATED.find((each) => each === name)
        if (rated !== undefined) rates[rated] = Number(perSecond)
      }
      return Object.keys(rates).length === pairs.length
        ? { value: rates }
        : { problem: `POLYDESK_RATES must name each dialect once, as moov=10,native=500, not ${given}.` }
    },
  } satisfies Option<Readonly<Partial<Record<Rated, number>>>>,
  fileMib: mebibytes('POLYDESK_FILE_MIB', 'How large one attachment may be, in MiB.', 20),
  messageMib: mebibytes(
    'POLYDESK_MESSAGE_FILES_MIB',
    'How large the attachments of one message may be together, in MiB.',
    50,
  ),
  unusedFiles: {
    name: 'POLYDESK_UNUSED_FILES',
    about:
      'How many uploaded files that no message has yet one person may have, and all people of a tenant 20 times that. What no message takes within a day is erased.',
    fallback: '100',
    read: (given) => {
      const value = Number(given || 100)
      return Number.isInteger(value) && value > 0 && value <= 100_000
        ? { value }
        : { problem: `POLYDESK_UNUSED_FILES must be a whole number up to 100000, not ${given}.` }
    },
  } satisfies Option<number>,
  unusedMib: mebibytes(
    'POLYDESK_UNUSED_FILES_MIB',
    'How large those files may be together, in MiB: of one person, and 20 times that of all people of a tenant.',
    500,
  ),
  fileTypes: listOf(
    'POLYDESK_FILE_TYPES',
    'The only media types that attachments may have by their content, separated by commas, as `image/*,application/pdf`. Programs are never taken.',
    '(any)',
    (each) => /^[a-z]+\/(?:\*|[a-z0-9.+-]+)$/.test(each),
    'media types like image/*',
  ),
  textCharacters: whole(
    'POLYDESK_TEXT_CHARACTERS',
    'How many characters the text of one message may have; HTML may be four times as long as its text. Some vendors have lower bounds of their own.',
    262_144,
    [1_000, 1_048_576],
  ),
  ticketMessages: whole(
    'POLYDESK_TICKET_MESSAGES',
    'How many messages one ticket may have; a further one is refused.',
    10_000,
    [1, 1_000_000],
  ),
  answerMib: mebibytes(
    'POLYDESK_ANSWER_MIB',
    'How much text an answer holds that shows a whole conversation, in MiB. Of a longer conversation the longest texts are cut, with a mark; the native API shows all of it, in pages.',
    8,
  ),
  linkHours: {
    name: 'POLYDESK_LINK_HOURS',
    about:
      'For how many hours the address of an attachment is good; a new one comes with every reading of its message.',
    fallback: '24',
    read: (given) => {
      const value = Number(given || 24)
      return Number.isInteger(value) && value > 0 && value <= 8784
        ? { value }
        : { problem: `POLYDESK_LINK_HOURS must be a whole number of hours up to 8784, not ${given}.` }
    },
  } satisfies Option<number>,
  s3Endpoint: {
    name: 'POLYDESK_S3_ENDPOINT',
    about:
      'An S3-compatible store for attachments in place of the data directory, as https://s3.eu-central-1.amazonaws.com. Needs the four options below.',
    fallback: '(unset)',
    read: (given) => {
      if (!given) return { value: null }
      const url = URL.canParse(given) ? new URL(given) : null
      return url && URL_SCHEMES.has(url.protocol) && !url.search && !url.hash && !url.username
        ? { value: url.href.replace(/\/$/, '') }
        : { problem: 'POLYDESK_S3_ENDPOINT must be an http or https URL without query, fragment and user.' }
    },
  } satisfies Option<string | null>,
  s3Region: text('POLYDESK_S3_REGION', 'The region of the S3 bucket.', null),
  s3Bucket: text('POLYDESK_S3_BUCKET', 'The S3 bucket.', null),
  s3AccessKeyId: text('POLYDESK_S3_ACCESS_KEY_ID', 'The id of the access key of the S3 bucket.', null),
  s3SecretAccessKey: text('POLYDESK_S3_SECRET_ACCESS_KEY', 'The secret of that access key.', null),
  secretKey: {
    name: 'POLYDESK_SECRET_KEY',
    about:
      'From which the keys that sign and encrypt are made: at least 32 characters, kept secret. Servers that share a database need the same one.',
    fallback: '(made in the data directory)',
    read: (given) => {
      if (!given) return { value: null }
      return given.length >= SHORTEST_KEY
        ? { value: given }
        : { problem: 'POLYDESK_SECRET_KEY must have at least 32 characters; `openssl rand -base64 32` makes one.' }
    },
  } satisfies Option<string | null>,
  formerSecretKeys: {
    name: 'POLYDESK_FORMER_SECRET_KEYS',
    about:
      'Secret keys of before, separated by commas: what they signed is still accepted, what they encrypted is encrypted anew. See `polydesk key --help`.',
    fallback: '(none)',
    read: (given) => {
      const value = listIn(given)
      return value.every((each) => each.length >= SHORTEST_KEY)
        ? { value }
        : { problem: `Each of POLYDESK_FORMER_SECRET_KEYS must have at least ${SHORTEST_KEY} characters.` }
    },
  } satisfies Option<readonly string[]>,
  moovExpiresIn: choice(
    'MOOV_EXPIRES_IN',
    'What `expires_in` of a Moov access token is: the time of its end as Unix timestamp, as the vendor says, or the seconds until then, as generic OAuth clients expect.',
    ['timestamp', 'seconds'],
    'timestamp',
  ),
  moovOnceOnly: choice(
    'MOOV_ONCE_ONLY',
    'Whether a second Moov ticket of an account with the same `X-Idempotency-Key` is refused with 409, as the vendor does for its other resources; the header is ignored by default, as the vendor does for tickets.',
    ['on', 'off'],
    'off',
  ),
  origins: listOf(
    'POLYDESK_ORIGINS',
    "Sites whose pages may use the native API in a browser (CORS), as https://app.example.com, separated by commas; a key with origins of its own is for those instead. Moov's keys have their own lists only.",
    '(none)',
    isOrigin,
    'origins like https://app.example.com',
  ),
  pkcePlain: choice(
    'OAUTH_PKCE_PLAIN',
    'Whether an authorization request may use the PKCE method `plain`, which protects nothing where the request is seen; S256 alone by default.',
    ['on', 'off'],
    'off',
  ),
  netgrootLoginHours: {
    name: 'NETGROOT_LOGIN_HOURS',
    about: 'For how many hours the token of a NetGroot login is good.',
    fallback: '24',
    read: (given) => {
      const value = Number(given || 24)
      return value > 0 && value <= 8784
        ? { value }
        : { problem: `NETGROOT_LOGIN_HOURS must be a number of hours up to 8784, not ${given}.` }
    },
  } satisfies Option<number>,
  spacebringStrictSecurity: choice(
    'SPACEBRING_STRICT_SECURITY',
    'Whether a Spacebring client id and secret are refused for creating tickets and comments, as the reference has it; they are taken by default, because clients of this vendor use nothing else.',
    ['on', 'off'],
    'off',
  ),
  spacebringActivityProfile: choice(
    'SPACEBRING_ACTIVITY_PROFILE',
    'Which activities a Spacebring ticket shows: `older` shows changes of type, `current` the creation in their place.',
    ['older', 'current'],
    'older',
  ),
  webhookNetworks: listOf(
    'POLYDESK_WEBHOOK_NETWORKS',
    'Addresses or networks that webhooks may be sent to although they are private or loopback, separated by commas. None by default.',
    '(none)',
    isNetwork,
    'addresses or networks like 10.0.0.0/8',
  ),
  webhookHttp: choice(
    'POLYDESK_WEBHOOK_HTTP',
    'Whether webhooks may be sent over plain http. Their payloads are then readable on the way.',
    ['on', 'off'],
    'off',
  ),
  operatorToken: {
    name: 'POLYDESK_OPERATOR_TOKEN',
    about:
      'A bearer token of at least 32 characters by which `/operator/tenants` lists, makes, renames and retires tenants. Without it there are no such paths.',
    fallback: '(unset)',
    read: (given) => {
      if (!given) return { value: null }
      return given.length >= SHORTEST_KEY
        ? { value: given }
        : { problem: `POLYDESK_OPERATOR_TOKEN must have at least ${SHORTEST_KEY} characters.` }
    },
  } satisfies Option<string | null>,
  metricsNetworks: listOf(
    'POLYDESK_METRICS_NETWORKS',
    'Addresses or networks that may read `/metrics`, separated by commas; to others there is no such path. What a proxy passes on counts by the address that the proxy tells, if it is one of `TRUSTED_PROXIES`, else as from nowhere.',
    LOOPBACK,
    isNetwork,
    'addresses or networks like 10.0.0.0/8',
    LOOPBACK,
  ),
  accessLog: choice(
    'POLYDESK_ACCESS_LOG',
    'Whether a JSON line is written to standard output for each request: time, id, address, method, URL without secrets, status, milliseconds, tenant and credential.',
    ['on', 'off'],
    'off',
  ),
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

interface S3Config {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** All of it, or none. */
function s3In(given: Values, problems: string[]): S3Config | null {
  const [endpoint, region, bucket] = [given.s3Endpoint, given.s3Region, given.s3Bucket]
  const [accessKeyId, secretAccessKey] = [given.s3AccessKeyId, given.s3SecretAccessKey]
  if (endpoint && region && bucket && accessKeyId && secretAccessKey)
    return { endpoint, region, bucket, accessKeyId, secretAccessKey }
  if (endpoint || region || bucket || accessKeyId || secretAccessKey)
    problems.push('POLYDESK_S3_ENDPOINT, _REGION, _BUCKET, _ACCESS_KEY_ID and _SECRET_ACCESS_KEY go together.')
  return null
}

function targetIn(
  url: string | null | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Target | null {
  if (!url) return null
  const read = readTarget(url, environment)
  if ('target' in read) return read.target
  problems.push(read.problem)
  return null
}

/** What the process was told, checked and complete. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly quickstartFile: string
  readonly databaseUrl: string | null
  /** Where `databaseUrl` and the PG* variables lead; null for the embedded database. */
  readonly databaseTarget: Target | null
  readonly databaseConnections: number
  readonly publicUrl: string | null
  readonly trustedProxies: readonly string[]
  readonly demo: boolean
  readonly rateLimits: boolean
  readonly rates: Readonly<Partial<Record<Rated, number>>>
  /** Bytes of one attachment, and of all of one message. */
  readonly fileBytes: number
  readonly messageBytes: number
  /** What one person may have of files that no message has. */
  readonly unusedFiles: { readonly files: number; readonly bytes: number }
  /** The only media types of attachments; empty for any. */
  readonly fileTypes: readonly string[]
  /** How much text there may be, and how much of it is held and answered at once. */
  readonly bounds: {
    readonly textCharacters: number
    readonly messages: number
    readonly answerBytes: number
    readonly pageBytes: number
  }
  readonly linkHours: number
  /** Where attachments are kept; null for the data directory. */
  readonly s3: S3Config | null
  readonly secretKey: string | null
  readonly formerSecretKeys: readonly string[]
  readonly moovExpiresIn: 'timestamp' | 'seconds'
  readonly moovOnceOnly: boolean
  /** Whose pages may use the native API with keys that have no list. */
  readonly origins: readonly string[]
  readonly pkcePlain: boolean
  readonly netgrootLoginHours: number
  readonly spacebringStrictSecurity: boolean
  readonly spacebringActivityProfile: 'older' | 'current'
  readonly webhookNetworks: readonly string[]
  readonly webhookHttp: boolean
  readonly operatorToken: string | null
  readonly metricsNetworks: readonly string[]
  readonly accessLog: boolean
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
  const given = values as Values
  const databaseTarget = targetIn(given.databaseUrl, environment, problems)
  const s3 = s3In(given, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  const dataDir = resolve(given.dataDir ?? './data')
  return {
    host: given.host ?? '127.0.0.1',
    port: given.port,
    dataDir,
    quickstartFile: join(dataDir, 'quickstart.env'),
    databaseUrl: given.databaseUrl,
    databaseTarget,
    databaseConnections: given.databaseConnections,
    publicUrl: given.publicUrl,
    trustedProxies: given.trustedProxies,
    demo: given.demo === 'on',
    rateLimits: given.rateLimits === 'on',
    rates: given.rates,
    fileBytes: given.fileMib,
    messageBytes: given.messageMib,
    unusedFiles: { files: given.unusedFiles, bytes: given.unusedMib },
    fileTypes: given.fileTypes,
    bounds: {
      textCharacters: given.textCharacters,
      messages: given.ticketMessages,
      answerBytes: given.answerMib,
      pageBytes: MIB,
    },
    linkHours: given.linkHours,
    s3,
    secretKey: given.secretKey,
    formerSecretKeys: given.formerSecretKeys,
    moovExpiresIn: given.moovExpiresIn ?? 'timestamp',
    moovOnceOnly: given.moovOnceOnly === 'on',
    origins: given.origins,
    pkcePlain: given.pkcePlain === 'on',
    netgrootLoginHours: given.netgrootLoginHours,
    spacebringStrictSecurity: given.spacebringStrictSecurity === 'on',
    spacebringActivityProfile: given.spacebringActivityProfile ?? 'older',
    webhookNetworks: given.webhookNetworks,
    webhookHttp: given.webhookHttp === 'on',
    operatorToken: given.operatorToken,
    metricsNetworks: given.metricsNetworks,
    accessLog: given.accessLog === 'on',
    logLevel: given.logLevel,
  }
}

/** What looks like an option and is none, as sentences: it changes nothing, which its author may not expect. */
export function optionProblems(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  return misspeltOptions(
    environment,
    Object.values(OPTIONS).map(({ name }) => name),
  )
}
