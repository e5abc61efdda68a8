/**
 * The vendor's own client against our server: `@moovio/sdk` as its documentation uses it, changed in nothing but the
 * server's URL, in every generation that the registry has. The older lines refuse what the newest tolerates: null in place of an absent field, other date forms.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Moov as Moov26 } from '@moovio/sdk'
import { SDK_METADATA as METADATA_26 } from '@moovio/sdk/lib/config.js'
import { HTTPClient as HTTPClient26 } from '@moovio/sdk/lib/http.js'
import * as errors26 from '@moovio/sdk/models/errors/index.js'
import { Moov as MoovNode, SCOPES } from 'moov-node'
import { Moov as Moov0 } from 'moov-sdk-0'
import { SDK_METADATA as METADATA_0 } from 'moov-sdk-0/lib/config.js'
import { Moov as Moov25 } from 'moov-sdk-25'
import { SDK_METADATA as METADATA_25 } from 'moov-sdk-25/lib/config.js'
import { HTTPClient as HTTPClient25 } from 'moov-sdk-25/lib/http.js'
import * as errors25 from 'moov-sdk-25/models/errors/index.js'
import { Moov as Moov262 } from 'moov-sdk-26-2'
import { SDK_METADATA as METADATA_26_2 } from 'moov-sdk-26-2/lib/config.js'
import { HTTPClient as HTTPClient262 } from 'moov-sdk-26-2/lib/http.js'
import * as errors262 from 'moov-sdk-26-2/models/errors/index.js'
import { v7 } from 'uuid'
import { assertDocumented } from '../documented.ts'
import { type Receiver, startReceiver } from '../receiver.ts'
import { startWorld, type World } from '../world.ts'

type Client = Moov26 | Moov262 | Moov25

/** What a client presents; the platform account's key, or a token made with it. */
type Security = { readonly username: string; readonly password: string } | { readonly accessToken: string }

interface Sdk {
  readonly version: string
  /** The `X-Moov-Version` that every request of this line carries. */
  readonly apiVersion: string
  readonly errors: typeof errors26 | typeof errors262 | typeof errors25
  connect(serverURL: string, security: Security): Client
}

const SDKS: readonly Sdk[] = [
  {
    version: METADATA_26.sdkVersion,
    apiVersion: METADATA_26.openapiDocVersion,
    errors: errors26,
    connect(serverURL, security) {
      const httpClient = new HTTPClient26()
      httpClient.addHook('response', (response, request) => check(response, request, this))
      const presented = 'accessToken' in security ? { accessToken: security.accessToken } : { security }
      return new Moov26({ serverURL, httpClient, ...presented })
    },
  },
  {
    version: METADATA_26_2.sdkVersion,
    apiVersion: METADATA_26_2.openapiDocVersion,
    errors: errors262,
    connect(serverURL, security) {
      const httpClient = new HTTPClient262()
      httpClient.addHook('response', (response, request) => check(response, request, this))
      if (!('accessToken' in security)) return new Moov262({ serverURL, httpClient, security })
      httpClient.addHook('beforeRequest', (request) => withToken(request, security.accessToken))
      return new Moov262({ serverURL, httpClient })
    },
  },
  {
    version: METADATA_25.sdkVersion,
    apiVersion: METADATA_25.openapiDocVersion,
    errors: errors25,
    connect(serverURL, security) {
      const httpClient = new HTTPClient25()
      httpClient.addHook('response', (response, request) => check(response, request, this))
      if (!('accessToken' in security)) return new Moov25({ serverURL, httpClient, security })
      // This line knows no tokens: its users set the header themselves.
      httpClient.addHook('beforeRequest', (request) => withToken(request, security.accessToken))
      return new Moov25({ serverURL, httpClient })
    },
  },
]

function withToken(request: Request, accessToken: string): Request {
  const changed = new Request(request)
  changed.headers.set('authorization', `Bearer ${accessToken}`)
  return changed
}

/** The clients send by means of their own, so their answers are compared with our document here. */
async function check(response: Response, request: Request, sdk: Sdk): Promise<void> {
  assert.equal(request.headers.get('x-moov-version'), sdk.apiVersion)
  const { pathname, search } = new URL(request.url)
  const text = await response.clone().text()
  assertDocumented(request.method, pathname + search, { status: response.status, headers: response.headers, text })
}

for (const sdk of SDKS) describe(`@moovio/sdk ${sdk.version}`, () => scenario(sdk))

/** The scenario that every line of the client must pass. */
function scenario(sdk: Sdk): void {
  let world: World
  let moov: Client
  let receiver: Receiver
  before(async () => {
    receiver = await startReceiver()
    world = await startWorld({ POLYDESK_WEBHOOK_NETWORKS: '127.0.0.1', POLYDESK_WEBHOOK_HTTP: 'on' })
    moov = sdk.connect(world.url, key())
  })
  after(async () => {
    await world?.stop()
    await receiver?.close()
  })

  const key = () => ({ username: world.value('MOOV_PUBLIC_KEY'), password: world.value('MOOV_SECRET_KEY') })

  test('a key makes, pages through, filters, reads and closes the tickets of its account', async () => {
    await workOn(moov, world.value('MOOV_ACCOUNT_ID'))
  })

  test('and those of an account connected to it', async () => {
    await workOn(moov, world.value('MOOV_CONNECTED_ACCOUNT_ID'))
  })

  test('a key lists the accounts that it is connected to, and reads them and its own', async () => {
    const connected = world.value('MOOV_CONNECTED_ACCOUNT_ID')
    const { result } = await moov.accounts.list({ count: 20, skip: 0, includeDisconnected: false, type: 'business' })
    const [account, ...others] = result
    assert.ok(account)
    assert.deepEqual(others, [])
    assert.deepEqual([account.accountID, account.displayName, account.mode], [connected, 'Connected', 'production'])
    assert.ok(account.createdOn instanceof Date)
    assert.deepEqual((await moov.accounts.get({ accountID: connected })).result, account)
    const platform = await moov.accounts.get({ accountID: world.value('MOOV_ACCOUNT_ID') })
    assert.equal(platform.result.profile.business?.legalBusinessName, 'Default')
    assert.deepEqual((await moov.accounts.list({ name: 'nobody' })).result, [])
    await fails(moov.accounts.get({ accountID: v7() }), 403)
  })

  test('errors come as the classes of the client', async () => {
    const accountID = world.value('MOOV_ACCOUNT_ID')
    const wrong = { ...QUESTION, title: '', contact: { email: 'nobody' } }
    await assert.rejects(moov.support.createTicket({ accountID, createTicket: wrong }), (error) => {
      assert.ok(error instanceof sdk.errors.CreateTicketError)
      const { title, contact } = error.data$
      assert.ok(title)
      assert.ok(contact?.email)
      assert.deepEqual(JSON.parse(error.body), { title, contact }, 'no other field fails')
      return true
    })
    await assert.rejects(moov.support.createTicket({ accountID: 'none', createTicket: QUESTION }), (error) => {
      assert.ok(error instanceof sdk.errors.GenericError)
      assert.equal(error.statusCode, 400)
      assert.equal(typeof error.error, 'string')
      return true
    })
    await fails(moov.support.getTicket({ accountID, ticketID: v7() }), 404)
    await fails(moov.support.listTickets({ accountID: v7() }), 403)
    const stranger = sdk.connect(world.url, { ...key(), password: 'wrong' })
    await fails(stranger.support.listTickets({ accountID }), 401)
  })

  test('a token reads, may not write, and ends when it is revoked', async () => {
    const accountID = world.value('MOOV_ACCOUNT_ID')
    const scope = `/accounts/${accountID}/tickets.read`
    const { result } = await moov.authentication.createAccessToken({ grantType: 'client_credentials', scope })
    assert.equal(result.tokenType, 'Bearer')
    assert.equal(result.scope, scope)
    const reader = sdk.connect(world.url, { accessToken: result.accessToken })
    assert.ok(Array.isArray((await reader.support.listTickets({ accountID })).result.items))
    await fails(reader.support.createTicket({ accountID, createTicket: QUESTION }), 403)
    await moov.authentication.revokeAccessToken({ token: result.accessToken, tokenTypeHint: 'access_token' })
    await fails(reader.support.listTickets({ accountID }), 401)
  })

  test('a key makes, reads, changes, tries and disables its webhooks', async () => {
    await moov.ping.ping({})
    const { webhooks } = moov
    const wanted = { url: receiver.url, description: 'Tickets', status: 'enabled', eventTypes: ['*'] } as const
    const { result: made } = await webhooks.create({ ...wanted, eventTypes: ['*'] })
    assert.partialDeepStrictEqual(made, wanted)
    const { webhookID } = made
    assert.deepEqual((await webhooks.list({})).result, [made])
    assert.deepEqual((await webhooks.get({ webhookID })).result, made)
    const updateWebhook = { ...wanted, description: 'New tickets', eventTypes: ['ticket.created' as const] }
    const { result: changed } = await webhooks.update({ webhookID, updateWebhook })
    assert.partialDeepStrictEqual(changed, updateWebhook)

    const { result: pinged } = await webhooks.ping({ webhookID })
    assert.deepEqual([pinged.responseStatusCode, pinged.requestBodySent], [204, receiver.got.at(-1)?.json])
    assert.ok(pinged.webhook.lastUsedOn instanceof Date)
    assert.ok((await webhooks.getSecret({ webhookID })).result.secret)
    const { result: types } = await webhooks.listEventTypes({})
    assert.deepEqual(
      types.map(({ type }) => type),
      ['ticket.created', 'ticket.updated', 'ticket.messageAdded'],
    )

    await assert.rejects(webhooks.create({ ...updateWebhook, url: 'nowhere' }), (error) => {
      assert.ok(error instanceof sdk.errors.CreateWebhookValidationError)
      assert.deepEqual(Object.keys(JSON.parse(error.body)), ['url'])
      return true
    })
    await webhooks.disable({ webhookID })
    assert.equal((await webhooks.get({ webhookID })).result.status, 'disabled')
    await fails(webhooks.get({ webhookID: v7() }), 404)
  })

  async function fails(call: Promise<unknown>, statusCode: number): Promise<void> {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof sdk.errors.APIError)
      assert.equal(error.statusCode, statusCode)
      assert.equal(error.body, '')
      return true
    })
  }
}

/** The first lines of the vendor's clients know no tickets; what they do know here must work: keys, tokens, accounts. */
describe('the clients from before tickets', () => {
  let world: World
  before(async () => {
    world = await startWorld({ MOOV_EXPIRES_IN: 'seconds' })
  })
  after(() => world?.stop())
  const [username, password] = [() => world.value('MOOV_PUBLIC_KEY'), () => world.value('MOOV_SECRET_KEY')]

  test(`@moovio/sdk ${METADATA_0.sdkVersion}: pings, lists and reads accounts, gets and revokes a token`, async () => {
    const moov = new Moov0({ serverURL: `${world.url}/`, security: { username: username(), password: password() } })
    await moov.ping.ping({})
    const connected = world.value('MOOV_CONNECTED_ACCOUNT_ID')
    const { result: listed } = await moov.accounts.list({ count: 20, skip: 0 })
    assert.deepEqual(
      listed.map(({ accountID }) => accountID),
      [connected],
    )
    assert.equal((await moov.accounts.get({ accountID: connected })).result.displayName, 'Connected')
    const asked = { grantType: 'client_credentials', scope: '/ping.read' } as const
    const { result } = await moov.authentication.createAccessToken(asked)
    assert.equal(result.scope, '/ping.read')
    await moov.authentication.revokeAccessToken({ token: result.accessToken })
    await assert.rejects(moov.accounts.get({ accountID: v7() }))
  })

  test('@moovio/node 1.2.2: pings, gets a token of each scope by a form, reads accounts', async () => {
    const accountID = world.value('MOOV_ACCOUNT_ID')
    const credentials = { accountID, publicKey: username(), secretKey: password(), domain: 'https://app.example.com' }
    const moov = new MoovNode(credentials, { prefixUrl: world.url })
    await moov.ping()
    const token = await moov.generateToken(Object.values(SCOPES))
    assert.ok(token.token && token.refreshToken && token.expiresOn.getTime() > Date.now())
    const connected = world.value('MOOV_CONNECTED_ACCOUNT_ID')
    assert.equal((await moov.accounts.get(connected)).displayName, 'Connected')
  })
})

const QUESTION = { title: 'Where is my payout?', body: '<p>Since Monday.</p>', contact: { email: 'pat@moov.example' } }
const REFUND = {
  title: 'A refund, please',
  body: '<p>Twice &amp; <b>wrongly</b> charged.</p>',
  contact: { email: 'sam@moov.example', name: 'Sam' },
  author: 'Sam from the shop',
  foreignID: 'refund-17',
}

/** Everything that can be done with the tickets of one account, which has none yet. */
async function workOn({ support }: Client, accountID: string): Promise<void> {
  const { result: first } = await support.createTicket({ accountID, createTicket: QUESTION })
  const { result: second, headers } = await support.createTicket({ accountID, createTicket: REFUND })
  assert.deepEqual([first.status, second.status], ['new', 'new'])
  assert.ok(second.number > first.number)
  assert.match(headers['x-request-id']?.[0] ?? '', /^[0-9a-f]{8}-/)
  assert.deepEqual([second.title, second.contact, second.foreignID], [REFUND.title, REFUND.contact, REFUND.foreignID])
  assert.ok(second.createdOn instanceof Date)

  const { result: newer } = await support.listTickets({ accountID, count: 1 })
  assert.deepEqual(newer.items, [second])
  const cursor = newer.nextPage?.cursor
  assert.ok(cursor)
  const { result: older } = await support.listTickets({ accountID, count: 1, cursor })
  assert.deepEqual(older.items, [first])
  assert.equal(older.nextPage, undefined)

  const unread = await support.listTickets({ accountID, status: 'new' })
  assert.deepEqual(unread.result.items, [second, first])
  const { foreignID } = REFUND
  assert.deepEqual((await support.listTickets({ accountID, foreignID })).result.items, [second])

  const { ticketID } = second
  const { result: messages } = await support.listTicketMessages({ accountID, ticketID })
  assert.deepEqual(
    messages.map(({ author, body }) => ({ author, body })),
    [{ author: REFUND.author, body: REFUND.body }],
  )

  const { result: closed } = await support.updateTicket({ accountID, ticketID, updateTicket: { status: 'closed' } })
  assert.equal(closed.status, 'closed')
  assert.ok(closed.closedOn instanceof Date)
  assert.deepEqual((await support.getTicket({ accountID, ticketID })).result, closed)
  assert.deepEqual((await support.listTickets({ accountID, status: 'new' })).result.items, [first])
}
