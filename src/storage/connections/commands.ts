import { Type } from 'typebox'
import type { BoundStatement, Statement } from '../statement.ts'
import { settingCalls } from './settings.ts'

/*
 * What the storage itself says to PostgreSQL. It touches no table, so it is not declared among the product's statements.
 */

function command(name: string, text: string): Statement<unknown> {
  return { name: `storage.${name}`, row: Type.Object({}), writes: false, text }
}

const BEGIN = command('begin', 'begin')
const COMMIT = command('commit', 'commit')
const ROLLBACK = command('rollback', 'rollback')
const SET_LOCK_TIMEOUT = command('set_lock_timeout', "select set_config('lock_timeout', $1, false)")
const SET_ALL = command('set_all', `select ${settingCalls(true)}, set_config('lock_timeout', $2, true)`)
// What it announces is on disk already; a signal lost in a crash is one that nobody was left to hear.
const NOTIFY = command('notify', "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)")

export const begin: BoundStatement<unknown> = { statement: BEGIN, values: [] }
export const commit: BoundStatement<unknown> = { statement: COMMIT, values: [] }
export const rollback: BoundStatement<unknown> = { statement: ROLLBACK, values: [] }

/** How long statements of this session wait for locked rows, in milliseconds; 0 for as long as they may run. */
export function setLockTimeout(milliseconds: number): BoundStatement<unknown> {
  return { statement: SET_LOCK_TIMEOUT, values: [String(milliseconds)] }
}

/** All settings of a session, for the transaction that it begins. */
export function setAll(schema: string | null, lockTimeoutMs: number): BoundStatement<unknown> {
  return { statement: SET_ALL, values: [schema, String(lockTimeoutMs)] }
}

export function notify(channel: string, payload: string): BoundStatement<unknown> {
  return { statement: NOTIFY, values: [channel, payload] }
}

const writing = new WeakMap<object, boolean>()

/** Whether a statement changes or locks rows, so that its end may wait for other servers. */
export function writes({ statement }: BoundStatement<unknown>): boolean {
  let known = writing.get(statement)
  if (known === undefined) {
    known =
      statement === COMMIT ||
      /\b(?:insert\s+into|update\s+\w|delete\s+from|for\s+(?:no\s+key\s+)?update)\b/i.test(statement.text)
    writing.set(statement, known)
  }
  return known
}
