import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import manifest from '../../../package.json' with { type: 'json' }
import { RENDERING } from './content.ts'

/** The rules by which HTML is rendered, by the number that messages made by them bear. */
const RULES = { rendering: 3, digest: 'dc07665bf308253e5f68e2f6ccac1405899a250cc66bef5491a0513efc3556e0' }

/** All that the forms of HTML depend on, without its comments: our sources, and the versions of what we use there. */
function digestOfRules(): string {
  const directory = join(import.meta.dirname, 'html')
  const own = readdirSync(directory).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const sources = [...own.sort().map((name) => join(directory, name)), join(import.meta.dirname, '../text.ts')]
  const code = sources.map((file) => readFileSync(file, 'utf8').replace(/^\s*(\/\/.*|\/\*[\s\S]*?\*\/)\n/gm, ''))
  const { htmlparser2, 'sanitize-html': sanitizer } = manifest.dependencies
  return createHash('sha256')
    .update(JSON.stringify([...code, htmlparser2, sanitizer]))
    .digest('hex')
}

test('who changes how HTML is rendered counts up RENDERING, so that messages that are there are rendered again', () => {
  const digest = digestOfRules()
  assert.deepEqual(
    RULES,
    { rendering: RENDERING, digest },
    `The sources in html/ or text.ts, or htmlparser2 or sanitize-html, changed. If that makes anything else of any message,
raise RENDERING in content.ts by one. Then write it here, with the digest ${digest}.`,
  )
})
