/** What a run of all tests shows of the facts: `<dialect>.shown.txt` beside them, and what it does not show. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { Item } from '../../scripts/surface.ts'
import { APART } from '../deploy/programs.ts'
import type { FileRecord } from '../record.ts'
import { COVERED, type Covered, testOf } from './facts.ts'

const root = join(import.meta.dirname, '../..')

export interface Shown {
  /** The tests that showed the facts, by their full names. */
  readonly text: string
  /** Facts whose test did not pass, and what of the dialect no test saw over HTTP. */
  readonly problems: readonly string[]
}

/** The test files that a result is made of and that a record does not know. */
export function missingRuns(record: readonly FileRecord[]): readonly string[] {
  const ran = new Set(record.map(({ file }) => file))
  const named = COVERED.flatMap(({ dialect, facts }) =>
    facts.facts.flatMap(({ shownBy }) => (shownBy === null ? [] : [testOf(dialect.name, shownBy).file])),
  )
  // Those apart run only where their programs are, so they show nothing.
  const files = globSync(['src/dialects/**/*.test.ts', 'test/**/*.test.ts'], {
    cwd: root,
    exclude: APART.map((suite) => `test/${suite}/*`),
  })
  return [...new Set([...files, ...named])].filter((file) => !ran.has(file)).sort()
}

/** The result of a dialect by the record of a run. */
export function shownOf({ dialect, facts }: Covered, record: readonly FileRecord[]): Shown {
  const problems: string[] = []

  /** The test as it ran. */
  function ranAs(what: string, shownBy: string): { readonly file: string; readonly line: string } {
    const { file, name } = testOf(dialect.name, shownBy)
    const ran = record
      .find((each) => each.file === file)
      ?.tests.find((each) => each.name === name || each.name.endsWith(` > ${name}`))
    if (!ran) problems.push(`${what}: no test of this run is ${shownBy}`)
    else if (ran.result === 'failed') problems.push(`${what}: failed is ${shownBy}`)
    else if (ran.result === 'skipped' && !ran.reason) problems.push(`${what}: skipped is ${shownBy}`)
    const skipped = ran?.result === 'skipped' ? ` (skipped: ${ran.reason ?? 'no reason'})` : ''
    return { file, line: `  ${ran?.name ?? name}${skipped}` }
  }

  const tests = facts.facts.flatMap(({ id, about, shownBy }) =>
    shownBy === null ? [] : [ranAs(`${id} (${about})`, shownBy)],
  )
  const seen = new Set(
    record.flatMap((file) => (file.tests.some(({ result }) => result === 'failed') ? [] : file.seen)),
  )
  const isSeen = (key: string): boolean => seen.has(`${dialect.name} ${key}`)
  // An error that is not met over HTTP is shown by the test of the error table.
  const [told = [], met = []] = [true, false].map((wanted) =>
    dialect.errors.filter(({ key, words }) => (words.length === 0 && !isSeen(key)) === wanted),
  )
  for (const status of told.map(({ shown }) => shown.replaceAll('`', '')))
    ranAs(`error ${status}`, facts.errors.replace('{status}', status))
  const items = [
    ...dialect.operations.flatMap((operation) => operation.items),
    ...[...dialect.objects.values()].flat(),
    ...dialect.headers,
    ...met,
  ]
  const unseen = new Set(items.flatMap(keysOf).filter((key) => !isSeen(key)))
  problems.push(...[...unseen].map((key) => `${dialect.name}: no test sees ${key}`))
  const lines = [...Map.groupBy(tests, ({ file }) => file)]
    .sort(byFile)
    .flatMap(([file, all]) => ['', file, ...[...new Set(all.map(({ line }) => line))].sort()])
  const head = `Tests that showed the facts of ${dialect.title}, when all tests ran. Written by npm run generate.`
  return { text: `${[head, ...lines].join('\n')}\n`, problems }
}

function keysOf({ key, words }: Item): readonly string[] {
  return words.length === 0 ? [key] : words.map((word) => `${key}=${word}`)
}

function byFile([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}
