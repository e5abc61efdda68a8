import type pg from 'pg'
import type { BoundStatement } from './statement.ts'

/** What a statement returns. */
interface Shape {
  readonly names: readonly string[]
  readonly parsers: readonly ((text: string) => unknown)[]
  /** A row of nulls: a copy of it is made faster than a row that gets its columns one by one, and read faster. */
  readonly blank: Readonly<Record<string, unknown>>
}

const NOTHING: Shape = { names: [], parsers: [], blank: {} }

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}

interface DataRow {
  readonly fields: readonly (string | null)[]
}

/** A value as it goes to the server: text, bytes, or null. */
type Parameter = string | Buffer | null

/** What each connection has prepared, by the statement's name. */
const prepared = new WeakMap<pg.Connection, Map<string, Shape>>()

/**
 * Statements that go down a connection in one write, and whose answers come back in one. PostgreSQL takes all that lies
 * before a Sync as one transaction: they commit together or not at all.
 *
 * `pg` by itself syncs after each statement, and asks each time what it returns. For statements as short as ours that
 * is a good part of the work on both sides (docs/decisions/0005).
 *
 * Source: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class Pipeline implements pg.Submittable {
  /** The rows of each statement, once all have committed. Rejected with what PostgreSQL said first when none took effect. */
  readonly settled: Promise<readonly (readonly unknown[])[]>
  readonly #bounds: readonly BoundStatement<unknown>[]
  readonly #values: readonly Parameter[][]
  readonly #types: pg.CustomTypesConfig
  readonly #ended: () => void
  readonly #settle: PromiseWithResolvers<readonly (readonly unknown[])[]> = Promise.withResolvers()
  readonly #answers: unknown[][] = []
  /** What the connection has prepared; statements join it as they answer. */
  #known: Map<string, Shape> = new Map()
  /** What was known when it was sent: a failure of those before it makes the connection forget. */
  #shapes: readonly (Shape | undefined)[] = []
  #isSent = false
  #shape: Shape | undefined
  #rows: unknown[] = []
  /** Of rows that could not be read. Their statements commit all the same. */
  #fault: unknown

  /** @param ended called once the connection has nothing more to say about it, before it says anything about the next. */
  constructor(bounds: readonly BoundStatement<unknown>[], types: pg.CustomTypesConfig, ended: () => void = () => {}) {
    this.#bounds = bounds
    this.#ended = ended
    // Before anything is sent: a value that cannot be sent must not leave a statement half sent.
    this.#values = bounds.map((bound) => bound.values.map(parameter))
    this.#types = types
    this.settled = this.#settle.promise
  }

  // The client calls what follows, as it does with queries of its own.

  /** Does nothing when it is sent already (see `lane.ts`). */
  submit(connection: pg.Connection): void {
    if (this.#isSent) return
    this.#isSent = true
    const known = prepared.get(connection) ?? new Map<string, Shape>()
    prepared.set(connection, known)
    this.#known = known
    this.#shapes = this.#bounds.map(({ statement }) => known.get(statement.name))
    const names = new Set(known.keys())
    connection.stream.cork()
    for (const [index, { statement }] of this.#bounds.entries()) {
      const { name, text } = statement
      const isNew = !names.has(name)
      if (isNew) {
        names.add(name)
        // A pipeline that failed may have prepared it or not. To close what is not there is no error.
        connection.close({ type: 'S', name }, true)
        connection.parse({ name, text, types: [] }, true)
      }
      connection.bind({ statement: name, values: this.#values[index] }, true)
      if (isNew) connection.describe({ type: 'P' }, true)
      connection.execute(null, true)
    }
    connection.sync()
    connection.stream.uncork()
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#shape = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => this.#types.getTypeParser(dataTypeID, 'text')),
      blank: Object.fromEntries(fields.map(({ name }) => [name, null])),
    }
  }

  handleDataRow({ fields }: DataRow): void {
    try {
      this.#rows.push(rowOf(this.#currentShape, fields))
    } catch (error) {
      this.#fault ??= error
    }
  }

  handleCommandComplete(): void {
    this.#known.set(this.#current, this.#currentShape)
    this.#answers.push(this.#rows)
    this.#shape = undefined
    this.#rows = []
  }

  handleReadyForQuery(): void {
    if (this.#fault === undefined) this.#settle.resolve(this.#answers)
    else this.#settle.reject(this.#fault)
    this.#ended()
  }

  handleError(error: unknown): void {
    // Whatever was wrong with them, the next one prepares them anew.
    for (const { statement } of this.#bounds) this.#known.delete(statement.name)
    this.#settle.reject(error)
    this.#ended()
  }

  /** The name of the statement whose answer is being read. */
  get #current(): string {
    return this.#bounds[this.#answers.length]?.statement.name ?? ''
  }

  /** What it returns: as it was just described, or as it was known when it was sent, or as one before it was described. */
  get #currentShape(): Shape {
    this.#shape ??= this.#shapes[this.#answers.length] ?? this.#known.get(this.#current) ?? NOTHING
    return this.#shape
  }
}

function rowOf({ names, parsers, blank }: Shape, fields: readonly (string | null)[]): unknown {
  const row = { ...blank }
  for (let index = 0; index < names.length; index++) {
    const name = names[index]
    const text = fields[index]
    if (name !== undefined && typeof text === 'string') row[name] = parsers[index]?.(text)
  }
  return row
}

/** @throws TypeError for what JSON cannot hold */
function parameter(value: unknown): Parameter {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value
  if (Array.isArray(value)) return arrayLiteral(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayLiteral(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (typeof value === 'number') return String(value)
    const element = parameter(value)
    if (element === null) return 'NULL'
    const text = typeof element === 'string' ? element : `\\x${element.toString('hex')}`
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${elements.join(',')}}`
}
