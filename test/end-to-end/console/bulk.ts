import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../process.ts'
import type { Site } from './site.ts'

/** Many tickets are changed at once, in the page of the desk. */
export function changesOfMany({ api, signedIn }: Site): void {
  async function statuses(tag: string): Promise<readonly string[]> {
    const { data } = await api().call('listTickets', { query: { q: `tag:${tag}`, sort: 'created', limit: '200' } })
    return data.map(({ title, status, priority, tags }) => [title, status, priority, ...tags].join(' '))
  }

  test('changes many at once, tells which one refused, and takes it back', async (t) => {
    const { page } = await signedIn(t)
    const list = page.getByRole('list', { name: 'Tickets' })
    const made = []
    for (const title of ['First', 'Second', 'Third'])
      made.push(await api().call('createTicket', { body: { title, text: 'One of them.', tags: ['many'] } }))
    await page.getByRole('searchbox', { name: 'Search tickets' }).fill('tag:many')
    await list.getByRole('link').nth(2).waitFor()
    await page.getByRole('checkbox', { name: 'Pick Third' }).click()
    await page.getByRole('checkbox', { name: 'Pick First' }).click({ modifiers: ['Shift'] })
    const bar = page.getByRole('region', { name: 'Change many tickets' })
    await bar.getByText('3 tickets picked').waitFor()
    await api().call('deleteTicket', { params: { id: made[1]?.id ?? '' } })
    await bar.getByRole('button', { name: 'Status' }).click()
    await page.getByRole('menuitem', { name: 'On hold' }).click()
    const job = page.getByRole('region', { name: 'Change of many tickets' })
    await job.getByText('2 tickets changed · 1 refused').waitFor()
    await job.getByText('A ticket that you do not see: There is no such ticket').waitFor()
    assert.deepEqual(await statuses('many'), ['First on_hold normal many', 'Third on_hold normal many'])
    await bar.waitFor({ state: 'detached' })
    // It is known again after the page was loaded anew.
    await page.reload()
    await job.getByRole('button', { name: 'Undo' }).click()
    await job.getByText('2 tickets as before').waitFor()
    assert.deepEqual(await statuses('many'), ['First new normal many', 'Third new normal many'])
    await page.keyboard.press('Escape')
    await job.waitFor({ state: 'detached' })
  })

  test('changes all that a list has, also what is not loaded, and shows it as it moves', async (t) => {
    const { page } = await signedIn(t)
    const list = page.getByRole('list', { name: 'Tickets' })
    const call = (nth: number) =>
      api().call('createTicket', { body: { title: `Ticket ${nth}`, text: 'Text', tags: ['everything'] } })
    // More than one page of the list.
    await Promise.all(Array.from({ length: 130 }, (_, nth) => call(nth)))
    await page.getByRole('searchbox', { name: 'Search tickets' }).fill('tag:everything')
    await list.getByRole('link').first().waitFor()
    await page
      .getByRole('checkbox', { name: /^Pick Ticket/ })
      .first()
      .click()
    const bar = page.getByRole('region', { name: 'Change many tickets' })
    await bar.getByRole('button', { name: 'Pick all of this list' }).click()
    await bar.getByText('All of this list are picked').waitFor()
    await bar.getByRole('button', { name: 'Tags' }).click()
    await page.getByRole('textbox', { name: 'Tags, separated by commas' }).fill('red, blue')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    const job = page.getByRole('region', { name: 'Change of many tickets' })
    await job.getByText('130 tickets changed').waitFor()
    assert.deepEqual(
      new Set((await statuses('everything')).map((each) => each.replace(/^Ticket \d+ /, ''))),
      new Set(['new normal everything red blue']),
    )
    await page
      .getByRole('checkbox', { name: /^Pick Ticket/ })
      .first()
      .click()
    await bar.getByRole('button', { name: 'Pick all of this list' }).click()
    await bar.getByRole('button', { name: 'Priority' }).click()
    await page.getByRole('menuitem', { name: 'Urgent' }).click()
    await job.getByText('130 tickets changed').waitFor()
    await until('the rows show it', async () => (await list.getByText('Urgent').count()) > 2 || undefined)
  })
}
