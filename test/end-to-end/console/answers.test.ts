/** What is written: replies that are sent once and cross nobody, drafts, macros, and what is sent later. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createClient } from '../../../sdk/client.ts'
import { until } from '../../process.ts'
import { noBrowser } from '../browser.ts'
import {
  assertFine,
  choose,
  newcomer,
  nothingOnItsWay,
  openSite,
  owner,
  passUndo,
  pressSend,
  send,
  signInAt,
  unexpected,
  written,
} from './site.ts'

const site = openSite()
const { world, api, context, signedIn } = site

describe('answers', { skip: noBrowser }, () => {
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
    await send(page)
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
    await pressSend(page)
    await api().call('addMessage', { params: { id }, body: { text: 'No, me.' } })
    await passUndo(page)
    await page.getByText('Not sent: something happened meanwhile.').waitFor()
    await page.getByRole('region', { name: 'Conversation' }).getByText('No, me.').waitFor()
    assert.equal(await written(page), 'I am.')
    assert.equal((await api().call('listMessages', { params: { id } })).data.length, 2)
  })

  test('has two agents at once: neither answers over the other, and each sees what the other does', async (t) => {
    const { person, link } = await newcomer(site)
    const body = { token: link.split('#')[1] ?? '', password: 'the first one' }
    await createClient({ url: world().url }).call('resetPassword', { body })
    const [{ page: olivia }, { page: nell }] = [await signedIn(t), await signedIn(t, {}, [person, 'the first one'])]
    const { id } = await api().call('createTicket', { body: { title: 'Wanted by both', text: 'Who helps?' } })
    const parts = (page: Page) => ({
      conversation: page.getByRole('region', { name: 'Conversation' }),
      field: page.getByRole('textbox', { name: 'Message' }),
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
    await pressSend(nell)
    await send(olivia)
    // Whoever was first is seen by the other, whose answer stops there and is kept.
    await parts(nell).conversation.getByText('I do, says Olivia.').waitFor()
    await passUndo(nell)
    await nell.getByText('Not sent: something happened meanwhile.').waitFor()
    assert.equal(await written(nell), 'No, I do, says Nell.')
    assert.deepEqual(refused, [412])
    await parts(olivia).conversation.getByRole('article', { name: 'Message of Olivia Owner', exact: true }).waitFor()
    assert.equal(await written(olivia), '')
    // One takes the ticket: the other's window tells so by itself, and what was on its way there stops.
    await parts(olivia).field.fill('And another thing.')
    await pressSend(olivia)
    await olivia.getByRole('button', { name: 'Undo' }).waitFor()
    await nell.getByRole('button', { name: /Assign to me/ }).click()
    await olivia
      .getByRole('button', { name: /^Assignee|Assignee$/ })
      .getByText('Nell')
      .waitFor()
    await passUndo(olivia)
    await olivia.getByText('Not sent: something happened meanwhile.').waitFor()
    assert.equal(await written(olivia), 'And another thing.')
    // What came was read by now, so it may go.
    await send(nell)
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
    await page.goto(`${world().url}/tickets/${id}`)
    const field = page.getByRole('textbox', { name: 'Message' })
    await field.fill('From the first.')
    await pressSend(page)
    const other = await context.newPage()
    await other.goto(`${world().url}/tickets/${id}`)
    await other.getByRole('textbox', { name: 'Message' }).waitFor()
    assert.equal(await written(other), '')
    await passUndo(page)
    await other.getByRole('region', { name: 'Conversation' }).getByText('From the first.').waitFor()
    await nothingOnItsWay(page)
    assert.equal(await written(other), '')
    await field.fill('Closed too early.')
    await pressSend(page)
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    await page.close()
    await until('the other has it as a draft', async () => (await written(other)) === 'Closed too early.')
    assert.equal((await api().call('listMessages', { params: { id } })).data.length, 2)
  })

  test('offers to be loaded anew where the server has other parts by now, and keeps what is written', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'An upgrade', text: 'Meanwhile.' } })
    await page.goto(`${world().url}/tickets/${id}`)
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
    await page.goto(`${world().url}/tickets/${id}`)
    await page.getByRole('textbox', { name: 'Message' }).getByText('Half of a sentence').waitFor()
  })

  test('is used without https too, where browsers have less', async (t) => {
    const own = await context(t)
    await own.addInitScript('delete Crypto.prototype.randomUUID; delete Navigator.prototype.locks')
    const page = await own.newPage()
    const { id } = await api().call('createTicket', { body: { title: 'By http', text: 'Within the house.' } })
    await page.goto(`${world().url}/tickets/${id}`)
    await signInAt(page, owner(world()))
    await page.getByRole('textbox', { name: 'Message' }).fill('Heard.')
    // Here the seconds to take it back pass by themselves.
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('article', { name: 'Message of Olivia Owner', exact: true }).getByText('Heard.').waitFor()
  })

  test('keeps what is said often, and inserts it with its variables filled in', async (t) => {
    const { page, faults } = await signedIn(t)
    const url = world().url
    const mark = randomUUID().slice(0, 8)
    await page.goto(`${url}/settings/replies`)
    await page.getByRole('heading', { name: 'Saved replies', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'New saved reply' }).click()
    await page.getByLabel('Name', { exact: true }).fill(`Thanks ${mark}`)
    await page.getByLabel('Folder').fill('Ends')
    await page.getByLabel('Text', { exact: true }).fill('Dear {{requester.nickname}}')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText(/There is no variable requester.nickname/).waitFor()
    await page.getByLabel('Text', { exact: true }).fill('Dear {{requester.first_name}},\n\nall is well again.')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText(`Thanks ${mark}`).waitFor()
    await assertFine(page, 'the saved replies')

    const requester = { email: `${mark}@example.com`, name: 'Rosa' }
    const body = { title: `Said ${mark}`, text: 'Help', requester }
    const { id } = await api().call('createTicket', { body })
    await page.goto(`${url}/tickets/${id}`)
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello. ')
    await page.getByRole('button', { name: 'Saved replies' }).click()
    await page.getByRole('searchbox', { name: 'Find a saved reply' }).fill(mark)
    const offered = page.getByRole('menuitem')
    await offered.getByText('Dear Rosa,').waitFor()
    assert.equal(await offered.count(), 1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const field = page.getByRole('textbox', { name: 'Message' })
    await field.getByText('all is well again.').waitFor()
    assert.match(await field.innerText(), /^Hello\. Dear Rosa,\s+all is well again\.$/)
    await page.clock.install()
    await page.keyboard.press('Control+Enter')
    await passUndo(page)
    await until('it is sent', async () => {
      const { data } = await api().call('listMessages', { params: { id } })
      return data.some(({ text }) => /Hello\. Dear Rosa,/.test(text))
    })
    const { data: others } = await api().call('listSavedReplies')
    assert.ok(
      others.every(({ name }) => name !== `Thanks ${mark}`),
      'it is private',
    )

    await page.goto(`${url}/settings/replies`)
    await page.getByRole('button', { name: `Delete Thanks ${mark}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText(`Thanks ${mark} is deleted.`).waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('keeps a macro, shows what it would do to a ticket, runs it from the palette, and takes it back', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const { url } = world()
    const mark = randomUUID().slice(0, 8)
    await page.goto(`${url}/settings/macros`)
    await page.getByRole('heading', { name: 'Macros', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'New macro' }).click()
    const form = page.getByRole('dialog', { name: 'New macro' })
    await form.getByLabel('Name', { exact: true }).fill(`Ask ${mark}`)
    await choose(page, /^Status|Status$/, 'Pending')
    await choose(page, /^Assignee|Assignee$/, 'Whoever runs it')
    await form.getByLabel('Tags to add').fill('asked, twice')
    await form.getByLabel('Message', { exact: true }).fill('Dear {{requester.first_name}}, is it well?')
    await assertFine(page, 'the form of a macro')
    await form.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText(`Ask ${mark}`).waitFor()
    await assertFine(page, 'the macros')

    const requester = { email: `${mark}@example.com`, name: 'Rosa' }
    const body = { title: `Macro ${mark}`, text: 'Help', requester }
    const { id, status } = await api().call('createTicket', { body })
    await page.goto(`${url}/tickets/${id}`)
    await page.getByRole('textbox', { name: 'Message' }).waitFor()
    await page.getByRole('button', { name: 'Run a macro' }).click()
    await page.getByRole('searchbox', { name: 'Find a macro' }).fill(mark)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const preview = page.getByRole('dialog', { name: `Ask ${mark}` })
    await preview.getByText('Status: New → Pending').waitFor()
    await preview.getByText('Tags: None → asked, twice').waitFor()
    assert.equal(await preview.getByLabel('Reply').inputValue(), 'Dear Rosa, is it well?')
    await assertFine(page, 'what a macro would do')
    // Nothing happens by a look.
    assert.equal((await api().call('getTicket', { params: { id } })).status, status)
    await page.keyboard.press('Escape')
    await preview.waitFor({ state: 'detached' })

    await page.keyboard.press('Control+k')
    await page.getByRole('searchbox', { name: 'Command, value, ticket or person' }).fill(mark)
    await page.getByRole('menuitem', { name: `Macro: Ask ${mark}` }).click()
    await preview.getByLabel('Reply').fill('Dear Rosa, all well?')
    await preview.getByRole('button', { name: 'Run', exact: true }).click()
    await preview.waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Conversation' }).getByText('Dear Rosa, all well?').waitFor()
    const ran = await api().call('getTicket', { params: { id } })
    assert.deepEqual([ran.status, ran.tags], ['pending', ['asked', 'twice']])
    await page.getByRole('status').filter({ hasText: 'Saved.' }).getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('status').filter({ hasText: 'Undone.' }).waitFor()
    const back = await api().call('getTicket', { params: { id } })
    assert.deepEqual([back.status, back.tags, back.assignee], [status, [], null])

    await page.goto(`${url}/settings/macros`)
    await page.getByRole('button', { name: `Delete Ask ${mark}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText(`Ask ${mark} is deleted.`).waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('has on another device what was written on this one, and nothing of what was sent or thrown away', async (t) => {
    const [one, two] = [await signedIn(t), await signedIn(t)]
    const { url } = world()
    const { id } = await api().call('createTicket', { body: { title: 'Two devices', text: 'Hello?' } })
    const at = `${url}/tickets/${id}`
    const fieldOf = ({ page }: typeof one) => page.getByRole('textbox', { name: 'Message' })
    const writtenOn = async (which: typeof one) => (await fieldOf(which).innerText()).trim()
    await one.page.goto(at)
    await fieldOf(one).fill('Begun here')
    await one.page.getByText('Draft kept', { exact: true }).waitFor()
    await two.page.goto(at)
    await until('it is there too', async () => (await writtenOn(two)) === 'Begun here')
    await fieldOf(two).fill('Begun here, and gone on there.')
    await two.page.getByText('Draft kept', { exact: true }).waitFor()
    await one.page.reload()
    await until('it came back', async () => (await writtenOn(one)) === 'Begun here, and gone on there.')
    await pressSend(one.page)
    await one.page.getByRole('button', { name: 'Undo' }).click()
    await until('it is taken back', async () => (await writtenOn(one)) === 'Begun here, and gone on there.')
    await send(one.page)
    await two.page.getByRole('region', { name: 'Conversation' }).getByText('Begun here, and gone on there.').waitFor()
    await until('it is gone there', async () => (await writtenOn(two)) === '')
    await nothingOnItsWay(one.page)
    assert.equal((await api().call('listMessages', { params: { id } })).data.length, 2)

    // Both wrote before either knew: what both wrote is there.
    await one.page.route('**/drafts/**', (route) => route.abort())
    await fieldOf(one).fill('Without a network.')
    await one.page.getByText('Draft kept on this device').waitFor()
    await fieldOf(two).fill('With one.')
    await two.page.getByText('Draft kept', { exact: true }).waitFor()
    await one.page.unrouteAll()
    await one.page.reload()
    await until('both are there', async () => /^With one\.\s+Without a network\.$/.test(await writtenOn(one)))
    await one.page.getByText('Draft kept', { exact: true }).waitFor()
    await fieldOf(one).fill('')
    const drafts = async () => (await one.page.request.get(`${url}/v1/tickets/${id}/drafts`)).json()
    await until('it is thrown away', async () => (await drafts()).data.length === 0)
    assert.deepEqual(
      unexpected([...one.faults, ...two.faults]).filter((fault) => !fault.includes('ERR_FAILED')),
      [],
    )
  })

  test('sends later what is written, shows when on the ticket, and gives it back to be edited', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const { url } = world()
    const { id } = await api().call('createTicket', { body: { title: 'Another day', text: 'Hello?' } })
    await page.goto(`${url}/tickets/${id}`)
    const field = page.getByRole('textbox', { name: 'Message' })
    await field.fill('Is it well by now?')
    await page.getByRole('button', { name: 'Send and set the status' }).click()
    await page.getByRole('menuitem', { name: 'Send later' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send later' })
    await dialog.getByText('Not if the requester answers first').waitFor()
    await assertFine(page, 'when it is sent')
    await dialog.getByRole('button', { name: /^Next week/ }).click()
    const list = page.getByRole('list', { name: 'Sent later' })
    await list.getByText('Is it well by now?').waitFor()
    assert.equal((await field.innerText()).trim(), '')
    const own = async () => (await (await page.request.get(`${url}/v1/tickets/${id}/scheduled`)).json()).data
    const [scheduled] = await own()
    assert.deepEqual([scheduled.state, scheduled.unless_answered], ['waiting', true])
    await assertFine(page, 'a ticket on which something is sent later')
    await list.getByRole('button', { name: 'Edit' }).click()
    await field.getByText('Is it well by now?').waitFor()
    await list.waitFor({ state: 'detached' })
    assert.deepEqual(await own(), [])
    await page.getByText('Draft kept', { exact: true }).waitFor()
    assert.deepEqual(unexpected(faults), [])
  })
})
