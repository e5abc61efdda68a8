/**
 * Test files that share a process. Each process of its own loads hundreds of modules before its first test, which for
 * tests of pure code is most of what they cost. `test/run.ts` starts this file with a list in the environment.
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** Where the list is: the whole paths of test files, as JSON. */
export const TOGETHER = 'TESTS_TOGETHER'

/** A server, a database, another process, a list of its own for the environment, or hooks that would be everybody's. */
const NEEDS_ITS_OWN =
  /(?:database|world|process|core|receiver|browser)\.ts'|\b(?:startEmbedded|createServer|openStore)\b|'node:(?:child_process|worker_threads)'|\bprocess\.(?:env|chdir|on)\b|\bmock\b|^(?:before|after)(?:Each)?\(/m

/** Whether a test file leaves nothing behind that another in the same process could see. */
export function sharesItsProcess(file: string): boolean {
  return !NEEDS_ITS_OWN.test(readFileSync(file, 'utf8'))
}

const list = process.env[TOGETHER]
// The runner itself imports this file too, and has no list.
if (list !== undefined) {
  const files: readonly string[] = JSON.parse(list)
  for (const file of files) await import(pathToFileURL(file).href)
}
