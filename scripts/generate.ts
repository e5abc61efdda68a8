/** Writes the generated documents; with --check only tells whether they are up to date. `npm run generate`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OPTIONS } from '../src/config.ts'
import { readRecord } from '../test/record.ts'
import { COVERED, coveragePage, missingRuns } from './coverage.ts'

const root = join(import.meta.dirname, '..')

function configuration(): string {
  const rows = Object.values(OPTIONS).map((option) => `| \`${option.name}\` | ${option.fallback} | ${option.about} |`)
  return [
    '# Configuration',
    '',
    'Polydesk reads its options from the environment, once, when it starts; everything that is wrong is reported at once.',
    'Generated from `src/config.ts` by `npm run generate`.',
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

async function settle(file: string, make: (current: string) => string): Promise<void> {
  const path = join(root, file)
  const current = await readFile(path, 'utf8').catch(() => '')
  const wanted = make(current)
  if (current === wanted) return
  if (isCheck) stale.push(file)
  else {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, wanted)
  }
}

await settle('docs/configuration.md', configuration)

// Only a run of all tests shows what no test shows any more, so without one the pages stay as they are.
const record = readRecord()
const missing = missingRuns(record)
for (const each of missing.length === 0 ? COVERED : []) {
  await settle(`docs/api/${each.dialect.name}.md`, (current) => {
    const page = coveragePage(each, current, record)
    problems.push(...page.problems)
    return page.text
  })
}

if (missing.length > 0) {
  console.error(`The pages under docs/api need a test run (npm test). Not run: ${missing.join(', ')}`)
}
if (problems.length > 0) console.error(`Not shown by the test run:\n${problems.join('\n')}`)
if (stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run npm test, then npm run generate, and commit the result.`)
}
if (stale.length > 0 || problems.length > 0 || (isCheck && missing.length > 0)) process.exit(1)
