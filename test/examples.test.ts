/**
 * The examples of the documents under /openapi, each sent exactly as it is shown, with nothing beside it but a credential
 * of quickstart.env, also where that is part of a body. Every operation has one. What ends something is tried on a fresh
 * demo of its own; everything else twice, and in the other order too.
 */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { LINES_TYPE } from '../src/dialects/lines.ts'
import type { OpenApiDocument, Operation } from '../src/dialects/openapi/document.ts'
import type { DialectName } from '../src/dialects/profiles.ts'
import { MAIL_TYPE } from '../src/dialects/raw-mail.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { UPLOAD_TYPE } from '../src/dialects/uploads.ts'
import { documentOf } from '../src/oauth/document.ts'
import { type Received, startWorld, type World } from './world.ts'

const basicOf = (world: World, id: string, secret: string) =>
  `Basic ${Buffer.from(`${world.value(id)}:${world.value(secret)}`).toString('base64')}`

/** The demo's credential for an operation. */
const AS: Readonly<Record<DialectName, (world: World, path: string) => string>> = {
  native: (world) => `Bearer ${world.value('POLYDESK_API_KEY')}`,
  spacebring: (world) => basicOf(world, 'SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET'),
  moov: (world) => basicOf(world, 'MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY'),
  netgroot: (world, path) =>
    `Bearer ${world.value(/Tickets\/(getTickets?|UpdateTicket|ReplyTicket)$/.test(path) ? 'NETGROOT_STAFF_TOKEN' : 'NETGROOT_TOKEN')}`,
  omnidesk: (world) => world.value('OMNIDESK_API_KEY'),
}

interface Shown {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const operationsOf = ({ paths }: Pick<OpenApiDocument, 'paths'>): readonly Shown[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )

/** Whether other examples cannot work any more after it. */
const ends = ({ method, path }: Shown) => method === 'DELETE' || /logout|CloseTicket/i.test(path)

/** Whether all that a request needs is shown. */
function isComplete({ operation: { parameters, requestBody } }: Shown): boolean {
  if (parameters.some(({ required, example }) => required && example === undefined)) return false
  return (
    requestBody?.required !== true || Object.values(requestBody.content).every(({ example }) => example !== undefined)
  )
}

/** The request that is shown, with its body in one of its media types. */
function requestOf({ path, operation }: Shown, type: string | undefined) {
  const given = (where: string): readonly (readonly [string, string])[] =>
    operation.parameters.flatMap((each) =>
      each.in === where && each.example !== undefined ? [[each.name, String(each.example)]] : [],
    )
  const target = given('path').reduce((text, [name, value]) => text.replace(`{${name}}`, value), path)
  const query = new URLSearchParams(given('query').map(([name, value]) => [name, value]))
  const body = type === undefined ? undefined : operation.requestBody?.content[type]?.example
  return {
    target: query.size > 0 ? `${target}?${query}` : target,
    headers: { ...Object.fromEntries(given('header')), ...(isOther(type) && { 'content-type': type }) },
    body: body === undefined ? undefined : encoded(Object(body), type),
  }
}

/** Whether a body is of a type that no page of a browser sends. */
function isOther(type: string | undefined): type is string {
  return type === LINES_TYPE || type === MAIL_TYPE
}

/** Fields as a browser's page sends them in a media type. */
function encoded(fields: Readonly<Record<string, unknown>>, type: string | undefined): unknown {
  if (type === 'application/json') return fields
  if (type === MAIL_TYPE) return String(fields)
  if (type === LINES_TYPE) return `${JSON.stringify(fields)}\n`
  const entries = Object.entries(fields).flatMap(([name, value]) => flattened(name, value))
  if (type !== UPLOAD_TYPE) return new URLSearchParams(entries.map(([name, value]) => [name, value]))
  const form = new FormData()
  for (const [name, value] of entries)
    form.append(name, name === 'file' ? new File([value], 'example.txt', { type: 'text/plain' }) : value)
  return form
}

/** `name[0][part]` for what is inside. */
function flattened(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([part, each]) => flattened(`${name}[${part}]`, each))
}

const worlds: World[] = []
after(() => Promise.all(worlds.map((world) => world.stop())))

/** A fresh demo, and one of its documents. */
async function freshDemo(name: DialectName): Promise<{ readonly world: World; readonly text: string }> {
  const world = await startWorld()
  worlds.push(world)
  return { world, text: (await world.send('GET', `/openapi/${name}.json`)).text }
}

const SECRETS = [
  'POLYDESK_API_KEY',
  'SPACEBRING_CLIENT_SECRET',
  'SPACEBRING_ACCESS_TOKEN',
  'MOOV_SECRET_KEY',
  'NETGROOT_TOKEN',
  'NETGROOT_STAFF_TOKEN',
  'NETGROOT_PASSWORD',
  'OMNIDESK_API_KEY',
  'CONSOLE_PASSWORD',
]

/** What a reader of the documents has: the secrets of quickstart.env, and what the answers of a login brought. */
interface Reader {
  readonly world: World
  readonly brought: Map<string, string>
}

/** A body with what stands in it as `$NAME`, as the page of /docs puts it in. */
function putIn({ world, brought }: Reader, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || body instanceof FormData) return body
  const entries = body instanceof URLSearchParams ? [...body] : Object.entries(body)
  const filled = entries.map(([field, value]) => {
    const [, name] = /^[$]([A-Z_]+)$/.exec(String(value)) ?? []
    return [field, name === undefined ? value : (brought.get(name) ?? world.value(name))] as const
  })
  return body instanceof URLSearchParams
    ? new URLSearchParams(filled.map(([field, value]) => [field, String(value)]))
    : Object.fromEntries(filled)
}

/** Keeps what the steps of a login bring: the page's request with the browser's cookie, then the code that it leads to. */
function keep({ brought }: Reader, { headers, text }: Received): void {
  const cookie = headers.get('set-cookie')?.split(';')[0]
  if (cookie !== undefined) brought.set('cookie', cookie)
  const [, request] = /name="request" value="([^"]+)"/.exec(text) ?? []
  if (request !== undefined) brought.set('AUTHORIZE_REQUEST', request)
  const code = new URL(headers.get('location') ?? '/', 'http://nowhere.invalid').searchParams.get('code')
  if (code !== null) brought.set('AUTHORIZE_CODE', code)
}

/** 2xx; of the page on which a person lets an app in: the way back to the app, with a code. */
const works = ({ status, headers }: Received) =>
  (status >= 200 && status < 300) || (status === 303 && /[?&]code=/.test(headers.get('location') ?? ''))

type Examples = ReadonlyMap<string, Shown>

/** The operations of a document as it is served, by their ids. */
function shownIn(text: string): Examples {
  return new Map(operationsOf(JSON.parse(text)).map((shown) => [shown.operation.operationId, shown]))
}

/** What a step of a login needs done before it, each time: a page is for one decision, a code for one token. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  decide: ['authorize'],
  createAccessToken: ['authorize', 'decide'],
  discardDraft: ['saveDraft'],
}

/** What only a person can do who knows a secret, and the demo's key is none: it is understood, and refused for this. */
const PERSONAL: Readonly<Record<string, readonly [number, string]>> = {
  changePassword: [400, 'password'],
  resetPassword: [400, 'token'],
  beginSecondFactor: [400, 'password'],
  confirmSecondFactor: [409, 'conflict'],
  renewRecoveryCodes: [400, 'password'],
  endSecondFactor: [400, 'password'],
}

async function assertWorks(reader: Reader, name: DialectName, all: Examples, id: string): Promise<void> {
  const shown = all.get(id) ?? assert.fail(id)
  const { world } = reader
  const { method, path, operation } = shown
  assert.ok(isComplete(shown), `${method} ${path} has no whole example`)
  const types = Object.keys(operation.requestBody?.content ?? {})
  // In each form that its body may have; what ends something does so once.
  for (const type of types.length === 0 ? [undefined] : ends(shown) ? types.slice(0, 1) : types) {
    for (const step of STEPS[id] ?? []) if (all.has(step)) await assertWorks(reader, name, all, step)
    const { target, headers, body } = requestOf(shown, type)
    const authorization = AS[name](world, path)
    const cookie = reader.brought.get('cookie')
    const presented = { authorization, ...(path.startsWith('/oauth2') && cookie !== undefined && { cookie }) }
    const sent = { headers: { ...headers, ...presented }, body: putIn(reader, body) }
    const answer = await world.send(method, target, sent)
    keep(reader, answer)
    const refused = PERSONAL[id]
    if (refused !== undefined) {
      const { status, errors, code } = answer.json
      assert.deepEqual([status, errors?.[0]?.field ?? code], refused, answer.text)
      continue
    }
    assert.ok(
      works(answer),
      `${operation.operationId} ${method} ${target} ${type ?? ''}: ${answer.status} ${answer.text}`,
    )
  }
}

/** What ends the same thing, such as a ticket in two ways, cannot be tried on one demo: in as many rounds as that needs. */
function roundsOf(shown: readonly Shown[]): readonly (readonly Shown[])[] {
  const thing = ({ path }: Shown) => /^(\/api)?\/[^/]+\/[^/]+/.exec(path)?.[0] ?? path
  const alike = [...Map.groupBy(shown.filter(ends), thing).values()]
  const count = Math.max(1, ...alike.map((each) => each.length))
  const rounds = Array.from({ length: count }, (_, round) => alike.flatMap((each) => each[round] ?? []))
  return rounds.map((each, round) => (round === 0 ? [...shown.filter((one) => !ends(one)), ...each] : each))
}

for (const dialect of DIALECTS)
  describe(dialect.name, () => {
    const { name, examples = {} } = dialect
    const all = operationsOf(documentOf(dialect))

    test('every operation has an example that works as it stands, and nothing that is shown is a secret', async () => {
      const rounds = roundsOf(all).map((each) => each.map(({ operation }) => operation.operationId))
      for (const round of rounds) {
        const { world, text } = await freshDemo(name)
        for (const secret of SECRETS) assert.ok(!text.includes(world.value(secret)), secret)
        const reader = { world, brought: new Map<string, string>() }
        for (const id of round) await assertWorks(reader, name, shownIn(text), id)
      }
      assert.equal(rounds.flat().length, all.length)
    })

    test('there is no example of what is no operation', () => {
      const known = new Set(all.map(({ operation }) => operation.operationId))
      assert.deepEqual(
        Object.keys(examples).filter((id) => !known.has(id)),
        [],
      )
    })
  })

test('the examples of deliveries work in any order, and once more', async () => {
  const { world, text } = await freshDemo('native')
  const reader = { world, brought: new Map<string, string>() }
  const ids = ['skipDelivery', 'replayDelivery', 'sendWaitingDeliveries', 'sendDelivery', 'getDelivery']
  for (const id of [...ids, ...ids.toReversed()]) await assertWorks(reader, 'native', shownIn(text), id)
})

test('nothing of the samples is sent unless somebody sends it', async () => {
  const { world, text } = await freshDemo('native')
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  const { target } = requestOf(shownIn(text).get('getDelivery') ?? assert.fail(), undefined)
  const { attempts, state, next_at } = (await world.send('GET', target, { headers })).json
  assert.deepEqual([state, attempts], ['waiting', 1])
  assert.ok(Date.parse(next_at) > Date.now() + 365 * 86_400_000)
})

test('a demo that is in use gets no samples, and one that nobody looks up stays empty', async () => {
  const world = await startWorld()
  worlds.push(world)
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  assert.deepEqual((await world.send('GET', '/v1/tickets', { headers })).json.data, [])
  assert.deepEqual((await world.send('GET', '/v1/webhooks', { headers })).json.data, [])
  await world.send('POST', '/v1/tickets', { headers, body: { title: 'Mine' } })
  const { paths } = (await world.send('GET', '/openapi/moov.json')).json
  assert.equal(paths['/accounts/{accountID}/tickets/{ticketID}'].get.parameters[1].example, undefined)
  assert.equal((await world.send('GET', '/v1/tickets', { headers })).json.data.length, 1)
})

test('documents read at the same time give a demo one sample of each', async () => {
  const world = await startWorld()
  worlds.push(world)
  const texts = await Promise.all(DIALECTS.map(({ name }) => world.send('GET', `/openapi/${name}.json`)))
  const headers = { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` }
  const { data } = (await world.send('GET', '/v1/tickets', { headers })).json
  const titles = data.map(({ title }: { title: string }) => title)
  assert.deepEqual(titles, [
    'The lamp flickers',
    'The stairs are dark.',
    'There is no light in the hall.',
    'The light in the hall is broken.',
    'The door does not open',
  ])
  for (const { text } of texts) assert.doesNotMatch(text, /\{SAMPLE/)
  for (const { id } of data) assert.ok(texts[0]?.text.includes(id))
})
