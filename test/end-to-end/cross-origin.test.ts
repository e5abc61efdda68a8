/** A page of another site in a real browser: it gets a Moov token, works with it, reads its errors; a stranger's does not. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { CHANGE_CLIENT } from '../../src/core/authorization/store.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { startWorld, type World } from '../world.ts'
import { noBrowser, openBrowser, type TestBrowser } from './browser.ts'

let world: World
let opened: TestBrowser
/** The sites of an app and of a stranger: another port is another origin. */
let sites: readonly Server[]
function originOf(site: Server | undefined): string {
  const address = site?.address()
  return typeof address === 'object' && address ? `http://localhost:${address.port}` : assert.fail()
}

before(async () => {
  if (noBrowser) return
  sites = await Promise.all(
    [0, 1].map(async () => {
      const site = createServer((_request, response) =>
        response.setHeader('content-type', 'text/html').end('<p>A page'),
      )
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
      return site
    }),
  )
  world = await startWorld()
  const database = openDatabase({ connection: world.database.connection })
  const client = { tenant_id: world.value('SPACEBRING_NETWORK_ID'), public_id: world.value('MOOV_PUBLIC_KEY') }
  await database.run(CHANGE_CLIENT.with({ ...client, redirect_uris: null, origins: [originOf(sites[0])] }))
  await database.close()
  opened = await openBrowser()
})
after(async () => {
  await opened?.close()
  await world?.stop()
  for (const site of sites ?? []) site.close()
})

interface Sent {
  readonly method?: string
  readonly headers: Record<string, string>
  readonly body?: string
}

/** What a page's script gets of a call: the answer, or that the browser kept it from the page. */
function call(page: Page, path: string, sent: Sent) {
  return page.evaluate(
    async ([url, init]) => {
      try {
        const answer = await fetch(url, init)
        const [id, wait] = ['x-request-id', 'retry-after'].map((name) => answer.headers.get(name))
        return { status: answer.status, text: await answer.text(), id: id ?? null, wait: wait ?? null }
      } catch (error) {
        return { kept: String(error) }
      }
    },
    [`${world.url}${path}`, sent] as const,
  )
}

test('a page of a key’s own site lives on a token, and one of another site gets nothing', {
  skip: noBrowser,
}, async () => {
  const [app, stranger] = await Promise.all(
    sites.map(async (site) => {
      const page = await (await opened.browser.newContext()).newPage()
      await page.goto(`${originOf(site)}/`)
      return page
    }),
  )
  assert.ok(app && stranger)
  const account = world.value('MOOV_ACCOUNT_ID')
  const scope = ['write', 'read'].map((right) => `/accounts/${account}/tickets.${right}`).join(' ')
  const key = Buffer.from(`${world.value('MOOV_PUBLIC_KEY')}:${world.value('MOOV_SECRET_KEY')}`).toString('base64')
  const json = { 'content-type': 'application/json' }
  const asking = {
    method: 'POST',
    headers: { ...json, authorization: `Basic ${key}` },
    body: JSON.stringify({ grant_type: 'client_credentials', scope }),
  }
  const granted = await call(app, '/oauth2/token', asking)
  assert.ok('text' in granted, JSON.stringify(granted))
  const headers = {
    ...json,
    authorization: `Bearer ${JSON.parse(granted.text).access_token}`,
    'x-moov-version': 'v2026.07.00',
  }
  const tickets = `/accounts/${account}/tickets`

  const help = { title: 'From a page', body: '<p>Hello</p>', contact: { email: 'pat@example.com' } }
  const made = await call(app, tickets, { method: 'POST', headers, body: JSON.stringify(help) })
  assert.ok('text' in made && made.status === 200 && made.id, JSON.stringify(made))
  const path = `${tickets}/${JSON.parse(made.text).ticketID}`
  const closed = await call(app, path, { method: 'PATCH', headers, body: '{"status":"closed"}' })
  assert.ok('text' in closed && JSON.parse(closed.text).status === 'closed')
  const refused = [
    [422, await call(app, tickets, { method: 'POST', headers, body: '{}' })],
    [404, await call(app, `${tickets}/${account}`, { headers })],
    [401, await call(app, tickets, { headers: { ...headers, authorization: 'Bearer over' } })],
  ] as const
  for (const [status, answer] of refused) assert.ok('status' in answer && answer.status === status && answer.id)

  for (const [where, sent] of [
    ['/oauth2/token', asking],
    [tickets, { headers }],
    [path, { method: 'PATCH', headers, body: '{}' }],
  ] as const)
    assert.ok('kept' in (await call(stranger, where, sent)), where)
  const native = { headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` } }
  for (const page of [app, stranger]) assert.ok('kept' in (await call(page, '/v1/tickets', native)))
})
