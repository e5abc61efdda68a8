import { createHash } from 'node:crypto'

/** Runs plain SQL. */
export type Rows = (sql: string) => Promise<readonly unknown[]>

/** The first line of a fixture: which texts its schema was made by, so that an edited one is found out. */
export function sumOf(migrations: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of migrations) hash.update(text)
  return `-- The migrations 1 to ${migrations.length}, in all sha256 ${hash.digest('hex')}.`
}

/** Every row of every table but that of the migrations, as statements. */
export async function rowsAsSql(rows: Rows): Promise<string> {
  let text = ''
  for (const { name, columns } of (await rows(TABLES)) as readonly { name: string; columns: readonly string[] }[]) {
    const values = columns.map((column) => `quote_nullable("${column}"::text)`).join(`, ', ', `)
    const lines = (await rows(`select concat('(', ${values}, ')') as line from "${name}"`)) as readonly Line[]
    if (lines.length === 0) continue
    const into = columns.map((column) => `"${column}"`).join(', ')
    text += `insert into "${name}" (${into}) values\n${lines.map(({ line }) => line).join(',\n')};\n`
  }
  return text
}

interface Line {
  readonly line: string
}

const TABLES = `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'migrations'
group by c.relname order by c.relname`

/** Puts rows that `rowsAsSql` wrote into tables of the same schema. They name each other both ways, so the keys come after. */
export async function insertRows(rows: Rows, text: string): Promise<void> {
  const keys = (await rows(FOREIGN_KEYS)) as readonly { owner: string; name: string; definition: string }[]
  for (const { owner, name } of keys) await rows(`alter table ${owner} drop constraint ${name}`)
  await rows(text)
  for (const { owner, name, definition } of keys)
    await rows(`alter table ${owner} add constraint ${name} ${definition}`)
}

const FOREIGN_KEYS = `select conrelid::regclass::text as owner, quote_ident(conname) as name,
  pg_get_constraintdef(oid) as definition
from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0`

/** All that there is in a schema, a line each. */
export async function catalogueOf(rows: Rows): Promise<readonly string[]> {
  return ((await rows(CATALOGUE)) as readonly Line[]).map(({ line }) => line)
}

const CATALOGUE = `with here as (select current_schema()::regnamespace as schema)
select line collate "C" as line from (
  select concat_ws(' ', 'relation', c.relname, c.relkind, c.relpersistence, c.reloptions::text) as line
  from here join pg_class c on c.relnamespace = here.schema
  union all
  select concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    nullif(a.attcollation, 0)::regcollation, a.attgenerated, a.attidentity, 'default', pg_get_expr(d.adbin, d.adrelid),
    'statistics', nullif(a.attstattarget, -1),
    (select string_agg(o.option, ' ' order by o.option) from unnest(a.attoptions) o (option) where o.option like 'n_distinct%'))
  from here join pg_class c on c.relnamespace = here.schema and c.relkind in ('r', 'p', 'v', 'm')
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  union all
  select concat_ws(' ', 'constraint', coalesce(n.conrelid::regclass::text, t.typname), n.conname, n.convalidated,
    pg_get_constraintdef(n.oid))
  from here join pg_constraint n on n.connamespace = here.schema left join pg_type t on t.oid = n.contypid and n.contypid <> 0
  where n.contype <> 'n'
  union all
  select concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
  from here join pg_class c on c.relnamespace = here.schema join pg_index i on i.indexrelid = c.oid
  union all
  select concat_ws(' ', 'statistics', pg_get_statisticsobjdef(s.oid), s.stxstattarget)
  from here join pg_statistic_ext s on s.stxnamespace = here.schema
  union all
  select concat_ws(' ', 'domain', t.typname, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault)
  from here join pg_type t on t.typnamespace = here.schema and t.typtype = 'd'
  union all
  select concat_ws(' ', 'function', pg_get_functiondef(p.oid))
  from here join pg_proc p on p.pronamespace = here.schema and p.prokind in ('f', 'p')
  where not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all
  select concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid))
  from here join pg_class c on c.relnamespace = here.schema join pg_trigger g on g.tgrelid = c.oid and not g.tgisinternal
  union all
  select concat_ws(' ', 'extension', extname) from pg_extension
) all_of_it order by line`
