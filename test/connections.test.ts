import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { errorProblem } from './contract/answers.ts'
import { CONTRACTS, type Contract } from './contract/dialects.ts'
import { parse, type RawAnswer } from './contract/raw.ts'
import { makeSite, type Site } from './contract/site.ts'
import { startWorld, type World } from './world.ts'

/** What clients and proxies see of their connections when a request is refused before it is there. */

const MIB = 1_048_576
/** So slow that nobody waits long, and so little that a busy machine sends it in time. */
const PACE = { bytes: 20, milliseconds: 1_500 }

let world: World
let site: Site
before(async () => {
  world = await startWorld({ POLYDESK_FILE_MIB: '1' }, {}, undefined, undefined, PACE)
  site = await makeSite(world, 'connections')
})
after(() => world?.stop())

/** How a connection went. */
interface Went {
  readonly bytes: Buffer
  /** Whether the server closed it in peace, and not by a reset. */
  readonly inPeace: boolean
}

/** Sends all of a request before it listens, as most proxies do, and then reads until the server closes. */
async function sendWhole(head: string, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Went> {
  const { socket, ended } = opened()
  socket.pause()
  await sent(socket, head)
  for await (const piece of body) {
    if (socket.destroyed) break
    await sent(socket, piece)
  }
  socket.resume()
  return ended
}

function opened(): { readonly socket: Socket; readonly ended: Promise<Went> } {
  const { hostname, port } = new URL(world.url)
  // It stays open on our side until the server has closed all of it.
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  const received: Buffer[] = []
  let inPeace = true
  socket.on('data', (chunk) => received.push(Buffer.from(chunk)))
  const ended = new Promise<Went>((resolve) => {
    socket.on('error', () => {
      inPeace = false
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve({ bytes: Buffer.concat(received), inPeace }))
  })
  return { socket, ended }
}

function sent(socket: Socket, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()))
}

function answerIn({ bytes, inPeace }: Went): RawAnswer {
  assert.ok(inPeace, 'the connection was reset')
  return parse(bytes)
}

function* spaces(length: number, piece = 65_536): Generator<Buffer> {
  for (let left = length; left > 0; left -= piece) yield Buffer.alloc(Math.min(left, piece), ' ')
}

function* chunked(pieces: Iterable<Buffer>): Generator<Buffer> {
  for (const piece of pieces)
    yield Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
  yield Buffer.from('0\r\n\r\n')
}

/** The head of a request by which a dialect makes tickets. */
function headOf(contract: Contract, headers: Readonly<Record<string, string>>, version = '1.1'): string {
  const { method, path, headers: own } = contract.create(site, { title: 'x', text: 'x', reference: 'x' })
  const all = { host: 'desk.example.com', 'content-type': 'application/json', ...own, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`
}

for (const contract of CONTRACTS) {
  describe(`${contract.name}`, () => {
    function refusedAs(status: number, went: Went): void {
      const answer = answerIn(went)
      assert.equal(answer.status, status, answer.text)
      assert.equal(errorProblem(contract, answer), null, answer.text)
    }

    test('a body that is too large is 413 to whoever sends all of it before listening', async () => {
      const length = String(3 * MIB)
      const close = { connection: 'close' }
      refusedAs(413, await sendWhole(headOf(contract, { 'content-length': length, ...close }), spaces(3 * MIB)))
      // As nginx does by itself.
      refusedAs(413, await sendWhole(headOf(contract, { 'content-length': length }, '1.0'), spaces(3 * MIB)))
      const inChunks = headOf(contract, { 'transfer-encoding': 'chunked', ...close })
      refusedAs(413, await sendWhole(inChunks, chunked(spaces(3 * MIB))))
    })

    test('a wrong credential is 401 to whoever sends all of it before listening', async () => {
      const wrong = { authorization: 'Bearer wrong', apikey: 'wrong', connection: 'close' }
      refusedAs(401, await sendWhole(headOf(contract, { 'content-length': String(MIB), ...wrong }), spaces(MIB)))
    })

    test('a body is asked for only when it is wanted', async () => {
      const expecting = { expect: '100-continue', 'content-length': String(3 * MIB) }
      const { socket, ended } = opened()
      socket.write(headOf(contract, expecting))
      refusedAs(413, await ended)
      const small = opened()
      small.socket.write(headOf(contract, { expect: '100-continue', 'content-length': '2', connection: 'close' }))
      small.socket.once('data', (bytes) => {
        assert.match(String(bytes), /^HTTP\/1\.1 100 /)
        small.socket.write('[]')
      })
      const { status } = answerIn(await small.ended)
      assert.ok(status >= 400 && status < 500, String(status))
    })

    test('a body that hardly comes is 408 with a request id, one that comes slowly is read', async () => {
      const length = { 'content-length': '600', connection: 'close' }
      const stuck = opened()
      stuck.socket.write(`${headOf(contract, length)}{`)
      const slow = opened()
      slow.socket.write(headOf(contract, length))
      const trickling = (async () => {
        for (let nth = 0; nth < 60; nth++) {
          slow.socket.write(' '.repeat(10))
          await pause(60)
        }
      })()
      const went = await stuck.ended
      refusedAs(408, went)
      assert.match(answerIn(went).headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
      await trickling
      // Blanks are no JSON.
      assert.equal(answerIn(await slow.ended).status, 400)
    })

    test('after a request whose framing is refused the connection ends, whatever follows', async () => {
      const host = 'host: desk.example.com\r\n'
      const post = `POST ${contract.nowhere} HTTP/1.1\r\n`
      const next = `GET ${contract.nowhere} HTTP/1.1\r\n${host}\r\n`
      const FORMS = [
        `${post}\r\n`,
        `${post}${host}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
        `${post}${host}content-length: -1\r\n\r\n`,
        `${post}${host}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
        `${post}${host}transfer-encoding: gzip\r\n\r\nhello`,
        `${post}${host}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
        `${post}${host}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`,
        `${post}${host}transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
        `${headOf(contract, { 'transfer-encoding': 'chunked' })}zz\r\nhello\r\n0\r\n\r\n`,
        `${headOf(contract, { 'transfer-encoding': 'chunked' })}5\r\nhello0\r\n\r\n`,
        `${post}${host}x-large: ${'x'.repeat(20_000)}\r\n\r\n`,
        `${post}${host}x-large: ${'x'.repeat(100_000)}\r\n\r\n`,
        `${post}${host}folded: a\r\n b: c\r\nx y: z\r\n\r\n`,
        `${post.replace('1.1', '3.0')}${host}\r\n`,
      ]
      for (const form of FORMS) {
        const { socket, ended } = opened()
        socket.write(form)
        socket.write(next)
        const { bytes } = await ended
        const answers = bytes.toString('latin1').match(/HTTP\/1\.1 \d+/g)
        // One answer and no second; 404 where nobody would have read what is broken.
        assert.match(String(answers), /^HTTP\/1\.1 40[04]$/, `${form.slice(0, 200)}\n${bytes}`)
        assert.equal(errorProblem(contract, parse(bytes)), null, `${form.slice(0, 200)}\n${bytes}`)
      }
    })
  })
}

test('an upload that is too large is 413, with a length and without', async () => {
  const part = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
  const end = '\r\n--b--\r\n'
  const form = [Buffer.from(part), ...spaces(3 * MIB), Buffer.from(end)]
  for (const [path, name] of [
    ['/v1/attachments', 'native'],
    ['/support/attachments/v1', 'spacebring'],
  ] as const) {
    const own = { host: 'desk.example.com', connection: 'close', ...site.as(name) }
    const type = { 'content-type': 'multipart/form-data; boundary=b' }
    const lines = (headers: object) =>
      Object.entries(headers)
        .map(([header, value]) => `${header}: ${value}\r\n`)
        .join('')
    const length = { 'content-length': String(form.reduce((sum, each) => sum + each.length, 0)) }
    const known = await sendWhole(`POST ${path} HTTP/1.1\r\n${lines({ ...own, ...type, ...length })}\r\n`, form)
    assert.equal(answerIn(known).status, 413, known.bytes.toString())
    const inChunks = { 'transfer-encoding': 'chunked' }
    const unknown = await sendWhole(
      `POST ${path} HTTP/1.1\r\n${lines({ ...own, ...type, ...inChunks })}\r\n`,
      chunked(form),
    )
    assert.equal(answerIn(unknown).status, 413, unknown.bytes.toString())
  }
})

test('a connection is used on after an early answer, once the rest of the request was read', async () => {
  const [contract] = CONTRACTS
  assert.ok(contract)
  const { socket, ended } = opened()
  socket.write(headOf(contract, { 'content-length': String(2 * MIB), authorization: 'Bearer wrong' }))
  for (const piece of spaces(2 * MIB)) await sent(socket, piece)
  socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  const { bytes, inPeace } = await ended
  assert.ok(inPeace)
  assert.deepEqual(bytes.toString('latin1').match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 401', 'HTTP/1.1 200'])
})

test('however many requests of a connection are answered early, nothing of them stays with it', async () => {
  const [contract] = CONTRACTS
  assert.ok(contract)
  const warned: string[] = []
  const warn = ({ message }: Error): unknown => warned.push(message)
  process.on('warning', warn)
  const head = headOf(contract, { 'content-length': String(MIB), authorization: 'Bearer wrong' })
  const { socket, ended } = opened()
  for (let count = 0; count < 12; count++) {
    await sent(socket, head)
    for (const piece of spaces(MIB)) await sent(socket, piece)
  }
  socket.end()
  await ended
  process.off('warning', warn)
  assert.deepEqual(warned, [])
})

test('who never ends a body that was refused is cut off', async () => {
  const [contract] = CONTRACTS
  assert.ok(contract)
  const { socket, ended } = opened()
  await sent(socket, headOf(contract, { 'transfer-encoding': 'chunked', authorization: 'Bearer wrong' }))
  const chunk = Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), Buffer.alloc(MIB, ' '), Buffer.from('\r\n')])
  while (!socket.destroyed) await Promise.race([sent(socket, chunk), ended])
  assert.equal(parse((await ended).bytes).status, 401)
})
