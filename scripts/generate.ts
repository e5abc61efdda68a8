/** Writes the generated documents; with --check only tells whether they are up to date. `npm run generate`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OPTIONS } from '../src/config.ts'
import { COVERED, coveragePage } from './coverage.ts'

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

const FILES: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': configuration,
  ...Object.fromEntries(COVERED.map((each) => [`docs/api/${each.dialect.name}.md`, () => coveragePage(each)])),
}

const stale: string[] = []
for (const [file, make] of Object.entries(FILES)) {
  const path = join(root, file)
  const wanted = make()
  if ((await readFile(path, 'utf8').catch(() => '')) === wanted) continue
  if (process.argv.includes('--check')) stale.push(file)
  else {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, wanted)
  }
}
if (stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run npm run generate and commit the result.`)
  process.exit(1)
}
