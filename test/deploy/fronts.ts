/** The proxies that docs/operating.md has a recipe for, each started with exactly that recipe before a Polydesk. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { blocksIn } from '../markdown.ts'
import { freePort } from '../process.ts'
import { type Program, type Scratch, startProgram } from './programs.ts'

const OPERATING = join(import.meta.dirname, '..', '..', 'docs', 'operating.md')
const runs = promisify(execFile)

/** The host name that the recipes are written for. */
export const HOST = 'desk.example.com'
/** Where the recipes say that Polydesk listens, and where the certificate and its key are. */
const UPSTREAM = '127.0.0.1:3000'
const CERTIFICATE = '/etc/ssl/desk.pem'
const KEY = '/etc/ssl/desk.key'
const CERTIFICATE_AND_KEY = '/etc/ssl/desk-and-key.pem'
const APACHE_FOLDER = '/usr/lib/apache2/modules'

/** A proxy that runs. */
export interface Front {
  /** Its port of 127.0.0.1 for https, with the certificate of `HOST`. */
  readonly port: number
  readonly certificate: string
  stop(): Promise<void>
}

export interface Kind {
  /** As `packages.txt` names it. */
  readonly program: string
  /** What stands behind the fence of its recipe. */
  readonly info: string
  /** The line of the recipe that tells where it listens, and what a test puts there. */
  readonly listens: readonly [string, (port: number) => string]
  /** What surrounds the recipe on a Debian system, with every file of its own in the scratch folder. */
  readonly surrounded: (recipe: string, folder: string) => string
  readonly args: (file: string) => readonly string[]
  readonly stopSignal?: NodeJS.Signals
}

const APACHE_MODULES = [
  'mpm_event',
  'authz_core',
  'unixd',
  'http2',
  'ssl',
  'socache_shmcb',
  'proxy',
  'proxy_http',
  'headers',
  'filter',
  'deflate',
]

export const FRONTS: Readonly<Record<string, Kind>> = {
  nginx: {
    program: 'nginx',
    info: 'nginx',
    listens: ['listen 443 ssl', (port) => `listen 127.0.0.1:${port} ssl`],
    surrounded: (recipe, folder) => `daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `  ${each}_temp_path ${folder}/${each};\n`).join('')}
${recipe}
}
`,
    args: (file) => ['-c', file],
  },
  Apache: {
    program: 'apache2',
    info: 'apache',
    listens: ['<VirtualHost *:443>', (port) => `Listen 127.0.0.1:${port}\n<VirtualHost *:${port}>`],
    surrounded: (recipe, folder) => `ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
${APACHE_MODULES.map((each) => `<IfModule !${each}_module>\n  LoadModule ${each}_module ${APACHE_FOLDER}/mod_${each}.so\n</IfModule>\n`).join('')}
User www-data
Group www-data
${recipe}
`,
    args: (file) => ['-D', 'FOREGROUND', '-f', file],
  },
  Caddy: {
    program: 'caddy',
    info: 'caddyfile',
    listens: [
      'desk.example.com {',
      (port) => `https://desk.example.com:${port} {\n  bind 127.0.0.1\n  tls ${CERTIFICATE} ${KEY}`,
    ],
    surrounded: (recipe, folder) => `{
  admin off
  auto_https disable_redirects
  storage file_system ${folder}/caddy
}
${recipe}`,
    args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  },
  HAProxy: {
    program: 'haproxy',
    info: 'haproxy',
    listens: ['bind :443', (port) => `bind 127.0.0.1:${port}`],
    surrounded: (recipe) => recipe,
    args: (file) => ['-db', '-f', file],
  },
}

/**
 * Starts a proxy by its recipe, with Polydesk at a port of 127.0.0.1.
 *
 * @throws Error when the recipe does not say what a test has to put in its place
 */
export async function startFront(kind: Kind, scratch: Scratch, polydeskPort: number): Promise<Front> {
  const folder = scratch.path
  const [port, certificate] = [await freePort(), await makeCertificate(folder)]
  const [listens, listensHere] = kind.listens
  const recipe = await recipeOf(kind, [
    [listens, listensHere(port)],
    [UPSTREAM, `127.0.0.1:${polydeskPort}`],
  ])
  const own = recipe
    .replaceAll(CERTIFICATE_AND_KEY, certificate.both)
    .replaceAll(CERTIFICATE, certificate.file)
    .replaceAll(KEY, certificate.key)
  const file = join(folder, `${kind.program}.conf`)
  await writeFile(file, kind.surrounded(own, folder))
  const { stopSignal } = kind
  const program: Program = await startProgram(kind.program, kind.args(file), {
    port,
    environment: { HOME: folder },
    ...(stopSignal && { stopSignal }),
  })
  return { port, certificate: await readFile(certificate.file, 'utf8'), stop: () => program.stop() }
}

/** The block of docs/operating.md, with some of its words replaced. */
async function recipeOf({ info }: Kind, replacements: readonly (readonly [string, string])[]): Promise<string> {
  const [block] = blocksIn(await readFile(OPERATING, 'utf8')).filter((each) => each.info === info)
  if (!block) throw new Error(`docs/operating.md has no recipe in ${info}.`)
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The recipe in ${info} has no "${from}".`)
    return text.replaceAll(from, to)
  }, block.text)
}

/** Makes a certificate of `HOST` that signs itself, and a file of both it and its key. */
async function makeCertificate(
  folder: string,
): Promise<{ readonly file: string; readonly key: string; readonly both: string }> {
  const [file, key, both] = [join(folder, 'desk.pem'), join(folder, 'desk.key'), join(folder, 'both.pem')]
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  await runs('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', file])
  await writeFile(both, `${await readFile(file, 'utf8')}${await readFile(key, 'utf8')}`)
  return { file, key, both }
}
