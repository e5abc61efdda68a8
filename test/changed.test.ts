import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { reachedBy } from './changed.ts'

const root = join(import.meta.dirname, '..')
const tests = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root })

const reached = (...changed: readonly string[]): readonly string[] => reachedBy(root, changed, tests)

test('a change reaches the tests that import it, however far away, and no others', () => {
  const instant = reached('src/core/instant.ts')
  assert.ok(instant.includes('src/core/instant.test.ts') && instant.includes('test/webhooks.test.ts'))
  assert.ok(!instant.includes('src/misspelt.test.ts') || instant.length < tests.length)
  const one = reached('src/storage/keys.test.ts')
  assert.deepEqual(
    one.filter((file) => file.startsWith('src/')),
    ['src/storage/keys.test.ts'],
  )
})

test('a change of a program reaches the tests that run it, and one of a migration those that have a database', () => {
  assert.ok(reached('src/cli/token.ts').includes('test/cli.test.ts'))
  assert.ok(reached('src/storage/migrations/0001_help_desk.sql').includes('src/storage/migrate.test.ts'))
})

test('a change of a document reaches the tests of documents, and one of the dependencies everything', () => {
  assert.ok(reached('README.md').includes('test/documents.test.ts'))
  assert.ok(!reached('README.md').includes('src/core/instant.test.ts'))
  assert.deepEqual(reached('package-lock.json'), tests)
})
