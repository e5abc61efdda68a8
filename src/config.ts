import { join, resolve } from 'node:path'
import { PROFILES } from './dialects/profiles.ts'
import { misspeltOptions } from './misspelt.ts'
import {
  type Choices,
  type Chosen,
  choice,
  isNetwork,
  listIn,
  listOf,
  MIB,
  mebibytes,
  type Option,
  type Options,
  onOff,
  readOptions,
  text,
  URL_SCHEMES,
  whole,
} from './options.ts'
import { readTarget, type Target } from './storage/connections/target.ts'

const LOOPBACK = '127.0.0.0/8,::1'

/** Characters of a secret key. */
const SHORTEST_KEY = 32

/** The options of the server itself. */
const SERVER = {
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
  smtpIn: {
    name: 'POLYDESK_SMTP_IN',
    about:
      'Where to take mail by SMTP, as 127.0.0.1:2525: from your own mail server, which keeps strangers and spam away. Not at all by default.',
    fallback: '(none)',
    read: (given) => {
      if (!given) return { value: null }
      const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(given) ?? []
      return host !== '' && Number(port) <= 65_535
        ? { value: { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) } }
        : { problem: `POLYDESK_SMTP_IN must be an address and a port, as 127.0.0.1:2525, not ${given}.` }
    },
  } satisfies Option<{ readonly host: string; readonly port: number } | null>,
  mailAuthenticators: listOf(
    'POLYDESK_MAIL_AUTHENTICATORS',
    'Names by which your own mail server signs its Authentication-Results (authserv-id), separated by commas. Whom it calls verified may act as staff by mail; nobody may by default.',
    '(none)',
    (given) => /^[a-z0-9][a-z0-9.-]*$/.test(given),
    'names in small letters, such as mx.example.com',
  ),
  demo: onOff(
    'POLYDESK_DEMO',
    'Whether the first start on an empty store makes a demo tenant and writes quickstart.env. Turn it off for real deployments.',
    'on',
  ),
  rateLimits: onOff('POLYDESK_RATE_LIMITS', 'Turns every rate limit off, for load tests.', 'on'),
  rates: {
    name: 'POLYDESK_RATES',
    about:
      'Requests per second of one credential, over all servers together, as `moov=10,native=500`; a dialect that is not named keeps its own.',
    fallback: `(${PROFILES.map(({ name, rate }) => `${name} ${rate.perSecond}`).join(', ')})`,
    read: (given) => {
      const pairs = (given ?? '').split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]))
      const read = pairs.map((pair) => /^([a-z]+) *= *([1-9][0-9]{0,5})$/.exec(pair))
      const rates: Record<string, number> = {}
      for (const [, name, perSecond] of read.filter((each) => each !== null)) {
        const rated = PROFILES.find((each) => each.name === name)
        if (rated) rates[rated.name] = Number(perSecond)
      }
      return Object.keys(rates).length === pairs.length
        ? { value: rates }
        : { problem: `POLYDESK_RATES must name each dialect once, as moov=10,native=500, not ${given}.` }
    },
  } satisfies Option<Readonly<Record<string, number>>>,
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
  pkcePlain: onOff(
    'OAUTH_PKCE_PLAIN',
    'Whether an authorization request may use the PKCE method `plain`, which protects nothing where the request is seen; S256 alone by default.',
    'off',
  ),
  webhookNetworks: listOf(
    'POLYDESK_WEBHOOK_NETWORKS',
    'Addresses or networks that webhooks may be sent to although they are private or loopback, separated by commas. None by default.',
    '(none)',
    isNetwork,
    'addresses or networks like 10.0.0.0/8',
  ),
  webhookHttp: onOff(
    'POLYDESK_WEBHOOK_HTTP',
    'Whether webhooks may be sent over plain http. Their payloads are then readable on the way.',
    'off',
  ),
  smtpOut: {
    name: 'POLYDESK_SMTP_OUT',
    about:
      'The server that takes our mail, as `smtp://user:password@host:587` (STARTTLS where it is offered) or `smtps://`. With it public answers of agents are sent to requesters from desks that have addresses; without it nothing is sent.',
    fallback: '(none)',
    read: (given) => {
      if (!given) return { value: null }
      const url = URL.canParse(given) ? new URL(given) : null
      // It holds a password, so it is not told again.
      return url && (url.protocol === 'smtp:' || url.protocol === 'smtps:') && url.hostname !== ''
        ? { value: given }
        : { problem: 'POLYDESK_SMTP_OUT must be a URL like smtp://user:password@host:587.' }
    },
  } satisfies Option<string | null>,
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
  accessLog: onOff(
    'POLYDESK_ACCESS_LOG',
    'Whether a JSON line is written to standard output for each request: time, id, address, method, URL without secrets, status, milliseconds, tenant and credential.',
    'off',
  ),
  logLevel: choice(
    'LOG_LEVEL',
    'How much is logged, as JSON lines on standard error. `debug` adds a line for each request.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
    'warn',
  ),
} as const

/** Every table of options: the server's, and each dialect's own. */
const TABLES: readonly Options[] = [SERVER, ...PROFILES.map(({ options }) => options ?? {})]

/** Every option there is. `docs/configuration.md` is generated from this list. */
export const OPTIONS: readonly Option<unknown>[] = TABLES.flatMap((table) => Object.values(table))

interface S3Config {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** All of it, or none. */
function s3In(given: Chosen<typeof SERVER>, problems: string[]): S3Config | null {
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
  /** Where mail is taken by SMTP; null for nowhere. */
  readonly smtpIn: { readonly host: string; readonly port: number } | null
  /** Servers that tell whether mail is from whom it says. */
  readonly mailAuthenticators: readonly string[]
  readonly demo: boolean
  readonly rateLimits: boolean
  readonly rates: Readonly<Record<string, number>>
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
  readonly pkcePlain: boolean
  /** What was chosen for the dialects. */
  readonly chosen: Choices
  readonly webhookNetworks: readonly string[]
  readonly webhookHttp: boolean
  readonly smtpOut: string | null
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
  const chosen = readOptions(TABLES, environment, problems)
  const given = chosen(SERVER)
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
    smtpIn: given.smtpIn,
    mailAuthenticators: given.mailAuthenticators,
    demo: given.demo,
    rateLimits: given.rateLimits,
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
    pkcePlain: given.pkcePlain,
    chosen,
    webhookNetworks: given.webhookNetworks,
    webhookHttp: given.webhookHttp,
    smtpOut: given.smtpOut,
    operatorToken: given.operatorToken,
    metricsNetworks: given.metricsNetworks,
    accessLog: given.accessLog,
    logLevel: given.logLevel,
  }
}

/** What looks like an option and is none, as sentences: it changes nothing, which its author may not expect. */
export function optionProblems(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  return misspeltOptions(
    environment,
    OPTIONS.map(({ name }) => name),
  )
}
