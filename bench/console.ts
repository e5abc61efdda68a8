/**
 * The benchmark of the console: a real browser on a desk with many tickets. See README.md.
 *
 *   npm run bench -- --console [--tickets 100000] [--times 20]
 */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { readConfig } from '../src/config.ts'
import { start } from '../src/main.ts'
import { startEmbedded } from '../src/storage/embedded.ts'
import { noBrowser, openBrowser } from '../test/end-to-end/browser.ts'
import { percentile } from './figures.ts'
import { fillTenant } from './large.ts'

const VIEWPORT = { width: 1360, height: 800 }
/** How long each scroll lasts, in milliseconds, and how far it goes in each frame, in pixels. */
const SCROLL_MS = 1_000
const SCROLL_PIXELS = 40

export interface ConsoleOptions {
  readonly tickets: number
  readonly times: number
}

export function readConsoleOptions(args: readonly string[]): ConsoleOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      console: { type: 'boolean' },
      tickets: { type: 'string', default: '100000' },
      times: { type: 'string', default: '20' },
    },
  })
  return { tickets: Number(values.tickets), times: Number(values.times) }
}

/** Fills the demo's tenant, opens the console as its owner does, and tells what they wait for. */
export async function benchConsole({ tickets, times }: ConsoleOptions, directory: string): Promise<void> {
  if (noBrowser) throw new Error(`There is nothing to measure without a browser: ${noBrowser}.`)
  const dataDir = join(directory, 'desk')
  await mkdir(dataDir)
  const embedded = await startEmbedded({
    dataDir: join(directory, 'postgres'),
    log: (level, message) => level !== 'info' && console.error(message),
  })
  const { host, port, user, database } = embedded.connection
  const url = `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}&port=${port}`
  const config = readConfig({
    ...{ PORT: '0', POLYDESK_DATA_DIR: dataDir, DATABASE_URL: url, LOG_LEVEL: 'error', POLYDESK_RATE_LIMITS: 'off' },
  })
  const desk = await start(config)
  const { browser, close } = await openBrowser()
  try {
    const value = valuesIn(await readFile(config.quickstartFile, 'utf8'))
    await fillDemo(embedded.connection, tickets)
    const page = await signIn(browser, desk.url, value)
    console.log(`${tickets} tickets of one tenant; the middle one of ${times}.\n\n| | |\n| --- | ---: |`)
    tell('first list painted after navigation', await repeated(times, () => firstList(page, desk.url)), 'ms')
    await page.locator(FIRST_ROW).first().click()
    await page.locator('article.ticket .conversation article').first().waitFor()
    tell('another ticket shown', await repeated(times, () => nextTicket(page)), 'ms')
    tell('frames a second while the list scrolls', await repeated(times, () => framesOfScroll(page)), '')
    tell("a ticket made by Moov's API shown", await repeated(times, (nth) => arrival(page, desk.url, value, nth)), 'ms')
  } finally {
    await close()
    await desk.stop()
    await embedded.stop()
  }
}

function valuesIn(file: string): (name: string) => string {
  const values = new Map(
    file.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
  return (name) => values.get(name) ?? ''
}

async function fillDemo(connection: pg.ClientConfig, tickets: number): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rows } = await client.query<{ tenant_id: string; desk_id: string; user_ids: string[] }>(
      `select d.tenant_id, d.id as desk_id, array(select u.id from users u where u.tenant_id = d.tenant_id order by u.id) as user_ids
       from desks d where d.is_default limit 1`,
    )
    const [demo] = rows
    if (!demo) throw new Error('There is no demo.')
    const filled = { tenantId: demo.tenant_id, deskId: demo.desk_id, userIds: demo.user_ids }
    await fillTenant(client, filled, { tickets, messages: 3 })
  } finally {
    await client.end()
  }
}

async function signIn(browser: Browser, url: string, value: (name: string) => string): Promise<Page> {
  const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(`${url}/tickets?view=all`)
  await page.getByLabel('E-mail').fill(value('CONSOLE_EMAIL'))
  await page.getByLabel('Password').fill(value('CONSOLE_PASSWORD'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('list', { name: 'Tickets' }).getByRole('link').first().waitFor()
  return page
}

const FIRST_ROW = 'ul[aria-label="Tickets"] a'
/** In the page: the next time that it is painted. */
const PAINTED = 'new Promise(requestAnimationFrame)'

/** What a script of the page answers. */
async function measured(page: Page, script: string): Promise<number> {
  return Number(await page.evaluate(`(async () => {${script}})()`))
}

/** Milliseconds from the navigation until the first row was painted. */
async function firstList(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/tickets?view=all`, { waitUntil: 'commit' })
  return measured(
    page,
    `while (!document.querySelector('${FIRST_ROW}')) await ${PAINTED}
    await ${PAINTED}
    return performance.now()`,
  )
}

/** Milliseconds from the key until the next ticket and what was said on it were painted. */
async function nextTicket(page: Page): Promise<number> {
  await page.locator(FIRST_ROW).first().waitFor()
  // What measures is in the page before the key is pressed: a key may overtake a script.
  await page.evaluate(`globalThis.shownAfterKey = (async () => {
    const nameOf = () => document.querySelector('article.ticket')?.getAttribute('aria-label')
    const before = nameOf()
    await new Promise((resolve) => addEventListener('keydown', resolve, { once: true, capture: true }))
    const at = performance.now()
    const isThere = () => document.querySelector('article.ticket .conversation article') && nameOf() !== before
    while (!isThere()) await ${PAINTED}
    await ${PAINTED}
    return performance.now() - at
  })(); undefined`)
  await page.keyboard.press('Shift+J')
  return measured(page, 'return globalThis.shownAfterKey')
}

/** Frames that were painted in a second in which the list was scrolled without a rest. */
async function framesOfScroll(page: Page): Promise<number> {
  return measured(
    page,
    `let list = document.querySelector('${FIRST_ROW}').closest('ul')
    while (list.scrollHeight <= list.clientHeight + 1) list = list.parentElement
    const at = performance.now()
    let frames = 0
    for (; performance.now() - at < ${SCROLL_MS}; frames += 1) {
      list.scrollTop += ${SCROLL_PIXELS}
      await ${PAINTED}
    }
    return (frames * 1000) / (performance.now() - at)`,
  )
}

/** Milliseconds from the request of a vendor's client until its ticket is in the open list. */
async function arrival(page: Page, url: string, value: (name: string) => string, nth: number): Promise<number> {
  if (nth === 0) await page.goto(`${url}/tickets?view=all`)
  await page.locator(FIRST_ROW).first().waitFor()
  const title = `Arrived ${nth}`
  const at = performance.now()
  const shown = page.getByRole('link', { name: title, exact: true }).waitFor({ timeout: 10_000 })
  const pair = Buffer.from(`${value('MOOV_PUBLIC_KEY')}:${value('MOOV_SECRET_KEY')}`).toString('base64')
  const made = await fetch(`${url}/accounts/${value('MOOV_ACCOUNT_ID')}/tickets`, {
    method: 'POST',
    headers: { authorization: `Basic ${pair}`, 'content-type': 'application/json', 'x-moov-version': 'v2026.01.00' },
    body: JSON.stringify({ title, body: 'Seen?', contact: { email: 'ada@example.com', name: 'Ada' } }),
  })
  if (!made.ok) throw new Error(`Moov: ${made.status} ${await made.text()}`)
  await shown
  return performance.now() - at
}

async function repeated(times: number, work: (nth: number) => Promise<number>): Promise<readonly number[]> {
  const taken: number[] = []
  for (let nth = 0; nth < times; nth += 1) taken.push(await work(nth))
  return taken.sort((one, other) => one - other)
}

function tell(what: string, taken: readonly number[], unit: string): void {
  console.log(`| ${what} | ${percentile(taken, 0.5).toFixed(0)} ${unit} |`)
}
