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
  await administer(server, `create database ${name} template ${template}`)
  const { connectionString, ...rest } = server
  let connection: pg.PoolConfig = { ...rest, database: name }
  if (connectionString !== undefined) {
    const url = new URL(connectionString)
    url.pathname = `/${name}`
    connection = { connectionString: url.href }
  }
  return { connection, close: () => administer(server, `drop database if exists ${name} with (force)`) }
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
