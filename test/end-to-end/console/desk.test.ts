/** A day at the desk: tickets that come, are found, read, changed and put in order. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../../process.ts'
import { noBrowser } from '../browser.ts'
import { changesOfMany } from './bulk.ts'
import { links } from './linking.ts'
import { merges } from './merging.ts'
import { faultsIn, openSite, owner, PHONE, pressSend, send, signInAt, WIDE, written } from './site.ts'
import { ticketsSnoozed } from './snooze.ts'
import { splits } from './splitting.ts'
import { changesTakenBack } from './undo.ts'

const site = openSite()
const { world, api, context, signedIn } = site

/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

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

/** Whether a ticket is unread to whoever has signed in at a page. */
async function unreadTo(page: Page, id: string): Promise<boolean> {
  return (await (await page.request.get(`${world().url}/v1/tickets/${id}?include=unread`)).json()).unread
}

describe('the desk', { skip: noBrowser }, () => {
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
    await pressSend(page)
    await files.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    assert.equal(await written(page), 'The second time this week.')
    assert.equal(await files.getByRole('listitem').count(), 2)
    await send(page)
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
    await send(page)
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
    // The clock of the test is refused in the frame of a message, as any script is.
    assert.deepEqual(
      faults.filter((fault) => !/400|sandboxed/.test(fault)),
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
    assert.equal(ticket.assignee?.email, world().value('CONSOLE_EMAIL'))
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
    const own = await context(t)
    let isFollowed = false
    let isMade = false
    await own.route(/\/v1\/events\?/, async (route) => {
      const answer = await route.fetch()
      if ((await answer.text()).includes(title)) told.resolve()
      await route.fulfill({ response: answer })
      isFollowed = true
    })
    // What is read once the feed has its place is held back until the feed has told of what came after it.
    await own.route(/\/v1\/tickets\?/, async (route) => {
      if (!isFollowed) return
      const answer = await route.fetch()
      if (!isMade) {
        isMade = true
        await api().call('createTicket', { body: { title, text: 'Just now.' } })
        await held.promise
      }
      await route.fulfill({ response: answer }).catch(() => {})
    })
    const page = await own.newPage()
    await page.goto(`${world().url}/`)
    await signInAt(page, owner(world()))
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
        await page.goto(`${world().url}/tickets/${id}?view=all`)
        await page.getByRole('region', { name: 'Conversation' }).getByText('Seen.').waitFor()
        await check('a ticket')
        await page.getByRole('tab', { name: 'Note' }).click()
        await check('a note')
        await page.goto(`${world().url}/settings`)
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

  changesOfMany(site)
  changesTakenBack(site)
  merges(site)
  links(site)
  splits(site)
  ticketsSnoozed(site)
})
