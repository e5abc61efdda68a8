import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TimelineEntry } from '../../../core/tickets/queries/timeline.ts'
import { STATUSES } from '../../../core/words.ts'
import {
  ADMIN_ID,
  admin,
  entryOf,
  eventOf,
  MEMBER_ID,
  member,
  messageEntry,
  NOBODY_ID,
  TICKET_ID,
  tenant,
} from '../fixtures/samples.ts'
import { topicOfTypeWord, WORD_OF_STATUS } from '../words.ts'
import { encodeActivities, namedIn } from './activities.ts'
import { peopleById } from './people.ts'

const scene = {
  ticketId: TICKET_ID,
  tenant,
  reader: { userId: ADMIN_ID, worksHere: true },
  people: peopleById([member, admin]),
  profile: 'older' as const,
  linkTo: ({ id }: { id: string }) => `https://desk.example/files/${id}`,
}
const encode = (...entries: TimelineEntry[]) => encodeActivities(entries, scene)

const opening = messageEntry({ id: 'opening', plain: 'The door is locked', authorRole: 'requester' }, member)

test('the opening message is no comment, every later public one is, internal ones never are', () => {
  const activities = encode(
    messageEntry({ id: 'early note', visibility: 'internal' }),
    opening,
    messageEntry({ id: 'answer', plain: 'Try again' }),
    messageEntry({ id: 'note', visibility: 'internal' }),
    messageEntry({ id: 'thanks', plain: 'It works' }, member),
  )
  assert.deepEqual(
    activities.map(({ id, type, data, membership }) => [id, type, data, membership?.user.id]),
    [
      ['answer', 'comment', { text: 'Try again' }, ADMIN_ID],
      ['thanks', 'comment', { text: 'It works' }, MEMBER_ID],
    ],
  )
})

test('a comment shows its author, not who entered it', () => {
  const [comment] = encode(opening, messageEntry({ author: { ...member } }, admin))
  assert.equal(comment?.membership?.user.id, MEMBER_ID)
  const [unknown] = encode(opening, messageEntry({ author: null }, admin))
  assert.ok(unknown && !('membership' in unknown))
})

test('an activity has id, ticket, type, time, who acted and what changed', () => {
  const event = eventOf('ticket.status_changed', { status: 'new' }, { status: 'solved' })
  const [activity] = encode(entryOf(event))
  assert.deepEqual(activity, {
    id: event.id,
    ticketRef: TICKET_ID,
    type: 'statusUpdated',
    createDate: '2026-01-15T11:00:00.000Z',
    membership: {
      id: admin.membership?.id,
      roleType: 'admin',
      type: 'member',
      user: {
        id: ADMIN_ID,
        photoUrl: null,
        blocked: false,
        email: 'ada@example.org',
        name: 'Ada',
        surname: null,
        phoneNumber: null,
      },
    },
    data: { status: 'solved', previousAttributes: { status: 'new' } },
  })
})

test('a status change shows exactly when its word changes or the same status was set again', () => {
  for (const before of STATUSES) {
    for (const after of STATUSES) {
      const shown = encode(entryOf(eventOf('ticket.status_changed', { status: before }, { status: after })))
      const expected = before === after || WORD_OF_STATUS[before] !== WORD_OF_STATUS[after]
      assert.equal(shown.length, expected ? 1 : 0, `${before} to ${after}`)
    }
  }
})

test('a type change shows both words, and none when this vendor sees no difference', () => {
  const change = (before: number | null, after: number | null) =>
    encode(entryOf(eventOf('ticket.topic_changed', { topic_id: before }, { topic_id: after })))
  const [activity] = change(topicOfTypeWord(tenant, 'access'), topicOfTypeWord(tenant, 'internet'))
  assert.equal(activity?.type, 'typeUpdated')
  assert.deepEqual(activity?.data, { type: 'internet', previousAttributes: { type: 'access' } })
  assert.deepEqual(change(null, 1), [])
})

test('nothing about an assignee is null: who is not there is left out', () => {
  const change = (before: string | null, after: string | null) =>
    encode(entryOf(eventOf('ticket.assignee_changed', { assignee_id: before }, { assignee_id: after })))[0]?.data
  const first = change(null, ADMIN_ID)
  assert.equal(first?.userRefAssignee, ADMIN_ID)
  assert.equal(first?.userAssignee?.id, ADMIN_ID)
  assert.equal(first?.membershipAssignee?.id, admin.membership?.id)
  assert.deepEqual(first?.previousAttributes, {})
  const last = change(ADMIN_ID, null)
  assert.deepEqual(Object.keys(last ?? {}), ['previousAttributes'])
  assert.equal(last?.previousAttributes?.userRefAssignee, ADMIN_ID)
  assert.deepEqual(change(NOBODY_ID, NOBODY_ID), {
    userRefAssignee: NOBODY_ID,
    previousAttributes: { userRefAssignee: NOBODY_ID },
  })
})

test('changes that this vendor does not know are no activities', () => {
  assert.deepEqual(
    encode(
      entryOf(eventOf('ticket.created', null, { status: 'new' })),
      entryOf(eventOf('ticket.priority_changed', { priority: 'low' }, { priority: 'high' })),
      entryOf(eventOf('ticket.status_changed', null, null)),
    ),
    [],
  )
})

test('people that a timeline names by id only are known once each', () => {
  const entries = [
    entryOf(eventOf('ticket.assignee_changed', { assignee_id: null }, { assignee_id: ADMIN_ID })),
    entryOf(eventOf('ticket.assignee_changed', { assignee_id: ADMIN_ID }, { assignee_id: NOBODY_ID })),
    opening,
  ]
  assert.deepEqual(namedIn(entries), [ADMIN_ID, NOBODY_ID, MEMBER_ID])
})
