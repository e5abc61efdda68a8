import {
  ACCESS_CHANNEL,
  type Announce,
  createAnnouncer,
  RECORDED_CHANNEL,
  RECORDED_REST_MS,
  wordsIn,
} from './announce.ts'
import { type Batched, type BatchKind, createBatcher } from './batch.ts'
import type { Database } from './database.ts'
import type { Files } from './files.ts'
import type { Announced, BoundStatement } from './statement.ts'
import { createTurns, type InTurn } from './turns.ts'

/** The database as the core's stores use it: plain statements, and calls that share statements with others. */
export interface Store {
  /** Answers after its commit, and after others were told of what it announces. */
  run<Row>(bound: BoundStatement<Row>): Promise<readonly Row[]>
  /** The same of several that commit together or not at all. */
  transaction<T>(work: (run: Store['run']) => Promise<T>): Promise<T>
  batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>): Batched<Call, Outcome>
  /** Keeps calls of this process that would only race each other from doing so; the database decides between processes. */
  readonly inTurn: InTurn
  readonly database: Database
  /** Tells who listens to a channel, in this process and in others. */
  readonly announce: { readonly events: Announce; readonly access: Announce }
  /**
   * Calls `forget` for each tenant whose access or catalogue was changed: by this process before it answers, by others as
   * soon as that is heard. @param onGap as of `Database.listen`
   */
  onAccess(forget: (tenantId: string) => void, onGap: (listening: boolean) => void): void
  /** Files beside the rows; null in a process that has none at hand, such as the command line. */
  readonly files: Files | null
}

export interface StoreOptions {
  readonly files?: Files | null
  /** Whether each write waits until its events are announced, as in a process that ends soon. */
  readonly waits?: boolean
}

/** Wraps a database with one batcher for each kind of call. */
export function openStore(database: Database, { files = null, waits = false }: StoreOptions = {}): Store {
  const batchers = new WeakMap<object, unknown>()
  const forgets: ((tenantId: string) => void)[] = []
  const announce = {
    events: createAnnouncer(database, RECORDED_CHANNEL, RECORDED_REST_MS),
    access: createAnnouncer(database, ACCESS_CHANNEL, 0),
  }

  async function tell(announced: Announced, tenantId: string): Promise<void> {
    // Who follows the events looks by itself where this is lost; who may do what is known late then, so the caller hears.
    if (announced === 'events') {
      const told = announce.events(tenantId).catch(() => {})
      if (waits) await told
    } else {
      for (const forget of forgets) forget(tenantId)
      await announce.access(tenantId)
    }
  }

  return {
    database,
    files,
    announce,
    inTurn: createTurns(),
    onAccess(forget, onGap) {
      forgets.push(forget)
      database.listen(ACCESS_CHANNEL, (message) => wordsIn(message).forEach(forget), onGap)
    },
    async run(bound) {
      const rows = await database.run(bound)
      for (const announced of bound.statement.announces ?? []) await tell(announced, tenantOf(bound))
      return rows
    },
    async transaction(work) {
      const ran: BoundStatement<unknown>[] = []
      const result = await database.transaction((run) =>
        work((bound) => {
          ran.push(bound)
          return run(bound)
        }),
      )
      for (const announced of ['events', 'access'] as const) {
        const touching = ran.filter(({ statement }) => statement.announces?.includes(announced))
        for (const tenantId of new Set(touching.map(tenantOf))) await tell(announced, tenantId)
      }
      return result
    },
    batched<Call, Row, Outcome>(kind: BatchKind<Call, Row, Outcome>): Batched<Call, Outcome> {
      const known = batchers.get(kind) as Batched<Call, Outcome> | undefined
      if (known) return known
      const run = createBatcher(database, kind)
      const batcher: Batched<Call, Outcome> = kind.readOnly
        ? run
        : async (tenantId, call) => {
            const outcome = await run(tenantId, call)
            await tell('events', tenantId)
            return outcome
          }
      batchers.set(kind, batcher)
      return batcher
    },
  }
}

/** Whatever announces takes its tenant first. */
function tenantOf({ values: [tenantId] }: BoundStatement<unknown>): string {
  return String(tenantId)
}
