/**
 * Takes the pictures of the README: starts a desk of its own in a scratch directory, with tickets of every dialect, and looks
 * at it with the browser of the tests.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { type Client, createClient } from '../sdk/client.ts'
import { readConfig } from '../src/config.ts'
import { start } from '../src/main.ts'
import { noBrowser, openBrowser } from '../test/end-to-end/browser.ts'

const pictures = join(import.meta.dirname, '..', 'docs', 'pictures')
const WIDE = { width: 1360, height: 800 }
const PHONE = { width: 390, height: 780 }

if (noBrowser) throw new Error(`There are no pictures without a browser: ${noBrowser}.`)
const dataDir = await mkdtemp(join(tmpdir(), 'polydesk-pictures-'))
const config = readConfig({ PORT: '0', POLYDESK_DATA_DIR: dataDir, LOG_LEVEL: 'error' })
const desk = await start(config)
const { browser, close } = await openBrowser()
try {
  const values = new Map(
    (await readFile(config.quickstartFile, 'utf8')).split('\n').map((line): [string, string] => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
  const value = (name: string): string => values.get(name) ?? ''
  await mkdir(pictures, { recursive: true })
  const { shown, api } = await fill(desk.url, value)

  const context = await browser.newContext({ viewport: WIDE, locale: 'en-GB', colorScheme: 'light' })
  const page = await context.newPage()
  await page.goto(`${desk.url}/tickets?view=all`)
  await page.getByLabel('E-mail').fill(value('CONSOLE_EMAIL'))
  await page.getByLabel('Password').fill(value('CONSOLE_PASSWORD'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Views' }).waitFor()
  // What is said to people is said by whoever has signed in.
  const { csrf_token } = await (await page.request.get(`${desk.url}/v1/me`)).json()
  for (const data of [
    { text: 'The parcel came on Tuesday. Accounting pays on Fridays.', visibility: 'internal' },
    { text: 'Hello Lea, your lamp is here. The money leaves us this Friday and is with you on Tuesday.' },
  ]) {
    const headers = { 'x-csrf-token': csrf_token, 'idempotency-key': crypto.randomUUID() }
    await page.request.post(`${desk.url}/v1/tickets/${shown}/messages`, { headers, data })
  }
  // Somebody asks once more while one is at the desk: that is unread.
  await api.call('createTicket', {
    body: {
      title: 'Card reader beeps twice, then nothing',
      text: 'Terminal 4 in the foyer. It worked this morning.',
      priority: 'urgent',
      requester: { email: 'noor@example.com', name: 'Noor' },
    },
  })
  await page.getByRole('link', { name: /^Card reader/ }).waitFor()
  await open(page, shown)
  await take(page, 'inbox')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByRole('tab', { name: 'Note' }).click()
  await take(page, 'dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.getByRole('tab', { name: 'Reply' }).click()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('lea')
  await page.getByRole('menuitem', { name: /Lea Brandt/ }).waitFor()
  await take(page, 'palette')
  await page.keyboard.press('Escape')
  await page.goto(`${desk.url}/settings`)
  await page.getByText('This browser').waitFor()
  await take(page, 'settings')
  await page.setViewportSize(PHONE)
  await open(page, shown)
  await take(page, 'phone')
} finally {
  await close()
  await desk.stop()
  await rm(dataDir, { recursive: true, force: true })
}

async function open(page: Page, ticket: string): Promise<void> {
  await page.goto(`${desk.url}/tickets/${ticket}?view=all`)
  await page.getByRole('region', { name: 'Conversation' }).getByRole('article').last().waitFor()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
}

async function take(page: Page, name: string): Promise<void> {
  // Nothing of what moves is half on its way.
  await page.evaluate('document.fonts.ready')
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled', caret: 'hide' })
}

/** Opens a ticket by each dialect, as their clients do. @returns the id of the one to look at. */
async function fill(
  url: string,
  value: (name: string) => string,
): Promise<{ readonly shown: string; readonly api: Client }> {
  const basic = (name: string, password: string): string =>
    `Basic ${Buffer.from(`${value(name)}:${value(password)}`).toString('base64')}`
  async function send(path: string, authorization: string, body: unknown): Promise<void> {
    const isForm = body instanceof FormData
    const headers = { authorization, ...(!isForm && { 'content-type': 'application/json' }) }
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: isForm ? body : JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  }
  await send('/support/tickets/v1', basic('SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET'), {
    ticket: {
      locationRef: value('SPACEBRING_LOCATION_ID'),
      userRefRequester: value('SPACEBRING_USER_ID'),
      type: 'printing',
      text: 'The printer on the second floor jams at every page.',
    },
  })
  await send('/api/v1/subscriber/CreateTicket', `Bearer ${value('NETGROOT_TOKEN')}`, {
    subject_id: 1,
    type_id: 1,
    status_id: 1,
    priority_id: 3,
    group_id: 1,
    message: 'No internet since yesterday evening. The modem blinks red.',
  })
  const form = new FormData()
  form.set('title', 'Cannot log in after the update')
  form.set('from', 'ada@example.com')
  await send('/api/v2/ticket', `apikey ${value('OMNIDESK_API_KEY')}`, form)
  const api = createClient({ url, key: value('POLYDESK_API_KEY') })
  await api.call('createTicket', {
    body: {
      title: 'Invoice shows the old address',
      text: 'We moved in spring. Could you send the last three again?',
      tags: ['billing'],
      requester: { email: 'tove@example.com', name: 'Tove' },
    },
  })
  await send(`/accounts/${value('MOOV_ACCOUNT_ID')}/tickets`, basic('MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY'), {
    title: 'Refund for order 4711',
    body: 'I returned the lamp two weeks ago, and the money is not back. When can I expect it?',
    contact: { name: 'Lea Brandt', email: 'lea@example.com' },
  })
  const { data } = await api.call('listTickets', { query: { q: 'Refund' } })
  const id = data[0]?.id ?? ''
  const people = await api.call('listUsers', { query: { query: value('CONSOLE_EMAIL') } })
  const assignee = people.data[0]?.id ?? null
  await api.call('changeTicket', {
    params: { id },
    body: { priority: 'high', status: 'open', add_tags: ['refund'], assignee },
  })
  return { shown: id, api }
}
