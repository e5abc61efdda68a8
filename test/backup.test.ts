import assert from 'node:assert/strict'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { checkBackup, restoreBackup } from '../src/storage/backup/restore.ts'
import { writeBackup } from '../src/storage/backup/write.ts'
import { openDatabase } from '../src/storage/database.ts'
import { migrate, readMigrations } from '../src/storage/migrate.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { polydesk } from './process.ts'
import { databaseUrl, startWorld, type World } from './world.ts'

/** A backup of a server that is being written to, and what comes of it elsewhere. */

let world: World
let home: string
before(async () => {
  world = await startWorld()
  home = await mkdtemp(join(tmpdir(), 'polydesk-backup-'))
})
after(async () => {
  await rm(home, { recursive: true, force: true })
  await world.stop()
})

const quiet = () => {}

async function withDatabase<T>(
  { connection }: TestDatabase,
  work: (database: ReturnType<typeof openDatabase>) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ connection })
  return work(database).finally(() => database.close())
}

/** All rows of all tables, as PostgreSQL spells them, but what a job counts of them meanwhile. */
async function contentOf({ connection }: TestDatabase): Promise<Readonly<Record<string, readonly string[]>>> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const tables = await client.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'migrations' and relname not like 'report\\_%' order by 1",
    )
    const content: Record<string, readonly string[]> = {}
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)
      content[name] = rows.map(({ row }) => row)
    }
    return content
  } finally {
    await client.end()
  }
}

function headers(): Record<string, string> {
  return { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
}

async function newTicket(text: string, attachments: readonly string[] = []): Promise<string> {
  const body = { title: 'Backed up', text, ...(attachments.length > 0 && { attachments }) }
  const made = await world.send('POST', '/v1/tickets', { headers: headers(), body })
  assert.equal(made.status, 201, made.text)
  return made.json.id
}

async function backUp(file: string): Promise<void> {
  const source = {
    filesFolder: join(world.dataDir, 'files', 'kept'),
    keyFile: join(world.dataDir, 'secret.key'),
    version: '0.0.0',
    now: new Date(),
  }
  await withDatabase(world.database, (database) => writeBackup({ ...source, database }, createWriteStream(file), quiet))
}

async function restore(file: string, target: TestDatabase, dataDir: string): Promise<void> {
  const places = { filesFolder: join(dataDir, 'files', 'kept'), keyFile: join(dataDir, 'secret.key') }
  await withDatabase(target, (database) => restoreBackup({ ...places, database }, createReadStream(file), quiet))
}

test('a backup of a quiet server holds every row, attachment and the key, and restores to the very same', async () => {
  const form = new FormData()
  form.set('file', new Blob(['\\N\ttab\nline\r\n"quoted" €\u0000byte']), 'odd.bin')
  const uploaded = await world.send('POST', '/v1/attachments', { headers: headers(), body: form })
  assert.equal(uploaded.status, 201, uploaded.text)
  const id = await newTicket('Line\nbreak, tab\t, back\\slash, \\N and € 🎫', [uploaded.json.id])
  const file = join(home, 'quiet.tar.gz')
  await backUp(file)
  const target = await testDatabase({ migrated: false })
  const dataDir = join(home, 'quiet')
  try {
    await restore(file, target, dataDir)
    assert.deepEqual(await contentOf(target), await contentOf(world.database))
    assert.equal(
      await readFile(join(dataDir, 'secret.key'), 'utf8'),
      await readFile(join(world.dataDir, 'secret.key'), 'utf8'),
    )
    assert.equal((await stat(join(dataDir, 'secret.key'))).mode & 0o777, 0o600)
    const [tenant = ''] = await readdir(join(dataDir, 'files', 'kept'))
    assert.deepEqual(
      await readdir(join(dataDir, 'files', 'kept', tenant)),
      await readdir(join(world.dataDir, 'files', 'kept', tenant)),
    )
    // Keys, numbers and logins go on where they were.
    const again = await startWorld({}, {}, target)
    const shown = await again.send('GET', `/v1/tickets/${id}`, { headers: headers() })
    assert.equal(shown.status, 200, shown.text)
    const next = await again.send('POST', '/v1/tickets', { headers: headers(), body: { title: 'Next', text: 'Text' } })
    assert.equal(next.json.number, shown.json.number + 1)
    await again.polydesk.stop()
  } finally {
    await target.close()
  }
})

test('a backup of a server that is being written to is of one moment', async () => {
  let writing = true
  const writers = [1, 2, 3].map(async (writer) => {
    for (let i = 0; writing; i++) await newTicket(`Written meanwhile ${writer}.${i}`)
  })
  const file = join(home, 'busy.tar.gz')
  await backUp(file).finally(() => {
    writing = false
  })
  await Promise.all(writers)
  const target = await testDatabase({ migrated: false })
  try {
    await restore(file, target, join(home, 'busy'))
    await withDatabase(target, (database) =>
      database.withClient(async (client) => {
        // Each ticket has its message and its event, and the counters are those of the same moment.
        const { rows } = await client.query(
          `select (select count(*) from tickets t where not exists (select 1 from messages m where m.tenant_id = t.tenant_id and m.ticket_id = t.id)) as bare,
             (select max(position) from events) = (select count(*) from events) as gapless`,
        )
        assert.deepEqual(rows, [{ bare: 0, gapless: true }])
      }),
    )
  } finally {
    await target.close()
  }
})

test('a backup that was cut off, changed or is none is refused, and the database stays empty', async () => {
  const file = join(home, 'whole.tar.gz')
  await backUp(file)
  const whole = await readFile(file)
  const target = await testDatabase({ migrated: false })
  const broken = join(home, 'broken.tar.gz')
  try {
    const changed = Buffer.from(whole)
    changed.writeUInt8(changed.readUInt8(whole.length >> 1) ^ 0xff, whole.length >> 1)
    for (const bytes of [
      whole.subarray(0, whole.length >> 1),
      whole.subarray(0, -9),
      changed,
      Buffer.from('no backup'),
    ]) {
      await writeFile(broken, bytes)
      await assert.rejects(checkBackup(createReadStream(broken), quiet), { name: 'BackupError' })
      await assert.rejects(restore(broken, target, join(home, 'broken')), { name: 'BackupError' })
      await rm(join(home, 'broken'), { recursive: true, force: true })
      assert.deepEqual(await contentOf(target), {})
    }
    assert.ok((await checkBackup(createReadStream(file), quiet)).tables > 20)
    await restore(file, target, join(home, 'broken'))
    await assert.rejects(restore(file, target, join(home, 'elsewhere')), /empty database only/)
  } finally {
    await target.close()
  }
})

test('a backup of an older schema is brought up to date', async () => {
  const [older, target] = [await testDatabase({ migrated: false }), await testDatabase({ migrated: false })]
  const file = join(home, 'older.tar.gz')
  try {
    await withDatabase(older, async (database) => {
      await migrate(database, (await readMigrations()).slice(0, 5))
      const source = { filesFolder: null, keyFile: null, version: '0.0.0', now: new Date(), database }
      await writeBackup(source, createWriteStream(file), quiet)
    })
    await restore(file, target, join(home, 'older'))
    assert.deepEqual(await withDatabase(target, (database) => migrate(database)), [])
  } finally {
    await older.close()
    await target.close()
  }
})

test('the commands do it from a terminal, and never write over a file', async () => {
  const environment = { DATABASE_URL: databaseUrl(world.database), POLYDESK_DATA_DIR: world.dataDir }
  const file = join(home, 'commanded.tar.gz')
  const made = await polydesk(['backup', file], environment)
  assert.equal(made.code, 0, made.stderr)
  assert.match(made.stderr, /Wrote \d+ tables and \d+ attachments/)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.match((await polydesk(['backup', file], environment)).stderr, /is there already/)
  assert.match((await polydesk(['backup', '--check', file], environment)).stderr, /The backup is whole/)
  const target = await testDatabase({ migrated: false })
  try {
    const elsewhere = { DATABASE_URL: databaseUrl(target), POLYDESK_DATA_DIR: join(home, 'commanded') }
    const restored = await polydesk(['restore', file], elsewhere)
    assert.equal(restored.code, 0, restored.stderr)
    assert.deepEqual(await contentOf(target), await contentOf(world.database))
    assert.match((await polydesk(['restore', file], environment)).stderr, /empty database only/)
  } finally {
    await target.close()
  }
})
