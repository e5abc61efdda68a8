import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../process.ts'
import type { Site } from './site.ts'

/** Tickets that belong together, in the page of the desk. */
export function links({ api, signedIn }: Site): void {
  const open = (title: string) => api().call('createTicket', { body: { title, text: 'Text of it.' } })

  test('links a ticket to one that is found, shows it on both, and takes it back', async (t) => {
    const { page } = await signedIn(t)
    const [roof, chimney] = [await open('Roof leaks'), await open('Chimney smokes')]
    await page.goto(`${new URL(page.url()).origin}/tickets/${chimney.id}`)
    const part = page.getByRole('region', { name: 'Links' })
    await part.getByRole('button', { name: 'Link …' }).click()
    const dialog = page.getByRole('dialog', { name: /^Link “Chimney smokes”/ })
    await dialog.getByRole('button', { name: /The other ticket is/ }).click()
    await page.getByRole('option', { name: 'Parent' }).click()
    await dialog.getByRole('searchbox').fill(`#${roof.number}`)
    await dialog.getByRole('menuitem', { name: /Roof leaks/ }).click()
    await part.getByRole('heading', { name: 'Parent' }).waitFor()
    await part.getByRole('link', { name: /Roof leaks/ }).click()
    await page.getByRole('heading', { name: 'Roof leaks', level: 1 }).waitFor()
    await part.getByRole('heading', { name: 'Child' }).waitFor()
    await part.getByRole('button', { name: 'Take away the link to Chimney smokes' }).click()
    await part.getByRole('link', { name: /Chimney smokes/ }).waitFor({ state: 'detached' })
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).last().click()
    await part.getByRole('link', { name: /Chimney smokes/ }).waitFor()
    const { data } = await api().call('listLinks', { params: { id: chimney.id } })
    assert.deepEqual(
      data.map(({ relation, ticket }) => [relation, ticket.title]),
      [['parent', 'Roof leaks']],
    )
  })

  test('asks about the children of a ticket that is solved, and solves them by one job', async (t) => {
    const { page } = await signedIn(t)
    const [storm, ...damage] = [await open('Storm came'), await open('Fence fell'), await open('Gutter bent')]
    for (const { id } of damage)
      await api().call('linkTickets', { params: { id: storm.id }, body: { relation: 'child', ticket: id } })
    await page.goto(`${new URL(page.url()).origin}/tickets/${storm.id}`)
    await page
      .getByRole('region', { name: 'Links' })
      .getByRole('link', { name: /Fence fell/ })
      .waitFor()
    await page.keyboard.press('e')
    const dialog = page.getByRole('dialog', { name: '2 children are still open' })
    await dialog.getByRole('button', { name: 'Set all to: Solved' }).click()
    const statusOf = async (id: string) => (await api().call('getTicket', { params: { id } })).status
    for (const { id } of damage)
      await until('a child that is solved', async () => (await statusOf(id)) === 'solved' || undefined)
    // Nothing is asked where nothing is open.
    await page.keyboard.press('z')
    await page.getByText('Undone.').waitFor()
    await page.keyboard.press('e')
    await until('a parent that is solved again', async () => (await statusOf(storm.id)) === 'solved' || undefined)
    assert.equal(await page.getByRole('dialog').count(), 0)
  })
}
