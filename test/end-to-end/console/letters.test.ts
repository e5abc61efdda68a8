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

  test('that came back are told on the ticket, and nothing more is sent there until the address is cleared', async (t) => {
    const { page, faults } = await signedIn(t, { bypassCSP: true })
    const { url } = world()
    const [{ id: desk, addresses: [help = assert.fail()] = [] } = assert.fail()] = (await api().call('listDesks')).data
    const requester = { email: 'gone@customers.example', name: 'Gustav' }
    const { id } = await api().call('createTicket', { body: { desk, title: 'A draught', text: 'Cold.', requester } })
    const { message } = await api().call('addMessage', { params: { id }, body: { text: 'Since when?' } })
    const sent = await until('the letter to be sent', async () => {
      const letter = await api()
        .call('getLetter', { params: { id: message.id } })
        .catch(() => undefined)
      return letter?.state === 'sent' ? letter : undefined
    })
    const raw = [
      ...[
        'From: MAILER-DAEMON@mx.customers.example',
        `To: ${help}`,
        'Subject: Undelivered',
        'Auto-Submitted: auto-replied',
      ],
      ...[`Message-ID: <${randomUUID()}@mx.customers.example>`, 'MIME-Version: 1.0'],
      ...[
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        '',
        'Nobody is there.',
        '--b',
      ],
      ...['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.customers.example', ''],
      ...['Final-Recipient: rfc822; gone@customers.example', 'Action: failed', 'Status: 5.1.1'],
      ...['Diagnostic-Code: smtp; 550 5.1.1 No such user', '', '--b', 'Content-Type: text/rfc822-headers', ''],
      ...[`Message-ID: <${sent.message_id}>`, '', '--b--', ''],
    ].join('\r\n')
    const headers = { authorization: `Bearer ${world().value('POLYDESK_API_KEY')}`, 'content-type': 'message/rfc822' }
    const handed = await fetch(`${url}/v1/mail?recipient=${help}&sender=`, { method: 'POST', headers, body: raw })
    assert.equal(handed.status, 202)

    await page.goto(`${url}/tickets/${id}?view=all`)
    const said = (text: string) => page.getByRole('article').filter({ hasText: text }).last()
    await said('Since when?').getByText('came back', { exact: true }).waitFor()
    await said('Since when?').getByText('Could not be delivered: 550 5.1.1 No such user').waitFor()
    await api().call('addMessage', { params: { id }, body: { text: 'Are you there?' } })
    await said('Are you there?').getByText('not mailed yet').waitFor()
    await page.getByRole('button', { name: 'Clear gone@customers.example' }).waitFor()
    await assertFine(page, 'an answer that is held')
    await page.goto(`${url}/settings/mail/out`)
    const addresses = page.getByRole('list', { name: 'Addresses that mail came back from' })
    await addresses.getByText('gone@customers.example').waitFor()
    await assertFine(page, 'the outbox with an address')
    await addresses.getByRole('button', { name: 'Clear gone@customers.example' }).click()
    await addresses.waitFor({ state: 'detached' })
    await page.goto(`${url}/tickets/${id}?view=all`)
    await said('Are you there?').getByText('mailed', { exact: true }).waitFor()
    await said('Since when?').getByRole('button', { name: 'Send again' }).click()
    await said('Since when?').getByText('mailed', { exact: true }).waitFor()
    assert.deepEqual(unexpected(faults), [])
  })
})
