import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { opendir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type Pack, pack } from 'tar-stream'
import type { Database } from '../database.ts'
import { errorCode } from '../failures.ts'
import { isFileId } from '../files.ts'
import { BackupError, END, type End, FORMAT, HEADER, type Header, SECRET_KEY, SPELLING } from './archive.ts'

/** Bytes of a table in one part of the archive: what is held in memory at a time. */
const PART_BYTES = 4_194_304
const LINE_BREAK = 10

export interface BackupSource {
  readonly database: Database
  /** The folder of the attachments; null when they are in another store. */
  readonly filesFolder: string | null
  /** Its secret key, if it is kept in a file. */
  readonly keyFile: string | null
  readonly version: string
  readonly now: Date
}

/** What is under way, for people who wait. */
export type Progress = (message: string) => void

/** How much a backup holds. */
export interface BackupSize {
  readonly tables: number
  readonly files: number
}

/**
 * Writes everything that a store holds, as of one moment, while others read and write it.
 *
 * Attachments are read after the rows: each that the rows know is there, unless it was deleted meanwhile.
 *
 * @param output is ended when all is written.
 */
export async function writeBackup(
  source: BackupSource,
  output: NodeJS.WritableStream,
  progress: Progress,
): Promise<BackupSize> {
  const archive = pack()
  const written = pipeline(archive, createGzip(), output)
  const work = source.database.withClient((client) => writeAll(client, source, archive, progress))
  // Whichever of the two fails, the other ends with it and is waited for.
  work.catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))))
  const [size] = await Promise.all([work, written])
  return size
}

async function writeAll(
  client: pg.Client,
  source: BackupSource,
  archive: Pack,
  progress: Progress,
): Promise<BackupSize> {
  await client.query(SPELLING)
  await client.query('begin isolation level repeatable read read only')
  const header = await readHeader(client, source)
  await add(archive, HEADER, JSON.stringify(header, null, 2))
  const tables: End['tables'] = []
  for (const table of header.tables) {
    progress(`table ${table.name} (${tables.length + 1} of ${header.tables.length})`)
    tables.push({ name: table.name, ...(await addTable(client, archive, table)) })
  }
  const files = source.filesFolder === null ? 0 : await addFiles(archive, source.filesFolder, progress)
  const key = source.keyFile === null ? null : await readFile(source.keyFile).catch(absent)
  if (key) await add(archive, SECRET_KEY, key)
  await add(archive, END, JSON.stringify({ tables, files } satisfies End, null, 2))
  await client.query('commit')
  archive.finalize()
  return { tables: tables.length, files }
}

async function readHeader(client: pg.Client, source: BackupSource): Promise<Header> {
  const { rows: migrations } = await client.query<{ name: string }>('select name from migrations order by number')
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'migrations'
group by c.relname order by c.relname`,
  )
  if (migrations.length === 0) throw new BackupError('This database holds no Polydesk.')
  return {
    format: FORMAT,
    polydesk: source.version,
    createdAt: source.now.toISOString(),
    postgresql: await source.database.version(),
    migrations: migrations.map(({ name }) => name),
    tables,
    withFiles: source.filesFolder !== null,
  }
}

async function addTable(
  client: pg.Client,
  archive: Pack,
  table: Header['tables'][number],
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const columns = table.columns.map((each) => pg.escapeIdentifier(each)).join(', ')
  const rows = client.query(copyTo(`copy (select ${columns} from ${pg.escapeIdentifier(table.name)}) to stdout`))
  const hash = createHash('sha256')
  let [bytes, part] = [0, 0]
  let held: Buffer[] = []
  let size = 0
  // A line break ends a row and is never within one, so each part can be read by itself.
  const flush = async (all: boolean): Promise<void> => {
    const joined = Buffer.concat(held)
    const end = all ? joined.length : joined.lastIndexOf(LINE_BREAK) + 1
    if (end > 0) await add(archive, `tables/${table.name}/${part++}`, joined.subarray(0, end))
    held = [joined.subarray(end)]
    size = joined.length - end
  }
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
    size += chunk.length
    held.push(chunk)
    if (size >= PART_BYTES) await flush(false)
  }
  await flush(true)
  return { bytes, sha256: hash.digest('hex') }
}

async function addFiles(archive: Pack, folder: string, progress: Progress): Promise<number> {
  let files = 0
  for await (const tenant of await opendir(folder).catch(absentFolder)) {
    if (!isFileId(tenant.name)) continue
    for await (const { name } of await opendir(join(folder, tenant.name))) {
      if (!isFileId(name)) continue
      const path = join(folder, tenant.name, name)
      const seen = await stat(path).catch(absent)
      if (!seen) continue
      const entry = archive.entry({ name: `files/${tenant.name}/${name}`, size: seen.size, mode: 0o600 })
      await pipeline(createReadStream(path), entry)
      files += 1
      if (files % 1_000 === 0) progress(`${files} files`)
    }
  }
  return files
}

function add(archive: Pack, name: string, content: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry({ name, mode: 0o600 }, content, (error) => (error ? reject(error) : resolve()))
  })
}

/** What is not there (any more) is no failure; anything else is. */
function absent(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null
  throw error
}

function absentFolder(error: unknown): readonly never[] {
  absent(error)
  return []
}
