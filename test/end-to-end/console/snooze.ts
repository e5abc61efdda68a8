import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Site } from './site.ts'

/** A ticket is put away for a while in its page. */
export function ticketsSnoozed({ api, signedIn }: Site): void {
  const until = async (id: string) => (await api().call('getTicket', { params: { id } })).snoozed_until

  test('snoozes a ticket by a key, shows until when, and wakes it', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'A part is on its way', text: 'Next week.' } })
    const { origin } = new URL(page.url())
    await page.goto(`${origin}/tickets/${id}?view=open`)
    const ticket = page.getByRole('article', { name: 'A part is on its way' })
    const row = page.getByRole('link', { name: 'A part is on its way' })
    await row.waitFor()
    await ticket.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('h')
    const dialog = page.getByRole('dialog', { name: 'Snooze' })
    await dialog.getByRole('button', { name: /^Next week/ }).click()
    await ticket.getByText(/^Snoozed until/).waitFor()
    const time = new Date((await until(id)) ?? assert.fail('It is awake.'))
    const days = (time.getTime() - Date.now()) / 86_400_000
    assert.ok(days > 0 && days <= 7.5, String(time))
    await row.waitFor({ state: 'detached' })
    await page.goto(`${origin}/tickets/${id}?view=snoozed`)
    await row.waitFor()
    await ticket.getByRole('button', { name: 'Wake' }).click()
    await row.waitFor({ state: 'detached' })
    assert.equal(await until(id), null)
    await page.getByRole('status').filter({ hasText: 'Saved.' }).getByRole('button', { name: 'Undo' }).click()
    await row.waitFor()
    assert.equal(await until(id), time.toISOString())
    // Until an answer, and no time.
    await page.keyboard.press('h')
    await dialog.getByRole('button', { name: 'Until the requester answers' }).click()
    await ticket.getByText('Snoozed until the requester answers').waitFor()
  })
}
