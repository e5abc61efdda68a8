/** The examples of the documents under /openapi, sent as they are shown, in their order, on a fresh demo. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DialectName } from '../src/dialects/dialect.ts'
import type { OpenApiDocument, Operation } from '../src/dialects/openapi.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { startWorld, type World } from './world.ts'

let world: World
const basicOf = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${world.value(id)}:${world.value(secret)}`).toString('base64')}`

const AS: Readonly<Record<DialectName, (operation: Operation) => string>> = {
  native: () => `Bearer ${world.value('POLYDESK_API_KEY')}`,
  spacebring: () => basicOf('SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET'),
  moov: () => basicOf('MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY'),
  netgroot: ({ operationId }) => {
    const isStaffs = ['getTickets', 'getTicket', 'updateTicket', 'replyToTicket'].includes(operationId)
    return `Bearer ${world.value(isStaffs ? 'NETGROOT_STAFF_TOKEN' : 'NETGROOT_TOKEN')}`
  },
  omnidesk: () => world.value('OMNIDESK_API_KEY'),
}

interface Shown {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** Operations in the order of the document, but what deletes last. */
function operationsOf({ paths }: OpenApiDocument): readonly Shown[] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  const ends = ({ method, operation }: Shown) =>
    method === 'DELETE' || /logout|purge|close/i.test(operation.operationId)
  return [...all.filter((each) => !ends(each)), ...all.filter(ends)]
}

/** An operation with what its document shows alone; null when something that it needs is not shown. */
function requestOf({ method, path, operation }: Shown) {
  const shown = (where: string) => operation.parameters.filter((each) => each.in === where)
  if (shown('path').some(({ example }) => example === undefined)) return null
  if (shown('query').some(({ example, required }) => required && example === undefined)) return null
  const query = new URLSearchParams(
    shown('query').flatMap(({ name, example }) => (example === undefined ? [] : [[name, String(example)]])),
  )
  const target = shown('path').reduce((text, { name, example }) => text.replace(`{${name}}`, String(example)), path)
  const headers = Object.fromEntries(
    shown('header').flatMap(({ name, example }) => (example === undefined ? [] : [[name, String(example)]])),
  )
  const body = operation.requestBody?.content['application/json']?.example
  if (operation.requestBody?.required && body === undefined) return null
  return { method, path: query.size > 0 ? `${target}?${query}` : target, headers, body }
}

for (const { name, examples } of DIALECTS)
  describe(name, () => {
    before(async () => {
      world = await startWorld()
    })
    after(() => world?.stop())

    test('every example works as it stands, in the order of the document', async () => {
      const document: OpenApiDocument = (await world.send('GET', `/openapi/${name}.json`)).json
      const worked: string[] = []
      for (const shown of operationsOf(document)) {
        const { operationId, parameters, requestBody } = shown.operation
        const needsNothing = !requestBody && parameters.every((each) => each.in === 'header')
        if (examples?.[operationId] === undefined && !needsNothing) continue
        const request = requestOf(shown)
        if (!request || shown.operation.tags.includes('oauth2')) continue
        const { method, path, headers, body } = request
        const authorization = AS[name](shown.operation)
        const answer = await world.send(method, path, { headers: { ...headers, authorization }, body })
        assert.ok(
          answer.status < 300,
          `${shown.operation.operationId} ${method} ${path}: ${answer.status} ${answer.text}`,
        )
        worked.push(shown.operation.operationId)
      }
      assert.ok(worked.length >= 6, worked.join())
    })

    test('nothing that is shown is a secret', async () => {
      const { text } = await world.send('GET', `/openapi/${name}.json`)
      for (const secret of [
        'POLYDESK_API_KEY',
        'SPACEBRING_CLIENT_SECRET',
        'MOOV_SECRET_KEY',
        'NETGROOT_TOKEN',
        'NETGROOT_PASSWORD',
        'OMNIDESK_API_KEY',
        'CONSOLE_PASSWORD',
      ])
        assert.ok(!text.includes(world.value(secret)), secret)
    })
  })
