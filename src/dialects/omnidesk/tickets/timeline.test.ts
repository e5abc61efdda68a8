import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import type { Event, EventData, EventKind } from '../../../core/events/event.ts'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import { customer, message, tenant, ticket } from '../fixtures/samples.ts'
import { EventEntry, MessageEntry } from './schema.ts'
import { encodeHistory, encodeMessage, usersNamed } from './timeline.ts'

const shown = {
  ticket,
  tenant,
  linkTo: ({ id }: { readonly id: string }) => `https://files.example/${id}`,
  users: new Map([
    ['agent', 42],
    ['customer', 626822],
  ]),
}
const service = { ...customer, id: 'service', kind: 'service', name: 'Key', surname: '' } as const

function entry(kind: EventKind, after: EventData | null, more: Partial<TimelineEntry> = {}): TimelineEntry {
  const event: Event = {
    id: 'event',
    position: 9,
    kind,
    ticketId: 'ticket',
    messageId: null,
    actorId: 'service',
    credentialId: 'credential',
    dialect: 'omnidesk',
    requestId: 'request',
    at: '2026-01-15T11:00:00.999Z',
    before: null,
    after,
    undoes: null,
  }
  return { event, message: null, actor: service, credentialName: 'shop', cameFrom: null, ...more }
}

const columnOf = (kind: EventKind, after: EventData): unknown => {
  const [change] = encodeHistory([entry(kind, after)], shown)
  assert.ok(change?.type === 'event')
  return [change.item_type, change.item_type_id]
}

test('a change is the column of the ticket and its new value as text', () => {
  assert.deepEqual(columnOf('ticket.status_changed', { status: 'on_hold' }), ['status', 'holding'])
  assert.deepEqual(columnOf('ticket.priority_changed', { priority: 'normal' }), ['priority', 'medium'])
  assert.deepEqual(columnOf('ticket.title_changed', { title: 'New' }), ['title', 'New'])
  assert.deepEqual(columnOf('ticket.group_changed', { group_id: 'group-1' }), ['assigned_group_id', '10003'])
  assert.deepEqual(columnOf('ticket.group_changed', { group_id: null }), ['assigned_group_id', '0'])
  assert.deepEqual(columnOf('ticket.assignee_changed', { assignee_id: 'agent' }), ['assigned_user_id', '42'])
  assert.deepEqual(columnOf('ticket.requester_changed', { requester_id: null }), ['customer_id', '0'])
  assert.deepEqual(columnOf('ticket.requester_changed', { requester_id: 'customer' }), ['customer_id', '626822'])
  assert.deepEqual(columnOf('ticket.desk_changed', { desk_id: 'desk-2' }), ['brand_id', '2'])
  assert.deepEqual(columnOf('ticket.form_changed', { form_id: 4 }), ['form_id', '4'])
  assert.deepEqual(columnOf('ticket.tags_changed', { tags: ['a', 'b'] }), ['tags', 'a,b'])
  assert.deepEqual(columnOf('ticket.created', { status: 'new' }), ['status', 'new'])
})

test('a change names who made it as the vendor names triggers, people by their names', () => {
  const after = { status: 'open' }
  const by = (more: Partial<TimelineEntry>): unknown => {
    const [change] = encodeHistory([entry('ticket.status_changed', after, more)], shown)
    return change?.type === 'event' ? change.initiated_by : null
  }
  assert.equal(by({}), 'api: shop')
  const elsewhere = { ...entry('ticket.status_changed', after).event, dialect: 'native' }
  assert.equal(by({ event: elsewhere, actor: customer, credentialName: 'Console' }), 'Sam Doe')
  assert.equal(by({ event: elsewhere, actor: null, credentialName: null }), 'system')
})

test('what the vendor has no column for, and what was erased, is no entry', () => {
  assert.deepEqual(
    encodeHistory(
      [entry('ticket.topic_changed', { topic_id: 1 }), entry('ticket.type_changed', { type_id: 1 })],
      shown,
    ),
    [],
  )
  assert.deepEqual(encodeHistory([entry('ticket.status_changed', null)], shown), [])
})

test('a message that came with an event follows it; its id is a text where the event has a number', () => {
  const entries = [
    entry('ticket.created', { status: 'new' }, { message }),
    entry('message.added', { visibility: 'public' }, { message }),
  ]
  const history = encodeHistory(entries, shown)
  assert.deepEqual(
    history.map((each) => [each.type, each.id]),
    [
      ['event', 9],
      ['message', '77'],
      ['message', '77'],
    ],
  )
  for (const each of history) assert.ok(Value.Check(each.type === 'event' ? EventEntry : MessageEntry, each))
})

test('the users whom events name are looked up once', () => {
  const assigned = entry('ticket.assignee_changed', { assignee_id: 'agent' })
  assert.deepEqual(usersNamed([assigned, assigned, entry('ticket.requester_changed', { requester_id: null })]), [
    'agent',
  ])
})

test("an agent's message goes from the desk's address to the customer's", () => {
  const encoded = encodeMessage(message, shown)
  assert.deepEqual(
    [encoded.from, encoded.from_name, encoded.to, encoded.user_id, encoded.user_name, encoded.direction],
    ['support@example.com', 'Kim Roe', 'sam@example.com', 42, 'Kim Roe', 'outbound'],
  )
  assert.deepEqual(Object.keys(encoded), Object.keys(MessageEntry.properties))
})

test("a customer's message comes from their address and is no user's", () => {
  const author = {
    id: 'customer',
    integer: 626822,
    name: 'Sam',
    surname: 'Doe',
    email: 'sam@example.com',
    photoUrl: null,
  }
  const encoded = encodeMessage({ ...message, author, authorRole: 'requester', direction: 'inbound' }, shown)
  assert.deepEqual(
    [encoded.from, encoded.from_name, encoded.to, encoded.user_id, encoded.user_name, encoded.direction],
    ['sam@example.com', 'Sam Doe', 'support@example.com', 0, '', 'inbound'],
  )
})

test('a message that names its receivers goes to these; their name is known when it is the usual one', () => {
  const sentTo = (...to: string[]) => encodeMessage({ ...message, envelope: { ...message.envelope, to } }, named)
  const named = { ...shown, ticket: { ...ticket, fromName: 'Sam D.' } }
  assert.deepEqual([sentTo().to, sentTo().to_name], ['sam@example.com', 'Sam D.'])
  const usual = sentTo('sam@example.com')
  assert.deepEqual([usual.to, usual.to_name], ['sam@example.com', 'Sam D.'])
  const others = sentTo('a@b.example', 'c@d.example')
  assert.deepEqual([others.to, others.to_name, others.from], ['a@b.example,c@d.example', '', 'support@example.com'])
  const envelope = { ...message.envelope, to: ['a@b.example'], externalReference: '<1@mail.example>' }
  const note = encodeMessage({ ...message, visibility: 'internal', envelope }, named)
  assert.deepEqual([note.to, note.from, note.external_id], ['a@b.example', null, '<1@mail.example>'])
})

test('a note has no ends, no channel and no direction', () => {
  const encoded = encodeMessage({ ...message, visibility: 'internal', channelId: 5 }, shown)
  assert.deepEqual(
    [encoded.type, encoded.from, encoded.to, encoded.channel_id, encoded.channel_name, encoded.direction],
    ['note', null, null, 0, null, ''],
  )
})

test('content is HTML: sanitised where it was HTML, escaped where it was text', () => {
  assert.equal(encodeMessage(message, shown).content, '<p>It is <b>on its way</b>.</p>')
  const asText = { ...message, format: 'text', plain: '<script>1</script>\n& more', safeHtml: null } as const
  assert.equal(encodeMessage(asText, shown).content, '&lt;script&gt;1&lt;/script&gt;<br>\n&amp; more')
})
