/** What is written in the console: macros that say something. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { assertFine, choose, type Site, unexpected } from './administration.ts'

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
}
