import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readMail } from '../reading/read.ts'
import { authenticationOf } from './authentication.ts'
import { type Candidate, decideTicket, RELATIONS, RULES } from './decide.ts'
import { baseSubject, foreignNumber, isForward, ownNumbers } from './marks.ts'
import { areColleagues } from './relation.ts'
import { writerOf } from './sender.ts'
import { isProven, readReplyTag, replyTag } from './token.ts'

const NOW = '2026-11-30T12:00:00.000Z'

function candidate(
  changes: Partial<Omit<Candidate, 'ticket'>> & { readonly ticket?: Partial<Candidate['ticket']> } = {},
): Candidate {
  const { ticket, ...rest } = changes
  return {
    ...{ rule: 'reference', value: 'a@b', nth: 1, byDeskId: 'desk', relation: 'requester' },
    ...rest,
    ticket: {
      ...{ id: 'one', integer: 1, number: 1, deskId: 'desk', status: 'open', title: 'Lamp', latestMessageAt: NOW },
      ...ticket,
    },
  }
}

const asking = { deskId: 'desk', subject: 'lamp', baseOf: baseSubject, now: NOW }
const verdicts = (candidates: readonly Candidate[], about = asking) =>
  decideTicket(candidates, about).considered.map(({ verdict }) => verdict)

describe('a mail joins a ticket', () => {
  test('by the surest rule, then by the nearest id, then the newest ticket', () => {
    const ordered = [
      candidate({ rule: 'token', ticket: { id: 'token' } }),
      candidate({ nth: 1, ticket: { id: 'newer', integer: 9 } }),
      candidate({ nth: 1, ticket: { id: 'older', integer: 3 } }),
      candidate({ nth: 2, ticket: { id: 'far', integer: 11 } }),
      candidate({ rule: 'foreign_number', ticket: { id: 'foreign' } }),
      candidate({ rule: 'subject', ticket: { id: 'subject' } }),
    ]
    const ids = (list: readonly Candidate[]) => decideTicket(list, asking).considered.map(({ ticket }) => ticket.id)
    assert.deepEqual(
      ids([...ordered].reverse()),
      ordered.map(({ ticket }) => ticket.id),
    )
  })

  test('only where its writer may: whoever has the token, whoever was there by an id, nobody by a guess', () => {
    const allowed = RULES.flatMap((rule) =>
      RELATIONS.filter((relation) => verdicts([candidate({ rule, relation })])[0] === 'joins').map(
        (relation) => `${rule} ${relation}`,
      ),
    )
    assert.deepEqual(allowed, [
      ...RELATIONS.map((relation) => `token ${relation}`),
      ...['reference agent', 'reference requester', 'reference participant', 'reference colleague'],
      ...['foreign_number agent', 'foreign_number requester', 'foreign_number participant'],
      ...['subject agent', 'subject requester', 'subject participant'],
    ])
  })

  test('unless that is closed, or the mail came to another desk', () => {
    assert.deepEqual(verdicts([candidate({ ticket: { status: 'closed' } })]), ['closed'])
    assert.deepEqual(verdicts([candidate({ relation: 'agent', ticket: { status: 'closed' } })]), ['joins'])
    assert.deepEqual(verdicts([candidate({ byDeskId: 'other', ticket: { deskId: 'other' } })]), ['other_desk'])
    // It moved since: what answers the old address comes to it all the same.
    assert.deepEqual(verdicts([candidate({ byDeskId: 'desk', ticket: { deskId: 'other' } })]), ['joins'])
  })

  test('of an old thread only about the same', () => {
    const old = { status: 'solved', latestMessageAt: '2026-01-01T00:00:00.000Z' } as const
    assert.deepEqual(verdicts([candidate({ ticket: old })]), ['joins'])
    assert.deepEqual(verdicts([candidate({ ticket: { ...old, title: 'AW: Chair' } })]), ['other_subject'])
    assert.deepEqual(verdicts([candidate({ ticket: { title: 'Chair' } })]), ['joins'])
  })

  test('or none, whatever there is, and then says which one it goes on from', () => {
    const any = fc.record({ rule: fc.constantFrom(...RULES), relation: fc.constantFrom(...RELATIONS), nth: fc.nat(5) })
    fc.assert(
      fc.property(fc.array(any), (given) => {
        const { joins, continues, considered } = decideTicket(
          given.map((each) => candidate(each)),
          asking,
        )
        assert.equal(considered.length, given.length)
        assert.equal(considered.filter(({ verdict }) => verdict === 'joins').length, joins ? 1 : 0)
        assert.equal(continues !== null, joins === null && given.length > 0)
      }),
    )
  })
})

test('a subject is told by what is its own, in whatever language it was answered', () => {
  for (const subject of ['Re: AW: [Team] Lamp', 'FWD: Re[2]: lamp', ' Antw: SV:  LAMP [#12]', 'Auto: Lamp'])
    assert.equal(baseSubject(subject), 'lamp', subject)
  assert.deepEqual(ownNumbers('Re: [#12] and [#7] [#12] #9'), [12, 7])
  assert.deepEqual(['WG: x', 'Fwd: x', 'TR : x', 'Re: x', 'Forward'].map(isForward), [true, true, true, false, false])
  const foreign = ['Ticket#2026-1187', 'Re: [Ticket: AB-4711] Lamp', 'Vorgang Nr. 88123', 'Case ID 00012345']
  assert.deepEqual(foreign.map(foreignNumber), ['2026-1187', 'ab-4711', '88123', '00012345'])
  for (const subject of ['Order 4711', '[#1234] Lamp', 'Ticket for tomorrow', 'request'])
    assert.equal(foreignNumber(subject), null, subject)
})

test('a token leads to its ticket in any case, and to no other with any other key', () => {
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const tag = replyTag(key, 'tenant', { id: 'ticket', integer: 42 })
  assert.ok(tag.length <= 40, 'it fits into a local part beside a name')
  const token = readReplyTag(tag.toUpperCase()) ?? assert.fail()
  assert.equal(token.integer, 42)
  assert.ok(isProven(token, [other, key], 'tenant', 'ticket'))
  assert.ok(!isProven(token, [other], 'tenant', 'ticket'))
  assert.ok(!isProven(token, [key], 'tenant', 'another'))
  assert.ok(!isProven(token, [key], 'elsewhere', 'ticket'))
  for (const text of ['', 'r42', 'r0-aaaaaaaaaaaaaaaa', 'r42-aaaaaaaaaaaaaaa1', `${tag}x`])
    assert.equal(readReplyTag(text), null, text)
})

test('only what the own server wrote tells that a mail is from whom it says', () => {
  const of = (...values: readonly string[]) =>
    authenticationOf(
      values.map((value) => ({ name: 'authentication-results', value })),
      ['mx.example.com'],
    )
  assert.equal(of('mx.example.com; spf=pass; dmarc=pass header.from=a.example'), 'verified')
  assert.equal(of('MX.example.com 1; dmarc = fail (p=reject)'), 'failed')
  assert.equal(of('mx.example.com; spf=pass; dkim=pass'), 'unverified', 'of whom is not said')
  assert.equal(of('mx.example.com; spf=fail (dmarc=pass)'), 'unverified', 'a comment says nothing')
  assert.equal(of('mx.example.com; dmarc=none', 'mx.example.com; dmarc=pass'), 'unverified', 'the topmost counts')
  assert.equal(of('evil.example; dmarc=pass'), 'unverified')
  assert.equal(of('mx.example.com.evil.example; dmarc=pass'), 'unverified')
})

test('who wrote a mail is not its list, and not ourselves', () => {
  const writer = (...headers: readonly string[]) => {
    const mail = readMail(Buffer.from([...headers, '', 'Text'].join('\r\n')))
    const found = writerOf(mail, (address) => address === 'help@example.com')
    return found && `${found.by} ${found.address}`
  }
  assert.equal(writer('From: ann@a.example', 'Reply-To: team@a.example'), 'from ann@a.example')
  assert.equal(writer('From: help@example.com', 'Reply-To: kim@web.example'), 'reply_to kim@web.example')
  assert.equal(writer('From: help@example.com'), null)
  const list = [
    'List-Id: Team <team.lists.example>',
    'List-Post: <mailto:team@lists.example>',
    'From: "Carol via Team" <team@lists.example>',
  ]
  assert.equal(writer(...list, 'Reply-To: carol@c.example'), 'reply_to carol@c.example')
  assert.equal(writer(...list, 'Reply-To: team@lists.example', 'Cc: carol@c.example'), 'sender carol@c.example')
})

test('colleagues share a domain that is not everybody’s', () => {
  assert.ok(areColleagues('a@firm.example', 'b@FIRM.example'))
  assert.ok(!areColleagues('a@gmail.com', 'b@gmail.com'))
  assert.ok(!areColleagues('a@firm.example', 'b@sub.firm.example'))
})
