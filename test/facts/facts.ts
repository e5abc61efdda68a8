/**
 * What is known of each vendor's dialect, and how it is known to hold: the tables beside this file. A fact has the number
 * of the section or decision that it comes from, or an operation as `GET /path`; and the test that shows it, as
 * `<file>: <test name>` (the file in the dialect's folder or from the root), or the reason why it does not hold.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SURFACES, type Surface } from '../../scripts/surface.ts'
import { tablesIn } from '../markdown.ts'

const root = join(import.meta.dirname, '../..')

/** Under this heading are the facts that do not hold here. */
export const GAPS = 'Gaps'
/** Under this heading are the operations. */
export const OPERATIONS = 'Operations'

export interface Fact {
  /** The heading of its table. */
  readonly section: string
  readonly id: string
  /** A sentence. */
  readonly about: string
  /** Null for a gap. */
  readonly shownBy: string | null
  /** Why it is a gap; null when it is none. */
  readonly gap: string | null
}

/** All facts of a dialect. */
export interface Facts {
  /** Where the vendor's documents are. */
  readonly source: string
  /** Every number there is: none may be without a fact. */
  readonly numbers: readonly string[]
  readonly facts: readonly Fact[]
  /** The test of the error table, named as in a fact, with `{status}`: it shows the errors that none meets over HTTP. */
  readonly errors: string
}

/** A dialect of a vendor, with its facts. */
export interface Covered {
  readonly dialect: Surface
  readonly facts: Facts
}

/** Every dialect of a vendor with its facts. */
export const COVERED: readonly Covered[] = SURFACES.map((dialect) => ({ dialect, facts: factsOf(dialect.name) }))

function factsOf(dialect: string): Facts {
  const text = readFileSync(join(import.meta.dirname, `${dialect}.md`), 'utf8')
  const named = (name: string): string => {
    const found = new RegExp(`^- ${name}: (.*)$`, 'm').exec(text)?.[1]
    if (found === undefined) throw new Error(`The facts of ${dialect} have no line "- ${name}: ...".`)
    return found
  }
  const facts = tablesIn(text).flatMap(({ heading, rows }) =>
    rows.map(([id = '', about = '', last = '', ...more]): Fact => {
      if (last === '' || more.length > 0) throw new Error(`A fact of ${dialect} has not three cells: ${id} ${about}`)
      const isGap = heading === GAPS
      return { section: heading, id, about, shownBy: isGap ? null : last, gap: isGap ? last : null }
    }),
  )
  const numbers = named('Numbers').split(', ').flatMap(numbersIn)
  return { source: named('Source'), numbers, facts, errors: named('Errors') }
}

/** `M1 to M3` are three. */
function numbersIn(range: string): readonly string[] {
  const [, prefix = '', first, last] = /^(.*?)(\d+) to .*?(\d+)$/.exec(range) ?? []
  if (first === undefined || last === undefined) return [range]
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => `${prefix}${Number(first) + index}`)
}

/** A test as a fact names it. */
export interface NamedTest {
  readonly file: string
  readonly name: string
  readonly exists: boolean
}

const names = new Map<string, readonly RegExp[]>()

/** The names of the tests that a file's source has, also those that are made as they run. */
function namesOf(file: string): readonly RegExp[] {
  const known = names.get(file)
  if (known) return known
  const source = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
  const found = [...source.matchAll(/\btest\(\s*(['"`])(.*?)\1[,)]/g)].map(([, , name = '']) => {
    const pieces = name.split(/\$\{[^}]*\}/).map((piece) => RegExp.escape(piece.replaceAll("\\'", "'")))
    return new RegExp(`^${pieces.join('.*')}$`)
  })
  names.set(file, found)
  return found
}

/** Finds the test that a fact names. */
export function testOf(dialect: string, shownBy: string): NamedTest {
  const [, written = '', name = ''] = /^(\S+): (.*)$/s.exec(shownBy) ?? []
  const own = `src/dialects/${dialect}/${written}`
  const file = existsSync(join(root, own)) ? own : written
  const last = name.split(' > ').at(-1) ?? name
  return { file, name, exists: namesOf(file).some((each) => each.test(last)) }
}
