import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { exportLines, type ImportReport, importLines } from '../../sdk/transfer.ts'
import { freePath } from './backup.ts'
import { AS_JSON, printList } from './list.ts'
import { type ServerOptions, serverCommand, serverOf, told } from './server.ts'

/** `polydesk export`: what a key sees, as lines of JSON. */
export function exportCommand(): Command {
  return serverCommand('export', 'Write all that a key sees as lines of JSON, or the tickets of a query.')
    .option('--query <query>', 'only the tickets that it finds')
    .option('--files', 'with the bytes of files')
    .option('--out <file>', 'into a file that is not there yet; else to standard output')
    .action(async (options: ServerOptions & ExportOptions) => {
      const path = options.out === undefined ? null : await freePath(options.out)
      const server = await serverOf(options)
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
  return serverCommand(
    'import',
    'Import lines of JSON: what an export wrote, or another system (docs/import-export.md).',
  )
    .argument('<file>', 'what is to be imported; - for standard input')
    .option('--dry-run', 'only tell what would come of it')
    .option('--json', AS_JSON.replace('array', 'object'))
    .action(async (file: string, options: ServerOptions & ImportOptions) => {
      const server = await serverOf(options)
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
