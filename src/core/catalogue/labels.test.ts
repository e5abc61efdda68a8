import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Core, makeTenant, openCore } from '../../../test/core.ts'
import { readMigrations } from '../../storage/migrate.ts'
import { STATUSES } from '../words.ts'
import { CATALOGUE_DEFAULTS } from './defaults.ts'

let core: Core

before(async () => {
  core = await openCore()
})
after(() => core.close())

test('no status of a fresh tenant is labelled by the word of another one', () => {
  for (const { name, status } of CATALOGUE_DEFAULTS.statusLabels) {
    const word = STATUSES.find((each) => each === name.toLowerCase().replaceAll(' ', '_'))
    assert.ok(word === undefined || word === status, `${status} is labelled ${name}`)
  }
})

test('an upgrade renames the label of new tickets where a tenant had not, and no other', async () => {
  const labelsAfter = async (change: string): Promise<readonly string[]> => {
    const { tenant } = await makeTenant(core.store)
    await core.outside.query("update status_labels set name = 'Open' where tenant_id = $1 and id = 1", [tenant.id])
    await core.outside.query(change, [tenant.id])
    const upgrade = (await readMigrations()).find(({ name }) => name.endsWith('_label_of_new.sql'))
    await core.outside.query(upgrade?.sql ?? assert.fail())
    const { rows } = await core.outside.query<{ name: string }>(
      'select name from status_labels where tenant_id = $1 order by id',
      [tenant.id],
    )
    return rows.map(({ name }) => name)
  }
  const others = ['In Progress', 'On Hold', 'Resolved', 'Closed']
  assert.deepEqual(await labelsAfter('select $1::uuid'), ['New', ...others])
  const renamed = "update status_labels set name = 'Received' where tenant_id = $1 and id = 1"
  assert.deepEqual(await labelsAfter(renamed), ['Received', ...others])
  const another = "insert into status_labels (tenant_id, id, name, status) values ($1, 6, 'new', 'new')"
  assert.deepEqual(await labelsAfter(another), ['Open', ...others, 'new'])
  const ofOther = "update status_labels set status = 'open' where tenant_id = $1 and id = 1"
  assert.deepEqual(await labelsAfter(ofOther), ['Open', ...others])
})
