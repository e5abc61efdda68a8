/** What administrators do in the console's settings, in the browser and on the server of its other tests. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type TestContext, test } from 'node:test'
import { TOTP } from 'otpauth'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { type Client, createClient } from '../../sdk/client.ts'
import { until } from '../process.ts'
import type { World } from '../world.ts'

/** Where it happens. */
export interface Site {
  world(): World
  /** By the demo's key. */
  api(): Client
  signedIn(
    t: TestContext,
    options?: BrowserContextOptions,
    who?: [string, string],
  ): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly faults: string[] }>
}

const WIDE = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

/** That axe finds no fault in either colours, and that nothing sticks out of a phone's screen. */
async function assertFine(page: Page, where: string): Promise<void> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  for (const [colorScheme, viewport] of [['light', WIDE] as const, ['dark', PHONE] as const]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(viewport)
    await page.evaluate(axe)
    const found: unknown = await page.evaluate(
      `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
    )
    assert.deepEqual(found, [], `${where}, ${colorScheme}`)
    const overflow = await page.evaluate(
      `document.documentElement.scrollWidth - innerWidth + Math.max(0, document.querySelector('#main').scrollWidth - document.querySelector('#main').clientWidth)`,
    )
    assert.equal(overflow, 0, `${where} fits ${viewport.width} pixels`)
  }
  await page.setViewportSize(WIDE)
}

/** What was refused on purpose is told in the browser's own console too. */
const unexpected = (faults: readonly string[]) => faults.filter((fault) => !/\b40[0139]\b/.test(fault))

/** Chooses a value in place. */
async function choose(page: Page, label: string | RegExp, value: string): Promise<void> {
  await page.getByRole('button', { name: label }).click()
  await page.getByRole('option', { name: value, exact: true }).click()
}

export function administration(site: Site): void {
  test('makes a person by keys alone, gives roles and a password link, takes a lost second factor away, keeps out', async (t) => {
    const { page, faults } = await site.signedIn(t, { bypassCSP: true })
    const [desk] = (await site.api().call('listDesks')).data
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
    const person = (await site.api().call('listUsers', { query: { query: address } })).data[0] ?? assert.fail()
    const known = () => site.api().call('getUser', { params: { id: person.id } })

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
    await createClient({ url: site.world().url }).call('resetPassword', { body })
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await link.waitFor({ state: 'detached' })

    const { page: theirs } = await site.signedIn(t, {}, [address, body.password])
    const { csrf_token } = await (await theirs.request.get(`${site.world().url}/v1/me`)).json()
    const send = async (path: string, data: object) =>
      (
        await theirs.request.post(`${site.world().url}/v1/me/second_factor${path}`, {
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

  test('offers the pages of administrators to nobody else', async (t) => {
    const [desk] = (await site.api().call('listDesks')).data
    assert.ok(desk)
    const email = `${randomUUID()}@example.com`
    const memberships = [{ desk: desk.id, role: 'agent' as const }]
    const { id } = await site.api().call('createUser', { body: { name: 'Al', email, memberships } })
    const { token } = await site.api().call('createPasswordLink', { params: { id } })
    const body = { token, password: 'the first one' }
    await createClient({ url: site.world().url }).call('resetPassword', { body })
    const { page } = await site.signedIn(t, {}, [email, body.password])
    await page.goto(`${site.world().url}/settings/people`)
    await page.getByText('Your role does not allow this.').waitFor()
    await page.goto(`${site.world().url}/settings`)
    await page.getByText('This browser').waitFor()
    assert.equal(await page.getByRole('navigation', { name: 'Settings' }).count(), 0)
  })
}
