/**
 * The page of /docs in a real browser, under both names of this computer: whoever has quickstart.env presents its values
 * there, and each dialect's operations answer as the page has filled them in. Passwords are typed when the page asks.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import type { DialectName } from '../../src/dialects/profiles.ts'
import { DIALECTS } from '../../src/dialects/registry.ts'
import { until } from '../process.ts'
import { startWorld, type World } from '../world.ts'
import { noBrowser, openBrowser, type TestBrowser } from './browser.ts'

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

/** How a credential of the demo is presented, and what is tried with it: a read of a sample, and a write. */
interface Tried {
  /** Words of the scheme's own part of the dialog. */
  readonly scheme: RegExp
  /** What its fields take, in order: names of quickstart.env. */
  readonly fields: readonly string[]
  readonly operations: readonly string[]
  /** What is tried of the operations under /oauth2, in this order. */
  readonly login?: readonly string[]
}

const TRIED: Readonly<Record<DialectName, Tried>> = {
  native: {
    scheme: /\(http, Bearer\)/i,
    fields: ['POLYDESK_API_KEY'],
    operations: ['getTicket', 'addMessage', 'getDelivery', 'sendDelivery', 'skipDelivery', 'replayDelivery'],
  },
  spacebring: {
    scheme: /\(http, Basic\)/i,
    fields: ['SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET'],
    operations: ['retrieveTicket', 'createTicketComment'],
    login: ['authorize', 'decide', 'createAccessToken'],
  },
  moov: {
    scheme: /\(http, Basic\)/i,
    fields: ['MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY'],
    operations: ['getTicket', 'createTicket'],
  },
  netgroot: {
    scheme: /\(http, Bearer\)/i,
    fields: ['NETGROOT_TOKEN'],
    operations: ['getTicketDetails', 'createTicket', 'login'],
  },
  omnidesk: {
    scheme: /\(apiKey\)/,
    fields: ['OMNIDESK_API_KEY'],
    operations: ['getTicketItem', 'postTicketSetStatus'],
  },
}

async function present(page: Page, { scheme, fields }: Tried): Promise<void> {
  await page.locator('.btn.authorize').click()
  const part = page.locator('.auth-container').filter({ hasText: scheme }).first()
  for (const [nth, name] of fields.entries()) await part.locator('input').nth(nth).fill(world.value(name))
  await part.locator('button.authorize').click()
  await part.getByRole('button', { name: /logout|remove/i }).waitFor()
  await part.locator('.btn-done').click()
}

/** Looks through the page for an operation: it draws only what is near. */
async function found(page: Page, id: string): Promise<Locator> {
  const operation = page.locator(`#operations-${id}`)
  await until(`${id} is drawn`, async () => {
    if ((await operation.count()) > 0) return true
    await page.evaluate(`{
      const { scrollTop, scrollHeight, clientHeight } = document.documentElement
      scrollTo(0, scrollTop + clientHeight >= scrollHeight - 1 ? 0 : scrollTop + clientHeight / 2)
    }`)
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
    return undefined
  })
  return operation
}

/** Sends an operation exactly as the page has filled it in. @returns the status of the answer */
async function execute(operation: Locator): Promise<number> {
  await operation.locator('.opblock-summary').first().click()
  await operation.locator('button.execute').click()
  return Number.parseInt(
    await operation.locator('.live-responses-table .response .response-col_status').innerText(),
    10,
  )
}

/** What another name of the same computer could change is where the page logs in: one dialect with, and one without. */
const AT_LOCALHOST: readonly DialectName[] = ['native', 'spacebring']

for (const [host, dialects] of [
  ['127.0.0.1', DIALECTS],
  ['localhost', DIALECTS.filter(({ name }) => AT_LOCALHOST.includes(name))],
] as const)
  test(`at ${host} the demo's credentials are presented, and examples work as they stand`, {
    skip: noBrowser,
  }, async (t) => {
    const context = await opened.browser.newContext({ viewport: { width: 1280, height: 900 } })
    t.after(() => context.close())
    const page = await context.newPage()
    page.on('dialog', (dialog) => dialog.accept(world.value(/^[A-Z_]+/.exec(dialog.message())?.[0] ?? '')))
    const at = new URL('/docs', world.url)
    at.hostname = host
    await page.goto(at.href)
    for (const { name, title } of dialects) {
      await page.locator('#select').selectOption({ label: `Polydesk: ${title}` })
      await page.locator(`#operations-tag-${name}`).waitFor()
      await present(page, TRIED[name])
      for (const id of TRIED[name].operations) {
        const status = await execute(await found(page, `${name}-${id}`))
        assert.ok(status >= 200 && status < 300, `${name} ${id}: ${status}`)
      }
      for (const id of TRIED[name].login ?? []) {
        const operation = await found(page, `oauth2-${id}`)
        assert.equal(await execute(operation), 200, id)
        if (id === 'createAccessToken') await operation.getByText('"refresh_token"').first().waitFor()
      }
    }
  })
