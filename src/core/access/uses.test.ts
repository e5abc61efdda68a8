import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../test/world.ts'
import { openDatabase } from '../../storage/database.ts'
import { openStore, type Store } from '../../storage/store.ts'
import { LIST_TENANTS } from '../tenants/store.ts'
import { directoryKind, hashOf, openAccess } from './access.ts'
import { FIND_IN_DIRECTORY, LIST_CREDENTIALS } from './store.ts'
import { trackUses } from './uses.ts'

const HOUR_MS = 3_600_000

let world: World
let store: Store
before(async () => {
  world = await startWorld()
  store = openStore(openDatabase({ connection: world.database.connection }))
})
after(async () => {
  await store?.database.close()
  await world?.stop()
})

async function lastUses(): Promise<ReadonlyMap<string, string | null>> {
  const [tenant] = await store.run(LIST_TENANTS.with({}))
  const rows = await store.run(LIST_CREDENTIALS.with({ tenant_id: tenant?.tenant_id ?? '' }))
  return new Map(rows.map((row) => [row.id, row.last_used_at]))
}

test('the last use of a credential is kept once an hour, and nothing of those that were not used', async () => {
  let now = Date.parse('2027-03-01T12:00:00.000Z')
  const failures: string[] = []
  const uses = trackUses(
    store,
    () => new Date(now),
    (message) => failures.push(message),
  )
  const access = openAccess(store, () => now, uses.note)
  const secret = world.value('POLYDESK_API_KEY')
  const values = { kind: directoryKind('native', 'api_key'), hash: hashOf(secret) }
  const [listed] = await store.run(FIND_IN_DIRECTORY.with(values))
  const id = listed?.target_id ?? assert.fail()
  const use = async (): Promise<void> => {
    assert.ok(await access.resolve('native', 'api_key', secret))
    await uses.flush()
  }

  await use()
  const first = await lastUses()
  assert.match(first.get(id) ?? '', /^2027-03-01 12:00:00/)
  assert.deepEqual(
    [...first].filter(([each, at]) => each !== id && at !== null),
    [],
  )

  now += HOUR_MS / 2
  await use()
  assert.equal((await lastUses()).get(id), first.get(id))

  now += HOUR_MS
  await use()
  assert.match((await lastUses()).get(id) ?? '', /^2027-03-01 13:30:00/)

  // An other process saw it used an hour before: time does not go back.
  const late = trackUses(
    store,
    () => new Date(now - HOUR_MS),
    (message) => failures.push(message),
  )
  await openAccess(store, () => now, late.note).resolve('native', 'api_key', secret)
  await late.stop()
  assert.match((await lastUses()).get(id) ?? '', /^2027-03-01 13:30:00/)
  assert.equal(await access.resolve('native', 'api_key', 'wrong'), null)
  await uses.stop()
  assert.deepEqual(failures, [])
})
