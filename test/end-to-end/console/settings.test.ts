/** Who gets in and how, and what people and administrators set. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { TOTP } from 'otpauth'
import { v7 } from 'uuid'
import { KINDS } from '../../../console/src/credentials/kinds.ts'
import { createClient } from '../../../sdk/client.ts'
import { createUser } from '../../../src/core/tenants/commands.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { openStore } from '../../../src/storage/store.ts'
import { until } from '../../process.ts'
import { startReceiver } from '../../receiver.ts'
import { noBrowser } from '../browser.ts'
import { assertFine, choose, newcomer, openSite, owner, signInAt, unexpected, written } from './site.ts'

const run = promisify(execFile)

const site = openSite({
  POLYDESK_WEBHOOK_NETWORKS: '127.0.0.0/8',
  POLYDESK_WEBHOOK_HTTP: 'on',
})
const { world, api, context, signedIn } = site

describe('the settings', { skip: noBrowser }, () => {
  test('lets nobody in with a wrong password, and keeps what was typed', async (t) => {
    const own = await context(t)
    const page = await own.newPage()
    await page.goto(`${world().url}/tickets?view=open`)
    await page.getByLabel('E-mail').fill(world().value('CONSOLE_EMAIL'))
    await page.getByLabel('Password').fill('not it')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The name or the password is not right.').waitFor()
    assert.equal(await page.getByLabel('E-mail').inputValue(), world().value('CONSOLE_EMAIL'))
    await page.getByLabel('Password').fill(world().value('CONSOLE_PASSWORD'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'All open' }).waitFor()
  })

  test('sets a forgotten password by a link, and changes it in the settings', async (t) => {
    const { person, link } = await newcomer(site)
    const own = await context(t, { bypassCSP: true })
    const page = await own.newPage()
    await page.goto(link)
    await page.getByLabel('New password').fill('the first one')
    await assertFine(page, 'a new password')
    await page.getByRole('button', { name: 'Set your password' }).click()
    await page.getByRole('status').getByText('Your password is set.').waitFor()
    await assertFine(page, 'a password that is set')
    await page.getByRole('link', { name: 'To the sign-in' }).click()
    await page.getByLabel('E-mail').fill(person)
    await page.getByLabel('Password').fill('the first one')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
    await page.goto(`${world().url}/settings`)
    await page.getByLabel('Present password').fill('not it')
    await page.getByLabel('New password').fill('the second one')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('This is not your password.').waitFor()
    await assertFine(page, 'a wrong password')
    assert.equal(await page.getByLabel('New password').inputValue(), 'the second one')
    await page.getByLabel('Present password').fill('the first one')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password is changed.').waitFor()
    assert.equal(await page.getByLabel('Present password').inputValue(), '')
  })

  test('asks for a second factor once one is set up, and takes a recovery code in its place', async (t) => {
    const { person, link } = await newcomer(site)
    const own = await context(t, { bypassCSP: true })
    const page = await own.newPage()
    const body = { token: link.split('#')[1] ?? '', password: 'the first one' }
    await createClient({ url: world().url }).call('resetPassword', { body })
    const enter = async (): Promise<void> => {
      await page.getByLabel('E-mail').fill(person)
      await page.getByLabel('Password').fill('the first one')
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await page.goto(`${world().url}/settings`)
    await enter()
    const section = page.getByRole('region', { name: 'Second factor' })
    await section.getByRole('button', { name: 'Set up' }).click()
    await section.getByLabel('Present password').fill('the first one')
    await assertFine(page, 'the password of a second factor')
    await section.getByRole('button', { name: 'Go on' }).click()
    await section.getByRole('img', { name: 'QR code of the secret' }).waitFor()
    const secret = (await section.locator('.secret').innerText()).replaceAll(' ', '')
    await section.getByLabel('Code', { exact: true }).fill('no code')
    await section.getByRole('button', { name: 'Confirm' }).click()
    await section.getByText('This code is not right, or was used before.').waitFor()
    await assertFine(page, 'the first code of a second factor')
    await section.getByLabel('Code', { exact: true }).fill(new TOTP({ secret }).generate())
    await section.getByRole('button', { name: 'Confirm' }).click()
    const codes = section.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await codes.first().waitFor()
    assert.equal(await codes.count(), 10)
    await assertFine(page, 'the recovery codes')
    const code = await codes.first().innerText()
    const [download] = await Promise.all([page.waitForEvent('download'), section.getByText('Download').click()])
    assert.ok((await readFile(await download.path(), 'utf8')).includes(code))
    await section.getByRole('button', { name: 'I have kept them' }).click()
    await section.getByText('10 recovery codes are left.').waitFor()
    await own.clearCookies()
    await page.reload()
    await enter()
    await page.getByLabel('Code').fill('no code')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This code is not right, or was used before.').waitFor()
    await assertFine(page, 'a sign-in by a code')
    await page.getByLabel('Code').fill(code)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await section.getByText('9 recovery codes are left.').waitFor()
  })

  test('is in German where that is chosen, and tells where one is signed in', async (t) => {
    const { page: other } = await signedIn(t)
    const { page } = await signedIn(t)
    await page.keyboard.press('g')
    await page.keyboard.press(',')
    await page.getByText('This browser').waitFor()
    await page.getByRole('button', { name: /Language/ }).click()
    await page.getByRole('option', { name: 'Deutsch' }).click()
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
    const ends = page.getByRole('button', { name: /^Dort abmelden/ })
    await ends.first().waitFor()
    const before = await ends.count()
    await ends.first().click()
    await until('the session is gone', async () => (await ends.count()) === before - 1)
    // There nobody clicks anything: the page learns it by the feed.
    await other.getByLabel('Password').waitFor()
  })

  test('offers nobody what they may not do, and says so', async (t) => {
    const store = openStore(openDatabase({ connection: world().database.connection }))
    t.after(() => store.database.close())
    const administration = { store, now: new Date().toISOString(), newId: () => v7() }
    const { id } = await createUser(administration, world().value('SPACEBRING_NETWORK_ID'), {
      kind: 'person',
      isOwner: false,
      name: 'Cleo',
      username: 'cleo',
      password: 'a password',
      memberships: [{ deskId: world().value('MOOV_ACCOUNT_ID'), role: 'customer' }],
    })
    const body = { title: 'Mine alone', text: 'Hello?', requester: { id } }
    const ticket = await api().call('createTicket', { body })
    const { page } = await signedIn(t, {}, ['cleo', 'a password'])
    await page.goto(`${world().url}/tickets/${ticket.id}`)
    await page.getByRole('region', { name: 'Conversation' }).getByText('Hello?').waitFor()
    assert.ok(await page.getByRole('tab', { name: 'Note' }).isDisabled())
    assert.ok(await page.getByRole('button', { name: /^Priority|Priority$/ }).isDisabled())
    assert.equal(await page.getByRole('button', { name: /Assign to me|Solve/ }).count(), 0)
    assert.ok(await page.getByTitle('Your role does not allow this.').first().isVisible())
    await page.getByRole('textbox', { name: 'Message' }).fill('Nobody but me.')
    // Whoever is next at this device does not find what was written.
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await signInAt(page, owner(world()))
    await page.getByRole('region', { name: 'Conversation' }).getByText('Hello?').waitFor()
    assert.equal(await written(page), '')
  })

  test('makes a person by keys alone, gives roles and a password link, takes a lost second factor away, keeps out', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const [desk] = (await api().call('listDesks')).data
    assert.ok(desk)
    const address = `${randomUUID()}@example.com`
    await page.keyboard.press('Control+k')
    await page.keyboard.type('go to people')
    await page.getByRole('menuitem', { name: 'Go to People' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'People' }).waitFor()
    await page.getByRole('link', { name: 'Olivia Owner' }).waitFor()
    await assertFine(page, 'the people')

    await page.getByRole('button', { name: 'New person' }).focus()
    await page.keyboard.press('Enter')
    for (const text of ['Thea', 'Tab', 'Teller', 'Tab', 'owner@example.com'])
      await (text === 'Tab' ? page.keyboard.press(text) : page.keyboard.type(text))
    await assertFine(page, 'the form for a person')
    await page.keyboard.press('Enter')
    await page.getByText('This address belongs to somebody else.').waitFor()
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Thea')
    await page.keyboard.press('Control+a')
    await page.keyboard.type(address)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Thea Teller' }).waitFor()
    const person = (await api().call('listUsers', { query: { query: address } })).data[0] ?? assert.fail()
    const known = () => api().call('getUser', { params: { id: person.id } })

    await choose(page, new RegExp(desk.name), 'None')
    const roleOn = async () => (await known()).memberships.find((each) => each.desk.id === desk.id)?.role
    await until('the role is gone', async () => (await roleOn()) === undefined)
    await choose(page, new RegExp(desk.name), 'Admin')
    await until('the role is given', async () => (await roleOn()) === 'admin')
    await page.getByLabel('Telephone').fill('+31 20 1234567')
    await page.getByRole('button', { name: 'Save' }).click()
    await until('it is kept', async () => (await known()).phone === '+31 20 1234567')

    await page.getByRole('button', { name: 'Make a password link' }).click()
    const link = page.locator('.once code')
    await assertFine(page, 'a person')
    const [, token = ''] = (await link.innerText()).split('#')
    const body = { token, password: 'the first one' }
    await createClient({ url: world().url }).call('resetPassword', { body })
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await link.waitFor({ state: 'detached' })

    const { page: theirs } = await signedIn(t, {}, [address, body.password])
    const { csrf_token } = await (await theirs.request.get(`${world().url}/v1/me`)).json()
    const send = async (path: string, data: object) =>
      (
        await theirs.request.post(`${world().url}/v1/me/second_factor${path}`, {
          headers: { 'x-csrf-token': csrf_token },
          data,
        })
      ).json()
    const { secret } = await send('', { password: body.password })
    await send('/confirmation', { code: new TOTP({ secret }).generate() })
    await page.getByRole('button', { name: 'Reset second factor' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Reset second factor' }).click()
    await page.getByText('They have no second factor.').waitFor()

    await page.getByRole('button', { name: 'Keep out' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Keep out' }).click()
    await page.getByText('Kept out', { exact: true }).waitFor()
    // There nobody clicks anything: the page learns it by the feed.
    await theirs.getByLabel('Password').waitFor()
    await page.getByRole('button', { name: 'Let in again' }).click()
    await page.getByRole('button', { name: 'Keep out' }).waitFor()

    await page.getByRole('main').getByRole('link', { name: 'People' }).click()
    await page.getByRole('searchbox', { name: 'Find by name' }).fill(address)
    const lines = page.getByRole('list', { name: 'People' }).getByRole('listitem')
    await until('only who is sought is listed', async () => (await lines.count()) === 1)
    await lines.getByText(/^Admin · /).waitFor()
    await page.getByRole('searchbox', { name: 'Find by name' }).fill('nobody at all')
    await page.getByText('Nobody is called that.').waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('makes a credential whose secret is shown once, lists it by its age, and revokes it', async (t) => {
    const { page, context, faults } = await signedIn(t, { bypassCSP: true })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { url } = world()
    await page.goto(`${url}/settings/credentials`)
    const list = page.getByRole('list', { name: 'Credentials' })
    await list.getByText('Quick start', { exact: true }).first().waitFor()
    await assertFine(page, 'the credentials')
    const name = `Reports ${randomUUID()}`
    await page.getByRole('button', { name: 'New credential' }).click()
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByRole('combobox', { name: 'Acts as' }).fill('arthur')
    await page.getByRole('option', { name: /Arthur Agent/ }).click()
    await choose(page, /Allows/, 'Reading only')
    await page.getByLabel('Sites').fill('example')
    await assertFine(page, 'the form for a credential')
    await page.getByRole('button', { name: 'Make', exact: true }).click()
    await page.getByText('Must be an origin such as https://app.example.com.').waitFor()
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), name)
    await page.getByLabel('Sites').fill('')
    await page.getByRole('button', { name: 'Make', exact: true }).click()
    await page.getByRole('button', { name: 'Copy: Secret' }).click()
    const secret = String(await page.evaluate('navigator.clipboard.readText()'))
    await assertFine(page, 'a credential that was made')
    await page.getByRole('button', { name: 'I have kept it' }).click()
    assert.ok(!(await page.content()).includes(secret))
    const key = createClient({ url, key: secret })
    assert.equal((await key.call('getMe')).user.name, 'Arthur')
    await assert.rejects(key.call('createTicket', { body: { title: 'No' } }), { code: 'forbidden' })

    const line = list.getByRole('listitem').filter({ hasText: name })
    await line.getByText('Polydesk · Key · Arthur Agent').waitFor()
    await line.getByRole('button', { name: `Revoke ${name}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await line.waitFor({ state: 'detached' })
    await assert.rejects(key.call('getMe'), { code: 'unauthenticated' })
    // What others make appears by the feed.
    await api().call('createCredential', { body: { name: `${name} by another` } })
    await list.getByText(`${name} by another`).waitFor()
    await page.getByRole('radio', { name: 'All' }).click()
    await line.getByText('Revoked').waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('shows lines for each kind of credential that work as they are', async () => {
    const { url } = world()
    const [tenant, desks] = await Promise.all([api().call('getTenant'), api().call('listDesks')])
    const desk = desks.data.find((each) => each.default)?.id ?? assert.fail()
    for (const each of KINDS) {
      const { dialect, kind } = each
      const redirects = each.client ? { redirect_uris: ['https://example.com/back'] } : {}
      const scopes = each.scopes ? { scopes: each.scopes([desk]) } : {}
      const body = { dialect, kind, name: 'A line', ...redirects, ...scopes }
      const { public_id: publicId, secret } = await api().call('createCredential', { body })
      const redirectUri = 'https://example.com/back'
      const values = { url, publicId: publicId ?? '', secret, desk, tenant: tenant.id, redirectUri }
      if (each.what === 'client') {
        const asked = await fetch(each.program(values))
        assert.match(await asked.text(), /A line/, 'people are asked whether to let it in')
        continue
      }
      const options = { cwd: join(import.meta.dirname, '..', '..', '..'), timeout: 60_000 }
      const [line, program] = [each.curl(values), each.program(values)]
      const [{ stdout }] = await Promise.all([
        run(process.execPath, ['--input-type=module', '-e', program], options),
        run('sh', ['-c', `${line} -sS -f`], options),
      ])
      assert.doesNotMatch(stdout, /^[45]/, `${dialect} ${kind}`)
    }
  })

  test('counts tickets by time and by what they have, and opens those behind each figure', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const tag = `counted-${randomUUID()}`
    for (const title of ['Counted one', 'Counted other'])
      await api().call('createTicket', { body: { title, text: 'Count me.', tags: [tag] } })
    await page.goto(`${world().url}/settings/reports`)
    const rows = page.getByRole('list', { name: 'Opened' }).getByRole('listitem')
    await rows.nth(29).waitFor()
    assert.equal(await rows.count(), 30)
    await page.getByRole('button', { name: /By$/ }).click()
    await page.getByRole('option', { name: 'Tag' }).click()
    const row = rows.filter({ hasText: tag })
    await row.getByRole('button').filter({ hasText: '2 tickets' }).click()
    await row.getByRole('link', { name: /Counted one$/ }).waitFor()
    await assertFine(page, 'a report')
    await row.getByRole('link', { name: /Counted other$/ }).click()
    await page.getByRole('heading', { name: 'Counted other' }).waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('shows the mail that came and why each is where it is, and files by hand what is held', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const { url } = world()
    const authorization = `Bearer ${world().value('POLYDESK_API_KEY')}`
    const word = randomUUID()
    const [{ id: desk } = assert.fail()] = (await api().call('listDesks')).data
    await api().call('changeDesk', { params: { id: desk }, body: { addresses: [`${word}@example.com`] } })
    const come = async (to: string, subject: string, more = ''): Promise<void> => {
      const body = `From: Ann <ann@customers.example>\r\nTo: ${to}\r\nSubject: ${subject}\r\nMessage-ID: <${randomUUID()}@customers.example>\r\n${more}\r\nIt drips.\r\n`
      const headers = { authorization, 'content-type': 'message/rfc822' }
      const { status } = await fetch(`${url}/v1/mail`, { method: 'POST', headers, body })
      assert.equal(status, 202)
    }
    await come(`${word}@example.com`, 'The tap')
    await come('nobody@example.com', 'The lost tap')
    await page.goto(`${url}/settings/mail`)
    const line = (subject: string) => page.getByRole('listitem').filter({ hasText: subject }).first()
    await line('The tap').getByText('New tickets', { exact: true }).waitFor()
    await line('The lost tap').getByText('no desk has its address').waitFor()
    await line('The tap').getByRole('button').first().click()
    await line('The tap').getByText('not verified: it may be anybody').waitFor()
    await assertFine(page, 'the mail')
    await page.getByRole('radio', { name: /^Held/ }).click()
    await line('The lost tap').getByRole('button').first().click()
    await line('The lost tap').getByRole('button', { name: 'Make a ticket' }).click()
    await page.getByText('There is no such mail.').waitFor()
    await page.getByRole('radio', { name: /^New tickets/ }).click()
    await line('The lost tap').getByText('filed by hand').waitFor()
    await line('The lost tap').getByRole('button').first().click()
    await line('The lost tap').getByRole('link', { name: 'Open the ticket' }).click()
    await page.getByRole('heading', { name: 'The lost tap' }).waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('has events sent, shows what came of each, and sends, skips and replays them', async (t) => {
    const receiver = await startReceiver()
    t.after(() => receiver.close())
    receiver.reply = () => ({ status: 503, body: 'We are moving house.' })
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    await page.goto(`${world().url}/settings/webhooks`)
    await page.getByText('Nobody is told of events yet.').waitFor()
    await page.getByRole('button', { name: 'New webhook' }).click()
    await page.getByLabel('URL').fill('ftp://example.com')
    await page.getByLabel('Events').fill('ticket.created')
    await assertFine(page, 'the form for a webhook')
    await page.getByRole('button', { name: 'Make', exact: true }).click()
    await page.getByText('Must be an http or https URL.').waitFor()
    assert.equal(await page.getByLabel('Events').inputValue(), 'ticket.created')
    await page.getByLabel('URL').fill(receiver.url)
    await page.getByRole('button', { name: 'Make', exact: true }).click()
    await page.getByRole('heading', { name: receiver.url }).waitFor()
    const secret = await page.locator('.once code').innerText()
    assert.match(secret, /^whsec_/)
    await page.getByRole('button', { name: 'I have kept it' }).click()

    await api().call('createTicket', { body: { title: 'Told of', text: 'To whom it may concern.' } })
    const delivery = page.getByRole('list', { name: 'Deliveries' }).getByRole('listitem').first()
    await delivery.getByText('answered 503').first().waitFor()
    await delivery.getByText('Waiting', { exact: true }).waitFor()
    await delivery.getByRole('button', { name: /ticket\.created/ }).click()
    await delivery.getByText('We are moving house.').first().waitFor()
    await delivery.getByText('To whom it may concern.').waitFor()
    await assertFine(page, 'a webhook')
    const before = receiver.got.length
    await delivery.getByRole('button', { name: 'Send now' }).click()
    await until('it is sent at once', () => receiver.got.length > before)
    await delivery.getByRole('button', { name: 'Skip' }).click()
    await delivery.getByText('Skipped', { exact: true }).waitFor()
    receiver.reply = () => ({ status: 204 })
    await delivery.getByRole('button', { name: 'Replay' }).click()
    await delivery.getByText('Delivered', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByRole('status').getByText('answered 204').waitFor()

    const stands = async () => (await api().call('listWebhooks')).data[0]
    await page.getByRole('button', { name: 'Pause' }).click()
    await until('it is paused', async () => (await stands())?.enabled === false)
    await page.getByRole('button', { name: 'Resume' }).click()
    await until('it goes on', async () => (await stands())?.enabled === true)
    await page.getByLabel('What it is for').fill('The neighbours')
    await page.getByLabel('Events').fill('ticket.nonsense')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/^Must be some of/).waitFor()
    await page.getByLabel('Events').fill('*')
    await page.getByRole('button', { name: 'Save' }).click()
    await until('it is changed', async () => (await stands())?.description === 'The neighbours')
    await page.getByRole('button', { name: 'New secret' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click()
    assert.notEqual(await page.locator('.once code').innerText(), secret)
    await page.getByRole('main').getByRole('link', { name: 'Webhooks' }).click()
    await page.getByRole('listitem').filter({ hasText: 'The neighbours' }).getByText('All events').waitFor()
    await assertFine(page, 'the webhooks')
    await page.getByRole('link', { name: receiver.url }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Nobody is told of events yet.').waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('adds, renames and retires desks, groups and the catalogue, and says who is in a group', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const { url } = world()
    const [desk, group, label] = ['Harbour', 'Pilots', 'Moored'].map((name) => `${name} ${randomUUID()}`)
    assert.ok(desk && group && label)
    const dialog = page.getByRole('dialog')
    const add = async (action: string, name: string): Promise<void> => {
      await page.getByRole('button', { name: action }).click()
      await dialog.getByLabel('Name').fill(name)
      await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    }
    await page.goto(`${url}/settings/desks`)
    await page.getByText('By default', { exact: true }).waitFor()
    await assertFine(page, 'the desks')
    await add('New desk', desk)
    await page.getByRole('button', { name: `Mail addresses of ${desk}` }).click()
    await dialog.getByLabel('Mail addresses').fill('Pier@Harbour.example')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('pier@harbour.example').waitFor()
    await page.getByRole('button', { name: `Rename ${desk}` }).click()
    await dialog.getByLabel('Name').fill(`${desk} east`)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: `Retire ${desk} east` }).click()
    await page.getByRole('listitem').filter({ hasText: desk }).getByText('Retired', { exact: true }).waitFor()
    const { data: desks } = await api().call('listDesks', { query: { limit: '200' } })
    assert.equal(desks.find(({ name }) => name === `${desk} east`)?.active, false)

    await page.goto(`${url}/settings/groups`)
    await add('New group', group)
    await page.getByRole('button', { name: `Members of ${group}` }).click()
    await page.getByText('Nobody is in this group.').waitFor()
    await page.getByRole('combobox', { name: 'Add somebody' }).fill('arthur')
    await page.getByRole('option', { name: /Arthur Agent/ }).click()
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    const members = page.getByRole('list', { name: `Members of ${group}` })
    await members.getByText('Arthur Agent').waitFor()
    await assertFine(page, 'the groups')
    // What others do appears by the feed.
    const { data: groups } = await api().call('listGroups', { query: { limit: '200' } })
    const { data: people } = await api().call('listUsers', { query: { query: 'Arthur' } })
    const ids = { id: groups.find(({ name }) => name === group)?.id ?? '', user: people[0]?.id ?? '' }
    await api().call('removeGroupMember', { params: ids })
    await page.getByText('Nobody is in this group.').waitFor()
    await api().call('addGroupMember', { params: ids })
    await members.getByRole('button', { name: 'Take Arthur Agent out' }).click()
    await page.getByText('Nobody is in this group.').waitFor()

    await page.goto(`${url}/settings/catalogue`)
    await page.getByRole('list', { name: 'Topics' }).getByText('Technical Support').waitFor()
    await assertFine(page, 'the catalogue')
    const topic = page
      .getByRole('list', { name: 'Topics' })
      .getByRole('listitem')
      .filter({ hasText: 'Technical Support' })
    for (const offered of ['Agents only', 'Agents, and callers of NetGroot']) {
      await topic.getByRole('button', { name: 'Change Technical Support' }).click()
      await choose(page, /Offered to/, offered)
      await dialog.getByRole('button', { name: 'Save' }).click()
      await topic.getByText(offered, { exact: true }).waitFor()
    }
    await page.getByRole('radio', { name: 'Statuses' }).click()
    await page.getByRole('button', { name: 'New name for a status' }).click()
    await dialog.getByLabel('Name').fill(label)
    await choose(page, /Status/, 'On hold')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    const line = page.getByRole('list', { name: 'Statuses' }).getByRole('listitem').filter({ hasText: label })
    await line.getByText('On hold', { exact: true }).waitFor()
    await line.getByRole('button', { name: `Retire ${label}` }).click()
    await line.getByRole('button', { name: `Bring back ${label}` }).click()
    await line.getByRole('button', { name: `Retire ${label}` }).waitFor()
    await page.getByRole('radio', { name: 'Channels' }).click()
    await page.getByRole('button', { name: 'New channel' }).click()
    await dialog.getByLabel('Name').fill('Signal flags')
    await dialog.getByLabel('Word of the API').fill('Not a word')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.locator('.field-error:not(:empty)').waitFor()
    assert.equal(await dialog.getByLabel('Name').inputValue(), 'Signal flags')
    await dialog.getByLabel('Word of the API').fill('flags')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('list', { name: 'Channels' }).getByText('Signal flags').waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('gives tags a colour, renames one on its tickets, and shows it so in the list', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const mark = randomUUID().slice(0, 8)
    const body = { title: `Tagged ${mark}`, tags: [`door-${mark}`] }
    const { id } = await api().call('createTicket', { body })
    const { origin } = new URL(page.url())
    await page.goto(`${origin}/settings/tags`)
    await page.getByRole('button', { name: `Change door-${mark}` }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(`gate-${mark}`)
    await dialog.getByRole('button', { name: /Colour/ }).click()
    await page.getByRole('option', { name: 'Teal' }).click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: `Change gate-${mark}` }).waitFor()
    await until('the ticket has the new name', async () => {
      const { tags } = await api().call('getTicket', { params: { id } })
      return tags[0] === `gate-${mark}`
    })
    await page.getByRole('region', { name: 'Change of many tickets' }).getByRole('button', { name: 'Undo' }).waitFor()
    await assertFine(page, 'the tags')
    await page.goto(`${origin}/tickets/${id}?view=all`)
    await page.locator('.row .tag[data-colour="teal"]').first().waitFor()
    await page.locator('.properties .tag[data-colour="teal"]').waitFor()
    await assertFine(page, 'a ticket with a coloured tag')
    assert.deepEqual(unexpected(faults), [])
  })

  test('adds, changes and retires fields, and a ticket’s are set in place, each by its own control', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const { url } = world()
    const mark = randomUUID().slice(-6)
    const [plan, tongues] = [`Plan ${mark}`, `Tongues ${mark}`]
    const dialog = page.getByRole('dialog')
    await page.goto(`${url}/settings/fields`)
    await page.getByText('There is no field yet.').waitFor()
    await page.getByRole('button', { name: 'New field' }).click()
    await dialog.getByLabel('Label').fill(plan)
    await dialog.getByLabel('Key').fill('Not a key')
    await choose(page, /What it holds/, 'One choice')
    await dialog.getByRole('textbox', { name: 'Choices' }).fill('basic\npro max')
    await choose(page, /Required/, 'To solve a ticket')
    await assertFine(page, 'the form for a field')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.locator('.field-error:not(:empty)').waitFor()
    assert.equal(await dialog.getByLabel('Label').inputValue(), plan)
    await dialog.getByLabel('Key').fill('plan')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    const line = page.getByRole('list', { name: 'Fields' }).getByRole('listitem').filter({ hasText: plan })
    await line.getByText('plan · One choice · Required: To solve a ticket').waitFor()
    await line.getByRole('button', { name: `Change ${plan}` }).click()
    await dialog.getByLabel('Label of pro max').fill('Professional')
    await dialog.getByText('basic may be chosen').click()
    await dialog.getByLabel('More choices').fill('huge')
    await assertFine(page, 'the form for the change of a field')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'hidden' })
    const { choices } = await api().call('getField', { params: { field: 'plan' } })
    assert.deepEqual(
      choices.map(({ value, label, active }) => `${value} ${label} ${active}`),
      ['basic basic false', 'pro max Professional true', 'huge huge true'],
    )
    await assertFine(page, 'the fields')

    // What others add appears by the feed, and on tickets too.
    const rest = {
      note: 'text',
      seats: 'number',
      paid: 'boolean',
      due: 'date',
      tongues: 'choices',
      owner: 'person',
    } as const
    for (const [key, type] of Object.entries(rest)) {
      const more = type === 'choices' ? { label: tongues, choices: ['German', 'English', 'Dutch'] } : {}
      await api().call('createField', { body: { key, type, label: `The ${key} ${mark}`, ...more } })
    }
    await page.getByText(`The owner ${mark}`).waitFor()
    const made = await api().call('createTicket', { body: { title: `Fields ${mark}`, fields: { plan: 'huge' } } })
    await page.goto(`${url}/tickets/${made.id}`)
    const own = page.getByRole('region', { name: 'Fields' })
    const holds = (key: string, value: unknown) =>
      until(`${key} is kept`, async () => {
        const { fields } = await api().call('getTicket', { params: { id: made.id } })
        return JSON.stringify(fields[key]) === JSON.stringify(value)
      })
    await own
      .getByRole('button', { name: new RegExp(plan) })
      .getByText('huge')
      .waitFor()
    await choose(page, new RegExp(plan), 'Professional')
    await holds('plan', 'pro max')
    await page.getByRole('button', { name: `${plan}: huge → Professional` }).waitFor()
    await own.getByLabel(`The note ${mark}`).fill('By hand')
    await page.keyboard.press('Enter')
    await holds('note', 'By hand')
    await own.getByLabel(`The seats ${mark}`).fill('12.5')
    await page.keyboard.press('Tab')
    await holds('seats', 12.5)
    await choose(page, new RegExp(`The paid ${mark}`), 'Yes')
    await holds('paid', true)
    await own.getByLabel(`The due ${mark}`).fill('2026-12-24')
    await page.keyboard.press('Enter')
    await holds('due', '2026-12-24')
    await choose(page, new RegExp(`The owner ${mark}`), 'Arthur Agent')
    await until('somebody is in it', async () => {
      const { fields } = await api().call('getTicket', { params: { id: made.id } })
      return typeof fields['owner'] === 'string'
    })
    await own.getByRole('button', { name: new RegExp(tongues) }).click()
    // The next is picked before the server has answered.
    const answered = Promise.withResolvers<void>()
    await page.route(`**/v1/tickets/${made.id}`, async (route) => {
      if (route.request().method() === 'PATCH') await answered.promise
      await route.continue()
    })
    await page.getByRole('option', { name: 'Dutch' }).click()
    await page.getByRole('option', { name: 'German' }).click()
    answered.resolve()
    await holds('tongues', ['German', 'Dutch'])
    await page.unrouteAll({ behavior: 'wait' })
    await page.keyboard.press('Escape')
    await page.getByRole('option', { name: 'Dutch' }).waitFor({ state: 'hidden' })
    await holds('tongues', ['German', 'Dutch'])
    await own.getByLabel(`The note ${mark}`).fill('')
    await page.keyboard.press('Enter')
    await holds('note', undefined)
    await assertFine(page, 'a ticket with fields')

    // What is retired is still shown, and set no more.
    await api().call('changeField', { params: { field: 'seats' }, body: { active: false } })
    await own.getByLabel(`The seats ${mark} (retired)`).waitFor()
    assert.ok(await own.getByLabel(`The seats ${mark} (retired)`).isDisabled())
    await page.getByRole('searchbox', { name: 'Search tickets' }).fill('field.plan:professional field.seats:>12')
    const listed = page.getByRole('list', { name: 'Tickets' }).getByRole('link')
    await listed.filter({ hasText: `Fields ${mark}` }).waitFor()
    await until('nothing else is found', async () => (await listed.count()) === 1)
    // Others of these tests solve tickets.
    await api().call('changeField', { params: { field: 'plan' }, body: { required: null } })
    assert.deepEqual(unexpected(faults), [])
  })

  test('offers the pages of administrators to nobody else', async (t) => {
    const [desk] = (await api().call('listDesks')).data
    assert.ok(desk)
    const email = `${randomUUID()}@example.com`
    const memberships = [{ desk: desk.id, role: 'agent' as const }]
    const { id } = await api().call('createUser', { body: { name: 'Al', email, memberships } })
    const { token } = await api().call('createPasswordLink', { params: { id } })
    const body = { token, password: 'the first one' }
    await createClient({ url: world().url }).call('resetPassword', { body })
    const { page } = await signedIn(t, {}, [email, body.password])
    await page.goto(`${world().url}/settings/people`)
    await page.getByText('Your role does not allow this.').waitFor()
    await page.goto(`${world().url}/settings`)
    await page.getByText('This browser').waitFor()
    const offered = page.getByRole('navigation', { name: 'Settings' }).getByRole('link')
    assert.deepEqual(await offered.allInnerTexts(), ['My settings', 'Saved replies', 'Macros', 'Mail'])
  })
})
