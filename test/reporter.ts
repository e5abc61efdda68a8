/** A reporter of node:test that keeps which tests ran and how they ended. It prints nothing. */
import type { TestEvent } from 'node:test/reporters'
import { fileName, keepTests, type RanTest } from './record.ts'

interface Ended {
  readonly name: string
  readonly parent: number | null
  readonly isTest: boolean
  readonly ran: Omit<RanTest, 'name'>
}

export default async function* keepResults(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Map<string, Map<number, Ended>>()
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { name, file, details, skip, testId, parentId } = event.data
    if (file === undefined || testId === undefined) continue
    const ended = files.get(file) ?? new Map<number, Ended>()
    files.set(file, ended)
    const result = event.type === 'test:fail' ? 'failed' : skip === undefined ? 'passed' : 'skipped'
    ended.set(testId, {
      name,
      parent: parentId ?? null,
      isTest: details.type !== 'suite',
      ran: { result, ...(typeof skip === 'string' && { reason: skip }) },
    })
  }
  for (const [file, ended] of files) {
    const tests = testsOf(ended)
    // What only holds the suites of others (`together.ts`) has none.
    if (tests.length > 0) keepTests(fileName(file), tests)
  }
  yield ''
}

function testsOf(ended: ReadonlyMap<number, Ended>): readonly RanTest[] {
  const fullName = ({ name, parent }: Ended): string => {
    const around = parent === null ? undefined : ended.get(parent)
    return around ? `${fullName(around)} > ${name}` : name
  }
  const tests = [...ended.values()].filter(({ isTest }) => isTest)
  return tests
    .map((each) => ({ name: fullName(each), ...each.ran }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}
