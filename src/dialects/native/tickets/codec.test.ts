import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { anyText } from '../../../../test/arbitraries.ts'
import { type Issue, Refusal } from '../../../core/errors.ts'
import { EVENT_KINDS } from '../../../core/events/event.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import { actorWith, DESK, GROUP, messageWith, OTHER_DESK, tenant, ticketWith, USER } from '../fixtures/samples.ts'
import { namesOf } from '../names.ts'
import {
  decodeChange,
  decodeFilter,
  decodeNewTicket,
  decodeReply,
  encodeMessage,
  encodeTicket,
  encodeTimelineEntry,
} from './codec.ts'
import {
  ChangeBody,
  MessageAnswer,
  NewMessageBody,
  NewTicketBody,
  TicketAnswer,
  TicketQuery,
  TimelineEntryAnswer,
} from './schema.ts'

const names = namesOf(tenant)
const decode = (body: NewTicketBody) => decodeNewTicket(tenant, actorWith(), body)

function refused(call: () => unknown, ...path: Issue['path']): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Refusal && error.error.code === 'invalid')
    assert.deepEqual(error.error.issues[0]?.path, path)
    return true
  })
}

// --- inward -----------------------------------------------------------------------------------------------------------

test('a ticket that says nothing else is from the caller, on the default desk', () => {
  assert.deepEqual(decode({ title: 'Broken' }), {
    deskId: DESK,
    requester: { by: 'id', id: USER, member: false },
    title: 'Broken',
    fields: {},
  })
})

test('a key for one desk opens tickets there', () => {
  const actor = actorWith({ deskId: OTHER_DESK })
  assert.equal(decodeNewTicket(tenant, actor, { title: 'Broken' }).deskId, OTHER_DESK)
})

test('a ticket takes all that it is given', () => {
  const body = {
    desk: OTHER_DESK.toUpperCase(),
    requester: { email: 'new@example.com', name: 'Newt' },
    title: 'Broken',
    html: '<p>Very</p>',
    status: 'open',
    priority: 'high',
    topic: 1,
    type: null,
    form: 3,
    group: GROUP.toUpperCase(),
    assignee: USER,
    tags: ['a'],
    fields: { plan: 'pro', seats: 5 },
    reference: 'r-1',
    channel: 'web',
  } satisfies NewTicketBody
  assert.ok(Value.Check(NewTicketBody, body))
  assert.deepEqual(decode(body), {
    deskId: OTHER_DESK,
    requester: { by: 'email', email: 'new@example.com', name: 'Newt', create: true },
    title: 'Broken',
    message: { visibility: 'public', format: 'html', text: '<p>Very</p>' },
    status: 'open',
    priority: 'high',
    topicId: 1,
    typeId: null,
    formId: 3,
    groupId: GROUP,
    assigneeId: USER,
    tags: ['a'],
    fields: { plan: 'pro', seats: 5 },
    externalReference: 'r-1',
    channelId: 14,
  })
})

test('a ticket has a title or a text, and only one of text and html', () => {
  refused(() => decode({}), 'title')
  refused(() => decode({ title: ' \n' }), 'title')
  refused(() => decode({ title: 'Broken', text: ' ' }), 'text')
  refused(() => decode({ html: '' }), 'html')
  refused(() => decode({ text: 'a', html: 'b' }), 'html')
  assert.equal(decode({ title: '', text: 'Broken' }).title, '')
  assert.equal(decode({ text: ' Broken\n' }).message?.text, ' Broken\n')
})

test('a requester is named in one way', () => {
  assert.deepEqual(decode({ title: 'a', requester: { id: OTHER_DESK } }).requester, {
    by: 'id',
    id: OTHER_DESK,
    member: false,
  })
  refused(() => decode({ title: 'a', requester: {} }), 'requester')
  refused(() => decode({ title: 'a', requester: { name: 'Newt' } }), 'requester')
  refused(() => decode({ title: 'a', requester: { id: USER, email: 'a@b.example' } }), 'requester', 'email')
  refused(() => decode({ title: 'a', requester: { id: USER, name: 'Newt' } }), 'requester', 'name')
})

test('a channel is named by its kind, and a retired one is none', () => {
  refused(() => decode({ title: 'a', channel: 'telex' }), 'channel')
  refused(() => decode({ title: 'a', channel: 'pigeon' }), 'channel')
})

test('requests with unknown fields, or with values that cannot be, are invalid', () => {
  const creates = [
    { titel: 'Broken' },
    { title: null },
    { title: 'x'.repeat(501) },
    { status: 'done' },
    { priority: 1 },
    { topic: '1' },
    { topic: 0 },
    { topic: 2 ** 31 },
    { group: 'Support' },
    { desk: null },
    { tags: [''] },
    { tags: 'a' },
    { requester: USER },
    { requester: { email: 'no address' } },
    { requester: { uuid: USER } },
  ]
  for (const body of creates) assert.ok(!Value.Check(NewTicketBody, body), JSON.stringify(body))
  for (const body of [{ text: 'a' }, { desk: null }, { status: null }, { tags: [] }, { reference: 'x' }]) {
    assert.ok(!Value.Check(ChangeBody, body), JSON.stringify(body))
  }
  for (const body of [{ text: 1 }, { text: 'a', visibility: 'secret' }, { text: 'a', author: USER }]) {
    assert.ok(!Value.Check(NewMessageBody, body), JSON.stringify(body))
  }
  for (const query of [{ limit: ['1', '2'] }, { desk: 'x' }, { unassigned: 'yes' }, { state: 'open' }]) {
    assert.ok(!Value.Check(TicketQuery, query), JSON.stringify(query))
  }
})

test('a change leaves what it does not name, and empties what it names as null', () => {
  assert.deepEqual(decodeChange({}), {})
  const emptied = { topic: null, type: null, form: null, group: null, assignee: null, requester: null }
  assert.ok(Value.Check(ChangeBody, emptied))
  assert.deepEqual(decodeChange(emptied), {
    topicId: null,
    typeId: null,
    formId: null,
    groupId: null,
    assigneeId: null,
    requesterId: null,
  })
})

test('a change changes what it names', () => {
  const body = {
    title: '',
    status: 'solved',
    priority: 'low',
    topic: 1,
    desk: OTHER_DESK.toUpperCase(),
    requester: USER.toUpperCase(),
    add_tags: ['a'],
    remove_tags: ['b'],
  } satisfies ChangeBody
  assert.deepEqual(decodeChange(body), {
    title: '',
    status: { to: 'solved' },
    priority: 'low',
    topicId: 1,
    deskId: OTHER_DESK,
    requesterId: USER,
    addTags: ['a'],
    removeTags: ['b'],
  })
})

test('a reply is public unless it says otherwise', () => {
  assert.deepEqual(decodeReply({ text: 'Hi' }), { message: { visibility: 'public', format: 'text', text: 'Hi' } })
  assert.deepEqual(decodeReply({ html: '<b>Hi</b>', visibility: 'internal' }), {
    message: { visibility: 'internal', format: 'html', text: '<b>Hi</b>' },
  })
  refused(() => decodeReply({}), 'text')
  refused(() => decodeReply({ text: '\t' }), 'text')
})

test('a reply has an envelope when it is given one', () => {
  const to = ['a@b.example']
  assert.deepEqual(decodeReply({ text: 'Hi', to, in_reply_to: USER.toUpperCase(), external_reference: 'x' }).message, {
    visibility: 'public',
    format: 'text',
    text: 'Hi',
    envelope: { to, inReplyTo: { id: USER }, externalReference: 'x' },
  })
})

test('a status that comes with a reply needs the permission to change it, as any other', () => {
  const change = decodeReply({ text: 'Done', status: 'solved' })
  assert.deepEqual(change.status, { to: 'solved' })
  assert.equal(change.message?.status, undefined)
})

test('a filter holds what the query names', () => {
  assert.deepEqual(decodeFilter({}), {})
  const query = {
    status: 'open,new,open',
    priority: 'high',
    desk: DESK.toUpperCase(),
    requester: USER.toUpperCase(),
    assignee: USER,
    unassigned: 'false',
    group: GROUP,
    topic: '1',
  } satisfies TicketQuery
  assert.ok(Value.Check(TicketQuery, query))
  assert.deepEqual(decodeFilter(query), {
    statuses: ['new', 'open'],
    priorities: ['high'],
    deskIds: [DESK],
    requesterIds: [USER],
    assigneeIds: [USER],
    unassigned: false,
    groupIds: [GROUP],
    topicIds: [1],
  })
})

test('a filter by a word that does not exist is refused, not ignored', () => {
  for (const status of ['', 'done', 'open,', 'open, new', 'Open']) refused(() => decodeFilter({ status }), 'status')
  refused(() => decodeFilter({ priority: 'medium' }), 'priority')
  for (const topic of ['', '0', 'x', '1.0', '9999999999']) refused(() => decodeFilter({ topic }), 'topic')
})

// --- outward ----------------------------------------------------------------------------------------------------------

test('a ticket is shown with the names of what it refers to', () => {
  const shown = encodeTicket(names, ticketWith({ topicId: 1, typeId: 1, groupId: GROUP, status: 'open' }))
  assert.deepEqual(shown.desk, { id: DESK, integer: 1, name: 'Default' })
  assert.deepEqual(shown.topic, { id: 1, name: 'Billing' })
  assert.deepEqual(shown.type, { id: 1, name: 'Question' })
  assert.deepEqual(shown.group, { id: GROUP, integer: 1, name: 'Support' })
  assert.equal(shown.channel, 'api')
})

test('a status is labelled by the first active label, or by none', () => {
  assert.equal(encodeTicket(names, ticketWith({ status: 'open' })).status_label, 'In Progress')
  assert.equal(encodeTicket(names, ticketWith({ status: 'closed' })).status_label, null)
})

test('a person is shown with the role on the desk of the ticket; an owner is one everywhere', () => {
  const requester = ticketWith().requester ?? assert.fail()
  const roleOf = (isOwner: boolean, membership: typeof requester.membership) =>
    encodeTicket(names, ticketWith({ requester: { ...requester, isOwner, membership } })).requester?.role
  assert.equal(roleOf(false, requester.membership), 'customer')
  assert.equal(roleOf(false, null), null)
  assert.equal(roleOf(true, requester.membership), 'owner')
})

test('a message is shown as text and as safe HTML', () => {
  const shown = encodeMessage(
    names,
    messageWith({ format: 'html', plain: 'Hi', safeHtml: '<p>Hi</p>' }),
    ({ id }) => id,
  )
  assert.equal(shown.text, 'Hi')
  assert.equal(shown.html, '<p>Hi</p>')
})

const anyInstant = fc.option(fc.constant('2026-01-15T10:20:30.123Z'))
const anyTicket = fc
  .record({
    deskId: fc.constantFrom(DESK, OTHER_DESK, USER),
    title: anyText(),
    status: fc.constantFrom(...STATUSES),
    priority: fc.constantFrom(...PRIORITIES),
    topicId: fc.option(fc.integer({ min: 1, max: 3 })),
    typeId: fc.option(fc.integer({ min: 1, max: 3 })),
    groupId: fc.option(fc.constantFrom(GROUP, USER)),
    channelId: fc.integer({ min: 1, max: 20 }),
    requester: fc.option(fc.constant(ticketWith().requester)),
    assignee: fc.option(fc.constant(ticketWith().requester)),
    tags: fc.array(fc.string()),
    externalReference: fc.option(fc.string()),
    solvedAt: anyInstant,
    closedAt: anyInstant,
  })
  .map(ticketWith)

test('any ticket of any dialect is shown in the documented form', () => {
  fc.assert(
    fc.property(anyTicket, (ticket) => {
      assert.ok(Value.Check(TicketAnswer, encodeTicket(names, ticket)))
    }),
  )
})

test('any entry of a timeline is shown in the documented form', () => {
  const anyEntry = fc.record({
    message: fc.option(
      fc
        .record({
          visibility: fc.constantFrom('public', 'internal'),
          author: fc.option(fc.constant(messageWith().author)),
          safeHtml: fc.option(fc.string()),
          channelId: fc.integer({ min: 1, max: 20 }),
        })
        .map(messageWith),
    ),
    actor: fc.option(fc.constant(ticketWith().requester)),
    credentialName: fc.option(fc.string()),
    cameFrom: fc.option(fc.constant({ id: ticketWith().id, integer: 7, number: 3 })),
    event: fc.record({
      id: fc.uuid(),
      position: fc.integer({ min: 1 }),
      kind: fc.constantFrom(...EVENT_KINDS),
      ticketId: fc.constant(null),
      messageId: fc.constant(null),
      actorId: fc.constant(null),
      credentialId: fc.constant(null),
      dialect: fc.string(),
      requestId: fc.string(),
      at: fc.constant('2026-01-15T10:20:30.123Z'),
      before: fc.option(fc.constant({ status: 'open' })),
      after: fc.option(fc.constant({ tags: ['a'], topic_id: null })),
      undoes: fc.option(fc.integer({ min: 1 })),
    }),
  })
  fc.assert(
    fc.property(anyEntry, (entry) => {
      const shown = encodeTimelineEntry(names, entry, ({ id }) => id)
      assert.ok(Value.Check(TimelineEntryAnswer, shown))
      assert.ok(shown.message === null || Value.Check(MessageAnswer, shown.message))
    }),
  )
})
