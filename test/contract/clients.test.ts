/**
 * What the clients of all vendors do and no reference mentions: JSON under the type of a form, slashes that double, places
 * of a list that the vendor does not know. What a dialect looks like is declared in dialects.ts.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DIALECTS } from '../../src/dialects/registry.ts'
import { type Received, startWorld, type World } from '../world.ts'
import { assertRefused } from './answers.ts'
import { CONTRACTS, type Contract, type Sent, type Words } from './dialects.ts'
import { exchange } from './raw.ts'
import { makeSite, type Site } from './site.ts'
import { type StoreWatch, watchStore } from './store.ts'

let world: World
let store: StoreWatch
let site: Site
before(async () => {
  world = await startWorld()
  store = await watchStore(world)
  site = await makeSite(world, 'clients')
})
after(async () => {
  await store?.close()
  await world?.stop()
})

let count = 0
function freshWords(): Words {
  const marker = `carp${++count}x`
  return { title: `Title ${marker}`, text: `Text about ${marker}`, reference: `ref-${marker}` }
}

const send = ({ method, path, headers, body }: Sent): Promise<Received> => world.send(method, path, { headers, body })

async function refused(contract: Contract, status: number, sent: Sent): Promise<void> {
  const held = await store.snapshot()
  assertRefused(contract, await send(sent), status)
  assert.deepEqual(await store.snapshot(), held)
}

/** That a ticket was made with everything that was sent. */
async function assertMade(contract: Contract, words: Words, answer: Pick<Received, 'status' | 'text'>): Promise<void> {
  assert.equal(answer.status, contract.statuses.created, answer.text)
  const id = contract.createdId(JSON.parse(answer.text))
  const { json } = await world.send('GET', `/v1/tickets/${id}`, { headers: site.as('native') })
  for (const { ask, shown } of contract.shows(site, { id: json.id, integer: json.integer }, words))
    assert.partialDeepStrictEqual((await send(ask)).json, shown)
}

/** Under these a JSON text is read as what it is, in the vendors' dialects. */
const UNINTENDED = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=UTF-8',
  'text/plain',
  'Text/Plain;charset=utf-8',
  'text/json',
]

for (const contract of CONTRACTS) {
  const dialect = DIALECTS.find(({ name }) => name === contract.name) ?? assert.fail()
  const isLenient = dialect.readsJsonUnderOtherTypes === true
  const typed = (sent: Sent, type: string, body: string): Sent => ({
    ...sent,
    headers: { ...sent.headers, 'content-type': type },
    body,
  })

  describe(contract.name, () => {
    test('JSON under the type that a tool put on it is read with all its fields, or refused', async () => {
      for (const type of UNINTENDED) {
        const words = freshWords()
        const sent = contract.create(site, words)
        const body = ` \n${JSON.stringify(sent.body)}`
        if (isLenient) await assertMade(contract, words, await send(typed(sent, type, body)))
        else await refused(contract, contract.statuses.wrongMediaType, typed(sent, type, body))
      }
    })

    test('so is JSON that a form library encoded', { skip: !isLenient && 'is strict' }, async () => {
      for (const end of ['', '=']) {
        const words = freshWords()
        const sent = contract.create(site, words)
        const encoded = new URLSearchParams([[JSON.stringify(sent.body), '']]).toString().slice(0, -1)
        await assertMade(contract, words, await send(typed(sent, 'application/x-www-form-urlencoded', encoded + end)))
      }
    })

    test('and JSON of no type at all', async () => {
      for (const line of ['', 'content-type:\r\n', 'content-type: \r\n']) {
        const words = freshWords()
        const { method, path, headers, body } = contract.create(site, words)
        const text = JSON.stringify(body)
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
        const length = Buffer.byteLength(text)
        const head = `${method} ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${lines.join('')}${line}`
        const answer = await exchange(world.url, `${head}content-length: ${length}\r\n\r\n${text}`)
        await assertMade(contract, words, answer)
      }
    })

    test('what begins as JSON and is none is no form either', async () => {
      const sent = contract.create(site, freshWords())
      const text = JSON.stringify(sent.body)
      const { wrongMediaType } = contract.statuses
      for (const broken of [text.slice(0, -1), `${text}&a=1`, `[${text}`, `{"a":1,"a":2}`, `{a=1}`, `[${text}]`])
        for (const type of ['application/x-www-form-urlencoded', 'text/plain'])
          await refused(contract, isLenient ? 400 : wrongMediaType, typed(sent, type, broken))
    })

    test('other types are what they say, and refused', async () => {
      const sent = contract.create(site, freshWords())
      const text = JSON.stringify(sent.body)
      for (const type of [
        'application/xml',
        'text/html',
        'application/octet-stream',
        'x-application/json',
        'text/plainx',
      ])
        await refused(contract, contract.statuses.wrongMediaType, typed(sent, type, text))
      await refused(contract, contract.statuses.wrongMediaType, typed(sent, 'text/plain', 'title=x&text=y'))
    })

    test('repeated slashes of a path are one', async () => {
      const words = freshWords()
      const sent = contract.create(site, words)
      await assertMade(contract, words, await send({ ...sent, path: `/${sent.path}` }))
      for (const ask of [contract.list(site), contract.shows(site, await made(contract), freshWords())[0]?.ask]) {
        assert.ok(ask)
        const [path = '', ...query] = ask.path.split('?')
        const right = await send(ask)
        assert.equal(right.status, 200)
        for (const slashed of [`/${path}`, `///${path}`, path.replaceAll('/', '//')])
          assert.equal((await send({ ...ask, path: [slashed, ...query].join('?') })).text, right.text, slashed)
      }
      // The method table and the errors of the dialect are found at the same place.
      const { method, path, headers } = contract.list(site)
      const wrong = await send({ method: method === 'GET' ? 'PATCH' : 'GET', path: `/${path}`, headers })
      assertRefused(contract, wrong, 405)
      assert.deepEqual(
        (await send({ method: 'OPTIONS', path: `//${path.split('?')[0]}`, headers: {} })).headers.get('allow'),
        (await send({ method: 'OPTIONS', path: path.split('?')[0] ?? '', headers: {} })).headers.get('allow'),
      )
      await refused(contract, 404, { method: 'GET', path: `/${contract.nowhere}`, headers })
    })

    test('an encoded slash is no slash, and doubled ones in a query stay', async () => {
      const { path, headers } = contract.list(site)
      const [first = '', ...rest] = path.slice(1).split('/')
      const answer = await world.send('GET', `/${first}%2F%2F${rest.join('/')}`, { headers })
      assert.equal(answer.status, 404)
    })

    test('a repeat with a key is the same request, however many slashes its path has', async () => {
      const sent = contract.create(site, freshWords())
      const keyed = { ...sent, headers: { ...sent.headers, 'idempotency-key': `slashes-${contract.name}` } }
      const first = await send({ ...keyed, path: `/${sent.path}` })
      assert.equal(first.status, contract.statuses.created)
      assert.equal((await send(keyed)).text, first.text)
    })

    test('a place in a list that it does not know is refused, so that no loop runs for ever', async () => {
      const list = contract.list(site)
      const known = dialect.routes
        .filter(({ method }) => method === 'GET')
        .flatMap(({ query }) => Object.keys(query?.properties ?? {}))
      const begin = list.path.includes('?') ? '&' : '?'
      for (const place of ['skip', 'offset', 'page', 'cursor', 'Page', 'page_token', 'starting-after', 'nextPageToken'])
        if (!known.includes(place)) await refused(contract, 400, { ...list, path: `${list.path}${begin}${place}=1` })
    })

    test('a place or a size that is ill-formed is refused', async () => {
      const list = contract.list(site)
      const route = dialect.routes.find(({ path, method }) => method === 'GET' && matches(path, list.path))
      const begin = list.path.includes('?') ? '&' : '?'
      const paging = Object.keys(route?.query?.properties ?? {}).filter((name) =>
        /^(?:skip|count|limit|page|cursor|nextPageToken|itemStart|itemLimit)$/.test(name),
      )
      assert.ok(paging.length > 0)
      for (const name of paging)
        for (const value of ['-1', '1.5', 'x', `1&${name}=2`])
          await refused(contract, 400, {
            ...list,
            path: `${list.path}${begin}${name}=${value}`,
          })
    })
  })
}

async function made(contract: Contract) {
  const answer = await send(contract.create(site, freshWords()))
  const id = contract.createdId(answer.json)
  const { json } = await world.send('GET', `/v1/tickets/${id}`, { headers: site.as('native') })
  return { id: json.id, integer: json.integer }
}

function matches(route: string, path: string): boolean {
  const [plain = ''] = path.split('?')
  return new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`).test(plain)
}

test('the paths of the server itself take repeated slashes too', async () => {
  for (const path of ['/healthz', '/openapi/native.json', '/docs/static/index.css']) {
    const { status, text } = await world.send('GET', path.replaceAll('/', '//'))
    assert.deepEqual([status, text], [200, (await world.send('GET', path)).text])
  }
  assert.equal((await world.send('POST', '//oauth2//token', { body: {} })).status, 401)
})
