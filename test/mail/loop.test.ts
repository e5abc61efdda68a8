import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTransport } from 'nodemailer'
import { readMail } from '../../src/core/mail/reading/read.ts'
import { type Scratch, scratchFolder } from '../deploy/programs.ts'
import { freePort, type Installation, laterInstallation, until } from '../process.ts'
import { type Api, apiOf } from './api.ts'
import {
  type Dovecot,
  mailsIn,
  PEOPLE,
  type Postfix,
  startDovecot,
  startPostfix,
  unlessMailServers,
} from './servers.ts'

const HELP = 'help@desk.example'
const ROSA = `rosa@${PEOPLE}`

/** A customer's mailbox in Dovecot, Postfix between everybody, and a Polydesk that takes its mail by SMTP. */
describe('A conversation by mail, through Postfix and Dovecot', { skip: unlessMailServers() }, () => {
  let scratch: Scratch
  let dovecot: Dovecot
  let postfix: Postfix
  let installation: Installation
  let api: Api
  before(async () => {
    scratch = await scratchFolder()
    installation = await laterInstallation()
    const smtpIn = await freePort()
    dovecot = await startDovecot(scratch)
    postfix = await startPostfix(scratch, {
      'desk.example': `smtp:[127.0.0.1]:${smtpIn}`,
      [PEOPLE]: `lmtp:inet:127.0.0.1:${dovecot.lmtpPort}`,
    })
    // A tenant's mail begins when the server first sees that a desk has an address: with its next start.
    const first = await installation.start()
    const [desk] = (await apiOf(first)<{ data: readonly { id: string }[] }>('GET', '/v1/desks')).data
    assert.ok(desk)
    await apiOf(first)('PATCH', `/v1/desks/${desk.id}`, { addresses: [HELP] })
    first.signal('SIGTERM')
    await first.ended
    const served = await installation.start({
      POLYDESK_SMTP_IN: `127.0.0.1:${smtpIn}`,
      POLYDESK_SMTP_OUT: `smtp://127.0.0.1:${postfix.port}`,
    })
    api = apiOf(served)
  })
  after(async () => {
    await installation?.remove()
    await postfix?.stop()
    await dovecot?.stop()
    await scratch?.remove()
  })

  /** A person's own program, which hands its mail to their server. */
  const write = (mail: Parameters<ReturnType<typeof createTransport>['sendMail']>[0]) =>
    createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true }).sendMail(mail)

  const nthMail = (user: string, nth: number) =>
    until(`mail ${nth} of ${user}`, async () => {
      const source = (await mailsIn(dovecot, user))[nth - 1]?.source
      return source && readMail(source)
    })

  test('A customer asks, is answered, and answers: in one ticket', async () => {
    const mail = { from: `Rosa <${ROSA}>`, to: HELP, subject: 'The lamp', text: 'It hums.' }
    await write(mail)
    const ticket = await until('a ticket', async () => {
      const { data } = await api<{ data: readonly { id: string; title: string }[] }>('GET', '/v1/tickets?limit=100')
      return data.find(({ title }) => title === mail.subject)
    })
    await api('POST', `/v1/tickets/${ticket.id}/messages`, { text: 'We send a bulb.' })
    const answer = await nthMail(ROSA, 1)
    assert.match(answer.subject, /^Re: The lamp \[#\d+\]$/)
    assert.equal(answer.body.text, 'We send a bulb.')
    const [back] = answer.replyTo
    assert.ok(back)
    const ids = answer.ids.map((id) => `<${id}>`)
    await write({
      ...mail,
      to: back.address,
      subject: answer.subject,
      text: 'It came.',
      inReplyTo: ids[0],
      references: ids,
    })
    const messages = await until('her answer', async () => {
      const { data } = await api<{ data: readonly { text: string }[] }>('GET', `/v1/tickets/${ticket.id}/messages`)
      return data.length >= 3 && data
    })
    assert.deepEqual(messages.map(({ text }) => text).sort(), ['It came.', 'It hums.', 'We send a bulb.'])
    const reasons = await until('both to be filed', async () => {
      type Page = { readonly data: readonly { state: string; reason: string }[] }
      const { data } = await api<Page>('GET', `/v1/mail?ticket=${ticket.id}`)
      return data.length === 2 && data.map(({ reason }) => reason)
    })
    assert.deepEqual(reasons, ['token', 'new'])
  })

  test('Who writes to an address of no desk hears of it from their own server, in our words', async () => {
    const tom = `tom@${PEOPLE}`
    await write({ from: tom, to: 'nobody@desk.example', subject: 'Anybody?', text: 'Hello' })
    const bounce = await nthMail(tom, 1)
    assert.equal(bounce.kind.is, 'bounce')
    assert.match(bounce.body.text, /No such mailbox here/)
  })
})
