import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { after, before, describe, test } from 'node:test'
import { type TestDatabase, testDatabase } from '../database.ts'
import { type Installation, newInstallation, type Served } from '../process.ts'
import { databaseUrl } from '../world.ts'
import { FRONTS, type Front, HOST, startFront } from './fronts.ts'
import { type Scratch, scratchFolder, unlessInstalled } from './programs.ts'

let database: TestDatabase
let installation: Installation
let served: Served

before(async () => {
  database = await testDatabase()
  installation = await newInstallation()
  served = await installation.start({ DATABASE_URL: databaseUrl(database), TRUSTED_PROXIES: '127.0.0.1' })
})
after(async () => {
  await installation?.remove()
  await database?.close()
})

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: IncomingHttpHeaders
}

const MIB = 1_048_576

for (const [name, kind] of Object.entries(FRONTS)) {
  describe(`behind ${name} by its recipe`, { skip: unlessInstalled(kind.program, 'openssl') }, () => {
    let scratch: Scratch
    let front: Front
    before(async () => {
      scratch = await scratchFolder()
      front = await startFront(kind, scratch, Number(new URL(served.url).port))
    })
    after(async () => {
      await front?.stop()
      await scratch?.remove()
    })

    test('health and a ticket come through', async () => {
      assert.equal((await ask(front, 'GET', '/readyz')).status, 200)
      assert.equal((await ask(front, 'POST', '/v1/tickets', as(), TICKET)).status, 201)
    })

    test('If-Match holds for the ETag of a compressed answer', async () => {
      const { text } = await ask(front, 'POST', '/v1/tickets', as(), TICKET)
      const path = `/v1/tickets/${JSON.parse(text).id}`
      const { headers } = await ask(front, 'GET', path, { ...as(), 'accept-encoding': 'gzip' })
      assert.equal(headers['content-encoding'], 'gzip')
      const etag = headers.etag ?? assert.fail('the proxy took the ETag away')
      const change = () => ask(front, 'PATCH', path, { ...as(), 'if-match': etag }, '{"title":"Changed"}')
      assert.equal((await change()).status, 200, etag)
      assert.equal((await change()).status, 412, etag)
    })

    test('what is too large is answered 413 by the dialect', async () => {
      const large = await ask(front, 'POST', '/v1/tickets', as(), ' '.repeat(3 * MIB))
      assert.deepEqual([large.status, JSON.parse(large.text).code], [413, 'too_large'])
      const upload = { ...as(), 'content-type': 'multipart/form-data; boundary=b' }
      const form = `--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${' '.repeat(24 * MIB)}\r\n--b--\r\n`
      const larger = await ask(front, 'POST', '/v1/attachments', upload, form)
      assert.deepEqual([larger.status, JSON.parse(larger.text).code], [413, 'too_large'])
    })

    test('paths arrive as they were sent', async () => {
      const odd = await ask(front, 'GET', '/v1/tickets/a%2Fb', as())
      assert.equal(JSON.parse(odd.text).code, 'not_found', odd.text)
    })
  })
}

const TICKET = JSON.stringify({ title: 'Through a proxy', text: 'Hello '.repeat(1_000) })

function as(): Readonly<Record<string, string>> {
  const key = served.quickstart['POLYDESK_API_KEY'] ?? assert.fail()
  return { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
}

function ask(
  { port, certificate }: Front,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: HOST, ca: certificate, agent: false, method, path }
    request({ ...options, headers: { host: HOST, ...headers } }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text, headers: incoming.headers }))
      incoming.on('error', reject)
    })
      .on('error', reject)
      .end(body)
  })
}
