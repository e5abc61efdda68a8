import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../../test/arbitraries.ts'
import { Refusal } from '../../../core/errors.ts'
import { STATUSES } from '../../../core/words.ts'
import { ADMIN_ID, admin, DESK_ID, MEMBER_ID, member, NOBODY_ID, tenant, ticketOf } from '../fixtures/samples.ts'
import { TYPE_WORDS } from '../words.ts'
import { decodeComment, decodeNewTicket, encodeCreatedTicket, encodeTicket, titleFrom } from './codec.ts'
import { encodeMembership } from './people.ts'

const worker = { userId: ADMIN_ID, worksHere: true }
const requester = { userId: MEMBER_ID, worksHere: false }
const stranger = { userId: NOBODY_ID, worksHere: false }

function refusedField(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal && error.error.code === 'invalid') return error.error.issues[0]?.path
    throw error
  }
  return undefined
}

test('a title is the first line of the text, cut to a length that lists can show', () => {
  assert.equal(titleFrom('  The door \r\nis locked'), 'The door')
  fc.assert(
    fc.property(anyText({ minLength: 1, maxLength: 400 }), (text) => {
      const title = titleFrom(text)
      assert.ok([...title].length <= 120)
      assert.doesNotMatch(title, /[\r\n]/)
      if (text.isWellFormed()) assert.ok(title.isWellFormed())
      if (!title.endsWith('…')) assert.ok(text.includes(title))
    }),
  )
})

test('a new ticket keeps every word of its text and goes where it was sent', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...TYPE_WORDS), fc.boolean(), (text, type, upperCase) => {
      const locationRef = upperCase ? DESK_ID.toUpperCase() : DESK_ID
      const ticket = { text, type, locationRef }
      const requester = { by: 'id', id: MEMBER_ID, member: true } as const
      const decoded = decodeNewTicket({ ticket }, tenant, requester)
      assert.equal(decoded.deskId, DESK_ID)
      assert.deepEqual(decoded.requester, requester)
      assert.equal(decoded.message?.text, text)
      assert.equal(decoded.message?.visibility, 'public')
      const stored = ticketOf({ topicId: decoded.topicId ?? null, description: text })
      assert.equal(encodeTicket(stored, tenant, worker).type, type)
      assert.equal(encodeTicket(stored, tenant, worker).description, text)
    }),
  )
})

test('a comment needs a text or an attachment, and a key is an id', () => {
  const ticketRef = NOBODY_ID
  const decoded = (activity: object) => decodeComment({ activity: { ticketRef, ...activity } })
  assert.equal(decoded({ text: 'Hi', attachments: [] }).text, 'Hi')
  const attachments = [{ key: NOBODY_ID.toUpperCase() }]
  assert.deepEqual(decoded({ attachments }).attachmentIds, [NOBODY_ID])
  assert.equal(decoded({ attachments }).text, '')
  assert.deepEqual(
    refusedField(() => decoded({})),
    ['activity', 'text'],
  )
  assert.deepEqual(
    refusedField(() => decoded({ text: 'Hi', attachments: [{ key: 'any' }] })),
    ['activity', 'attachments', 0, 'key'],
  )
})

test('a ticket without assignee says so once and leaves the other keys out', () => {
  const encoded = encodeTicket(ticketOf(), tenant, worker)
  assert.equal(encoded.userAssignee, null)
  for (const key of ['userRefAssignee', 'membershipRefAssignee', 'membershipAssignee']) assert.ok(!(key in encoded))
})

test('an assignee is named in all four ways', () => {
  const encoded = encodeTicket(ticketOf({ assignee: admin }), tenant, worker)
  assert.equal(encoded.userRefAssignee, ADMIN_ID)
  assert.equal(encoded.userAssignee?.id, ADMIN_ID)
  assert.equal(encoded.membershipRefAssignee, admin.membership?.id)
  assert.equal(encoded.membershipAssignee?.user.id, ADMIN_ID)
})

test('a requester who left the location is shown without membership, and no requester as null', () => {
  const left = encodeTicket(ticketOf({ requester: { ...member, membership: null } }), tenant, worker)
  assert.equal(left.userRequester?.id, MEMBER_ID)
  assert.ok(!('membershipRequester' in left) && !('membershipRefRequester' in left))
  const none = encodeTicket(ticketOf({ requester: null }), tenant, worker)
  assert.equal(none.userRequester, null)
  assert.ok(!('membershipRequester' in none) && !('membershipRefRequester' in none))
})

test('the status date appears with the first change of status', () => {
  assert.ok(!('statusUpdateDate' in encodeTicket(ticketOf(), tenant, worker)))
  const changed = ticketOf({ statusChangedAt: '2026-01-15T12:00:00.000Z' })
  assert.equal(encodeTicket(changed, tenant, worker).statusUpdateDate, '2026-01-15T12:00:00.000Z')
})

test('a ticket made elsewhere is complete here: title for text, other for its topic, a word for every status', () => {
  const encoded = encodeTicket(ticketOf({ description: '', topicId: 1 }), tenant, worker)
  assert.equal(encoded.description, 'The door')
  assert.equal(encoded.type, 'other')
  const words = STATUSES.map((status) => encodeTicket(ticketOf({ status }), tenant, worker).status)
  assert.deepEqual(words, ['new', 'inProgress', 'inProgress', 'inProgress', 'solved', 'closed'])
})

test('members see the contact data of themselves only, administrators that of all', () => {
  const contact = (reader: typeof worker) => {
    const user = encodeTicket(ticketOf(), tenant, reader).membershipRequester?.user
    return [user?.email, user?.phoneNumber]
  }
  assert.deepEqual(contact(worker), ['mia@example.org', '+1 555 0100'])
  assert.deepEqual(contact(requester), ['mia@example.org', '+1 555 0100'])
  assert.deepEqual(contact(stranger), [null, null])
})

test('what a user has not is null, and an inactive user is blocked', () => {
  const blocked = { ...admin, active: false }
  assert.deepEqual(encodeTicket(ticketOf({ requester: blocked }), tenant, worker).userRequester, {
    id: ADMIN_ID,
    photoUrl: null,
    blocked: true,
    email: 'ada@example.org',
    name: 'Ada',
    surname: null,
    phoneNumber: null,
  })
})

test('only a ticket just created shows what its users say about themselves', () => {
  assert.equal(encodeCreatedTicket(ticketOf(), tenant, worker).userRequester?.about, 'Potter')
  assert.ok(!('about' in (encodeCreatedTicket(ticketOf({ requester: admin }), tenant, worker).userRequester ?? {})))
  assert.ok(!('about' in (encodeTicket(ticketOf(), tenant, worker).userRequester ?? {})))
})

test('agents, admins and owners are admin in a membership, customers member', () => {
  const roleType = (role: 'customer' | 'agent' | 'admin', isOwner = false) =>
    encodeMembership({ ...member, isOwner, membership: { id: 'm', role } }, worker)?.roleType
  assert.deepEqual(
    [roleType('customer'), roleType('agent'), roleType('admin'), roleType('customer', true)],
    ['member', 'admin', 'admin', 'admin'],
  )
})
