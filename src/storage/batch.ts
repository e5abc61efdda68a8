import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'
import { errorCode, isUnavailable, StoreUnavailable } from './failures.ts'
import type { BoundStatement } from './statement.ts'

/** Answered by `outcomes` for a call that must run again, because what it relied on changed under way. */
export const AGAIN = Symbol('again')

/**
 * One kind of call that can share statements with others of its kind.
 *
 * A store declares one for each of its verbs: how calls of one tenant become one statement (the tenant is `$1`, the
 * rest are lists), and how the rows that come back are dealt out to the calls.
 */
export interface BatchKind<Call, Row, Outcome> {
  readonly name: string
  /** A read is simply run again after a lost connection. */
  readonly readOnly: boolean
  /** What a call writes, as strings. Two calls that share one never ride in the same flush: the later one waits. */
  targets(call: Call): readonly string[]
  statement(tenantId: string, calls: readonly Call[]): BoundStatement<Row>
  /** One outcome for each call, in the order of the calls. */
  outcomes(calls: readonly Call[], rows: readonly Row[]): readonly (Outcome | typeof AGAIN)[]
  /**
   * After a connection was lost mid-flush: for each call its outcome if it had committed, else undefined. Writes only.
   * Ids are made by callers, so what committed can be told from what did not.
   */
  recover?(database: Database, tenantId: string, calls: readonly Call[]): Promise<readonly (Outcome | undefined)[]>
}

/** Runs a call with whatever others of its kind wait; answers after its own commit. */
export type Batched<Call, Outcome> = (tenantId: string, call: Call) => Promise<Outcome>

export interface BatcherOptions {
  /** Calls in one flush at the most. */
  maxCalls?: number
  /** Flushes under way at the same time at the most, each of other tenants. */
  maxFlushes?: number
  /** Whether flushes follow each other down one connection; else each has one of its own. */
  inLane?: boolean
  /** Calls that wait at the most: one more is refused at once, so that the queue is bounded. */
  maxWaiting?: number
  /** In how many flushes a call runs at the most, when what it relies on keeps changing. */
  maxAttempts?: number
}

/** Turns of the event loop that a flush waits for more calls at the most. */
const MAX_TURNS = 3
/** How often a call runs again after its connection was lost. */
const MAX_RERUNS_AFTER_LOSS = 2
/** How long a store that is away is asked what became of the calls, in milliseconds. */
const RECOVERY_MS = 2_000
/** The pause before the first such question, in milliseconds; it doubles each time. */
const RECOVERY_PAUSE_MS = 20
/** What a flush in a lane is told that meets rows which stay locked. */
const LOCK_NOT_AVAILABLE = '55P03'
/** Serialisation failure and deadlock: nothing is wrong with the call, it only has to run again. */
const TRANSIENT_CODES = new Set<string | undefined>(['40001', '40P01'])

/** A call on its way: in the queue, or in the flush under way. */
interface Item<Call, Outcome> {
  readonly tenantId: string
  readonly call: Call
  readonly targets: readonly string[]
  /** Only the first answer counts, as with any promise. */
  resolve(outcome: Outcome): void
  reject(error: unknown): void
  /** An item that is not answered by the end of its flush goes back to the front of the queue. */
  answered: boolean
  attempts: number
  /** How often its connection was lost while it ran. Above zero, an earlier run may have committed all the same. */
  losses: number
  /** Why it has to run again. */
  reason?: unknown
}

/**
 * Natural group commit: a call that finds no flush of its kind under way starts one at the end of this turn of the event
 * loop (or of the next two, while more arrive); those that arrive meanwhile go together in the next one. There is no timer,
 * so a lone call waits for nobody and load makes the batches.
 * Two flushes are under way, so that neither side waits for the other: side by side, or one behind the other down one
 * connection, where the one behind lies ready when the first ends. But never two of one tenant, whose calls would only
 * wait for each other there, and could overtake each other.
 * A flush in a lane that meets rows which stay locked leaves the lane, so that it doesn't hold up all tenants.
 *
 * After a lost connection the server may still be busy with the first run of a call when the second begins. So a
 * write must be impossible to do twice: its statement inserts a row whose id its caller made.
 */
export function createBatcher<Call, Row, Outcome>(
  database: Database,
  kind: BatchKind<Call, Row, Outcome>,
  options: BatcherOptions = {},
): Batched<Call, Outcome> {
  type Items = Item<Call, Outcome>[]
  const { maxCalls = 256, maxFlushes = 2, maxWaiting = 10_000, maxAttempts = 20 } = options
  // With more cores PostgreSQL has some to spare for a second connection, and commits of two wait for the disk together.
  const { inLane = !kind.readOnly && availableParallelism() <= 2 } = options
  let queue: Items = []
  let flushes = 0
  let isDue = false
  /** The tenants of the flushes under way. */
  const flushing = new Set<string>()

  function add(tenantId: string, call: Call): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    const item: Item<Call, Outcome> = {
      tenantId,
      call,
      targets: kind.targets(call).map((target) => `${tenantId}\0${target}`),
      resolve(outcome) {
        item.answered = true
        resolve(outcome)
      },
      reject(error) {
        item.answered = true
        reject(error)
      },
      answered: false,
      attempts: 0,
      losses: 0,
    }
    queue.push(item)
    // Otherwise whichever flush ends takes it along.
    if (flushes < maxFlushes && !flushing.has(tenantId)) flushSoon()
    return promise
  }

  /**
   * At the end of this turn of the event loop, or of a later one as long as each brings more: callers that were answered
   * together ask again together, but not all of what they ask is read in one turn.
   */
  function flushSoon(): void {
    if (isDue) return
    isDue = true
    const look = (before: number, turns: number): void => {
      setImmediate(() => {
        if (queue.length > before && turns < MAX_TURNS) return look(queue.length, turns + 1)
        isDue = false
        if (flushes < maxFlushes) void flushAll()
      })
    }
    look(queue.length, 1)
  }

  /** Flushes until nothing waits but calls of tenants that have a flush under way: that one's end takes them along. */
  async function flushAll(): Promise<void> {
    flushes += 1
    for (let items = takeNext(); items.length > 0; items = takeNext()) {
      const tenants = new Set(items.map((item) => item.tenantId))
      for (const tenant of tenants) flushing.add(tenant)
      if (queue.length > 0 && flushes < maxFlushes) void flushAll()
      await run(items).catch((error: unknown) => rejectAll(items, error)) // A fault in here must not leave callers hanging.
      await Promise.all(items.map(endAttempt))
      for (const tenant of tenants) flushing.delete(tenant)
      // These arrived before all that wait, so they stay before them.
      queue = [...items.filter((item) => !item.answered), ...queue]
    }
    flushes -= 1
  }

  /**
   * Takes a flush out of the queue in which no two calls share a target, no call overtakes one it shares a target with,
   * and no tenant has another flush under way. It leaves their share of the tenants to the flushes that may begin beside it.
   */
  function takeNext(): Items {
    const waiting = new Set(queue.map((item) => item.tenantId)).difference(flushing)
    const share = Math.ceil(waiting.size / (1 + maxFlushes - flushes))
    const tenants = new Set([...waiting].slice(0, share))
    const taken: Items = []
    const left: Items = []
    const busy = new Set<string>()
    for (const item of queue) {
      const isFree = tenants.has(item.tenantId) && !item.targets.some((target) => busy.has(target))
      const goes = taken.length < maxCalls && isFree
      if (goes) taken.push(item)
      else left.push(item)
      // The targets of a call that stays are busy too: whoever shares one has to stay behind it.
      for (const target of item.targets) busy.add(target)
    }
    queue = left
    return taken
  }

  /**
   * Runs calls until each is answered or has to wait for the next flush. The errors of a rolled-back transaction don't
   * tell for sure which call spoilt it; so what failed is halved until the bad call fails alone, with its own error.
   * (Calls of one flush share no target, so the order among them is free.)
   */
  async function run(items: Items): Promise<void> {
    const failures = await runTogether(items)
    const half = Math.ceil(failures.length / 2)
    for (const part of [failures.slice(0, half), failures.slice(half)]) if (part.length > 0) await run(part)
  }

  /** Runs calls in one round trip, with one statement for each tenant. The calls that failed, but not alone. */
  async function runTogether(items: Items): Promise<Items> {
    // Counter rows are locked in this one order by every flush everywhere, so no two flushes wait for each other.
    const groups = [...Map.groupBy(items, (item) => item.tenantId)].sort(([a], [b]) => (a < b ? -1 : 1))
    let bounds: BoundStatement<Row>[]
    try {
      bounds = groups.map(([tenantId, group]) => kind.statement(tenantId, callsOf(group)))
    } catch (error) {
      return failed(items, error)
    }
    let answers: readonly (readonly Row[])[]
    try {
      answers = await send(bounds)
    } catch (error) {
      if (error instanceof StoreUnavailable && !error.sent)
        await Promise.all(items.map((item) => conclude(item, () => item.reject(error))))
      else if (isUnavailable(error)) await Promise.all(groups.map(([tenantId, group]) => lost(tenantId, group, error)))
      else if (errorCode(error) !== undefined) return failed(items, error)
      else rejectAll(items, error) // It may have committed, so it must not run again.
      return []
    }
    await Promise.all(groups.map(([, group], index) => deal(group, answers[index] ?? [])))
    return []
  }

  async function send(bounds: readonly BoundStatement<Row>[]): Promise<readonly (readonly Row[])[]> {
    if (!inLane) return database.pipeline(bounds)
    try {
      return await database.pipeline(bounds, kind.name)
    } catch (error) {
      if (errorCode(error) !== LOCK_NOT_AVAILABLE) throw error
      // Nothing of it took effect, and alone it may wait as long as it must.
      return database.pipeline(bounds)
    }
  }

  /** After a refusal by PostgreSQL: several calls are to be tried apart, a single one is itself to blame. */
  async function failed(items: Items, error: unknown): Promise<Items> {
    const [item] = items
    if (!item || items.length > 1) return items
    item.reason = error
    if (!TRANSIENT_CODES.has(errorCode(error))) await conclude(item, () => item.reject(error))
    return []
  }

  /** Deals the rows of a committed statement out to its calls. */
  async function deal(items: Items, rows: readonly Row[]): Promise<void> {
    try {
      const outcomes = paired(kind.name, items, kind.outcomes(callsOf(items), rows))
      await Promise.all(
        outcomes.map(([item, outcome]) => outcome !== AGAIN && conclude(item, () => item.resolve(outcome))),
      )
    } catch (error) {
      rejectAll(items, error)
    }
  }

  /** After a lost connection: answers a tenant's calls that had committed. The others run again, a few times. */
  async function lost(tenantId: string, items: Items, error: unknown): Promise<void> {
    for (const item of items) {
      item.losses += 1
      item.reason = error
    }
    if (!kind.readOnly) await recover(tenantId, items, error)
    rejectAll(
      items.filter((item) => item.losses > MAX_RERUNS_AFTER_LOSS),
      error,
    )
  }

  /** Answers the calls that are found committed, and all of them when that can't be found out. */
  async function recover(tenantId: string, items: Items, cause: unknown): Promise<void> {
    if (!kind.recover) return rejectAll(items, cause)
    const deadline = performance.now() + RECOVERY_MS
    for (let pause = RECOVERY_PAUSE_MS; ; pause *= 2) {
      await sleep(pause)
      try {
        const found = await kind.recover(database, tenantId, callsOf(items))
        for (const [item, outcome] of paired(kind.name, items, found)) if (outcome !== undefined) item.resolve(outcome)
        return
      } catch (error) {
        if (!isUnavailable(error)) return rejectAll(items, error)
        if (performance.now() > deadline) return rejectAll(items, new StoreUnavailable(error))
      }
    }
  }

  /**
   * Gives a call its final answer. Of one whose connection was lost, the lost run may have committed late, and the run
   * after it then met its own work (a taken id, a changed version): so what the store holds goes before what it said.
   */
  async function conclude(item: Item<Call, Outcome>, say: () => void): Promise<void> {
    if (item.losses > 0 && !kind.readOnly) await recover(item.tenantId, [item], item.reason)
    say()
  }

  async function endAttempt(item: Item<Call, Outcome>): Promise<void> {
    item.attempts += 1
    if (item.answered || item.attempts < maxAttempts) return
    const error = new Error(`${kind.name} had to run again ${maxAttempts} times.`, { cause: item.reason })
    await conclude(item, () => item.reject(error))
  }

  return async (tenantId, call) => {
    if (queue.length < maxWaiting) return add(tenantId, call)
    throw new StoreUnavailable(new Error(`${queue.length} calls of ${kind.name} wait already.`))
  }
}

function callsOf<Call>(items: readonly { call: Call }[]): Call[] {
  return items.map((item) => item.call)
}

function rejectAll(items: readonly { reject(error: unknown): void }[], error: unknown): void {
  for (const item of items) item.reject(error)
}

/** Pairs items with their answers, of which there must be one for each. */
function paired<T, U>(name: string, items: readonly T[], answers: readonly U[]): [T, U][] {
  if (answers.length !== items.length)
    throw new Error(`${name} gave ${answers.length} answers for ${items.length} calls.`)
  return answers.flatMap((answer, index) => items.slice(index, index + 1).map((item): [T, U] => [item, answer]))
}
