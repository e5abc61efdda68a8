import { createReadStream, createWriteStream } from 'node:fs'
import { access, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { type Config, readConfig } from '../config.ts'
import { KEPT_FILES } from '../setup/files.ts'
import { checkBackup, restoreBackup } from '../storage/backup/restore.ts'
import { type BackupSize, writeBackup } from '../storage/backup/write.ts'
import { KEY_FILE } from '../storage/keys.ts'
import { withDatabase } from './database.ts'
import { Told } from './tell.ts'

/** `polydesk backup` and `polydesk restore`. */
export function backupCommand(): Command {
  return new Command('backup')
    .argument('<file>', 'where to write it, for instance polydesk.tar.gz; - for standard output')
    .option('--check', 'write nothing: read a backup to its end and say whether it is whole')
    .description('Write everything to one file while the server runs: database, attachments, secret key.')
    .action(async (file: string, options: { readonly check?: true }) => {
      if (options.check) console.error(`The backup is whole: ${told(await checkBackup(reading(file), progress))}.`)
      else await backUp(readConfig(), file)
    })
}

export function restoreCommand(): Command {
  return new Command('restore')
    .argument('<file>', 'a backup; - for standard input')
    .description('Put a backup into a new data directory (POLYDESK_DATA_DIR) or an empty database (DATABASE_URL).')
    .action((file: string) => restore(readConfig(), file))
}

async function backUp(config: Config, file: string): Promise<void> {
  const source = {
    filesFolder: config.s3 ? null : join(config.dataDir, KEPT_FILES),
    keyFile: config.secretKey === null ? join(config.dataDir, KEY_FILE) : null,
    version: manifest.version,
    now: new Date(),
  }
  const size = await withDatabase(config, async (database) => {
    if (file === '-') return writeBackup({ ...source, database }, process.stdout, progress)
    const path = await freePath(file)
    return writeWhole(path, (output) => writeBackup({ ...source, database }, output, progress))
  })
  console.error(`Wrote ${told(size)}. Keep it like a password: it holds what customers wrote, and the secret key.`)
  if (config.s3) console.error('Attachments are in the S3-compatible store, and not in it: back up the bucket too.')
  if (config.secretKey !== null) console.error('POLYDESK_SECRET_KEY is not in it: keep that too.')
}

/** Where a file is to be written. @throws Told when there is one already */
export async function freePath(file: string): Promise<string> {
  const path = resolve(file)
  if (await isThere(path)) throw new Told(`${file} is there already. Choose another name.`)
  return path
}

/** A name stands for a whole file that is on disk, or there is none. */
export async function writeWhole<T>(path: string, write: (output: NodeJS.WritableStream) => Promise<T>): Promise<T> {
  const partial = `${path}.partial`
  try {
    const done = await write(createWriteStream(partial, { mode: 0o600, flush: true }))
    await rename(partial, path)
    const folder = await open(dirname(path), 'r')
    await folder.sync().finally(() => folder.close())
    return done
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function restore(config: Config, file: string): Promise<void> {
  if (file !== '-') await stat(file).catch(() => Promise.reject(new Told(`There is no file ${file}.`)))
  const filesFolder = join(config.dataDir, KEPT_FILES)
  const keyFile = config.secretKey === null ? join(config.dataDir, KEY_FILE) : null
  const size = await withDatabase(
    config,
    (database) => restoreBackup({ database, filesFolder, keyFile }, reading(file), progress),
    { create: true },
  )
  console.error(`Restored ${told(size)}. Start the server on it.`)
}

function reading(file: string): Readable {
  return file === '-' ? process.stdin : createReadStream(file)
}

function told({ tables, files }: BackupSize): string {
  return `${tables} tables and ${files} attachments`
}

function progress(message: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${message}\r`)
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
