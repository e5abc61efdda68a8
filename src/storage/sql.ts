import { type TSchema, type TUnsafe, Type } from 'typebox'

/**
 * What SQL takes, and what of it columns hold: TypeBox schemas that also know the type that a value has in PostgreSQL. A
 * statement declares its parameters by them (`statement.ts`), and a record in JSON the columns that SQL reads of it.
 */
export interface SqlType<Value> extends TUnsafe<Value> {
  /** Its type in SQL. */
  readonly sql: string
  /** Of what goes as JSON: the columns that SQL reads of each record. */
  readonly columns?: Columns<Readonly<Record<string, unknown>>>
}

/** The columns of a record, each with its type. */
export type Columns<Values> = { readonly [Name in keyof Values]: SqlType<Values[Name]> }

/** The values of columns, as a statement takes parameters declared by them. */
export type ValuesOf<Declared> = RecordOf<{
  readonly [Name in keyof Declared]: Declared[Name] extends SqlType<infer Value> ? Value : never
}>

/** A record with these values: what may be undefined may also be absent. */
export type RecordOf<Values> = {
  readonly [Name in keyof Values as undefined extends Values[Name] ? never : Name]: Values[Name]
} & {
  readonly [Name in keyof Values as undefined extends Values[Name] ? Name : never]?: Values[Name]
}

function sqlType<Value>(sql: string, schema: TSchema, rest: object = {}): SqlType<Value> {
  return Object.assign(Type.Unsafe<Value>(schema), { sql, ...rest })
}

/** Everything that statements take, under the names that PostgreSQL has for it. */
export const Sql = {
  uuid: sqlType<string>('uuid', Type.String()),
  text: sqlType<string>('text', Type.String()),
  integer: sqlType<number>('integer', Type.Integer()),
  bigint: sqlType<number>('bigint', Type.Integer()),
  boolean: sqlType<boolean>('boolean', Type.Boolean()),
  /** A point in time as text (see core/instant.ts). */
  timestamptz: sqlType<string>('timestamptz', Type.String()),
  bytea: sqlType<Buffer>('bytea', {}),
  /** A bigint in digits, for numbers beyond those that are exact here. */
  digits: sqlType<string>('bigint', Type.String({ pattern: '^-?[0-9]+$' })),
  /** One word of a closed list. */
  word: <const Word extends string>(words: readonly Word[]): SqlType<Word> => sqlType('text', { enum: [...words] }),
  /** An object that SQL keeps or looks into as it is. */
  jsonb: <Value>(schema: TSchema = {}): SqlType<Value> => sqlType('jsonb', schema),
  array: <Value>(of: SqlType<Value>): SqlType<readonly Value[]> => sqlType(`${of.sql}[]`, Type.Array(of)),
  nullable: <Value>(of: SqlType<Value>): SqlType<Value | null> =>
    sqlType(of.sql, Type.Union([of, Type.Null()]), of.columns ? { columns: of.columns } : {}),
  /** Of a record's column: null where it is absent. */
  absent: <Value>(of: SqlType<Value>): SqlType<Value | null | undefined> =>
    sqlType(of.sql, Type.Optional(Type.Union([of, Type.Null()]))),
  /** One record as JSON, which SQL reads by `json_to_record` with `columnsOf` it. */
  record: <Values>(columns: Columns<Values>): SqlType<RecordOf<Values>> =>
    sqlType('json', objectOf(columns), { columns }),
  /** A list of records as JSON, which SQL reads by `json_to_recordset` with `columnsOf` them. */
  records: <Values>(columns: Columns<Values>): SqlType<readonly RecordOf<Values>[]> =>
    sqlType('json', Type.Array(objectOf(columns)), { columns }),
}

/** Exactly these columns: one more is a key that no SQL reads. */
function objectOf(columns: Readonly<Record<string, SqlType<unknown>>>): TSchema {
  return Type.Object(columns, { additionalProperties: false })
}

/** The same columns of a record, each null where it is absent. */
export function absentColumns<Values>(
  columns: Columns<Values>,
): Columns<{ readonly [Name in keyof Values]: Values[Name] | null | undefined }> {
  const absent = Object.entries<SqlType<unknown>>(columns).map(([name, type]) => [name, Sql.absent(type)])
  // One for each, which is what the type says.
  return Object.fromEntries(absent) as Columns<{ readonly [Name in keyof Values]: Values[Name] | null | undefined }>
}

/** SQL of the columns of a record, as `json_to_record` and `json_to_recordset` are told them. */
export function columnsOf(columns: Readonly<Record<string, SqlType<unknown>>>): string {
  return Object.entries(columns)
    .map(([name, { sql }]) => `${name} ${sql}`)
    .join(', ')
}
