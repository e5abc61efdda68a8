import assert from 'node:assert/strict'
import { METHODS } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { DIALECTS } from '../../src/dialects/registry.ts'
import type { RouteShape } from '../../src/dialects/route.ts'
import { type Received, startWorld, type World } from '../world.ts'
import { type Answered, assertRefused, assertTight, errorProblem } from './answers.ts'
import { CONTRACTS, type Contract, type Referred, type Sent, type Words } from './dialects.ts'
import { exchange } from './raw.ts'
import { type Ids, makeSite, type Site } from './site.ts'
import { type StoreWatch, watchStore } from './store.ts'

/**
 * The promises that every dialect keeps, whatever it looks like. What a dialect looks like is declared in dialects.ts;
 * an exemption needs a reason there, and is printed.
 */

let world: World
let store: StoreWatch
/** Two tenants on one server. The larger one has desks, users and tickets by integers that the smaller has not. */
let large: Site
let small: Site

before(async () => {
  world = await startWorld()
  store = await watchStore(world)
  small = await makeSite(world, 'small')
  large = await makeSite(world, 'large', 3)
})
after(async () => {
  await store?.close()
  await world?.stop()
})

let count = 0
/** Words that occur nowhere else. */
function freshWords(): Words & { readonly marker: string } {
  const marker = `tuna${++count}x`
  return { marker, title: `Title ${marker}`, text: `Text about ${marker}`, reference: `ref-${marker}` }
}

async function send({ method, path, headers, body }: Sent, more: Record<string, string> = {}): Promise<Received> {
  const answer = await world.send(method, path, { headers: { ...headers, ...more }, body })
  assertTight(answer)
  return answer
}

async function done(sent: Sent, more: Record<string, string> = {}): Promise<Received> {
  const answer = await send(sent, more)
  assert.ok(answer.status < 300, `${sent.method} ${sent.path}: ${answer.status} ${answer.text}`)
  return answer
}

/** Both names of a ticket, by the one that a dialect answered. */
async function idsOf(site: Site, id: unknown): Promise<Ids> {
  const { json } = await done({ method: 'GET', path: `/v1/tickets/${id}`, headers: site.as('native') })
  return { id: json.id, integer: json.integer }
}

async function made(contract: Contract, site: Site, words: Words = freshWords()): Promise<Ids> {
  const answer = await done(contract.create(site, words))
  return idsOf(site, contract.createdId(answer.json))
}

/** Sends what must be refused, and sees that it is, in the dialect's form, and that nothing came of it. */
async function refused(contract: Contract, status: number, sent: Sent, more: Record<string, string> = {}) {
  const held = await store.snapshot()
  const answer = await send(sent, more)
  assertRefused(contract, answer, status)
  assert.deepEqual(await store.snapshot(), held)
  return answer
}

function dialectOf({ name }: Contract) {
  return DIALECTS.find((each) => each.name === name) ?? assert.fail(`There is no dialect ${name}.`)
}

const NOBODY: Ids = { id: '0198c0de-0000-7000-8000-00000000dead', integer: 999_999_999 }

/** A route's path with an account and a ticket of the caller's tenant, or of nobody; other things are nobody's. */
function filled({ idOnWire }: Contract, path: string, site: Site, ticket: Ids): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => {
    if (name === 'accountID') return site.desk.id
    const isTicket = name === 'ticketID' || path.includes('/tickets/')
    return String((isTicket ? ticket : NOBODY)[idOnWire])
  })
}

const pathsOf = (contract: Contract): Map<string, readonly RouteShape[]> => {
  const { routes, openRoutes = [] } = dialectOf(contract)
  return Map.groupBy([...routes, ...openRoutes], (route) => route.path)
}

const MEBIBYTE = 1_048_576

test('every dialect of the registry is held to the contract', () => {
  assert.deepEqual(CONTRACTS.map(({ name }) => name).sort(), DIALECTS.map(({ name }) => name).sort())
})

for (const contract of CONTRACTS) {
  const { name, statuses } = contract

  describe(name, () => {
    test('a ticket that is created can be read back, with all that was sent', async () => {
      const words = freshWords()
      const answer = await done(contract.create(large, words))
      assert.equal(answer.status, statuses.created)
      const ids = await idsOf(large, contract.createdId(answer.json))
      for (const { ask, shown } of contract.shows(large, ids, words)) {
        assert.partialDeepStrictEqual((await done(ask)).json, shown)
      }
    })

    test('its tickets are readable and listed in every other dialect', async () => {
      const words = freshWords()
      const ids = await made(contract, large, words)
      for (const other of CONTRACTS) {
        const shown = await done(other.read(large, ids))
        assert.ok(shown.text.includes(words.marker), `${other.name} shows ${shown.text}`)
        const listed = other.listedIds((await done(other.list(large))).json)
        assert.equal(listed.filter((id) => id === ids[other.idOnWire]).length, 1, `${other.name} lists it`)
      }
    })

    test('no, wrong, malformed and foreign credentials are 401 on every route, and nothing is read of the body', async () => {
      const foreign = CONTRACTS.map((other) => large.as(other.name)).filter((each) => each !== large.as(name))
      const wrong = { authorization: large.as(name)['authorization']?.replace(/.{8}$/, 'wrongwro') ?? '' }
      const garbage = ['Bearer', 'Basic !!!', 'apikey', 'Basic Og==', 'Digest x', 'Bearer a b', 'Bearer é', ''].map(
        (authorization) => ({ authorization }),
      )
      for (const route of dialectOf(contract).routes) {
        const sent = { method: route.method, path: filled(contract, route.path, large, NOBODY) }
        for (const headers of [{}, wrong]) await refused(contract, 401, { ...sent, headers })
      }
      const { path, method } = contract.create(large, freshWords())
      for (const headers of [...garbage, ...foreign]) {
        const { authorization } = { authorization: '', ...headers }
        await refused(contract, 401, {
          method,
          path,
          body: '{',
          headers: { authorization, 'content-type': 'application/json' },
        })
      }
    })

    test('what a caller may not do is 403', async () => {
      await refused(contract, 403, contract.forbidden(large, await made(contract, large)))
    })

    test('what does not exist is 404: tickets, paths, and what only looks like the dialect’s paths', async () => {
      await refused(contract, 404, contract.read(large, NOBODY))
      const headers = large.as(name)
      await refused(contract, 404, { method: 'GET', path: contract.nowhere, headers })
      for (const type of ['application/json', 'application/xml', 'text/plain'])
        await refused(contract, 404, {
          method: 'POST',
          path: contract.nowhere,
          headers: { ...headers, 'content-type': type },
          body: '{',
        })
      await refused(contract, 404, { method: 'GET', path: contract.nowhere, headers: {} })
      const beside = await world.send('GET', `${dialectOf(contract).prefixes[0]}nothing`)
      assert.equal(beside.status, 404)
      assert.match(beside.headers.get('content-type') ?? '', /^application\/problem\+json/)
    })

    test('a body that cannot be read is 400', async () => {
      const { method, path, headers } = contract.create(large, freshWords())
      const json = { ...headers, 'content-type': 'application/json' }
      const bodies = [
        '{',
        '{"a":1}x',
        "{'a':1}",
        '{"a":1,}',
        '{"a":NaN}',
        '\ufeff',
        ' ',
        Buffer.from([0x22, 0xe9, 0x22]),
      ]
      for (const body of bodies) await refused(contract, 400, { method, path, headers: json, body })
    })

    test('a body that is no object is 400', async () => {
      const { method, path, headers } = contract.create(large, freshWords())
      for (const body of [[], [{}], 'text', 1, true, null])
        await refused(contract, 400, {
          method,
          path,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
    })

    test('a wrong value is refused', async () => {
      await refused(contract, statuses.invalid, contract.invalid(large))
    })

    test('a name or an id with NUL, control characters or half a character is refused', async (t) => {
      const words = freshWords()
      const { body, ...rest } = contract.create(large, { ...words, title: 'Title', text: 'Text of it' })
      const headers = { ...rest.headers, 'content-type': 'application/json' }
      const json = JSON.stringify(body)
      if (!json.includes(words.reference)) t.diagnostic('A create of this dialect holds only texts and ids of its own.')
      else
        for (const escaped of ['\\u0000', '\\u0008', '\\u001b', '\\u007f', '\\u0085', '\\ud800', '\\udc00x']) {
          const text = json.replaceAll(words.reference, `${words.reference}${escaped}`)
          await refused(contract, statuses.invalid, { ...rest, headers, body: text })
        }
    })

    test('another content type is refused', async () => {
      const { method, path, headers, body } = contract.create(large, freshWords())
      const text = JSON.stringify(body)
      const isStrict = dialectOf(contract).readsJsonUnderOtherTypes === undefined
      const types = ['application/xml', 'application/jsonp', 'garbage', 'application/octet-stream']
      for (const [type, sent] of [
        ...types.map((each) => [each, text] as const),
        ['text/plain', isStrict ? text : 'title=x'] as const,
      ])
        await refused(contract, statuses.wrongMediaType, {
          method,
          path,
          headers: { ...headers, 'content-type': type },
          body: sent,
        })
    })

    test('a body above 1 MiB is 413, and so is one of 10 MB, with and without a length', async () => {
      const { method, path, headers, body } = contract.create(large, freshWords())
      const json = { ...headers, 'content-type': 'application/json' }
      for (const size of [MEBIBYTE + 1, 10_000_000]) {
        const big = JSON.stringify(body).replace(/\}$/, `,"more":"${'x'.repeat(size)}"}`)
        await refused(contract, 413, { method, path, headers: json, body: big })
        const held = await store.snapshot()
        const head = headerLines({ ...json, 'transfer-encoding': 'chunked' })
        const chunk = `${big.length.toString(16)}\r\n${big}\r\n0\r\n\r\n`
        const chunked = await exchange(world.url, `${method} ${path} HTTP/1.1\r\n${head}${chunk}`)
        assert.equal(errorProblem(contract, chunked), null)
        assert.equal(chunked.status, 413)
        assert.deepEqual(await store.snapshot(), held)
      }
    })

    test('a wrong method on any of its paths is 405 and names the right ones; OPTIONS does so too', async () => {
      for (const [path, routes] of pathsOf(contract)) {
        const url = filled(contract, path, large, NOBODY)
        const right = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !right.includes(each))) {
          const answer = await refused(contract, 405, { method, path: url, headers: {} })
          assert.deepEqual(allowedBy(answer), [...right, 'OPTIONS'].sort())
        }
        const options = await send({ method: 'OPTIONS', path: url, headers: {} })
        assert.deepEqual([options.status, options.text], [204, ''])
        assert.deepEqual(allowedBy(options), [...right, 'OPTIONS'].sort())
      }
    })

    test('HEAD answers as GET does, without a body', async () => {
      const ids = await made(contract, large)
      for (const route of dialectOf(contract).routes.filter(({ method }) => method === 'GET')) {
        for (const headers of [large.as(name), {}]) {
          const sent = { path: filled(contract, route.path, large, ids), headers }
          const [get, head] = [await send({ ...sent, method: 'GET' }), await send({ ...sent, method: 'HEAD' })]
          assert.deepEqual([head.status, head.text], [get.status, ''], route.path)
          assert.equal(head.headers.get('content-type'), get.headers.get('content-type'))
          assert.equal(head.headers.get('content-length'), get.headers.get('content-length'))
        }
      }
    })

    describe('with an Idempotency-Key', () => {
      test('a repeat is answered as the first time, and makes nothing', async () => {
        const key = { 'idempotency-key': v7() }
        const sent = contract.create(large, freshWords())
        const first = await done(sent, key)
        const held = await store.snapshot()
        for (let repeat = 0; repeat < 3; repeat++) {
          const again = await done(sent, key)
          assert.deepEqual([again.status, again.text], [first.status, first.text])
        }
        assert.deepEqual(await store.snapshot(), held)
      })

      test('64 twins at once make one ticket and 64 equal answers', async () => {
        const key = { 'idempotency-key': v7() }
        const words = freshWords()
        const sent = contract.create(large, words)
        const answers = await Promise.all(Array.from({ length: 64 }, () => done(sent, key)))
        assert.equal(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1)
        const kept = (await store.texts()).filter((text) => text.includes('"version"') && text.includes(words.marker))
        assert.equal(kept.length, 1)
      })

      test('another body, and another path, are refused', async () => {
        const key = { 'idempotency-key': v7() }
        const sent = contract.create(large, freshWords())
        const ids = await idsOf(large, contract.createdId((await done(sent, key)).json))
        const other = { ...contract.create(large, freshWords()), path: sent.path, headers: sent.headers }
        await refused(contract, statuses.idempotencyMismatch, other, key)
        const authorization = sent.headers['authorization']
        const elsewhere = contract
          .touches(large, ids)
          .find((each) => each.method !== 'GET' && each.headers['authorization'] === authorization)
        await refused(contract, statuses.idempotencyMismatch, elsewhere ?? assert.fail(), key)
        assert.equal((await done(sent, key)).status, statuses.created)
      })

      test('a refused request leaves the key free', async () => {
        const key = { 'idempotency-key': v7() }
        await refused(contract, statuses.invalid, contract.invalid(large), key)
        assert.equal((await done(contract.create(large, freshWords()), key)).status, statuses.created)
      })

      test('one tenant’s keys are no other’s', async () => {
        const key = { 'idempotency-key': v7() }
        const [words, others] = [freshWords(), freshWords()]
        await done(contract.create(large, words), key)
        const ids = await idsOf(small, contract.createdId((await done(contract.create(small, others), key)).json))
        const shown = await done(contract.read(small, ids))
        assert.ok(shown.text.includes(others.marker) && !shown.text.includes(words.marker))
      })

      test('a key that cannot be one is refused', async () => {
        for (const key of ['', 'two words', 'x'.repeat(256), 'é'])
          await refused(contract, 400, contract.create(large, freshWords()), { 'idempotency-key': key })
      })
    })

    describe('a tenant', () => {
      test('lists its own tickets and no others', async () => {
        await made(contract, small)
        await made(contract, large)
        const own = await store.tickets(small.tenantId)
        const listed = contract.listedIds((await done(contract.list(small))).json)
        assert.deepEqual(new Set(listed), new Set(own.map((each) => each[contract.idOnWire])))
        assert.equal(listed.length, own.length)
      })

      test('does to its own tickets, desks and users what the next two tests try on another’s', async () => {
        const all = contract.touches(small, NOBODY).length
        for (let index = 0; index < all; index++) {
          const sent = contract.touches(small, await made(contract, small))[index] ?? assert.fail()
          await done(sent)
        }
        const referred = { tenantId: small.tenantId, desk: small.desk, user: small.agent }
        for (const sent of contract.references(small, await made(contract, small), referred)) await done(sent)
      })

      test('finds nothing and changes nothing by another’s ticket ids, and cannot tell whether they exist', async () => {
        const foreign = await foreignTicket(contract)
        const asked = (ids: Ids) => [contract.read(small, ids), ...contract.touches(small, ids)]
        const [onForeign, onNobodys] = [asked(foreign), asked(NOBODY)]
        for (const [index, sent] of onForeign.entries()) {
          const nobodys = onNobodys[index] ?? assert.fail()
          await answeredAlike(contract, sent, nobodys, [foreign])
        }
        assert.equal((await done(contract.read(large, foreign))).status, 200)
      })

      test('learns nothing by naming another’s desks, users and id', async () => {
        const own = await made(contract, small)
        const theirs: Referred = { tenantId: large.tenantId, desk: large.otherDesk, user: large.bystander }
        const nobodys: Referred = { tenantId: NOBODY.id, desk: NOBODY, user: NOBODY }
        const [onTheirs, onNobodys] = [
          contract.references(small, own, theirs),
          contract.references(small, own, nobodys),
        ]
        assert.ok(onTheirs.length > 0)
        for (const [index, sent] of onTheirs.entries()) {
          const other = onNobodys[index] ?? assert.fail()
          await answeredAlike(contract, sent, other, [theirs.desk, theirs.user])
        }
      })
    })

    describe('before routing', () => {
      const prefix = () => contract.nowhere.slice(0, contract.nowhere.indexOf('/nothing'))

      test('a path that is no percent-encoded UTF-8 is 400', async () => {
        for (const broken of ['%', '%zz', '%ff', '%c0%af', '%ed%a0%80', '%e2%82']) {
          const head = headerLines(large.as(name))
          const answer = await exchange(world.url, `GET ${prefix()}/${broken} HTTP/1.1\r\n${head}`)
          assert.equal(answer.status, 400, broken)
          assert.equal(errorProblem(contract, answer), null, `${broken}: ${answer.text}`)
        }
      })

      const pathParameter = contract.pathParameter
      test('a path parameter that is far too long names nothing or cannot be read', {
        skip: contract.exempt['path parameter'] ?? false,
      }, async () => {
        assert.ok(pathParameter)
        for (const length of [501, 5_000]) {
          const answer = await send(pathParameter(large, 'x'.repeat(length)))
          assert.ok([400, 404, 414].includes(answer.status), String(answer.status))
          assert.equal(errorProblem(contract, answer), null, answer.text)
        }
      })

      test('what is no HTTP is 400', async () => {
        const line = `GET ${contract.nowhere} HTTP/1.1\r\n`
        const malformed = [
          `${line}no colon here\r\n\r\n`,
          `${line}host: a\r\nbad header: x\r\n\r\n`,
          `${line}host: a\r\nx: a\u0000b\r\n\r\n`,
          `POST ${contract.nowhere} HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
          `POST ${contract.nowhere} HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n`,
          `POST ${contract.nowhere} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\nhello`,
          `GET ${contract.nowhere} HTTP/9.9\r\n\r\n`,
        ]
        for (const bytes of malformed) {
          const answer = await exchange(world.url, bytes)
          assert.equal(answer.status, 400, bytes)
          assert.equal(errorProblem(contract, answer), null, `${bytes}: ${answer.text}`)
        }
      })

      test('headers that are far too large are refused, in one piece or many', async () => {
        const line = `GET ${contract.nowhere} HTTP/1.1\r\nconnection: close\r\nhost: a\r\n`
        const huge = await exchange(world.url, `${line}x-large: ${'x'.repeat(100_000)}\r\n\r\n`)
        const large = await exchange(world.url, `${line}x-large: ${'x'.repeat(20_000)}\r\n\r\n`)
        const piece = 'x'.repeat(9_000)
        const pieces = await exchange(world.url, line, `x-large: ${piece}`, piece, piece, '\r\n\r\n')
        for (const answer of [huge, large, pieces]) {
          assert.equal(answer.status, 400)
          assert.equal(errorProblem(contract, answer), null, answer.text)
        }
      })

      test('a request without a host is 400; an expectation that nobody knows changes nothing', async () => {
        const line = `GET ${contract.nowhere} HTTP/1.1\r\n`
        const hostless = await exchange(world.url, `${line}connection: close\r\n\r\n`)
        assert.equal(hostless.status, 400)
        assert.equal(errorProblem(contract, hostless), null)
        const expecting = await exchange(world.url, `${line}${headerLines({ expect: 'the-unexpected' })}`)
        assert.equal(expecting.status, 404)
        assert.equal(errorProblem(contract, expecting), null)
      })

      test('every other method that HTTP knows is 405 on all of its paths, before the body is read', async () => {
        for (const [path, routes] of pathsOf(contract)) {
          const right = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
          const allowed = [...right, 'OPTIONS'].sort()
          // Announces a body, and does not send it.
          const head = headerLines({ ...large.as(name), 'content-type': 'application/json', 'content-length': '9' })
          for (const method of METHODS.filter((each) => !allowed.includes(each) && each !== 'CONNECT')) {
            const line = `${method} ${filled(contract, path, large, NOBODY)} HTTP/1.1`
            const answer = await exchange(world.url, `${line}\r\n${head}`)
            assert.deepEqual([answer.status, allowedBy(answer)], [405, allowed], line)
            if (method === 'HEAD') assert.equal(answer.text, '', line)
            else assert.equal(errorProblem(contract, answer), null, `${line}: ${answer.text}`)
          }
        }
      })

      test('an unknown path is 404 for every method', async () => {
        for (const method of METHODS.filter((each) => !['HEAD', 'CONNECT'].includes(each))) {
          const answer = await exchange(world.url, `${method} ${contract.nowhere} HTTP/1.1\r\n${headerLines({})}`)
          assert.equal(answer.status, 404, method)
          assert.equal(errorProblem(contract, answer), null, `${method}: ${answer.text}`)
        }
      })
    })
  })
}

/** A ticket of the large tenant whose integer the small one has not reached. */
async function foreignTicket(contract: Contract): Promise<Ids> {
  const own = await made(contract, small)
  let foreign = await made(contract, large)
  while (foreign.integer <= own.integer + 5) foreign = await made(contract, large)
  return foreign
}

/** Asked of what is another's and of what is nobody's: the answers differ in nothing but the ids, and nothing changes. */
async function answeredAlike(
  contract: Contract,
  ofTheirs: Sent,
  ofNobodys: Sent,
  theirs: readonly Ids[],
): Promise<void> {
  const held = await store.snapshot()
  const [first, second] = [await send(ofTheirs), await send(ofNobodys)]
  const label = `${ofTheirs.method} ${ofTheirs.path}`
  assert.equal(first.status, second.status, label)
  assert.equal(without(first.text, theirs), without(second.text, [NOBODY]), label)
  if (first.status >= 400) assert.equal(errorProblem(contract, first), null, label)
  assert.deepEqual(await store.snapshot(), held, label)
}

function without(text: string, ids: readonly Ids[]): string {
  return ids.reduce(
    (rest, { id, integer }) => rest.replaceAll(id, 'ID').replaceAll(new RegExp(`\\b${integer}\\b`, 'g'), 'ID'),
    text,
  )
}

function allowedBy({ headers }: Answered): string[] {
  return (headers.get('allow') ?? '').split(/, ?/).sort()
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  const all = { host: 'desk.example', connection: 'close', ...headers }
  return `${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
}
