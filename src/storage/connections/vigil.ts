import { setTimeout as pause } from 'node:timers/promises'
import { errorCode, StoreUnavailable } from '../failures.ts'
import type { BoundStatement } from '../statement.ts'
import { writes } from './commands.ts'
import { cut, type Session, withinTime } from './connect.ts'
import type { Busy, Opened } from './pool.ts'
import { settingCalls } from './settings.ts'

/** What the server is good for now, as far as is known. */
type State =
  | 'well'
  /** It answers, but no write ends: it waits for another server to have it too. */
  | 'writes hang'
  /** It says nothing at all. */
  | 'silent'

/** What one look told: a state, or nothing, because there was no connection to look with. */
type Seen = State | 'reads only' | 'unknown'

/** After how long without an answer on a connection the server is looked at, in milliseconds. */
const SUSPECT_MS = 5_000
/** How long it gets for each step of a look, in milliseconds. */
const LOOK_MS = 5_000
/** How long somebody who asks for readiness waits for a look, in milliseconds. */
const READY_MS = 3_000
/** How long the answer of a look holds for those who ask after it, in milliseconds. */
const HOLDS_MS = 1_000
/** How often connections are gone through, and how often a server that is not well is looked at, in milliseconds. */
const EVERY_MS = 1_000
/** Beyond its own limit for a statement a connection gets no answer any more, however well the server is; milliseconds. */
const LOST_MS = 45_000
/** After how long a look whose write hangs is ended by another one, in milliseconds. */
const HANGS_MS = 60_000
/** After how long without a look its connection is closed, in milliseconds. */
const IDLE_MS = 30_000

/** Writes nothing but a mark into the log of the server, which has to become durable as any commit; null where it may not. */
const WRITE = `select case when current_setting('transaction_read_only') = 'off'
  then pg_logical_emit_message(true, 'polydesk', '')::text end as place`

/** Watches over answers that do not come. */
export interface Vigil {
  /** @throws StoreUnavailable when such statements are known not to be answered now; nothing was sent then */
  admit(bounds: readonly BoundStatement<unknown>[]): void
  /** Whether a write comes through, tried now unless it was a moment ago. */
  takesWrites(): Promise<boolean>
  stop(): void
}

/**
 * Statements have a deadline in the server; this is ours. A connection that owes an answer for long is no proof: so the
 * server is asked by another one, first to read, then to write. When it does not answer, connections that wait are given
 * up, and statements are refused at once until it does. A write that hangs in the server goes on hanging there, so
 * without that they would eat up its connections one by one.
 *
 * @param open a session of its own
 * @param throughPool runs a statement through the pool, for a server that has no connection left for a look
 */
export function createVigil(
  busy: () => readonly Busy[],
  open: () => Promise<Opened>,
  throughPool: (text: string) => Promise<unknown>,
  log: (message: string) => void,
): Vigil {
  let state: State = 'well'
  let eye: Opened | undefined
  /** Of a look whose write was not answered yet. */
  let hanging: { readonly answer: Promise<boolean>; readonly since: number } | undefined
  let looking: Promise<Seen> | undefined
  let seen: { readonly what: Seen; readonly at: number } | undefined
  let hasStopped = false
  const rounds = setInterval(() => void round(), EVERY_MS).unref()

  async function round(): Promise<void> {
    const now = performance.now()
    const waiting = busy()
    for (const each of waiting) if (now - each.since > LOST_MS) each.cut()
    if (state !== 'well' || waiting.some(({ since }) => now - since > SUSPECT_MS)) await look()
    else if (eye && !looking && seen && now - seen.at > IDLE_MS) closeEye()
  }

  function look(): Promise<Seen> {
    looking ??= lookOnce()
      .then((what) => {
        seen = { what, at: performance.now() }
        judge(what)
        return what
      })
      .finally(() => {
        looking = undefined
      })
    return looking
  }

  function judge(what: Seen): void {
    if (hasStopped || what === 'unknown') return
    const next = what === 'reads only' ? 'well' : what
    if (next !== state) log(TOLD[next])
    state = next
    if (state === 'well') return
    const before = performance.now() - SUSPECT_MS
    for (const each of busy()) if (each.since < before && (state === 'silent' || each.writes)) each.cut()
  }

  async function lookOnce(): Promise<Seen> {
    try {
      if (hanging) return await lookAtHanging(hanging)
      await read()
    } catch (error) {
      closeEye()
      return errorCode(error) === 'ETIMEDOUT' ? 'silent' : 'unknown'
    }
    return write()
  }

  /** Opening asks already. */
  async function read(): Promise<void> {
    const known = eye
    if (known) await withinTime(LOOK_MS, () => known.session.client.query('select 1'))
    else eye = await open()
  }

  async function write(): Promise<Seen> {
    if (!eye) return 'unknown'
    const { session, surroundings } = eye
    const answer = emit(session, surroundings.mode === 'transaction' ? surroundings.told.schema : undefined)
    try {
      return (await withinTime(LOOK_MS, () => answer)) ? 'well' : 'reads only'
    } catch (error) {
      if (errorCode(error) !== 'ETIMEDOUT') {
        closeEye()
        return 'unknown'
      }
      hanging = { answer, since: performance.now() }
      answer.catch(() => {})
      return 'writes hang'
    }
  }

  /** Another write would only hang beside it. */
  async function lookAtHanging({ answer, since }: NonNullable<typeof hanging>): Promise<Seen> {
    const late = pause(EVERY_MS, 'late' as const, { ref: false })
    const answered = await Promise.race([answer.catch(() => 'lost' as const), late])
    if (answered !== 'late') {
      hanging = undefined
      if (answered === 'lost') closeEye()
      return answered === 'lost' ? 'unknown' : answered ? 'well' : 'reads only'
    }
    if (performance.now() - since < HANGS_MS) return state === 'well' ? 'unknown' : state
    const pid = eye?.session.told.pid
    closeEye()
    hanging = undefined
    eye = await open()
    // Nobody waits for what that one wrote.
    await withinTime(LOOK_MS, () => endOf(eye, pid))
    return write()
  }

  function closeEye(): void {
    if (eye) cut(eye.session.client)
    eye = undefined
  }

  return {
    admit(bounds) {
      if (state === 'well') return
      if (state === 'silent' || bounds.some(writes)) throw new StoreUnavailable(new Error(TOLD[state]), false)
    },
    async takesWrites() {
      if (state !== 'well') return false
      if (seen && performance.now() - seen.at < HOLDS_MS && seen.what !== 'unknown') return seen.what === 'well'
      const what = await Promise.race([look(), pause(READY_MS, 'unknown' as const, { ref: false })])
      if (what !== 'unknown') return what === 'well'
      // There may be no connection left for a look, and those that there are may work.
      return withinTime(READY_MS, () => throughPool(WRITE)).then(
        (place) => place !== null,
        () => false,
      )
    },
    stop() {
      hasStopped = true
      clearInterval(rounds)
      closeEye()
    },
  }
}

const TOLD: Readonly<Record<State, string>> = {
  well: 'The database answers again.',
  'writes hang': 'The database does not finish writes: it may wait for a synchronous standby that is gone.',
  silent: 'The database does not answer.',
}

/** Whether the server took a write. @param schema to set everything first, where nothing stays set */
async function emit({ client }: Session, schema: string | null | undefined): Promise<boolean> {
  if (schema === undefined) {
    const { rows } = await client.query<{ place: string | null }>(WRITE)
    return rows[0]?.place !== null
  }
  await client.query('begin')
  await client.query(`select ${settingCalls(true)}`, [schema])
  const { rows } = await client.query<{ place: string | null }>(WRITE)
  await client.query('commit')
  return rows[0]?.place !== null
}

async function endOf(eye: Opened | undefined, pid: number | undefined): Promise<void> {
  if (eye?.surroundings.mode === 'direct') await eye.session.client.query('select pg_terminate_backend($1)', [pid])
}
