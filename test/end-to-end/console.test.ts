/** A day at the desk in a real browser: sign in, find, read, answer, live. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TOTP } from 'otpauth'
import type { BrowserContext, Page } from 'playwright-core'
import { v7 } from 'uuid'
import { createClient } from '../../sdk/client.ts'
import { makePasswordLink } from '../../src/core/passwords/commands.ts'
import { createUser } from '../../src/core/tenants/commands.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { openStore } from '../../src/storage/store.ts'
import { until } from '../process.ts'
import { startWorld, type World } from '../world.ts'
import { administration } from './administration.ts'
import { noBrowser, openBrowser, type TestBrowser } from './browser.ts'
import { changesOfMany } from './bulk.ts'
import { merges } from './merging.ts'
import { ticketsSnoozed } from './snooze.ts'
import { changesTakenBack } from './undo.ts'
import { nothingOnItsWay, writing } from './writing.ts'

const root = join(import.meta.dirname, '..', '..')
const WIDE = { width: 1440, height: 900 }
/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PHONE = { width: 390, height: 844 }

let world: World
let opened: TestBrowser
before(async () => {
  if (noBrowser) return
  // What is looked at is what the sources are now.
  execFileSync(process.execPath, [join(root, 'bin', 'prepare.mjs')], { stdio: 'inherit' })
  world = await startWorld({ POLYDESK_WEBHOOK_NETWORKS: '127.0.0.0/8', POLYDESK_WEBHOOK_HTTP: 'on' })
  opened = await openBrowser()
})
after(async () => {
  await opened?.close()
  await world?.stop()
})

/** As Word puts a list onto the clipboard. */
const FROM_WORD = ['Press the bell', 'Wait']
  .map(
    (item) =>
      `<p class="MsoListParagraph" style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·&nbsp;</span><span lang="EN-GB">${item}<o:p></o:p></span></p>`,
  )
  .join('')

/** Hands a picture in, in the page itself: a browser without a window has no clipboard, and nothing to drag from. */
async function handIn(page: Page, how: 'paste' | 'drop', name: string, html = ''): Promise<void> {
  const where = how === 'drop' ? 'window' : `document.querySelector('[aria-label="Message"]')`
  const event =
    how === 'drop'
      ? `new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data })`
      : `new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data })`
  await page.evaluate(`{
    const bytes = Uint8Array.from(atob('${PIXEL}'), (letter) => letter.charCodeAt(0))
    const data = new DataTransfer()
    data.items.add(new File([bytes], '${name}', { type: 'image/png' }))
    if (${JSON.stringify(html)} !== '') {
      data.setData('text/html', ${JSON.stringify(html)})
      data.setData('text/plain', 'The same as text.')
    }
    ${where}.dispatchEvent(${event})
  }`)
}

/** What the server's own API says, by the demo's key. */
const api = () => createClient({ url: world.url, key: world.value('POLYDESK_API_KEY') })

/** A page of somebody who has signed in, in English, with what went wrong in it. */
async function signedIn(
  t: { after(work: () => Promise<void>): void },
  options: Parameters<TestBrowser['browser']['newContext']>[0] = {},
  [login, password] = [world.value('CONSOLE_EMAIL'), world.value('CONSOLE_PASSWORD')],
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly faults: string[] }> {
  const context = await opened.browser.newContext({ viewport: WIDE, locale: 'en-GB', ...options })
  t.after(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text())
  })
  await page.goto(`${world.url}/`)
  await page.getByLabel('E-mail').fill(login)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Views' }).waitFor()
  return { page, context, faults }
}

/** What is in the field of messages. */
async function written(page: Page): Promise<string> {
  return (await page.getByRole('textbox', { name: 'Message' }).innerText()).trim()
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe finds wrong in a page, whose policy must not count. */
async function faultsIn(page: Page, without: readonly string[] = []): Promise<unknown> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]))
  await page.evaluate(await readFile(AXE, 'utf8'))
  return page.evaluate(
    `axe.run({ rules: ${JSON.stringify(rules)} }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
  )
}

/** @throws AssertionError where axe finds something in a step: in light colours and wide, or in dark ones on a phone. */
async function assertAccessible(page: Page, where: string): Promise<void> {
  await page.setViewportSize(PHONE)
  // Colours on their way from one to the other are neither.
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  assert.deepEqual(await faultsIn(page), [], `${where}, dark and narrow`)
  await page.setViewportSize(WIDE)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  assert.deepEqual(await faultsIn(page), [], `${where}, light and wide`)
}

/** Whether a ticket is unread to whoever has signed in at a page. */
async function unreadTo(page: Page, id: string): Promise<boolean> {
  return (await (await page.request.get(`${world.url}/v1/tickets/${id}?include=unread`)).json()).unread
}

/** A fresh agent without a password, and a link to set one. */
async function newcomer(): Promise<{ readonly person: string; readonly link: string }> {
  const person = `${randomUUID()}@example.com`
  const [desk] = (await api().call('getMe')).desks
  assert.ok(desk)
  const memberships = [{ desk: desk.id, role: 'agent' as const }]
  const { id } = await api().call('createUser', { body: { name: 'Nell', email: person, memberships } })
  const store = openStore(openDatabase({ connection: world.database.connection }))
  try {
    const system = { store, now: new Date().toISOString(), newId: () => v7() }
    const { secret } = await makePasswordLink(system, world.value('SPACEBRING_NETWORK_ID'), id)
    return { person, link: `${world.url}/password#${secret}` }
  } finally {
    await store.database.close()
  }
}

describe('the console', { skip: noBrowser }, () => {
  test('lets nobody in with a wrong password, and keeps what was typed', async (t) => {
    const context = await opened.browser.newContext({ viewport: WIDE, locale: 'en-GB' })
    t.after(() => context.close())
    const page = await context.newPage()
    await page.goto(`${world.url}/tickets?view=open`)
    await page.getByLabel('E-mail').fill(world.value('CONSOLE_EMAIL'))
    await page.getByLabel('Password').fill('not it')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The name or the password is not right.').waitFor()
    assert.equal(await page.getByLabel('E-mail').inputValue(), world.value('CONSOLE_EMAIL'))
    await page.getByLabel('Password').fill(world.value('CONSOLE_PASSWORD'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'All open' }).waitFor()
  })

  test('shows a ticket that comes by an API at once, and answers, notes and solves it', async (t) => {
    const { page, faults } = await signedIn(t)
    const { id } = await api().call('createTicket', {
      body: {
        title: 'The lift is stuck',
        text: 'Between two floors.',
        requester: { email: 'lea@example.com', name: 'Lea' },
      },
    })
    const row = page.getByRole('list', { name: 'Tickets' }).getByRole('link', { name: 'The lift is stuck' })
    await row.click()
    const conversation = page.getByRole('region', { name: 'Conversation' })
    await conversation.getByText('Between two floors.').waitFor()

    await page.getByRole('textbox', { name: 'Message' }).fill('Help is on the way.')
    await page.getByRole('tab', { name: 'Note' }).click()
    await page.getByRole('textbox', { name: 'Message' }).fill('The second time this week.')
    await page.reload()
    await page.getByRole('tab', { name: 'Note' }).click()
    const files = page.getByRole('list', { name: 'Files' })
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Attach files' }).click()
    await (await chooser).setFiles([
      { name: 'lift.txt', mimeType: 'text/plain', buffer: Buffer.from('Floor 3') },
      { name: 'lift.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
    ])
    await files.getByText('Programs are not taken.').waitFor()
    await page.getByRole('button', { name: 'Remove lift.exe' }).click()
    await handIn(page, 'paste', 'photo.png')
    await page.getByRole('button', { name: 'Remove photo.png' }).waitFor()
    await handIn(page, 'drop', 'second.png')
    await page.getByRole('button', { name: 'Remove second.png' }).waitFor()
    await page.getByRole('button', { name: 'Remove second.png' }).click()
    assert.equal(await written(page), 'The second time this week.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await files.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    assert.equal(await written(page), 'The second time this week.')
    assert.equal(await files.getByRole('listitem').count(), 2)
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await conversation
      .getByRole('article', { name: /^Note: / })
      .getByText('The second time this week.')
      .waitFor()
    // Word brings a picture of the text too, which nobody wants.
    await handIn(page, 'paste', 'text.png', FROM_WORD)
    const field = page.getByRole('textbox', { name: 'Message' })
    await field.locator('ul li').nth(1).waitFor()
    assert.deepEqual(await field.locator('li').allInnerTexts(), ['Press the bell', 'Wait'])
    assert.equal(await field.locator('[class], [style], span').count(), 0)
    assert.equal(await files.count(), 0)
    await page.getByRole('tab', { name: 'Reply' }).click()
    await field.press('Control+a')
    await page.getByRole('button', { name: 'Bold' }).click()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await conversation.getByRole('article', { name: 'Message of Olivia Owner', exact: true }).waitFor()

    await page.getByRole('button', { name: 'Solve' }).click()
    await page.getByRole('main').getByText('Solved', { exact: false }).first().waitFor()
    const { data } = await api().call('listMessages', { params: { id } })
    assert.deepEqual(
      data.map(({ visibility, text }) => [visibility, text]),
      [
        ['public', 'Between two floors.'],
        ['internal', 'The second time this week.'],
        ['public', 'Help is on the way.'],
      ],
    )
    assert.deepEqual([data[1]?.html, data[2]?.html], [null, '<p><strong>Help is on the way.</strong></p>'])
    assert.deepEqual(data[1]?.attachments.map(({ name }) => name).toSorted(), ['lift.txt', 'photo.png'])
    assert.equal((await api().call('getTicket', { params: { id } })).status, 'solved')
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('400')),
      [],
    )
  })

  test('finds by the language of queries, counts beside each view, and underlines a mistake', async (t) => {
    const { page, faults } = await signedIn(t)
    await api().call('createTicket', { body: { title: 'Zeppelin', text: 'A quagga is on board.', priority: 'urgent' } })
    const search = page.getByRole('searchbox', { name: 'Search tickets' })
    const rows = page.getByRole('list', { name: 'Tickets' }).getByRole('link')
    await search.fill('quagga priority:>=high')
    // The list of before, which may only just have come, stays until there is another.
    await until('only what is sought is listed', async () => (await rows.allTextContents()).join() === 'Zeppelin')
    const preview = page.getByRole('listitem').filter({ hasText: 'A quagga is on board.' })
    await preview.locator('mark').first().waitFor()
    assert.deepEqual(await preview.locator('mark').allTextContents(), ['quagga'])
    await search.fill('quagga priority:low')
    await page.getByText('Nothing matches.').waitFor()
    await search.fill('quagga statsu:open')
    await page.getByText(/Expected a field: status/).waitFor()
    assert.equal(await page.locator('mark').textContent(), 'statsu')
    await search.fill('')
    const waiting = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /^Unassigned \d+$/ })
    await waiting.click()
    const shown = Number((await waiting.textContent())?.replace(/\D/g, ''))
    const { data } = await api().call('listTickets', { query: { view: 'unassigned', limit: '200' } })
    assert.equal(shown, data.length)
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('400')),
      [],
    )
  })

  test('saves what is searched for as a view, which is pinned, shared, kept true by the feed, and deleted', async (t) => {
    const { page, faults } = await signedIn(t)
    await api().call('createTicket', { body: { title: 'The garden gate squeaks', text: 'All night.' } })
    const views = page.getByRole('navigation', { name: 'Views' })
    const choose = async (view: string, entry: string): Promise<void> => {
      await views.getByRole('button', { name: `Options of ${view}` }).click()
      await page.getByRole('menuitem', { name: entry }).click()
    }
    await page.getByRole('searchbox', { name: 'Search tickets' }).fill('gate statsu:open')
    await page.getByRole('button', { name: 'Save as view' }).click()
    const dialog = page.getByRole('dialog', { name: 'Save as view' })
    await dialog.getByLabel('Name').fill('Gates')
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog.getByText('Expected a field').waitFor()
    assert.equal(await dialog.getByLabel('Name').inputValue(), 'Gates')
    await dialog.getByLabel('Query').fill('"garden gate"')
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { name: 'Gates' }).waitFor()
    await page.getByRole('list', { name: 'Tickets' }).getByRole('link', { name: 'The garden gate squeaks' }).waitFor()
    await views.getByRole('link', { name: /^Gates 1$/ }).waitFor()

    await choose('Gates', 'Pin')
    await choose('Gates', 'Unpin')
    await choose('Gates', 'Change view')
    const change = page.getByRole('dialog', { name: 'Change view' })
    await change.getByLabel('Name').fill('All gates')
    await change.getByRole('button', { name: /For whom/ }).click()
    await page.getByRole('option', { name: 'For everyone' }).click()
    await change.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { name: 'All gates' }).waitFor()
    const { data } = await api().call('listViews')
    const view = data.find(({ name }) => name === 'All gates') ?? assert.fail('shared with everyone')
    await api().call('changeView', { params: { id: view.id }, body: { name: 'Every gate' } })
    await views.getByRole('link', { name: /^Every gate/ }).waitFor()

    for (const name of ['Second', 'Third'])
      await api().call('createView', { body: { name, query: 'gate', audience: 'everyone' } })
    await views.getByRole('link', { name: /^Third/ }).waitFor()
    const isInOrder = async (names: string) =>
      (await views.locator('.view-saved .text').allInnerTexts()).join() === names
    await views.getByRole('link', { name: /^Third/ }).dragTo(views.getByRole('link', { name: /^Every gate/ }))
    await until('it is where it was dropped', () => isInOrder('Third,Every gate,Second'))
    await choose('Third', 'Move down')
    await until('it is one below', () => isInOrder('Every gate,Third,Second'))
    await page.reload()
    await until('it stays so', () => isInOrder('Every gate,Third,Second'))
    for (const { id, name } of (await api().call('listViews')).data)
      if (name === 'Second' || name === 'Third') await api().call('deleteView', { params: { id } })

    await choose('Every gate', 'Delete view')
    await page.getByRole('button', { name: 'Delete view', exact: true }).click()
    await page.getByRole('heading', { name: 'All', exact: true }).waitFor()
    await views.getByRole('link', { name: /^Every gate/ }).waitFor({ state: 'detached' })
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('400')),
      [],
    )
  })

  test('sends once what was under way when its page ended', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'Cut off', text: 'Are you there?' } })
    await page.getByRole('link', { name: 'Cut off' }).click()
    await page.getByRole('region', { name: 'Conversation' }).getByText('Are you there?').waitFor()
    // The server has it, and the page never hears so.
    let answered = (): void => {}
    const arrived = new Promise<void>((resolve) => {
      answered = resolve
    })
    await page.route('**/messages', async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      await route.fetch()
      answered()
      return undefined
    })
    await page.getByRole('textbox', { name: 'Message' }).fill('We are.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await arrived
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await page.reload()
    // For a moment it is there twice: as what is sent, and as what was said.
    await page.getByRole('region', { name: 'Conversation' }).getByText('We are.').first().waitFor()
    await nothingOnItsWay(page)
    assert.deepEqual(await page.locator('.composer-problem').allTextContents(), [])
    const { data } = await api().call('listMessages', { params: { id } })
    assert.deepEqual(
      data.map(({ text }) => text),
      ['Are you there?', 'We are.'],
    )
    assert.equal(await written(page), '')
  })

  test('stops a reply when something was said meanwhile, and gives the text back', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'Two answers', text: 'Who is first?' } })
    await page.getByRole('link', { name: 'Two answers' }).click()
    await page.getByRole('region', { name: 'Conversation' }).getByText('Who is first?').waitFor()
    await page.getByRole('textbox', { name: 'Message' }).fill('I am.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await api().call('addMessage', { params: { id }, body: { text: 'No, me.' } })
    await page.getByText('Not sent: something happened meanwhile.').waitFor()
    await page.getByRole('region', { name: 'Conversation' }).getByText('No, me.').waitFor()
    assert.equal(await written(page), 'I am.')
    assert.equal((await api().call('listMessages', { params: { id } })).data.length, 2)
  })

  test('has two agents at once: neither answers over the other, and each sees what the other does', async (t) => {
    const { person, link } = await newcomer()
    const body = { token: link.split('#')[1] ?? '', password: 'the first one' }
    await createClient({ url: world.url }).call('resetPassword', { body })
    const [{ page: olivia }, { page: nell }] = [await signedIn(t), await signedIn(t, {}, [person, 'the first one'])]
    const { id } = await api().call('createTicket', { body: { title: 'Wanted by both', text: 'Who helps?' } })
    const parts = (page: Page) => ({
      conversation: page.getByRole('region', { name: 'Conversation' }),
      field: page.getByRole('textbox', { name: 'Message' }),
      send: page.getByRole('button', { name: 'Send', exact: true }),
    })
    for (const page of [olivia, nell]) {
      await page.getByRole('link', { name: 'Wanted by both' }).click()
      await parts(page).conversation.getByText('Who helps?').waitFor()
    }
    const refused: number[] = []
    nell.on('response', (answer) => {
      if (answer.url().endsWith(`${id}/messages`) && answer.status() !== 201) refused.push(answer.status())
    })
    await parts(olivia).field.fill('I do, says Olivia.')
    await parts(nell).field.fill('No, I do, says Nell.')
    await parts(olivia).send.click()
    await parts(nell).send.click()
    // Whoever was first is seen by the other, whose answer stops there and is kept.
    await parts(nell).conversation.getByText('I do, says Olivia.').waitFor()
    await nell.getByText('Not sent: something happened meanwhile.').waitFor()
    assert.equal(await written(nell), 'No, I do, says Nell.')
    assert.deepEqual(refused, [412])
    await parts(olivia).conversation.getByRole('article', { name: 'Message of Olivia Owner', exact: true }).waitFor()
    assert.equal(await written(olivia), '')
    // One takes the ticket: the other's window tells so by itself, and what was on its way there stops.
    await parts(olivia).field.fill('And another thing.')
    await parts(olivia).send.click()
    await olivia.getByRole('button', { name: 'Undo' }).waitFor()
    await nell.getByRole('button', { name: /Assign to me/ }).click()
    await olivia
      .getByRole('button', { name: /^Assignee|Assignee$/ })
      .getByText('Nell')
      .waitFor()
    await olivia.getByText('Not sent: something happened meanwhile.').waitFor()
    assert.equal(await written(olivia), 'And another thing.')
    // What came was read by now, so it may go.
    await parts(nell).send.click()
    await parts(olivia).conversation.getByText('No, I do, says Nell.').waitFor()
    await olivia.getByRole('button', { name: 'Solve' }).click()
    await nell.getByRole('button', { name: 'Status: Open → Solved' }).waitFor()
    const { data } = await api().call('listMessages', { params: { id } })
    assert.deepEqual(
      data.map(({ text }) => text),
      ['Who helps?', 'I do, says Olivia.', 'No, I do, says Nell.'],
    )
  })

  test('has two windows of one person, of which each sends what is its own, and the one what the other left', async (t) => {
    const { page, context } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'Two windows', text: 'Hello?' } })
    await page.goto(`${world.url}/tickets/${id}`)
    const field = page.getByRole('textbox', { name: 'Message' })
    await field.fill('From the first.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    const other = await context.newPage()
    await other.goto(`${world.url}/tickets/${id}`)
    await other.getByRole('textbox', { name: 'Message' }).waitFor()
    assert.equal(await written(other), '')
    await other.getByRole('region', { name: 'Conversation' }).getByText('From the first.').waitFor()
    await nothingOnItsWay(page)
    assert.equal(await written(other), '')
    await field.fill('Closed too early.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    await page.close()
    await until('the other has it as a draft', async () => (await written(other)) === 'Closed too early.')
    assert.equal((await api().call('listMessages', { params: { id } })).data.length, 2)
  })

  test('offers to be loaded anew where the server has other parts by now, and keeps what is written', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'An upgrade', text: 'Meanwhile.' } })
    await page.goto(`${world.url}/tickets/${id}`)
    await page.getByRole('textbox', { name: 'Message' }).fill('Half of a sentence')
    await page.route('**/assets/Settings-*.js', (route) => route.fulfill({ status: 404 }))
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press(',')
    await page.getByText('A part of this page could not be loaded').waitFor()
    assert.equal(await written(page), 'Half of a sentence')
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Load the page again' }).click()
    await page.getByText('A part of this page could not be loaded').waitFor({ state: 'detached' })
    await page.goto(`${world.url}/tickets/${id}`)
    await page.getByRole('textbox', { name: 'Message' }).getByText('Half of a sentence').waitFor()
  })

  test('is used without https too, where browsers have less', async (t) => {
    const context = await opened.browser.newContext({ viewport: WIDE, locale: 'en-GB' })
    t.after(() => context.close())
    await context.addInitScript('delete Crypto.prototype.randomUUID; delete Navigator.prototype.locks')
    const page = await context.newPage()
    const { id } = await api().call('createTicket', { body: { title: 'By http', text: 'Within the house.' } })
    await page.goto(`${world.url}/tickets/${id}`)
    await page.getByLabel('E-mail').fill(world.value('CONSOLE_EMAIL'))
    await page.getByLabel('Password').fill(world.value('CONSOLE_PASSWORD'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('textbox', { name: 'Message' }).fill('Heard.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('article', { name: 'Message of Olivia Owner', exact: true }).getByText('Heard.').waitFor()
  })

  test('is worked by keys alone', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'By keys', text: 'No mouse here.' } })
    await page.getByRole('link', { name: 'By keys' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Conversation' }).getByText('No mouse here.').waitFor()
    await page.keyboard.press('a')
    await page.getByRole('button', { name: /Assign to me/ }).waitFor({ state: 'detached' })
    await page.keyboard.press('n')
    await page.keyboard.type('je')
    assert.equal(await page.getByRole('tab', { name: 'Note' }).getAttribute('aria-selected'), 'true')
    assert.equal(await written(page), 'je')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Command palette' }).waitFor()
    await page.keyboard.type('urgent')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page
      .getByRole('button', { name: /Priority/ })
      .getByText('Urgent')
      .waitFor()
    const ticket = await api().call('getTicket', { params: { id } })
    assert.equal(ticket.priority, 'urgent')
    assert.equal(ticket.assignee?.email, world.value('CONSOLE_EMAIL'))
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    await page.getByRole('heading', { name: 'Mine' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('keys')
    await page.waitForURL(/q=keys/)
    assert.ok(await page.getByRole('searchbox', { name: 'Search tickets' }).isVisible())
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('stuck')
    await page.getByRole('menuitem', { name: 'The lift is stuck' }).waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('lea@example.com')
    await page.getByRole('menuitem', { name: 'Lea' }).click()
    await page.getByRole('link', { name: 'The lift is stuck' }).waitFor()
    await page.waitForURL(/q=requester/)
  })

  test('shows what is unread until it is opened, and by a key again', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'Not seen yet', text: 'Look at me.' } })
    const row = page.getByRole('listitem').filter({ hasText: 'Not seen yet' })
    await row.getByText('Unread').waitFor({ state: 'attached' })
    await row.getByRole('link').click()
    await row.getByText('Unread').waitFor({ state: 'detached' })
    await page.keyboard.press('u')
    await row.getByText('Unread').waitFor({ state: 'attached' })
    await page.waitForURL((url) => !url.pathname.includes(id))
  })

  test('sets a forgotten password by a link, and changes it in the settings', async (t) => {
    const { person, link } = await newcomer()
    const context = await opened.browser.newContext({ viewport: WIDE, locale: 'en-GB', bypassCSP: true })
    t.after(() => context.close())
    const page = await context.newPage()
    await page.goto(link)
    await page.getByLabel('New password').fill('the first one')
    await assertAccessible(page, 'a new password')
    await page.getByRole('button', { name: 'Set your password' }).click()
    await page.getByRole('status').getByText('Your password is set.').waitFor()
    await assertAccessible(page, 'a password that is set')
    await page.getByRole('link', { name: 'To the sign-in' }).click()
    await page.getByLabel('E-mail').fill(person)
    await page.getByLabel('Password').fill('the first one')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Views' }).waitFor()
    await page.goto(`${world.url}/settings`)
    await page.getByLabel('Present password').fill('not it')
    await page.getByLabel('New password').fill('the second one')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('This is not your password.').waitFor()
    await assertAccessible(page, 'a wrong password')
    assert.equal(await page.getByLabel('New password').inputValue(), 'the second one')
    await page.getByLabel('Present password').fill('the first one')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password is changed.').waitFor()
    assert.equal(await page.getByLabel('Present password').inputValue(), '')
  })

  test('asks for a second factor once one is set up, and takes a recovery code in its place', async (t) => {
    const { person, link } = await newcomer()
    const context = await opened.browser.newContext({ viewport: WIDE, locale: 'en-GB', bypassCSP: true })
    t.after(() => context.close())
    const page = await context.newPage()
    const body = { token: link.split('#')[1] ?? '', password: 'the first one' }
    await createClient({ url: world.url }).call('resetPassword', { body })
    const enter = async (): Promise<void> => {
      await page.getByLabel('E-mail').fill(person)
      await page.getByLabel('Password').fill('the first one')
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await page.goto(`${world.url}/settings`)
    await enter()
    const section = page.getByRole('region', { name: 'Second factor' })
    await section.getByRole('button', { name: 'Set up' }).click()
    await section.getByLabel('Present password').fill('the first one')
    await assertAccessible(page, 'the password of a second factor')
    await section.getByRole('button', { name: 'Go on' }).click()
    await section.getByRole('img', { name: 'QR code of the secret' }).waitFor()
    const secret = (await section.locator('.secret').innerText()).replaceAll(' ', '')
    await section.getByLabel('Code', { exact: true }).fill('no code')
    await section.getByRole('button', { name: 'Confirm' }).click()
    await section.getByText('This code is not right, or was used before.').waitFor()
    await assertAccessible(page, 'the first code of a second factor')
    await section.getByLabel('Code', { exact: true }).fill(new TOTP({ secret }).generate())
    await section.getByRole('button', { name: 'Confirm' }).click()
    const codes = section.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await codes.first().waitFor()
    assert.equal(await codes.count(), 10)
    await assertAccessible(page, 'the recovery codes')
    const code = await codes.first().innerText()
    const [download] = await Promise.all([page.waitForEvent('download'), section.getByText('Download').click()])
    assert.ok((await readFile(await download.path(), 'utf8')).includes(code))
    await section.getByRole('button', { name: 'I have kept them' }).click()
    await section.getByText('10 recovery codes are left.').waitFor()
    await context.clearCookies()
    await page.reload()
    await enter()
    await page.getByLabel('Code').fill('no code')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This code is not right, or was used before.').waitFor()
    await assertAccessible(page, 'a sign-in by a code')
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

  test('folds the history below an answer, nothing that was said, and keeps what is written through an outage', async (t) => {
    const { page, context } = await signedIn(t)
    const text = 'Yes.\n\n> A question\n> of yours'
    const { id } = await api().call('createTicket', { body: { title: 'Quotes', text } })
    await api().call('addMessage', { params: { id }, body: { text: '> A question\n\nAnswered within.\n' } })
    await page.getByRole('link', { name: 'Quotes' }).click()
    const conversation = page.getByRole('region', { name: 'Conversation' })
    await conversation.getByText('Answered within.').waitFor()
    const quote = conversation.getByText('> of yours')
    assert.deepEqual([await quote.isVisible(), await conversation.locator('details.quoted').count()], [false, 1])
    await conversation.getByText('Quoted text').click()
    assert.ok(await quote.isVisible())

    await context.setOffline(true)
    await page.getByText('No connection.', { exact: false }).waitFor()
    await page.getByRole('textbox', { name: 'Message' }).fill('Written without a network.')
    await context.setOffline(false)
    await page.getByText('No connection.', { exact: false }).waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('textbox', { name: 'Message' }).getByText('Written without a network.').waitFor()
  })

  test('opens at what is new, stays where one reads, and goes on to the tickets beside', async (t) => {
    const { page } = await signedIn(t)
    const long = 'A line of many.\n'.repeat(60)
    const { id } = await api().call('createTicket', { body: { title: 'A long story', text: long } })
    const { id: later } = await api().call('createTicket', { body: { title: 'After the story', text: 'Short.' } })
    const conversation = page.getByRole('region', { name: 'Conversation' })
    await page.getByRole('link', { name: 'A long story' }).click()
    await conversation.getByText('A line of many.').waitFor()
    await until('it is read', async () => (await unreadTo(page, id)) === false)
    await page.keyboard.press('K')
    await page.waitForURL((url) => url.pathname.endsWith(later))
    await api().call('addMessage', { params: { id }, body: { text: `What is new.\n${long}`, visibility: 'internal' } })
    await until('it is unread', async () => (await unreadTo(page, id)) === true)
    await page.getByRole('button', { name: 'Open the next ticket' }).click()
    const line = conversation.getByText('New', { exact: true })
    await line.waitFor()
    const placeOf = async () => Math.round((await line.boundingBox())?.y ?? 0)
    const top = (await conversation.boundingBox())?.y ?? 0
    await until('it is at the line', async () => Math.abs((await placeOf()) - top) < 40)
    const before = await placeOf()
    await api().call('addMessage', { params: { id }, body: { text: 'Something else.' } })
    await conversation.getByText('Something else.').waitFor({ state: 'attached' })
    assert.equal(await placeOf(), before)
  })

  test('offers nobody what they may not do, and says so', async (t) => {
    const store = openStore(openDatabase({ connection: world.database.connection }))
    t.after(() => store.database.close())
    const administration = { store, now: new Date().toISOString(), newId: () => v7() }
    const { id } = await createUser(administration, world.value('SPACEBRING_NETWORK_ID'), {
      kind: 'person',
      isOwner: false,
      name: 'Cleo',
      username: 'cleo',
      password: 'a password',
      memberships: [{ deskId: world.value('MOOV_ACCOUNT_ID'), role: 'customer' }],
    })
    const body = { title: 'Mine alone', text: 'Hello?', requester: { id } }
    const ticket = await api().call('createTicket', { body })
    const { page } = await signedIn(t, {}, ['cleo', 'a password'])
    await page.goto(`${world.url}/tickets/${ticket.id}`)
    await page.getByRole('region', { name: 'Conversation' }).getByText('Hello?').waitFor()
    assert.ok(await page.getByRole('tab', { name: 'Note' }).isDisabled())
    assert.ok(await page.getByRole('button', { name: /^Priority|Priority$/ }).isDisabled())
    assert.equal(await page.getByRole('button', { name: /Assign to me|Solve/ }).count(), 0)
    assert.ok(await page.getByTitle('Your role does not allow this.').first().isVisible())
    await page.getByRole('textbox', { name: 'Message' }).fill('Nobody but me.')
    // Whoever is next at this device does not find what was written.
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').fill(world.value('CONSOLE_EMAIL'))
    await page.getByLabel('Password').fill(world.value('CONSOLE_PASSWORD'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('region', { name: 'Conversation' }).getByText('Hello?').waitFor()
    assert.equal(await written(page), '')
  })

  test('shows texts as text and PDFs in the viewer of the browser, and saves all files of a ticket at once', async (t) => {
    const { page, faults } = await signedIn(t)
    const html = '<img src=x onerror="document.title=1">'
    const attachments: string[] = []
    for (const [name, content] of [
      ['notes.html', `${html}\nGrüße`],
      ['long.txt', 'A line.\n'.repeat(20_000)],
      ['bill.pdf', '%PDF-1.4\n%EOF'],
    ] as const) {
      const body = new FormData()
      body.set('file', new File([content], name))
      attachments.push((await api().call('uploadAttachment', { body })).id)
    }
    await api().call('createTicket', { body: { title: 'With files', text: 'Three of them.', attachments } })
    // A browser without a window has no viewer, and would save what is shown: the server must be asked for it all the same.
    await page.addInitScript('Object.defineProperty(Navigator.prototype, "pdfViewerEnabled", { get: () => true })')
    await page.reload()
    await page.getByRole('link', { name: 'With files' }).click()
    await page.getByRole('button', { name: 'Show notes.html' }).click()
    await page.getByRole('region', { name: 'notes.html' }).getByText(html).waitFor()
    assert.equal(await page.getByRole('region', { name: 'notes.html' }).locator('img').count(), 0)
    await page.getByRole('button', { name: 'Show long.txt' }).click()
    await page.getByText('The rest is in the file.').waitFor()
    await page.getByRole('button', { name: 'Hide long.txt' }).click()
    await page.getByRole('region', { name: 'long.txt' }).waitFor({ state: 'detached' })
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('&show')),
      page.getByRole('button', { name: 'Show bill.pdf' }).click(),
    ])
    assert.deepEqual([answer.status(), answer.headers()['content-type']], [200, 'application/pdf'])
    assert.match(answer.headers()['content-disposition'] ?? '', /^inline/)
    const [saved] = await Promise.all([
      page.waitForEvent('download', (download) => download.suggestedFilename().endsWith('.zip')),
      page.getByRole('link', { name: /^Download all 3/ }).click(),
    ])
    assert.equal((await readFile(await saved.path())).subarray(0, 2).toString(), 'PK')
    assert.deepEqual(faults, [])
  })

  test('shows a ticket that came while the list was read, however slow the first answer is', async (t) => {
    const title = `Meanwhile ${randomUUID()}`
    const held = Promise.withResolvers<void>()
    const told = Promise.withResolvers<void>()
    const context = await opened.browser.newContext({ viewport: WIDE, locale: 'en-GB' })
    t.after(async () => {
      await context.unrouteAll({ behavior: 'ignoreErrors' })
      await context.close()
    })
    let isFollowed = false
    let isMade = false
    await context.route(/\/v1\/events\?/, async (route) => {
      const answer = await route.fetch()
      if ((await answer.text()).includes(title)) told.resolve()
      await route.fulfill({ response: answer })
      isFollowed = true
    })
    // What is read once the feed has its place is held back until the feed has told of what came after it.
    await context.route(/\/v1\/tickets\?/, async (route) => {
      if (!isFollowed) return
      const answer = await route.fetch()
      if (!isMade) {
        isMade = true
        await api().call('createTicket', { body: { title, text: 'Just now.' } })
        await held.promise
      }
      await route.fulfill({ response: answer }).catch(() => {})
    })
    const page = await context.newPage()
    await page.goto(`${world.url}/`)
    await page.getByLabel('E-mail').fill(world.value('CONSOLE_EMAIL'))
    await page.getByLabel('Password').fill(world.value('CONSOLE_PASSWORD'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await told.promise
    // What follows from it in the page is done by then.
    await page.evaluate('new Promise((resolve) => setTimeout(resolve))')
    held.resolve()
    await page.getByRole('link', { name: title }).waitFor()
  })

  test('keeps what a hostile message has in it within its frame', async (t) => {
    const { page, faults } = await signedIn(t)
    const html =
      '<p>Hello</p><script>parent.document.title = "taken"</script><img src="https://tracker.example/1.png">' +
      '<div style="position:fixed;inset:0;background:red">all over</div><form action="/x"><input></form>'
    await api().call('createTicket', { body: { title: 'Hostile', html } })
    let asked = 0
    await page.context().route('https://tracker.example/**', async (route) => {
      asked += 1
      await route.fulfill({ status: 200, contentType: 'image/png', body: Buffer.from(PIXEL, 'base64') })
    })
    await page.getByRole('link', { name: 'Hostile' }).click()
    const frame = page.getByRole('region', { name: 'Conversation' }).frameLocator('iframe')
    await frame.getByText('Hello').waitFor()
    assert.equal(await frame.locator('script, form, input').count(), 0)
    assert.equal(await page.title(), 'Hostile · Polydesk')
    assert.equal(asked, 0)
    await page.getByRole('button', { name: 'Show remote pictures' }).click()
    await until('the picture is asked for', () => asked === 1)
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('tracker.example')),
      [],
    )
  })

  for (const colorScheme of ['light', 'dark'] as const)
    test(`has no fault that axe finds, in ${colorScheme} colours, wide and on a phone`, async (t) => {
      const { id } = await api().call('createTicket', {
        body: { title: 'Accessible', text: 'For everybody.', tags: ['vip'], priority: 'high' },
      })
      await api().call('addMessage', { params: { id }, body: { text: 'Seen.', visibility: 'internal' } })
      await api().call('changeTicket', { params: { id }, body: { status: 'pending' } })
      for (const viewport of [WIDE, PHONE]) {
        const { page } = await signedIn(t, { colorScheme, viewport, bypassCSP: true })
        const check = async (where: string, without: readonly string[] = []): Promise<void> => {
          assert.deepEqual(await faultsIn(page, without), [], `${where}, ${viewport.width} wide`)
        }
        await check('the list')
        await page.goto(`${world.url}/tickets/${id}?view=all`)
        await page.getByRole('region', { name: 'Conversation' }).getByText('Seen.').waitFor()
        await check('a ticket')
        await page.getByRole('tab', { name: 'Note' }).click()
        await check('a note')
        await page.goto(`${world.url}/settings`)
        await page.getByText('This browser').waitFor()
        await check('the settings')
        await page.keyboard.press('Control+k')
        await page.getByRole('dialog', { name: 'Command palette' }).waitFor()
        // The focus stays in its field, whose keys scroll the list below.
        await check('the palette', ['scrollable-region-focusable'])
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: /^Account/ }).click()
        await page.getByRole('menuitem', { name: 'Sign out' }).click()
        await page.getByRole('button', { name: 'Sign in' }).waitFor()
        await check('the sign-in')
      }
    })

  administration({ world: () => world, api, signedIn })
  changesOfMany({ api, signedIn })
  changesTakenBack({ api, signedIn })
  merges({ api, signedIn })
  ticketsSnoozed({ api, signedIn })
  writing({ world: () => world, api, signedIn })
})
