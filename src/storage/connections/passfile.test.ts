import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { passwordIn, readPassword } from './passfile.ts'

const LOGIN = { host: 'db.example', port: 5432, database: 'desk', user: 'ann' }

test('the first line of a password file that fits is taken', () => {
  const text = [
    '# db.example:5432:desk:ann:of a comment',
    'other:5432:desk:ann:of another host',
    'db.example:5433:desk:ann:of another port',
    'db.example:5432:*:ann:with\\:colon\\\\',
    '*:*:*:*:too late',
  ].join('\n')
  assert.equal(passwordIn(text, LOGIN), 'with:colon\\')
  assert.equal(passwordIn(text, { ...LOGIN, user: 'bob' }), 'too late')
  assert.equal(passwordIn('db.example:5432:desk:ann', LOGIN), null)
  assert.equal(passwordIn('', LOGIN), null)
})

test('a password file that others may read is passed over', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'polydesk-pass-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'pass')
  await writeFile(file, '*:*:*:*:found\n', { mode: 0o600 })
  assert.equal(await readPassword(file, LOGIN), 'found')
  await chmod(file, 0o640)
  assert.equal(await readPassword(file, LOGIN), null)
  assert.equal(await readPassword(join(folder, 'missing'), LOGIN), null)
})
