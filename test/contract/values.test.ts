import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { DIALECTS } from '../../src/dialects/registry.ts'
import { answerError } from '../../src/dialects/wire.ts'
import { type Received, startWorld, type World } from '../world.ts'
import { assertRefused } from './answers.ts'
import { CONTRACTS, type Contract, type Sent, type Words } from './dialects.ts'
import { type Ids, makeSite, type Site } from './site.ts'
import { type StoreWatch, watchStore } from './store.ts'

/** How every dialect takes values as people, their programs and their systems really write them. */

let world: World
let store: StoreWatch
let site: Site

before(async () => {
  world = await startWorld()
  store = await watchStore(world)
  site = await makeSite(world, 'values')
})
after(async () => {
  await store?.close()
  await world?.stop()
})

function send({ method, path, headers, body }: Sent): Promise<Received> {
  return world.send(method, path, { headers, body })
}

async function done(sent: Sent): Promise<Received> {
  const answer = await send(sent)
  assert.ok(answer.status < 300, `${sent.method} ${sent.path}: ${answer.status} ${answer.text}`)
  return answer
}

async function refused(contract: Contract, status: number, sent: Sent): Promise<void> {
  const held = await store.snapshot()
  assertRefused(contract, await send(sent), status)
  assert.deepEqual(await store.snapshot(), held)
}

/** Both names of a ticket that a create answered. */
async function idsOf(contract: Contract, created: Received): Promise<Ids> {
  const { json } = await done({
    method: 'GET',
    path: `/v1/tickets/${contract.createdId(created.json)}`,
    headers: site.as('native'),
  })
  return { id: json.id, integer: json.integer }
}

async function assertShows(contract: Contract, created: Received, words: Words): Promise<void> {
  for (const { ask, shown } of contract.shows(site, await idsOf(contract, created), words))
    assert.partialDeepStrictEqual((await done(ask)).json, shown)
}

/** What people paste, and how it is to be read. */
const PASTES = [
  ['\u001b[1;31mERROR\u001b[0m disk full', 'ERROR disk full'],
  ['a\u0000b\u0007c\u007f \u0093quoted\u0094 \u0085', 'abc “quoted” …'],
  ['half \ud83d of it', 'half \ufffd of it'],
] as const

let count = 0
function freshWords(): Words {
  const reference = `value-${++count}`
  return { title: `Title ${reference}`, text: `Text ${reference}`, reference }
}

/** A create whose body goes out as these bytes. */
function created(contract: Contract, words: Words, bytes: (json: string) => Uint8Array, headers: object = {}): Sent {
  const sent = contract.create(site, words)
  const json = JSON.stringify(sent.body)
  return { ...sent, headers: { ...sent.headers, 'content-type': 'application/json', ...headers }, body: bytes(json) }
}

const COMPRESSED: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gzipSync,
  'X-GZIP': gzipSync,
  deflate: deflateSync,
  'deflate, without its header': deflateRawSync,
  br: brotliCompressSync,
}

for (const contract of CONTRACTS) {
  describe(contract.name, () => {
    test('takes what people paste into a text, and shows it without what nobody can read', async () => {
      for (const [pasted, mended] of PASTES) {
        const reference = `paste-${++count}`
        const answer = await done(
          contract.create(site, { title: `Title ${pasted}`, text: `Text ${pasted}`, reference }),
        )
        await assertShows(contract, answer, { title: `Title ${mended}`, text: `Text ${mended}`, reference })
      }
    })

    test('reads JSON behind a byte order mark, and tells that other encodings than UTF-8 are none', async () => {
      const words = freshWords()
      const marked = created(contract, words, (json) => Buffer.from(`\ufeff${json}`))
      await assertShows(contract, await done(marked), words)
      for (const spelling of ['utf-8', '"UTF-8"', 'us-ascii']) {
        const type = { 'content-type': `application/json; charset=${spelling}` }
        await done(created(contract, freshWords(), (json) => Buffer.from(json), type))
      }
      const utf16 = (json: string): Buffer => Buffer.from(json, 'utf16le')
      for (const bytes of [utf16, (json: string) => utf16(`\ufeff${json}`), (json: string) => utf16(json).swap16()])
        await refused(contract, 400, created(contract, freshWords(), bytes))
    })

    test('reads compressed bodies up to its limit, and refuses what is no such body', async () => {
      for (const [name, compress] of Object.entries(COMPRESSED)) {
        const words = freshWords()
        const coding = { 'content-encoding': name.split(',')[0] }
        await assertShows(
          contract,
          await done(created(contract, words, (json) => compress(Buffer.from(json)), coding)),
          words,
        )
        const huge = created(contract, words, () => compress(Buffer.from(' '.repeat(2_000_000))), coding)
        await refused(contract, 413, huge)
        const broken = created(contract, words, (json) => compress(Buffer.from(json)).subarray(0, -6), coding)
        await refused(contract, 400, broken)
      }
      const { errors } = DIALECTS.find(({ name }) => name === contract.name) ?? assert.fail()
      const { status } = answerError(errors, { code: 'unsupported_media_type' })
      for (const coding of ['zip', 'gzip, gzip']) {
        const sent = created(contract, freshWords(), (json) => gzipSync(json), { 'content-encoding': coding })
        await refused(contract, status, sent)
        assert.equal((await send(sent)).headers.get('accept-encoding'), 'gzip, deflate, br')
      }
      await done(created(contract, freshWords(), (json) => Buffer.from(json), { 'content-encoding': 'identity' }))
    })

    test('answers a retry that says the same in another way, and refuses one that says something else', async () => {
      const words = freshWords()
      const sent = contract.create(site, words)
      const turned = (body: unknown): unknown =>
        typeof body !== 'object' || body === null || Array.isArray(body)
          ? body
          : Object.fromEntries(
              Object.entries(body)
                .reverse()
                .map(([name, value]) => [name, turned(value)]),
            )
      const keyed = (more: Partial<Sent>, key = words.reference): Sent => {
        const retry = { ...sent, ...more }
        return { ...retry, headers: { ...retry.headers, 'idempotency-key': key } }
      }
      const first = await done(keyed({}))
      const spaced = (json: unknown): string => JSON.stringify(json, null, 4)
      const typed = { ...sent.headers, 'content-type': 'application/json; charset=utf-8' }
      for (const retry of [
        keyed({ body: turned(sent.body) }),
        keyed({ path: `${sent.path}?` }),
        keyed({}, `"${words.reference}"`),
        keyed({ body: spaced(turned(sent.body)), headers: typed }),
        keyed({ body: gzipSync(JSON.stringify(sent.body)), headers: { ...typed, 'content-encoding': 'gzip' } }),
      ])
        assert.deepEqual((await done(retry)).json, first.json)
      const other = contract.create(site, { ...freshWords(), reference: words.reference })
      await refused(contract, contract.statuses.idempotencyMismatch, keyed({ body: other.body }))
      await refused(
        contract,
        contract.statuses.idempotencyMismatch,
        keyed({ body: other.body }, `"${words.reference}"`),
      )
    })
  })
}

test('in Omnidesk a form, JSON and the query are the same request', async () => {
  const headers = { ...site.as('omnidesk'), 'idempotency-key': 'one-request' }
  const fields = { title: 'One request', brandID: '1' }
  const path = '/api/v2/ticket'
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  const answers: Received[] = []
  for (const sent of [
    { path, body: { brandID: 1, title: fields.title } },
    { path, body: form },
    { path, body: new URLSearchParams(fields) },
    { path: `${path}?${new URLSearchParams(fields)}` },
    { path: `${path}?title=One+request`, body: { brandID: 1 } },
  ])
    answers.push(await done({ method: 'POST', headers, ...sent }))
  assert.equal(new Set(answers.map(({ json }) => json.ticketID)).size, 1)
})

test('an e-mail address is judged by one rule, wherever it is written', async () => {
  const headers = site.as('native')
  const { json } = await done({ method: 'POST', path: '/v1/tickets', headers, body: { title: 'Addresses' } })
  const writing = (address: string): readonly Sent[] => [
    { method: 'POST', path: '/v1/tickets', headers, body: { title: 'x', requester: { email: address } } },
    { method: 'POST', path: `/v1/tickets/${json.id}/messages`, headers, body: { text: 'x', cc: [address] } },
    {
      method: 'POST',
      path: '/v1/users',
      headers,
      body: { name: 'x', email: `u${address}`, memberships: [{ desk: site.desk.id, role: 'customer' }] },
    },
    {
      method: 'POST',
      path: `/accounts/${site.desk.id}/tickets`,
      headers: site.as('moov'),
      body: { title: 'x', body: 'x', contact: { email: address } },
    },
    {
      method: 'POST',
      path: '/api/v2/customer',
      headers: site.as('omnidesk'),
      body: { channel_id: 'email', customer_link_channel: `c${address}`, firstname: 'x' },
    },
  ]
  for (const address of [
    'jürgen@example.com',
    'user@müller.example',
    'first..last@docomo.example',
    '用户@例え.example',
  ])
    for (const sent of writing(address)) await done(sent)
  for (const address of [
    'nobody',
    'a@b@c.example',
    'a@b.example\r\nBcc: c@d.example',
    'a@b..example',
    'A <a@b.example>',
  ])
    for (const sent of writing(address)) {
      const { status, text } = await send(sent)
      assert.ok(status === 400 || status === 422, `${sent.path}: ${status} ${text}`)
    }
})

test('a name, a tag or an id with a control character is refused in every dialect', async () => {
  const wrong: readonly (readonly [string, string, string, object])[] = [
    ['native', 'POST', '/v1/tickets', { title: 'x', tags: ['a\u001bb'] }],
    ['native', 'POST', '/v1/tickets', { title: 'x', requester: { email: 'a@b.example', name: 'a\u0000b' } }],
    ['native', 'POST', '/v1/users', { name: 'a\u0085b', memberships: [{ desk: site.desk.id, role: 'customer' }] }],
    ['spacebring', 'POST', '/support/tickets/v1', { ticket: { text: 'x', type: 'a\u0007' } }],
    [
      'moov',
      'POST',
      `/accounts/${site.desk.id}/tickets`,
      { title: 'x', body: 'x', contact: { email: 'a@b.example', name: 'a\u000bb' } },
    ],
    ['omnidesk', 'POST', '/api/v2/ticket', { title: 'x', fromName: 'a\ud800' }],
    ['omnidesk', 'POST', '/api/v2/customer', { primary_id: 'a\u0000b', firstname: 'Ada' }],
  ]
  for (const [name, method, path, body] of wrong) {
    const contract = CONTRACTS.find((each) => each.name === name) ?? assert.fail()
    await refused(contract, contract.statuses.invalid, { method, path, headers: site.as(contract.name), body })
  }
})
