import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { administration, type Core, makeTenant, openCore } from '../../../test/core.ts'
import { changeTenant } from '../tenants/commands.ts'
import { openAccess } from './access.ts'

let core: Core
before(async () => {
  core = await openCore()
})
after(() => core?.close())

test('A snapshot of a tenant that is read anew is the same one for as long as nothing in it changed', async () => {
  const made = await makeTenant(core.store)
  let now = Date.now()
  const access = openAccess(core.store, () => now)
  const first = await access.tenant(made.tenant.id)
  now += 120_000
  assert.equal(await access.tenant(made.tenant.id), first)
  const call = { actor: null, dialect: 'native', requestId: 'rename' }
  await changeTenant(
    { ...administration(core.otherStore), ...call, store: core.otherStore, tenant: made.tenant },
    { name: 'Another name' },
  )
  now += 120_000
  const second = await access.tenant(made.tenant.id)
  assert.notEqual(second, first)
  assert.equal(second.name, 'Another name')
})

test('A look-up that began before a change is not shared by whoever asks after it', async () => {
  const made = await makeTenant(core.store)
  const gate = Promise.withResolvers<void>()
  const slow: Core['store']['run'] = async (bound) => {
    const rows = await core.store.run(bound)
    await gate.promise
    return rows
  }
  const access = openAccess({ ...core.store, run: slow })
  const early = access.tenant(made.tenant.id)
  const call = { actor: null, dialect: 'native', requestId: 'rename' }
  await changeTenant(
    { ...administration(core.store), ...call, store: core.store, tenant: made.tenant },
    { name: 'Known at once' },
  )
  const late = access.tenant(made.tenant.id)
  gate.resolve()
  await early
  assert.equal((await late).name, 'Known at once')
})
