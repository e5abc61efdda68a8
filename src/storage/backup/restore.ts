import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { extract } from 'tar-stream'
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Database } from '../database.ts'
import { errorCode } from '../failures.ts'
import { isFileId } from '../files.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { BackupError, END, End, HEADER, Header, SECRET_KEY, SPELLING } from './archive.ts'
import type { BackupSize, Progress } from './write.ts'

export interface RestoreTarget {
  /** A database without a single table of ours. */
  readonly database: Database
  readonly filesFolder: string
  /** Where the secret key goes, if the archive has one; null to leave it out. */
  readonly keyFile: string | null
}

/** The content of an entry, as the archive hands it out. */
type Bytes = NodeJS.ReadableStream | AsyncIterable<unknown>

/** Where what an archive holds is put, part by part. */
interface Sink {
  begin(header: Header): Promise<void>
  rows(table: string, bytes: Buffer): Promise<void>
  file(tenantId: string, id: string, bytes: Bytes): Promise<void>
  key(bytes: Buffer): Promise<void>
  end(): Promise<void>
}

/**
 * Reads a whole archive and changes nothing.
 *
 * @throws BackupError when it is none, was cut off, or was changed.
 */
export function checkBackup(input: Readable, progress: Progress): Promise<BackupSize> {
  return readBackup(input, progress, {
    begin: async () => {},
    rows: async () => {},
    async file(_tenantId, _id, bytes) {
      for await (const _ of bytes);
    },
    key: async () => {},
    end: async () => {},
  })
}

/**
 * Puts a backup into an empty database: the schema as it was, every row in one transaction, then the migrations that came
 * since. Files are there before the rows that know them.
 *
 * @throws BackupError when the archive is not whole or the database not empty; the database is then as it was.
 */
export async function restoreBackup(target: RestoreTarget, input: Readable, progress: Progress): Promise<BackupSize> {
  const size = await target.database.withClient(async (client) => {
    await demandEmpty(client)
    await client.query(SPELLING)
    try {
      return await readBackup(input, progress, sinkOf(target, client))
    } catch (error) {
      await client.query('rollback')
      await client.query(REMOVE_EVERYTHING)
      throw error
    }
  })
  await migrate(target.database)
  return size
}

async function demandEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    "select 1 from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') limit 1",
  )
  if (rows.length > 0)
    throw new BackupError(
      'A backup is restored into an empty database only, and this one holds tables. Nothing was changed.',
    )
}

/** Of a database that was empty when the restore began. */
const REMOVE_EVERYTHING = `do $$ declare each record; begin
  for each in select c.oid::regclass as name from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  loop execute format('drop table %s cascade', each.name); end loop;
  for each in select t.oid::regtype as name from pg_type t
    where t.typnamespace = current_schema()::regnamespace and t.typtype = 'd'
  loop execute format('drop domain %s cascade', each.name); end loop;
end $$`

interface ForeignKey {
  readonly owner: string
  readonly name: string
  readonly definition: string
}

const FOREIGN_KEYS = `select conrelid::regclass::text as owner, conname as name, pg_get_constraintdef(oid) as definition
from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0`

function sinkOf({ database, filesFolder, keyFile }: RestoreTarget, client: pg.Client): Sink {
  const columns = new Map<string, readonly string[]>()
  let foreignKeys: readonly ForeignKey[] = []
  return {
    async begin(header) {
      const known = await readMigrations()
      const strange = header.migrations.find((name, index) => known[index]?.name !== name)
      if (strange !== undefined)
        throw new BackupError(
          `This backup is of Polydesk ${header.polydesk}, whose schema this version does not know (${strange}). Use that version or a newer one.`,
        )
      await migrate(database, known.slice(0, header.migrations.length))
      await client.query('begin')
      // Rows come table by table, and some tables refer to each other: what they refer to is checked at the end.
      foreignKeys = (await client.query<ForeignKey>(FOREIGN_KEYS)).rows
      for (const { owner, name } of foreignKeys)
        await client.query(`alter table ${owner} drop constraint ${pg.escapeIdentifier(name)}`)
      for (const table of header.tables) {
        columns.set(table.name, table.columns)
        // Migrations of an empty database may have put rows there; those of the backup take their place.
        await client.query(`delete from ${pg.escapeIdentifier(table.name)}`)
      }
    },
    async rows(table, bytes) {
      const names = columns.get(table)
      if (!names) throw new BackupError(`The archive has rows of ${table}, which its beginning does not name.`)
      const list = names.map((each) => pg.escapeIdentifier(each)).join(', ')
      await pipeline([bytes], client.query(copyFrom(`copy ${pg.escapeIdentifier(table)} (${list}) from stdin`)))
    },
    async file(tenantId, id, bytes) {
      const path = join(filesFolder, tenantId, id)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await pipeline(bytes, createWriteStream(path, { mode: 0o600, flush: true }))
    },
    async key(bytes) {
      if (keyFile === null) return
      await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 })
      await writeFile(keyFile, bytes, { flag: 'wx', mode: 0o600, flush: true }).catch((error: unknown) => {
        if (errorCode(error) !== 'EEXIST') throw error
        throw new BackupError(
          `${keyFile} is there already. Move it away: what the backup holds was encrypted with the key in it.`,
        )
      })
    },
    async end() {
      for (const { owner, name, definition } of foreignKeys)
        await client.query(`alter table ${owner} add constraint ${pg.escapeIdentifier(name)} ${definition}`)
      await client.query('commit')
      await client.query('analyze')
    },
  }
}

/** Reads an archive from its beginning to its end, and compares what came with what its end tells. */
async function readBackup(input: Readable, progress: Progress, sink: Sink): Promise<BackupSize> {
  const archive = extract()
  // A failure of reading or of unpacking shows below, where the entries are read.
  const unpacked = pipeline(input, createGunzip(), archive)
  unpacked.catch(() => {})
  const hashes = new Map<string, { bytes: number; readonly hash: ReturnType<typeof createHash> }>()
  let header: Header | undefined
  let end: End | undefined
  let files = 0
  try {
    for await (const entry of archive) {
      const [kind = '', first = '', second = ''] = entry.header.name.split('/')
      if (!header) {
        if (entry.header.name !== HEADER) throw new BackupError('This is no backup of Polydesk.')
        header = parsed(Header, await buffer(entry))
        for (const { name } of header.tables) hashes.set(name, { bytes: 0, hash: createHash('sha256') })
        await sink.begin(header)
      } else if (kind === 'tables') {
        const seen = hashes.get(first)
        if (!seen) throw new BackupError(`The archive has rows of ${first}, which its beginning does not name.`)
        const bytes = await buffer(entry)
        if (second === '0') progress(`table ${first}`)
        seen.hash.update(bytes)
        seen.bytes += bytes.length
        await sink.rows(first, bytes)
      } else if (kind === 'files' && isFileId(first) && isFileId(second)) {
        await sink.file(first, second, entry)
        files += 1
        if (files % 1_000 === 0) progress(`${files} files`)
      } else if (kind === SECRET_KEY) await sink.key(await buffer(entry))
      else if (kind === END) end = parsed(End, await buffer(entry))
      else throw new BackupError(`The archive holds ${entry.header.name}, which no backup has.`)
    }
    await unpacked
  } catch (error) {
    if (error instanceof BackupError || !isUnreadable(error)) throw error
    throw new BackupError('The backup is damaged, or was cut off: it cannot be unpacked to its end.', { cause: error })
  }
  if (!header || !end) throw new BackupError('The backup was cut off: its end is missing.')
  demandWhole(end, hashes, files)
  await sink.end()
  return { tables: end.tables.length, files }
}

function demandWhole(
  end: End,
  hashes: ReadonlyMap<string, { readonly bytes: number; readonly hash: ReturnType<typeof createHash> }>,
  files: number,
): void {
  for (const { name, bytes, sha256 } of end.tables) {
    const seen = hashes.get(name)
    if (seen?.bytes !== bytes || seen.hash.digest('hex') !== sha256)
      throw new BackupError(`The backup is damaged: its rows of ${name} are not those that were written.`)
  }
  if (files !== end.files)
    throw new BackupError(`The backup is damaged: of ${end.files} attachments it holds ${files}.`)
}

function parsed<S extends TSchema>(schema: S, bytes: Buffer): Static<S> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new BackupError('This is no backup of Polydesk, or a damaged one.', { cause: error })
  }
  if (!Check(schema, value))
    throw new BackupError('This backup was made by another version of Polydesk, in a form that this one does not read.')
  return value
}

/** What zlib and tar say of bytes that are not theirs, and PostgreSQL of rows that are not the table's (classes 22, 23). */
function isUnreadable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (/^2[23][0-9A-Z]{3}$/.test(errorCode(error) ?? '')) return true
  return (
    /^Z_|ERR_STREAM_PREMATURE_CLOSE/.test(errorCode(error) ?? '') || /tar|Unexpected end of data/i.test(error.message)
  )
}
