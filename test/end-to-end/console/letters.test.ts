/** What goes out by mail: on the answers of a ticket, and in the outbox. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import pg from 'pg'
import { SMTPServer } from 'smtp-server'
import { until } from '../../process.ts'
import { noBrowser } from '../browser.ts'
import { assertFine, openSite, unexpected } from './site.ts'

/** What the mail server answers to the next mails; null where it takes them. */
let refusing: number | null = 554
const relay = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _, done) {
    stream.resume()
    stream.on('end', () => {
      if (refusing === null) done(null, 'Ok: queued')
      else done(Object.assign(new Error('5.7.1 We do not want it'), { responseCode: refusing }))
    })
  },
})
relay.on('error', () => {})
await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
const address = relay.server.address()
const port = typeof address === 'object' && address ? address.port : assert.fail()
// After the server that sends to it, which is stopped first.
after(() => new Promise<void>((resolve) => relay.close(() => resolve())))

const { world, api, signedIn } = openSite({ POLYDESK_SMTP_OUT: `smtp://127.0.0.1:${port}` })

describe('letters', { skip: noBrowser }, () => {
  test('tell on each answer what became of it, and are sent again or held in the outbox', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const { url } = world()
    const [{ id: desk } = assert.fail()] = (await api().call('listDesks')).data
    await api().call('changeDesk', { params: { id: desk }, body: { addresses: [`${randomUUID()}@example.com`] } })
    const outside = new pg.Client(world().database.connection)
    await outside.connect()
    t.after(() => outside.end())
    await until('the server to write letters', async () => {
      const { rowCount } = await outside.query('select 1 from outgoing_positions')
      return rowCount === 1 ? true : undefined
    })
    const requester = { email: 'lea@customers.example', name: 'Lea' }
    const { id } = await api().call('createTicket', {
      body: { desk, title: 'The boiler', text: 'It is cold.', requester },
    })
    await api().call('addMessage', { params: { id }, body: { text: 'We send somebody.' } })

    await page.goto(`${url}/tickets/${id}?view=all`)
    const answer = page.getByRole('article').filter({ hasText: 'We send somebody.' }).last()
    await answer.getByText('not mailed', { exact: true }).waitFor()
    await answer.getByText(/We do not want it/).waitFor()
    await assertFine(page, 'an answer that was refused')
    refusing = null
    await answer.getByRole('button', { name: 'Send again' }).click()
    await answer.getByText('mailed', { exact: true }).waitFor()

    refusing = 451
    await api().call('addMessage', { params: { id }, body: { text: 'He comes at nine.' } })
    await page.goto(`${url}/settings/mail`)
    await page.getByRole('navigation', { name: 'Mail' }).getByRole('link', { name: 'Going out' }).click()
    const lines = page.getByRole('list', { name: 'Going out' }).getByRole('listitem')
    const waiting = lines.filter({ hasText: 'Waiting' })
    await waiting.getByText(/next /).waitFor()
    assert.equal(await lines.count(), 2)
    await waiting.getByRole('button').first().click()
    await waiting.getByText(/We do not want it/).waitFor()
    await assertFine(page, 'the outbox')
    await waiting.getByRole('button', { name: 'Hold' }).click()
    const held = lines.filter({ hasText: 'The boiler' }).filter({ hasText: 'Held' })
    await held.getByText('It is not sent until somebody sends it.').waitFor()
    refusing = null
    await held.getByRole('button', { name: 'Send again' }).click()
    await until('both to be sent', async () => (await lines.getByText('Sent', { exact: true }).count()) === 2)
    await page.getByRole('radio', { name: /^Refused/ }).click()
    await page.getByText('There is no such letter.').waitFor()
    assert.deepEqual(unexpected(faults), [])
  })
})
