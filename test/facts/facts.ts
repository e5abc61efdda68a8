import type { Dialect } from '../../src/dialects/dialect.ts'

/**
 * One thing that a vendor's documents say, or that was decided where they are silent, in our own words; and how it is
 * known to hold: by a test, as `<file>: <test name>` (the file in the dialect's folder or from the repository's root),
 * or why it does not. `id` is the section or decision it is numbered by, or an operation as `GET /path`.
 */
export type Fact = readonly [id: string, about: string, shownBy: string | { readonly gap: string }]

/** All facts of a dialect. */
export interface Facts {
  /** Where the vendor's documents are. */
  readonly source: string
  /** Every number there is: none may be without a fact. */
  readonly numbers: readonly string[]
  readonly facts: readonly Fact[]
  /** The test of the error table, named as in a fact, with `{status}`: it shows the errors that none meets over HTTP. */
  readonly errors: string
  /** What of the dialect's surface no test sees over HTTP, by its key in `scripts/surface.ts`, and why. */
  readonly unseen?: Readonly<Record<string, string>>
}

/** The numbers from 1 to a last one, with a prefix. */
export function numbered(prefix: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, index) => `${prefix}${index + 1}`)
}

/** An operation as facts name it. */
export function operationsOf<Need>({ routes }: Pick<Dialect<Need>, 'routes'>): readonly string[] {
  return routes.map(({ method, path }) => `${method} ${path}`)
}
