import { type Batched, type BatchKind, createBatcher } from './batch.ts'
import type { Database } from './database.ts'
import type { BoundStatement } from './statement.ts'

/** The database as the core's stores use it: plain statements, and calls that share statements with others. */
export interface Store {
  run<Row>(bound: BoundStatement<Row>): Promise<readonly Row[]>
  batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>): Batched<Call, Outcome>
  readonly database: Database
}

/** Wraps a database with one batcher for each kind of call. */
export function openStore(database: Database): Store {
  const batchers = new WeakMap<object, unknown>()
  return {
    database,
    run: (bound) => database.run(bound),
    batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>): Batched<Call, Outcome> {
      const known = batchers.get(kind) as Batched<Call, Outcome> | undefined
      if (known) return known
      const batcher = createBatcher(database, kind)
      batchers.set(kind, batcher)
      return batcher
    },
  }
}
