import type { Static, TObject } from 'typebox'

/**
 * One SQL statement of the product: its text is fixed, only its values vary.
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
  /** Only carries the row's type; never set. */
  readonly rowType?: Row
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

const declared = new Map<string, Statement<unknown>>()

/**
 * Declares a statement. Every statement of the product is declared at module level, so that tests can walk them all.
 *
 * @throws Error when the name is taken: two texts under one prepared name would run each other.
 */
export function statement<S extends TObject>(name: string, row: S, text: string): Statement<Static<S>> {
  if (declared.has(name)) throw new Error(`The statement name ${name} is taken.`)
  const made: Statement<Static<S>> = { name, text, row, writes: WRITE.test(text) }
  declared.set(name, made)
  return made
}

/** Every statement declared by the modules loaded so far. */
export function declaredStatements(): readonly Statement<unknown>[] {
  return [...declared.values()]
}
