import type { Database } from '../database.ts'
import type { BoundStatement } from '../statement.ts'
import type { Space } from './space.ts'

/** A database that refuses statements that write while the disk is full. @throws StoreFull from its methods then. */
export function guardWrites(database: Database, space: Space): Database {
  function demand(bounds: readonly BoundStatement<unknown>[]): void {
    if (space.isFull() && bounds.some(({ statement }) => statement.writes)) space.demand()
  }
  return {
    ...database,
    async run(bound) {
      demand([bound])
      return database.run(bound)
    },
    async pipeline(bounds, lane) {
      demand(bounds)
      return database.pipeline(bounds, lane)
    },
    transaction(work) {
      return database.transaction((run) =>
        work(async (bound) => {
          demand([bound])
          return run(bound)
        }),
      )
    },
  }
}
