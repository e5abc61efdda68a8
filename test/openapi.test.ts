import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { Dialect } from '../src/dialects/dialect.ts'
import { type OpenApiDocument, openApiOf } from '../src/dialects/openapi/document.ts'
import { demoValuesIn } from '../src/dialects/quickstart.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { documentOf } from '../src/oauth/document.ts'
import { undocumented } from './documented.ts'
import { startWorld, type World } from './world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

describe('The OpenAPI document', () => {
  for (const dialect of DIALECTS) {
    test(`of ${dialect.name} is served, and valid by an independent validator`, async () => {
      const served = await world.send('GET', `/openapi/${dialect.name}.json`)
      assert.equal(served.status, 200)
      assert.equal(served.headers.get('content-type'), 'application/json; charset=utf-8')
      const document: OpenApiDocument = served.json
      const validator = new Validator()
      const { valid, errors } = await validator.validate(served.json)
      assert.ok(valid, JSON.stringify(errors))
      assert.equal(validator.version, '3.1')
      const demo = demoValuesIn(await readFile(join(world.dataDir, 'quickstart.env'), 'utf8'))
      const told = JSON.parse(JSON.stringify(documentOf(dialect, demo)))
      assert.deepEqual(document, told, 'what the tests compare answers with, and the examples of this demo')
    })

    test(`of ${dialect.name} has every operation once, with what it can answer besides success`, () => {
      const { paths } = openApiOf(dialect)
      const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
      assert.equal(operations.length, dialect.routes.length + (dialect.openRoutes?.length ?? 0))
      assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
      for (const { operationId, responses } of operations)
        for (const status of [401, 403, 429, 500]) assert.ok(responses[status], `${operationId} ${status}`)
    })
  }

  const document = (name: Dialect['name']) => {
    const dialect = DIALECTS.find((each) => each.name === name)
    assert.ok(dialect)
    return openApiOf(dialect)
  }
  const headersOf = ({ paths }: OpenApiDocument, path: string, method: string) =>
    paths[path]?.[method]?.parameters.filter((each) => each.in === 'header').map(({ name }) => name)

  test('names the headers that operations read', () => {
    assert.deepEqual(headersOf(document('spacebring'), '/support/tickets/v1', 'get'), ['spacebring-network-id'])
    assert.deepEqual(headersOf(document('moov'), '/accounts/{accountID}/tickets', 'post'), [
      'X-Moov-Version',
      'Idempotency-Key',
    ])
    assert.deepEqual(headersOf(document('native'), '/v1/tickets/{id}', 'patch'), ['If-Match', 'Idempotency-Key'])
  })

  test('names the media types that Omnidesk reads, and says which bodies may be left out', () => {
    const { paths } = document('omnidesk')
    const body = paths['/api/v2/ticket']?.['post']?.requestBody
    assert.deepEqual(Object.keys(body?.content ?? {}), [
      'multipart/form-data',
      'application/x-www-form-urlencoded',
      'application/json',
    ])
    for (const dialect of DIALECTS)
      for (const route of dialect.routes.filter((each) => each.body !== undefined)) {
        const path = route.path.replace(/:(\w+)/g, '{$1}')
        const operation = openApiOf(dialect).paths[path]?.[route.method.toLowerCase()]
        assert.equal(operation?.requestBody?.required, route.bodyOptional !== true, `${dialect.name} ${path}`)
      }
  })

  test('has /oauth2 as the vendor has it, with flows by which the page of /docs logs in', () => {
    const operations = (name: Dialect['name']) => {
      const dialect = DIALECTS.find((each) => each.name === name)
      assert.ok(dialect)
      const shared = Object.entries(documentOf(dialect).paths).filter(([path]) => path.startsWith('/oauth2/'))
      return shared.flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    }
    const tokens = ['post /oauth2/token', 'get /oauth2/revoke', 'post /oauth2/revoke']
    assert.deepEqual(operations('spacebring'), ['get /oauth2/authorize', 'post /oauth2/authorize', ...tokens])
    assert.deepEqual(operations('moov'), tokens)
    for (const name of ['native', 'netgroot', 'omnidesk'] as const) assert.deepEqual(operations(name), [])
    const flows = (name: Dialect['name'], scheme: string) =>
      Object.keys(Object(Reflect.get(Object(document(name).components.securitySchemes[scheme]), 'flows')))
    assert.deepEqual(flows('spacebring', 'OAuth2'), ['authorizationCode'])
    assert.deepEqual(flows('moov', 'oauth2'), ['clientCredentials'])
  })

  test('lists what a credential can be, any of which will do', () => {
    const { security, components } = document('omnidesk')
    assert.deepEqual(security, [{ apikey: [] }, { apiKeyHeader: [] }, { apiKeyQuery: [] }])
    assert.deepEqual(Object.keys(components.securitySchemes), ['apikey', 'apiKeyHeader', 'apiKeyQuery'])
  })
})

describe('Every answer in the test suite is compared with the documents', () => {
  const answer = (status: number, type: string, text: string) => ({
    status,
    headers: new Headers({ 'content-type': type }),
    text,
  })
  const check = (path: string, ...given: Parameters<typeof answer>) => undocumented('GET', path, answer(...given))

  test('which notice another status, another content type, and another body', () => {
    const path = '/v1/tickets/7'
    assert.equal(check(path, 418, 'application/json', '{}'), 'the status 418')
    assert.equal(check(path, 404, 'application/json', '{}'), 'the content type application/json')
    assert.match(check(path, 200, 'application/json', '{}') ?? '', /required property/)
    const problem = { type: 'urn:polydesk:error:not_found', title: 'There is none', status: 404, code: 'not_found' }
    assert.equal(check(path, 404, 'application/problem+json', JSON.stringify(problem)), null)
    const leak = JSON.stringify({ ...problem, stack: 'at store.ts' })
    assert.match(check(path, 404, 'application/problem+json', leak) ?? '', /additional properties/)
    assert.equal(check('/accounts/x/tickets', 401, 'application/json', '{}'), 'a body')
  })

  test('also those of /oauth2, where one of the dialects must tell of them', () => {
    const post = (...given: Parameters<typeof answer>) => undocumented('POST', '/oauth2/token', answer(...given))
    assert.equal(post(422, 'application/json', '{"scope":"cannot be blank"}'), null, 'Moov')
    assert.equal(post(400, 'application/json', '{"error":"invalid_grant","error_description":"It is used."}'), null)
    assert.equal(post(400, 'text/html', ''), 'the content type text/html')
    assert.match(post(200, 'application/json', '{"access_token":"x"}') ?? '', /required property/)
    assert.equal(undocumented('GET', '/oauth2/revoke', answer(200, 'application/json', '{}')), null, 'Spacebring')
    assert.equal(undocumented('GET', '/oauth2/revoke', answer(204, 'text/plain', '')), null, 'Moov')
    assert.equal(undocumented('GET', '/oauth2/revoke', answer(201, 'text/plain', '')), 'the status 201')
    assert.equal(undocumented('DELETE', '/oauth2/revoke', answer(405, 'text/plain', '')), null, 'no operation')
  })

  test('and leave paths alone that belong to no dialect', () => {
    assert.equal(check('/healthz', 418, 'text/plain', 'teapot'), null)
  })
})

describe('/docs', () => {
  test('shows every document, from this server alone', async () => {
    const page = await world.send('GET', '/docs')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'/)
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link)
    assert.ok(links.length >= 5)
    for (const link of links) {
      assert.ok(link.startsWith('/docs/'), link)
      assert.equal((await world.send('GET', link)).status, 200, link)
    }
    const script = await world.send('GET', '/docs/static/swagger-initializer.js')
    for (const { name, title } of DIALECTS) {
      assert.ok(script.text.includes(`/openapi/${name}.json`), name)
      assert.ok(script.text.includes(`Polydesk: ${title}`) && !title.includes('Polydesk'), title)
    }
  })
})

describe('/', () => {
  test('is a page for a browser, and tells everybody else which documents there are', async () => {
    const browser = await fetch(`${world.url}/`, { redirect: 'manual', headers: { accept: 'text/html,*/*;q=0.8' } })
    assert.equal(browser.status, 200)
    assert.match(browser.headers.get('content-type') ?? '', /^text\/html/)
    const { status, json } = await world.send('GET', '/')
    assert.equal(status, 200)
    assert.equal(json.docs, './docs')
    const urls = json.documents.map(({ url }: { url: string }) => url)
    assert.deepEqual(
      urls,
      DIALECTS.map(({ name }) => `./openapi/${name}.json`),
    )
    for (const url of urls) assert.equal((await fetch(new URL(url, `${world.url}/`))).status, 200, url)
  })
})
