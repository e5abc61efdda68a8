import type pg from 'pg'
import { StoreUnusable } from './failures.ts'

/*
 * Tables that lie on several servers, by Citus: each tenant's rows are together on one of them. The statements of the
 * product are those of one PostgreSQL (docs/scaling.md tells which of them are slow there).
 *
 * Source: https://docs.citusdata.com/en/stable/develop/reference_ddl.html
 */

/** What finds the tenant of a secret, before there is a tenant to name: all servers have it. */
const REFERENCES: ReadonlySet<string> = new Set(['directory'])
/** Where each tenant begins. The rows of other tables lie beside their tenant's. */
const ROOT = 'tenants'
/** What every server has to have: statements that run there find nothing of what our sessions set. */
const NODE_SETTINGS: Readonly<Record<string, string>> = {
  jit: 'off',
  TimeZone: "'UTC'",
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
}

/** What is to be done with the tables that lie on one server only. */
export interface Distribution {
  /** Those to be copied to every server. */
  readonly references: readonly string[]
  /** Those to be spread by tenant. */
  readonly byTenant: readonly string[]
}

/** Whether the tables of a database are distributed, so that new ones have to be. */
export async function isDistributed(client: pg.Client): Promise<boolean> {
  if ((await citusVersion(client)) === null) return false
  return (await distributedTables(client)).has(ROOT)
}

/**
 * What is left to be distributed.
 *
 * @throws StoreUnusable where there is no Citus
 */
export async function planDistribution(client: pg.Client): Promise<Distribution> {
  if ((await citusVersion(client)) === null) {
    throw new StoreUnusable(
      'This PostgreSQL has no Citus, so its tables stay on one server. Install Citus on every server, make the database and the extension there (create extension citus), add them by citus_add_node, then try again.',
    )
  }
  const done = await distributedTables(client)
  const left = (await tablesOfTenants(client)).filter((name) => !done.has(name))
  return {
    references: left.filter((name) => REFERENCES.has(name)),
    byTenant: left.filter((name) => !REFERENCES.has(name)),
  }
}

/**
 * Distributes tables, inside a transaction. Foreign keys between them are taken off meanwhile; that of a table which every
 * server has to one that is spread is not possible, and is not put on again. What the server itself kept of them goes.
 */
export async function distributeTables(client: pg.Client, { references, byTenant }: Distribution): Promise<void> {
  // Else it refuses to go on with tables that name each other, for what it did to another in parallel.
  await client.query("set local citus.multi_shard_modify_mode = 'sequential'")
  const all = [...references, ...byTenant]
  const { rows: keys } = await client.query<{ owner: string; name: string; definition: string }>(FOREIGN_KEYS, [all])
  for (const { owner, name } of keys) await client.query(`alter table ${owner} drop constraint ${name}`)
  for (const name of references) await client.query('select create_reference_table($1)', [name])
  for (const name of byTenant)
    await client.query("select create_distributed_table($1, 'tenant_id', colocate_with => $2)", [
      name,
      name === ROOT ? 'none' : ROOT,
    ])
  for (const name of all) await client.query('select truncate_local_data_after_distributing_table($1)', [name])
  for (const { owner, name, definition } of keys)
    if (!REFERENCES.has(owner)) await client.query(`alter table ${owner} add constraint ${name} ${definition}`)
}

/** Has every server work as our statements need it, for this database. May be repeated. */
export async function settleNodes(client: pg.Client): Promise<void> {
  // Citus says it to all of them. Whether it came to pass, the start of a server looks.
  for (const [name, value] of Object.entries(NODE_SETTINGS)) {
    const { rows } = await client.query<{ command: string }>(
      "select format('alter database %I set %I = %s', current_database(), $1::text, $2::text) as command",
      [name, value],
    )
    for (const { command } of rows) await client.query(command)
  }
  // What the planner is told of columns stays behind on the tables themselves, which hold nothing any more.
  const { rows: told } = await client.query<{ owner: string; command: string }>(COLUMN_OPTIONS)
  const done = await distributedTables(client)
  for (const { owner, command } of told)
    if (done.has(owner)) await client.query('select run_command_on_shards($1, $2)', [owner, command])
}

async function citusVersion(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ extversion: string }>(
    "select extversion from pg_extension where extname = 'citus'",
  )
  return rows[0]?.extversion ?? null
}

async function distributedTables(client: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    "select c.relname as name from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid where c.relnamespace = current_schema()::regnamespace and p.partmethod in ('h', 'n')",
  )
  return new Set(rows.map(({ name }) => name))
}

/** The tables that hold something of tenants, the list of tenants first. */
export async function tablesOfTenants(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' order by c.relname <> '${ROOT}', c.relname`,
  )
  return rows.map(({ name }) => name)
}

const FOREIGN_KEYS = `select c.relname as owner, quote_ident(k.conname) as name, pg_get_constraintdef(k.oid) as definition
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class r on r.oid = k.confrelid
where k.contype = 'f' and c.relnamespace = current_schema()::regnamespace
  and (c.relname = any ($1) or r.relname = any ($1)) order by k.conname`

const COLUMN_OPTIONS = `select c.relname as owner,
  format('alter table %%s alter column %I set (%s)', a.attname, o.option) as command
from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
cross join unnest(a.attoptions) o (option)
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and o.option like 'n_distinct%' order by 1, 2`
