import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../process.ts'
import type { Site } from './site.ts'

/** A message becomes a ticket of its own, in the page of the desk. */
export function splits({ api, signedIn }: Site): void {
  test('splits a message off with what follows, opens the new ticket, and takes it back', async (t) => {
    const { page } = await signedIn(t)
    const ticket = await api().call('createTicket', { body: { title: 'Oven is cold', text: 'It does not heat.' } })
    for (const text of ['Also, the tap drips.', 'A plumber is needed.'])
      await api().call('addMessage', { params: { id: ticket.id }, body: { text } })
    await page.goto(`${new URL(page.url()).origin}/tickets/${ticket.id}`)
    const talk = page.getByRole('region', { name: 'Conversation' })
    await talk.getByText('Also, the tap drips.').waitFor()
    // Not of how it began.
    assert.equal(await talk.getByRole('button', { name: 'Split off …' }).count(), 2)
    await talk.getByRole('button', { name: 'Split off …' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Make it a ticket of its own' })
    await dialog.getByRole('textbox', { name: 'Title of the new ticket' }).fill('Tap drips')
    await dialog.getByText('With what was said after it').click()
    await dialog.getByRole('button', { name: 'Split off' }).click()
    await page.getByRole('heading', { name: 'Tap drips', level: 1 }).waitFor()
    await talk.getByText('A plumber is needed.').waitFor()
    assert.equal(await talk.getByText('It does not heat.').count(), 0)
    await page
      .getByRole('region', { name: 'Links' })
      .getByRole('link', { name: /Oven is cold/ })
      .waitFor()
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click()
    await page.getByRole('heading', { name: 'Oven is cold', level: 1 }).waitFor()
    await talk.getByText('It does not heat.').waitFor()
    await talk.getByText('A plumber is needed.').waitFor()
    await until('the page of the one that has all', () => page.url().includes(ticket.id) || undefined)
  })
}
