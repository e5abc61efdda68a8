/**
 * The pages `docs/api/<dialect>.md`: what each dialect does, made of its OpenAPI document, its error table, its facts
 * and the record of the test run, which tells what each test saw.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fact, Facts } from '../test/facts/facts.ts'
import { facts as moovFacts } from '../test/facts/moov.ts'
import { facts as netgrootFacts } from '../test/facts/netgroot.ts'
import { facts as omnideskFacts } from '../test/facts/omnidesk.ts'
import { facts as spacebringFacts } from '../test/facts/spacebring.ts'
import type { FileRecord, RanTest } from '../test/record.ts'
import { type Item, type Operation, SURFACES, type Surface } from './surface.ts'

const root = join(import.meta.dirname, '..')

const FACTS: Readonly<Record<string, Facts>> = {
  spacebring: spacebringFacts,
  moov: moovFacts,
  netgroot: netgrootFacts,
  omnidesk: omnideskFacts,
}

/** Every dialect of a vendor with its facts. */
export const COVERED: readonly { readonly dialect: Surface; readonly facts: Facts }[] = SURFACES.map((dialect) => {
  const facts = FACTS[dialect.name]
  if (!facts) throw new Error(`${dialect.name} has no facts.`)
  return { dialect, facts }
})

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

/** Finds the test that a fact names: `<file>: <name>`, the file in the dialect's folder or from the root. */
export function testOf(dialect: string, shownBy: string): NamedTest {
  const [, written = '', name = ''] = /^(\S+): (.*)$/s.exec(shownBy) ?? []
  const own = `src/dialects/${dialect}/${written}`
  const file = existsSync(join(root, own)) ? own : written
  const last = name.split(' > ').at(-1) ?? name
  return { file, name, exists: namesOf(file).some((each) => each.test(last)) }
}

/** The test files that the pages are made of and that a record does not know. */
export function missingRuns(record: readonly FileRecord[]): readonly string[] {
  const ran = new Set(record.map(({ file }) => file))
  const named = COVERED.flatMap(({ dialect, facts }) =>
    facts.facts.flatMap(([, , shownBy]) => (typeof shownBy === 'string' ? [testOf(dialect.name, shownBy).file] : [])),
  )
  // Deployments run only where their programs are, so no page is made of them.
  const files = globSync(['src/dialects/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root, exclude: ['test/deploy/*'] })
  return [...new Set([...files, ...named])].filter((file) => !ran.has(file)).sort()
}

// --- the run ----------------------------------------------------------------------------------------------------------

/** A page, and what nothing in the run shows of what it tells. */
export interface Page {
  readonly text: string
  readonly problems: readonly string[]
}

/** The tests of the run that bear on a dialect, and which of them the page has named so far. */
class Evidence {
  readonly problems: string[] = []
  readonly #dialect: string
  readonly #record: readonly FileRecord[]
  readonly #seenBy = new Map<string, string[]>()
  readonly #claims: ReadonlyMap<string, string>

  constructor(dialect: string, record: readonly FileRecord[], page: string) {
    this.#dialect = dialect
    this.#record = [...record].sort((one, other) => this.#distance(one.file) - this.#distance(other.file))
    this.#claims = claimsOf(page)
    for (const { file, tests, seen } of this.#record)
      for (const { name, result } of tests)
        for (const key of result === 'passed' ? (seen[name] ?? []) : [])
          if (key.startsWith(`${dialect} `)) this.#add(key.slice(dialect.length + 1), link(file, name))
  }

  /** A dialect's own tests are nearer than those of all dialects. */
  #distance(file: string): number {
    return file.startsWith(`src/dialects/${this.#dialect}/`) ? 0 : 1
  }

  #add(key: string, shown: string): void {
    const known = this.#seenBy.get(key)
    if (known) known.push(shown)
    else this.#seenBy.set(key, [shown])
  }

  isSeen(key: string): boolean {
    return this.#seenBy.has(key)
  }

  /**
   * A test that saw it: the one that the page names already, so that a page changes only when what it says is no longer
   * so; else the first of the preferred; else the nearest.
   */
  seenIn(key: string, claim: string, preferred: readonly string[]): string | null {
    const links = this.#seenBy.get(key) ?? []
    const wanted = [this.#claims.get(claim), ...preferred]
    return wanted.find((each) => each !== undefined && links.includes(each)) ?? links[0] ?? null
  }

  /** The test that a section names already, or the one that saw most of its items. */
  mostSeenIn(keys: readonly string[], section: string): string | null {
    const counts = new Map<string, number>()
    for (const each of keys.flatMap((key) => this.#seenBy.get(key) ?? [])) counts.set(each, (counts.get(each) ?? 0) + 1)
    const named = this.#claims.get(section)
    if (named !== undefined && counts.has(named)) return named
    // The order of the map is that of the record: of equals the nearest test is the first.
    return [...counts].reduce<readonly [string | null, number]>(
      (best, each) => (each[1] > best[1] ? each : best),
      [null, 0],
    )[0]
  }

  /** The test that a fact names, as it ended; null for a gap. */
  ofFact([id, about, shownBy]: Fact): string | null {
    if (typeof shownBy !== 'string') return null
    const { file, name } = testOf(this.#dialect, shownBy)
    const ran = this.#find(file, name)
    if (!ran) this.problems.push(`${id} (${about}): no test of this run is ${shownBy}`)
    else if (ran.result === 'failed') this.problems.push(`${id} (${about}): failed is ${shownBy}`)
    else if (ran.result === 'skipped' && !ran.reason) this.problems.push(`${id} (${about}): skipped is ${shownBy}`)
    const skipped = ran?.result === 'skipped' ? ` (skipped: ${cell(ran.reason ?? 'no reason')})` : ''
    return `${link(file, ran?.name ?? name)}${skipped}`
  }

  #find(file: string, name: string): RanTest | undefined {
    const tests = this.#record.find((each) => each.file === file)?.tests
    return tests?.find((each) => each.name === name || each.name.endsWith(` > ${name}`))
  }
}

function link(file: string, name: string): string {
  return `[${cell(name)}](../../${file})`
}

const LINK = String.raw`\[[^\]]*\]\(\.\./\.\./[^)]*\.test\.ts\)`
const AS_ABOVE = 'as above'

/** What a page says today: which test each row names, for each word where it has some. */
function claimsOf(page: string): ReadonlyMap<string, string> {
  const claims = new Map<string, string>()
  let section = ''
  let main = ''
  for (const line of page.split('\n')) {
    if (line.startsWith('#')) section = line
    const named = new RegExp(`(?:Shown by|Seen in) (${LINK})\\.`).exec(line)?.[1]
    if (named !== undefined) {
      main = named
      claims.set(section, named)
    }
    const [, shown, tests = ''] = /^\| (.*?) \| .* \| (.*?) \|$/.exec(line) ?? []
    if (shown === undefined) continue
    for (const [, words = '', test = ''] of tests.matchAll(
      new RegExp(`((?:\`[^\`]*\` ?)*):? ?(${AS_ABOVE}|${LINK})`, 'g'),
    ))
      for (const word of words === '' ? [''] : words.split('`').filter((each) => each.trim() !== ''))
        claims.set(claimKey(section, shown, word), test === AS_ABOVE ? main : test)
  }
  return claims
}

function claimKey(section: string, row: string, word: string): string {
  return [section, row, word].join('\n')
}

// --- the page ---------------------------------------------------------------------------------------------------------

/** The page of a dialect by the record of a run; `current` is what it says today. */
export function coveragePage(
  { dialect, facts }: (typeof COVERED)[number],
  current: string,
  record: readonly FileRecord[],
): Page {
  const evidence = new Evidence(dialect.name, record, current)
  const isOperation = ([id]: Fact): boolean => id.includes(' /')
  const told = facts.facts.map((fact) => ({ fact, shown: evidence.ofFact(fact) }))
  const shownOf = (id: string): string => told.find(({ fact }) => fact[0] === id)?.shown ?? ''
  const sections = new Sections(evidence, facts, dialect)
  const text = [
    `# ${dialect.title}: what is there`,
    '',
    `Every operation, field, header, word, error and decision of this dialect, with a test that shows it. The facts are`,
    `those of the vendor's public documents (${facts.source}) and of our decisions where they are silent, in our own words.`,
    `Generated by \`npm run generate\` from the code of \`src/dialects/${dialect.name}\` and the record of a test run (\`npm test\`):`,
    'what a test is named for has been seen over HTTP in that test.',
    '',
    '## Operations',
    '',
    ...dialect.operations.flatMap((operation) => sections.operation(operation, shownOf(operation.id))),
    ...(dialect.objects.size === 0 ? [] : ['## Objects', '']),
    ...[...dialect.objects].flatMap(([title, items]) => sections.object(`### ${title}`, items)),
    ...sections.items('## Headers', 'header', dialect.headers, () => null),
    ...sections.items('## Errors', 'error', dialect.errors, (status) =>
      evidence.ofFact([`error ${status}`, '', facts.errors.replace('{status}', status)]),
    ),
    '## Facts and decisions',
    '',
    ...table(
      ['number', 'what', 'shown by'],
      told
        .filter(({ fact }) => !isOperation(fact))
        .map(({ fact, shown }) => [fact[0], cell(fact[1]), shown ?? `gap: ${gapOf(fact)}`]),
    ),
    '## Gaps',
    '',
    ...table(
      ['what', 'why'],
      [
        ...told.filter(({ shown }) => shown === null).map(({ fact }) => [cell(fact[1]), gapOf(fact)]),
        ...Object.entries(facts.unseen ?? {}).map(([key, why]) => [`\`${cell(key)}\``, cell(why)]),
      ],
    ),
  ].join('\n')
  return { text, problems: [...evidence.problems, ...sections.problems(dialect)] }
}

function gapOf([, , shownBy]: Fact): string {
  return typeof shownBy === 'string' ? '' : cell(shownBy.gap)
}

/** Tables of items, each with a test that saw it. What none saw, and no gap declares, is a problem. */
class Sections {
  readonly #evidence: Evidence
  readonly #gaps: Readonly<Record<string, string>>
  readonly #operations: readonly string[]
  readonly #asked = new Set<string>()
  readonly #unseen = new Set<string>()

  constructor(evidence: Evidence, { unseen = {} }: Facts, { operations }: Surface) {
    this.#evidence = evidence
    this.#operations = operations.map(({ id }) => id)
    this.#gaps = unseen
  }

  operation({ id, summary, items, errors }: Operation, shown: string): readonly string[] {
    const heading = `### ${id}`
    return [
      heading,
      '',
      `${summary}.${shown ? ` Shown by ${shown}.` : ''}`,
      '',
      ...table(
        ['item', 'about', 'seen in'],
        [
          ...items.map((item) => this.#row(heading, item, [shown])),
          ...errors.flatMap((status) => this.#refusal(heading, id, status, shown)),
        ],
      ),
    ]
  }

  /** Not every operation needs to have been seen to fail in every way: that is shown for all at once under "Errors". */
  #refusal(heading: string, id: string, status: string, shown: string): readonly (readonly string[])[] {
    const key = `${id} ${status}`
    if (!this.#evidence.isSeen(key)) return []
    const teller = this.#evidence.mostSeenIn([key, ...this.#operations.map((each) => `${each} ${status}`)], '')
    return [this.#row(heading, { key, shown: `error ${status}`, about: '', words: [] }, [teller ?? shown], shown)]
  }

  object(heading: string, items: readonly Item[]): readonly string[] {
    const keys = items.flatMap(({ key, words }) => [key, ...words.map((word) => `${key}=${word}`)])
    const main = this.#evidence.mostSeenIn(keys, heading)
    const rows = items.map((item) => this.#row(heading, item, main === null ? [] : [main]))
    return [
      heading,
      '',
      ...(main === null ? [] : [`Seen in ${main}.`, '']),
      ...table(['field', 'about', 'seen in'], rows),
    ]
  }

  /** `otherwise` tells what else shows an item that was not seen over HTTP. */
  items(
    heading: string,
    what: string,
    items: readonly Item[],
    otherwise: (shown: string) => string | null,
  ): readonly string[] {
    const rows = items.map((item) => {
      const other =
        this.#evidence.isSeen(item.key) || item.words.length > 0 ? null : otherwise(item.shown.replaceAll('`', ''))
      return other === null ? this.#row(heading, item, []) : [item.shown, cell(item.about), other]
    })
    return [heading, '', ...table([what, 'about', 'seen in'], rows)]
  }

  /** `main` is the test that the section names before its table; the first of the preferred, unless it is given. */
  #row(
    heading: string,
    { key, shown, about, words }: Item,
    preferred: readonly string[],
    main: string | undefined = preferred[0],
  ): readonly string[] {
    const most = this.#evidence.mostSeenIn(
      words.map((word) => `${key}=${word}`),
      '',
    )
    const wanted = most === null ? preferred : [...preferred, most]
    const seenIn = (each: string, word: string): string => {
      const link = this.#evidence.seenIn(each, claimKey(heading, shown, word), wanted)
      const gap = this.#gaps[each]
      this.#asked.add(each)
      if (link !== null) return link === main ? AS_ABOVE : link
      if (gap !== undefined) return `gap: ${cell(gap)}`
      this.#unseen.add(each)
      return '**not seen**'
    }
    if (words.length === 0) return [shown, cell(about), seenIn(key, '')]
    const groups = [...Map.groupBy(words, (word) => seenIn(`${key}=${word}`, word))]
    return [shown, cell(about), groups.map(([link, group]) => `${group.map(code).join(' ')}: ${link}`).join('; ')]
  }

  /** What none has seen, and gaps that are none. */
  problems({ name }: Surface): readonly string[] {
    const needless = Object.keys(this.#gaps).filter((key) => !this.#asked.has(key) || this.#evidence.isSeen(key))
    return [
      ...[...this.#unseen].map((key) => `${name}: no test sees ${key}`),
      ...needless.map((key) => `${name}: declared as never seen, and seen or not there: ${key}`),
    ]
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}

function code(word: string): string {
  return `\`${cell(word)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
}
