import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addKey, countKeptKeys, dropFormerKeys, KEY_FILE, openKeys } from './keys.ts'

test('a key is made once, also by several at the same time, and read by its owner only', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'polydesk-keys-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const dataDir = join(home, 'data')
  const kept = { secretKey: null, formerSecretKeys: [], dataDir }
  const opened = await Promise.all(Array.from({ length: 8 }, () => openKeys(kept)))
  const again = await openKeys(kept)
  assert.equal(new Set([...opened, again].map((keys) => keys.for('x').toString('hex'))).size, 1)
  assert.equal((await stat(join(dataDir, KEY_FILE))).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(dataDir), [KEY_FILE])
})

test('each purpose and each secret has its own key', async () => {
  const [one, other] = await Promise.all(
    ['a'.repeat(32), 'b'.repeat(32)].map((secretKey) =>
      openKeys({ secretKey, formerSecretKeys: [], dataDir: '/nowhere' }),
    ),
  )
  const keys = [one?.for('x'), one?.for('y'), other?.for('x')].map((key) => key?.toString('hex'))
  assert.equal(new Set(keys).size, 3)
  assert.deepEqual(one?.for('x'), one?.for('x'))
})

test('a new key counts, the old one is accepted until it is dropped, and the file stays private', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'polydesk-keys-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const kept = { secretKey: null, formerSecretKeys: [], dataDir }
  const old = (await openKeys(kept)).for('x')
  await addKey(dataDir)
  const both = await openKeys(kept)
  assert.notDeepEqual(both.for('x'), old)
  assert.deepEqual(both.accepted('x'), [both.for('x'), old])
  await dropFormerKeys(dataDir)
  assert.equal(await countKeptKeys(dataDir), 1)
  assert.deepEqual((await openKeys(kept)).accepted('x'), [both.for('x')])
  assert.equal((await stat(join(dataDir, KEY_FILE))).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(dataDir), [KEY_FILE])
})

test('keys of the configuration stand before former ones of the configuration', async () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)]
  const keys = await openKeys({ secretKey: b, formerSecretKeys: [a], dataDir: '/nowhere' })
  const old = await openKeys({ secretKey: a, formerSecretKeys: [], dataDir: '/nowhere' })
  assert.deepEqual(keys.accepted('x'), [keys.for('x'), old.for('x')])
})
