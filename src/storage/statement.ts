import type { Static, TObject } from 'typebox'
import type { Columns, RecordOf, SqlType } from './sql.ts'

/**
 * One SQL statement: its text is fixed, only its values vary.
 *
 * The name is the prepared statement's name, so PostgreSQL plans it once for each connection. `row` says what comes
 * back: it gives the TypeScript type, and a database opened with `checkRows` (the tests do) verifies every row by it.
 */
export interface Statement<Row> {
  readonly name: string
  readonly text: string
  readonly row: TObject
  /** Whether it changes anything: then it is refused while the disk is full. */
  readonly writes: boolean
  /** What others are told once it has committed: that there are events, or that access or the catalogue may be another. */
  readonly announces?: readonly Announced[]
  /** What goes in, in the order of the values: a database opened with `checkRows` verifies them too. */
  readonly takes?: Readonly<Record<string, SqlType<unknown>>>
  /** Only carries the row's type; never set. */
  readonly rowType?: Row
}

/** What is told of a write when it has committed. */
export type Announced = 'events' | 'access'

/** A statement of the product: what it takes is named and typed. */
export interface TypedStatement<Values, Row> extends Statement<Row> {
  readonly takes: Readonly<Record<string, SqlType<unknown>>>
  /** The statement with its values, ready to run. @param lock see `BoundStatement` */
  readonly with: (values: Values, lock?: BoundStatement<unknown>) => BoundStatement<Row>
}

/** A statement with its values, ready to run. `values[0]` is the tenant wherever the statement touches tenant tables. */
export interface BoundStatement<Row> {
  readonly statement: Statement<Row>
  readonly values: readonly unknown[]
  /**
   * Runs right before it, in its transaction, after what it names itself. A statement sees only what was committed when
   * it began: what must also reach what others commit while it waits for their rows has to begin once it holds these.
   */
  readonly lock?: BoundStatement<unknown>
}

/** A statement behind all that have to run before it, in their order. */
export function withLocks(bound: BoundStatement<unknown>): readonly BoundStatement<unknown>[] {
  return bound.lock ? [...withLocks(bound.lock), bound] : [bound]
}

const WRITE = /\b(?:insert\s+into|delete\s+from|update\s+[\w.]+\s+(?:as\s+)?(?:\w+\s+)?set)\b/i

const RECORDING = /\binsert\s+into\s+events\b/i

const declared = new Map<string, TypedStatement<never, unknown>>()

interface Declaration {
  readonly takes: Readonly<Record<string, SqlType<unknown>>>
  readonly row: TObject
  readonly announces?: 'access'
}

/**
 * Declares a statement. Every statement of the product is declared at module level, so that tests can walk them all.
 *
 * @param takes what goes in by the name that `sql` has for it, `:name`. The tenant, where it takes one, is the first.
 * @param announces `access` for what changes who may do what, or the catalogue. That it records events is seen.
 * @throws Error when the name is taken: two texts under one prepared name would run each other. And when `sql` names
 * what it does not take, or does not name what it takes.
 */
export function statement<Values extends Readonly<Record<string, unknown>>, Row extends TObject>(
  name: string,
  given: { readonly takes: Columns<Values>; readonly row: Row; readonly announces?: 'access' },
  sql: string,
): TypedStatement<RecordOf<Values>, Static<Row>>
export function statement(
  name: string,
  { takes, row, announces }: Declaration,
  sql: string,
): TypedStatement<Readonly<Record<string, unknown>>, unknown> {
  if (declared.has(name)) throw new Error(`The statement name ${name} is taken.`)
  const names = Object.keys(takes)
  const text = numbered(name, names, sql)
  const told: readonly Announced[] = [
    ...(RECORDING.test(text) ? ['events' as const] : []),
    ...(announces ? [announces] : []),
  ]
  if (told.length > 0 && names[0] !== 'tenant_id') throw new Error(`${name} announces for no tenant.`)
  const isJson = Object.values(takes).map(({ columns }) => columns !== undefined)
  const made: TypedStatement<Readonly<Record<string, unknown>>, unknown> = {
    ...{ name, text, row, takes, writes: WRITE.test(text), ...(told.length > 0 && { announces: told }) },
    with(given, lock) {
      const values = names.map((name, index) => {
        const value = given[name]
        return isJson[index] && value !== null ? JSON.stringify(value) : value
      })
      return lock ? { statement: made, values, lock } : { statement: made, values }
    },
  }
  declared.set(name, made)
  return made
}

/** The parts of SQL that hold no parameter whatever they look like, numbers of parameters, and names of parameters. */
const PARTS = /'(?:[^']|'')*'|"[^"]*"|--.*|\/\*[\s\S]*?\*\/|::|\$\d+|:([a-z]\w*)/g

/** SQL with the number of each value in the place of its name. */
function numbered(statement: string, names: readonly string[], sql: string): string {
  if (names.includes('tenant_id') && names[0] !== 'tenant_id')
    throw new Error(`${statement} has to take its tenant first.`)
  const used = new Set<string>()
  const text = sql.replace(PARTS, (part: string, name?: string) => {
    if (part.startsWith('$')) throw new Error(`${statement} names ${part} by its number.`)
    if (name === undefined) return part
    if (!names.includes(name)) throw new Error(`${statement} does not take ${name}.`)
    used.add(name)
    return `$${names.indexOf(name) + 1}`
  })
  const unused = names.filter((name) => !used.has(name))
  if (unused.length > 0) throw new Error(`${statement} has no use for ${unused.join(', ')}.`)
  return text
}

/** Every statement declared by the modules loaded so far. */
export function declaredStatements(): readonly TypedStatement<never, unknown>[] {
  return [...declared.values()]
}
