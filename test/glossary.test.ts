import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { EVENT_KINDS } from '../src/core/events/event.ts'
import { PERMISSIONS, ROLE_PERMISSIONS, ROLES } from '../src/core/identity/permissions.ts'
import { PRIORITIES, STATUSES } from '../src/core/words.ts'
import { SHOWN_STATUS } from '../src/dialects/moov/words.ts'
import { STANDARD_STATUSES } from '../src/dialects/netgroot/words.ts'
import { WORD_OF_STATUS as OMNIDESK_STATUS } from '../src/dialects/omnidesk/words.ts'
import { WORD_OF_STATUS as SPACEBRING_STATUS } from '../src/dialects/spacebring/words.ts'
import { codeIn, type Table, tablesIn } from './markdown.ts'

const root = join(import.meta.dirname, '..')
const tables = tablesIn(await readFile(join(root, 'GLOSSARY.md'), 'utf8'))

/** The only table under a heading of which the first columns are these. */
function table(heading: string, ...columns: readonly string[]): Table {
  const found = tables.filter(
    (each) => each.heading === heading && columns.every((name, at) => each.columns[at] === name),
  )
  const [only] = found
  assert.ok(only && found.length === 1, `GLOSSARY.md has one table ${columns.join(', ')} under ${heading}.`)
  return only
}

/** The names in the first column of a table, in its order. */
function names({ rows }: Table): readonly string[] {
  return rows.map(([name = '']) => codeIn(name).join(' '))
}

const LISTS = {
  Statuses: ['status', STATUSES],
  Priorities: ['priority', PRIORITIES],
  Roles: ['role', ROLES],
  Permissions: ['permission', PERMISSIONS],
  Events: ['event', EVENT_KINDS],
} as const

for (const [heading, [column, inCode]] of Object.entries(LISTS)) {
  test(`the glossary names every ${column} there is, and no other`, () => {
    assert.deepEqual(names(table(heading, column)), inCode)
  })
}

test('the glossary tells what each role has', () => {
  const told = new Map(
    table('Roles', 'role', 'has').rows.map(([role = '', has = '']) => [codeIn(role)[0], codeIn(has)]),
  )
  const adminHas = [...(told.get('agent') ?? []), ...(told.get('admin') ?? [])]
  assert.deepEqual(told.get('customer'), [...ROLE_PERMISSIONS.customer])
  assert.deepEqual(told.get('agent'), [...ROLE_PERMISSIONS.agent])
  assert.deepEqual(adminHas, [...ROLE_PERMISSIONS.admin])
})

test('the glossary marks as later the permissions that no operation uses', async () => {
  const files = globSync('src/{core,dialects}/**/*.ts', { cwd: root }).filter(
    (file) => !/\.test\.ts$|permissions\.ts$/.test(file),
  )
  const sources = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')))
  const unused = PERMISSIONS.filter((permission) => !sources.some((source) => source.includes(`'${permission}'`)))
  const { rows } = table('Permissions', 'permission', 'allows')
  const later = rows.filter(([, allows = '']) => allows.includes('(later')).map(([name = '']) => codeIn(name)[0])
  assert.deepEqual(
    later.filter((name) => name !== 'catalogue.manage'),
    unused,
  )
})

test('the glossary shows the word of each vendor for each status', () => {
  const { rows } = table("Each vendor's word for ours", 'status', 'Spacebring', 'Moov', 'NetGroot', 'Omnidesk')
  const told = rows.map((cells) => cells.map((cell) => codeIn(cell).join(' ')))
  const inCode = STATUSES.map((status) => [
    status,
    SPACEBRING_STATUS[status],
    SHOWN_STATUS[status],
    STANDARD_STATUSES[status].name,
    OMNIDESK_STATUS[status],
  ])
  assert.deepEqual(told, inCode)
})
