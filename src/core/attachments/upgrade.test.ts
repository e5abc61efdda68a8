import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { v7 } from 'uuid'
import { testDatabase } from '../../../test/database.ts'
import { openDatabase } from '../../storage/database.ts'
import { migrate, readMigrations } from '../../storage/migrate.ts'

const UPGRADE = '0010_attachment_integers.sql'

test('Attachments from before they had integers get them in the order in which they came, each tenant from 1, in kept results too', async (t) => {
  const { connection, close } = await testDatabase({ migrated: false })
  const database = openDatabase({ connection })
  const outside = new pg.Pool({ ...connection, max: 1 })
  t.after(async () => {
    await outside.end()
    await database.close()
    await close()
  })
  const migrations = await readMigrations()
  const before = migrations.findIndex(({ name }) => name === UPGRADE)
  await migrate(database, migrations.slice(0, before))
  /** What a call with a key had answered: two messages, with these files and with none. */
  const resultOf = (files: readonly object[]) => ({
    messages: [{ plain: 'Files', attachments: files }, { plain: 'Words', attachments: [] }, { plain: 'Older' }],
    tickets: [{ title: 'Kept' }],
  })
  const made = async (times: readonly string[]) => {
    const [tenantId, userId] = [v7(), v7()]
    const ids = times.map(() => v7())
    await outside.query("insert into tenants (tenant_id, name, created_at) values ($1, 'T', now())", [tenantId])
    await outside.query('insert into tenant_counters (tenant_id) values ($1)', [tenantId])
    await outside.query(
      "insert into users (tenant_id, id, integer, kind, created_at, updated_at) values ($1, $2, 1, 'person', now(), now())",
      [tenantId, userId],
    )
    for (const [nth, at] of times.entries())
      await outside.query(
        `insert into attachments (tenant_id, id, uploader_id, name, media_type, size, sha256, created_at)
         values ($1, $2, $3, $4, 'text/plain', 1, '', $4::text::timestamptz)`,
        [tenantId, ids[nth], userId, at],
      )
    const files = ids.map((id, nth) => ({ id, name: times[nth] }))
    for (const [key, result] of Object.entries({
      files: resultOf(files),
      none: resultOf([]),
      other: {},
      erased: null,
    })) {
      const claim = [tenantId, userId, key]
      await outside.query(
        "insert into claims (tenant_id, credential_id, key, fingerprint, created_at) values ($1, $2, $3, '', now())",
        claim,
      )
      await outside.query(
        'insert into claim_results (tenant_id, credential_id, key, ticket_ids, result) values ($1, $2, $3, $4, $5)',
        [...claim, [], result],
      )
    }
    return tenantId
  }
  const [first, second, third] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z']
  const tenants = [await made([third, first, second]), await made([second]), await made([])]
  // What later migrations make of kept results is theirs to tell.
  await migrate(database, migrations.slice(0, before + 1))
  const integers = async (tenantId: string) => {
    const { rows } = await outside.query<{ name: string }>(
      'select name from attachments where tenant_id = $1 order by integer',
      [tenantId],
    )
    const counted = await outside.query<{ n: number }>(
      'select attachment_integer::int as n from tenant_counters where tenant_id = $1',
      [tenantId],
    )
    return [rows.map(({ name }) => name), counted.rows[0]?.n]
  }
  assert.deepEqual(await Promise.all(tenants.map(integers)), [
    [[first, second, third], 3],
    [[second], 1],
    [[], 0],
  ])
  const results = async (tenantId: string) => {
    const { rows } = await outside.query<{ result: unknown }>(
      'select result from claim_results where tenant_id = $1 order by key',
      [tenantId],
    )
    return rows.map(({ result }) => result)
  }
  const [latest] = await Promise.all(tenants.map(results))
  const { rows: kept } = await outside.query<{ id: string; name: string; integer: number }>(
    'select id, name, integer::int as integer from attachments where tenant_id = $1 order by id',
    [tenants[0]],
  )
  assert.deepEqual(latest, [null, resultOf(kept), resultOf([]), {}])
  for (const tenantId of tenants.slice(2))
    assert.deepEqual(await results(tenantId), [null, resultOf([]), resultOf([]), {}])
})
