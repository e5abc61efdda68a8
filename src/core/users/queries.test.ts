import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { listCustomers, listUsers } from './queries.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})
after(() => core.close())

test('a list of users tells how many there are on every page, also past the last one', async () => {
  const page = (offset: number) =>
    listUsers(made.as(made.owner), { activeOnly: true, agentsOnly: false }, { by: 'offset', offset, limit: 3 })
  const all = (await page(0)).total ?? assert.fail()
  assert.ok(all >= 4)
  for (const offset of [3, all, all + 100]) {
    const { users, total } = await page(offset)
    assert.deepEqual([users.length, total], [Math.max(0, Math.min(3, all - offset)), all])
  }
})

test('so does a list of customers, and one without any tells none', async () => {
  const page = (query: string, offset: number) => listCustomers(made.as(made.owner), { query, offset, limit: 10 })
  assert.equal((await page('rosa', 0)).total, 1)
  assert.deepEqual(await page('rosa', 10), { customers: [], total: 1 })
  assert.deepEqual(await page('nobody is called so', 10), { customers: [], total: 0 })
})
