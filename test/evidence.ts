/**
 * Which test files saw what of a dialect: operations, statuses, parameters, headers, fields and words, by the keys of
 * `scripts/surface.ts`. Only what a test meant to see counts, so a file whose requests are made at random opts out.
 */
import { getTestContext } from 'node:test'
import { headerKey, places, seenIn } from '../scripts/surface.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import type { RouteShape } from '../src/dialects/route.ts'
import { fileName, fileOf, keepSeen } from './record.ts'

export interface Exchange {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly answer: { readonly status: number; readonly headers: Headers; readonly text: string }
}

type AnyDialect = (typeof DIALECTS)[number]

/** What each test file of this process saw. */
const seen = new Map<string, Set<string>>()
/** Those whose sight is evidence of nothing. */
const blind = new Set<string>()

/** Says that what this file sees is evidence of nothing, since another run may see something else. */
export function seeNothing(): void {
  const suite = getTestContext()
  blind.add(suite ? fileOf(suite) : fileName(process.argv[1] ?? ''))
}

/** Keeps what an exchange of the test that is under way shows of its dialect. */
export function see(exchange: Exchange): void {
  const context = getTestContext()
  // Before its first test a file makes ready, and shows nothing.
  if (!context || !('passed' in context)) return
  const file = fileOf(context)
  if (blind.has(file)) return
  const dialect = dialectOf(exchange.url)
  if (!dialect) return
  const keys = seenBy(file)
  for (const key of keysOf(dialect, exchange)) keys.add(`${dialect.name} ${key}`)
}

function seenBy(file: string): Set<string> {
  const known = seen.get(file)
  if (known) return known
  if (seen.size === 0) process.on('exit', keepAll)
  const keys = new Set<string>()
  seen.set(file, keys)
  return keys
}

function keepAll(): void {
  for (const [file, keys] of seen) keepSeen(file, [...keys].sort())
}

/** The dialect whose path it is. */
function dialectOf(url: string): AnyDialect | undefined {
  const sent = pathOf(url)
  return DIALECTS.find(({ prefixes }) =>
    prefixes.some((prefix) => `${sent}/`.toLowerCase().startsWith(`${prefix.toLowerCase()}/`)),
  )
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

function keysOf(dialect: AnyDialect, exchange: Exchange): readonly string[] {
  const { status } = exchange.answer
  const route = routeOf(dialect, exchange)
  const id = route ? `${route.method} ${route.path}` : null
  const answers = new Map(Object.entries(route?.answers ?? {}))
  const isOwn = answers.has(String(status))
  const isDone = status < 300
  const schema = isOwn
    ? answers.get(String(status))
    : (dialect.openapi.errorBodies[status] ?? dialect.openapi.errorBodies.default)
  return [
    ...(id ? [`${id} ${status}`] : []),
    ...(isDone || isOwn ? [] : [`error ${status}`]),
    ...(schema ? seenIn(schema, jsonOf(exchange.answer.text), isOwn ? `${id} ${status} ` : `error ${status} `) : []),
    ...[...exchange.answer.headers.keys()].map((name) => headerKey('answer', name)),
    // What a refused request named has not been shown to work.
    ...(isDone && route ? requestKeys(dialect, route, exchange) : []),
  ]
}

function routeOf(dialect: AnyDialect, { method, url }: Exchange): RouteShape | undefined {
  const path = dialect.canonicalPath?.(pathOf(url)) ?? pathOf(url)
  const routes: readonly RouteShape[] = [...dialect.routes, ...(dialect.openRoutes ?? [])]
  const parametersOf = (route: RouteShape): number => route.path.split(':').length
  return routes
    .filter((route) => route.method === method && patternOf(route).test(path))
    .sort((one, other) => parametersOf(one) - parametersOf(other))[0]
}

function patternOf({ path }: RouteShape): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)
}

function requestKeys(dialect: AnyDialect, route: RouteShape, { url, headers, body }: Exchange): readonly string[] {
  const query = Object.fromEntries(new URLSearchParams(url.split('?').slice(1).join('?')))
  const isForm = dialect.consumes !== undefined
  const given: Readonly<Record<string, unknown>> = {
    path: Object.fromEntries([...route.path.matchAll(/:(\w+)/g)].map(([, name]) => [name, ''])),
    query,
    // Where forms are read, parameters of a body may come in the query too, and lists in brackets.
    body: isForm ? withoutBrackets({ ...query, ...objectOf(meantBy(body)) }) : meantBy(body),
  }
  const id = `${route.method} ${route.path}`
  return [
    ...places(route).flatMap(([place, schema]) => seenIn(schema, given[place], `${id} ${place} `)),
    ...Object.keys(headers).map((name) => headerKey('request', name)),
  ]
}

function withoutBrackets(named: object): object {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name.replace(/\[.*/s, ''), value]))
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

/** The body as it was meant, whichever way it was written. */
function meantBy(body: unknown): unknown {
  if (body instanceof FormData || body instanceof URLSearchParams) return Object.fromEntries(body)
  if (body instanceof Uint8Array) return jsonOf(Buffer.from(body).toString())
  if (typeof body !== 'string') return body
  return jsonOf(body) ?? Object.fromEntries(new URLSearchParams(body))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
