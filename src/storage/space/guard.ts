import type { Database } from '../database.ts'
import { isOutOfSpace, StoreFull, StoreUnavailable } from '../failures.ts'
import type { BoundStatement } from '../statement.ts'
import type { Space } from './space.ts'

/**
 * A database that refuses statements that write while the disk is full, and takes the server's own word for it between
 * two looks at the disk. @throws StoreFull from its methods then.
 */
export function guardWrites(database: Database, space: Space): Database {
  function demand(bounds: readonly BoundStatement<unknown>[]): void {
    if (space.isFull() && bounds.some(({ statement }) => statement.writes)) space.demand()
  }

  async function found<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || error instanceof StoreFull || !isOutOfSpace(error)) throw error
      await space.look()
      throw space.isFull() ? new StoreFull(error) : error
    }
  }

  return {
    ...database,
    async run(bound) {
      demand([bound])
      return found(database.run(bound))
    },
    async pipeline(bounds, lane) {
      demand(bounds)
      return found(database.pipeline(bounds, lane))
    },
    transaction(work) {
      return found(
        database.transaction((run) =>
          work(async (bound) => {
            demand([bound])
            return run(bound)
          }),
        ),
      )
    },
  }
}
