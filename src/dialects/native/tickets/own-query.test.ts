import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { startWorld, type World } from '../../../../test/world.ts'

/** What a query asks of the fields of the tenant's own. */

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

const native = (method: string, path: string, body?: unknown) =>
  world.send(method, `/v1${path}`, {
    headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` },
    ...(body !== undefined && { body }),
  })

async function done(method: string, path: string, body?: unknown) {
  const answer = await native(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.json
}

async function found(q: string): Promise<readonly string[]> {
  const { data } = await done('GET', `/tickets?limit=200&q=${encodeURIComponent(q)}`)
  return data.map(({ title }: { readonly title: string }) => title).toSorted()
}

interface Held {
  readonly text?: string
  readonly number?: number
  readonly flag?: boolean
  readonly day?: string
  readonly one?: string
  readonly some?: readonly string[]
}

const TEXTS = ['red', 'Red wine', 'a,b "c" \\']
const NUMBERS = [-10, -0.5, 0, 3, 1e6]
const DAYS = ['1999-12-31', '2026-01-31', '2026-02-01']
const VALUES = ['basic', 'pro max']
const LABELS = new Map([
  ['basic', 'Basic'],
  ['pro max', 'Professional'],
])

const anyHeld: fc.Arbitrary<Held> = fc.record(
  {
    text: fc.constantFrom(...TEXTS),
    number: fc.constantFrom(...NUMBERS),
    flag: fc.boolean(),
    day: fc.constantFrom(...DAYS),
    one: fc.constantFrom(...VALUES),
    some: fc.subarray(VALUES, { minLength: 1 }),
  },
  { requiredKeys: [] },
)

/** A condition, and what it holds of. */
interface Asked {
  readonly q: string
  readonly holds: (held: Held) => boolean
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** Of some values one has to be there; `none` is nothing. */
function oneOf<Value>(
  key: keyof Held,
  values: readonly Value[],
  written: (value: Value) => string,
  has: (held: Held, value: Value) => boolean,
): fc.Arbitrary<Asked> {
  return fc
    .record({
      wanted: fc.subarray<Value | null>([...values, null], { minLength: 1 }),
      isNot: fc.boolean(),
    })
    .map(({ wanted, isNot }) => ({
      q: `${isNot ? '-' : ''}field.${key}:${wanted.map((value) => (value === null ? 'none' : written(value))).join(',')}`,
      holds: (held) => isNot !== wanted.some((value) => (value === null ? held[key] === undefined : has(held, value))),
    }))
}

const COMPARED = {
  '>': (one: number | string, other: number | string) => one > other,
  '>=': (one: number | string, other: number | string) => one >= other,
  '<': (one: number | string, other: number | string) => one < other,
  '<=': (one: number | string, other: number | string) => one <= other,
} as const

function compared(key: 'number' | 'day', values: readonly (number | string)[]): fc.Arbitrary<Asked> {
  return fc
    .record({
      by: fc.constantFrom(...(Object.keys(COMPARED) as (keyof typeof COMPARED)[])),
      value: fc.constantFrom(...values),
      isNot: fc.boolean(),
    })
    .map(({ by, value, isNot }) => ({
      q: `${isNot ? '-' : ''}field.${key}:${by}${value}`,
      holds: (held) => {
        const has = held[key]
        return isNot !== (has !== undefined && COMPARED[by](has, value))
      },
    }))
}

const anyAsked: fc.Arbitrary<Asked> = fc.oneof(
  oneOf('text', TEXTS, quoted, ({ text }, value) => text === value),
  oneOf('number', NUMBERS, String, ({ number }, value) => number === value),
  oneOf(
    'flag',
    [true, false],
    (value) => (value ? 'yes' : 'FALSE'),
    ({ flag }, value) => flag === value,
  ),
  oneOf('day', DAYS, String, ({ day }, value) => day === value),
  oneOf(
    'one',
    VALUES,
    (value) => quoted(LABELS.get(value)?.toUpperCase() ?? ''),
    ({ one }, value) => one === value,
  ),
  oneOf('some', VALUES, quoted, ({ some }, value) => some?.includes(value) ?? false),
  oneOf(
    'some',
    VALUES,
    (value) => `${quoted(value)},${quoted(value)}`,
    ({ some }, value) => some?.includes(value) ?? false,
  ),
  compared('number', NUMBERS),
  compared('day', DAYS),
)

test('Conditions on fields of a tenant’s own find what they hold of, each and together', async () => {
  const choices = [...LABELS].map(([value, label]) => ({ value, label }))
  const types = { text: 'text', number: 'number', flag: 'boolean', day: 'date', one: 'choice', some: 'choices' }
  for (const [key, type] of Object.entries(types))
    await done('POST', '/fields', { key, type, label: key, ...(/choice/.test(type) && { choices }) })
  const tickets = new Map(fc.sample(anyHeld, 40).map((held, nth) => [`Ticket ${nth}`, held]))
  for (const [title, fields] of tickets) await done('POST', '/tickets', { title, fields, tags: ['compared'] })
  await fc.assert(
    fc.asyncProperty(fc.array(anyAsked, { minLength: 1, maxLength: 3 }), async (asked) => {
      const q = ['tag:compared', ...asked.map((each) => each.q)].join(' ')
      const expected = [...tickets].flatMap(([title, held]) => (asked.every(({ holds }) => holds(held)) ? title : []))
      assert.deepEqual(await found(q), expected.toSorted(), q)
    }),
    { numRuns: 150 },
  )
})

test('A person in a field is found by me, by address and by id', async () => {
  await done('POST', '/fields', { key: 'owner', type: 'person', label: 'Owner' })
  const memberships = [{ desk: world.value('MOOV_ACCOUNT_ID'), role: 'agent' }]
  const kim = await done('POST', '/users', { name: 'Kim', email: 'kim@example.com', memberships })
  const me = (await done('GET', '/me')).user
  for (const [title, owner] of [
    ['Kim’s', kim.id],
    ['Mine', me.id],
  ])
    await done('POST', '/tickets', { title, fields: { owner } })
  assert.deepEqual(await found('field.owner:kim@example.com'), ['Kim’s'])
  assert.deepEqual(await found(`field.owner:${kim.id.toUpperCase()}`), ['Kim’s'])
  assert.deepEqual(await found('field.owner:me,KIM@example.com'), ['Kim’s', 'Mine'])
})

test('A mistake is pointed at, with what would be right there', async () => {
  const cases: readonly (readonly [q: string, at: number, length: number, expected: RegExp])[] = [
    ['field.colour:red', 6, 6, /^the key of a field: text, number/],
    ['printer -field.pl-an:x', 15, 5, /^the key of a field/],
    ['field.number:many', 13, 4, /^a number/],
    ['field.number:1,two', 15, 3, /^a number/],
    ['field.number:>1,2', 16, 1, /^one value alone/],
    ['field.number:>none', 14, 4, /^a value/],
    ['field.number:1e5', 13, 3, /^a number/],
    ['field.text:>red', 12, 3, /only numbers and dates/],
    ['field.day:2026-02-30', 10, 10, /^a date/],
    ['field.flag:maybe', 11, 5, /^one of yes/],
    ['field.one:gold', 10, 4, /^one of basic, pro max/],
    ['field.owner:nobody@example.com', 12, 18, /^me, /],
    ['field.one:', 10, 1, /^a value/],
  ]
  for (const [q, at, length, expected] of cases) {
    const answer = await native('GET', `/tickets?q=${encodeURIComponent(q)}`)
    assert.equal(answer.status, 400, q)
    const [error] = answer.json.errors
    assert.deepEqual([error.field, error.at, error.length], ['q', at, length], `${q}: ${answer.text}`)
    assert.match(error.expected, expected, q)
  }
})

test('Views and bulk jobs ask the same, and completion is told of each field', async () => {
  const view = await done('POST', '/views', { name: 'Professionals', query: 'field.one:professional' })
  const listed = (await done('GET', `/tickets?view=${view.id}&limit=200`)).data
  assert.deepEqual(listed.map(({ title }: { title: string }) => title).toSorted(), await found('field.one:"pro max"'))
  const { data: counts } = await done('GET', '/views/counts')
  const { count } = counts.find((each: { view: string }) => each.view === view.id)
  assert.equal(count, listed.length)
  const job = await done('POST', '/jobs', { query: 'field.one:professional', change: { add_tags: ['professional'] } })
  assert.equal(job.total, listed.length)
  const { data } = await done('GET', '/query/fields')
  const about = data.find(({ field }: { field: string }) => field === 'field.one')
  assert.deepEqual(about, { field: 'field.one', takes: 'choice', about: 'one', example: 'field.one:basic' })
})
