const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/
const SQL_DATE_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/

/** Where an answer may differ from the page that documents it, each with the reason. */
export interface Allowances {
  /** Documented, and not there this time. */
  readonly absent?: Readonly<Record<string, string>>
  /** Documented with a value, and null this time. */
  readonly null?: Readonly<Record<string, string>>
  /** Documented with elements, and without any this time. */
  readonly empty?: Readonly<Record<string, string>>
  /** Not on this page of the vendor's, but on another. */
  readonly more?: Readonly<Record<string, string>>
}

/**
 * Compares an answer with the documented one: the same keys and the same types, in all depths. Ids and times must look
 * like the documented ones; other values are free. Where null is documented, any plain value may stand.
 *
 * @returns what differs beyond the allowances, and allowances that nothing made use of.
 */
export function shapeProblems(documented: unknown, answered: unknown, allowances: Allowances = {}): readonly string[] {
  const problems: string[] = []
  const unused = new Set(
    Object.entries(allowances).flatMap(([kind, paths]) => Object.keys(paths).map((path) => `${kind} ${path}`)),
  )
  const isAllowed = (kind: keyof Allowances, path: string): boolean => {
    unused.delete(`${kind} ${path}`)
    return allowances[kind]?.[path] !== undefined
  }

  function compare(expected: unknown, actual: unknown, path: string): void {
    const [wanted, got] = [kindOf(expected), kindOf(actual)]
    if (wanted === 'null') {
      if (got === 'object' || got === 'array') problems.push(`${path} is an ${got}, documented as null`)
    } else if (got === 'null') {
      if (!isAllowed('null', path)) problems.push(`${path} is null`)
    } else if (wanted !== got) {
      problems.push(`${path} is a ${got}, documented as a ${wanted}: ${JSON.stringify(actual)}`)
    } else if (Array.isArray(expected) && Array.isArray(actual)) {
      compareElements(expected, actual, path)
    } else if (isRecord(expected) && isRecord(actual)) {
      compareFields(expected, actual, path)
    }
  }

  function compareElements(expected: readonly unknown[], actual: readonly unknown[], path: string): void {
    const [sample] = expected
    if (sample === undefined) return
    if (actual.length === 0 && !isAllowed('empty', path)) problems.push(`${path} is empty`)
    for (const each of actual) compare(sample, each, `${path}[]`)
  }

  function compareFields(expected: Fields, actual: Fields, path: string): void {
    for (const [name, value] of Object.entries(expected)) {
      const at = path === '' ? name : `${path}.${name}`
      if (name in actual) compare(value, actual[name], at)
      else if (!isAllowed('absent', at)) problems.push(`${at} is missing`)
    }
    for (const name of Object.keys(actual)) {
      const at = path === '' ? name : `${path}.${name}`
      if (!(name in expected) && !isAllowed('more', at)) problems.push(`${at} is not documented`)
    }
  }

  compare(documented, answered, '')
  return [...problems, ...[...unused].map((each) => `not needed any more: ${each}`)]
}

type Fields = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value !== 'string') return typeof value
  if (UUID.test(value)) return 'uuid'
  return DATE_TIME.test(value) || SQL_DATE_TIME.test(value) ? 'date-time' : 'string'
}
