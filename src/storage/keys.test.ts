import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KEY_FILE, openKeys } from './keys.ts'

test('a key is made once, also by several at the same time, and read by its owner only', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'polydesk-keys-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const dataDir = join(home, 'data')
  const opened = await Promise.all(Array.from({ length: 8 }, () => openKeys(null, dataDir)))
  const again = await openKeys(null, dataDir)
  assert.equal(new Set([...opened, again].map((keys) => keys.for('x').toString('hex'))).size, 1)
  assert.equal((await stat(join(dataDir, KEY_FILE))).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(dataDir), [KEY_FILE])
})

test('each purpose and each secret has its own key', async () => {
  const [one, other] = await Promise.all(['a'.repeat(32), 'b'.repeat(32)].map((secret) => openKeys(secret, '/nowhere')))
  const keys = [one?.for('x'), one?.for('y'), other?.for('x')].map((key) => key?.toString('hex'))
  assert.equal(new Set(keys).size, 3)
  assert.deepEqual(one?.for('x'), one?.for('x'))
})
