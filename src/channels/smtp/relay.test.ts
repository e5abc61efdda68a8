import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { SMTPServer } from 'smtp-server'
import { fateOf } from '../../core/mail/outgoing/fate.ts'
import { type Letter, rawLetter, referencesOf } from '../../core/mail/outgoing/letter.ts'
import { readMail } from '../../core/mail/reading/read.ts'
import { openRelay, type Relay } from './relay.ts'

/** A relay that is a real server in this process, which does what the address of a recipient asks for. */
const taken: { readonly from: string; readonly to: readonly string[]; readonly raw: Buffer; readonly dsn: unknown }[] =
  []
const ANSWERS: Readonly<Record<string, number>> = { unknown: 550, full: 452 }

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  hideDSN: false,
  onRcptTo({ address }, _session, done) {
    const code = ANSWERS[address.split('@')[0] ?? '']
    done(code === undefined ? undefined : Object.assign(new Error('No such mailbox here'), { responseCode: code }))
  },
  onData(stream, session, done) {
    const pieces: Buffer[] = []
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(({ address }) => address)
      const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
      if (to.some((address) => address.startsWith('spam@')))
        return done(Object.assign(new Error('Looks like spam'), { responseCode: 554 }))
      taken.push({ from, to, raw: Buffer.concat(pieces), dsn: 'dsn' in session.envelope ? session.envelope.dsn : null })
      done(null, 'Ok: queued as 7')
    })
  },
})
server.on('error', () => {})

/** One that takes a letter, up to a word in its dialogue, and hangs up. */
function hangingUp(atEnd: boolean): Server {
  return createServer((socket) => {
    let isData = false
    socket.on('error', () => {})
    socket.write('220 mx.test\r\n')
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      if (isData) {
        if (text.endsWith('\r\n.\r\n')) socket.destroy()
      } else if (/^EHLO/i.test(text)) socket.write('250 mx.test\r\n')
      else if (/^DATA/i.test(text)) {
        if (!atEnd) return socket.destroy()
        isData = true
        socket.write('354 go on\r\n')
      } else socket.write('250 ok\r\n')
    })
  })
}

const relays: Record<'real' | 'at data' | 'at end', { relay: Relay; close: () => void } | null> = {
  real: null,
  'at data': null,
  'at end': null,
}

const listening = (port: number, close: () => void): { relay: Relay; close: () => void } => ({
  relay: openRelay(`smtp://127.0.0.1:${port}`),
  close,
})

before(async () => {
  const ended = [hangingUp(false), hangingUp(true)]
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  relays.real = listening(typeof address === 'object' && address ? address.port : 0, () => server.close(() => {}))
  for (const [nth, each] of ended.entries()) {
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
    const at = each.address()
    relays[nth === 0 ? 'at data' : 'at end'] = listening(typeof at === 'object' && at ? at.port : 0, () => each.close())
  }
})
after(() => {
  for (const each of Object.values(relays)) each?.close()
})

function relayOf(name: keyof typeof relays): Relay {
  const found = relays[name]
  assert.ok(found)
  return found.relay
}

const LETTER: Letter = {
  messageId: 'ticket-42-1@desk.example.com',
  at: '2026-11-30T10:00:00.000Z',
  from: { address: 'help@desk.example.com', name: 'Support, "VIP"' },
  to: [{ address: 'ann@example.com', name: 'Änn' }],
  cc: ['cara@example.com'],
  bcc: [],
  replyTo: { address: 'help+r42-abc@desk.example.com', name: 'Support' },
  subject: 'Re: Grüße',
  thread: ['first@example.com', 'second@example.com'],
  text: 'We have sent a new bulb.\n.\nFrom here on it shines.',
  html: '<p>We have sent a <b>new</b> bulb.</p>',
  files: [{ name: 'lämp.png', mediaType: 'image/png', bytes: Buffer.from([137, 80, 78, 71, 13, 10]) }],
  isAutomatic: false,
}
const ENVELOPE = { from: 'help@desk.example.com', to: ['ann@example.com'] }

test('A letter arrives as it was written, and is read as that', async () => {
  const raw = await rawLetter(LETTER)
  const posted = await relayOf('real').post(raw, ENVELOPE)
  assert.deepEqual(posted, { is: 'taken', words: '250 Ok: queued as 7', without: [] })
  const arrived = taken.at(-1)
  assert.ok(arrived)
  assert.deepEqual({ from: arrived.from, to: arrived.to }, { from: 'help@desk.example.com', to: ['ann@example.com'] })
  const mail = readMail(arrived.raw)
  assert.deepEqual(mail.ids, [LETTER.messageId])
  assert.deepEqual(mail.parents, ['second@example.com', 'first@example.com'])
  assert.deepEqual(mail.from, [LETTER.from])
  assert.deepEqual(mail.to, LETTER.to)
  assert.deepEqual(mail.replyTo, [LETTER.replyTo])
  assert.deepEqual(
    [mail.date, mail.subject, mail.body.text, mail.body.html],
    [LETTER.at, LETTER.subject, LETTER.text, LETTER.html],
  )
  assert.deepEqual(
    mail.files.map(({ name, bytes }) => [name, Buffer.from(bytes)]),
    [['lämp.png', LETTER.files[0]?.bytes]],
  )
  assert.deepEqual([mail.kind.is, mail.doubts], ['personal', []])
})

test('A relay that can is told by what its reports are to name a letter', async () => {
  const raw = await rawLetter(LETTER)
  const id = '018f+a=b@desk.example.com'
  assert.equal((await relayOf('real').post(raw, { ...ENVELOPE, id })).is, 'taken')
  assert.deepEqual(taken.at(-1)?.dsn, { ret: 'HDRS', envid: id })
  assert.equal((await relayOf('at data').post(raw, { ...ENVELOPE, id })).is, 'later', 'one that cannot is not told')
})

test('A repeat is the same mail', async () => {
  const [once, again] = await Promise.all([rawLetter(LETTER), rawLetter(LETTER)])
  assert.ok(once.equals(again))
})

test('What a machine says says so', async () => {
  const mail = readMail(await rawLetter({ ...LETTER, isAutomatic: true }))
  assert.equal(mail.kind.is, 'automatic')
})

test('A long conversation keeps its first and its latest ids, and no line is cut on its way', async () => {
  const thread = Array.from({ length: 60 }, (_, nth) => `${'x'.repeat(60)}-${nth}@example.com`)
  const references = referencesOf(thread)
  assert.deepEqual([references.length, references[0], references.at(-1)], [20, thread[0], thread.at(-1)])
  const raw = await rawLetter({ ...LETTER, thread })
  assert.ok(
    raw
      .toString('latin1')
      .split('\r\n')
      .every((line) => line.length <= 998),
  )
  assert.deepEqual(readMail(raw).references, references)
})

test('No name and no subject begins a header', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (words) => {
      const said = `${words}\r\nBcc: eve@example.com\r\n\r\nX`
      const raw = await rawLetter({ ...LETTER, subject: said, from: { ...LETTER.from, name: said } })
      const { headers, bcc, from } = readMail(raw)
      assert.deepEqual([bcc, from.length], [[], 1])
      assert.deepEqual(
        headers.filter(({ name }) => name === 'x' || name === 'bcc'),
        [],
      )
    }),
    { numRuns: 20 },
  )
})

test('How an attempt ended is told apart: refused, not now, and what nobody knows', async () => {
  const raw = await rawLetter(LETTER)
  const post = async (name: keyof typeof relays, ...to: string[]) => relayOf(name).post(raw, { ...ENVELOPE, to })
  const refused = await post('real', 'unknown@example.com')
  assert.deepEqual([refused.is, /550.*No such mailbox here/.test(refused.words)], ['refused', true], refused.words)
  assert.equal((await post('real', 'full@example.com')).is, 'later')
  assert.equal((await post('real', 'spam@example.com')).is, 'refused')
  assert.equal((await post('at data', 'ann@example.com')).is, 'later')
  assert.equal((await post('at end', 'ann@example.com')).is, 'unknown')
  assert.equal((await openRelay('smtp://127.0.0.1:1').post(raw, ENVELOPE)).is, 'later')
  const some = await post('real', 'ann@example.com', 'unknown@example.com')
  assert.deepEqual([some.is, some.without.map(({ address }) => address)], ['taken', ['unknown@example.com']])
})

test('What may have arrived is not sent again by itself; all else is tried for three days', () => {
  const at = '2026-11-30T10:00:00.000Z'
  assert.deepEqual(fateOf({ is: 'unknown' }, 1, at), { state: 'uncertain', nextAt: null })
  let now = at
  let tries = 1
  for (
    let fate = fateOf({ is: 'later' }, tries, now);
    fate.nextAt !== null;
    fate = fateOf({ is: 'later' }, ++tries, now)
  )
    now = fate.nextAt
  const days = (Date.parse(now) - Date.parse(at)) / 86_400_000
  assert.ok(days >= 3 && days < 4, `${days}`)
})
