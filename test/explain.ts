import pg from 'pg'
import type { BoundStatement } from '../src/storage/statement.ts'

/** A node of a plan that ran, as PostgreSQL explains it. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly PlanNode[]
}

/** A value as EXECUTE takes it: text that PostgreSQL reads as the parameter's type. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((each) => JSON.stringify(plain(each))).join(',')}}`)
  if (Buffer.isBuffer(value)) return pg.escapeLiteral(plain(value))
  // As the driver sends an object: as JSON.
  if (typeof value === 'object') return pg.escapeLiteral(JSON.stringify(value))
  return pg.escapeLiteral(String(value))
}

function plain(value: unknown): string {
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : String(value)
}

/** Runs a statement by its generic plan, as the product does, and tells the plan with what each node of it met. */
export async function planOf(client: pg.Client, { statement, values }: BoundStatement<unknown>): Promise<PlanNode> {
  const name = pg.escapeIdentifier(statement.name)
  const known = await client.query('select 1 from pg_prepared_statements where name = $1', [statement.name])
  if (known.rowCount === 0) await client.query(`prepare ${name} as ${statement.text}`)
  const given = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`
  const explained = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
    `explain (analyze, timing off, format json) execute ${name}${given}`,
  )
  const plan = explained.rows[0]?.['QUERY PLAN'][0]?.Plan
  if (!plan) throw new Error(`There is no plan of ${statement.name}.`)
  return plan
}

/** How many rows of each table a plan looked at, those that it left out included. */
export function rowsRead(node: PlanNode): ReadonlyMap<string, number> {
  const read = new Map<string, number>()
  const walk = (each: PlanNode): void => {
    const table = each['Relation Name']
    if (table !== undefined && each['Node Type'].endsWith('Scan')) {
      const rows =
        (each['Actual Rows'] ?? 0) +
        (each['Rows Removed by Filter'] ?? 0) +
        (each['Rows Removed by Index Recheck'] ?? 0)
      read.set(table, (read.get(table) ?? 0) + rows * (each['Actual Loops'] ?? 0))
    }
    for (const below of each.Plans ?? []) walk(below)
  }
  walk(node)
  return read
}
