import { type Batched, type BatchKind, createBatcher } from './batch.ts'
import type { Database } from './database.ts'
import type { Files } from './files.ts'
import type { BoundStatement } from './statement.ts'
import { createTurns, type InTurn } from './turns.ts'

/** The database as the core's stores use it: plain statements, and calls that share statements with others. */
export interface Store {
  run<Row>(bound: BoundStatement<Row>): Promise<readonly Row[]>
  batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>): Batched<Call, Outcome>
  /** Keeps calls of this process that would only race each other from doing so; the database decides between processes. */
  readonly inTurn: InTurn
  readonly database: Database
  /** Tells who listens that a write which was not batched has committed for a tenant; of the others they hear anyway. */
  readonly written: (tenantId: string) => void
  /** Files beside the rows; null in a process that has none at hand, such as the command line. */
  readonly files: Files | null
}

/**
 * Wraps a database with one batcher for each kind of call.
 *
 * @param written called after the commit of each batched write, with its tenant.
 */
export function openStore(
  database: Database,
  written: (tenantId: string) => void = () => {},
  files: Files | null = null,
): Store {
  const batchers = new WeakMap<object, unknown>()
  return {
    database,
    files,
    written,
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
