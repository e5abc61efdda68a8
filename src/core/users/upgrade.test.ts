import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import pg from 'pg'
import { v7 } from 'uuid'
import { testDatabase } from '../../../test/database.ts'
import { openDatabase } from '../../storage/database.ts'
import { migrate, readMigrations } from '../../storage/migrate.ts'
import { openStore } from '../../storage/store.ts'
import { hashPassword } from '../access/secrets.ts'
import { openVault } from '../access/vault.ts'
import { NO_LIMITS } from '../limits/limits.ts'
import { logIn } from '../logins/commands.ts'
import { createTenant } from '../tenants/commands.ts'

const apart = (text: string): string => text.normalize('NFD')
const CATALOGUE = { topics: [], types: [], statusLabels: [], priorityLabels: [], channels: [], groups: [apart('Büro')] }

test('names, addresses and keys from before are in one spelling, and whose would be another’s keep theirs and get in', async (t) => {
  const { connection, close } = await testDatabase({ migrated: false })
  const database = openDatabase({ connection })
  const store = openStore(database)
  const outside = new pg.Pool({ ...connection, max: 1 })
  t.after(async () => {
    await outside.end()
    await database.close()
    await close()
  })
  const migrations = await readMigrations()
  const before = migrations.findIndex(({ name }) => name.endsWith('_spellings.sql'))
  await migrate(database, migrations.slice(0, before))
  const given = { store, now: new Date().toISOString(), newId: () => v7() }
  const rows = async (sql: string, ...values: unknown[]): Promise<object[]> => (await outside.query(sql, values)).rows

  const tenants = await Promise.all(
    ['Ü', 'Ä'].map((name) => createTenant(given, { name, deskName: 'Desk', catalogue: CATALOGUE })),
  )
  const [{ tenantId, deskId } = assert.fail(), other = assert.fail()] = tenants
  await rows('update tenants set name = $2 where tenant_id = $1', tenantId, apart('Ü'))
  await rows('update groups set name = $2 where tenant_id = $1', tenantId, apart('Büro'))
  let integer = 0
  const person = async (tenant: string, name: string, email: string | null, username: string | null = null) => {
    const id = v7()
    const keys = [email, email?.toLowerCase() ?? null, username, username?.toLowerCase() ?? null]
    await rows(
      `insert into users (tenant_id, id, integer, kind, name, email, email_key, username, username_key, password_hash, created_at, updated_at)
       values ($1, $2, $3, 'person', $4, $5, $6, $7, $8, $9, now(), now())`,
      ...[tenant, id, ++integer, name, ...keys, await hashPassword(`password ${integer}`)],
    )
    return id
  }
  const alone = await person(tenantId, apart('Jörg'), apart('Jörg@example.com'), apart('JÖRG.Ｆ '))
  const composed = await person(tenantId, 'Kläre', 'kläre@example.com', 'kläre')
  const twin = await person(tenantId, apart('Kläre'), apart('kläre@example.com'), apart('kläre'))
  const elsewhere = await person(other.tenantId, 'K', apart('kläre@example.com'))
  const halves = ['Tru\u031bo\u031b\u0300ng', 'Trươ\u0300ng'].map((each) => `${each}@example.com`)
  const [first = '', second = ''] = [
    await person(tenantId, 'A', halves[0] ?? null),
    await person(tenantId, 'B', halves[1] ?? null),
  ]
  const address = (kind: string, key: string, id: string) =>
    rows('insert into user_addresses values ($1, $2, $3, $3, $4, now())', tenantId, kind, key, id)
  await address('email', apart('zoë@example.com'), alone)
  await address('email', apart('jörg@example.net'), composed)
  await address('email', 'jörg@example.net', composed)
  await address('email', apart('trường@example.com'), composed)
  await address('facebook', apart('zoë'), alone)
  for (const [id, external] of [
    [alone, apart('crm-ö')],
    [composed, 'crm-ä'],
    [twin, apart('crm-ä')],
  ])
    await rows('insert into external_identities values ($1, $2, $3, $4)', tenantId, deskId, external, id)

  await migrate(database, migrations)

  const users = await rows(
    'select id, name, email, email_key, username_key from users where tenant_id = $1 order by integer',
    tenantId,
  )
  const user = (
    id: string,
    name: string,
    email: string,
    key = email.toLowerCase(),
    username: string | null = null,
  ) => ({
    ...{ id, name, email, email_key: key, username_key: username },
  })
  const kept = apart('kläre@example.com')
  assert.deepEqual(users, [
    user(alone, 'Jörg', 'Jörg@example.com', 'jörg@example.com', 'jörg.f'),
    user(composed, 'Kläre', 'kläre@example.com', 'kläre@example.com', 'kläre'),
    user(twin, 'Kläre', kept, kept, apart('kläre')),
    user(first, 'A', 'Trường@example.com'),
    user(second, 'B', halves[1] ?? ''),
  ])
  assert.deepEqual(await rows('select email_key from users where id = $1', elsewhere), [
    { email_key: 'kläre@example.com' },
  ])
  const addresses = await rows(
    'select kind, address_key as key, address from user_addresses where tenant_id = $1 order by kind, address_key collate "C"',
    tenantId,
  )
  const sameKey = (kind: string, key: string) => ({ kind, key, address: key })
  assert.deepEqual(addresses, [
    sameKey('email', apart('jörg@example.net')),
    sameKey('email', 'jörg@example.net'),
    // By then it is the address of another person, who had another spelling of it.
    sameKey('email', apart('trường@example.com')),
    sameKey('email', 'zoë@example.com'),
    sameKey('facebook', 'zoë'),
  ])
  const external =
    'select user_id as id, external_id as external from external_identities where tenant_id = $1 order by user_id'
  assert.deepEqual(await rows(external, tenantId), [
    { id: alone, external: 'crm-ö' },
    { id: composed, external: 'crm-ä' },
    { id: twin, external: apart('crm-ä') },
  ])
  const names =
    'select t.name as tenant, g.name as "group" from tenants t join groups g using (tenant_id) where tenant_id = $1'
  assert.deepEqual(await rows(names, tenantId), [{ tenant: 'Ü', group: 'Büro' }])

  const attempts = [
    [composed, 'kläre@example.com', 2],
    [twin, apart('kläre@example.com'), 3],
    [alone, apart('jörg@example.com'), 1],
    [alone, 'jörg@example.com', 1],
    [second, halves[1] ?? '', 6],
  ] as const
  for (const [id, name, nth] of attempts) {
    const attempt = { by: 'email', name, password: `password ${nth}`, address: '::1', admits: () => true } as const
    const outcome = await logIn({ ...given, limits: NO_LIMITS, vault: openVault([randomBytes(32)]) }, tenantId, attempt)
    assert.equal('user' in outcome && outcome.user.id, id, name)
  }
})
