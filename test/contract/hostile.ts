import { METHODS } from 'node:http'
import fc from 'fast-check'
import type { Route } from '../../src/dialects/route.ts'
import type { Headers, Ids } from './site.ts'

/**
 * Requests that are right but for a few things. They are made from the schemas of a route, so that a request is wrong in
 * the place that was changed and good enough elsewhere to get that far.
 */

/** A request as it goes over the wire. */
export interface HostileRequest {
  readonly route: string
  readonly method: string
  /** What was changed, for people. */
  readonly changes: readonly string[]
  readonly bytes: Buffer
  /** How fast-check shows it: the bytes are told beside the answer. */
  readonly [fc.toStringMethod]: () => string
}

/** What exists, and what callers of a route present. */
export interface Surroundings {
  readonly tickets: readonly Ids[]
  /** By which of its ids a path names a ticket. */
  readonly idOnWire: keyof Ids
  readonly desks: readonly Ids[]
  readonly users: readonly Ids[]
  readonly agent: Ids
  readonly headers: (path: string) => Headers
  /** Whether the dialect reads forms too. */
  readonly forms: boolean
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
type Fields = { readonly [name: string]: Json }

/** A request of any of the routes. */
export function hostileRequest(routes: readonly Route<unknown>[], around: Surroundings): fc.Arbitrary<HostileRequest> {
  return fc.constantFrom(...routes).chain((route) =>
    fc
      .record({
        params: route.params ? right(route.params, forPath(route.path, around)) : fc.constant({}),
        query: route.query ? right(route.query, around) : fc.constant({}),
        body: route.body ? right(route.body, around) : fc.constant(undefined),
        encoding: fc.constantFrom<Encoding>(...(around.forms ? ENCODINGS : (['json'] as const))),
        changes: fc.array(change, { maxLength: 3 }),
      })
      .map((plan) => assemble(route, plan, around)),
  )
}

// --- what is right ----------------------------------------------------------------------------------------------------

const WORDS = [
  'Printer 3',
  'It does not work.\nAt all.',
  '<p>Broken</p>',
  'Ünïcödé 日本 🦊',
  'a@b.example',
  '1',
  'late',
]
const ACTIONS = ['status', 'priority', 'assignedGroupID', 'title', 'addTag', 'removeTag', 'note', 'unlinkCustomer', 'x']

/** Optional fields whose right values nothing here can know, or that exclude others; they come as wrong ones only. */
const UNTOLD: ReadonlySet<string> = new Set([
  'cursor',
  'nextPageToken',
  'applyView',
  'html',
  'form',
  'membershipRefRequester',
])

/** What schemas leave open and names tell. */
function named(name: string, around: Surroundings): fc.Arbitrary<Json> | null {
  const integer = (of: readonly Ids[]) => fc.constantFrom(...of.map((each) => each.integer))
  const uuid = (of: readonly Ids[]) => fc.constantFrom(...of.map((each) => each.id))
  const actions = fc.record({
    actionType: fc.constantFrom(...ACTIONS),
    value: fc.constantFrom<Json>('solved', 'high', 1, 'text'),
  })
  switch (name) {
    case 'ticketID':
    case 'ticket_id':
      return around.idOnWire === 'id' ? uuid(around.tickets) : integer(around.tickets)
    case 'ticketIDs':
      return fc.array(integer(around.tickets), { minLength: 1, maxLength: 3 })
    case 'TicketIDs':
      return integer(around.tickets).map(String)
    case 'ticketRef':
      return uuid(around.tickets)
    case 'actions':
      return fc.array(actions, { minLength: 1, maxLength: 3 })
    case 'accountID':
    case 'locationRef':
    case 'desk':
      return uuid(around.desks)
    case 'requester':
    case 'userRefRequester':
      return uuid(around.users)
    case 'assignee':
    case 'userRefAssignee':
      return uuid([around.agent])
    case 'group':
    case 'membershipRefAssignee':
      return fc.constant(null)
    case 'channel':
      return fc.constantFrom('api', 'web')
    case 'limit':
    case 'itemLimit':
    case 'count':
    case 'page':
      return fc.constantFrom('1', '20')
    case 'brandID':
    case 'assignedGroupID':
      return fc.constantFrom(1, 2)
    case 'channelID':
    case 'type':
      return around.forms ? fc.constantFrom(1, 3, 5) : null
    case 'formID':
    case 'externalPrimaryID':
    case 'userID':
      return fc.constant(null)
    default:
      return /_id$|ID$/.test(name) ? fc.integer({ min: 1, max: 5 }) : null
  }
}

/** A value that a schema allows, or nearly. */
function right(schema: object, around: Surroundings, name = ''): fc.Arbitrary<Json> {
  const rules = new Map<string, unknown>(Object.entries(schema))
  const type = rules.get('type')
  if (type === 'object' && name === 'requester')
    return fc.record({ id: fc.constantFrom(...around.users.map(({ id }) => id)) })
  if (type === 'object') return rightFields(rules, around)
  if (Array.isArray(rules.get('enum'))) return fc.constantFrom(...listOf(rules.get('enum')).map(asJson))
  if (rules.has('const')) return fc.constant(asJson(rules.get('const')))
  // A requester may be an object in one schema and an id in the next; what is an object went above.
  const known = name === 'id' ? ticketName(around) : named(name, around)
  if (known)
    return type === 'string' ? known.map((value) => (typeof value === 'object' ? value : String(value))) : known
  const told = rightAsTold(String(rules.get('description')))
  if (told) return told
  if (Array.isArray(rules.get('anyOf'))) {
    return fc.oneof(...listOf(rules.get('anyOf')).map((each) => right(asObject(each), around)))
  }
  if (Array.isArray(type)) return fc.oneof(...type.map((each) => right({ ...schema, type: each }, around)))
  if (type === 'array') return fc.array(right(asObject(rules.get('items') ?? {}), around), { maxLength: 3 })
  if (type === 'integer' || type === 'number') return fc.integer({ min: 1, max: 5 })
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (type === 'string') return rightText(rules, around)
  return fc.constantFrom<Json>(...WORDS, 1, 5, null)
}

/** Where a schema lets everything pass and its description tells what is meant, in the vendor's notation. */
function rightAsTold(description: string): fc.Arbitrary<Json> | null {
  const words = /^type: \^\(?([\w|]+)\)?\$/.exec(description)?.[1]?.split('|')
  if (words) return fc.constantFrom(...words)
  if (/^type: number/.test(description)) return fc.constantFrom('1', '2')
  if (/^type: boolean/.test(description)) return fc.constantFrom('true', 'false')
  return /^type: string/.test(description) ? fc.constantFrom(...WORDS) : null
}

function rightFields(rules: ReadonlyMap<string, unknown>, around: Surroundings): fc.Arbitrary<Json> {
  const required = new Set(listOf(rules.get('required')))
  const properties = Object.entries(asObject(rules.get('properties') ?? {})).filter(([name]) => !UNTOLD.has(name))
  const model = Object.fromEntries(properties.map(([name, each]) => [name, right(asObject(each), around, name)]))
  const requiredKeys = properties.map(([name]) => name).filter((name) => required.has(name))
  return fc.record(model, { requiredKeys })
}

function rightText(rules: ReadonlyMap<string, unknown>, around: Surroundings): fc.Arbitrary<Json> {
  const pattern = rules.get('pattern')
  if (rules.get('format') === 'uuid' || (typeof pattern === 'string' && /\{8\}/.test(pattern))) {
    return fc.constantFrom(...[...around.users, ...around.desks, ...around.tickets.slice(0, 2)].map((each) => each.id))
  }
  if (rules.get('format') === 'idn-email') return fc.constantFrom('a@b.example', 'Someone.Else@c.example')
  if (typeof pattern !== 'string') return fc.constantFrom(...WORDS)
  const fitting = WORDS.filter((each) => new RegExp(pattern, 'u').test(each))
  return fitting.length > 0 ? fc.constantFrom(...fitting) : fc.stringMatching(new RegExp(pattern))
}

/** Where a path's `id` is no ticket's. */
function forPath(path: string, around: Surroundings): Surroundings {
  return path.includes('/users/') ? { ...around, tickets: around.users } : around
}

function ticketName({ tickets, idOnWire }: Surroundings): fc.Arbitrary<Json> {
  return fc.constantFrom(...tickets.map((each) => each[idOnWire]))
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asObject(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value
  throw new Error(`${String(value)} is no schema.`)
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value))
}

// --- what is wrong ----------------------------------------------------------------------------------------------------

const DEEP = 200
/** Values that nobody means, by what they are. Undefined takes the field away. */
const WRONG_VALUES: Readonly<Record<string, Json | undefined>> = {
  'nothing at all': undefined,
  null: null,
  true: true,
  zero: 0,
  'minus one': -1,
  'a half': 0.5,
  'beyond exact integers': 2 ** 53,
  'beyond integer': 2_147_483_648,
  'beyond bigint': 1e19,
  'the largest number': Number.MAX_VALUE,
  'an empty text': '',
  blanks: ' \t\n',
  'a NUL': 'a\u0000b',
  'an escape': '\u001b[31m',
  'a C1 control': 'a\u0085b',
  'half a character': 'a\ud800b',
  'its other half': '\udc00',
  'a right-to-left override': '\u202eabc',
  'a combining heap': `a${'\u0301'.repeat(500)}`,
  'a long text': 'x'.repeat(70_000),
  'a long word of digits': '9'.repeat(400),
  'a number as text': '1',
  'a date as text': '2026-02-30T25:61:00Z',
  'a uuid of nobody': '0198c0de-0000-7000-8000-00000000dead',
  'almost a uuid': '0198c0de-0000-7000-8000-00000000deag',
  'a quote': "'; drop table tickets; --",
  'a percent sign': '%00%ff%',
  'a backslash': 'a\\u0000\\',
  'a format': '%s%n {0} {{x}}',
  'an empty list': [],
  'a list': [1, 'two', null],
  'a list of lists': [[[[[]]]]],
  'an object': { a: 1 },
  'an empty object': {},
  'a deep list': JSON.parse('['.repeat(DEEP) + ']'.repeat(DEEP)),
  'a deep object': JSON.parse(`${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`),
  'a thousand and one': Array.from({ length: 1001 }, (_, index) => index),
  'a prototype': JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'),
}

const WRONG_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  'unknown',
  'tenant_id',
  'id',
  'ID',
]
const WRONGER_NAMES = [
  'a\u0000b',
  'a\ud800',
  'ticketIDs[]',
  'ticketIDs[__proto__]',
  'a[b][c][d]',
  'actions[0][x]',
  '[',
  'status',
]

const WRONG_TEXTS: Readonly<Record<string, (text: string, at: number) => string | Uint8Array>> = {
  'cut off': (text, at) => text.slice(0, at % (text.length + 1)),
  'with a comma too many': (text) => text.replace(/\}$/, ',}'),
  'in single quotes': (text) => text.replaceAll('"', "'"),
  'with a comment': (text) => `/* hello */ ${text}`,
  'with something behind it': (text) => `${text} {}`,
  'with NaN': (text) => text.replace(/:[^,{}[\]]+/, ':NaN'),
  'with Infinity for a number': (text) => text.replace(/:[^,{}[\]]+/, ':1e400'),
  'with a number of 10,000 digits': (text) => text.replace(/:[^,{}[\]]+/, `:${'9'.repeat(10_000)}`),
  'with its first field twice': (text) => text.replace(/^\{("[^"]*":[^,{}[\]]+)/, '{$1,$1'),
  'with a byte order mark': (text) => `\ufeff${text}`,
  'in Latin-1': (text) => Buffer.from(text.replace(/":"./, '":"\u00e9'), 'latin1'),
  'in UTF-16': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'with overlong UTF-8': (text) =>
    Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xc0, 0x80, 0x22, 0x7d])]),
  'with a surrogate in UTF-8': (text) =>
    Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xed, 0xa0, 0x80, 0x22, 0x7d])]),
  'with half a character, escaped': (text) => text.replace(/":"/, '":"\\ud800'),
  'with NUL, escaped': (text) => text.replace(/":"/, '":"\\u0000'),
  'with NUL as it is': (text) => text.replace(/":"/, '":"\u0000'),
  'with a line end in a text': (text) => text.replace(/":"/, '":"\n'),
  'a very deep list': () => '['.repeat(50_000),
  'a very deep object': () => '{"a":'.repeat(50_000),
  'a text': () => '"ticket"',
  'a list': (text) => `[${text}]`,
  null: () => 'null',
  nothing: () => '',
  garbage: () => Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 151) % 256)),
}

const WRONG_TYPES = [
  ...[
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'application/json; charset="',
    'garbage',
    '/',
  ],
  ...['application/json, application/json', 'APPLICATION/JSON', 'application/problem+json', 'multipart/form-data', ''],
  ...['multipart/form-data; boundary=', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', '*/*'],
  ...['application/octet-stream', `application/json; x=${'y'.repeat(3000)}`, 'application/j\u00e9son', 'text/html;'],
]

const WRONG_HEADERS: readonly (readonly [string, string])[] = [
  ...([
    ['idempotency-key', ''],
    ['idempotency-key', 'two words'],
    ['idempotency-key', 'x'.repeat(300)],
  ] as const),
  ...([
    ['idempotency-key', '\u00e9'],
    ['idempotency-key', 'a, b'],
    ['if-match', '"0"'],
    ['if-match', 'W/"1"'],
  ] as const),
  ...([
    ['if-match', '"99999999999999999999"'],
    ['if-match', 'x'],
    ['x-moov-version', '2022'],
    ['host', ''],
  ] as const),
  ...([
    ['x-moov-version', `v${'9'.repeat(500)}`],
    ['spacebring-network-id', 'x'],
    ['authorization', 'Bearer'],
  ] as const),
  ...([
    ['spacebring-network-id', '0198c0de-0000-7000-8000-00000000dead'],
    ['authorization', 'Basic Og=='],
  ] as const),
  ...([
    ['authorization', `Bearer ${'x'.repeat(9000)}`],
    ['authorization', 'Bearer \u00ff'],
    ['cookie', ''],
  ] as const),
  ...([
    ['apikey', ''],
    ['apikey', '\u00ff'],
    ['content-length', '3'],
    ['content-length', '+3'],
    ['host', 'a b'],
  ] as const),
  ...([
    ['content-encoding', 'gzip'],
    ['transfer-encoding', 'chunked'],
    ['transfer-encoding', 'gzip'],
  ] as const),
  ...([
    ['expect', '100-continue'],
    ['expect', 'x'],
    ['upgrade', 'websocket'],
    ['range', 'bytes=0-1'],
  ] as const),
  ...([
    ['accept', 'image/png'],
    ['accept-encoding', 'br'],
    ['if-none-match', '*'],
    ['origin', 'null'],
  ] as const),
  ...([
    ['x-forwarded-for', '\u00ff, 1.2.3.4'],
    ['x-forwarded-host', 'evil.example'],
    ['x-request-id', '<script>'],
  ] as const),
  ...([
    ['x-http-method-override', 'DELETE'],
    ['__proto__', 'x'],
    ['x-long', 'x'.repeat(20_000)],
    ['a b', 'c'],
  ] as const),
  ...([
    ['x-nul', 'a\u0000b'],
    ['x-fold', 'a\r\n b'],
    ['x-split', 'a\r\nx-more: b'],
    ['', 'x'],
  ] as const),
]

const WRONG_SEGMENTS = [
  ...['%00', '%', '%zz', '%ff', '%c0%af', '%ed%a0%80', '..%2f..', '%2e%2e', '.', '..', '%F0%9F%98%80', '%5c', '%0d%0a'],
  ...[
    'x'.repeat(501),
    'x'.repeat(5000),
    '0',
    '-1',
    '1.0',
    '01',
    '1e3',
    '99999999999999999999',
    '+1',
    '%201',
    '1%20',
    '',
  ],
  ...[
    "'",
    '%27%3b--',
    ';a=b',
    '*',
    ':id',
    '__proto__',
    'constructor',
    '\u00e9',
    '%E9',
    'null',
    'undefined',
    '1,2',
    '[1]',
  ],
  ...['0198c0de-0000-7000-8000-00000000dead', '{0198c0de-0000-7000-8000-00000000dead}', '0198C0DE0000700080000000DEAD'],
]

const WRONG_QUERIES = [
  ...[
    '%',
    '%zz',
    '%00',
    'a=%00',
    'a=%ff',
    'limit=%',
    '=',
    '&&',
    '?',
    '??',
    '+',
    'a[b]=c',
    'a[]=1&a[]=2',
    '__proto__=1',
  ],
  ...['__proto__[a]=1', 'constructor=1', 'limit=-1', 'limit=0', 'limit=1e9', 'limit=99999999999999999999', 'limit='],
  ...['limit=1&limit=2', 'cursor=%00', 'cursor=x', 'cursor=MQ', 'cursor=1&cursor=2', 'nextPageToken=bm8', 'page=0'],
  ...['cursor=MjAyNi0wMi0zMFQyNTo2MTowMC4wMDBaIDAxOThjMGRlLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwZGVhZA', 'page=999999999'],
  ...['itemStart=9007199254740991', 'itemLimit=0', 'itemLimit=-1', 'query=%00', 'query=%25', "query='", 'status=x'],
  ...[
    'status=new&status=open',
    'order=x',
    'locationRef=x',
    'id=1&id=2',
    'id=',
    'id=x',
    `x=${'y'.repeat(8000)}`,
    'apiKey=',
  ],
  ...[
    'topic=99999999999',
    'topic=-1',
    'desk=x',
    'unassigned=maybe',
    'getTicketHistory=x',
    'count=0',
    'count=99999999999',
  ],
  ...[
    'applyView=%27',
    'searchArchived=x',
    'status_id=0',
    'status_id=999999999999999',
    'subscriber_id=1',
    '\u00e9=\u00e9',
  ],
]

interface Change {
  readonly what: string
  readonly place: 'value' | 'added' | 'text' | 'type' | 'header' | 'segment' | 'query' | 'repeated' | 'method' | 'huge'
  /** Where, as a number that is cut to how many places there are. */
  readonly at: number
}

const at = fc.nat(10_000)
const changed = (place: Change['place'], whats: readonly string[]) =>
  fc.record({ place: fc.constant(place), what: fc.constantFrom(...whats), at })

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 30, arbitrary: changed('value', Object.keys(WRONG_VALUES)) },
  { weight: 10, arbitrary: changed('added', [...WRONG_NAMES, ...WRONGER_NAMES]) },
  { weight: 15, arbitrary: changed('text', Object.keys(WRONG_TEXTS)) },
  { weight: 6, arbitrary: changed('type', WRONG_TYPES) },
  {
    weight: 8,
    arbitrary: changed(
      'header',
      WRONG_HEADERS.map((_, index) => String(index)),
    ),
  },
  { weight: 10, arbitrary: changed('segment', WRONG_SEGMENTS) },
  { weight: 10, arbitrary: changed('query', WRONG_QUERIES) },
  { weight: 4, arbitrary: changed('repeated', ['the query']) },
  { weight: 3, arbitrary: changed('method', ['get', ...METHODS.filter((each) => each !== 'CONNECT')]) },
  { weight: 1, arbitrary: changed('huge', ['10 MB', '1 MiB and a byte']) },
)

// --- putting it together ----------------------------------------------------------------------------------------------

type Encoding = 'json' | 'urlencoded' | 'multipart'
const ENCODINGS: readonly Encoding[] = ['json', 'json', 'urlencoded', 'multipart']

interface Plan {
  readonly params: Json
  readonly query: Json
  readonly body: Json | undefined
  readonly encoding: Encoding
  readonly changes: readonly Change[]
}

function assemble(route: Route<unknown>, plan: Plan, around: Surroundings): HostileRequest {
  let method: string = route.method
  let body: Json | undefined = plan.body
  let path = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(fieldOf(plan.params, name))),
  )
  const query = pairsOf(plan.query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
  const headers: [string, string][] = Object.entries({
    host: 'desk.example',
    connection: 'close',
    ...around.headers(route.path),
  })

  for (const { place, what, at } of plan.changes) {
    if (place === 'value' && body !== undefined) body = withValue(body, at, WRONG_VALUES[what])
    else if (place === 'added' && body !== undefined) body = withField(body, at, what)
    else if (place === 'segment') path = withSegment(path, route.path, at, what)
    else if (place === 'query') query.push(what)
    else if (place === 'repeated') query.push(...query)
    else if (place === 'header') headers.push(...wrongHeader(what, body !== undefined))
    else if (place === 'method') method = what
  }

  let [type, text] = body === undefined ? [null, null] : write(body, plan.encoding)
  for (const { place, what, at } of plan.changes) {
    if (place === 'type') type = what
    else if (place === 'text' && text !== null) text = Buffer.from(WRONG_TEXTS[what]?.(text.toString(), at) ?? text)
    else if (place === 'huge') {
      const size = what === '10 MB' ? 10_000_000 : 1_048_577
      text = Buffer.from(`{"text":"${'x'.repeat(size)}"}`)
      type ??= 'application/json'
    }
  }
  if (type !== null) headers.push(['content-type', type])
  const framed = headers.some(([name]) => name === 'content-length')
  if (text !== null && !framed) headers.push(['content-length', String(text.length)])

  const target = query.length > 0 ? `${path}?${query.join('&')}` : path
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1')
  return {
    route: `${route.method} ${route.path}`,
    method,
    changes: plan.changes.map(({ place, what, at }) => `${place}: ${what.slice(0, 60)} (${at})`),
    bytes: text === null ? head : Buffer.concat([head, text]),
    [fc.toStringMethod]: () => 'told below',
  }
}

/** Without a body, a header that announces one would only make the server wait for it. */
function wrongHeader(index: string, hasBody: boolean): [string, string][] {
  const [name, value] = WRONG_HEADERS[Number(index)] ?? ['x', 'y']
  return hasBody || !['content-length', 'transfer-encoding'].includes(name) ? [[name, value]] : []
}

function fieldOf(fields: Json, name: string): Json {
  return Object.entries(fields ?? {}).find(([each]) => each === name)?.[1] ?? ''
}

/** Percent-encodes, also what JavaScript refuses to. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function withSegment(path: string, pattern: string, at: number, segment: string): string {
  const places = pattern.split('/').flatMap((each, index) => (each.startsWith(':') ? [index] : []))
  const place = places[at % Math.max(places.length, 1)]
  if (place === undefined) return `${path}/${segment}`
  return path.split('/').with(place, segment).join('/')
}

/** The value with one of its parts replaced, or taken away by undefined. */
function withValue(value: Json, at: number, by: Json | undefined): Json | undefined {
  const count = partsOf(value)
  let index = 0
  const aim = at % count
  const visit = (part: Json): Json | undefined => {
    if (index++ === aim) return by
    if (Array.isArray(part)) return part.map(visit).filter((each) => each !== undefined)
    if (isFields(part)) {
      const entries = Object.entries(part).map(([name, each]) => [name, visit(each)] as const)
      return Object.fromEntries(entries.flatMap(([name, each]) => (each === undefined ? [] : [[name, each]])))
    }
    return part
  }
  return visit(value)
}

/** The value with a field more in one of its objects. */
function withField(value: Json, at: number, name: string): Json {
  const extra = Object.values(WRONG_VALUES)[at % Object.keys(WRONG_VALUES).length] ?? 1
  const inner =
    isFields(value) && at % 2 === 0 ? Object.keys(value).find((each) => isFields(value[each] ?? null)) : undefined
  if (!isFields(value)) return value
  if (inner !== undefined) return { ...value, [inner]: withField(value[inner] ?? null, at, name) }
  return JSON.parse(
    JSON.stringify(value).replace(
      /^\{/,
      `{${JSON.stringify(name)}:${JSON.stringify(extra)}${Object.keys(value).length > 0 ? ',' : ''}`,
    ),
  )
}

function partsOf(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + partsOf(each), 1)
  if (isFields(value)) return Object.values(value).reduce<number>((sum, each) => sum + partsOf(each), 1)
  return 1
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The names and values of forms and queries: brackets for what is inside. */
function pairsOf(value: Json): [string, string][] {
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([name, each]) => flattened(name, each))
}

function flattened(name: string, value: Json): [string, string][] {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => flattened(isFields(each) ? `${name}[${index}]` : `${name}[]`, each))
  }
  if (isFields(value)) return Object.entries(value).flatMap(([inner, each]) => flattened(`${name}[${inner}]`, each))
  return [[name, value === null ? 'null' : String(value)]]
}

function write(body: Json, encoding: Encoding): [string, Buffer] {
  if (encoding === 'json' || !isFields(body)) return ['application/json', Buffer.from(JSON.stringify(body))]
  // Deep values have no form; what a form can say of them is enough.
  const pairs = pairsOf(body).slice(0, 2000)
  if (encoding === 'urlencoded') {
    const text = pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
    return ['application/x-www-form-urlencoded', Buffer.from(text)]
  }
  const parts = pairs.map(
    ([name, value]) =>
      `--edge\r\nContent-Disposition: form-data; name="${name.replaceAll('"', '%22')}"\r\n\r\n${value}\r\n`,
  )
  return ['multipart/form-data; boundary=edge', Buffer.from(`${parts.join('')}--edge--\r\n`)]
}
