import { AssertionError } from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Dialect } from '../src/dialects/dialect.ts'
import type { OpenApiDocument } from '../src/dialects/openapi/document.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { documentOf } from '../src/oauth/document.ts'

/** What is compared with the documents: an answer as it came over HTTP. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Schemas by status and media type; an answer without a body has none. */
type Answers = ReadonlyMap<number, ReadonlyMap<string, object>>

interface DocumentedPath {
  readonly path: RegExp
  readonly parameters: number
  readonly methods: ReadonlyMap<string, Answers>
}

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)

const documented = new Map<Dialect, readonly DocumentedPath[]>()

/** The paths of a dialect's document, those with the fewest parameters first: they are more particular. */
function pathsOf(dialect: Dialect): readonly DocumentedPath[] {
  const known = documented.get(dialect)
  if (known) return known
  const { paths, components } = documentOf(dialect)
  const found = Object.entries(paths).map(([path, methods]): DocumentedPath => {
    const answers = Object.entries(methods).map(([method, { responses }]): [string, Answers] => [
      method.toUpperCase(),
      answersOf(responses, components.responses),
    ])
    return {
      path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
      parameters: path.split('{').length,
      methods: new Map(answers),
    }
  })
  const sorted = found.sort((one, other) => one.parameters - other.parameters)
  documented.set(dialect, sorted)
  return sorted
}

function answersOf(
  responses: OpenApiDocument['paths'][string][string]['responses'],
  shared: OpenApiDocument['components']['responses'],
): Answers {
  return new Map(
    Object.entries(responses).map(([status, response]) => {
      const named = '$ref' in response ? shared[response.$ref.replace(/.*\//, '')] : response
      if (!named) throw new Error(`${JSON.stringify(response)} leads nowhere.`)
      const content = Object.entries(named.content ?? {})
      return [Number(status), new Map(content.map(([type, { schema }]) => [type, schema]))]
    }),
  )
}

const validators = new WeakMap<object, ValidateFunction>()

function compiled(schema: object): ValidateFunction {
  const validate = validators.get(schema) ?? ajv.compile(JSON.parse(JSON.stringify(schema)))
  validators.set(schema, validate)
  return validate
}

/**
 * What of an answer its OpenAPI document does not say; null when all is as documented, or nobody's path. Under `/oauth2`
 * it is as documented when one of the dialects there documents it: which of them answers is the client's.
 */
export function undocumented(method: string, url: string, answer: Answered): string | null {
  const sent = url.split('?', 1)[0] ?? ''
  const problems = documentingFor(sent).map((dialect) => undocumentedBy(dialect, method, sent, answer))
  if (problems.some((problem) => problem === null)) return null
  return problems[0] ?? null
}

function isAuthorization(path: string): boolean {
  return path.toLowerCase().startsWith('/oauth2/')
}

function documentingFor(path: string): readonly Dialect[] {
  if (isAuthorization(path)) return DIALECTS.filter(({ authorization }) => authorization)
  return DIALECTS.filter(({ prefixes }) =>
    prefixes.some((prefix) => `${path}/`.toLowerCase().startsWith(`${prefix.toLowerCase()}/`)),
  )
}

function undocumentedBy(dialect: Dialect, method: string, sent: string, answer: Answered): string | null {
  const path = dialect.canonicalPath?.(sent) ?? sent
  // What a path answers to a method that it has not is no operation's answer.
  const answers = pathsOf(dialect)
    .find((each) => each.path.test(path))
    ?.methods.get(method)
  if (!answers) return isAuthorization(path) && isShared(method, path) ? 'the operation' : null
  const content = answers.get(answer.status)
  if (!content) return `the status ${answer.status}`
  if (content.size === 0) return answer.text === '' ? null : 'a body'
  const type = answer.headers.get('content-type')?.split(';', 1)[0]?.trim() ?? 'no content type'
  const schema = content.get(type) ?? content.get('*/*')
  if (!schema) return `the content type ${type}`
  // Not lines of it, which are no JSON together.
  if (!/[/+]json$/.test(type)) return null
  const validate = compiled(schema)
  const body: unknown = JSON.parse(answer.text)
  return validate(body) ? null : `a body with ${ajv.errorsText(validate.errors, { dataVar: 'body' })}`
}

/** Whether another dialect has the operation: under `/oauth2` not all have the same. */
function isShared(method: string, path: string): boolean {
  return DIALECTS.some(
    (each) => each.authorization && pathsOf(each).some((one) => one.path.test(path) && one.methods.has(method)),
  )
}

/** @throws AssertionError unless the answer is one that its dialect's OpenAPI document tells of. */
export function assertDocumented(method: string, url: string, answer: Answered): void {
  const problem = undocumented(method, url, answer)
  if (problem === null) return
  throw new AssertionError({
    message: `${method} ${url} answered what its OpenAPI document does not tell: ${problem}\n${answer.status} ${answer.text.slice(0, 1_000)}`,
  })
}
