import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { test } from 'node:test'

/**
 * The arrows of ARCHITECTURE.md, read from the imports of every source file. Each exemption has its reason; one that is
 * not needed any more fails too.
 */

const root = join(import.meta.dirname, '..')

interface Import {
  /** Path from the repository, or the package's name. */
  readonly to: string
  /** Gone when the program runs: `import type`, or nothing but `type` names. */
  readonly typeOnly: boolean
  readonly isExport: boolean
  /** Only loaded when it is come to. */
  readonly isLate: boolean
}

/**
 * The imports of a source text. A statement begins its line, which the formatter sees to; a dynamic import may be anywhere.
 */
function importsOf(file: string, text: string): readonly Import[] {
  const resolve = (specifier: string): string =>
    specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier
  const statements = [...text.matchAll(/^(import|export)\b([^'"`;]*?)\bfrom\s*['"]([^'"]+)['"]/gm)].map(
    ([, keyword, names = '', specifier = '']) => ({
      to: resolve(specifier),
      typeOnly: /^\s*type\b/.test(names) || onlyTypes(names),
      isExport: keyword === 'export',
      isLate: false,
    }),
  )
  const others = [...text.matchAll(/^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm)].map(
    ([, bare, dynamic]) => ({
      to: resolve(bare ?? dynamic ?? ''),
      typeOnly: false,
      isExport: false,
      isLate: dynamic !== undefined,
    }),
  )
  return [...statements, ...others]
}

function onlyTypes(names: string): boolean {
  const listed = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1]
  if (listed === undefined) return false
  const each = listed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return each.every((name) => name.startsWith('type '))
}

interface Source {
  readonly file: string
  readonly text: string
  readonly imports: readonly Import[]
}

/** Everything that ships. Tests and the recorded samples they use look wherever they must. */
const SOURCES: readonly Source[] = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts') && !file.includes('/fixtures/'))
  .sort()
  .map((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return { file, text, imports: importsOf(file, text) }
  })

/** `core`, `storage`, ...; files directly in src are areas of their own. */
const areaOf = (file: string): string => file.split('/')[1] ?? ''

/** The folders of dialects: those with an index. */
const DIALECT_FOLDERS: ReadonlySet<string> = new Set(globSync('src/dialects/*/index.ts', { cwd: root }).map(dirname))

/** The one file that names all dialects. */
const LIST = 'src/dialects/profiles.ts'

/** The dialect whose folder a file is in, if it is in one. */
function dialectOf(file: string): string | undefined {
  const folder = file.split('/').slice(0, 3).join('/')
  return DIALECT_FOLDERS.has(folder) ? basename(folder) : undefined
}

/** Whom each area may import beside itself. */
const ARROWS: Readonly<Record<string, readonly string[] | 'all'>> = {
  'main.ts': 'all',
  cli: 'all',
  setup: 'all',
  'config.ts': ['misspelt', 'options', 'dialects/profiles'],
  'options.ts': [],
  'misspelt.ts': [],
  http: ['dialects', 'oauth'],
  oauth: ['dialects', 'core/authorization', 'core/logins'],
  jobs: ['core', 'channels'],
  channels: ['core'],
  dialects: ['core', 'options'],
  core: ['storage'],
  storage: [],
}

/** Imports outside the arrows, of a file or of all in a folder. */
const EXEMPT: readonly {
  readonly file: string
  readonly to: string
  readonly typeOnly: boolean
  readonly why: string
}[] = [
  {
    file: 'src/config.ts',
    to: 'src/storage/connections/target.ts',
    typeOnly: false,
    why: 'DATABASE_URL is read in one place, so that what is wrong with it is told together with the other options.',
  },
  {
    file: 'src/dialects/services.ts',
    to: 'src/storage/keys.ts',
    typeOnly: true,
    why: 'Dialects sign and seal with keys made for their purpose; only the type.',
  },
  {
    file: 'src/dialects/mount/errors.ts',
    to: 'src/storage/failures.ts',
    typeOnly: false,
    why: 'The one place where a store that is away becomes the wire error `unavailable`.',
  },
  {
    file: 'src/jobs/',
    to: 'src/storage/failures.ts',
    typeOnly: false,
    why: 'A full disk is told of by whoever watches it, and not by each job that waits for space.',
  },
  {
    file: 'src/http/files.ts',
    to: 'src/core/attachments/commands.ts',
    typeOnly: false,
    why: 'Downloads belong to no dialect: the server itself looks up whose link came.',
  },
  {
    file: 'src/http/files.ts',
    to: 'src/core/attachments/rules.ts',
    typeOnly: false,
    why: 'Downloads belong to no dialect: the core knows which content types are safe.',
  },
  {
    file: 'src/http/forwarded.ts',
    to: 'src/core/address.ts',
    typeOnly: false,
    why: 'Whom proxies name belongs to no dialect, and an address is read by one rule everywhere.',
  },
  {
    file: 'src/http/metrics.ts',
    to: 'src/core/address.ts',
    typeOnly: false,
    why: 'Who may read numbers belongs to no dialect, and an address is read by one rule everywhere.',
  },
  {
    file: 'src/http/operator.ts',
    to: 'src/core/tenants/operate.ts',
    typeOnly: false,
    why: 'Tenants are made above all dialects: the server itself decodes, makes one core call and encodes there.',
  },
  {
    file: 'src/jobs/',
    to: 'src/storage/store.ts',
    typeOnly: true,
    why: 'A job is given the store and passes it to the core; only the type.',
  },
]

function allows(arrows: readonly string[], to: string): boolean {
  return arrows.some((arrow) => to === `src/${arrow}.ts` || to.startsWith(`src/${arrow}/`))
}

test('Imports are found in every form they are written in', () => {
  const text = [
    "import assert from 'node:assert'",
    "import { type A, b } from './b.ts'",
    'import {',
    '  type C,',
    '  type D,',
    "} from '../c.ts'",
    "import type { E } from './e.ts'",
    "import './f.ts'",
    "export { g } from './g.ts'",
    "export * from './h.ts'",
    "export const text = 'nothing from here'",
    "const i = await import('./i.ts')",
  ].join('\n')
  const found = importsOf('src/x/a.ts', text).map(({ to, typeOnly, isExport }) => [to, typeOnly, isExport])
  assert.deepEqual(found, [
    ['node:assert', false, false],
    ['src/x/b.ts', false, false],
    ['src/c.ts', true, false],
    ['src/x/e.ts', true, false],
    ['src/x/g.ts', false, true],
    ['src/x/h.ts', false, true],
    ['src/x/f.ts', false, false],
    ['src/x/i.ts', false, false],
  ])
})

test('Arrows point one way: http to dialects to core to storage', () => {
  const broken: string[] = []
  const used = new Set<object>()
  for (const { file, imports } of SOURCES) {
    const arrows = ARROWS[areaOf(file)]
    if (arrows === undefined) broken.push(`${file} is in no known area`)
    if (arrows === undefined || arrows === 'all') continue
    for (const { to, typeOnly } of imports) {
      if (!to.startsWith('src/') || areaOf(to) === areaOf(file) || allows(arrows, to)) continue
      const exempt = EXEMPT.find((each) => file.startsWith(each.file) && each.to === to && (typeOnly || !each.typeOnly))
      if (exempt) used.add(exempt)
      else broken.push(`${file} imports ${to}`)
    }
  }
  assert.deepEqual(broken, [])
  assert.deepEqual(
    EXEMPT.filter((each) => !used.has(each)),
    [],
    'an exemption that nobody needs',
  )
})

/**
 * The rooms of the core, each above those that it may use when it runs; types may come from anywhere. `ground` is what
 * stands in the core's own folder: words, errors, instants, ids.
 */
const ROOMS = [
  'ground',
  'limits',
  'identity',
  'idempotency',
  'catalogue',
  'events',
  'attachments',
  'search',
  'messages',
  'users',
  'groups',
  'tickets',
  'marks',
  'query',
  'views',
  'replies',
  'reports',
  'access',
  'bulk',
  'macros',
  'unsent',
  'tags',
  'scheduled',
  'export',
  'import',
  'logins',
  'authorization',
  'tenants',
  'passwords',
  'sessions',
  'webhooks',
  'mail',
  'erasure',
]

/** Arrows that still point the wrong way, `room -> room above it`. The list only shrinks. */
const UPWARD: readonly string[] = []

/** The room of the core that a file is in. */
const roomOf = (file: string): string => /^src\/core\/([^/]+)\//.exec(file)?.[1] ?? 'ground'

test('Rooms of the core use those below them when they run, and no other', () => {
  const broken: string[] = []
  const used = new Set<string>()
  for (const { file, imports } of SOURCES.filter((source) => areaOf(source.file) === 'core')) {
    const room = roomOf(file)
    if (!ROOMS.includes(room)) broken.push(`${file} is in no known room`)
    for (const { to, typeOnly } of imports) {
      if (typeOnly || areaOf(to) !== 'core' || ROOMS.indexOf(roomOf(to)) <= ROOMS.indexOf(room)) continue
      const arrow = `${room} -> ${roomOf(to)}`
      if (UPWARD.includes(arrow)) used.add(arrow)
      else broken.push(`${file} imports ${to}`)
    }
  }
  assert.deepEqual(broken, [])
  assert.deepEqual(
    UPWARD.filter((arrow) => !used.has(arrow)),
    [],
    'an exemption that nobody needs',
  )
})

test('No statement of the core is run from outside: each has a function of its room', () => {
  const broken = SOURCES.filter(({ file }) => areaOf(file) !== 'core').flatMap(({ file, imports }) =>
    imports
      .filter(({ to, typeOnly }) => !typeOnly && /^src\/core\/.*\bstore(\/[\w-]+)?\.ts$/.test(to))
      .map(({ to }) => `${file} imports ${to}`),
  )
  assert.deepEqual(broken, [])
})

test('The console talks by the SDK alone, and the SDK stands by itself', () => {
  const files = globSync(['console/src/**/*.{ts,tsx}', 'sdk/*.ts'], { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  )
  const reaching = files.flatMap((file) => {
    const mayReach = file.startsWith('sdk/') ? ['sdk/'] : ['console/src/', 'sdk/']
    return importsOf(file, readFileSync(join(root, file), 'utf8'))
      .filter(
        ({ to }) => /^(src|test|scripts|console|sdk)\//.test(to) || (file.startsWith('sdk/') && !to.startsWith('sdk/')),
      )
      .filter(({ to }) => !mayReach.some((folder) => to.startsWith(folder)))
      .map(({ to }) => `${file} imports ${to}`)
  })
  assert.ok(files.includes('console/src/main.tsx') && files.includes('sdk/client.ts'))
  assert.deepEqual(reaching, [])
})

test('The console makes what it knows stale by one door, which loses no event while a first answer is under way', () => {
  const files = globSync('console/src/**/*.{ts,tsx}', { cwd: root })
  const calling = files.filter((file) => readFileSync(join(root, file), 'utf8').includes('.invalidateQueries('))
  assert.deepEqual(calling, ['console/src/api/cache.ts'])
})

test('A command begins without the server and the dialects: each of the two is loaded by whoever needs it', () => {
  const seen = new Set<string>()
  const queue = ['src/cli/main.ts']
  for (const file of queue) {
    if (seen.has(file)) continue
    seen.add(file)
    const source = SOURCES.find((each) => each.file === file)
    queue.push(...(source?.imports ?? []).filter(({ typeOnly, isLate }) => !typeOnly && !isLate).map(({ to }) => to))
  }
  for (const heavy of ['src/main.ts', 'src/dialects/registry.ts', 'fastify']) assert.ok(!seen.has(heavy), heavy)
  assert.ok(seen.has('src/storage/store.ts'), 'what commands work on is found')
})

test('A dialect imports no other dialect, and only the list of profiles imports dialects: a folder and a name remove one', () => {
  const broken = SOURCES.flatMap(({ file, imports }) =>
    imports.flatMap(({ to }) => {
      const dialect = dialectOf(to)
      const isOwn = dialect === dialectOf(file)
      if (dialect === undefined || isOwn || file === LIST) return []
      return [`${file} imports ${to}`]
    }),
  )
  assert.deepEqual(broken, [])
  const registered = SOURCES.find(({ file }) => file === LIST)?.imports.map(({ to }) => to)
  const folders = [...new Set(SOURCES.flatMap(({ file }) => dialectOf(file) ?? []))]
  assert.deepEqual(
    registered?.filter((to) => dialectOf(to)).sort(),
    folders.map((folder) => `src/dialects/${folder}/profile.ts`).sort(),
  )
})

/** What rules.ts files, and those of a folder `rules/`, may use when they run. */
const PURE: Readonly<Record<string, string>> = {
  'node:crypto': 'digests and comparisons are functions of their arguments; chance is looked for below',
  'ipaddr.js': 'reads addresses',
  typebox: 'declares what rows look like',
  'node:net': 'tells which texts are addresses',
  'node:url': 'whether the domain name system has such a name',
  'src/core/identity/actor.ts': 'what an actor may do and see: functions of their arguments',
  'src/core/identity/audience.ts': 'whom something is for: functions of their arguments',
  'src/core/identity/permissions.ts': 'the tables of permissions',
  'src/core/address.ts': 'how an address is read: functions of their arguments',
  'src/core/attachments/rules.ts': 'which files are taken: functions of their arguments',
  'src/core/bulk/job.ts': 'closed lists and limits',
  'src/core/identity/user.ts': 'how people are called: functions of their arguments',
  'src/core/macros/macro.ts': 'closed lists and limits',
  'src/core/replies/variables.ts': 'what is filled in: functions of their arguments',
  'src/core/reports/report.ts': 'which reports there are, and what a ticket counts as',
  'src/core/errors.ts': 'how a refusal is raised',
  'src/core/instant.ts': 'how a point in time is read',
  'src/core/limits/network.ts': 'which addresses count as one',
  'src/core/messages/rules.ts': 'what an envelope holds: a function of its arguments',
  'src/core/catalogue/field.ts': 'closed lists, and what rows look like',
  'src/core/catalogue/tenant.ts': "the catalogue's fixed channel ids",
  'src/core/tickets/fields.ts': 'the table of fields: functions of their arguments',
  'src/core/tickets/ticket.ts': 'the list of what is filed',
  'src/storage/sql.ts': 'what values are in SQL: declares, does nothing',
  'src/core/spelling.ts': 'what is the same in other letters: functions of their arguments',
  'src/core/uuid.ts': 'what passes for an id',
  'src/core/words.ts': 'the closed lists',
  'src/core/identity/email.ts': 'what passes for an e-mail address',
  'src/core/identity/reach.ts': 'who is there for an actor: functions of their arguments',
}

test('Rules are pure: they use types and pure modules, and read no clock and no chance', () => {
  const rules = SOURCES.filter(({ file }) => file.startsWith('src/core/') && /\/(rules\.ts|rules\/[^/]+)$/.test(file))
  assert.ok(rules.length > 0)
  const reached = new Set<string>()
  const pending = rules.map(({ file }) => file)
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const source = SOURCES.find((each) => each.file === file)
    for (const { to, typeOnly } of source?.imports ?? []) {
      if (typeOnly || reached.has(to) || to.includes('/rules/')) continue
      reached.add(to)
      pending.push(to)
    }
  }
  assert.deepEqual([...reached].sort(), Object.keys(PURE).sort())
  const impure =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandom(?:Bytes|UUID|Int)\b|\bgetRandomValues\b|(?<!\.)\bprocess\b|\bperformance\b|\bsetTimeout\b|\bawait\b|\basync\b/
  for (const { file, text } of SOURCES)
    if (rules.some((rule) => rule.file === file) || file in PURE)
      assert.doesNotMatch(withoutComments(text), impure, `${file} is not pure`)
})

/** Good enough for looking words up: what is left of a string that holds a comment's sign does not matter here. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

/** What of the storage is for all of the core: it says what values are in SQL, and does nothing. */
const SAYS_ONLY = 'src/storage/sql.ts'

test('In the core only a store declares statements and uses the storage when it runs', () => {
  const isStore = /\/(store\/[^/]+|store)\.ts$/
  const broken = SOURCES.filter(({ file }) => areaOf(file) === 'core' && !isStore.test(file)).flatMap(
    ({ file, text, imports }) => [
      ...(/\bstatement\(/.test(withoutComments(text)) ? [`${file} declares a statement`] : []),
      ...imports
        .filter(({ to, typeOnly }) => to.startsWith('src/storage/') && to !== SAYS_ONLY && !typeOnly)
        .map(({ to }) => `${file} uses ${to}`),
    ],
  )
  assert.deepEqual(broken, [])
})

test('Outside the core and the storage nobody writes SQL', () => {
  const sql = /\b(select\s.+\sfrom|insert\s+into|update\s.+\sset|delete\s+from)\b/i
  const broken = SOURCES.filter(({ file }) => !['core', 'storage'].includes(areaOf(file))).filter(
    ({ text, imports }) =>
      imports.some(({ to }) => to === 'src/storage/statement.ts' || to === 'pg') || sql.test(withoutComments(text)),
  )
  assert.deepEqual(
    broken.map(({ file }) => file),
    [],
  )
})

/** Who reads the environment beside config.ts. */
const ENVIRONMENT_READERS: Readonly<Record<string, string>> = {
  'src/config.ts': 'the one reader of what Polydesk can be told',
  'src/storage/embedded-process.ts': 'gives PATH to the database processes it starts; that is no option of ours',
}

test('Only config.ts reads the environment', () => {
  const readers = SOURCES.filter(({ text }) =>
    /\bprocess\.env\b|\benv\b.*from 'node:process'/.test(withoutComments(text)),
  )
  assert.deepEqual(
    readers.map(({ file }) => file),
    Object.keys(ENVIRONMENT_READERS).sort(),
  )
})

test('There are no barrels, and no folders or files for what has no name', () => {
  const declares = /^(export )?(default )?(async )?(function|const|let|class|interface|type|enum)\b/m
  const barrels = SOURCES.filter(
    ({ text, imports }) =>
      /^export \*/m.test(text) || (imports.some(({ isExport }) => isExport) && !declares.test(text)),
  )
  assert.deepEqual(
    barrels.map(({ file }) => file),
    [],
    'a file that only passes on what others export',
  )
  const nameless = /^(utils?|helpers?|common|misc|shared|lib|types)(\.ts)?$/i
  const badlyNamed = SOURCES.filter(({ file }) => file.split('/').some((part) => nameless.test(part)))
  assert.deepEqual(
    badlyNamed.map(({ file }) => file),
    [],
  )
})

/**
 * Where a vendor is named outside of its folder and the list of profiles: in words for people, and where the native API names the
 * dialects. The list only shrinks.
 */
const NAMING: Readonly<Record<string, string>> = {
  'src/cli/client.ts': 'help texts: whose clients have what',
  'src/cli/key.ts': 'a help text: which logins end with a key',
  'src/cli/token.ts': 'help texts: whose credentials have what',
  'src/cli/webhook.ts': 'a help text: whose webhooks there are',
  'src/config.ts': 'how rates by dialect are written, in the option and in what is told of a wrong one',
  'src/dialects/native/catalogue/schema.ts': 'in which dialects topics can be offered, as its document lists them',
  'src/dialects/native/examples.ts': 'ids of the demo, by their names in quickstart.env; an offered topic',
  'src/dialects/native/options.ts': "what is told of the option: that it is not for another dialect's keys",
  'src/dialects/native/webhooks/schema.ts': 'whose webhooks there are, as its document lists them',
}

test('A vendor is named in its folder and the list of profiles alone: a dialect is a folder and a name', (t) => {
  const vendors = [...DIALECT_FOLDERS].map((folder) => basename(folder)).filter((name) => name !== 'native')
  const vendor = new RegExp(vendors.join('|'), 'i')
  const migrations = globSync('src/storage/migrations/*.sql', { cwd: root }).map((file) => ({
    file,
    text: readFileSync(join(root, file), 'utf8'),
  }))
  const naming = [...SOURCES, ...migrations].filter(({ file, text }) => {
    const isAtHome = vendors.some((name) => file.startsWith(`src/dialects/${name}/`))
    return !isAtHome && file !== LIST && vendor.test(text)
  })
  for (const [file, why] of Object.entries(NAMING)) t.diagnostic(`${file} names vendors: ${why}`)
  assert.deepEqual(naming.map(({ file }) => file).sort(), Object.keys(NAMING).sort())
})
