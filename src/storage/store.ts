import { type Batched, type BatchKind, createBatcher } from './batch.ts'
import type { Database } from './database.ts'
import type { BoundStatement } from './statement.ts'
import { createTurns, type InTurn } from './turns.ts'

/** The database as the core's stores use it: plain statements, and calls that share statements with others. */
export interface Store {
  run<Row>(bound: BoundStatement<Row>): Promise<readonly Row[]>
  batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>): Batched<Call, Outcome>
  /** Keeps calls of this process that would only race each other from doing so; the database decides between processes. */
  readonly inTurn: InTurn
  readonly database: Database
}

/**
 * Wraps a database with one batcher for each kind of call.
 *
 * @param written called after the commit of each batched write, with its tenant.
 */
export function openStore(database: Database, written: (tenantId: string) => void = () => {}): Store {
  const batchers = new WeakMap<object, unknown>()
  return {
    database,
    inTurn: createTurns(),
    run: (bound) => database.run(bound),
    batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>): Batched<Call, Outcome> {
      const known = batchers.get(kind) as Batched<Call, Outcome> | undefined
      if (known) return known
      const run = createBatcher(database, kind)
      const batcher: Batched<Call, Outcome> = kind.readOnly
        ? run
        : async (tenantId, call) => {
            const outcome = await run(tenantId, call)
            written(tenantId)
            return outcome
          }
      batchers.set(kind, batcher)
      return batcher
    },
  }
}
