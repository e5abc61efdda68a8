import { spawnSync } from 'node:child_process'
import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { native } from '../src/dialects/native/index.ts'
import { documentOf } from '../src/oauth/document.ts'

/** Where the types of the SDK are. */
export const SDK_FILE = 'sdk/operations.ts'

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>
}
interface Described {
  readonly operationId: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema?: unknown
  }[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
}

/**
 * The types of the SDK, made from the native API's OpenAPI document: what each operation takes and answers, and its method
 * and path. The document names no schemas; an object that several operations answer is named after the one that gets it.
 */
export async function sdkTypes(): Promise<string> {
  const operations = operationsOf()
  const names = new Map<string, string>()
  const name = (schema: unknown, called: string): void => {
    const key = JSON.stringify(bare(schema))
    if (!names.has(key)) names.set(key, [...names.values()].includes(called) ? `Listed${called}` : called)
  }
  for (const { id, answer } of operations) if (answer && id.startsWith('get')) name(answer, id.slice('get'.length))
  for (const { id, answer } of operations) {
    const item = id.startsWith('list') ? itemOf(answer) : undefined
    if (item)
      name(
        item,
        id === 'listTimeline' ? 'TimelineEntry' : id.slice('list'.length).replace(/ies$/, 'y').replace(/s$/, ''),
      )
    if (id === 'uploadAttachment') name(answer, 'Attachment')
  }

  const definitions: Record<string, unknown> = {}
  /** The schema with what has a name replaced by it. */
  const named = (schema: unknown, isWhole = false): unknown => {
    if (Array.isArray(schema)) return schema.map((each) => named(each))
    if (typeof schema !== 'object' || schema === null) return schema
    const name = names.get(JSON.stringify(bare(schema)))
    if (name !== undefined && !isWhole) return { $ref: `#/definitions/${name}` }
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, named(value)]))
  }
  const define = (name: string, schema: unknown): string => {
    definitions[name] = named(schema, true)
    return name
  }
  for (const { answer } of operations) {
    const item = itemOf(answer)
    const called = item === undefined ? undefined : names.get(JSON.stringify(bare(item)))
    if (called !== undefined && definitions[called] === undefined) define(called, item)
  }
  const typeOf = (schema: unknown, name: string): string => {
    if (schema === undefined) return 'undefined'
    const known = names.get(JSON.stringify(bare(schema)))
    if (known !== undefined && definitions[known] !== undefined) return known
    return define(known ?? name, schema)
  }

  const entries = operations.map(({ id, method, path, answer, body, query, params, isForm }) => {
    const Name = `${id[0]?.toUpperCase()}${id.slice(1)}`
    const sent = isForm ? 'FormData' : body === undefined ? 'undefined' : typeOf(body, `${Name}Body`)
    return {
      id,
      method,
      path,
      type: `{ params: ${params}; query: ${query ? typeOf(query, `${Name}Query`) : 'undefined'}; body: ${sent}; answer: ${typeOf(answer, `${Name}Answer`)} }`,
    }
  })
  const root: JSONSchema = { title: 'Definitions', definitions: Object(definitions), additionalProperties: false }
  const types = await compile(root, 'Definitions', {
    bannerComment: '',
    format: false,
    unreachableDefinitions: true,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
  })
  const text = [
    "/** What the native API's operations take and answer. Made from its OpenAPI document by `npm run generate`. */",
    '',
    types.replace(/export interface Definitions \{\s*\}/, ''),
    'export interface Operations {',
    ...entries.map(({ id, type }) => `  ${id}: ${type}`),
    '}',
    '',
    '/** Where each operation is. */',
    'export const OPERATIONS = {',
    ...entries.map(({ id, method, path }) => `  ${id}: { method: '${method}', path: '${path}' },`),
    '} as const satisfies Readonly<Record<keyof Operations, { readonly method: string; readonly path: string }>>',
    '',
  ].join('\n')
  return formatted(text)
}

/** What a list has; undefined where it is none. */
function itemOf(answer: unknown): unknown {
  return Object(Object(Object(answer).properties).data).items
}

function operationsOf() {
  const found: {
    id: string
    method: string
    path: string
    answer: unknown
    body: unknown
    query: unknown
    params: string
    isForm: boolean
  }[] = []
  for (const [path, methods] of Object.entries(documentOf(native).paths))
    for (const [method, each] of Object.entries(Object(methods))) {
      const { operationId, parameters = [], requestBody, responses }: Described = Object(each)
      const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
      // What is no JSON is loaded by its address, not by a call.
      if (success?.content && !success.content['application/json']) continue
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => `${name}: string`)
      const inQuery = parameters.filter((one) => one.in === 'query')
      found.push({
        id: operationId,
        method: method.toUpperCase(),
        path,
        answer: success?.content?.['application/json']?.schema,
        body: requestBody?.content?.['application/json']?.schema,
        query: inQuery.length === 0 ? undefined : queryOf(inQuery),
        params: inPath.length === 0 ? 'undefined' : `{ ${inPath.join('; ')} }`,
        isForm: requestBody?.content?.['multipart/form-data'] !== undefined,
      })
    }
  return found
}

function queryOf(parameters: NonNullable<Described['parameters']>): unknown {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  }
}

/** A schema without what is said about it, which differs where the same thing is shown. */
function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bare)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(['description', 'example'].includes(key) && typeof value !== 'object'))
      .map(([key, value]) => [key, bare(value)]),
  )
}

/** As the formatter of this project has it. @throws Error when it cannot be read. */
function formatted(text: string): string {
  const { status, stdout, stderr } = spawnSync('biome', ['format', `--stdin-file-path=${SDK_FILE}`], {
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
