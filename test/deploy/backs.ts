/** PostgreSQL as Debian packages it, and PgBouncer before it: each in a scratch folder, as a user who is not root. */
import { execFile } from 'node:child_process'
import { chownSync } from 'node:fs'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort, until } from '../process.ts'
import { findProgram, type Program, type Scratch, startProgram } from './programs.ts'

const runs = promisify(execFile)

/** Both refuse to run as root, so root runs them as nobody. */
const UID = process.getuid?.() === 0 ? 65_534 : undefined
export const PASSWORD = 'a password of tests'

/** A PostgreSQL that runs, with the superuser `postgres` and the role `polydesk`, both with `PASSWORD`. */
export interface Postgres {
  readonly port: number
  readonly folder: string
  /** Its processes: of the server itself. */
  readonly pid: number
  /** As DATABASE_URL names one of its databases, for the role `polydesk`. */
  url(database: string, parameters?: string): string
  /** Runs SQL as superuser. */
  run(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>
  stop(): Promise<void>
}

export interface PostgresOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Options of initdb. */
  readonly initdb?: readonly string[]
  /** Lines of pg_hba.conf in place of those that want a password of everybody. */
  readonly access?: readonly string[]
  /** A server to be a standby of. */
  readonly primary?: Postgres
  readonly port?: number
}

const ACCESS = [
  'local all all scram-sha-256',
  'host all all 127.0.0.1/32 scram-sha-256',
  'host replication all 127.0.0.1/32 scram-sha-256',
]

export async function startPostgres(scratch: Scratch, options: PostgresOptions = {}): Promise<Postgres> {
  const port = options.port ?? (await freePort())
  const folder = join(scratch.path, `postgres-${port}`)
  await ownFolder(folder)
  const data = join(folder, 'data')
  if (options.primary) await copyOf(options.primary, data)
  else await create(folder, data, options.initdb ?? ['--encoding=UTF8', '--locale=C.UTF-8'])
  await ownFile(join(data, 'pg_hba.conf'), `${(options.access ?? ACCESS).join('\n')}\n`)
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    fsync: 'off',
    max_connections: '40',
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const program = await startProgram('postgres', ['-D', data, ...flags], { port, ...asOther(), stopSignal: 'SIGQUIT' })
  const run = async (sql: string, database = 'postgres'): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client({ host: folder, port, user: 'postgres', password: PASSWORD, database, ssl: false })
    await client.connect()
    try {
      const { rows } = await client.query(sql)
      return rows
    } finally {
      await client.end()
    }
  }
  const server: Postgres = {
    port,
    folder,
    pid: program.pid,
    url: (database, parameters = '') =>
      `postgres://polydesk:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}${parameters && `?${parameters}`}`,
    run,
    stop: () => program.stop(),
  }
  await until('PostgreSQL', () => run('select 1').then(Boolean, () => false))
  if (!options.primary) {
    await run(`create role polydesk login password '${PASSWORD}'`)
    await run('create database desk owner polydesk')
  }
  return server
}

function asOther(): { readonly uid?: number } {
  return UID === undefined ? {} : { uid: UID }
}

async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o755 })
  if (UID !== undefined) chownSync(path, UID, UID)
}

/** Writes a file that PostgreSQL or PgBouncer may read and others may not. */
export async function ownFile(path: string, text: string): Promise<string> {
  await writeFile(path, text, { mode: 0o600 })
  if (UID !== undefined) chownSync(path, UID, UID)
  return path
}

async function create(folder: string, data: string, options: readonly string[]): Promise<void> {
  const password = await ownFile(join(folder, 'password'), PASSWORD)
  await asUser('initdb', [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${password}`,
    '--no-sync',
    ...options,
  ])
}

async function copyOf(primary: Postgres, data: string): Promise<void> {
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password='${PASSWORD}' application_name=standby`
  await asUser('pg_basebackup', ['-D', data, '-d', source, '-R', '--no-sync', '--checkpoint=fast'])
}

/** Runs a program of PostgreSQL to its end, as the user who runs the server. */
export async function asUser(name: string, args: readonly string[]): Promise<void> {
  const path = findProgram(name)
  if (path === null) throw new Error(`${name} is not installed.`)
  await runs(path, [...args], { cwd: '/', env: { LC_ALL: 'C' }, ...(UID === undefined ? {} : { uid: UID, gid: UID }) })
}

/** A certificate for the host 127.0.0.1, signed by an authority of its own. */
export interface Certified {
  readonly authority: string
  readonly settings: Readonly<Record<string, string>>
}

export async function certify(scratch: Scratch, name = 'IP:127.0.0.1'): Promise<Certified> {
  const folder = join(scratch.path, `tls-${await freePort()}`)
  await ownFolder(folder)
  const at = (file: string): string => join(folder, file)
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const authority = ['-keyout', at('ca.key'), '-out', at('ca.crt'), '-subj', '/CN=Authority of tests']
  await runs('openssl', ['req', '-x509', ...kind, ...authority])
  await runs('openssl', ['req', ...kind, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=server'])
  await writeFile(at('names'), `subjectAltName=${name}`)
  const signing = [
    '-CA',
    at('ca.crt'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-extfile',
    at('names'),
    '-days',
    '2',
  ]
  await runs('openssl', ['x509', '-req', '-in', at('server.csr'), '-out', at('server.crt'), ...signing])
  if (UID !== undefined) for (const file of ['server.key', 'server.crt']) chownSync(at(file), UID, UID)
  return {
    authority: at('ca.crt'),
    settings: { ssl: 'on', ssl_cert_file: at('server.crt'), ssl_key_file: at('server.key') },
  }
}

/** A pooler that runs. */
export interface Bouncer extends Program {
  readonly port: number
  url(database: string, parameters?: string): string
}

/**
 * Starts PgBouncer before a server, with nothing configured but what a recipe says.
 *
 * @param lines of its configuration, beside where it listens and whom it lets in
 */
export async function startPgBouncer(
  scratch: Scratch,
  server: Postgres,
  lines: readonly string[],
  program: 'pgbouncer' | 'pgbouncer-newest' = 'pgbouncer',
): Promise<Bouncer> {
  const port = await freePort()
  const folder = join(scratch.path, `pgbouncer-${port}`)
  await ownFolder(folder)
  const users = await ownFile(join(folder, 'users.txt'), `"polydesk" "${PASSWORD}"\n`)
  const file = await ownFile(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
${lines.join('\n')}
`,
  )
  const running = await startProgram(program, [file], { port, ...asOther(), stopSignal: 'SIGINT' })
  const url = (database: string, parameters = ''): string =>
    `postgres://polydesk:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}${parameters && `?${parameters}`}`
  return { ...running, port, url }
}

/** Adds settings that the server reads when it is told to. */
export async function reconfigure(server: Postgres, lines: readonly string[]): Promise<void> {
  await appendFile(join(server.folder, 'data', 'postgresql.conf'), `${lines.join('\n')}\n`)
  await server.run('select pg_reload_conf()')
}
