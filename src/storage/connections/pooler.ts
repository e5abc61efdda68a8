import { randomBytes } from 'node:crypto'
import { errorCode, StoreUnusable } from '../failures.ts'
import { cut, type Session, withinTime } from './connect.ts'
import type { Mode } from './settings.ts'

/** How often it is tried to come to another connection of the server. */
const ROUNDS = 8
/** How long a pooler gets to find one, in milliseconds. */
const PATIENCE_MS = 3_000
/** A prepared statement is not there, or one of that name is. */
const NOT_PREPARED = new Set<string | undefined>(['26000', '42P05'])

const WITHOUT_PREPARED =
  'The pooler in front of the database gives each transaction another connection and does not bring prepared statements along: set max_prepared_statements = 200 in PgBouncer 1.21 or newer, or pool_mode = session for this database.'
const STATEMENTS_ONLY =
  'The pooler in front of the database gives each statement another connection, and Polydesk needs transactions: set pool_mode = session for this database, or transaction in PgBouncer 1.21 or newer.'
const ONE_ONLY =
  'The pooler in front of the database gives one connection at a time: let it give as many as POLYDESK_DATABASE_CONNECTIONS says (default_pool_size of PgBouncer).'

/**
 * Finds out whether a pooler gives whole sessions or only transactions, by what it does: while others take connections
 * between the transactions of a session, that session comes to another one sooner or later, or it keeps its own.
 *
 * @param session pooled
 * @param open opens another like it, closed again here
 * @throws StoreUnusable when Polydesk cannot work through it; the sentence says what to set
 */
export async function modeOf(session: Session, open: () => Promise<Session>): Promise<Mode> {
  const other = await open().catch((error: unknown) => {
    if (errorCode(error) === 'ETIMEDOUT') throw new StoreUnusable(ONE_ONLY, { cause: error })
    throw error
  })
  try {
    return await probe(session, other)
  } finally {
    cut(other.client)
  }
}

async function probe({ client }: Session, other: Session): Promise<Mode> {
  const name = `polydesk_probe_${randomBytes(6).toString('hex')}`
  const pidOf = async (): Promise<number | undefined> => {
    const { rows } = await client.query<{ pid: number }>({ name, text: 'select pg_backend_pid() as pid' })
    return rows[0]?.pid
  }
  const first = await pidOf()
  for (let round = 0; round < ROUNDS; round++) {
    // Most poolers hand out first what came back last, so this takes the connection that the session just had.
    await other.client.query('begin; select 1').catch((error: unknown) => {
      throw /statement pooling/.test(String(error)) ? new StoreUnusable(STATEMENTS_ONLY, { cause: error }) : error
    })
    try {
      if ((await withinTime(PATIENCE_MS, pidOf)) !== first) return 'transaction'
    } catch (error) {
      if (NOT_PREPARED.has(errorCode(error))) throw new StoreUnusable(WITHOUT_PREPARED, { cause: error })
      if (errorCode(error) === 'ETIMEDOUT') throw new StoreUnusable(ONE_ONLY, { cause: error })
      throw error
    } finally {
      await other.client.query('rollback')
    }
  }
  return 'session'
}
