import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readNetwork } from '../../core/address.ts'
import type { Sent } from '../../core/webhooks/protocol.ts'
import { type Address, createSender, isAllowed, type TargetRules } from './sender.ts'

const LOCAL: TargetRules = { allowedNetworks: ['127.0.0.0/8'], allowPlainHttp: true }
const STRICT: TargetRules = { allowedNetworks: [], allowPlainHttp: true }

let server: Server
let port: number
let requests = 0
let listener: RequestListener
before(async () => {
  server = createServer((request, response) => {
    requests++
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
after(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function post(rules: TargetRules, host = '127.0.0.1', more: { timeoutMs?: number; path?: string } = {}): Promise<Sent> {
  const { timeoutMs = 5_000, path = '/' } = more
  const url = `http://${host}:${port}${path}`
  return createSender(rules).send({ method: 'POST', url, headers: { 'x-own': 'yes' }, body: '{"a":1}', timeoutMs })
}

const named = (...addresses: string[]): Required<Pick<TargetRules, 'resolve'>> => ({
  resolve: async () => addresses.map((address): Address => ({ address, family: address.includes(':') ? 6 : 4 })),
})

function answerOf(sent: Sent) {
  assert.ok('answer' in sent, JSON.stringify(sent))
  return sent.answer
}

function problemOf(sent: Sent): string {
  assert.ok('problem' in sent, JSON.stringify(sent))
  return sent.problem
}

describe('Which addresses are reached', () => {
  const REFUSED = [
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '0.0.0.0',
    ],
    ...['100.64.0.1', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1'],
    ...[
      '255.255.255.255',
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
      'fd12::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
    ],
    ...[
      '64:ff9b::7f00:1',
      '2001:db8::1',
      '2002:7f00:1::',
      '2001::1',
      'fec0::1',
      '100::1',
      '::a9fe:a9fe',
      '4000::1',
      'not an address',
      '',
    ],
  ]
  test('private, loopback, link-local, multicast, reserved and translated addresses are refused, public ones not', () => {
    for (const address of REFUSED) assert.equal(isAllowed(address, []), false, address)
    for (const address of ['1.1.1.1', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8'])
      assert.equal(isAllowed(address, []), true, address)
  })

  test('behind a translator or at the end of a tunnel, the address inside decides', () => {
    for (const address of ['64:ff9b::8.8.8.8', '64:ff9b::101:101', '2a00:1450::5efe:8.8.8.8'])
      assert.equal(isAllowed(address, []), true, address)
    const PRIVATE = ['64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b::192.168.1.1', '2a00:1450::5efe:10.0.0.1']
    // A network's own translator is private as a whole, and the ways of old lead nowhere that one should go.
    const CLOSED = [
      '64:ff9b:1::8.8.8.8',
      '2002:808:808::1',
      '2001:0:808:808::f7f7:f7f7',
      '::808:808',
      '::ffff:0:8.8.8.8',
    ]
    for (const address of [...PRIVATE, ...CLOSED]) assert.equal(isAllowed(address, []), false, address)
  })

  test('who opens a translator opens nothing private behind it', () => {
    const opened = (network: string, address: string) => isAllowed(address, [readNetwork(network)])
    for (const [network, outside, inside] of [
      ['64:ff9b::/96', '64:ff9b::8.8.8.8', '64:ff9b::10.0.0.1'],
      ['64:ff9b:1::/48', '64:ff9b:1::8.8.8.8', '64:ff9b:1::127.0.0.1'],
      ['64:ff9b:1::/48', '64:ff9b:1:808:8:800::', '64:ff9b:1:a00:0:100::'],
      ['64:ff9b:1:2:3:4::/96', '64:ff9b:1:2:3:4:8.8.8.8', '64:ff9b:1:2:3:4:169.254.169.254'],
      ['2002::/16', '2002:808:808::1', '2002:a00:1::1'],
      ['2001::/32', '2001:0:808:808::f7f7:f7f7', '2001:0:808:808::f5ff:fffe'],
      ['::/96', '::808:808', '::a00:1'],
      ['::/0', '::ffff:0:8.8.8.8', '::ffff:0:10.0.0.1'],
    ] as const) {
      assert.equal(opened(network, outside), true, `${outside} in ${network}`)
      assert.equal(opened(network, inside), false, `${inside} in ${network}`)
    }
    const both = [readNetwork('64:ff9b::/96'), readNetwork('10.0.0.0/8')]
    assert.equal(isAllowed('64:ff9b::10.0.0.1', both), true, 'what is opened itself is open there too')
    assert.equal(opened('::1', '::1'), true)
  })

  test('a URL that names one is refused in any spelling, and nothing is sent', async () => {
    const before = requests
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '017700000001', '[::1]', '[::ffff:7f00:1]', '0'])
      assert.match(problemOf(await post(STRICT, host)), /private network/, host)
    assert.equal(requests, before)
  })

  test('a name that leads to one is refused, also when it leads to a public one beside it', async () => {
    const before = requests
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::1'], ['::ffff:127.0.0.1']])
      assert.match(problemOf(await post({ ...STRICT, ...named(...addresses) }, 'public.example')), /private network/)
    assert.match(problemOf(await post(STRICT, 'localhost')), /private network/)
    assert.equal(requests, before)
  })

  test('the connection goes to what was resolved: the name is asked once, whatever it would say next', async () => {
    listener = (request, response) => response.end(request.headers.host)
    let asked = 0
    const resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.255.255.1', family: 4 }]
    const answer = answerOf(await post({ ...LOCAL, resolve }, 'rebinding.example'))
    assert.deepEqual([answer.status, answer.body, asked], [200, `rebinding.example:${port}`, 1])
  })

  test('only https, unless plain http is allowed; no credentials and no fragments in URLs', () => {
    const strict = createSender({ allowedNetworks: [], allowPlainHttp: false })
    assert.equal(strict.urlProblem('https://example.com/hook?a=b'), null)
    for (const url of [
      'http://example.com/',
      'file:///etc/passwd',
      'https://a:b@example.com/',
      'https://example.com/#a',
      'x',
    ])
      assert.notEqual(strict.urlProblem(url), null, url)
    assert.equal(createSender(STRICT).urlProblem('http://example.com/'), null)
  })
})

describe('What comes back', () => {
  test('status, headers and body, as they were', async () => {
    listener = (request, response) => {
      response.writeHead(202, { 'x-answer': String(request.headers['x-own']) }).end('done')
    }
    const answer = answerOf(await post(LOCAL))
    assert.deepEqual([answer.status, answer.headers['x-answer'], answer.body], [202, 'yes', 'done'])
  })

  test('a redirect is an answer and is not followed', async () => {
    listener = (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/other` }).end()
    const before = requests
    assert.equal(answerOf(await post(LOCAL)).status, 302)
    assert.equal(requests, before + 1)
  })

  test('an endless body is read no further than it is kept', async () => {
    listener = async (request, response) => {
      response.writeHead(200)
      while (!request.socket.destroyed) {
        response.write('x'.repeat(65_536))
        await pause(1)
      }
    }
    const answer = answerOf(await post(LOCAL))
    assert.deepEqual([answer.status, answer.body.length], [200, 4_096])
  })

  test('a body with bytes that are no text, and NUL, is kept as text', async () => {
    listener = (_, response) => response.end(Buffer.from([0x61, 0x00, 0xff, 0x62]))
    assert.equal(answerOf(await post(LOCAL)).body, 'a\ufffd\ufffdb')
  })

  test('who does not answer, or never resolves, is given up after the timeout', async () => {
    listener = () => {}
    assert.match(problemOf(await post(LOCAL, undefined, { timeoutMs: 50 })), /within 50 ms/)
    const never = { ...LOCAL, resolve: () => new Promise<never>(() => {}) }
    assert.match(problemOf(await post(never, 'slow.example', { timeoutMs: 50 })), /within 50 ms/)
  })

  test('the head decides, whatever becomes of the body, and also when it takes longer than an answer may', async () => {
    for (const status of [200, 500]) {
      listener = async (_, response) => {
        response.writeHead(status)
        for (let count = 0; count < 500 && !response.destroyed; count++) {
          response.write('x')
          await pause(20)
        }
      }
      const dripping = answerOf(await post(LOCAL, undefined, { timeoutMs: 500 }))
      assert.deepEqual([dripping.status, /^x+$/.test(dripping.body)], [status, true])
      listener = (_, response) => {
        response.writeHead(status, { 'content-length': '9' })
        response.write('begun', () => response.destroy())
      }
      assert.deepEqual(answerOf(await post(LOCAL)).status, status)
    }
  })

  test('what comes before a head is none: a slow one is given up, an interim one is passed over, a switch is no receipt', async () => {
    listener = (_, response) => {
      response.writeProcessing()
      response.writeEarlyHints({ link: '</a>; rel=preload' })
      response.writeHead(204).end()
    }
    assert.equal(answerOf(await post(LOCAL)).status, 204)
    listener = (_, response) => response.writeProcessing()
    assert.match(problemOf(await post(LOCAL, undefined, { timeoutMs: 300 })), /within 300 ms/)
    listener = (_, response) => {
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    }
    assert.equal(answerOf(await post(LOCAL)).status, 101)
  })

  test('a connection that is cut or refused is a problem with a reason', async () => {
    listener = (request) => request.socket.destroy()
    assert.match(problemOf(await post(LOCAL)), /ECONNRESET/)
    const closed = await createSender(LOCAL).send({
      method: 'POST',
      url: 'http://127.0.0.1:1/',
      headers: {},
      body: '',
      timeoutMs: 1_000,
    })
    assert.match(problemOf(closed), /ECONNREFUSED/)
    const unknown = { ...LOCAL, resolve: () => Promise.reject(new Error('ENOTFOUND')) }
    assert.match(problemOf(await post(unknown, 'nowhere.example')), /cannot be resolved/)
  })
})
