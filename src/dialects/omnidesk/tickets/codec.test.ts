import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { type Issue, Refusal } from '../../../core/errors.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import { actor, customer, tenant, ticket } from '../fixtures/samples.ts'
import { PRIORITY_BY_WORD, STATUS_BY_WORD, WORD_OF_PRIORITY, WORD_OF_STATUS } from '../words.ts'
import {
  decodeListing,
  decodeNarrowing,
  decodeNewTicket,
  decodePath,
  decodePriority,
  decodeStatus,
  decodeTicketId,
  decodeTicketIds,
  decodeUpdate,
  encodeTicket,
  showMany,
} from './codec.ts'
import { TicketRecord } from './schema.ts'

const caller = { tenant, actor }
const bound = { tenant, actor: { ...actor, credential: { ...actor.credential, deskId: 'desk-2' } } }

function refusedAs(rule: Issue['rule'], name: string, call: () => unknown): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Refusal && error.error.code === 'invalid')
    assert.deepEqual([error.error.issues[0]?.rule, error.error.issues[0]?.path[0]], [rule, name])
    return true
  })
}

const isNotFound = (error: unknown): boolean => error instanceof Refusal && error.error.code === 'not_found'

test('a ticket looks like the sample of the vendor guide, field by field and in its order', () => {
  const fixture: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/ticket.json'), 'utf8'))
  const encoded = encodeTicket(ticket, tenant)
  assert.equal(JSON.stringify(encoded), JSON.stringify(fixture))
  assert.ok(Value.Check(TicketRecord, encoded))
  assert.deepEqual(Object.keys(encoded), Object.keys(TicketRecord.properties))
})

test('every status and priority has a word, and every word leads back', () => {
  for (const status of STATUSES) assert.equal(STATUS_BY_WORD[WORD_OF_STATUS[status]], status)
  for (const priority of PRIORITIES) assert.equal(PRIORITY_BY_WORD[WORD_OF_PRIORITY[priority]], priority)
})

test('what a ticket from elsewhere lacks is shown by its requester and its first message', () => {
  const elsewhere = {
    ...ticket,
    title: '',
    fromAddress: '',
    description: `${'x'.repeat(120)}\nsecond line`,
    channelId: 13,
  }
  const encoded = encodeTicket(elsewhere, tenant)
  assert.deepEqual([encoded.from, encoded.from_name, encoded.customer_id], ['sam@example.com', 'Sam Doe', 626822])
  assert.equal(encoded.title, 'x'.repeat(100))
  assert.equal(encoded.channel_id, 13)
})

test('a title from a message is its first line of text, however the message begins and ends its lines', () => {
  for (const description of [
    '\n\nThe modem is red\nsecond',
    ' The modem is red \r\nsecond',
    'The modem is red\rsecond',
  ])
    assert.equal(encodeTicket({ ...ticket, title: '', description }, tenant).title, 'The modem is red')
  assert.equal(encodeTicket({ ...ticket, title: '', description: '' }, tenant).title, '')
})

test('none is 0 for group, user and customer, and null for form', () => {
  const bare = { ...ticket, groupId: null, requester: null, assignee: null, fromAddress: '', channelId: 99 }
  const encoded = encodeTicket(bare, tenant)
  assert.deepEqual(
    [encoded.assigned_group_id, encoded.assigned_user_id, encoded.customer_id, encoded.form_id, encoded.from],
    [0, 0, 0, null, ''],
  )
  assert.deepEqual([encoded.icon, encoded.channel_name, encoded.channel_icon], ['', null, null])
})

test('an outbound ticket never shows its customer as the sender', () => {
  assert.equal(
    encodeTicket({ ...ticket, direction: 'outbound', fromAddress: '', requester: customer }, tenant).from,
    '',
  )
})

test('nothing at all makes an empty ticket on the default brand, by e-mail, inbound', () => {
  assert.deepEqual(decodeNewTicket({}, caller), {
    deskId: 'desk-1',
    channelId: 1,
    direction: 'inbound',
    requester: { by: 'nobody' },
    fromAddress: '',
    fromName: '',
    toAddress: '',
    title: '',
    groupId: null,
    formId: null,
  })
})

test('all nine documented fields of a new ticket are read, from text as from JSON', () => {
  const sent = {
    brandID: 2,
    channelID: 3,
    direction: 'outbound',
    from: 'sam@example.com',
    fromName: 'Sam',
    to: '31201234567',
    title: 'Hi',
    assignedGroupID: 10003,
    formID: 4,
  }
  const decoded = decodeNewTicket(sent, caller)
  assert.deepEqual(decoded, {
    deskId: 'desk-2',
    channelId: 3,
    direction: 'outbound',
    requester: { by: 'email', email: 'sam@example.com', name: 'Sam', create: false },
    fromAddress: 'sam@example.com',
    fromName: 'Sam',
    toAddress: '31201234567',
    title: 'Hi',
    groupId: 'group-1',
    formId: 4,
  })
  assert.deepEqual(
    decodeNewTicket(Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)])), caller),
    decoded,
  )
})

test('a reference that names nothing, or nothing in use, is refused as unknown', () => {
  for (const [name, values] of [
    ['brandID', [9, 3]],
    ['channelID', [99, 8]],
    ['assignedGroupID', [9, 10004]],
    ['formID', [9, 0]],
  ] as const) {
    for (const value of values) refusedAs('unknown', name, () => decodeNewTicket({ [name]: value }, caller))
  }
})

test('a key of one desk opens tickets there and reaches no other brand', () => {
  assert.equal(decodeNewTicket({}, bound).deskId, 'desk-2')
  refusedAs('unknown', 'brandID', () => decodeNewTicket({ brandID: 1 }, bound))
})

test('a title has at most 255 characters', () => {
  assert.equal(decodeNewTicket({ title: '😀'.repeat(255) }, caller).title, '😀'.repeat(255))
  refusedAs('too_long', 'title', () => decodeNewTicket({ title: 'x'.repeat(256) }, caller))
  refusedAs('too_long', 'title', () => decodeUpdate({ title: 'x'.repeat(256) }))
})

test('any parameters at all make a new ticket or an invalid one', () => {
  const names = fc.constantFrom(
    'brandID',
    'channelID',
    'direction',
    'from',
    'fromName',
    'to',
    'title',
    'assignedGroupID',
    'formID',
  )
  fc.assert(
    fc.property(fc.dictionary(names, fc.jsonValue()), (parameters) => {
      try {
        decodeNewTicket(parameters, caller)
      } catch (error) {
        assert.ok(error instanceof Refusal && error.error.code === 'invalid')
      }
    }),
  )
})

test('an update changes what is given; null and absent leave the rest', () => {
  assert.deepEqual(decodeUpdate({}), { change: {}, externalPrimaryID: undefined })
  assert.deepEqual(decodeUpdate({ title: null, status: null, externalPrimaryID: null }), {
    change: {},
    externalPrimaryID: undefined,
  })
  assert.deepEqual(decodeUpdate({ title: '', status: 'solved', externalPrimaryID: 12 }), {
    change: { title: '', status: { to: 'solved' } },
    externalPrimaryID: '12',
  })
})

test('an update can only finish a ticket', () => {
  for (const status of ['new', 'open', 'pending', 'holding', 'Solved', ''])
    refusedAs('choice', 'status', () => decodeUpdate({ status }))
})

test('what is no id in a path names no ticket', () => {
  assert.deepEqual(decodePath({ ticketID: '12' }), { integer: 12 })
  for (const ticketID of ['', '0', '01', '-1', '1.0', 'abc', 'setstatus', '99999999999999999999', ' 1']) {
    assert.throws(() => decodePath({ ticketID }), isNotFound)
  }
})

test('status, priority and ids of the calls on many tickets are required', () => {
  refusedAs('required', 'status', () => decodeStatus({}))
  refusedAs('required', 'priority', () => decodePriority({}))
  refusedAs('required', 'ticketIDs', () => decodeTicketIds({}))
  refusedAs('required', 'ticketID', () => decodeTicketId({}))
  assert.equal(decodeStatus({ status: 'holding' }), 'on_hold')
  assert.equal(decodePriority({ priority: 'medium' }), 'normal')
})

test('a list has 15 tickets from the first unless it is told otherwise; empty parameters count as absent', () => {
  const plain = { filter: {}, window: { offset: 0, limit: 15 } }
  assert.deepEqual(decodeListing({}), plain)
  assert.deepEqual(
    decodeListing({ applyView: '', query: '', status: '', itemStart: '', itemLimit: '', searchArchived: '' }),
    plain,
  )
  assert.deepEqual(decodeListing({ itemStart: '30', itemLimit: '9999' }).window, { offset: 30, limit: 9999 })
  refusedAs('too_small', 'itemLimit', () => decodeListing({ itemLimit: '0' }))
  refusedAs('too_large', 'itemLimit', () => decodeListing({ itemLimit: '10000' }))
  refusedAs('type', 'itemStart', () => decodeListing({ itemStart: '-1' }))
  refusedAs('choice', 'searchArchived', () => decodeListing({ searchArchived: 'maybe' }))
})

test('view, status and words of a list add up', () => {
  assert.deepEqual(decodeListing({ applyView: 'unsolved', status: 'holding', query: ' late  order ' }).filter, {
    statuses: ['on_hold'],
    words: ['late', 'order'],
  })
  assert.deepEqual(decodeListing({ applyView: 'unsolved', status: 'closed' }).filter, { statuses: [] })
  assert.deepEqual(decodeListing({ applyView: '3' }).filter, { unassigned: true })
  assert.deepEqual(decodeListing({ applyView: 'holding' }).filter, { statuses: ['on_hold'] })
  refusedAs('unknown', 'applyView', () => decodeListing({ applyView: 'mine' }))
  refusedAs('format', 'applyView', () => decodeListing({ applyView: 'x' }))
  refusedAs('format', 'applyView', () => decodeListing({ applyView: 'all!' }))
  refusedAs('choice', 'status', () => decodeListing({ status: 'on_hold' }))
})

test('what solveUnfinishedTickets does not know it refuses, since ignoring it would solve more', () => {
  assert.deepEqual(decodeNarrowing({}, caller), {})
  assert.deepEqual(decodeNarrowing({ ticketIDs: '1,2', brandID: '2', channelID: 1, assignedGroupID: 0 }, caller), {
    ids: [1, 2],
    deskId: 'desk-2',
    channelId: 1,
    groupId: null,
  })
  refusedAs('not_allowed', 'brandId', () => decodeNarrowing({ brandId: 2 }, caller))
  refusedAs('required', 'ticketIDs', () => decodeNarrowing({ ticketIDs: [] }, caller))
  refusedAs('type', 'brandID', () => decodeNarrowing({ brandID: '' }, caller))
  refusedAs('unknown', 'assignedGroupID', () => decodeNarrowing({ assignedGroupID: 7 }, caller))
})

test('unknown ids are named beside the known ones; only unknown ones are not found', () => {
  assert.deepEqual(showMany('Done.', [1, 2, 3], [{ integer: 2 }]).body, {
    type: 'result',
    message: 'Done.',
    ticketIDs: [1, 3],
    notFound: [2],
  })
  assert.throws(() => showMany('Done.', [1], [{ integer: 1 }]), isNotFound)
})
