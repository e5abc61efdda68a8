/**
 * What can be seen of a dialect from outside, item by item, made of its OpenAPI document: operations, parameters,
 * headers, fields, words, statuses. Each item has a key; tests are recorded by the keys of what they saw.
 */
import type { TSchema } from 'typebox'
import type { Dialect } from '../src/dialects/dialect.ts'
import { moov } from '../src/dialects/moov/index.ts'
import { netgroot } from '../src/dialects/netgroot/index.ts'
import { omnidesk } from '../src/dialects/omnidesk/index.ts'
import { type OpenApiDocument, openApiOf } from '../src/dialects/openapi/document.ts'
import type { RouteShape } from '../src/dialects/route.ts'
import { spacebring } from '../src/dialects/spacebring/index.ts'

/** One item and the words that it can be; with `object`, what is in it is told at the object of that name. */
export interface Item {
  readonly key: string
  /** How a reader knows it within its table, for instance "query `limit`". */
  readonly shown: string
  readonly about: string
  readonly words: readonly string[]
}

export interface Operation {
  /** As `GET /path/:id`. */
  readonly id: string
  readonly summary: string
  readonly items: readonly Item[]
  /** The statuses of its errors. */
  readonly errors: readonly string[]
}

export interface Surface {
  readonly name: string
  readonly title: string
  readonly operations: readonly Operation[]
  /** Schemas with a title, by it. */
  readonly objects: ReadonlyMap<string, readonly Item[]>
  readonly headers: readonly Item[]
  readonly errors: readonly Item[]
}

/** What a leaf of a schema is, by its format or its type. */
const NOUNS: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  'date-time': 'a point in time',
  'idn-email': 'an e-mail address',
  email: 'an e-mail address',
  uri: 'a URL',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  object: 'an object',
}

/** What is said of a value of which nothing is said but its type. */
const PLAIN = /^(It is (a text|a whole number|a number|true or false|an object|null| or )+\.)?$/

/** The dialects of vendors: what their own documents promise is what is to be shown. */
export const SURFACES: readonly Surface[] = [
  surfaceOf(spacebring),
  surfaceOf(moov),
  surfaceOf(netgroot),
  surfaceOf(omnidesk),
]

function surfaceOf<Need>(dialect: Dialect<Need>): Surface {
  const document = openApiOf(dialect)
  const routes: readonly RouteShape[] = [...dialect.routes, ...(dialect.openRoutes ?? [])]
  return {
    name: dialect.name,
    title: dialect.title,
    operations: routes.map((route) => operationOf(route, document)),
    objects: objectsOf([
      ...routes.flatMap((route) => [...places(route).map(([, schema]) => schema), ...Object.values(route.answers)]),
      ...Object.values(dialect.openapi.errorBodies),
    ]),
    headers: headersOf(document),
    errors: errorsOf(document),
  }
}

function operationOf(route: RouteShape, document: OpenApiDocument): Operation {
  const id = `${route.method} ${route.path}`
  const answers = Object.entries(route.answers).flatMap(([status, schema]) => [
    item(`${id} ${status}`, `answer ${status}`, schema ? isA(schema) : 'It has no body.'),
    ...(schema ? itemsOf(schema, `${id} ${status} `, `${status} `) : []),
  ])
  const path = route.path.replace(/:(\w+)/g, '{$1}')
  const { responses = {} } = document.paths[path]?.[route.method.toLowerCase()] ?? {}
  return {
    id,
    summary: sentence(route.summary),
    items: [...places(route).flatMap(([place, schema]) => itemsOf(schema, `${id} ${place} `, `${place} `)), ...answers],
    errors: Object.keys(responses).filter((status) => !(status in route.answers)),
  }
}

/** Where an operation takes something, with the schema of it. */
export function places({ params, query, body }: RouteShape): readonly (readonly [string, TSchema])[] {
  return Object.entries({ path: params, query, body }).flatMap(([place, schema]) => (schema ? [[place, schema]] : []))
}

// --- headers and errors -----------------------------------------------------------------------------------------------

function headersOf({ paths, components }: OpenApiDocument): readonly Item[] {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const requests = operations.flatMap(({ parameters }) =>
    parameters
      .filter((parameter) => parameter.in === 'header')
      .map(({ name, description }) =>
        item(headerKey('request', name), `request \`${name}\``, sentence(description ?? '')),
      ),
  )
  const responses = [
    ...Object.values(components.responses),
    ...operations.flatMap(({ responses }) => Object.values(responses)),
  ]
  const answers = responses
    .flatMap((response) => ('headers' in response ? Object.entries(response.headers ?? {}) : []))
    .map(([name, { description }]) => item(headerKey('answer', name), `answer \`${name}\``, sentence(description)))
  return unique([...requests, ...answers])
}

export function headerKey(direction: 'request' | 'answer', name: string): string {
  return `header ${direction} ${name.toLowerCase()}`
}

function errorsOf({ components }: OpenApiDocument): readonly Item[] {
  const byStatus = Object.entries(components.responses).sort(([one], [other]) => (one < other ? -1 : 1))
  return byStatus.flatMap(([name, response]) => {
    const status = name.replace('Error', '')
    const schemas = Object.values(response.content ?? {}).map(({ schema }): TSchema => schema)
    return [
      item(`error ${status}`, `\`${status}\``, response.description),
      ...schemas.flatMap((schema) => itemsOf(schema, `error ${status} `, `\`${status}\` `)),
    ]
  })
}

// --- schemas ----------------------------------------------------------------------------------------------------------

interface Parts {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
}

function parts(schema: TSchema): Parts {
  return schema
}

function item(key: string, shown: string, about: string, words: readonly string[] = []): Item {
  return { key, shown, about, words }
}

/** The items of a schema, nested ones by their path; objects with a title are not gone into. */
function itemsOf(schema: TSchema, key: string, shown: string, at = ''): readonly Item[] {
  const { title, properties, items } = parts(schema)
  const own = at === '' ? [] : [item(`${key}${at}`, `${shown}\`${at}\``, aboutOf(schema), wordsOf(schema))]
  if (title && at !== '') return own
  if (items) return [...own, ...itemsOf(items, key, shown, `${at}[]`).filter(isTelling)]
  if (properties && !title) {
    const inner = Object.entries(properties).flatMap(([name, each]) => itemsOf(each, key, shown, join(at, name)))
    return [...own, ...inner]
  }
  const inner = alternatives(schema).flatMap((each) => (isLeaf(each) ? [] : itemsOf(each, key, shown, at)))
  return unique([...own, ...inner])
}

function unique(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((each) => [each.key, each])).values()]
}

/** An element of a list that is plain text tells nothing that the list does not. */
function isTelling({ key, about, words }: Item): boolean {
  return !key.endsWith('[]') || words.length > 0 || !PLAIN.test(about)
}

function isLeaf(schema: TSchema): boolean {
  const { properties, items } = parts(schema)
  return !properties && !items
}

function alternatives(schema: TSchema): readonly TSchema[] {
  return parts(schema).anyOf ?? []
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`
}

/** What is said of a field, in sentences: what it holds, its description, its bounds. */
function aboutOf(schema: TSchema): string {
  const { description, minLength, maxLength, maxItems } = parts(schema)
  const noun = isA(schema)
  // Words are told apart; of what is described the type alone says nothing more.
  const isKnown = wordsOf(schema).length > 0 || (description && PLAIN.test(noun) && !noun.includes('null'))
  const said = [
    isKnown ? '' : noun,
    sentence(description ?? ''),
    maxLength === undefined ? '' : `It has ${minLength ? `${minLength} to` : 'at most'} ${maxLength} characters.`,
    maxItems === undefined ? '' : `It has at most ${maxItems === 1 ? 'one entry' : `${maxItems} entries`}.`,
  ]
  return said.filter((each) => each !== '').join(' ')
}

function isA(schema: TSchema): string {
  const noun = nounOf(schema)
  return noun === '' ? '' : `It is ${noun}.`
}

function nounOf(schema: TSchema): string {
  const { title, items, format, type } = parts(schema)
  if (title) return `${/^[AEIO]/.test(title) ? 'an' : 'a'} [${title}](#${title.toLowerCase()})`
  if (items)
    return ['a list', nounOf(items).replace(/^an? (?=\[)/, 'of ')].filter((each) => /list|^of/.test(each)).join(' ')
  const inner = alternatives(schema).map(nounOf)
  const own = [format ?? type ?? []].flat().map((each) => NOUNS[each] ?? '')
  return [...new Set([...inner, ...own])].filter((each) => each !== '').join(' or ')
}

/** With a capital and one full stop. */
function sentence(text: string): string {
  const written = text.replace(/^[a-z]+(?=[ ,;:.'])/, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
  return written === '' ? '' : `${written.replace(/\.$/, '')}.`
}

/** The words that a schema allows, also those of a pattern that is nothing but words. */
function wordsOf(schema: TSchema): readonly string[] {
  const { enum: words, const: only, pattern, description } = parts(schema)
  if (words) return words.map(String)
  if (only !== undefined) return [String(only)]
  const written = /^(?:type: )?\^\(?(\w+(?:\|\w+)+)\)?\$/.exec(pattern ?? description ?? '')?.[1]
  if (written) return written.split('|')
  return alternatives(schema).flatMap((each) => (isLeaf(each) ? wordsOf(each) : []))
}

/** All objects with a title in some schemas. */
function objectsOf(schemas: readonly (TSchema | null)[]): ReadonlyMap<string, readonly Item[]> {
  const found = new Map<string, readonly Item[]>()
  const collect = (schema: TSchema): void => {
    const { title, properties = {}, items } = parts(schema)
    if (title && found.has(title)) return
    if (title) {
      const inner = Object.entries(properties)
      const all = inner.flatMap(([name, each]) => itemsOf(each, objectKey(title), '', name))
      found.set(title, all)
    }
    for (const each of [...Object.values(properties), ...(items ? [items] : []), ...alternatives(schema)]) collect(each)
  }
  for (const schema of schemas) if (schema) collect(schema)
  return found
}

function objectKey(title: string): string {
  return `object ${title} `
}

// --- values -----------------------------------------------------------------------------------------------------------

/** The keys of what a value shows of a schema. Null shows a field only where it can be nothing else. */
export function seenIn(schema: TSchema, value: unknown, key: string, at = ''): readonly string[] {
  const { title, properties, items } = parts(schema)
  const own = at === '' || (value === null && !isNull(schema)) ? [] : [`${key}${at}`]
  if (Array.isArray(value)) {
    const list = items ?? alternatives(schema).find((each) => parts(each).items)
    const element = list === undefined ? undefined : (parts(list).items ?? list)
    return [...own, ...(element ? value.flatMap((each) => seenIn(element, each, key, `${at}[]`)) : [])]
  }
  if (typeof value !== 'object' || value === null) {
    const words = wordsOf(schema)
    return words.includes(String(value)) ? [...own, `${key}${at}=${value}`] : own
  }
  if (properties) {
    const [inKey, inAt] = title ? [objectKey(title), ''] : [key, at]
    const inner = Object.entries(value).flatMap(([name, each]) => {
      const known = properties[name]
      return known && each !== undefined ? seenIn(known, each, inKey, join(inAt, name)) : []
    })
    return [...own, ...inner]
  }
  const fitting = alternatives(schema).filter((each) => fits(each, value))
  return [...own, ...fitting.flatMap((each) => seenIn(each, value, key, at))]
}

function isNull(schema: TSchema): boolean {
  return parts(schema).type === 'null'
}

/** Whether the constants of an alternative are those of the value. */
function fits(schema: TSchema, value: object): boolean {
  const given = new Map<string, unknown>(Object.entries(value))
  return Object.entries(parts(schema).properties ?? {}).every(([name, each]) => {
    const words = wordsOf(each)
    return words.length === 0 || words.includes(String(given.get(name)))
  })
}
