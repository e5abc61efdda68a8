import { lookup } from 'node:dns/promises'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { errorCode, isTooSlow, StoreUnusable } from '../failures.ts'
import { readPassword } from './passfile.ts'
import { HAS_CITUS, type Mode, READ_SETTINGS, SETTINGS_HOLD, STATEMENT_TIMEOUT_MS, settingCalls } from './settings.ts'
import type { Host, Target } from './target.ts'
import { type Tls, tlsAttempts } from './tls.ts'

/** How long one address may take to let us in and answer, in milliseconds. */
const PATIENCE_MS = 5_000
/** The same where there are others to try. */
const IMPATIENCE_MS = 2_000
/** Before the operating system asks whether the other side still lives, in milliseconds. */
const KEEP_ALIVE_MS = 10_000
/** Where PostgreSQL puts its socket by itself: Debian's place, and its own. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp']

/** What a server tells of itself to a new session. */
export interface Told {
  /** Of the process that answered. */
  readonly pid: number
  readonly version: number
  readonly encoding: string
  readonly isStandby: boolean
  readonly isReadOnly: boolean
  /** Where tables are looked for, quoted as `search_path` takes it; null when there is no such schema. */
  readonly schema: string | null
  /** Whether its tables may lie on several servers. */
  readonly hasCitus: boolean
}

/** A session of its own with a server that takes it. */
export interface Session {
  readonly client: pg.Client
  readonly told: Told
  /** Whether what answers the login is not what answers statements. */
  readonly isPooled: boolean
}

/** What a session has to be like. */
export interface Manner {
  /** How sessions reach the server; null while that is to be found out: then nothing is set. */
  readonly mode: Mode | null
  readonly schema: string | null
  /** For work that takes its time. */
  readonly isPatient?: boolean
}

/** The login met something that only the person who runs this can change. The message is a sentence that says what. */
export class NotLetIn extends StoreUnusable {}

class NoPassword extends NotLetIn {}

const ASKED = `select pg_backend_pid() as pid, current_setting('server_version_num')::integer as version,
  getdatabaseencoding() as encoding, pg_is_in_recovery() as "isStandby",
  current_setting('transaction_read_only') = 'on' as "isReadOnly", quote_ident(current_schema()) as schema,
  ${HAS_CITUS} as "hasCitus"`

/**
 * Opens one session: tries the hosts in their order, the one that answered last before the others, each with TLS as
 * its mode says, and sets what every session has.
 *
 * @throws NotLetIn when nothing but a change of the settings can help
 * @throws whatever the last address said otherwise
 */
export function createConnect(target: Target, types: pg.CustomTypesConfig): (manner: Manner) => Promise<Session> {
  let last: Place | undefined

  return async (manner) => {
    const places = await placesOf(target)
    const isLast = (place: Place): boolean => place.address === last?.address && place.port === last.port
    const inOrder = [...places.filter(isLast), ...places.filter((place) => !isLast(place))]
    let failure: unknown
    for (const place of inOrder) {
      try {
        const session = await openAt(target, place, manner, types, inOrder.length > 1 ? IMPATIENCE_MS : PATIENCE_MS)
        last = place
        return session
      } catch (error) {
        // A wrong or missing password is so everywhere, and a second try would only count as one more.
        if (errorCode(error) === '28P01' || error instanceof NoPassword) throw error
        failure = error
      }
    }
    throw failure
  }
}

/** One address of a host. */
interface Place extends Host {
  readonly address: string
}

/** @throws whatever the look-up of the last name said, when no host has an address */
async function placesOf(target: Target): Promise<readonly Place[]> {
  const places: Place[] = []
  let failure: unknown
  for (const host of target.hosts) {
    try {
      const known = host.host === '' && host.address === null ? { ...host, host: await thisComputer(host.port) } : host
      const addresses = known.address === null ? await addressesOf(known.host) : [known.address]
      places.push(...addresses.map((address) => ({ ...known, address })))
    } catch (error) {
      failure = error
    }
  }
  if (places.length === 0) throw failure
  return target.shuffled ? places.toSorted(() => Math.random() - 0.5) : places
}

/** A socket where there is one, as libpq. */
async function thisComputer(port: number): Promise<string> {
  for (const folder of SOCKET_FOLDERS) {
    const isThere = await access(join(folder, `.s.PGSQL.${port}`)).then(
      () => true,
      () => false,
    )
    if (isThere) return folder
  }
  return 'localhost'
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (host.startsWith('/')) return [host]
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

async function openAt(
  target: Target,
  place: Place,
  manner: Manner,
  types: pg.CustomTypesConfig,
  patienceMs: number,
): Promise<Session> {
  let failure: unknown
  const attempts = await tlsAttempts(target.tls, place)
  for (const [nth, tls] of attempts.entries()) {
    try {
      return await openWith(target, place, tls, manner, types, target.patienceMs ?? patienceMs)
    } catch (error) {
      failure = error
      if (nth + 1 < attempts.length && !mayHelp(error)) break
    }
  }
  throw explained(failure, place)
}

/** Whether it may be the TLS, or the lack of it, why a server does not want us. */
function mayHelp(error: unknown): boolean {
  return errorCode(error) === '28000' || isAboutTls(error)
}

function isAboutTls(error: unknown): boolean {
  const code = errorCode(error) ?? ''
  if (/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CRL_|HOSTNAME_MISMATCH)/.test(code))
    return true
  return error instanceof Error && / SSL connection/.test(error.message)
}

async function openWith(
  target: Target,
  place: Place,
  tls: Tls,
  manner: Manner,
  types: pg.CustomTypesConfig,
  patienceMs: number,
): Promise<Session> {
  const client = new pg.Client({
    host: place.address,
    port: place.port,
    user: target.user,
    database: target.database,
    password: () => passwordFor(target, place),
    // What is not said here `pg` would take from the environment.
    ssl: tls,
    sslnegotiation: tls !== false && target.tls.direct ? 'direct' : 'postgres',
    application_name: target.applicationName,
    ...(target.options !== null && { options: target.options }),
    types,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  })
  // Its queries fail with the same error.
  client.on('error', () => {})
  let loginPid: number | undefined
  client.connection.on('backendKeyData', ({ processID }: { processID: number }) => {
    loginPid = processID
  })
  try {
    return await withinTime(patienceMs, async () => {
      await client.connect()
      const told = await greet(client, manner)
      if (target.mustWrite && told.isReadOnly) throw new Error('The server takes no writes now.')
      const isPooled = told.pid !== loginPid
      if (isPooled && manner.mode === 'session') await verify(client, told)
      return { client, told, isPooled }
    })
  } catch (error) {
    cut(client)
    throw error
  }
}

/** Ends a connection without waiting for the other side. What is under way on it fails. */
export function cut(client: pg.Client): void {
  client.end().catch(() => {})
  client.connection.stream.destroy()
}

/** One round trip: asks, and sets where that stays. */
async function greet(client: pg.Client, { mode, schema, isPatient }: Manner): Promise<Told> {
  const stays = mode === 'direct' || mode === 'session'
  const ask = (): Promise<pg.QueryResult<Told>> =>
    stays ? client.query<Told>(`${ASKED}, ${settingCalls(false, isPatient)}`, [schema]) : client.query<Told>(ASKED)
  const { rows } = await ask().catch(async (error: unknown) => {
    if (!isTooSlow(error)) throw error
    // The role or the URL gives statements less time than this one needs.
    await client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`)
    return ask()
  })
  const [told] = rows
  if (!told) throw new Error('The server told nothing of itself.')
  return told
}

/** @throws Error when what this session set is not there any more */
async function verify(client: pg.Client, { pid }: Told): Promise<void> {
  const { rows } = await client.query<{ settings: string; pid: number }>(READ_SETTINGS)
  if (rows[0]?.settings !== SETTINGS_HOLD || rows[0].pid !== pid) throw new SettingsLost()
}

/** What a session had set was gone with the next statement: the pooler does not pool sessions any more. */
export class SettingsLost extends Error {
  constructor() {
    super('The settings of a session did not stay.')
  }
}

async function passwordFor(target: Target, { host, address, port }: Place): Promise<string> {
  if (target.password !== null) return target.password
  const names = host.startsWith('/') ? [host, 'localhost'] : [host, address]
  for (const name of names) {
    const found = await readPassword(target.passwordFile, { ...target, host: name, port })
    if (found !== null) return found
  }
  throw new NoPassword(
    `The database asks for the password of ${target.user}, and DATABASE_URL has none: write postgres://${target.user}:PASSWORD@HOST/DATABASE, or set PGPASSWORD or PGPASSFILE.`,
  )
}

/** As an error whose message says what to do, where only the person who runs this can do something. */
function explained(error: unknown, place: Place): unknown {
  if (error instanceof StoreUnusable || !(error instanceof Error)) return error
  const where = place.host.startsWith('/') ? place.host : `${place.host}:${place.port}`
  const say = (sentence: string): NotLetIn => new NotLetIn(sentence, { cause: error })
  if (isAboutTls(error)) return say(aboutTls(error, where))
  if (errorCode(error) === '08P01' && /startup parameter/.test(error.message))
    return say(
      `The pooler at ${where} refuses us: ${error.message}. Take \`options\` out of DATABASE_URL and PGOPTIONS, or add it to ignore_startup_parameters of PgBouncer.`,
    )
  return error
}

function aboutTls(error: Error, where: string): string {
  const code = errorCode(error) ?? ''
  if (/does not support SSL/.test(error.message))
    return `The server at ${where} has no TLS, and sslmode of DATABASE_URL asks for it: turn it on there (ssl = on), or use sslmode=prefer.`
  if (/establishing an SSL connection/.test(error.message))
    return `What answers at ${where} does not speak PostgreSQL: check host and port of DATABASE_URL.`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of the server is not for ${where}: name the host in DATABASE_URL as its certificate does, or use sslmode=verify-ca.`
  if (/SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_/.test(code))
    return `The certificate of the server at ${where} is signed by nobody we know: name the authority's certificate by sslrootcert=FILE in DATABASE_URL.`
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of the server at ${where} has expired: renew it there.`
  if (code === 'CERT_REVOKED') return `The certificate of the server at ${where} is revoked: renew it there.`
  return `There is no TLS with the server at ${where}: ${error.message}. Check the ssl parameters of DATABASE_URL.`
}

/** A try that took too long. Its code is the operating system's for the same. */
class TookTooLong extends Error {
  readonly code = 'ETIMEDOUT'
}

/**
 * Gives up after a time, unless the answer was only not read yet because this process was busy.
 *
 * @throws TookTooLong
 */
export async function withinTime<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const giveUp = (): void => reject(new TookTooLong(`There was no answer within ${milliseconds / 1_000} s.`))
    // What lies ready is read in the turn after the one of the timers.
    setImmediate(() => setImmediate(giveUp))
  }, milliseconds)
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
