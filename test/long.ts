/**
 * Test files that take minutes by what they show, whatever the machine: servers and databases that are started, killed and
 * started again, stores of every schema there ever was, programs as people call them, floods, pages that lay out every
 * operation. `npm run test:long` runs them, and CI does; `npm test` runs all others, and is what one waits for.
 */
import { globSync } from 'node:fs'

const LONG: readonly string[] = [
  'bench/bench.test.ts',
  'src/core/tickets/bulk.test.ts',
  'src/storage/embedded.test.ts',
  'test/backup.test.ts',
  'test/cli.test.ts',
  'test/contract/bad-input.test.ts',
  'test/crash/*.test.ts',
  'test/end-to-end/docs.test.ts',
  'test/erasure-race.test.ts',
  'test/large.test.ts',
  'test/limits.test.ts',
  'test/logs.test.ts',
  'test/person.test.ts',
  'test/proxy.test.ts',
  'test/schemas.test.ts',
  'test/secret-key.test.ts',
  'test/terminal.test.ts',
  'test/transfer.test.ts',
]

/** The long ones, from the root. @throws Error where a name is no file's any more */
export function longTests(root: string): readonly string[] {
  return LONG.flatMap((pattern) => {
    const files = globSync(pattern, { cwd: root })
    if (files.length === 0) throw new Error(`test/long.ts names ${pattern}, which is no file.`)
    return files
  })
}
