/** The SDK against a real server: what its README shows, retries, the feed and webhooks. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { startWorld, type World } from '../test/world.ts'
import { createClient, isProblem } from './client.ts'
import { feed } from './feed.ts'
import { all } from './pages.ts'
import { readWebhook, WebhookRefusal } from './webhooks.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

const client = (options: Partial<Parameters<typeof createClient>[0]> = {}) =>
  createClient({ url: world.url, key: world.value('POLYDESK_API_KEY'), ...options })

test('the examples of the README run as printed', async () => {
  const text = await readFile(join(import.meta.dirname, 'README.md'), 'utf8')
  const examples = [...text.matchAll(/```ts example\n(.*?)```/gs)].map(([, code = '']) => code)
  assert.equal(examples.length, 4)
  const directory = await mkdtemp(join(tmpdir(), 'polydesk-sdk-'))
  try {
    for (const [at, code] of examples.entries()) {
      const file = join(directory, `${at}.mts`)
      const here = pathToFileURL(`${import.meta.dirname}/`).href
      await writeFile(file, code.replaceAll("from './", `from '${here}`))
      const env = { ...process.env, POLYDESK_URL: world.url, POLYDESK_API_KEY: world.value('POLYDESK_API_KEY') }
      await promisify(execFile)(process.execPath, [file], { env })
    }
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a write whose answer is lost takes effect once', async () => {
  let isLost = false
  const losing: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    if (isLost) return response
    isLost = true
    throw new TypeError('The connection broke before the answer.')
  }
  const { id } = await client({ fetch: losing }).call('createTicket', { body: { title: 'Lost and found' } })
  const found: string[] = []
  for await (const ticket of all(client(), 'listTickets', { query: { limit: '1' } }))
    if (ticket.title === 'Lost and found') found.push(ticket.id)
  assert.deepEqual(found, [id])
})

test('a refusal names its code and the field, and is not tried again', async () => {
  let tried = 0
  const counting: typeof fetch = (...request) => {
    tried += 1
    return fetch(...request)
  }
  const refused = client({ fetch: counting }).call('createTicket', { body: { title: 'x'.repeat(501) } })
  await assert.rejects(refused, (error) => isProblem(error, 'invalid') && error.errors[0]?.field === 'title')
  assert.equal(tried, 1)
})

test('what is not ready is asked again, until it is', async (t) => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.writeHead(asked < 3 ? 503 : 200, { 'content-type': 'application/json' }).end('{"data": []}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : null
  const { data } = await client({ url: `http://127.0.0.1:${port}` }).call('listSessions')
  assert.deepEqual([data, asked], [[], 3])
})

test('the feed gives each event once and in order, though requests break', async () => {
  let asked = 0
  const breaking: typeof fetch = (...request) => {
    asked += 1
    return asked % 2 === 0 ? Promise.reject(new TypeError('It broke.')) : fetch(...request)
  }
  const { data } = await client().call('listEvents', { query: { after: '0', limit: '200' } })
  const last = data.at(-1)?.position ?? 0
  const { id } = await client().call('createTicket', { body: { title: 'Followed' } })
  const positions: number[] = []
  const end = new AbortController()
  for await (const event of feed(client({ fetch: breaking, attempts: 1 }), { after: 0, signal: end.signal })) {
    positions.push(event.position)
    if (event.ticket === id) break
  }
  assert.deepEqual(
    positions.slice(0, data.length),
    data.map(({ position }) => position),
  )
  assert.ok(positions.every((position, at) => at === 0 || position > (positions[at - 1] ?? 0)))
  assert.ok((positions.at(-1) ?? 0) > last)
})

test('a webhook is read when it is signed and fresh, and refused else', async () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
  const body = JSON.stringify({ type: 'ticket.created', timestamp: '2026-01-15T10:20:30.123Z', data: { a: 1 } })
  const now = new Date()
  const signature = new Webhook(secret).sign('msg_1', now, body)
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': `v1,AAAA ${signature}`,
  }
  assert.deepEqual((await readWebhook(secret, headers, body, now)).data, { a: 1 })
  await assert.rejects(readWebhook(secret, headers, `${body} `, now), WebhookRefusal)
  await assert.rejects(readWebhook(secret, headers, body, new Date(now.getTime() + 600_000)), WebhookRefusal)
  await assert.rejects(readWebhook(secret, {}, body, now), WebhookRefusal)
})
