import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { type Config, readConfig } from '../config.ts'
import type { Tenant } from '../core/catalogue/tenant.ts'
import { eraseUser } from '../core/erasure/person.ts'
import { fullName, type UserSummary } from '../core/identity/user.ts'
import { isNamed } from '../core/spelling.ts'
import { type ExportedRecord, exportPerson, type Holdings, holdingsOf } from '../core/users/export.ts'
import { filesOf } from '../setup/files.ts'
import type { FileStore } from '../storage/files.ts'
import { freePath, writeWhole } from './backup.ts'
import { chooseTenant, chooseUser } from './choose.ts'
import { ask } from './consent.ts'
import { type CommandLine, withStore } from './database.ts'
import { refusedBy, Told } from './tell.ts'

interface Options {
  readonly tenant?: string
}

interface ExportOptions extends Options {
  readonly json?: true
  readonly out?: string
  readonly files?: string
}

/** `polydesk user export` and `polydesk user erase`: what a person may ask for by law. */
export function addPersonCommands(user: Command): void {
  const command = (name: string, description: string) =>
    user
      .command(name)
      .argument('<user>', 'UUID or e-mail address')
      .option('--tenant <tenant>', 'id or name; not needed when there is only one')
      .description(description)
  command('export', 'Write everything that is kept about a person, one JSON object a line.')
    .option('--json', 'as one JSON array')
    .option('--out <file>', 'into a file that is not there yet; else to standard output')
    .option('--files <folder>', 'the files that they sent, into this folder')
    .action((named: string, options: ExportOptions) => exportTo(readConfig(), named, options))
  command('erase', 'Erase everything that is kept about a person who works nowhere; their tickets stay without words.')
    .option('--yes', 'without asking')
    .action((named: string, options: Options & { readonly yes?: true }) =>
      withPerson(readConfig(), named, options, erase),
    )
}

type Work<O> = (given: CommandLine & { readonly tenant: Tenant }, person: UserSummary, options: O) => Promise<void>

/** Runs a command about one person, beside the files of the server. */
function withPerson<O extends Options>(config: Config, named: string, options: O, work: Work<O>): Promise<void> {
  return withStore(config, async (commandLine) => {
    const tenant = await chooseTenant(commandLine, options.tenant)
    const person = await chooseUser(commandLine, tenant, named)
    const store = { ...commandLine.store, files: filesOf(config) }
    await work({ ...commandLine, store, tenant }, person, options)
  })
}

async function exportTo(config: Config, named: string, options: ExportOptions): Promise<void> {
  const path = options.out === undefined ? null : await freePath(options.out)
  await withPerson(config, named, options, async (given, person) => {
    const { files } = given.store
    const folder = options.files
    if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 })
    const records = exportPerson(given, person.id)
    const told =
      folder === undefined || files === null ? records : withBytes(records, files.store, given.tenant.id, folder)
    const lines = options.json ? asArray(told) : asLines(told)
    if (path === null) await pipeline(Readable.from(lines), process.stdout, { end: false })
    else await writeWhole(path, (output) => pipeline(Readable.from(lines), output))
  })
}

async function* asLines(records: AsyncIterable<ExportedRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`
}

async function* asArray(records: AsyncIterable<ExportedRecord>): AsyncGenerator<string> {
  let before = '['
  for await (const record of records) {
    yield `${before}\n${JSON.stringify(record)}`
    before = ','
  }
  yield '\n]\n'
}

/** An ending of a file's name that any system takes. */
const ENDING = /^\.[0-9A-Za-z]{1,16}$/

/** Writes the bytes of each attachment that is told of into a folder, under its id: no name that a user chose is a path. */
async function* withBytes(
  records: AsyncIterable<ExportedRecord>,
  files: FileStore,
  tenantId: string,
  folder: string,
): AsyncGenerator<ExportedRecord> {
  for await (const told of records) {
    const { id, name } = told.record
    if (told.kind === 'attachment' && typeof id === 'string' && typeof name === 'string') {
      const bytes = await files.open({ tenantId, id })
      const ending = ENDING.test(extname(name)) ? extname(name) : ''
      if (bytes) await pipeline(bytes, createWriteStream(join(folder, id + ending), { mode: 0o600 }))
      else console.error(`The file ${id} (${name}) is not there any more.`)
    }
    yield told
  }
}

const erase: Work<Options & { readonly yes?: true }> = async (given, person, { yes }) => {
  const held = await holdingsOf(given, person.id)
  const name = fullName(person) || (person.email ?? person.username ?? person.id)
  if (!yes) await demandConsent(name, held)
  const call = { actor: null, dialect: 'native', requestId: given.newId(), idempotency: null }
  await eraseUser({ ...given, ...call }, { id: person.id }).catch(refusedBy)
  console.log(`Erased ${name} (${person.id}): ${counted(held)}.`)
}

/** Has the person at the terminal type whom they erase. @throws Told when they type anything else */
async function demandConsent(name: string, held: Holdings): Promise<void> {
  console.error(`This erases ${name}: ${counted(held)}. It cannot be undone.`)
  if (!isNamed({ name }, await ask(`Type ${name} to go on: `)))
    throw new Told('That is not the name. Nothing was erased.')
}

function counted({ tickets, messages, files, credentials }: Holdings): string {
  const parts = [
    [tickets, 'ticket', 'tickets'],
    [messages, 'message', 'messages'],
    [files, 'file', 'files'],
    [credentials, 'key or token', 'keys and tokens'],
  ] as const
  return parts.map(([count, one, many]) => `${count} ${count === 1 ? one : many}`).join(', ')
}
