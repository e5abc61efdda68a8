import type pg from 'pg'
import { openDatabase } from '../src/storage/database.ts'
import { type Migration, migrate, readMigrations } from '../src/storage/migrate.ts'
import { type TestDatabase, testDatabase } from './database.ts'

/** Into how many parts each table of tenants is split. */
export const PARTITIONS = 4

/**
 * A database with the product's own schema in which every table of tenants is split by tenant, as on a store that keeps
 * tenants apart. The migrations are its record of what ran, so a server finds nothing left to do.
 *
 * @param inOnePiece the tables that stay in one piece.
 */
export async function partitionedDatabase(inOnePiece: readonly string[]): Promise<TestDatabase> {
  const opened = await testDatabase({ migrated: false })
  const database = openDatabase({ connection: opened.connection })
  try {
    const migrations = await readMigrations()
    await migrate(
      database,
      migrations.map((migration) => split(migration, inOnePiece)),
    )
  } finally {
    await database.close()
  }
  return opened
}

const CREATE_TABLE = /^create (?:unlogged )?table (\w+) \([\s\S]*?\n\)[^;]*;/gm

function split(migration: Migration, inOnePiece: readonly string[]): Migration {
  const sql = migration.sql.replace(CREATE_TABLE, (created: string, table: string) => {
    if (inOnePiece.includes(table)) return created
    const parts = Array.from(
      { length: PARTITIONS },
      (_, part) =>
        `create table ${partOf(table, part)} partition of ${table} for values with (modulus ${PARTITIONS}, remainder ${part});`,
    )
    // PostgreSQL knows no unlogged table in parts, nor one in parts with storage options.
    const inParts = created.replace('unlogged ', '').replace(/\n\)[^;]*;$/, '\n) partition by hash (tenant_id);')
    return [inParts, ...parts].join('\n')
  })
  return { ...migration, sql }
}

/** The name of a part of a table. */
export function partOf(table: string, part: number): string {
  return `${table}_of_part_${part}`
}

/** The table and the part that a name stands for; null for a table in one piece or the whole of a split one. */
export function partNamed(name: string): { readonly table: string; readonly part: number } | null {
  const [, table, part] = /^(\w+)_of_part_(\d+)$/.exec(name) ?? []
  return table === undefined ? null : { table, part: Number(part) }
}

/** In which part a tenant is kept, in every table. */
export async function partOfTenant(client: pg.Pool, tenantId: string): Promise<number> {
  const asked = Array.from({ length: PARTITIONS }, (_, part) =>
    client.query<{ is: boolean }>("select satisfies_hash_partition('tickets'::regclass, $1, $2, $3::uuid) as is", [
      PARTITIONS,
      part,
      tenantId,
    ]),
  )
  const answers = await Promise.all(asked)
  return answers.findIndex((answer) => answer.rows[0]?.is === true)
}
