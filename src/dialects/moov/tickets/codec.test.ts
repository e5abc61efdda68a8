import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Check } from 'typebox/value'
import { CHANNEL, type Tenant } from '../../../core/catalogue/tenant.ts'
import { Refusal } from '../../../core/errors.ts'
import { type Message, NO_ENVELOPE } from '../../../core/messages/message.ts'
import type { Person, Ticket } from '../../../core/tickets/ticket.ts'
import { STATUSES } from '../../../core/words.ts'
import recorded from '../fixtures/create-ticket.json' with { type: 'json' }
import { MOOV_STATUSES, SHOWN_STATUS, statusesShownAs } from '../words.ts'
import {
  decodeFilter,
  decodeNewTicket,
  decodeUpdate,
  deskIn,
  encodeMessages,
  encodePage,
  encodeTicket,
  ticketIn,
} from './codec.ts'
import * as Wire from './schema.ts'

const DESK = {
  id: '6f9619ff-8b86-4d01-b42d-00cf4fc96401',
  integer: 1,
  name: 'Desk',
  isDefault: true,
  active: true,
  createdAt: '2026-01-01T00:00:00.000Z',
  addresses: [],
}

const TENANT: Tenant = {
  id: 'tenant',
  name: 'Tenant',
  desks: [DESK],
  defaultDesk: DESK,
  groups: [],
  topics: [{ id: 7, name: 'Printing', offeredIn: [], word: null, active: true }],
  types: [],
  statusLabels: [],
  priorityLabels: [],
  channels: [],
  forms: [],
  fields: [],
  tagWays: [],
  searchLanguage: null,
}

const AMARA: Person = {
  id: '6f9619ff-8b86-4d01-b42d-00cf4fc964aa',
  integer: 5,
  kind: 'person',
  isOwner: false,
  name: 'Amara',
  surname: 'Okafor',
  email: 'amara@example.com',
  phone: null,
  photoUrl: null,
  about: null,
  customerNumber: null,
  active: true,
  membership: null,
}

const TICKET: Ticket = {
  id: '6f9619ff-8b86-4d01-b42d-00cf4fc964bb',
  integer: 41,
  deskId: DESK.id,
  number: 3,
  version: 1,
  title: 'Payout is late',
  description: 'Where is it?',
  status: 'new',
  priority: 'normal',
  topicId: null,
  typeId: null,
  groupId: null,
  requester: AMARA,
  assignee: null,
  channelId: CHANNEL.api,
  formId: null,
  direction: 'inbound',
  fromAddress: 'Amara@Example.com',
  fromName: 'A. Okafor',
  toAddress: '',
  toName: '',
  externalReference: null,
  tags: [],
  fields: {},
  createdAt: '2026-01-15T10:20:30.123Z',
  updatedAt: '2026-01-15T10:20:30.123Z',
  statusChangedAt: null,
  firstResponseAt: null,
  latestMessageAt: null,
  latestAgentAt: null,
  latestRequesterAt: null,
  waitingSince: null,
  solvedAt: null,
  closedAt: null,
  snoozedUntil: null,
  finishedAt: null,
}

const ELSEWHERE: Ticket = { ...TICKET, title: '', description: '', fromAddress: '', fromName: '' }

const OPENING: Message = {
  id: '6f9619ff-8b86-4d01-b42d-00cf4fc964cc',
  integer: 90,
  ticketId: TICKET.id,
  visibility: 'public',
  author: AMARA,
  authorName: null,
  authorRole: 'requester',
  direction: 'inbound',
  channelId: CHANNEL.api,
  format: 'html',
  plain: 'Where is it?',
  safeHtml: '<p>Where is it?</p>',
  ticketStatus: 'new',
  envelope: NO_ENVELOPE,
  attachments: [],
  createdAt: '2026-01-15T10:20:30.123Z',
  cameFrom: null,
}

const LEO = {
  id: '6f9619ff-8b86-4d01-b42d-00cf4fc964dd',
  integer: 6,
  name: 'Leo',
  surname: 'Brandt',
  email: 'leo@example.com',
  photoUrl: null,
}

describe('creating', () => {
  test('the page’s example becomes a ticket of its contact with its body as first message', () => {
    assert.ok(Check(Wire.CreateTicket, recorded.request.body))
    assert.deepEqual(decodeNewTicket(DESK.id, recorded.request.body), {
      deskId: DESK.id,
      title: 'string',
      requester: { by: 'email', email: 'support@example.com', name: 'string', create: true },
      channelId: CHANNEL.api,
      fromAddress: 'support@example.com',
      fromName: 'string',
      message: { visibility: 'public', format: 'html', text: 'string', author: 'requester' },
    })
  })

  test('author and foreignID are kept, blanks around a title are not', () => {
    const input = decodeNewTicket(DESK.id, {
      title: '  Payout \n',
      body: ' <p>Hi</p> ',
      contact: { email: 'amara@example.com' },
      author: 'Ops bot',
      foreignID: 'case-7',
    })
    assert.equal(input.title, 'Payout')
    assert.equal(input.externalReference, 'case-7')
    assert.equal(input.message?.authorName, 'Ops bot')
    assert.equal(input.message?.text, ' <p>Hi</p> ')
    assert.equal(input.fromName, '')
  })

  test('titles count 1 to 255 characters without the blanks around them', () => {
    const accepts = (title: string) => Check(Wire.CreateTicket.properties.title, title)
    const text = fc.array(fc.constantFrom('a', 'ä', '😀', ' '), { maxLength: 300 }).map((all) => all.join(''))
    const blank = fc.array(fc.constantFrom(' ', '\t', '\n', '\u00a0'), { maxLength: 300 }).map((all) => all.join(''))
    fc.assert(
      fc.property(blank, text, blank, (before, words, after) => {
        const title = before + words + after
        const characters = [...title.trim()].length
        assert.equal(accepts(title), characters >= 1 && characters <= 255)
      }),
    )
    assert.ok(accepts('a'.repeat(255)))
    assert.ok(!accepts('a'.repeat(256)))
  })

  test('a title of a million blanks is judged at once', () => {
    const started = performance.now()
    Check(Wire.CreateTicket.properties.title, `${'a '.repeat(127)}${' '.repeat(1_000_000)}${'b'.repeat(256)}`)
    assert.ok(performance.now() - started < 500)
  })
})

describe('a ticket', () => {
  test('has exactly the documented fields', () => {
    const full: Ticket = {
      ...TICKET,
      status: 'solved',
      latestMessageAt: '2026-01-15T10:20:30.123Z',
      finishedAt: '2026-01-16T10:20:30.123Z',
      externalReference: 'case-7',
    }
    const encoded = encodeTicket(full, TENANT)
    assert.deepEqual(Object.keys(encoded).toSorted(), [...Object.keys(recorded.response.body), 'foreignID'].toSorted())
    assert.deepEqual(encoded, {
      ticketID: TICKET.id,
      number: 3,
      title: 'Payout is late',
      contact: { email: 'Amara@Example.com', name: 'A. Okafor' },
      status: 'closed',
      createdOn: '2026-01-15T10:20:30.123Z',
      updatedOn: '2026-01-15T10:20:30.123Z',
      latestMessageOn: '2026-01-15T10:20:30.123Z',
      closedOn: '2026-01-16T10:20:30.123Z',
      foreignID: 'case-7',
    })
  })

  test('never shows null and always what is required', () => {
    const maybe = <T>(value: T) => fc.constantFrom(value, null)
    const tickets = fc.record({
      status: fc.constantFrom(...STATUSES),
      title: fc.string(),
      description: fc.string(),
      topicId: maybe(7),
      requester: maybe(AMARA),
      fromAddress: fc.constantFrom('', 'a@example.com', '+49 30 1234'),
      fromName: fc.string(),
      direction: fc.constantFrom('inbound' as const, 'outbound' as const),
      externalReference: maybe('case-7'),
      latestMessageAt: maybe('2026-01-15T10:20:30.123Z'),
      finishedAt: maybe('2026-01-15T10:20:30.123Z'),
    })
    fc.assert(
      fc.property(tickets, (part) => {
        const encoded = encodeTicket({ ...TICKET, ...part }, TENANT)
        assert.ok(Check(Wire.Ticket, encoded))
        for (const field of recorded.response.required) assert.ok(field in encoded, field)
        assert.ok(!JSON.stringify(encoded).includes('null') || /null/.test(JSON.stringify(part)))
        assert.ok(Object.values(encoded).every((value) => value !== null && value !== undefined))
      }),
    )
  })

  test('is closed on no date while it is open again', () => {
    const reopened = encodeTicket({ ...TICKET, status: 'open', finishedAt: '2026-01-16T10:20:30.123Z' }, TENANT)
    assert.equal('closedOn' in reopened, false)
  })

  test('keeps showing the contact as it was sent, without a name when none was', () => {
    assert.deepEqual(encodeTicket({ ...TICKET, fromName: '' }, TENANT).contact, { email: 'Amara@Example.com' })
  })
})

describe('a ticket made elsewhere', () => {
  test('has its first line as title, else its topic, else its number', () => {
    const title = (part: Partial<Ticket>) => encodeTicket({ ...ELSEWHERE, ...part }, TENANT).title
    assert.equal(title({ description: '\r\n  Printer jams  \nAgain.' }), 'Printer jams')
    assert.equal(title({ description: '😀'.repeat(120) }), '😀'.repeat(100))
    assert.equal(title({ description: ' \n ', topicId: 7 }), 'Printing')
    assert.equal(title({}), 'Ticket 3')
    assert.equal(title({ title: 'Own', description: 'Other', topicId: 7 }), 'Own')
  })

  test('has its requester as contact', () => {
    const contact = (part: Partial<Ticket>) => encodeTicket({ ...ELSEWHERE, ...part }, TENANT).contact
    const requester = { email: 'amara@example.com', name: 'Amara Okafor' }
    assert.deepEqual(contact({}), requester)
    assert.deepEqual(contact({ fromAddress: '+49 30 1234', fromName: 'Caller' }), requester)
    assert.deepEqual(contact({ direction: 'outbound', fromAddress: 'desk@example.com' }), requester)
    assert.deepEqual(contact({ requester: null }), { email: '' })
    assert.deepEqual(contact({ requester: { ...AMARA, name: '', surname: '', email: null } }), { email: '' })
  })
})

describe('messages', () => {
  const encoded = (message: Partial<Message>, ticket: Ticket = TICKET) =>
    encodeMessages(ticket, [{ ...OPENING, ...message }], ({ id }) => `https://files.example/${id}`)[0]

  test('a body sent by a client goes back in safe form, by its author or contact', () => {
    assert.deepEqual(encoded({}), { author: 'A. Okafor', body: OPENING.safeHtml, sentOn: OPENING.createdAt })
    assert.equal(encoded({ authorName: 'Ops bot' })?.author, 'Ops bot')
    assert.equal(encoded({}, { ...TICKET, fromName: '' })?.author, 'Amara@Example.com')
  })

  test('a reply written elsewhere shows the agent’s name and safe HTML', () => {
    const reply = { author: LEO, authorRole: 'agent', safeHtml: 'Soon' } as const
    assert.deepEqual(encoded(reply), { author: 'Leo Brandt', body: 'Soon', sentOn: OPENING.createdAt })
    assert.equal(encoded({ channelId: CHANNEL.email })?.body, OPENING.safeHtml)
  })

  test('plain text is escaped into a paragraph', () => {
    const text = { format: 'text', plain: `1 < 2 & "so"\non it's`, safeHtml: null } as const
    assert.equal(encoded(text)?.body, '<p>1 &lt; 2 &amp; &quot;so&quot;<br>on it&#39;s</p>')
  })

  test('plain text never brings tags of its own', () => {
    fc.assert(
      fc.property(fc.string(), (plain) => {
        const body = encoded({ format: 'text', plain, safeHtml: null })?.body ?? ''
        assert.doesNotMatch(body.slice('<p>'.length, -'</p>'.length).replaceAll('<br>', ''), /[<>]/)
      }),
    )
  })

  test('an author of whom nothing is known has the name of the role', () => {
    const nobody = { ...ELSEWHERE, requester: null }
    assert.equal(encoded({ author: null }, nobody)?.author, 'Customer')
    assert.equal(encoded({ author: null, authorRole: 'agent' }, nobody)?.author, 'Agent')
    assert.equal(encoded({ author: { ...LEO, name: '', surname: '' }, authorRole: 'agent' })?.author, 'leo@example.com')
  })
})

describe('statuses', () => {
  test('each of ours has one word, each word filters by all it shows', () => {
    for (const status of STATUSES) assert.ok(statusesShownAs(SHOWN_STATUS[status]).includes(status))
    assert.deepEqual(MOOV_STATUSES.flatMap(statusesShownAs), STATUSES)
    assert.deepEqual(MOOV_STATUSES, recorded.response.statuses)
  })

  test('closing leaves what already shows as closed', () => {
    assert.deepEqual(decodeUpdate({ status: 'closed' }), { status: { to: 'closed', sameAs: ['solved', 'closed'] } })
    assert.deepEqual(decodeUpdate({}), {})
  })

  test('a list is of its account, by what was asked for only', () => {
    assert.deepEqual(decodeFilter(DESK.id, {}), { deskIds: [DESK.id] })
    assert.deepEqual(decodeFilter(DESK.id, { status: 'on-hold', foreignID: '' }), {
      deskIds: [DESK.id],
      statuses: ['pending', 'on_hold'],
      externalReference: '',
    })
  })
})

test('the last page has no nextPage', () => {
  assert.deepEqual(encodePage([], null, TENANT), { items: [] })
  const page = encodePage([TICKET], { at: TICKET.createdAt, id: TICKET.id }, TENANT)
  assert.ok(page.nextPage?.cursor)
  assert.ok(Check(Wire.Page, page))
})

test('ids are read in either case, and what is none names no ticket', () => {
  assert.equal(deskIn({ accountID: DESK.id.toUpperCase() }), DESK.id)
  assert.deepEqual(ticketIn({ ticketID: TICKET.id.toUpperCase() }), { id: TICKET.id })
  for (const ticketID of ['', 'x', `${TICKET.id} `, `{${TICKET.id}}`, TICKET.id.replaceAll('-', '')]) {
    assert.throws(
      () => ticketIn({ ticketID }),
      (error) => error instanceof Refusal && error.error.code === 'not_found',
    )
  }
})
