/** How the connection to a server is protected; the names and meanings are those of libpq. */
export type TlsMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

/** One place where PostgreSQL may answer. */
export interface Host {
  /** A name, an address, or the directory of a Unix socket. Certificates are checked against it. Empty for this computer. */
  readonly host: string
  /** Where to connect in its place, without looking the name up. */
  readonly address: string | null
  readonly port: number
}

/** What protects a connection. Files are paths; null takes libpq's own place below `~/.postgresql`. */
export interface TlsTarget {
  readonly mode: TlsMode
  /** Of the authority that signed the server's certificate; `system` for those that the system trusts. */
  readonly rootCertificate: string | null
  readonly certificate: string | null
  readonly key: string | null
  readonly keyPassword: string | null
  readonly revocations: string | null
  readonly minimumVersion: TlsVersion
  readonly maximumVersion: TlsVersion | null
  /** Whether TLS begins at once, without asking the server first. */
  readonly direct: boolean
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** Where and as whom to connect: what a connection URL and the PG* variables say, checked and complete. */
export interface Target {
  /** In the order in which they are tried. */
  readonly hosts: readonly Host[]
  readonly user: string
  readonly database: string
  readonly password: string | null
  /** The file of passwords; null for libpq's own, `~/.pgpass`. */
  readonly passwordFile: string | null
  readonly tls: TlsTarget
  /** Settings for the server, as its command line takes them. Our own come after them. */
  readonly options: string | null
  readonly applicationName: string
  /** Milliseconds for one address to answer; null for ours. */
  readonly patienceMs: number | null
  /** Whether a server that only reads is passed over for the next one. */
  readonly mustWrite: boolean
  /** Whether hosts are tried in a random order. */
  readonly shuffled: boolean
}

type Variables = Readonly<Record<string, string | undefined>>

/** Thrown while a URL is read; the message is a sentence for the person who wrote it, and repeats no secret. */
class Problem extends Error {}

const NAME = 'DATABASE_URL'
const DEFAULT_PORT = 5432
const TLS_MODES: readonly TlsMode[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
const TLS_VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** Each of libpq's parameters that counts here, with the variable that stands in for it. */
const PARAMETERS = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
  options: 'PGOPTIONS',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslpassword: null,
  sslcrl: 'PGSSLCRL',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  load_balance_hosts: 'PGLOADBALANCEHOSTS',
} as const

type Parameter = keyof typeof PARAMETERS

function isParameter(name: string): name is Parameter {
  return Object.hasOwn(PARAMETERS, name)
}

/** libpq's parameters that change nothing here: other ways to keep a connection alive or to log in, names for the log. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'client_encoding',
  'fallback_application_name',
  'gssdelegation',
  'gsslib',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'krbsrvname',
  'sslcompression',
  'sslsni',
  'tcp_user_timeout',
  // Of `pg`, which then means `sslmode` as libpq does, and as we do always.
  'uselibpqcompat',
])

/** libpq's parameters that ask for more than we have, with the values that ask for nothing. */
const ASKS_FOR_MORE: Readonly<Record<string, readonly string[]>> = {
  channel_binding: ['disable', 'prefer'],
  gssencmode: ['disable', 'prefer'],
  require_auth: [''],
  requirepeer: [''],
  service: [''],
  servicefile: [''],
  sslcertmode: ['allow'],
  sslcrldir: [''],
}

/** What those mean who write a parameter that libpq does not have. */
const MEANT: Readonly<Record<string, string>> = {
  schema: 'to use a schema write options=-c%20search_path%3DNAME',
  connection_limit: 'the number of connections is POLYDESK_DATABASE_CONNECTIONS',
  pool_size: 'the number of connections is POLYDESK_DATABASE_CONNECTIONS',
  max: 'the number of connections is POLYDESK_DATABASE_CONNECTIONS',
  pgbouncer: 'a pooler is found out without being told',
  statement_timeout: 'Polydesk bounds its statements itself',
}

/**
 * Reads a connection URL as libpq does: several hosts, percent-encoded parts, its parameters, and the PG* variables for
 * what it leaves out.
 *
 * @param variables the PG* variables, and what the system calls the user (USER)
 * @returns the target, or a sentence that says what is wrong and repeats no secret
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function readTarget(
  url: string,
  variables: Variables = {},
): { readonly target: Target } | { readonly problem: string } {
  try {
    return { target: targetFrom(withVariables(partsOf(url), variables), variables) }
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message }
    throw error
  }
}

/** A target without a URL: a socket or host of our own, which no PG* variable changes. */
export function plainTarget(of: {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password?: string | null
}): Target {
  const given = { host: of.host, port: String(of.port), user: of.user, dbname: of.database, sslmode: 'disable' }
  return { ...targetFrom(given, {}), password: of.password ?? null }
}

type Parts = Partial<Record<Parameter, string>>

const UNREADABLE = `${NAME} cannot be read as a URL; special characters in its password need percent-encoding.`

function partsOf(url: string): Parts {
  const scheme = /^postgres(?:ql)?:\/\//.exec(url)
  if (!scheme) throw new Problem(`${NAME} must start with postgres:// or postgresql://.`)
  const rest = url.slice(scheme[0].length)
  // A raw space, "/" or "?" belongs to no user, password or host.
  const read = /^(?:([^@/?#\s]*)@)?([^@/?#\s]*)(?:\/([^/?#\s]*))?(?:\?([^#\s]*))?$/.exec(rest)
  if (!read) throw new Problem(UNREADABLE)
  const [, login = '', hosts = '', database = '', query = ''] = read
  const [user = '', ...passwords] = login.split(':')
  if (passwords.length > 1) throw new Problem(UNREADABLE)
  const { host, port } = hostsIn(hosts)
  const parts: Parts = withoutEmpty({
    host,
    port,
    user: decoded(user),
    password: decoded(passwords[0] ?? ''),
    dbname: decoded(database),
  })
  for (const pair of query === '' ? [] : query.split('&')) Object.assign(parts, parameterIn(pair))
  return parts
}

function withoutEmpty(parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''))
}

/** A list of hosts with their ports; an address of IPv6 stands in brackets. */
function hostsIn(text: string): { readonly host: string; readonly port: string } {
  const each = text.split(',').map((one) => {
    const read = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(one)
    if (!read) throw new Problem(UNREADABLE)
    return { host: decoded(read[1] ?? read[2] ?? ''), port: read[3] ?? '' }
  })
  const ports = each.map(({ port }) => port)
  return {
    host: each.map(({ host }) => host).join(','),
    port: ports.every((port) => port === '') ? '' : ports.join(','),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Problem(UNREADABLE)
  }
}

function parameterIn(pair: string): Parts {
  const at = pair.indexOf('=')
  const name = decoded(at === -1 ? pair : pair.slice(0, at))
  const value = decoded(at === -1 ? '' : pair.slice(at + 1))
  // As libpq does for those who write URLs for JDBC.
  if (name === 'ssl') return { sslmode: value === 'true' || value === '1' ? 'require' : 'disable' }
  if (isParameter(name)) return { [name]: value }
  if (WITHOUT_EFFECT.has(name)) return {}
  const harmless = ASKS_FOR_MORE[name]
  if (harmless?.includes(value)) return {}
  if (harmless) throw new Problem(`${NAME} asks for ${name}=${value}, which Polydesk does not have; leave it out.`)
  const meant = MEANT[name]
  throw new Problem(
    `${NAME} has the parameter ${name}, which PostgreSQL's libpq does not know${meant ? `: ${meant}` : '; leave it out'}.`,
  )
}

function withVariables(parts: Parts, variables: Variables): Parts {
  const filled: Parts = { ...parts }
  for (const [name, variable] of Object.entries(PARAMETERS)) {
    if (variable === null || !isParameter(name)) continue
    const value = variables[variable]
    // A port or an address belongs to the hosts it was written for.
    const isElsewhere = (name === 'port' || name === 'hostaddr') && parts.host !== undefined
    if (filled[name] === undefined && value && !isElsewhere) filled[name] = value
  }
  return filled
}

function targetFrom(parts: Parts, variables: Variables): Target {
  const user = parts.user ?? variables['USER'] ?? variables['LOGNAME']
  if (!user) throw new Problem(`${NAME} names no user: postgres://USER:PASSWORD@HOST/DATABASE.`)
  const hosts = hostsOf(parts)
  const attributes = parts.target_session_attrs
  return {
    hosts,
    user,
    database: parts.dbname ?? user,
    password: parts.password ?? null,
    passwordFile: parts.passfile ?? null,
    tls: tlsOf(parts),
    options: parts.options ?? null,
    applicationName: parts.application_name ?? 'polydesk',
    patienceMs: patienceOf(parts.connect_timeout),
    mustWrite: mustWrite(attributes, hosts.length),
    shuffled: oneOf('load_balance_hosts', parts.load_balance_hosts ?? 'disable', ['disable', 'random']) === 'random',
  }
}

function hostsOf({ host, hostaddr, port }: Parts): readonly Host[] {
  const addresses = hostaddr?.split(',') ?? []
  const hosts = host?.split(',') ?? (addresses.length > 0 ? addresses : [''])
  const ports = port?.split(',') ?? []
  if (addresses.length > 0 && addresses.length !== hosts.length)
    throw new Problem(`${NAME} has ${hosts.length} hosts and ${addresses.length} in hostaddr; it takes one for each.`)
  if (ports.length > 1 && ports.length !== hosts.length)
    throw new Problem(
      `${NAME} has ${hosts.length} hosts and ${ports.length} ports; it takes one for all, or one for each.`,
    )
  return hosts.map((each, nth) => {
    const text = (ports.length > 1 ? ports[nth] : ports[0]) || String(DEFAULT_PORT)
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < 1 || number > 65_535)
      throw new Problem(`${NAME} has the port ${text}, which is no number from 1 to 65535.`)
    return { host: each, address: addresses[nth] || null, port: number }
  })
}

function tlsOf(parts: Parts): TlsTarget {
  // `no-verify` is of `pg`: encrypted, and no certificate is looked at. That is what `require` means without an authority.
  const isUnchecked = parts.sslmode === 'no-verify'
  const mode = oneOf('sslmode', isUnchecked ? 'require' : (parts.sslmode ?? 'prefer'), TLS_MODES)
  const direct = oneOf('sslnegotiation', parts.sslnegotiation ?? 'postgres', ['postgres', 'direct']) === 'direct'
  const isRequired = mode === 'require' || mode === 'verify-ca' || mode === 'verify-full'
  if (direct && !isRequired)
    throw new Problem(`${NAME} has sslnegotiation=direct, which needs sslmode=require or stronger.`)
  if (parts.sslrootcert === 'system' && parts.sslmode !== undefined && mode !== 'verify-full')
    throw new Problem(
      `${NAME} has sslrootcert=system, which needs sslmode=verify-full: anybody may have a certificate of theirs.`,
    )
  return {
    mode: parts.sslrootcert === 'system' ? 'verify-full' : mode,
    rootCertificate: parts.sslrootcert ?? null,
    certificate: parts.sslcert ?? null,
    key: parts.sslkey ?? null,
    keyPassword: parts.sslpassword ?? null,
    revocations: parts.sslcrl ?? null,
    minimumVersion: oneOf('ssl_min_protocol_version', parts.ssl_min_protocol_version || 'TLSv1.2', TLS_VERSIONS),
    maximumVersion: parts.ssl_max_protocol_version
      ? oneOf('ssl_max_protocol_version', parts.ssl_max_protocol_version, TLS_VERSIONS)
      : null,
    direct,
  }
}

function patienceOf(seconds: string | undefined): number | null {
  if (seconds === undefined) return null
  if (!/^-?\d+$/.test(seconds))
    throw new Problem(`${NAME} has connect_timeout=${seconds}, which is no number of seconds.`)
  // As in libpq: zero and less is no limit, which here is ours; and one second counts as two.
  return Number(seconds) <= 0 ? null : Math.max(Number(seconds), 2) * 1_000
}

/** Of several hosts those that only read are passed over unless it says otherwise: Polydesk always writes. */
function mustWrite(attributes: string | undefined, hosts: number): boolean {
  switch (attributes) {
    case undefined:
      return hosts > 1
    case 'any':
      return false
    case 'read-write':
    case 'primary':
      return true
    case 'read-only':
    case 'standby':
    case 'prefer-standby':
      throw new Problem(`${NAME} has target_session_attrs=${attributes}, but Polydesk writes: use read-write.`)
    default:
      throw new Problem(`${NAME} has target_session_attrs=${attributes}, which must be any, read-write or primary.`)
  }
}

function oneOf<const C extends string>(name: Parameter, value: string, choices: readonly C[]): C {
  const chosen = choices.find((choice) => choice === value)
  if (chosen === undefined) throw new Problem(`${NAME} has ${name}=${value}, which must be ${choices.join(', ')}.`)
  return chosen
}
