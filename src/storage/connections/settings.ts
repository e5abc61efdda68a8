/** No statement of the product may run longer, in milliseconds. */
export const STATEMENT_TIMEOUT_MS = 30_000

/**
 * What every session sets, whatever the URL, the role, the database or the server say: the first of it decides what our
 * statements mean, the rest how they run.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // Instants leave the database as text, inside JSON too, and are read as UTC.
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // Lists of values are sent as array literals.
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  // What waits for a locked row then reads what its holder committed.
  default_transaction_isolation: 'read committed',
  statement_timeout: String(STATEMENT_TIMEOUT_MS),
  lock_timeout: '0',
  // Without JIT and with one worker a short statement keeps its latency.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  // Each statement is written for one plan. Left alone, PostgreSQL would plan those with lists anew each time, because
  // a plan for the very list looks cheaper: that takes ten times as long as reading a ticket. Citus needs the tenant to plan.
  plan_cache_mode: 'force_generic_plan',
}

/** Whether the tables may lie on several servers. */
export const HAS_CITUS = "exists (select from pg_extension where extname = 'citus')"

/** A value as an expression. */
function expressionOf(value: string): string {
  return value === 'force_generic_plan' ? `case when ${HAS_CITUS} then 'auto' else '${value}' end` : `'${value}'`
}

/** For work that may take its time: migrations and other administration. */
const PATIENT: Readonly<Record<string, string>> = { statement_timeout: '0', plan_cache_mode: 'auto' }

/** How sessions reach the server. */
export type Mode =
  /** One session is one connection of the server. */
  | 'direct'
  /** The same, with a pooler in between. */
  | 'session'
  /** Each transaction may run on another connection of the server: nothing that a session sets stays. */
  | 'transaction'

/**
 * The settings as expressions of a select list. Its first parameter is the schema to look for tables in, as
 * `search_path` takes it, or null for what the session finds by itself.
 *
 * @param isLocal only until the transaction ends
 */
export function settingCalls(isLocal: boolean, isPatient = false): string {
  const settings = Object.entries({ ...SETTINGS, ...(isPatient ? PATIENT : {}) })
  const calls = settings.map(([name, value]) => `set_config('${name}', ${expressionOf(value)}, ${isLocal})`)
  // Pinned: a schema that appears later, or another default of the role, must not hide our tables.
  return [...calls, `set_config('search_path', coalesce($1::text, quote_ident(current_schema())), ${isLocal})`].join(
    ', ',
  )
}

/** Reads back what must have come of it. */
export const READ_SETTINGS = `select ${['TimeZone', 'DateStyle', 'jit']
  .map((name) => `current_setting('${name}')`)
  .join(` || ' ' || `)} as settings, pg_backend_pid() as pid`

/** What `READ_SETTINGS` tells when they hold. */
export const SETTINGS_HOLD = `${SETTINGS['TimeZone']} ${SETTINGS['DateStyle']} ${SETTINGS['jit']}`
