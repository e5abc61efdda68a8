import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../process.ts'
import type { Site } from './site.ts'

/** Two tickets become one, in the page of the desk. */
export function merges({ api, signedIn }: Site): void {
  test('merges a ticket into another, shows both conversations, and takes it back', async (t) => {
    const { page } = await signedIn(t)
    const open = (title: string, text: string) => api().call('createTicket', { body: { title, text } })
    const stays = await open('The pelican came', 'It sits on the roof.')
    const goes = await open('A bird on the roof', 'Is it a pelican?')
    const address = `${new URL(page.url()).origin}/tickets/${goes.id}`
    await page.goto(address)
    const talk = page.getByRole('region', { name: 'Conversation' })
    await talk.getByText('Is it a pelican?').waitFor()
    await page.getByRole('button', { name: 'Merge into …' }).click()
    const dialog = page.getByRole('dialog', { name: /^Merge “A bird on the roof”/ })
    await dialog.getByRole('searchbox').fill(`#${stays.number}`)
    await dialog.getByRole('menuitem', { name: /The pelican came/ }).click()
    await page.getByRole('heading', { name: 'The pelican came' }).waitFor()
    await talk.getByText('It sits on the roof.').waitFor()
    await talk.getByText('Is it a pelican?').waitFor()
    await talk.getByText(`from #${goes.number}`, { exact: true }).waitFor()
    assert.ok(page.url().includes(stays.id), page.url())
    // An address that somebody kept leads to the one that stays.
    await page.goto(address)
    await page.getByRole('heading', { name: 'The pelican came' }).waitFor()
    await until('the page of the one that stays', () => page.url().includes(stays.id) || undefined)
    assert.equal((await api().call('getTicket', { params: { id: goes.id } })).id, stays.id)
  })

  test('takes a merge back where it is told, by keys alone', async (t) => {
    const { page } = await signedIn(t)
    const open = (title: string, text: string) => api().call('createTicket', { body: { title, text } })
    const stays = await open('The heron stands', 'In the pond.')
    const goes = await open('Heron in the pond', 'It eats our fish.')
    await page.goto(`${new URL(page.url()).origin}/tickets/${goes.id}`)
    const talk = page.getByRole('region', { name: 'Conversation' })
    await talk.getByText('It eats our fish.').waitFor()
    await page.keyboard.press('m')
    await page.keyboard.type('heron stands')
    await page
      .getByRole('dialog')
      .getByRole('menuitem', { name: /The heron stands/ })
      .waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText(`#${goes.number} was merged into #${stays.number}.`).waitFor()
    await page.getByRole('heading', { name: 'The heron stands' }).waitFor()
    await talk.getByText('It eats our fish.').waitFor()
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
    await page.getByText(`#${goes.number} is a ticket of its own again.`).waitFor()
    await talk.getByText('It eats our fish.').waitFor({ state: 'detached' })
    assert.equal((await api().call('getTicket', { params: { id: goes.id } })).id, goes.id)
  })
}
