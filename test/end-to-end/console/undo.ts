import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Site } from './site.ts'

/** A change of a ticket is taken back in its page. */
export function changesTakenBack({ api, signedIn }: Site): void {
  const now = async (id: string) => {
    const { status, priority } = await api().call('getTicket', { params: { id } })
    return [status, priority]
  }

  test('offers to undo each change, and to do it again; somebody else’s is not undone unseen', async (t) => {
    const { page } = await signedIn(t)
    const { id } = await api().call('createTicket', { body: { title: 'The lift is stuck', text: 'Since noon.' } })
    await page.goto(`${new URL(page.url()).origin}/tickets/${id}`)
    const ticket = page.getByRole('article', { name: 'The lift is stuck' })
    await ticket.getByRole('button', { name: /^Solve/ }).click()
    const notices = page.getByRole('status').filter({ hasText: 'Saved.' })
    await notices.getByRole('button', { name: 'Undo' }).click()
    const undone = page.getByRole('status').filter({ hasText: 'Undone.' })
    await undone.waitFor()
    assert.deepEqual(await now(id), ['new', 'normal'])
    await undone.getByRole('button', { name: 'Redo' }).click()
    await notices.waitFor()
    assert.deepEqual(await now(id), ['solved', 'normal'])
    // By its key.
    await page.keyboard.press('z')
    await undone.waitFor()
    assert.deepEqual(await now(id), ['new', 'normal'])
    await ticket.getByRole('button', { name: /^\d+ changes$/ }).click()
    await ticket.getByText('Status: Solved → New (undone)').first().waitFor()

    await ticket.getByRole('button', { name: /^Solve/ }).click()
    await notices.waitFor()
    await api().call('changeTicket', { params: { id }, body: { priority: 'high' } })
    await notices.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('status').filter({ hasText: 'That was not undone.' }).waitFor()
    assert.deepEqual(await now(id), ['solved', 'high'])
  })
}
