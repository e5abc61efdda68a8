import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { v7 } from 'uuid'
import { changeRecord } from '../src/core/catalogue/commands.ts'
import { eraseUser } from '../src/core/erasure/person.ts'
import { Refusal } from '../src/core/errors.ts'
import { keepMail, workOnMail } from '../src/core/mail/intake/commands.ts'
import { getMail } from '../src/core/mail/intake/queries.ts'
import { deliveriesOf, listLetters, resendLetter } from '../src/core/mail/outgoing/outbox.ts'
import { type OutgoingSystem, sendLetters } from '../src/core/mail/outgoing/send.ts'
import { clearUndeliverable, listUndeliverable } from '../src/core/mail/outgoing/undeliverable.ts'
import type { Bounce } from '../src/core/mail/reading/mail.ts'
import { readMail } from '../src/core/mail/reading/read.ts'
import { changeTicket } from '../src/core/tickets/commands/change.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import { getTicket } from '../src/core/tickets/queries/find.ts'
import type { Ticket } from '../src/core/tickets/ticket.ts'
import { exportPerson } from '../src/core/users/export.ts'
import { type Core, makeTenant, openCore, type SmallTenant, tick } from './core.ts'

/** What mail servers send back is tied to the letter that it is about: with what real servers really sent. */

/** What is erased takes the mail about it with it. */
const isGone = (error: unknown): boolean => error instanceof Refusal && error.error.code === 'not_found'

const FOLDER = join(import.meta.dirname, 'fixtures/mail')
const HELP = 'help@desk.example.com'

describe('A bounce', () => {
  let core: Core
  let made: SmallTenant
  let now = 0
  /** To whom each letter went. */
  const posted: (readonly string[])[] = []
  before(async () => {
    core = await openCore()
    made = await makeTenant(core.store)
    await changeRecord(made.as(made.owner), 'desk', made.desks[0], { addresses: [HELP] })
    made = {
      ...made,
      tenant: {
        ...made.tenant,
        desks: made.tenant.desks.map((desk) => (desk.id === made.desks[0] ? { ...desk, addresses: [HELP] } : desk)),
      },
    }
    await send()
  })
  after(() => core.close())

  const system = (): OutgoingSystem => ({
    store: core.store,
    tenantId: made.tenant.id,
    clock: () => new Date(now),
    post: async (_, { to }) => {
      posted.push(to)
      return { is: 'taken', words: '250 Ok: queued', without: [] }
    },
    replyKey: Buffer.alloc(32, 7),
  })
  const send = async (): Promise<void> => {
    now = Date.parse(tick()) + 1_000
    await sendLetters(system(), () => false)
  }

  /** A ticket that is solved, after an answer that went to somebody by mail. */
  async function answered(
    email: string,
    cc: readonly string[] = [],
  ): Promise<{ readonly ticket: Ticket; readonly mailId: string; readonly id: string }> {
    const requester = { by: 'email', email, name: 'Carol', create: true } as const
    const message = { visibility: 'public', format: 'text', text: 'It hums.', author: 'requester' } as const
    const { ticket } = await createTicket(made.as(made.owner), {
      deskId: made.desks[0],
      requester,
      title: 'The lamp',
      message,
    })
    const cleared = await listUndeliverable(made.as(made.owner), { address: email, before: null, limit: 1 })
    for (const { id } of cleared.addresses) await clearUndeliverable(made.as(made.owner), id)
    const said = { visibility: 'public', format: 'text', text: 'We send a bulb.', envelope: { cc } } as const
    await changeTicket(made.as(made.agent), ticket, { message: said, status: { to: 'solved' } })
    await send()
    const [letter] = (await listLetters(made.as(made.owner), { ticket, before: null, limit: 1 })).letters
    assert.equal(letter?.state, 'sent')
    return { ticket, mailId: letter.mailId, id: letter.id }
  }

  async function filed(raw: Buffer) {
    const call = {
      ...{
        actor_id: null,
        credential_id: null,
        dialect: null,
        request_id: null,
        claimant_id: null,
        key: null,
        fingerprint: null,
      },
      at: tick(),
      event_id: v7(),
    }
    const id = await keepMail({ store: core.store, tenant: made.tenant, newId: () => v7() }, call, {
      raw,
      recipient: HELP,
      sender: '',
    })
    const office = {
      store: core.store,
      access: { tenant: async () => made.tenant },
      clock: () => new Date(tick()),
      newId: () => v7(),
      replyKeys: [Buffer.alloc(32, 7)],
      authenticators: [],
    }
    await workOnMail(office, made.tenant.id, (error) => assert.fail(String(error)))
    return getMail(made.as(made.owner), id ?? assert.fail())
  }
  const deliveryOf = async (id: string) => (await deliveriesOf(made.as(made.owner), [{ id }])).get(id) ?? assert.fail()

  /** A mail of the corpus as it would have come for a letter: with the id of that in place of the one that it is about, and one of its own. */
  function about(raw: Buffer, theirs: string, ours: string): Buffer {
    const [own = theirs] = readMail(raw).ids
    const text = raw.toString('latin1').replaceAll(theirs, ours)
    return Buffer.from(own === theirs ? text : text.replaceAll(own, `${v7()}@mx.example.com`), 'latin1')
  }

  const bounces = globSync('*.eml', { cwd: FOLDER })
    .sort()
    .flatMap((name) => {
      const raw = readFileSync(join(FOLDER, name))
      const { kind } = readMail(raw)
      return kind.is === 'bounce' && kind.returned.ids.length > 0 && kind.recipients.length > 0
        ? [{ name, raw, kind }]
        : []
    })
  const worstOf = ({ recipients, outcome }: Bounce) =>
    recipients.find((each) => each.outcome === outcome) ?? assert.fail()

  test('of every mail server of the corpus is tied to its letter, and changes nothing else of the ticket', async () => {
    assert.ok(bounces.length >= 50, String(bounces.length))
    for (const server of ['postfix', 'exim', 'opensmtpd', 'npm'])
      assert.ok(
        bounces.some(({ name }) => name.startsWith(server)),
        server,
      )
    for (const { name, raw, kind } of bounces) {
      const { ticket, mailId, id } = await answered(worstOf(kind).address)
      const mail = await filed(about(raw, kind.returned.ids[0] ?? '', mailId))
      assert.deepEqual([mail.state, mail.reason, mail.ticketId], ['automatic', 'bounce', ticket.id], name)
      const { state, answer } = await deliveryOf(id)
      assert.equal(state, kind.outcome === 'final' ? 'bounced' : 'sent', name)
      const head = { final: 'Could not be delivered', delayed: 'Not delivered yet', success: 'Handed on' }[kind.outcome]
      assert.ok(
        answer.split('\n').some((line) => line.startsWith(head)),
        `${name}: ${answer}`,
      )
      assert.ok(!answer.includes('@'), `${name}: ${answer}`)
      assert.equal((await getTicket(made.as(made.owner), ticket)).status, 'solved', name)
    }
    await send()
    const { letters } = await listLetters(made.as(made.owner), {
      states: ['waiting', 'sending'],
      before: null,
      limit: 1,
    })
    assert.deepEqual(letters, [], 'nothing of it is answered')
  })

  const sample = (name: string) => bounces.find((each) => each.name === `${name}.eml`) ?? assert.fail(name)

  test('of one copy is told, and the letter did not come back', async () => {
    const { raw, kind } = sample('postfix-bounce-unknown-user')
    const copy = worstOf(kind).address
    const { mailId, id } = await answered('dora@cust.example.com', [copy])
    await filed(about(raw, kind.returned.ids[0] ?? '', mailId))
    const { state, answer } = await deliveryOf(id)
    assert.equal(state, 'sent')
    assert.match(answer, /^Could not be delivered to a copy: .*5\.1\.1/)
  })

  test('counts only by the id of a letter, and one of before takes nothing from what is sent once more', async () => {
    const { raw, kind } = sample('postfix-bounce-unknown-user')
    const { id, mailId } = await answered(worstOf(kind).address)
    await filed(about(raw, kind.returned.ids[0] ?? '', `not-${mailId}`))
    assert.equal((await deliveryOf(id)).state, 'sent')
    await filed(about(raw, kind.returned.ids[0] ?? '', mailId))
    assert.equal((await deliveryOf(id)).state, 'bounced')
    // What is only delayed elsewhere does not bring it back to life.
    const late = sample('postfix-delay-warning')
    await filed(about(late.raw, late.kind.returned.ids[0] ?? '', mailId))
    assert.equal((await deliveryOf(id)).state, 'bounced')
    await resendLetter(made.as(made.agent), id)
    const other = sample('exim-bounce-alias-target')
    await filed(about(other.raw, other.kind.returned.ids[0] ?? '', mailId))
    assert.equal((await deliveryOf(id)).state, 'waiting')
  })

  test('is tied by the id of the envelope where a server on the way gave the mail another', async () => {
    const { mailId, id } = await answered('ines@cust.example.com')
    const lines = [
      ...[
        'From: MAILER-DAEMON@relay.example.com',
        `To: ${HELP}`,
        'Subject: Undelivered',
        `Message-ID: <${v7()}@relay.example.com>`,
      ],
      ...['MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary=b', ''],
      ...['--b', '', 'Nobody is there.', '--b', 'Content-Type: message/delivery-status', ''],
      ...['Reporting-MTA: dns; relay.example.com', `Original-Envelope-Id: ${mailId}`, ''],
      ...['Final-Recipient: rfc822; ines@cust.example.com', 'Action: failed', 'Status: 5.1.1', ''],
      ...[
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        'Message-ID: <0100-of-theirs@relay.example.com>',
        '',
        '--b--',
        '',
      ],
    ]
    await filed(Buffer.from(lines.join('\r\n')))
    assert.equal((await deliveryOf(id)).state, 'bounced')
  })

  test('for good has nothing more sent to the address, until somebody clears it', async () => {
    const { raw, kind } = sample('exim-bounce-ret-hdrs')
    const address = 'gone@cust.example.com'
    const bounced = Buffer.from(raw.toString('latin1').replaceAll(worstOf(kind).address, address), 'latin1')
    const { ticket, mailId, id } = await answered(address)
    const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
    const marked = async () =>
      (await listUndeliverable(owner(), { address: 'GONE@cust.example.com', before: null, limit: 5 })).addresses
    await filed(about(bounced, kind.returned.ids[0] ?? '', mailId))
    await filed(about(bounced, kind.returned.ids[0] ?? '', mailId))
    const [mark, ...others] = await marked()
    assert.deepEqual([mark?.address, others], [address, []])
    assert.ok(mark && mark.answer !== '' && !mark.answer.includes('@'))

    const say = (text: string, cc: readonly string[] = []) =>
      changeTicket(made.as(made.agent), ticket, {
        message: { visibility: 'public', format: 'text', text, envelope: { cc } },
      })
    await say('Are you there?')
    await send()
    const [held] = (await listLetters(owner(), { ticket, before: null, limit: 1 })).letters
    assert.deepEqual([held?.state, held?.heldBecause, held?.to?.undeliverable?.id], ['held', 'undeliverable', mark.id])
    // Sent by hand it is held once more, as nobody has cleared the address.
    await resendLetter(made.as(made.agent), held?.id ?? '')
    await send()
    assert.equal((await deliveryOf(held?.id ?? '')).state, 'held')

    const other = await answered('eve@cust.example.com', [address])
    assert.deepEqual(posted.at(-1), ['eve@cust.example.com'], 'a copy is left out')
    assert.match((await deliveryOf(other.id)).answer, /Not to a copy, to which mail came back\./)

    await assert.rejects(clearUndeliverable(made.as(made.customer), mark.id), {
      error: { code: 'forbidden', permission: 'user.read' },
    })
    const once = made.as(made.agent, { key: 'clear' })
    await clearUndeliverable(once, mark.id)
    await clearUndeliverable(once, mark.id)
    await assert.rejects(clearUndeliverable(owner(), mark.id), {
      error: { code: 'not_found', missing: 'undeliverable_address' },
    })
    assert.deepEqual(await marked(), [])
    await send()
    assert.equal((await deliveryOf(held?.id ?? '')).state, 'sent', 'what was held for it goes out')
    assert.equal((await deliveryOf(id)).state, 'bounced')
    assert.deepEqual(posted.at(-1), [address])
  })

  test('tells in the data of a person that their address is undeliverable, and is forgotten with them', async () => {
    const { raw, kind } = sample('opensmtpd-bounce-unknown-user')
    const address = 'fred@cust.example.com'
    const bounce = raw.toString('latin1').replaceAll(worstOf(kind).address, address)
    const { ticket, mailId, id } = await answered(address)
    const come = () => filed(about(Buffer.from(bounce, 'latin1'), kind.returned.ids[0] ?? '', mailId))
    const owner = made.as(made.owner)
    const marked = async () => (await listUndeliverable(owner, { address, before: null, limit: 5 })).addresses.length
    await come()
    assert.equal(await marked(), 1)
    const { requester } = await getTicket(owner, ticket)
    const kinds: string[] = []
    for await (const { kind: each } of exportPerson(owner, requester?.id ?? '')) kinds.push(each)
    assert.ok(kinds.includes('undeliverable_address'))
    await eraseUser(owner, { id: requester?.id ?? '' })
    assert.equal(await marked(), 0)
    await resendLetter(owner, id)
    await send()
    assert.deepEqual([(await deliveryOf(id)).state, (await deliveryOf(id)).heldBecause], ['held', 'no_address'])
    await come()
    assert.equal(await marked(), 0, 'what comes later brings nothing back')
  })

  test('that comes while its person is erased leaves no address behind', async () => {
    const { raw, kind } = sample('postfix-bounce-unknown-user')
    for (let n = 0; n < 12; n++) {
      const address = `racer${n}@cust.example.com`
      const bounce = raw.toString('latin1').replaceAll(worstOf(kind).address, address)
      const { ticket, mailId } = await answered(address)
      const { requester } = await getTicket(made.as(made.owner), ticket)
      // By servers that share no memory.
      await Promise.all([
        filed(about(Buffer.from(bounce, 'latin1'), kind.returned.ids[0] ?? '', mailId)).catch((error: unknown) =>
          assert.ok(isGone(error), String(error)),
        ),
        eraseUser({ ...made.as(made.owner), store: core.otherStore }, { id: requester?.id ?? '' }),
      ])
      const { rowCount } = await core.outside.query('select 1 from undeliverable_addresses d where d.address = $1', [
        address,
      ])
      assert.equal(rowCount, 0, address)
    }
  })

  test('that is about one mail has others sent to the address', async () => {
    for (const name of ['exim-bounce-too-big', 'postfix-bounce-too-big', 'postfix-bounce-spam']) {
      const { raw, kind } = sample(name)
      const { address, status } = worstOf(kind)
      const { mailId, id } = await answered(address)
      await filed(about(raw, kind.returned.ids[0] ?? '', mailId))
      assert.equal((await deliveryOf(id)).state, 'bounced', name)
      const { addresses } = await listUndeliverable(made.as(made.owner), { address, before: null, limit: 1 })
      assert.equal(addresses.length, 0, `${name} ${status}`)
    }
  })

  test('is none where somebody is away, or a letter was read', async () => {
    for (const name of ['pigeonhole-vacation', 'exim-vacation', 'cyrus-vacation', 'npm-read-receipt']) {
      const raw = readFileSync(join(FOLDER, `${name}.eml`))
      const mail = readMail(raw)
      const { ticket, mailId, id } = await answered('bob@example.com')
      const before = await deliveryOf(id)
      const theirs = ('returned' in mail.kind ? mail.kind.returned.ids[0] : mail.parents[0]) ?? assert.fail(name)
      const { state, ticketId } = await filed(about(raw, theirs, mailId))
      assert.deepEqual([state, ticketId], ['automatic', ticket.id], name)
      assert.deepEqual(await deliveryOf(id), before, name)
      assert.equal((await getTicket(made.as(made.owner), ticket)).status, 'solved', name)
    }
  })
})
