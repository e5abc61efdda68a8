/** What is written in the console: macros that say something, drafts, and what is sent later. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { until } from '../process.ts'
import { assertFine, choose, type Site, unexpected } from './administration.ts'

/**
 * Waits until no window has a message on its way any more. From outside: what a page itself is told to ask again is code
 * made of a text, which its policy refuses.
 */
export async function nothingOnItsWay(page: Page): Promise<void> {
  const isEmpty = 'Object.keys(localStorage).every((name) => !name.startsWith("polydesk.outbox"))'
  await until('nothing is on its way', () => page.evaluate<boolean>(isEmpty))
}

export function writing(site: Site): void {
  test('keeps a macro, shows what it would do to a ticket, runs it from the palette, and takes it back', async (t) => {
    const { page, faults } = await site.signedIn(t, { bypassCSP: true })
    const { url } = site.world()
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
    const { id, status } = await site.api().call('createTicket', { body })
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
    assert.equal((await site.api().call('getTicket', { params: { id } })).status, status)
    await page.keyboard.press('Escape')
    await preview.waitFor({ state: 'detached' })

    await page.keyboard.press('Control+k')
    await page.getByRole('searchbox', { name: 'Command, value, ticket or person' }).fill(mark)
    await page.getByRole('menuitem', { name: `Macro: Ask ${mark}` }).click()
    await preview.getByLabel('Reply').fill('Dear Rosa, all well?')
    await preview.getByRole('button', { name: 'Run', exact: true }).click()
    await preview.waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Conversation' }).getByText('Dear Rosa, all well?').waitFor()
    const ran = await site.api().call('getTicket', { params: { id } })
    assert.deepEqual([ran.status, ran.tags], ['pending', ['asked', 'twice']])
    await page.getByRole('status').filter({ hasText: 'Saved.' }).getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('status').filter({ hasText: 'Undone.' }).waitFor()
    const back = await site.api().call('getTicket', { params: { id } })
    assert.deepEqual([back.status, back.tags, back.assignee], [status, [], null])

    await page.goto(`${url}/settings/macros`)
    await page.getByRole('button', { name: `Delete Ask ${mark}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText(`Ask ${mark} is deleted.`).waitFor()
    assert.deepEqual(unexpected(faults), [])
  })

  test('has on another device what was written on this one, and nothing of what was sent or thrown away', async (t) => {
    const [one, two] = [await site.signedIn(t), await site.signedIn(t)]
    const { url } = site.world()
    const { id } = await site.api().call('createTicket', { body: { title: 'Two devices', text: 'Hello?' } })
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
    await one.page.getByRole('button', { name: 'Send', exact: true }).click()
    await one.page.getByRole('button', { name: 'Undo' }).click()
    await until('it is taken back', async () => (await writtenOn(one)) === 'Begun here, and gone on there.')
    await one.page.getByRole('button', { name: 'Send', exact: true }).click()
    await two.page.getByRole('region', { name: 'Conversation' }).getByText('Begun here, and gone on there.').waitFor()
    await until('it is gone there', async () => (await writtenOn(two)) === '')
    await nothingOnItsWay(one.page)
    assert.equal((await site.api().call('listMessages', { params: { id } })).data.length, 2)

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
    const { page, faults } = await site.signedIn(t, { bypassCSP: true })
    const { url } = site.world()
    const { id } = await site.api().call('createTicket', { body: { title: 'Another day', text: 'Hello?' } })
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
}
