import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** The migrated database that test databases are cloned from. */
export const TEMPLATE = 'polydesk_test_template'

export interface TestDatabase {
  readonly connection: pg.PoolConfig
  /** Drops the database. */
  close(): Promise<void>
}

function serverConnection(): pg.PoolConfig {
  const given = process.env['POLYDESK_TEST_CONNECTION']
  if (!given) throw new Error('Tests need their PostgreSQL: run them by `npm test -- FILE`.')
  const parsed: pg.PoolConfig = JSON.parse(given)
  return parsed
}

/** A fresh database of its own: a clone of the migrated template, or an empty one. */
export async function testDatabase(options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = serverConnection()
  const name = `polydesk_test_${randomBytes(6).toString('hex')}`
  const template = options.migrated === false ? 'template0' : TEMPLATE
  // Copied as files: by its log, which is the default, it costs three times the work.
  await administer(server, `create database ${name} template ${template} strategy file_copy`)
  const { connectionString, ...rest } = server
  let connection: pg.PoolConfig = { ...rest, database: name }
  if (connectionString !== undefined) {
    const url = new URL(connectionString)
    url.pathname = `/${name}`
    connection = { connectionString: url.href }
  }
  return { connection, close: () => dropDatabase(server, name) }
}

/**
 * Connections that were ended go a moment later; cut off by force in that moment, they raise errors that nobody awaits
 * any more. So force is only for those that stay.
 */
async function dropDatabase(server: pg.PoolConfig, name: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    for (let attempt = 1; attempt <= 40; attempt++) {
      const { rowCount } = await client.query('select 1 from pg_stat_activity where datname = $1', [name])
      if (rowCount === 0) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await client.query(`drop database if exists ${name} with (force)`)
  } finally {
    await client.end()
  }
}

/** Cloning takes a lock on the template for a moment, so parallel test files retry. */
async function administer(server: pg.PoolConfig, sql: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(sql)
        return
      } catch (error) {
        if (attempt === 50 || !(error instanceof Error) || !/being accessed by other users/.test(error.message))
          throw error
        await new Promise((resolve) => setTimeout(resolve, 20 * attempt))
      }
    }
  } finally {
    await client.end()
  }
}
