import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { userWith } from '../../../test/users.ts'
import { CHANNEL, type Tenant } from '../catalogue/tenant.ts'
import { type CoreError, Refusal } from '../errors.ts'
import type { EventData } from '../events/event.ts'
import { type Actor, narrowed } from '../identity/actor.ts'
import { PERMISSIONS, type Permission } from '../identity/permissions.ts'
import type { UserSummary } from '../identity/user.ts'
import type { Instant } from '../instant.ts'
import type { NewMessage } from '../messages/message.ts'
import { FINISHED, PRIORITIES, STATUSES, type Status } from '../words.ts'
import { personOn } from './queries/people.ts'
import { decideChange, stateOf } from './rules/change.ts'
import type { Circumstances } from './rules/circumstances.ts'
import { decideCreate } from './rules/create.ts'
import { statusAfter } from './rules/lifecycle.ts'
import type { NewTicket, Ticket, TicketChange } from './ticket.ts'

// --- a small world, without a database --------------------------------------------------------------------------------

const HOME = 'desk-home'
const AWAY = 'desk-away'
const CLOSED_DOWN = 'desk-closed-down'
const EARLIER = '2026-01-15T08:00:00.000Z'
const NOW = '2026-01-15T10:20:30.123Z'

const record = (id: number, active: boolean) => ({ id, name: `Record ${id}`, active })
const place = (id: string, integer: number, active: boolean) => ({
  ...{ id, integer, name: id, active, createdAt: EARLIER, addresses: [] },
})
const home = { ...place(HOME, 1, true), isDefault: true }

/** Of everything a ticket can refer to: 1 and 2 may be used, 3 is inactive, anything else does not exist. */
const tenant: Tenant = {
  id: 'tenant',
  name: 'Tenant',
  desks: [home, { ...place(AWAY, 2, true), isDefault: false }, { ...place(CLOSED_DOWN, 3, false), isDefault: false }],
  defaultDesk: home,
  groups: [place('group-1', 1, true), place('group-2', 2, true), place('group-3', 3, false)],
  topics: [1, 2, 3].map((id) => ({ ...record(id, id < 3), offeredIn: [], word: null })),
  types: [1, 2, 3].map((id) => record(id, id < 3)),
  statusLabels: [],
  priorityLabels: [],
  channels: [...Object.values(CHANNEL), 99].map((id) => ({ ...record(id, id < 99), kind: 'any', icon: 'any' })),
  forms: [1, 2, 3].map((id) => record(id, id < 3)),
  fields: [],
  tagWays: [],
  searchLanguage: null,
}

function user(id: string, integer: number, changes: Partial<UserSummary> = {}): UserSummary {
  return userWith({ id, integer, name: id, ...changes })
}

const membership = (deskId: string, role: 'customer' | 'agent' | 'admin') => ({ id: `${deskId} ${role}`, deskId, role })
const requester = user('requester', 1, { memberships: [membership(HOME, 'customer')] })
const stranger = user('stranger', 2, { memberships: [membership(HOME, 'customer')] })
const agent = user('agent', 3, { memberships: [membership(HOME, 'agent'), membership(AWAY, 'customer')] })
const admin = user('admin', 4, { memberships: [membership(HOME, 'admin')] })
const owner = user('owner', 5, { isOwner: true })
const awayAgent = user('away-agent', 6, { memberships: [membership(AWAY, 'agent')] })
const retired = user('retired', 7, { memberships: [membership(HOME, 'agent')], active: false })
const PEOPLE = new Map([requester, stranger, agent, admin, owner, awayAgent, retired].map((each) => [each.id, each]))

function actorOf(who: UserSummary, deskId: string | null = null): Actor {
  return {
    tenantId: tenant.id,
    user: who,
    credential: { id: 'key', dialect: 'any', kind: 'any', name: 'Key', scopes: [], deskId, expiresAt: null },
    permissions: new Set(PERMISSIONS),
  }
}

function given(actor: Actor, changes: Partial<Circumstances> = {}): Circumstances {
  let made = 0
  return {
    actor,
    tenant,
    now: NOW,
    newId: () => `id-${++made}`,
    contentOf: ({ format, text: original }) => ({
      ...{ format: format === 'html' ? 'html' : 'text', original, plain: original.toUpperCase(), plainGiven: false },
      ...{ safeHtml: null, sanitizer: null, rendering: null, pictures: [] },
    }),
    people: PEOPLE,
    recordAlways: false,
    ...changes,
  }
}

/** A quiet open ticket of the requester on the home desk. */
function ticketWith(changes: Partial<Ticket> = {}): Ticket {
  return {
    id: 'ticket',
    integer: 41,
    deskId: HOME,
    number: 7,
    version: 3,
    title: 'Title',
    description: 'First words',
    status: 'open',
    priority: 'normal',
    topicId: null,
    typeId: null,
    groupId: null,
    requester: personOn(requester, HOME),
    assignee: null,
    channelId: CHANNEL.api,
    formId: null,
    direction: 'inbound',
    fromAddress: '',
    fromName: '',
    toAddress: '',
    toName: '',
    externalReference: null,
    tags: [],
    fields: {},
    createdAt: EARLIER,
    updatedAt: EARLIER,
    statusChangedAt: null,
    firstResponseAt: null,
    latestMessageAt: EARLIER,
    latestAgentAt: null,
    latestRequesterAt: EARLIER,
    waitingSince: null,
    solvedAt: null,
    closedAt: null,
    snoozedUntil: null,
    finishedAt: null,
    ...changes,
  }
}

function refusalOf(work: () => unknown): CoreError {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error.error
    throw error
  }
  return assert.fail('It was allowed.')
}

const forbidden = (permission: Permission): CoreError => ({ code: 'forbidden', permission })

/** The fields that an `invalid` complains about. */
function fieldsRefused(work: () => unknown): string[] {
  const error = refusalOf(work)
  assert.equal(error.code, 'invalid')
  return error.code === 'invalid' ? error.issues.map((issue) => issue.path.join('.')) : []
}

const reply = (changes: Partial<NewMessage> = {}): NewMessage => ({
  visibility: 'public',
  format: 'text',
  text: 'words',
  ...changes,
})

// --- arbitraries ------------------------------------------------------------------------------------------------------

const anyStatus = fc.constantFrom(...STATUSES)
const anyTags = fc.uniqueArray(fc.constantFrom('red', 'green', 'blue', 'black'), { maxLength: 4 })
const anyTime = fc.constantFrom(EARLIER, '2026-01-15T09:00:00.000Z', NOW)
const anyTimeOrNull = fc.option(anyTime, { nil: null })
const anyRecord = fc.constantFrom(null, 1, 2)
const anyGroup = fc.constantFrom(null, 'group-1', 'group-2')

/** Any ticket that commands could have left behind on the home desk. */
const anyTicket: fc.Arbitrary<Ticket> = fc
  .record({
    status: anyStatus,
    priority: fc.constantFrom(...PRIORITIES),
    title: fc.constantFrom('', 'Title', 'Other'),
    topicId: anyRecord,
    typeId: anyRecord,
    formId: anyRecord,
    groupId: anyGroup,
    requester: fc.constantFrom(null, personOn(requester, HOME), personOn(stranger, HOME)),
    assignee: fc.constantFrom(null, personOn(agent, HOME), personOn(admin, HOME)),
    tags: anyTags,
    updatedAt: anyTime,
    statusChangedAt: anyTimeOrNull,
    firstResponseAt: anyTimeOrNull,
    latestMessageAt: anyTimeOrNull,
    latestAgentAt: anyTimeOrNull,
    latestRequesterAt: anyTimeOrNull,
    finished: anyTime,
    solvedBeforeClosed: fc.boolean(),
  })
  .map(({ finished, solvedBeforeClosed, ...fields }) => {
    const { status } = fields
    return ticketWith({
      ...fields,
      solvedAt: status === 'solved' || (status === 'closed' && solvedBeforeClosed) ? finished : null,
      closedAt: status === 'closed' ? finished : null,
      finishedAt: FINISHED.includes(status) ? finished : null,
    })
  })

const anyMessage: fc.Arbitrary<NewMessage> = fc.record(
  {
    visibility: fc.constantFrom('public' as const, 'internal' as const),
    format: fc.constantFrom('text' as const, 'html' as const),
    text: fc.constantFrom('words', 'more words'),
    author: fc.constantFrom('requester' as const, 'nobody' as const, { id: stranger.id }, { id: agent.id }),
    authorName: fc.constantFrom('Anna'),
    authorRole: fc.constantFrom('requester' as const, 'agent' as const),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    channelId: fc.constantFrom(CHANNEL.email, CHANNEL.web),
    status: anyStatus,
  },
  { requiredKeys: ['visibility', 'format', 'text'] },
)

const anyStatusChange = fc.record(
  { to: anyStatus, sameAs: fc.uniqueArray(anyStatus, { maxLength: 3 }) },
  { requiredKeys: ['to'] },
)

/** Any change whose references exist. */
const anyChange: fc.Arbitrary<TicketChange> = fc.record(
  {
    title: fc.constantFrom('', 'Title', 'Other', 'Third'),
    status: anyStatusChange,
    priority: fc.constantFrom(...PRIORITIES),
    topicId: anyRecord,
    typeId: anyRecord,
    groupId: anyGroup,
    // Works on both desks, so that a move never makes it unusable.
    assigneeId: fc.constantFrom(null, owner.id),
    requesterId: fc.constantFrom(null, requester.id, stranger.id),
    deskId: fc.constantFrom(HOME, AWAY),
    formId: anyRecord,
    addTags: anyTags,
    removeTags: anyTags,
    message: anyMessage,
  },
  { requiredKeys: [] },
)

/** A change that the rules allow: a requester's public message never meets a closed ticket. */
function isAllowed(ticket: Ticket, changes: readonly TicketChange[]): boolean {
  try {
    decideChange(ticket, changes, given(actorOf(owner)))
    return true
  } catch (error) {
    if (error instanceof Refusal && error.error.code === 'ticket_closed') return false
    throw error
  }
}

function decide(ticket: Ticket, change: TicketChange, changes: Partial<Circumstances> = {}) {
  return decideChange(ticket, [change], given(actorOf(owner), changes))
}

/** The ticket that a store would show after a change: people by id again. */
function shownAfter(draft: ReturnType<typeof decideChange>): Ticket {
  const { requesterId, assigneeId, ...rest } = draft.state
  const person = (id: string | null) => {
    const found = id === null ? undefined : PEOPLE.get(id)
    return found ? personOn(found, rest.deskId) : null
  }
  return { ...rest, version: draft.version, requester: person(requesterId), assignee: person(assigneeId) }
}

// --- the lifecycle ----------------------------------------------------------------------------------------------------

describe('The lifecycle', () => {
  const after = (status: Status, visibility: 'public' | 'internal', authorRole: 'agent' | 'requester'): Status =>
    statusAfter({ status }, { message: reply({ visibility }) }, { visibility, authorRole })

  test('a public message by an agent makes a new ticket open and leaves every other status', () => {
    const expected = { new: 'open', open: 'open', pending: 'pending', on_hold: 'on_hold', solved: 'solved' }
    for (const [status, then] of Object.entries({ ...expected, closed: 'closed' })) {
      assert.equal(
        after(STATUSES.find((each) => each === status) ?? assert.fail(), 'public', 'agent'),
        then,
        `after ${status}`,
      )
    }
  })

  test('a public message by the requester reopens what waits or is solved, and leaves new and open', () => {
    const expected = { new: 'new', open: 'open', pending: 'open', on_hold: 'open', solved: 'open' } as const
    for (const status of STATUSES) {
      if (status === 'closed') continue
      assert.equal(after(status, 'public', 'requester'), expected[status], `after ${status}`)
    }
  })

  test('a public message by the requester on a closed ticket is refused, whoever brings it', () => {
    const closed = ticketWith({ status: 'closed', closedAt: EARLIER, finishedAt: EARLIER })
    const brought: readonly (readonly [UserSummary, NewMessage])[] = [
      [requester, reply()],
      [agent, reply({ author: 'requester' })],
      [agent, reply({ author: { id: requester.id } })],
      [agent, reply({ author: 'nobody', authorRole: 'requester' })],
    ]
    for (const [who, message] of brought) {
      const error = refusalOf(() => decideChange(closed, [{ message }], given(actorOf(who))))
      assert.deepEqual(error, { code: 'ticket_closed' })
    }
    const answered = decideChange(closed, [{ message: reply() }], given(actorOf(agent)))
    assert.equal(answered.state.status, 'closed', 'an agent may still write on it')
  })

  test('an internal message changes no status', () => {
    for (const status of STATUSES)
      for (const authorRole of ['agent', 'requester'] as const)
        assert.equal(after(status, 'internal', authorRole), status)
  })

  test('an agent may set any of the six statuses from any other, and reopen a closed ticket', () => {
    for (const from of STATUSES)
      for (const to of STATUSES) {
        const draft = decideChange(ticketWith({ status: from }), [{ status: { to } }], given(actorOf(agent)))
        assert.equal(draft.state.status, to)
        assert.equal(draft.changed, from !== to)
      }
  })

  test('a status that the call names wins over what its message would do', () => {
    fc.assert(
      fc.property(anyTicket, anyMessage, anyStatus, (ticket, message, to) => {
        fc.pre(isAllowed(ticket, [{ message }]))
        assert.equal(decide(ticket, { message, status: { to } }).state.status, to)
        const { status: _, ...plain } = message
        assert.equal(decide(ticket, { message: { ...plain, status: to } }).state.status, to)
      }),
    )
  })

  test('a word that the ticket already shows changes nothing', () => {
    fc.assert(
      fc.property(anyTicket, anyStatus, fc.uniqueArray(anyStatus), (ticket, to, sameAs) => {
        const draft = decide(ticket, { status: { to, sameAs } })
        assert.equal(draft.state.status, sameAs.includes(ticket.status) ? ticket.status : to)
        if (sameAs.includes(ticket.status)) assert.deepEqual([draft.changed, draft.events], [false, []])
      }),
    )
  })

  test('a ticket is new unless its creation names a status, and an opening message does not move it', () => {
    for (const message of [undefined, reply(), reply({ authorRole: 'agent' }), reply({ visibility: 'internal' })]) {
      for (const status of [undefined, ...STATUSES]) {
        const input = { deskId: HOME, requester: { by: 'nobody' } as const, ...(message && { message }) }
        const { state } = decideCreate({ ...input, ...(status && { status }) }, given(actorOf(agent)))
        assert.equal(state.status, status ?? 'new')
      }
    }
  })
})

// --- what a change makes of a ticket ----------------------------------------------------------------------------------

/** Each field that a change can move, with the event and the name under which it is recorded. */
const RECORDED = [
  ['title', 'ticket.title_changed', 'title'],
  ['topicId', 'ticket.topic_changed', 'topic_id'],
  ['typeId', 'ticket.type_changed', 'type_id'],
  ['priority', 'ticket.priority_changed', 'priority'],
  ['formId', 'ticket.form_changed', 'form_id'],
  ['tags', 'ticket.tags_changed', 'tags'],
  ['deskId', 'ticket.desk_changed', 'desk_id'],
  ['groupId', 'ticket.group_changed', 'group_id'],
  ['requesterId', 'ticket.requester_changed', 'requester_id'],
  ['assigneeId', 'ticket.assignee_changed', 'assignee_id'],
  ['status', 'ticket.status_changed', 'status'],
] as const

describe('A change', () => {
  test('sets what it names and leaves the rest', () => {
    fc.assert(
      fc.property(anyTicket, anyChange, (ticket, change) => {
        fc.pre(isAllowed(ticket, [change]))
        const { state } = decide(ticket, change)
        const before = stateOf(ticket)
        for (const field of [
          'title',
          'priority',
          'topicId',
          'typeId',
          'groupId',
          'assigneeId',
          'requesterId',
          'deskId',
          'formId',
        ] as const) {
          assert.equal(state[field], change[field] === undefined ? before[field] : change[field], field)
        }
        const removed = change.removeTags ?? []
        const wanted = [...ticket.tags, ...(change.addTags ?? [])].filter((tag) => !removed.includes(tag))
        assert.deepEqual([...state.tags].sort(), [...new Set(wanted)].sort())
        for (const field of [
          'id',
          'integer',
          'number',
          'version',
          'channelId',
          'direction',
          'fromAddress',
          'externalReference',
          'createdAt',
        ] as const)
          assert.equal(state[field], before[field], field)
      }),
    )
  })

  test('is recorded as one event for each changed field, with the field before and after', () => {
    fc.assert(
      fc.property(anyTicket, anyChange, (ticket, change) => {
        fc.pre(isAllowed(ticket, [change]))
        const { state, events, messages } = decide(ticket, change)
        const before = stateOf(ticket)
        const expected = RECORDED.filter(
          ([field]) => JSON.stringify(before[field]) !== JSON.stringify(state[field]),
        ).map(([field, kind, name]) => ({ kind, before: { [name]: before[field] }, after: { [name]: state[field] } }))
        const recorded = events.filter((event) => event.kind !== 'message.added')
        assert.deepEqual(
          recorded.map(({ kind, before, after }) => ({ kind, before, after })),
          expected,
        )
        const added = events.filter((event) => event.kind === 'message.added')
        assert.deepEqual(
          added.map((event) => [event.messageId, event.before, event.after]),
          messages.map((message) => [
            message.id,
            null,
            { visibility: message.visibility, author_role: message.authorRole },
          ]),
        )
        assert.equal(messages.length, change.message ? 1 : 0)
        assert.equal(new Set(events.map((event) => event.id)).size, events.length, 'each event has an id of its own')
      }),
    )
  })

  test('to what already is records nothing, and the ticket stays untouched', () => {
    fc.assert(
      fc.property(anyTicket, fc.boolean(), (ticket, bySameAs) => {
        const { title, priority, topicId, typeId, groupId, deskId, formId, status, tags } = ticket
        const { requesterId, assigneeId } = stateOf(ticket)
        const same: TicketChange = {
          title,
          priority,
          topicId,
          typeId,
          groupId,
          deskId,
          formId,
          requesterId,
          assigneeId,
          addTags: tags,
          removeTags: ['never there'],
          status: bySameAs ? { to: status === 'open' ? 'closed' : 'open', sameAs: [status] } : { to: status },
        }
        const draft = decide(ticket, same)
        assert.deepEqual([draft.changed, draft.events, draft.messages], [false, [], []])
        assert.deepEqual(draft.state, stateOf(ticket))
      }),
    )
  })

  test('to what already is succeeds also where that may not be chosen any more', () => {
    const ticket = ticketWith({
      deskId: CLOSED_DOWN,
      topicId: 3,
      typeId: 3,
      formId: 3,
      groupId: 'group-3',
      assignee: personOn(retired, HOME),
    })
    const same = { deskId: CLOSED_DOWN, topicId: 3, typeId: 3, formId: 3, groupId: 'group-3', assigneeId: retired.id }
    const draft = decide(ticket, same)
    assert.deepEqual([draft.changed, draft.events], [false, []])
  })

  test('that changes nothing is recorded where the answer must show it, and the ticket stays untouched', () => {
    fc.assert(
      fc.property(anyTicket, (ticket) => {
        const { assigneeId } = stateOf(ticket)
        const status: EventData = { status: ticket.status }
        const assignee: EventData = { assignee_id: assigneeId }
        const draft = decide(ticket, { status: { to: ticket.status }, assigneeId }, { recordAlways: true })
        assert.deepEqual(
          draft.events.map(({ kind, before, after }) => ({ kind, before, after })),
          [
            { kind: 'ticket.assignee_changed', before: assignee, after: assignee },
            { kind: 'ticket.status_changed', before: status, after: status },
          ],
        )
        assert.equal(draft.changed, false)
        assert.deepEqual(draft.state, stateOf(ticket))
        assert.deepEqual(decide(ticket, { title: ticket.title }, { recordAlways: true }).events, [])
      }),
    )
  })

  test('after another is what both make together', () => {
    fc.assert(
      fc.property(anyTicket, fc.array(anyChange, { maxLength: 5 }), (ticket, changes) => {
        fc.pre(isAllowed(ticket, changes))
        const together = decideChange(ticket, changes, given(actorOf(owner)))
        let folded = ticket
        const events: { kind: string; before: EventData | null; after: EventData | null }[] = []
        const said: string[] = []
        for (const change of changes) {
          const step = decide(folded, change)
          folded = shownAfter(step)
          events.push(...step.events.map(({ kind, before, after }) => ({ kind, before, after })))
          said.push(...step.messages.map((message) => `${message.original} ${message.ticketStatus}`))
        }
        assert.deepEqual(together.state, stateOf(folded))
        assert.deepEqual(
          together.events.map(({ kind, before, after }) => ({ kind, before, after })),
          events,
        )
        assert.deepEqual(
          together.messages.map((message) => `${message.original} ${message.ticketStatus}`),
          said,
        )
        assert.deepEqual(together.before, { deskId: ticket.deskId, status: ticket.status })
        assert.equal(together.version, ticket.version)
      }),
    )
  })
})

// --- times ------------------------------------------------------------------------------------------------------------

describe('The times of a ticket', () => {
  test('tell when the status changed, when it was solved, closed and finished', () => {
    fc.assert(
      fc.property(anyTicket, fc.array(anyStatus, { minLength: 1, maxLength: 6 }), (ticket, path) => {
        // One status a minute; the model only looks at the whole path.
        const minutes = path.map((_, index) => `2026-02-01T00:0${index}:00.000Z`)
        const last = path.reduce<Ticket>(
          (current, to, index) => shownAfter(decide(current, { status: { to } }, { now: minutes[index] ?? NOW })),
          ticket,
        )
        const whole = [ticket.status, ...path]
        /** When the ticket last came from outside into one of these statuses, where it still is; null elsewhere. */
        const entered = (statuses: readonly Status[], since: string | null): string | null => {
          if (!statuses.includes(last.status)) return null
          const start = whole.findLastIndex((status) => !statuses.includes(status)) + 1
          return start === 0 ? since : (minutes[start - 1] ?? null)
        }
        const moved = whole.findLastIndex((status, index) => index > 0 && status !== whole[index - 1])
        assert.equal(last.statusChangedAt, moved < 1 ? ticket.statusChangedAt : minutes[moved - 1])
        assert.equal(last.finishedAt, entered(FINISHED, ticket.finishedAt))
        assert.equal(last.closedAt, entered(['closed'], ticket.closedAt))
        if (last.status === 'solved') assert.equal(last.solvedAt, entered(['solved'], ticket.solvedAt))
        if (!FINISHED.includes(last.status)) assert.equal(last.solvedAt, null)
      }),
    )
  })

  test('closing a solved ticket keeps when it was solved', () => {
    const solved = shownAfter(decide(ticketWith(), { status: { to: 'solved' } }, { now: EARLIER }))
    const closed = decide(solved, { status: { to: 'closed' } }).state
    assert.deepEqual([closed.solvedAt, closed.closedAt, closed.finishedAt], [EARLIER, NOW, EARLIER])
    const straight = decide(ticketWith(), { status: { to: 'closed' } }).state
    assert.deepEqual([straight.solvedAt, straight.closedAt, straight.finishedAt], [null, NOW, NOW])
  })

  test('tell since when a requester waits: until an answer, a solution or the word that none is needed', () => {
    const asks = { message: { visibility: 'public', format: 'text', text: 'And?', author: 'requester' } } as const
    const answers = { message: { visibility: 'public', format: 'text', text: 'So.' } } as const
    const notes = { message: { visibility: 'internal', format: 'text', text: 'Hm.' } } as const
    const [quiet, waiting] = [ticketWith(), ticketWith({ waitingSince: EARLIER })]
    const cases: readonly (readonly [Ticket, TicketChange, Instant | null])[] = [
      [quiet, asks, NOW],
      [waiting, asks, EARLIER],
      [waiting, answers, null],
      [quiet, answers, null],
      [waiting, notes, EARLIER],
      [waiting, { priority: 'high' }, EARLIER],
      [waiting, { status: { to: 'pending' } }, EARLIER],
      [waiting, { status: { to: 'solved' } }, null],
      [waiting, { ...asks, status: { to: 'closed' } }, null],
      [waiting, { waiting: false }, null],
      [quiet, { waiting: true }, NOW],
      [waiting, { waiting: true }, EARLIER],
    ]
    for (const [ticket, change, since] of cases)
      assert.equal(decide(ticket, change).state.waitingSince, since, JSON.stringify(change))
    const { events } = decide(waiting, { waiting: false })
    assert.deepEqual(
      events.map(({ kind, before, after }) => [kind, before, after]),
      [['ticket.waiting_changed', { waiting: true }, { waiting: false }]],
    )
    assert.deepEqual(decide(quiet, { waiting: false }).events, [])
  })

  test('tell of the first response and of the latest messages', () => {
    fc.assert(
      fc.property(anyTicket, anyMessage, (ticket, message) => {
        fc.pre(isAllowed(ticket, [{ message }]))
        const { state, messages } = decide(ticket, { message })
        const isPublic = message.visibility === 'public'
        const byAgent = messages[0]?.authorRole === 'agent'
        assert.equal(state.latestMessageAt, isPublic ? NOW : ticket.latestMessageAt)
        assert.equal(
          state.firstResponseAt,
          isPublic && byAgent ? (ticket.firstResponseAt ?? NOW) : ticket.firstResponseAt,
        )
        assert.equal(state.latestRequesterAt, byAgent ? ticket.latestRequesterAt : NOW)
        // A requester's message is no act of an agent, even when an agent's key brings it.
        assert.equal(state.latestAgentAt, byAgent ? NOW : ticket.latestAgentAt)
        assert.equal(state.updatedAt, NOW)
      }),
    )
  })

  test("a change by an agent counts as an agent's act, one by the requester does not", () => {
    assert.equal(decideChange(ticketWith(), [{ title: 'Other' }], given(actorOf(agent))).state.latestAgentAt, NOW)
    const closed = decideChange(ticketWith(), [{ status: { to: 'closed' } }], given(actorOf(requester)))
    assert.deepEqual([closed.state.latestAgentAt, closed.state.updatedAt], [null, NOW])
    // An agent who asks for help on the own desk still acts as an agent there.
    const own = ticketWith({ requester: personOn(agent, HOME) })
    assert.equal(decideChange(own, [{ title: 'Other' }], given(actorOf(agent))).state.latestAgentAt, NOW)
  })

  test('of a new ticket tell what its opening message and status say', () => {
    fc.assert(
      fc.property(fc.option(anyMessage, { nil: undefined }), anyStatus, (message, status) => {
        const input: NewTicket = { deskId: HOME, requester: { by: 'nobody' }, status, ...(message && { message }) }
        const draft = decideCreate(input, given(actorOf(agent)))
        const isPublic = draft.message?.visibility === 'public'
        const byAgent = draft.message?.authorRole === 'agent'
        const { state } = draft
        assert.deepEqual([state.createdAt, state.updatedAt, state.statusChangedAt], [NOW, NOW, null])
        assert.equal(state.latestMessageAt, isPublic ? NOW : null)
        assert.equal(state.firstResponseAt, isPublic && byAgent ? NOW : null)
        assert.equal(state.latestAgentAt, byAgent ? NOW : null)
        // Opened by the requester, unless an agent's message opens it.
        assert.equal(state.latestRequesterAt, byAgent ? null : NOW)
        assert.equal(state.solvedAt, status === 'solved' ? NOW : null)
        assert.equal(state.closedAt, status === 'closed' ? NOW : null)
        assert.equal(state.finishedAt, FINISHED.includes(status) ? NOW : null)
      }),
    )
  })
})

// --- messages ---------------------------------------------------------------------------------------------------------

describe('A message', () => {
  test('is by the acting user unless it says otherwise, and shows the status after it', () => {
    const by = (who: UserSummary, message: NewMessage) =>
      decideChange(ticketWith({ status: 'new' }), [{ message }], given(actorOf(who))).messages[0]
    const expected = { visibility: 'public', format: 'text', original: 'words', plain: 'WORDS', channelId: CHANNEL.api }
    const facts = (who: UserSummary, message: NewMessage) => {
      const made = by(who, message)
      assert.partialDeepStrictEqual(made, expected)
      return [made?.authorId, made?.authorRole, made?.direction, made?.ticketStatus]
    }
    assert.deepEqual(facts(agent, reply()), [agent.id, 'agent', 'outbound', 'open'])
    assert.deepEqual(facts(requester, reply()), [requester.id, 'requester', 'inbound', 'new'])
    assert.deepEqual(facts(agent, reply({ author: 'requester' })), [requester.id, 'requester', 'inbound', 'new'])
    assert.deepEqual(facts(agent, reply({ author: { id: admin.id } })), [admin.id, 'agent', 'outbound', 'open'])
    assert.deepEqual(facts(agent, reply({ author: 'nobody' })), [null, 'agent', 'outbound', 'open'])
    assert.deepEqual(facts(agent, reply({ direction: 'inbound' })), [agent.id, 'agent', 'inbound', 'open'])
  })

  test('is the description when it is the first public one', () => {
    const quiet = ticketWith({ latestMessageAt: null, description: '' })
    const noted = shownAfter(decide(quiet, { message: reply({ visibility: 'internal', text: 'a note' }) }))
    assert.equal(noted.description, '')
    const said = shownAfter(decide(noted, { message: reply({ text: 'first' }) }))
    assert.equal(said.description, 'FIRST')
    assert.equal(shownAfter(decide(said, { message: reply({ text: 'second' }) })).description, 'FIRST')
    const opened = (message: NewMessage) =>
      decideCreate({ deskId: HOME, requester: { by: 'nobody' }, message }, given(actorOf(agent))).state.description
    assert.deepEqual([opened(reply()), opened(reply({ visibility: 'internal' }))], ['WORDS', ''])
  })

  test('of an author or on a channel that does not exist is refused', () => {
    const change = (message: NewMessage) => fieldsRefused(() => decide(ticketWith(), { message }))
    const create = (message: NewMessage) =>
      fieldsRefused(() => decideCreate({ deskId: HOME, requester: { by: 'nobody' }, message }, given(actorOf(agent))))
    for (const refused of [change, create]) {
      assert.deepEqual(refused(reply({ author: { id: 'nobody known' } })), ['author'])
      assert.deepEqual(refused(reply({ channelId: 4711 })), ['channel'])
      assert.deepEqual(refused(reply({ channelId: 99 })), ['channel'])
    }
  })
})

// --- creation ---------------------------------------------------------------------------------------------------------

describe('A creation', () => {
  test('keeps what it is given, fills in the defaults and records one event', () => {
    const { state, event, message, requester } = decideCreate(
      {
        deskId: HOME,
        requester: { by: 'email', email: 'anna@example.com', name: 'Anna', create: true },
        title: 'Door',
        topicId: 2,
        groupId: 'group-1',
        assigneeId: agent.id,
        channelId: CHANNEL.email,
        tags: ['red', 'red', 'blue'],
        message: reply({ text: 'It squeaks' }),
      },
      given(actorOf(agent)),
    )
    assert.partialDeepStrictEqual(state, {
      deskId: HOME,
      version: 1,
      title: 'Door',
      description: 'IT SQUEAKS',
      status: 'new',
      priority: 'normal',
      topicId: 2,
      typeId: null,
      groupId: 'group-1',
      assigneeId: agent.id,
      channelId: CHANNEL.email,
      formId: null,
      direction: 'inbound',
      externalReference: null,
      tags: ['red', 'blue'],
    })
    assert.deepEqual(requester, { by: 'email', email: 'anna@example.com', name: 'Anna', create: true })
    assert.partialDeepStrictEqual(message, { authorId: 'requester', authorRole: 'requester', channelId: CHANNEL.email })
    assert.equal(event.kind, 'ticket.created')
    assert.equal(event.messageId, message?.id)
    assert.deepEqual(event.after, {
      status: 'new',
      priority: 'normal',
      title: 'Door',
      topic_id: 2,
      type_id: null,
      group_id: 'group-1',
      assignee_id: agent.id,
      desk_id: HOME,
    })
  })

  test('by somebody who does not work on the desk is only for themselves', () => {
    const create = (who: UserSummary, choice: NewTicket['requester']) => () =>
      decideCreate({ deskId: HOME, requester: choice }, given(actorOf(who)))
    assert.equal(create(requester, { by: 'id', id: requester.id, member: true })().state.deskId, HOME)
    const others: readonly NewTicket['requester'][] = [
      { by: 'id', id: stranger.id, member: true },
      { by: 'email', email: 'anna@example.com', name: '', create: true },
      { by: 'nobody' },
    ]
    for (const choice of others) {
      assert.deepEqual(refusalOf(create(requester, choice)), forbidden('ticket.create'))
      for (const worker of [agent, admin, owner]) assert.equal(create(worker, choice)().state.deskId, HOME)
    }
    // Customers neither assign tickets nor open them with notes.
    const own = { deskId: HOME, requester: { by: 'id', id: requester.id, member: true } } as const
    const assigned = () => decideCreate({ ...own, assigneeId: agent.id }, given(actorOf(requester)))
    assert.deepEqual(refusalOf(assigned), forbidden('ticket.assign'))
    const saying = (who: UserSummary, message: Partial<NewMessage>) => () =>
      decideCreate(
        { ...own, message: { visibility: 'public', format: 'text', text: 'Help', ...message } },
        given(actorOf(who)),
      )
    assert.deepEqual(refusalOf(saying(requester, { visibility: 'internal' })), forbidden('message.note'))
    const voices: readonly Partial<NewMessage>[] = [
      { author: { id: agent.id } },
      { author: 'nobody' },
      { authorRole: 'agent' },
    ]
    const reply = { visibility: 'public', format: 'text', text: 'Help' } as const
    for (const voice of voices) {
      const replying = () =>
        decideChange(ticketWith(), [{ message: { ...reply, ...voice } }], given(actorOf(requester)))
      for (const speaking of [saying(requester, voice), replying])
        assert.deepEqual(refusalOf(speaking), forbidden('message.reply'))
      assert.equal(saying(agent, voice)().message?.plain, 'HELP')
    }
    for (const voice of [{}, { author: 'requester' }, { author: { id: requester.id } }] as const)
      assert.equal(saying(requester, voice)().message?.authorRole, 'requester')
  })

  test('naming what does not exist or may not be used is refused, all of it at once', () => {
    const create = (input: Partial<NewTicket>) => () =>
      decideCreate({ deskId: HOME, requester: { by: 'nobody' }, ...input }, given(actorOf(owner)))
    for (const unusable of [3, 4711]) {
      const wrong = { topicId: unusable, typeId: unusable, formId: unusable, groupId: `group-${unusable}` }
      assert.deepEqual(fieldsRefused(create({ ...wrong, deskId: `desk-${unusable}` })).sort(), [
        'desk',
        'form',
        'group',
        'topic',
        'type',
      ])
    }
    assert.deepEqual(fieldsRefused(create({ channelId: 99 })), ['channel'])
    assert.deepEqual(fieldsRefused(create({ deskId: CLOSED_DOWN })), ['desk'])
    for (const assigneeId of ['nobody known', requester.id, awayAgent.id, retired.id])
      assert.deepEqual(fieldsRefused(create({ assigneeId })), ['assignee'], assigneeId)
    for (const assigneeId of [agent.id, admin.id, owner.id])
      assert.equal(create({ assigneeId })().state.assigneeId, assigneeId)
  })
})

// --- permissions ------------------------------------------------------------------------------------------------------

/** One of each thing a change can do, with the permission it takes. */
const DEEDS: readonly (readonly [TicketChange, Permission])[] = [
  [{ title: 'Other' }, 'ticket.change'],
  [{ topicId: 1 }, 'ticket.change'],
  [{ typeId: 1 }, 'ticket.change'],
  [{ groupId: 'group-1' }, 'ticket.change'],
  [{ formId: 1 }, 'ticket.change'],
  [{ priority: 'urgent' }, 'ticket.change'],
  [{ requesterId: stranger.id }, 'ticket.change'],
  [{ deskId: AWAY }, 'ticket.change'],
  [{ addTags: ['red'] }, 'ticket.change'],
  [{ removeTags: ['red'] }, 'ticket.change'],
  [{ assigneeId: owner.id }, 'ticket.assign'],
  [{ status: { to: 'solved' } }, 'ticket.status'],
  [{ message: reply() }, 'message.reply'],
  [{ message: reply({ visibility: 'internal' }) }, 'message.note'],
]

describe('Permission', () => {
  const outcome = (actor: Actor, change: TicketChange): CoreError | 'allowed' => {
    try {
      decideChange(ticketWith(), [change], given(actor))
      return 'allowed'
    } catch (error) {
      if (error instanceof Refusal) return error.error
      throw error
    }
  }

  test('an owner, an admin and an agent of the desk may do everything to its tickets', () => {
    for (const [change] of DEEDS) {
      assert.equal(outcome(actorOf(owner), change), 'allowed', JSON.stringify(change))
      if (change.deskId) continue
      assert.equal(outcome(actorOf(admin), change), 'allowed', JSON.stringify(change))
      assert.equal(outcome(actorOf(agent), change), 'allowed', JSON.stringify(change))
    }
  })

  test('a requester may reply and close, and set no other status by any way', () => {
    for (const [change, permission] of DEEDS) {
      const expected = permission === 'message.reply' ? 'allowed' : forbidden(permission)
      assert.deepEqual(outcome(actorOf(requester), change), expected, JSON.stringify(change))
    }
    assert.equal(outcome(actorOf(requester), { status: { to: 'closed' } }), 'allowed')
    for (const to of STATUSES) {
      if (to === 'closed') continue
      assert.deepEqual(outcome(actorOf(requester), { status: { to } }), forbidden('ticket.status'))
      const message = reply({ status: to })
      assert.deepEqual(outcome(actorOf(requester), { message }), forbidden('ticket.status'), `by a message: ${to}`)
    }
  })

  test('only the requester may close so, not another customer of the desk', () => {
    assert.deepEqual(outcome(actorOf(stranger), { status: { to: 'closed' } }), forbidden('ticket.status'))
  })

  test('an agent of another desk has no more rights here than a customer', () => {
    for (const [change, permission] of DEEDS)
      if (permission !== 'message.reply')
        assert.deepEqual(outcome(actorOf(awayAgent), change), forbidden(permission), JSON.stringify(change))
  })

  test("a ticket moves only to a desk where the mover may change tickets, and an assignee works on the ticket's desk", () => {
    assert.deepEqual(outcome(actorOf(agent), { deskId: AWAY }), forbidden('ticket.change'))
    const both = user('both', 9, { memberships: [membership(HOME, 'agent'), membership(AWAY, 'agent')] })
    assert.equal(outcome(actorOf(both), { deskId: AWAY }), 'allowed')
    const to = (deskId: string, assigneeId: string) => () => decide(ticketWith(), { deskId, assigneeId })
    assert.deepEqual(fieldsRefused(to(AWAY, agent.id)), ['assignee'], 'an agent of the desk it leaves')
    assert.equal(to(AWAY, awayAgent.id)().state.assigneeId, awayAgent.id)
    assert.deepEqual(fieldsRefused(to(HOME, awayAgent.id)), ['assignee'])
  })

  test('a credential never gives more than its own permissions', () => {
    fc.assert(
      fc.property(fc.subarray([...PERMISSIONS]), fc.constantFrom(...DEEDS), (granted, [change, permission]) => {
        const result = outcome(narrowed(actorOf(owner), granted), change)
        assert.deepEqual(result, granted.includes(permission) ? 'allowed' : forbidden(permission))
      }),
    )
    const keyless = narrowed(actorOf(requester), ['ticket.read', 'message.reply'])
    assert.deepEqual(outcome(keyless, { status: { to: 'closed' } }), forbidden('ticket.status'))
    const create = () =>
      decideCreate(
        { deskId: HOME, requester: { by: 'nobody' } },
        given(narrowed(actorOf(owner), ['ticket.read', 'ticket.change'])),
      )
    assert.deepEqual(refusalOf(create), forbidden('ticket.create'))
  })

  test('a credential bound to a desk does nothing elsewhere, not even in the hand of an owner', () => {
    for (const [change, permission] of DEEDS) {
      assert.deepEqual(outcome(actorOf(owner, AWAY), change), forbidden(permission))
      const leaves = change.deskId === AWAY
      assert.deepEqual(
        outcome(actorOf(owner, HOME), change),
        leaves ? forbidden('ticket.change') : 'allowed',
        JSON.stringify(change),
      )
    }
    const create = (deskId: string) => () =>
      decideCreate({ deskId, requester: { by: 'nobody' } }, given(actorOf(owner, HOME)))
    assert.equal(create(HOME)().state.deskId, HOME)
    assert.deepEqual(refusalOf(create(AWAY)), forbidden('ticket.create'))
  })

  test('a change naming what does not exist or may not be used is refused, all of it at once', () => {
    for (const unusable of [3, 4711]) {
      const wrong = { topicId: unusable, typeId: unusable, formId: unusable, groupId: `group-${unusable}` }
      const refused = fieldsRefused(() => decide(ticketWith(), { ...wrong, deskId: `desk-${unusable}` }))
      assert.deepEqual(refused.sort(), ['desk', 'form', 'group', 'topic', 'type'])
    }
    assert.deepEqual(
      fieldsRefused(() => decide(ticketWith(), { requesterId: 'nobody known' })),
      ['requester'],
    )
    for (const assigneeId of ['nobody known', requester.id, awayAgent.id, retired.id])
      assert.deepEqual(
        fieldsRefused(() => decide(ticketWith(), { assigneeId })),
        ['assignee'],
        assigneeId,
      )
  })
})

test('a tag is one however its letters were put together and whatever blanks stand around it', () => {
  const spelled = (tag: string) => tag.normalize('NFD')
  const state = (change: TicketChange, tags: readonly string[] = []) => decide(ticketWith({ tags }), change).state.tags
  assert.deepEqual(state({ addTags: ['Café', spelled('Café'), ' Café '] }), ['Café'])
  assert.deepEqual(state({ addTags: ['x'] }, [spelled('Café'), ' x ']), ['Café', 'x'])
  assert.deepEqual(state({ removeTags: ['Café'] }, [spelled('Café'), 'x']), ['x'])
  assert.deepEqual(state({ removeTags: [spelled('Café')] }, ['Café', 'café']), ['café'])
})
