import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import Value from 'typebox/value'
import { anyText } from '../../../../test/arbitraries.ts'
import { Refusal } from '../../../core/errors.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import { messageWith, subscriber, tenant, ticketWith } from '../fixtures/samples.ts'
import {
  decodeFilter,
  decodeNewTicket,
  decodeUpdate,
  encodeDetails,
  encodeReplies,
  encodeStaffDetails,
  encodeStaffSummary,
  encodeSummary,
} from './codec.ts'
import { NewTicketBody, StaffTicketDetails, TicketDetails } from './schema.ts'

const sample = { subject_id: 1, type_id: 1, status_id: 1, priority_id: 1, group_id: 1, message: ' No internet \n' }

test('CreateTicket opens a ticket of the subscriber on the default desk, its message untouched', () => {
  assert.deepEqual(decodeNewTicket(tenant, subscriber, sample), {
    deskId: 'desk-1',
    customersFile: ['status', 'priority', 'group'],
    requester: { by: 'id', id: 'user-7', member: false },
    topicId: 1,
    typeId: 1,
    status: 'new',
    priority: 'low',
    groupId: 'group-1',
    channelId: 13,
    message: { visibility: 'public', format: 'text', text: ' No internet \n', channelId: 13 },
  })
})

test('an id that names nothing, or nothing that may be chosen, is invalid', () => {
  const wrong = [
    { subject_id: 4 },
    { subject_id: 5 },
    { type_id: 4 },
    { status_id: 6 },
    { priority_id: 5 },
    { group_id: 3 },
  ]
  for (const each of wrong) {
    assert.throws(() => decodeNewTicket(tenant, subscriber, { ...sample, ...each }), isInvalid, JSON.stringify(each))
    assert.throws(() => decodeUpdate(tenant, { ticket_id: 1, ...each }), isInvalid, JSON.stringify(each))
  }
})

function isInvalid(error: unknown): boolean {
  return error instanceof Refusal && error.error.code === 'invalid'
}

test('ids are integers from 1 on and nothing like them, and a message is not blank', () => {
  assert.ok(Value.Check(NewTicketBody, { ...sample, ignored: true }))
  for (const id of ['1', 1.5, 0, -1, true, null, undefined, 1e300]) {
    assert.ok(!Value.Check(NewTicketBody, { ...sample, group_id: id }), String(id))
  }
  for (const message of ['', ' \n\t', null, 1, 'x'.repeat(65_536)]) {
    assert.ok(!Value.Check(NewTicketBody, { ...sample, message }))
  }
  assert.ok(Value.Check(NewTicketBody, { ...sample, message: 'x'.repeat(65_535) }))
})

test('UpdateTicket changes what it names and nothing else', () => {
  assert.deepEqual(decodeUpdate(tenant, { ticket_id: 1 }), {})
  assert.deepEqual(decodeUpdate(tenant, { ticket_id: 1, subject_id: 2, group_id: 2 }), {
    topicId: 2,
    groupId: 'group-2',
  })
})

test('writing On Hold leaves a pending ticket pending', () => {
  const change = decodeUpdate(tenant, { ticket_id: 1, status_id: 3 })
  assert.deepEqual(change.status, { to: 'on_hold', sameAs: ['pending', 'on_hold'] })
})

test('a filter names what tickets show, retired types and groups included', () => {
  const asked = { status_id: '3', priority_id: '4', type_id: '4', group_id: '3', subject_id: '2' }
  assert.deepEqual(decodeFilter(tenant, {}, null), {})
  assert.deepEqual(decodeFilter(tenant, asked, subscriber), {
    statuses: ['pending', 'on_hold'],
    priorities: ['urgent'],
    typeIds: [4],
    groupIds: ['group-3'],
    topicIds: [2],
    requesterIds: ['user-7'],
  })
  assert.throws(() => decodeFilter(tenant, { type_id: '99' }, null), isInvalid)
})

test('a ticket in a list is shown by names, with times to the second', () => {
  assert.deepEqual(encodeSummary(tenant, ticketWith({ status: 'pending', priority: 'normal' })), {
    ticket_id: 101,
    subject: 'Technical Support',
    status: 'On Hold',
    priority: 'Medium',
    created_at: '2026-01-15T10:20:30Z',
    updated_at: '2026-01-15T10:20:30Z',
  })
})

test('the subject is the own title, else the topic, else the first line of the message', () => {
  const subjectOf = (...differences: Parameters<typeof ticketWith>) =>
    encodeSummary(tenant, ticketWith(...differences)).subject
  assert.equal(subjectOf({ title: 'Router broken' }), 'Router broken')
  assert.equal(subjectOf({ topicId: 4 }), 'Meeting rooms')
  assert.equal(subjectOf({ topicId: null, description: '\n First line\r\nSecond' }), 'First line')
  assert.equal(subjectOf({ topicId: null, description: '😀'.repeat(101) }), '😀'.repeat(100))
  assert.equal(subjectOf({ topicId: null, description: '' }), '')
})

test('a ticket from elsewhere has null for what this dialect does not know of it', () => {
  const ticket = ticketWith({ topicId: 4, typeId: null, groupId: null, requester: null })
  const summary = encodeStaffSummary(tenant, ticket)
  assert.equal(summary.subject_id, null)
  assert.equal(summary.type_id, null)
  assert.equal(summary.group_id, null)
  assert.equal(summary.subscriber_id, null)
  assert.equal(summary.customer_id, null)
})

test('staff see whose ticket it is', () => {
  const { subscriber_id, customer_id } = encodeStaffSummary(tenant, ticketWith())
  assert.deepEqual({ subscriber_id, customer_id }, { subscriber_id: 7, customer_id: '12345' })
})

const opening = messageWith()
const agent = { id: 'user-1', integer: 1, name: 'Ravi', surname: '', email: null, photoUrl: null }
const note = messageWith({
  integer: 2,
  visibility: 'internal',
  authorRole: 'agent',
  author: agent,
  plain: 'Line fault',
})
const answer = messageWith({
  integer: 3,
  authorRole: 'agent',
  author: agent,
  format: 'html',
  plain: 'Hi',
})
const conversation = { ticket: ticketWith(), messages: [opening, note, answer] }

test('subscribers see the public replies without the opening message, as text', () => {
  assert.deepEqual(encodeReplies(conversation), [
    {
      reply_id: 3,
      ticket_id: 101,
      author: 'Ravi',
      author_type: 'staff',
      message: 'Hi',
      created_at: '2026-01-15T10:20:30Z',
    },
  ])
})

test('staff see the notes too, marked as internal', () => {
  const { replies } = encodeStaffDetails(tenant, conversation)
  assert.deepEqual(
    replies.map(({ reply_id, internal }) => ({ reply_id, internal })),
    [
      { reply_id: 2, internal: true },
      { reply_id: 3, internal: false },
    ],
  )
})

test('an author is shown by the name given for the message, else the own, else the address, else the role', () => {
  const authorOf = (differences: Parameters<typeof messageWith>[0]) =>
    encodeReplies({ ticket: ticketWith(), messages: [opening, messageWith(differences)] })[0]?.author
  assert.equal(authorOf({ authorName: 'The night shift', author: agent }), 'The night shift')
  assert.equal(authorOf({}), 'Asha Rao')
  assert.equal(authorOf({ author: { ...agent, name: '', email: 'ravi@example.com' } }), 'ravi@example.com')
  assert.equal(authorOf({ author: null }), 'Subscriber')
  assert.equal(authorOf({ author: null, authorRole: 'agent' }), 'Staff')
})

const anyTicket = fc
  .record({
    title: fc.string(),
    description: anyText(),
    status: fc.constantFrom(...STATUSES),
    priority: fc.constantFrom(...PRIORITIES),
    topicId: fc.option(fc.integer({ min: 1, max: 9 })),
    typeId: fc.option(fc.integer({ min: 1, max: 9 })),
    groupId: fc.option(fc.constantFrom('group-1', 'group-3', 'group-9')),
    closedAt: fc.option(fc.constant('2026-01-15T10:20:30.123Z')),
  })
  .map(ticketWith)
const anyMessages = fc
  .array(
    fc.record({
      integer: fc.integer({ min: 1 }),
      visibility: fc.constantFrom('public', 'internal'),
      authorRole: fc.constantFrom('requester', 'agent'),
      authorName: fc.option(fc.string()),
      plain: fc.string(),
    }),
  )
  .map((all) => all.map(messageWith))

test('any ticket of any dialect is shown in the documented form, and a subscriber never sees a note', () => {
  fc.assert(
    fc.property(anyTicket, anyMessages, (ticket, messages) => {
      const details = encodeDetails(tenant, { ticket, messages })
      assert.ok(Value.Check(TicketDetails, details))
      assert.ok(Value.Check(StaffTicketDetails, encodeStaffDetails(tenant, { ticket, messages })))
      const publicOnes = messages.filter((each) => each.visibility === 'public')
      assert.deepEqual(
        details.replies.map((each) => each.reply_id),
        publicOnes.slice(1).map((each) => each.integer),
      )
    }),
  )
})
