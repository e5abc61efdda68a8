/** Methods on paths that belong to no dialect. Those of dialects: test/contract. */
import assert from 'node:assert/strict'
import { METHODS } from 'node:http'
import { after, before, test } from 'node:test'
import { exchange } from '../../test/contract/raw.ts'
import { startWorld, type World } from '../../test/world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

/** What is answered to a method that announces a body and does not send it. */
const ask = (method: string, path: string) =>
  exchange(
    world.url,
    `${method} ${path} HTTP/1.1\r\nhost: desk.example\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\n`,
  )

const OWN = [
  '/',
  '/healthz',
  '/readyz',
  '/openapi/native.json',
  '/docs',
  '/docs/',
  '/docs/static/index.css',
  '/files/a/b?x=1',
]

test('a path of the server itself is never refused to a method that it has', async () => {
  for (const path of OWN)
    for (const method of ['GET', 'HEAD']) assert.notEqual((await ask(method, path)).status, 405, `${method} ${path}`)
  const redirected = await ask('GET', '/docs/')
  assert.deepEqual([redirected.status, redirected.headers.get('content-type')], [200, 'text/html; charset=utf-8'])
})

test('a path of the server itself refuses other methods as a problem that names the right ones', async () => {
  for (const path of OWN)
    for (const method of METHODS.filter((each) => !['GET', 'HEAD', 'CONNECT'].includes(each))) {
      const { status, headers, text } = await ask(method, path)
      assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD'], `${method} ${path}`)
      assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(JSON.parse(text).status, 405)
    }
})

test('the authorization server refuses them in the form of OAuth 2.0', async () => {
  const allowed = { authorize: 'GET, POST', token: 'POST', revoke: 'GET, POST' }
  for (const [name, allow] of Object.entries(allowed))
    for (const method of METHODS.filter((each) => !['CONNECT', 'HEAD', ...allow.split(', ')].includes(each))) {
      const { status, headers, text } = await ask(method, `/oauth2/${name}`)
      assert.deepEqual([status, headers.get('allow')], [405, allow], `${method} ${name}`)
      assert.deepEqual(JSON.parse(text), { error: 'invalid_request' })
      assert.ok(headers.get('x-request-id'))
    }
})

test('an unknown path is 404 for every method: a problem, or an error of OAuth 2.0', async () => {
  for (const method of METHODS.filter((each) => !['CONNECT', 'HEAD'].includes(each))) {
    const nowhere = await ask(method, '/nowhere')
    assert.deepEqual([nowhere.status, JSON.parse(nowhere.text).status], [404, 404], method)
    const token = await ask(method, '/oauth2/tokens')
    assert.deepEqual([token.status, JSON.parse(token.text)], [404, { error: 'invalid_request' }], method)
  }
})

test('a path that cannot be read is 400 for every method', async () => {
  for (const method of METHODS.filter((each) => !['CONNECT', 'HEAD'].includes(each)))
    for (const path of ['/docs/%zz', '/oauth2/%zz', '/v1/tickets/%zz'])
      assert.equal((await ask(method, path)).status, 400, `${method} ${path}`)
})

/** Other spellings of a path: as to a proxy, with needless encoding. */
const SPELLINGS = [
  ['/support/tickets/v1', 'http://desk.example/support/tickets/v1', '/suppor%74/tickets/v1'],
  ['/ping', 'HTTP://desk.example:80/ping', '/%70ing'],
  ['/api/v1/Tickets/getSubjects', 'http://desk.example/api/v1/tickets/GETSUBJECTS/', '/%61pi/v1/Tickets/getSubjects'],
  ['/api/v2/ticket', 'https://desk.example/api/v2/ticket', '/api/v%32/ticket'],
  ['/oauth2/token', 'http://desk.example/oauth2/token', '/oauth%32/token'],
  ['/support/nowhere', 'http://desk.example/support/nowhere', '/suppor%74/nowhere'],
  ['/', 'http://desk.example', 'http://desk.example?x=/'],
] as const

test('whose a path is does not depend on how it is spelled', async () => {
  for (const [path, ...others] of SPELLINGS) {
    const plain = await ask('PURGE', path)
    for (const other of others) {
      const { status, headers, text } = await ask('PURGE', other)
      assert.deepEqual(
        [status, headers.get('allow'), text],
        [plain.status, plain.headers.get('allow'), plain.text],
        other,
      )
      assert.deepEqual([...headers.keys()], [...plain.headers.keys()], other)
    }
  }
})

test('whatever the authorization server refuses can be traced, also what cannot be read', async () => {
  for (const [path, headers] of [
    ['/oauth2/tok%zz', ''],
    ['/oauth2/token', 'content-length: x\r\n'],
    ['/oauth2/token', `x: ${'x'.repeat(20_000)}\r\n`],
    ['http://desk.example/oauth2/token', `x: ${'x'.repeat(40_000)}\r\n`],
  ] as const) {
    const head = `POST ${path} HTTP/1.1\r\nhost: desk.example\r\nconnection: close\r\n${headers}\r\n`
    const answer = await exchange(world.url, head)
    assert.equal(answer.status, 400, path)
    assert.ok(answer.headers.get('x-request-id'), path)
    assert.equal(JSON.parse(answer.text).error, 'invalid_request', path)
  }
})

test('a request that follows one which was refused with its body is answered on the same connection', async () => {
  const body = 'x'.repeat(200_000)
  const refused = `POST /healthz HTTP/1.1\r\nhost: desk.example\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  const next = 'GET /healthz HTTP/1.1\r\nhost: desk.example\r\nconnection: close\r\n\r\n'
  const { status, text } = await exchange(world.url, refused + next)
  assert.equal(status, 405)
  assert.match(text, /HTTP\/1\.1 200 OK.*\{"status":"ok"\}$/s)
})
