import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { v7 } from 'uuid'
import { makeTenant, openCore } from '../../../test/core.ts'
import { openDiskFiles } from '../../storage/files-disk.ts'
import { openInbox } from '../../storage/files-inbox.ts'
import { openStore } from '../../storage/store.ts'
import { uploadAttachment } from './commands.ts'

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

test('An upload that is sent 64 times at once with one key, to two processes, is one file', async (t) => {
  const core = await openCore()
  const home = await mkdtemp(join(tmpdir(), 'polydesk-twins-'))
  t.after(async () => {
    await core.close()
    await rm(home, { recursive: true })
  })
  const made = await makeTenant(core.store)
  const inbox = openInbox(join(home, 'incoming'))
  const limits = { fileBytes: 1_000, messageBytes: 1_000, mediaTypes: [] }
  const files = { store: openDiskFiles(join(home, 'kept')), inbox, limits }
  const stores = [core.store, core.otherStore].map(({ database }) => openStore(database, () => {}, files))
  const credentialId = v7()
  const uploads = Array.from({ length: 64 }, async (_, nth) => {
    const store = stores[nth % stores.length] ?? assert.fail()
    const ctx = made.as(made.agent, { store, credentialId, key: 'twins' })
    const received = await inbox.receive(bytes('One file'))
    const { id } = await uploadAttachment(ctx, { name: 'one.txt', received })
    await inbox.discard(received)
    return id
  })
  const ids = new Set(await Promise.all(uploads))
  assert.deepEqual([...ids], await readdir(join(home, 'kept', made.tenant.id)))
  assert.deepEqual(await readdir(join(home, 'incoming')), [])
  const { rows } = await core.outside.query('select id from attachments where tenant_id = $1', [made.tenant.id])
  assert.deepEqual(
    rows.map(({ id }) => id),
    [...ids],
  )
})
