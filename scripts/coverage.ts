/** The pages `docs/api/<dialect>.md`: what each dialect does, made of its schemas and its facts. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TSchema } from 'typebox'
import type { Dialect } from '../src/dialects/dialect.ts'
import type { Fact, Facts } from '../src/dialects/facts.ts'
import { facts as moovFacts } from '../src/dialects/moov/facts.ts'
import { moov } from '../src/dialects/moov/index.ts'
import { facts as netgrootFacts } from '../src/dialects/netgroot/facts.ts'
import { netgroot } from '../src/dialects/netgroot/index.ts'
import { facts as omnideskFacts } from '../src/dialects/omnidesk/facts.ts'
import { omnidesk } from '../src/dialects/omnidesk/index.ts'
import { facts as spacebringFacts } from '../src/dialects/spacebring/facts.ts'
import { spacebring } from '../src/dialects/spacebring/index.ts'

const root = join(import.meta.dirname, '..')

/** What the pages need of a dialect, whatever its routes need of a caller. */
export type Documented = Pick<Dialect<unknown>, 'name' | 'title'> & {
  readonly routes: readonly {
    readonly method: string
    readonly path: string
    readonly summary: string
    readonly params?: TSchema
    readonly query?: TSchema
    readonly body?: TSchema
    readonly answers: Readonly<Record<number, TSchema | null>>
  }[]
}

export const COVERED: readonly { readonly dialect: Documented; readonly facts: Facts }[] = [
  { dialect: spacebring, facts: spacebringFacts },
  { dialect: moov, facts: moovFacts },
  { dialect: netgroot, facts: netgrootFacts },
  { dialect: omnidesk, facts: omnideskFacts },
]

/** A test as a fact names it. */
export interface NamedTest {
  readonly file: string
  readonly name: string
  readonly exists: boolean
}

const sources = new Map<string, string>()

function sourceOf(file: string): string {
  const known = sources.get(file)
  if (known !== undefined) return known
  const source = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
  sources.set(file, source)
  return source
}

/** Finds the test that a fact names: `<file>: <name>`, the file in the dialect's folder or from the root. */
export function testOf(dialect: string, shownBy: string): NamedTest {
  const [, written = '', name = ''] = /^(\S+): (.*)$/s.exec(shownBy) ?? []
  const own = `src/dialects/${dialect}/${written}`
  const file = existsSync(join(root, own)) ? own : written
  const source = sourceOf(file)
  const exists = ["'", '"', '`'].some((quote) => source.includes(`test(${quote}${name}${quote}`))
  return { file, name, exists }
}

/** The page of a dialect. */
export function coveragePage({ dialect, facts }: (typeof COVERED)[number]): string {
  const isOperation = ([id]: Fact): boolean => id.includes(' /')
  const gaps = facts.facts.filter(([, , shownBy]) => typeof shownBy !== 'string')
  return [
    `# ${dialect.title}: what is there`,
    '',
    `Every operation, field and decision of this dialect, with the test that shows it. The facts are those of the vendor's`,
    `public documents (${facts.source}) and of our decisions where they are silent, in our own words.`,
    `Generated from \`src/dialects/${dialect.name}\` by \`npm run generate\`; \`test/coverage.test.ts\` finds what is missing.`,
    '',
    '## Operations',
    '',
    ...table(
      ['operation', 'what it does', 'shown by'],
      dialect.routes.map((route) => {
        const id = `${route.method} ${route.path}`
        const fact = facts.facts.find(([each]) => each === id)
        return [`\`${id}\``, route.summary, fact ? evidence(dialect.name, fact) : '']
      }),
    ),
    '## Fields',
    '',
    'What each operation takes and answers. A field that is not there is neither read nor sent.',
    '',
    ...dialect.routes.flatMap((route) => fieldsOf(route)),
    '## Facts and decisions',
    '',
    ...table(
      ['number', 'what', 'shown by'],
      facts.facts
        .filter((fact) => !isOperation(fact))
        .map((fact) => [fact[0], cell(fact[1]), evidence(dialect.name, fact)]),
    ),
    '## Gaps',
    '',
    ...table(
      ['what', 'why'],
      gaps.map(([, about, shownBy]) => [cell(about), typeof shownBy === 'string' ? '' : cell(shownBy.gap)]),
    ),
  ].join('\n')
}

function evidence(dialect: string, [, , shownBy]: Fact): string {
  if (typeof shownBy !== 'string') return `gap: ${cell(shownBy.gap)}`
  const { file, name } = testOf(dialect, shownBy)
  return `[${cell(name)}](../../${file})`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
}

function fieldsOf(route: Documented['routes'][number]): readonly string[] {
  const answers = Object.entries(route.answers).map(([status, schema]): [string, TSchema | null] => [status, schema])
  const places: readonly (readonly [string, TSchema | null | undefined])[] = [
    ['path', route.params],
    ['query', route.query],
    ['body', route.body],
    ...answers,
  ]
  const lines = places.flatMap(([place, schema]) => {
    const fields = schema ? fieldsIn(schema, '') : []
    return fields.length === 0 ? [] : [`- ${place}: ${fields.map((field) => `\`${field}\``).join(', ')}`]
  })
  return [`### ${route.method} ${route.path}`, '', ...(lines.length === 0 ? ['- nothing'] : lines), '']
}

/** The names of all fields in a schema, nested ones by their path, with the words that they can be. */
function fieldsIn(schema: TSchema, at: string): readonly string[] {
  const { properties, items, anyOf, enum: words, const: only } = parts(schema)
  const own = words ? [`${at}: ${words.join('|')}`] : only === undefined ? [at] : [`${at}: ${only}`]
  if (items) return fieldsIn(items, `${at}[]`)
  if (properties) {
    return Object.entries(properties).flatMap(([name, inner]) => fieldsIn(inner, at === '' ? name : `${at}.${name}`))
  }
  if (anyOf?.some((each) => parts(each).properties || parts(each).items))
    return [
      ...new Set(anyOf.flatMap((each) => (parts(each).properties || parts(each).items ? fieldsIn(each, at) : []))),
    ]
  return at === '' ? [] : own
}

interface Parts {
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

function parts(schema: TSchema): Parts {
  return schema
}
