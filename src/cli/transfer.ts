import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import type { ClientOptions } from '../../sdk/client.ts'
import { Problem } from '../../sdk/problem.ts'
import { exportLines, type ImportReport, importLines } from '../../sdk/transfer.ts'
import { type Config, readConfig } from '../config.ts'
import { valuesIn } from '../dialects/quickstart.ts'
import { freePath } from './backup.ts'
import { AS_JSON, printList } from './list.ts'
import { Told } from './tell.ts'

interface ServerOptions {
  readonly url?: string
  readonly key?: string
}

/** A command that talks to a server as any client does, and not to its store. */
function command(name: string, description: string): Command {
  return new Command(name)
    .option('--url <url>', 'where the server is; else the one of quickstart.env')
    .option('--key <key>', 'an API key; else that of quickstart.env')
    .description(description)
}

/** `polydesk export`: what a key sees, as lines of JSON. */
export function exportCommand(): Command {
  return command('export', 'Write all that a key sees as lines of JSON, or the tickets of a query.')
    .option('--query <query>', 'only the tickets that it finds')
    .option('--files', 'with the bytes of files')
    .option('--out <file>', 'into a file that is not there yet; else to standard output')
    .action(async (options: ServerOptions & ExportOptions) => {
      const path = options.out === undefined ? null : await freePath(options.out)
      const server = await serverOf(readConfig(), options)
      const choice = { ...(options.query !== undefined && { q: options.query }), files: options.files === true }
      const texts = async function* () {
        for await (const line of exportLines(server, choice)) yield `${line}\n`
      }
      const to = path === null ? process.stdout : createWriteStream(path, { flags: 'wx', mode: 0o600 })
      await told(() => pipeline(Readable.from(texts()), to, { end: path !== null }))
    })
}

interface ExportOptions {
  readonly query?: string
  readonly files?: true
  readonly out?: string
}

/** `polydesk import FILE`: lines of an export, or of another system. */
export function importCommand(): Command {
  return command('import', 'Import lines of JSON: what an export wrote, or another system (docs/import-export.md).')
    .argument('<file>', 'what is to be imported; - for standard input')
    .option('--dry-run', 'only tell what would come of it')
    .option('--json', AS_JSON.replace('array', 'object'))
    .action(async (file: string, options: ServerOptions & ImportOptions) => {
      const server = await serverOf(readConfig(), options)
      const input = file === '-' ? process.stdin : createReadStream(file)
      const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
      const onPiece = ({ lines }: ImportReport): void => console.error(`${lines} lines`)
      const report = await told(() => importLines(server, lines, { dryRun: options.dryRun === true, onPiece }))
      if (options.json) console.log(JSON.stringify(report, null, 2))
      else printReport(report)
      if (Object.keys(report.refused).length > 0) process.exitCode = 1
    })
}

interface ImportOptions {
  readonly dryRun?: true
  readonly json?: true
}

function printReport(report: ImportReport): void {
  const kinds = new Set([report.created, report.changed, report.unchanged, report.refused].flatMap(Object.keys))
  const counts = [...kinds].map((kind) => ({
    kind,
    created: report.created[kind] ?? 0,
    changed: report.changed[kind] ?? 0,
    unchanged: report.unchanged[kind] ?? 0,
    refused: report.refused[kind] ?? 0,
  }))
  printList(['kind', 'created', 'changed', 'unchanged', 'refused'], counts, {})
  if (report.dry_run) console.log('Nothing was written: this was a dry run.')
  const lost = Object.entries(report.not_kept).map(([field, times]) => ({ 'not kept': field, times }))
  if (lost.length > 0) printList(['not kept', 'times'], lost, {})
  for (const { line, kind, id, field, outcome, message } of report.problems.slice(0, 20)) {
    const what = outcome === 'refused' ? 'refused' : 'left out'
    console.log(`line ${line}: ${kind} ${id ?? ''}: ${field === '' ? '' : `${field}: `}${what}: ${message}`)
  }
  if (report.problems.length > 20) console.log(`... and ${report.problems.length - 20} more: --json tells them all.`)
}

/** Which server is meant, and by which key. @throws Told */
async function serverOf(config: Config, { url, key }: ServerOptions): Promise<ClientOptions> {
  const known = new Map(Object.entries(valuesIn(await readFile(config.quickstartFile, 'utf8').catch(() => ''))))
  const server = { url: url ?? known.get('POLYDESK_URL'), key: key ?? known.get('POLYDESK_API_KEY') }
  if (server.url === undefined) throw new Told('Say with --url where the server is.')
  if (server.key === undefined) throw new Told('Say with --key by which API key to ask.')
  return { url: server.url.replace(/\/+$/, ''), key: server.key }
}

/** Tells what a server refused as a sentence. @throws Told */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem)
      throw new Told([error.message, ...error.errors.map(({ field, message }) => `${field}: ${message}`)].join('\n'))
    if (error instanceof TypeError) throw new Told(`The server does not answer: ${error.message}`)
    throw error
  }
}
