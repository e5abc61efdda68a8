import type pg from 'pg'
import type { Leased } from './connections/pool.ts'
import { isUnavailable, StoreUnavailable } from './failures.ts'
import { Pipeline } from './pipeline.ts'
import type { BoundStatement } from './statement.ts'

type Answers = Pipeline['settled']

/** What sends statements down one connection as one pipeline; the rows of each. */
export type Send = (bounds: readonly BoundStatement<unknown>[]) => Answers

/**
 * Pipelines that follow each other down one connection. Each is sent at once, behind those whose answers are still to
 * come, so that PostgreSQL always has the next one at hand. They run in this order, each a transaction of its own.
 *
 * @param onNext called when another answer becomes the next to come: with true when one is due, with false when none is.
 */
export function sendBehind(
  client: pg.Client,
  types: pg.CustomTypesConfig,
  onNext: (isDue: boolean) => void = () => {},
): Send {
  const underWay: Pipeline[] = []

  /** `pg` reads one answer at a time: it is told of a pipeline when its answer is the next to come. */
  function next(): void {
    underWay.shift()
    const [first] = underWay
    onNext(first !== undefined)
    if (first) client.query(first)
  }

  return (bounds) => {
    const pipeline = new Pipeline(bounds, types, next)
    underWay.push(pipeline)
    // Before the client is told of it, who would hold it back while the last word on the one before is still to come.
    pipeline.submit(client.connection)
    if (underWay.length === 1) {
      onNext(true)
      client.query(pipeline)
    }
    return pipeline.settled
  }
}

/** A connection while it is lent. */
interface Lent {
  readonly leased: Promise<Leased>
  isHeld: boolean
  users: number
  lost?: StoreUnavailable
}

/** Lends its connection to `work`, together with all others that ask meanwhile. */
export type Lane = <T>(work: (send: Send) => Promise<T>) => Promise<T>

/**
 * One connection that is shared by all who want it at the same time. After a loss the next one connects anew.
 *
 * @param take takes a connection out of a pool. What it throws goes to those who wait for it.
 * @param isWanted whether another lane waits for a connection: then whoever comes stands in line behind it.
 * @returns a lane; it throws StoreUnavailable when the connection was lost, and whatever `work` throws.
 */
export function openLane(take: () => Promise<Leased>, isWanted: () => boolean): Lane {
  let current: Lent | undefined

  return async (work) => {
    if (current?.isHeld && isWanted()) current = undefined
    current ??= { leased: take(), isHeld: false, users: 0 }
    const lent = current
    lent.users += 1
    try {
      const { send, giveBack } = await lent.leased
      lent.isHeld = true
      try {
        return await work(send)
      } catch (error) {
        if (!isUnavailable(error)) throw error
        lent.lost = new StoreUnavailable(error)
        throw lent.lost
      } finally {
        if (lent.users === 1) giveBack(lent.lost)
      }
    } finally {
      lent.users -= 1
      if (current === lent && (lent.users === 0 || lent.lost)) current = undefined
    }
  }
}
