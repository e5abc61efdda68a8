/** What a person sees and does: the login and consent page, and the page of /docs, in a real browser. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { startWorld, type World } from '../world.ts'
import { noBrowser, openBrowser, type TestBrowser } from './browser.ts'

const PHONE = { width: 320, height: 568 }
const DESKTOP = { width: 1280, height: 900 }

let world: World
let opened: TestBrowser
before(async () => {
  if (noBrowser) return
  world = await startWorld()
  opened = await openBrowser()
})
after(async () => {
  await opened?.close()
  await world?.stop()
})

/** A fresh browser: no cookies. What its pages complain about in their console is a failure, but for refused requests. */
async function visit(
  viewport: typeof PHONE,
  work: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const context = await opened.browser.newContext({ viewport })
  const complaints: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  try {
    await work(await context.newPage(), context)
    assert.deepEqual(complaints, [])
  } finally {
    await context.close()
  }
}

const authorizeUrl = (scope = 'support') =>
  `${world.url}/oauth2/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: world.value('SPACEBRING_CLIENT_ID'),
    scope,
    state: 'a & b',
  })}`

/** The field that the cursor is in, and what is told with it. */
async function focused(page: Page): Promise<{ readonly field: string | null; readonly told: string | null }> {
  const field = page.locator(':focus')
  const told = await field.getAttribute('aria-describedby')
  return {
    field: await field.getAttribute('id'),
    told: told === null ? null : await page.locator(`#${told}`).textContent(),
  }
}

const fits = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')

/** Where the browser came back to. */
const backFrom = async (page: Page): Promise<URLSearchParams> => {
  await page.waitForURL(/oauth2-redirect/)
  return new URL(page.url()).searchParams
}

describe('the login and consent page', { skip: noBrowser }, () => {
  test('is used with the keyboard alone, and fits a phone', () =>
    visit(PHONE, async (page) => {
      await page.goto(authorizeUrl('support plans'))
      assert.ok(await fits(page))
      assert.equal((await focused(page)).field, 'email')
      await page.keyboard.type(world.value('CONSOLE_EMAIL'))
      await page.keyboard.press('Tab')
      assert.equal((await focused(page)).field, 'password')
      await page.keyboard.type('wrong')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      assert.ok(await fits(page))
      assert.deepEqual(await focused(page), {
        field: 'password',
        told: 'The e-mail address or the password is not right.',
      })
      await page.keyboard.type(world.value('CONSOLE_PASSWORD'))
      await page.keyboard.press('Enter')
      const back = await backFrom(page)
      assert.equal(back.get('state'), 'a & b')
      assert.match(back.get('code') ?? '', /./)
    }))

  test('can be cancelled without a password', () =>
    visit(DESKTOP, async (page) => {
      await page.goto(authorizeUrl())
      await page.getByRole('button', { name: 'Cancel' }).click()
      assert.equal((await backFrom(page)).get('error'), 'access_denied')
    }))

  test('is too old in a browser that lost its cookies', () =>
    visit(DESKTOP, async (page, context) => {
      await page.goto(authorizeUrl())
      await context.clearCookies()
      await page.getByLabel('E-mail address').fill(world.value('CONSOLE_EMAIL'))
      await page.getByLabel('Password').fill(world.value('CONSOLE_PASSWORD'))
      await page.getByRole('button', { name: 'Log in and allow' }).click()
      await page.getByText('This page is too old').waitFor()
    }))

  test('tells of an unknown client, and leads nowhere', () =>
    visit(DESKTOP, async (page) => {
      await page.goto(`${world.url}/oauth2/authorize?client_id=nobody&redirect_uri=https://evil.example.com`)
      await page.getByText('The client is unknown.').waitFor()
      assert.equal(new URL(page.url()).origin, new URL(world.url).origin)
    }))
})

describe('the page of /docs', { skip: noBrowser }, () => {
  test('shows every dialect, and fits a phone', () =>
    visit(PHONE, async (page) => {
      await page.goto(`${world.url}/docs`)
      const selector = page.locator('#select')
      await selector.waitFor()
      const titles = await selector.locator('option').allTextContents()
      assert.equal(titles.length, 5)
      for (const title of titles) {
        await selector.selectOption({ label: title })
        await page.locator('.info .title', { hasText: title }).waitFor()
        await page.locator('.opblock').first().waitFor()
        assert.ok(await fits(page), title)
      }
    }))

  test('logs in by OAuth, also when its address names a document, and tries an operation', () =>
    visit(DESKTOP, async (page, context) => {
      await page.goto(
        `${world.url}/docs?urls.primaryName=${encodeURIComponent('Polydesk: Spacebring support tickets')}`,
      )
      await page.locator('.btn.authorize').click()
      const scheme = page.locator('.auth-container', { hasText: 'authorizationCode' }).last()
      await scheme.locator('input[id^=client_id]').fill(world.value('SPACEBRING_CLIENT_ID'))
      await scheme.locator('input[id^=client_secret]').fill(world.value('SPACEBRING_CLIENT_SECRET'))
      await scheme.locator('label[for^="support-"]').first().click()
      const [login] = await Promise.all([context.waitForEvent('page'), scheme.locator('button.authorize').click()])
      await login.getByLabel('E-mail address').fill(world.value('CONSOLE_EMAIL'))
      await login.getByLabel('Password').fill(world.value('CONSOLE_PASSWORD'))
      await login.getByRole('button', { name: 'Log in and allow' }).click()
      await scheme.locator('button', { hasText: 'Logout' }).waitFor()
      await scheme.locator('button', { hasText: 'Close' }).click()

      const list = page.locator('.opblock').first()
      await list.locator('.opblock-summary').click()
      await list.locator('tr[data-param-name=locationRef] input').fill(world.value('SPACEBRING_LOCATION_ID'))
      await list.locator('tr[data-param-name=spacebring-network-id] input').fill(world.value('SPACEBRING_NETWORK_ID'))
      await list.locator('button.execute').click()
      const answer = list.locator('.live-responses-table')
      await answer.getByText('"tickets": []').waitFor()
      await page.setViewportSize(PHONE)
      assert.ok(await fits(page))
    }))
})
