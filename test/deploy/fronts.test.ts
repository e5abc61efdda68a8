import assert from 'node:assert/strict'
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
}

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
      const key = served.quickstart['POLYDESK_API_KEY'] ?? assert.fail()
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ title: 'Through a proxy', text: 'Hello' })
      assert.equal((await ask(front, 'POST', '/v1/tickets', headers, body)).status, 201)
    })
  })
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
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
      incoming.on('error', reject)
    })
      .on('error', reject)
      .end(body)
  })
}
