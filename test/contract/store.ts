import pg from 'pg'
import { until } from '../process.ts'
import type { World } from '../world.ts'
import type { Ids } from './site.ts'

/** What a store holds, as one line per table: how many rows, and a checksum of which. A row written anew is another one. */
export type Snapshot = Readonly<Record<string, string>>

export interface StoreWatch {
  /**
   * Everything in all tables once no bulk job is under way, but the index of search and the counts of reports, which jobs keep in the background, and the
   * count of wrong passwords, for which a refusal is what counts.
   */
  snapshot(): Promise<Snapshot>
  /** A tenant's tickets, by both their names. */
  tickets(tenantId: string): Promise<readonly Ids[]>
  /** The texts that people or programs wrote and that the store kept. */
  texts(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Looks at a world's database past the product, to see what requests did to it. */
export async function watchStore(world: World): Promise<StoreWatch> {
  const client = new pg.Client(world.database.connection)
  await client.connect()
  const { rows: tables } = await client.query<{ name: string; is_used: boolean }>(
    `select t.tablename as name, exists (select 1 from information_schema.columns c
       where c.table_schema = t.schemaname and c.table_name = t.tablename and c.column_name = 'last_used_at') as is_used
     from pg_tables t where t.schemaname = 'public' and t.tablename not like 'search\\_%'
       and t.tablename not like 'report\\_%' and t.tablename <> 'login_failures' order by 1`,
  )
  const parts = tables.map(({ name, is_used }) => {
    // A version of a row by its place and its writer: to read all values costs a run of the suite minutes. When a
    // credential was used last is kept in the background, whatever was asked.
    const row = is_used ? "(to_jsonb(t) - 'last_used_at')::text" : "t.ctid::text || ' ' || t.xmin::text"
    return `select '${name}' as name, count(*) || ' rows, ' || coalesce(sum(hashtextextended(${row}, 0)), 0) as held from ${name} t`
  })
  const everything = parts.join(' union all ')
  return {
    async snapshot() {
      // What an earlier request began goes on by itself.
      await until('the end of bulk jobs', async () => {
        const { rows } = await client.query("select 1 from bulk_jobs where state = 'running' limit 1")
        return rows.length === 0
      })
      const { rows } = await client.query<{ name: string; held: string }>(everything)
      return Object.fromEntries(rows.map(({ name, held }) => [name, held]))
    },
    async tickets(tenantId) {
      const sql = 'select id, integer::int from tickets where tenant_id = $1'
      return (await client.query<Ids>(sql, [tenantId])).rows
    },
    async texts() {
      const { rows } = await client.query<{ text: string }>(
        `select to_jsonb(t)::text as text from tickets t union all select to_jsonb(m)::text from messages m
         union all select to_jsonb(u)::text from users u union all select to_jsonb(c)::text from claims c`,
      )
      return rows.map(({ text }) => text)
    },
    close: () => client.end(),
  }
}
