import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { OPTIONS } from '../src/config.ts'
import { anchorsIn, blocksIn, codeIn, linksIn, proseOf, tablesIn } from './markdown.ts'
import { startWorld } from './world.ts'

const root = join(import.meta.dirname, '..')
const documents = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => /(^|\/)(node_modules|data|coverage)$/.test(name),
})

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The names under some keys of package.json. */
function inPackage(...keys: readonly string[]): readonly string[] {
  const manifest: unknown = JSON.parse(read('package.json'))
  return keys.flatMap((key) => Object.keys(Object(Reflect.get(Object(manifest), key))))
}

/** Where a relative link leads nowhere, as sentences. */
function brokenLinks(file: string): readonly string[] {
  return linksIn(read(file)).flatMap((target) => {
    if (/^[a-z]+:/i.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const found = path === '' ? file : relative(root, join(root, dirname(file), path))
    if (!existsSync(join(root, found))) return [`${file} links to ${target}, which is not there.`]
    if (anchor !== undefined && !anchorsIn(read(found)).has(anchor))
      return [`${file} links to ${target}: no such heading.`]
    return []
  })
}

test('every relative link leads to a file, and to a heading of it', () => {
  assert.ok(documents.includes('README.md') && documents.length > 10)
  assert.deepEqual(documents.flatMap(brokenLinks), [])
})

test('every npm script that a document names exists', () => {
  const scripts = inPackage('scripts')
  const named = documents.flatMap((file) =>
    [...read(file).matchAll(/npm (?:run (?:-s |--silent )?([a-z-]+)|(start|test))\b/g)].map(
      ([, run, short]) => [file, run ?? short ?? ''] as const,
    ),
  )
  assert.ok(named.some(([file, script]) => file === 'README.md' && script === 'start'))
  assert.deepEqual(
    named.filter(([, script]) => !scripts.includes(script)),
    [],
  )
})

test('every file of the repository that a document names exists', () => {
  const named = documents.flatMap((file) =>
    codeIn(proseOf(read(file)))
      .filter((code) => /^(src|test|bench|docs|scripts|bin|\.ci)\/[\w./*-]*$/.test(code))
      .map((path) => [file, path] as const),
  )
  assert.ok(named.length > 10)
  assert.deepEqual(
    named.filter(([, path]) => globSync(path, { cwd: root }).length === 0),
    [],
  )
})

test('the architecture has a place for every folder of the sources', () => {
  const [house] = blocksIn(read('ARCHITECTURE.md')).filter(({ text }) => text.startsWith('bin/'))
  const folders = new Set(
    globSync('src/*/**/*.ts', { cwd: root }).flatMap((file) => {
      const [, part = '', folder = ''] = file.split('/')
      return ['core', 'dialects', 'storage'].includes(part) && !folder.endsWith('.ts') ? [part, folder] : [part]
    }),
  )
  assert.ok(house && folders.has('core') && folders.has('tickets'))
  assert.deepEqual(
    [...folders].filter((name) => !new RegExp(`\\n {2,}(?:[a-z]+/ )*${name}/`).test(house.text)),
    [],
  )
})

test('every option that the operator is told of exists', () => {
  const known = Object.values(OPTIONS).map(({ name }): string => name)
  const named = [...`${read('README.md')}${read('docs/operating.md')}`.matchAll(/\b(POLYDESK_[A-Z_]+)=/g)]
  assert.ok(named.length > 0)
  assert.deepEqual(
    named.map(([, name = '']) => name).filter((name) => !known.includes(name)),
    [],
  )
})

test('every message that the operator is told of is one that Polydesk says', () => {
  const [trouble] = tablesIn(read('docs/operating.md')).filter(({ heading }) => heading === 'When it does not start')
  const said = globSync(['src/**/*.ts', 'bin/*.mjs'], { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => read(file).replaceAll(/\$\{[^}]*\}/g, '...'))
  const words = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const messages = trouble?.rows.flatMap(([message = '']) => codeIn(message)) ?? []
  assert.ok(messages.length > 10)
  const unsaid = messages.filter((message) => {
    const pattern = new RegExp(message.split('...').map(words).join('[^\\n]*'))
    return !said.some((text) => pattern.test(text))
  })
  // PostgreSQL's own words.
  assert.deepEqual(unsaid, ['No space left on device'])
})

test('the index of decisions has them all, numbered without gaps', () => {
  const files = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d{4}-.*\.md$/.test(name))
  const listed = linksIn(read('docs/decisions/README.md')).filter((target) => /^\d{4}-/.test(target))
  assert.deepEqual(listed, files.sort())
  assert.deepEqual(
    files.map((name) => Number(name.slice(0, 4))),
    files.map((_, index) => index + 1),
  )
  for (const file of files) {
    const headings = [...anchorsIn(read(`docs/decisions/${file}`))].slice(1)
    assert.deepEqual(headings, ['context', 'decision', 'why', 'drawbacks', 'refused'], file)
  }
})

test('the list of libraries has every dependency, and only refuses what is none', () => {
  const dependencies = inPackage('dependencies', 'devDependencies', 'optionalDependencies')
  const tables = tablesIn(read('docs/decisions/libraries.md'))
  const listed = (refused: boolean): readonly string[] =>
    tables
      .filter(({ heading }) => (heading === 'Refused') === refused)
      .flatMap(({ rows }) => rows.flatMap(([names = '']) => codeIn(names)))
  const covers = (name: string, dependency: string): boolean =>
    name.endsWith('/*') ? dependency.startsWith(name.slice(0, -1)) : name === dependency
  const missing = dependencies.filter((dependency) => !listed(false).some((name) => covers(name, dependency)))
  const idle = listed(false).filter((name) => !dependencies.some((dependency) => covers(name, dependency)))
  const taken = listed(true).filter((name) => dependencies.includes(name))
  assert.deepEqual({ missing, idle, taken }, { missing: [], idle: [], taken: [] })
})

// --- the tour -----------------------------------------------------------------------------------------------------------

const VALUE = /\$((?:POLYDESK|SPACEBRING|MOOV|NETGROOT|OMNIDESK)_[A-Z_]+)/g
const hasCurl = spawnSync('curl', ['--version']).status === 0

test("the README's tour works as printed", { skip: !hasCurl && 'the tour needs curl' }, async () => {
  const world = await startWorld()
  const directory = await mkdtemp(join(tmpdir(), 'polydesk-tour-'))
  after(async () => {
    await world.stop()
    await rm(directory, { recursive: true, force: true })
  })
  const tour = blocksIn(read('README.md'))
    .filter(({ info }) => info === 'sh tour')
    .map(({ text }) => text)
    .join('')
  const values = [...new Set([...tour.matchAll(VALUE)].map(([, name = '']) => name))]
  await mkdir(join(directory, 'data'))
  await writeFile(
    join(directory, 'data', 'quickstart.env'),
    values.map((name) => `${name}=${world.value(name)}\n`).join(''),
  )
  const failures = join(directory, 'failures')
  await writeFile(failures, '')
  // As a person would, but that no failure is overlooked.
  const watched = `curl() { command curl --fail "$@" || echo "$*" >> '${failures}'; }\n${tour}`
  await promisify(execFile)('sh', ['-eu', '-c', watched], { cwd: directory })
  assert.equal(await readFile(failures, 'utf8'), '')
  // Beside the packages, so that they find them.
  const programs = await mkdtemp(join(root, 'node_modules', '.tour-'))
  after(() => rm(programs, { recursive: true, force: true }))
  for (const [index, { text }] of blocksIn(read('README.md'))
    .filter(({ info }) => info === 'js tour')
    .entries()) {
    const program = join(programs, `${index}.mjs`)
    await writeFile(program, text)
    const names = [...text.matchAll(/\b(?:POLYDESK|SPACEBRING|MOOV|NETGROOT|OMNIDESK)_[A-Z_]+\b/g)].map(
      ([name]) => name,
    )
    const env = { ...process.env, ...Object.fromEntries(names.map((name) => [name, world.value(name)])) }
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env })
    assert.ok(stdout.length > 100, stdout)
  }

  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  const { data } = (await world.send('GET', '/v1/tickets', { headers })).json
  assert.equal(data.length, 5, 'one ticket through each dialect')
  const worked = data.filter((ticket: { status: string }) => ticket.status === 'open')
  assert.equal(worked.length, 1, 'one of them is worked on')
  const timeline = (await world.send('GET', `/v1/tickets/${worked[0].id}/timeline`, { headers })).json
  assert.deepEqual(
    timeline.data.map((entry: { kind: string; dialect: string }) => [entry.kind, entry.dialect]),
    [
      ['ticket.created', 'spacebring'],
      ['ticket.status_changed', 'spacebring'],
      ['message.added', 'native'],
    ],
  )
})

test('every document is named where its readers look for it', () => {
  const linked = new Set(
    documents.flatMap((file) =>
      linksIn(read(file)).map((target) => relative(root, join(root, dirname(file), target.split('#')[0] ?? ''))),
    ),
  )
  assert.deepEqual(
    documents.filter((file) => basename(file) !== 'README.md' && !linked.has(file)),
    [],
  )
})
