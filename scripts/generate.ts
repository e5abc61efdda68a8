/** Writes the generated documents; with --check only tells whether they are up to date. `npm run generate`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OPTIONS } from '../src/config.ts'
import { COVERED } from '../test/facts/facts.ts'
import { missingRuns, shownOf } from '../test/facts/shown.ts'
import { readRecord } from '../test/record.ts'
import { apiPage } from './pages.ts'
import { SDK_FILE, sdkTypes } from './sdk.ts'

const root = join(import.meta.dirname, '..')

function configuration(): string {
  const rows = OPTIONS.map((option) => `| \`${option.name}\` | ${option.fallback} | ${option.about} |`)
  return [
    '# Configuration',
    '',
    'Polydesk reads its options from the environment, once, when it starts; everything that is wrong is reported at once.',
    'Generated from `src/config.ts` and the `options.ts` of dialects by `npm run generate`.',
    '',
    '| option | default | what it does |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const isCheck = process.argv.includes('--check')
const stale: string[] = []
const problems: string[] = []

async function settle(file: string, make: () => string): Promise<void> {
  const path = join(root, file)
  const current = await readFile(path, 'utf8').catch(() => '')
  const wanted = make()
  if (current === wanted) return
  if (isCheck) stale.push(file)
  else {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, wanted)
  }
}

await settle('docs/configuration.md', configuration)

const sdk = await sdkTypes()
await settle(SDK_FILE, () => sdk)

for (const covered of COVERED) await settle(`docs/api/${covered.dialect.name}.md`, () => apiPage(covered))

// Only a run of all tests shows what no test shows any more, so without one the results stay as they are.
const record = readRecord()
const missing = missingRuns(record)
for (const covered of missing.length === 0 ? COVERED : []) {
  const shown = shownOf(covered, record)
  problems.push(...shown.problems)
  await settle(`test/facts/${covered.dialect.name}.shown.txt`, () => shown.text)
}

if (missing.length > 0)
  console.error(
    `The results in test/facts need a run of all tests (npm test, npm run test:long). Not run: ${missing.join(', ')}`,
  )
if (problems.length > 0) console.error(`Not shown by the test run:\n${problems.join('\n')}`)
if (stale.length > 0) {
  console.error(
    `Out of date: ${stale.join(', ')}. Run npm test and npm run test:long, then npm run generate, and commit the result.`,
  )
}
if (stale.length > 0 || problems.length > 0 || (isCheck && missing.length > 0)) process.exit(1)
