/** Spacebring publishes no client: one generated from our document does what a partner's app does, from its login on. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { v7 } from 'uuid'
import { databaseUrl, startWorld, type World } from '../world.ts'
import { type Caller, type GeneratedClient, generateClient, type Parameters } from './generated.ts'

const BACK = 'https://app.example.com/back'

let world: World
let client: GeneratedClient
let app: Caller
let network: { readonly spacebringNetworkId: string }
before(async () => {
  world = await startWorld()
  client = await generateClient(world.url, 'spacebring')
  network = { spacebringNetworkId: world.value('SPACEBRING_NETWORK_ID') }
})
after(async () => {
  await client?.discard()
  await world?.stop()
})

/** Registers an app as the operator does. */
async function registered(): Promise<{ readonly id: string; readonly secret: string }> {
  const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
  const env = { ...process.env, DATABASE_URL: databaseUrl(world.database), POLYDESK_DATA_DIR: world.dataDir }
  const given = [program, 'client', 'create', 'spacebring', '--name', 'Generated', '--redirect-uri', BACK]
  const { stdout } = await promisify(execFile)(process.execPath, given, { env })
  const value = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(stdout)?.[1] ?? assert.fail(stdout)
  return { id: value('client_id'), secret: value('client_secret') }
}

describe('a client generated from the document of Spacebring', () => {
  const issue = (text: string): Parameters => ({
    ...network,
    body: {
      ticket: {
        type: 'printing',
        text,
        locationRef: world.value('SPACEBRING_LOCATION_ID'),
        userRefRequester: world.value('SPACEBRING_USER_ID'),
      },
    },
  })
  let refresh: Parameters
  let refreshToken: string

  test('is let in by a person, and refreshes its token', async () => {
    const { id, secret } = await registered()
    const nobody = client.as({})
    const asked = {
      clientId: id,
      responseType: 'code',
      scope: 'support,locations.readonly community',
      redirectUri: BACK,
      state: 'here & there',
    }
    const page = await nobody.gets(200, 'authorize', asked)
    const sealed = /name="request" value="([^"]+)"/.exec(page.data)?.[1] ?? assert.fail(page.data)
    const [cookie = ''] = (page.headers.get('set-cookie') ?? '').split(';')
    const person = { email: world.value('CONSOLE_EMAIL'), password: world.value('CONSOLE_PASSWORD') }
    const browser = client.as({ cookie })
    await browser.gets(401, 'decide', { body: { request: sealed, decision: 'allow', ...person, password: 'no' } })
    const decided = await browser.gets(303, 'decide', { body: { request: sealed, decision: 'allow', ...person } })
    const back = new URL(decided.headers.get('location') ?? '')
    assert.equal(back.searchParams.get('state'), 'here & there')
    const own = { client_id: id, client_secret: secret }
    const code = back.searchParams.get('code') ?? ''
    const first = await nobody.does('createAccessToken', { body: { ...own, grant_type: 'authorization_code', code } })
    assert.deepEqual(
      [first.token_type, first.scope, first.expires_in],
      ['Bearer', 'support locations.readonly community', 3600],
    )
    refreshToken = first.refresh_token
    refresh = { body: { ...own, grant_type: 'refresh_token', refresh_token: refreshToken } }
    const second = await nobody.does('createAccessToken', refresh)
    app = client.as({ authorization: `Bearer ${second.access_token}` })
  })

  test('finds the ids that a ticket needs', async () => {
    const { networks } = await app.does('getNetworks')
    assert.deepEqual(
      networks.map(({ id }: { id: string }) => id),
      [network.spacebringNetworkId],
    )
    const { locations } = await app.does('getLocations', network)
    const locationId: string = locations[0].id
    assert.equal(locationId, world.value('SPACEBRING_LOCATION_ID'))
    assert.deepEqual((await app.does('getLocation', { ...network, locationId })).location, locations[0])
    const asked = { ...network, locationRef: locationId, userEmail: 'requester@example.com' }
    const [member] = (await app.does('getMemberships', asked)).memberships
    assert.equal(member.userRef, world.value('SPACEBRING_USER_ID'))
    assert.deepEqual((await app.does('getMembership', { ...network, id: member.id })).membership, member)
  })

  test('makes tickets once each, reads them back, and pages to the end', async () => {
    const made: string[] = []
    for (const text of ['The printer jams.', 'No “paper” & no ink', 'Toner: 100% empty', 'Line 1\nLine 2', '🖨️']) {
      const request = { ...issue(text), idempotencyKey: v7() }
      const { ticket } = await app.does('createTicket', request)
      assert.deepEqual((await app.does('createTicket', request)).ticket.id, ticket.id, 'sent again')
      assert.deepEqual([ticket.description, ticket.status], [text, 'new'])
      assert.equal((await app.does('retrieveTicket', { ...network, id: ticket.id })).ticket.description, text)
      made.push(ticket.id)
    }
    const listed: string[] = []
    const locationRef = world.value('SPACEBRING_LOCATION_ID')
    let nextPageToken: string | undefined
    do {
      const asked: Parameters = { ...network, locationRef, limit: '2', order: 'createDate:asc', nextPageToken }
      const page = await app.does('retrieveTickets', asked)
      listed.push(...page.tickets.map((each: { id: string }) => each.id))
      nextPageToken = page.nextPageToken
    } while (nextPageToken !== undefined)
    assert.deepEqual(listed, made)
  })

  test('assigns, files, works on and comments a ticket, and sees it all in its activities', async () => {
    const { ticket: made } = await app.does('createTicket', issue('The door is stuck.'))
    const at = { ...network, id: made.id }
    const userRefAssignee = world.value('SPACEBRING_ADMIN_USER_ID')
    const assigned = await app.does('updateTicketAssignee', { ...at, body: { ticket: { userRefAssignee } } })
    assert.equal(assigned.activity.type, 'assigneeUpdated')
    await app.does('updateTicketType', { ...at, body: { ticket: { type: 'repairAndMaintenance' } } })
    const worked = await app.does('updateTicketStatus', { ...at, body: { ticket: { status: 'inProgress' } } })
    assert.equal(worked.activity.data.previousAttributes.status, 'new')
    const file = new File(['A brass key, number 7.'], 'the “key”.txt', { type: 'text/plain' })
    const { attachment } = await app.does('uploadAttachment', { ...network, body: { file } })
    assert.deepEqual([attachment.name, attachment.size], [file.name, file.size])
    const activity = { ticketRef: made.id, text: 'A locksmith comes at 3.', attachments: [{ key: attachment.key }] }
    const commented = await app.does('createTicketComment', { ...network, body: { activity } })
    assert.equal(commented.activity.data.text, activity.text)
    const [held] = commented.activity.data.attachments
    assert.equal(await (await fetch(held.url)).text(), 'A brass key, number 7.')
    const slip = await app.does('createTicketComment', {
      ...network,
      body: { activity: { ...activity, attachments: [] } },
    })
    await app.does('deleteTicketComment', { ...network, id: slip.activity.id })
    const { ticket, activities } = await app.does('retrieveTicket', at)
    assert.deepEqual([ticket.status, ticket.type], ['inProgress', 'repairAndMaintenance'])
    const types: readonly string[] = activities.map((each: { type: string }) => each.type)
    for (const type of ['assigneeUpdated', 'typeUpdated', 'statusUpdated', 'comment'])
      assert.equal(types.filter((each) => each === type).length, 1, `${type} is not once among ${types}`)
  })

  test('gets errors as the document has them', async () => {
    const { data } = await app.gets(400, 'updateTicketStatus', { ...network, id: v7(), body: { ticket: {} } })
    assert.deepEqual([data.type, data.issues[0].path], ['validationError', ['ticket', 'status']])
    await app.gets(404, 'retrieveTicket', { ...network, id: v7() })
    await app.gets(403, 'retrieveTicket', { spacebringNetworkId: v7(), id: v7() })
    await client.as({ authorization: 'Bearer expired' }).gets(401, 'retrieveTicket', { ...network, id: v7() })
    const denied = await client
      .as({})
      .gets(400, 'createAccessToken', { body: { ...Object(refresh['body']), refresh_token: 'x' } })
    assert.equal(denied.data.error, 'invalid_grant')
  })

  test('gives its tokens back, and is nobody then', async () => {
    const nobody = client.as({})
    await nobody.does('revokeAccessTokenByQuery', { token: refreshToken })
    await app.gets(401, 'retrieveTicket', { ...network, id: v7() })
    await nobody.does('revokeAccessToken', { body: { token: refreshToken } })
  })

  test('has called every operation, and every call and answer has the types of the client', async () => {
    assert.deepEqual(client.uncalled(), [])
    assert.equal(await client.typeProblems(), '')
  })
})
