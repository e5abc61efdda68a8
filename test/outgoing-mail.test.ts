import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { openRelay } from '../src/channels/smtp/relay.ts'
import { changeRecord } from '../src/core/catalogue/commands.ts'
import type { OutgoingState } from '../src/core/mail/outgoing/fate.ts'
import {
  countLetters,
  deliveriesOf,
  holdLetter,
  listLetters,
  measureLetters,
  resendLetter,
} from '../src/core/mail/outgoing/outbox.ts'
import {
  endWhereNobodyWrites,
  type OutgoingSystem,
  sendLetters,
  tenantsThatWrite,
} from '../src/core/mail/outgoing/send.ts'
import type { Mail } from '../src/core/mail/reading/mail.ts'
import { readMail } from '../src/core/mail/reading/read.ts'
import { isProven, readReplyTag } from '../src/core/mail/threading/token.ts'
import { changeTicket } from '../src/core/tickets/commands/change.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import type { Ticket } from '../src/core/tickets/ticket.ts'
import { startOutgoingMail } from '../src/jobs/outgoing.ts'
import { type Core, makeTenant, openCore, type SmallTenant, tick } from './core.ts'
import { until } from './process.ts'

/** What agents say goes out by mail: through a real server of this process, from a real database. */

describe('Outgoing mail', () => {
  let core: Core
  let made: SmallTenant
  let relay: OutgoingSystem['post']
  /** What the relay took, and what it answers next instead. */
  const taken: { readonly to: readonly string[]; readonly mail: Mail }[] = []
  let refusing: number | null = null
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => {
        if (refusing !== null) return done(Object.assign(new Error('Not now'), { responseCode: refusing }))
        const to = session.envelope.rcptTo.map(({ address }) => address)
        taken.push({ to, mail: readMail(Buffer.concat(pieces)) })
        done(null, 'Ok: queued')
      })
    },
  })
  server.on('error', () => {})
  let now = Date.parse('2026-01-16T10:00:00.000Z')

  before(async () => {
    core = await openCore()
    made = await makeTenant(core.store)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.server.address()
    relay = openRelay(`smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`).post
    await changeRecord(made.as(made.owner), 'desk', made.desks[0], {
      addresses: ['*@example.org', 'help@desk.example.com'],
    })
    await send()
  })
  after(async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await core.close()
  })

  const system = (store = core.store): OutgoingSystem => ({
    store,
    tenantId: made.tenant.id,
    clock: () => new Date(now),
    post: relay,
    replyKey: Buffer.alloc(32, 7),
  })
  const send = (given = system()) => sendLetters(given, () => false)
  const states = async (ticketId: string): Promise<readonly string[]> => {
    const { rows } = await core.outside.query<{ state: string }>(
      `select o.state::text from outgoing_mails o join messages m on m.tenant_id = o.tenant_id and m.id = o.message_id
       where m.ticket_id = $1 order by o.position`,
      [ticketId],
    )
    return rows.map(({ state }) => state)
  }
  const message = (text: string, visibility: 'public' | 'internal' = 'public') =>
    ({ visibility, format: 'text', text }) as const
  const asked = async (deskId = made.desks[0]): Promise<Ticket> => {
    const requester = { by: 'id', id: made.customer.id, member: true } as const
    const opened = { deskId, requester, title: 'The lamp', message: message('It hums.') }
    return (await createTicket(made.as(made.customer), opened)).ticket
  }
  const answer = (ticket: Ticket, text: string, visibility?: 'internal') =>
    changeTicket(made.as(made.agent), ticket, { message: message(text, visibility) })
  const since = (count: number) => taken.slice(count)

  test('What an agent says in public goes to the requester, once, and the next answer goes on with it', async () => {
    const before = taken.length
    const ticket = await asked()
    await answer(ticket, 'We send a bulb.')
    await answer(ticket, 'He is always angry.', 'internal')
    await Promise.all([send(), send(system(core.otherStore))])
    await answer(ticket, 'Did it arrive?')
    await send()
    const [first, second, ...others] = since(before)
    assert.ok(first && second)
    assert.deepEqual(others, [])
    assert.deepEqual([first.to, first.mail.to], [['rosa@example.com'], [{ address: 'rosa@example.com', name: 'Rosa' }]])
    assert.deepEqual([first.mail.body.text, second.mail.body.text], ['We send a bulb.', 'Did it arrive?'])
    assert.match(first.mail.subject, /^The lamp \[#\d+\]$/)
    assert.deepEqual(second.mail.parents, first.mail.ids)
    const [local = '', domain] = first.mail.replyTo[0]?.address.split('@') ?? []
    const token = readReplyTag(local.replace('help+', ''))
    assert.ok(token && domain === 'desk.example.com')
    assert.ok(isProven(token, [Buffer.alloc(32, 7)], made.tenant.id, ticket.id))
    const { rows } = await core.outside.query('select 1 from mail_ids where key = $1 and ticket_id = $2 and is_own', [
      first.mail.ids[0],
      ticket.id,
    ])
    assert.equal(rows.length, 1)
    assert.equal(first.mail.from[0]?.address, 'help@desk.example.com')
    assert.deepEqual(await states(ticket.id), ['sent', 'sent'])
  })

  test('What is not taken now is sent later, and nothing of its ticket before it', async () => {
    const before = taken.length
    const ticket = await asked()
    await answer(ticket, 'One.')
    await answer(ticket, 'Two.')
    refusing = 451
    const next = await send()
    assert.deepEqual(await states(ticket.id), ['waiting', 'waiting'])
    assert.equal(next, new Date(now).toISOString())
    refusing = null
    now += 60_000
    await send()
    assert.deepEqual(
      since(before).map(({ mail }) => mail.body.text),
      ['One.', 'Two.'],
    )
  })

  test('What a relay refuses is given up, and what may have arrived is not sent again', async () => {
    const before = taken.length
    const ticket = await asked()
    await answer(ticket, 'Spam.')
    refusing = 554
    await send()
    refusing = null
    await answer(ticket, 'Lost.')
    await send({ ...system(), post: async () => ({ is: 'unknown', words: 'Timeout', without: [] }) })
    now += 86_400_000
    await send()
    assert.deepEqual(await states(ticket.id), ['refused', 'uncertain'])
    assert.deepEqual(since(before), [])
  })

  test('A letter whose sender died is uncertain, not sent again', async () => {
    const ticket = await asked()
    await answer(ticket, 'Dying.')
    const dead = send({ ...system(), post: () => new Promise(() => {}) })
    for (let state: readonly string[] = []; state[0] !== 'sending'; state = await states(ticket.id));
    now += 3_600_000
    await send()
    assert.deepEqual(await states(ticket.id), ['uncertain'])
    assert.ok(dead)
  })

  test('Whoever reads notes sees what became of each letter; who answers sends it again, or keeps it from being sent', async () => {
    const ticket = await asked()
    await answer(ticket, 'Refused.')
    refusing = 554
    await send()
    refusing = null
    const as = (who: SmallTenant['agent']) => made.as(who)
    const list = async (states?: OutgoingState[]) =>
      (await listLetters(as(made.agent), { ...(states && { states }), ticket, before: null, limit: 10 })).letters
    const [letter, ...others] = await list()
    assert.ok(letter)
    assert.deepEqual(others, [])
    assert.deepEqual(
      [letter.state, letter.nextAt, letter.attempts, letter.to?.address, letter.ticket.id],
      ['refused', null, 1, 'rosa@example.com', ticket.id],
    )
    assert.match(letter.answer, /Not now/)
    assert.equal((await deliveriesOf(as(made.agent), [letter])).get(letter.id)?.state, 'refused')
    assert.equal((await deliveriesOf(as(made.customer), [letter])).size, 0)
    await assert.rejects(listLetters(as(made.customer), { before: null, limit: 1 }), {
      error: { code: 'forbidden', permission: 'message.read_internal' },
    })
    await assert.rejects(holdLetter(as(made.agent), letter.id), {
      error: { code: 'conflict', message: 'This letter does not wait, it is refused.' },
    })

    const before = taken.length
    const once = made.as(made.agent, { key: 'again' })
    const again = await resendLetter(once, letter.id)
    assert.deepEqual(again, { id: letter.id, state: 'waiting' })
    await send()
    assert.deepEqual(await resendLetter(once, letter.id), again)
    assert.equal((await list())[0]?.state, 'sent', 'the same call once more sends nothing')
    await send()
    assert.deepEqual(
      since(before).map(({ mail }) => mail.ids),
      [[letter.mailId]],
    )

    await answer(ticket, 'Held.')
    await answer(ticket, 'Not held.')
    refusing = 451
    await send()
    refusing = null
    const [, held] = await list(['waiting'])
    assert.ok(held)
    assert.equal((await holdLetter(as(made.agent), held.id)).state, 'held')
    now += 60_000
    await send()
    assert.deepEqual(await states(ticket.id), ['sent', 'held', 'sent'])
    assert.deepEqual(
      (await list(['held'])).map(({ id }) => id),
      [held.id],
    )
    await resendLetter(as(made.agent), held.id)
    await send()
    assert.deepEqual(
      since(before).map(({ mail }) => mail.body.text),
      ['Refused.', 'Not held.', 'Held.'],
    )
  })

  test('Letters are listed page by page, and counted with those that wait for too long', async () => {
    const all: string[] = []
    for (let before: string | null = null, isMore = true; isMore; isMore = before !== null) {
      const page: Awaited<ReturnType<typeof listLetters>> = await listLetters(made.as(made.owner), { before, limit: 2 })
      all.push(...page.letters.map(({ id }) => id))
      before = page.next
    }
    assert.deepEqual(all, [...new Set(all)].sort().reverse())
    const { late, ...counts } = await countLetters(made.as(made.owner))
    assert.equal(
      Object.values(counts).reduce((sum, each) => sum + each, 0),
      all.length,
    )
    assert.equal(late, 0)
    const ticket = await asked()
    await answer(ticket, 'Slow.')
    refusing = 451
    await send()
    const ctx = made.as(made.agent, { now: new Date(now + 3_600_001).toISOString() })
    assert.equal((await countLetters(ctx)).late, 1)
    assert.ok((await measureLetters({ store: core.store })).waiting >= 1)
    refusing = null
    now += 60_000
    await send()
    assert.equal((await countLetters(ctx)).late, 0)
  })

  test('What was said while nobody sent mail is not sent as if it were new', async () => {
    const before = taken.length
    const ticket = await asked()
    await answer(ticket, 'Long ago.')
    now += 4 * 86_400_000
    await send()
    assert.deepEqual(since(before), [])
    // A tenant without any address begins anew once it has one.
    const addresses = ['*@example.org', 'help@desk.example.com']
    await changeRecord(made.as(made.owner), 'desk', made.desks[0], { addresses: [] })
    await endWhereNobodyWrites(system())
    now = Date.parse(tick())
    await answer(ticket, 'Without an address.')
    await changeRecord(made.as(made.owner), 'desk', made.desks[0], { addresses })
    // What is said once there is one is sent, also where that was not seen yet.
    now = Date.parse(tick())
    await answer(ticket, 'With an address.')
    await send()
    assert.deepEqual(
      since(before).map(({ mail }) => mail.body.text),
      ['With an address.'],
    )
  })

  test('A mail server that is silent to one tenant holds up no other', async () => {
    const other = await makeTenant(core.store, 'Other')
    await changeRecord(other.as(other.owner), 'desk', other.desks[0], { addresses: ['help@other.example.com'] })
    await endWhereNobodyWrites(system())
    await sendLetters({ ...system(), tenantId: other.tenant.id }, () => false)
    const say = async (by: SmallTenant, text: string): Promise<void> => {
      const requester = { by: 'id', id: by.customer.id, member: true } as const
      const { ticket } = await createTicket(by.as(by.customer), { deskId: by.desks[0], requester, title: text })
      await changeTicket(by.as(by.agent), ticket, { message: message(text) })
    }
    await say(made, 'To nobody.')
    await say(other, 'To somebody.')
    const { promise: silence, resolve: end } = Promise.withResolvers<void>()
    const sent: string[] = []
    const post: OutgoingSystem['post'] = async (_, { from }) => {
      if (from === 'help@desk.example.com') await silence
      sent.push(from)
      return { is: 'taken', words: 'Ok', without: [] }
    }
    const working = startOutgoingMail({ ...system(), post }, (line) => assert.fail(line))
    try {
      await until('the other tenant’s letter to be sent', () => (sent.length > 0 ? true : undefined))
      assert.deepEqual(sent, ['help@other.example.com'])
    } finally {
      end()
      await working.stop()
    }
    assert.ok(sent.includes('help@desk.example.com'))
    assert.equal(working.attempts().taken, sent.length)
  })

  test('Who has no address, and a desk without one, get and send no mail', async () => {
    const before = taken.length
    const ticket = await asked(made.desks[1])
    await answer(ticket, 'Nobody gets this.')
    const nobody = {
      deskId: made.desks[0],
      requester: { by: 'nobody' },
      title: 'A call',
      message: message('By telephone.'),
    } as const
    await createTicket(made.as(made.agent), nobody)
    await send()
    assert.deepEqual(since(before), [])
    const writing = await tenantsThatWrite(system())
    assert.deepEqual(
      writing.filter(({ tenantId }) => tenantId === made.tenant.id),
      [{ tenantId: made.tenant.id, isDue: false }],
    )
  })
})
