import { type Static, Type } from 'typebox'
import { Parse } from 'typebox/value'
import type { Statement } from '../statement.ts'
import { HAS_CITUS, type Mode } from './settings.ts'

/** What a server is, and what it lets us do: all that can be known of it before work begins. */
export interface ServerFacts {
  readonly mode: Mode
  /** As a number, for instance 180004. */
  readonly version: number
  readonly database: string
  readonly user: string
  readonly encoding: string
  /** What a session of ours has now, whatever it was given at first. */
  readonly timeZone: string
  readonly isStandby: boolean
  readonly isReadOnly: boolean
  /** Where tables are looked for and made; null when `search_path` names no schema that exists. */
  readonly schema: string | null
  readonly mayCreate: boolean
  /** Whether the tables of some version are there. */
  readonly hasTables: boolean
  /** Whether a commit is durable when it is acknowledged. */
  readonly isDurable: boolean
  /** Milliseconds since the epoch by its clock. */
  readonly clock: number
  /** How far our clock is ahead of it, in milliseconds. */
  readonly aheadMs: number
  /** Connections that it takes at the most from ordinary users; and of this role and database, or null without limit. */
  readonly slots: number
  readonly roleLimit: number | null
  readonly databaseLimit: number | null
  /** Connections that are open in the pool, of so many that it may have, where they were all asked for. */
  readonly pooled: { readonly opened: number; readonly wanted: number } | null
  /** Connections that this process opens at the most. */
  readonly connections: number
  /** Whether the tables may lie on several servers. */
  readonly hasCitus: boolean
  /** These, where there are any. */
  readonly nodes: readonly NodeFacts[]
}

/** One server of a cluster. */
const Node = Type.Object({
  /** Host and port. */
  name: Type.String(),
  answers: Type.Boolean(),
  /** Of sessions that the others open there: `jit` and `TimeZone`. */
  settings: Type.String(),
  /** Tables that lie on one server only, though they hold rows of tenants. */
  undistributed: Type.Integer(),
})
export type NodeFacts = Static<typeof Node>

/** The columns of `ServerFacts` that the server tells. */
const Told = Type.Object({
  version: Type.Integer(),
  database: Type.String(),
  user: Type.String(),
  encoding: Type.String(),
  timeZone: Type.String(),
  isStandby: Type.Boolean(),
  isReadOnly: Type.Boolean(),
  schema: Type.Union([Type.String(), Type.Null()]),
  mayCreate: Type.Boolean(),
  hasTables: Type.Boolean(),
  isDurable: Type.Boolean(),
  hasCitus: Type.Boolean(),
  clock: Type.Number(),
  slots: Type.Integer(),
  roleLimit: Type.Union([Type.Integer(), Type.Null()]),
  databaseLimit: Type.Union([Type.Integer(), Type.Null()]),
})

/** Asks for them. */
export const FACTS: Statement<unknown> = {
  name: 'storage.facts',
  writes: false,
  row: Told,
  text: `select current_setting('server_version_num')::integer as version, current_database() as database,
  session_user as "user", getdatabaseencoding() as encoding, current_setting('TimeZone') as "timeZone",
  pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly",
  current_schema() as schema, coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreate",
  to_regclass('migrations') is not null as "hasTables",
  current_setting('synchronous_commit') <> 'off' and current_setting('fsync') = 'on' as "isDurable",
  ${HAS_CITUS} as "hasCitus",
  extract(epoch from clock_timestamp())::double precision * 1000 as clock,
  current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
    - coalesce(current_setting('reserved_connections', true), '0')::integer as slots,
  (select nullif(r.rolconnlimit, -1) from pg_roles r where r.rolname = session_user and not r.rolsuper) as "roleLimit",
  (select nullif(d.datconnlimit, -1) from pg_database d where d.datname = current_database()) as "databaseLimit"`,
}

/** Asks for the servers of a cluster. */
export const NODES: Statement<unknown> = {
  name: 'storage.nodes',
  writes: false,
  row: Node,
  text: `select n.nodename || ':' || n.nodeport as name, r.success as answers, coalesce(r.result, '') as settings,
  (select count(*)::integer from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and not a.attisdropped
      and not exists (select from pg_dist_partition p where p.logicalrelid = c.oid)) as undistributed
from run_command_on_all_nodes($$select current_setting('jit') || ' ' || current_setting('TimeZone')$$) r
join pg_dist_node n on n.nodeid = r.nodeid order by n.nodeid`,
}

/** A row of `NODES`. @throws Error when it is something else */
export function nodeIn(row: unknown): NodeFacts {
  return Parse(Node, row)
}

/** What `FACTS` returned. @throws Error when it is something else */
export function toldIn(row: unknown): Static<typeof Told> {
  return Parse(Told, row)
}
