import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyText } from '../../../test/arbitraries.ts'
import { userWith } from '../../../test/users.ts'
import { CHANNEL } from '../catalogue/tenant.ts'
import { Refusal } from '../errors.ts'
import type { Actor } from '../identity/actor.ts'
import { PERMISSIONS, type Permission } from '../identity/permissions.ts'
import type { NewEnvelope } from './message.ts'
import { type Answered, decideEnvelope, LONGEST_ADDRESS, LONGEST_REFERENCE, MOST_ADDRESSES } from './rules.ts'

const DESK = 'desk'

function actorOf(role: 'customer' | 'agent', permissions: readonly Permission[] = PERMISSIONS): Actor {
  return {
    tenantId: 'tenant',
    user: userWith({ id: role, name: role, memberships: [{ id: 'membership', deskId: DESK, role }] }),
    credential: { id: 'key', dialect: 'any', kind: 'any', name: 'Key', scopes: [], deskId: null, expiresAt: null },
    permissions: new Set(permissions),
  }
}

const [agent, customer] = [actorOf('agent'), actorOf('customer')]

/** What the ticket has been told: a reply and a note; and a reply on another ticket. */
const TOLD: readonly Answered[] = [
  { id: 'reply', integer: 1, ticketId: 'ticket', visibility: 'public' },
  { id: 'note', integer: 2, ticketId: 'ticket', visibility: 'internal' },
  { id: 'elsewhere', integer: 3, ticketId: 'other', visibility: 'public' },
]

const place = { visibility: 'public', channelId: CHANNEL.email, ticketId: 'ticket', deskId: DESK } as const

const decided = (input: NewEnvelope, changes: Partial<Parameters<typeof decideEnvelope>[1]> = {}, actor = agent) =>
  decideEnvelope(input, { ...place, ...changes }, actor, TOLD)

/** What it is refused for: the code, or the field and the rule. */
function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.error.code !== 'invalid') return error.error.code
    return error.error.issues.map(({ path, rule }) => `${path.slice(1).join('.')} ${rule}`).join()
  }
  return 'allowed'
}

test('an envelope keeps what it is given, each address once, and without anything in it there is none', () => {
  const input = { to: ['a@b.example', 'C@d.example', 'c@D.example'], cc: ['e@f.example'], bcc: ['a@b.example'] }
  assert.deepEqual(decided({ ...input, inReplyTo: { integer: 1 }, externalReference: '<x@y>' }), {
    to: ['a@b.example', 'C@d.example'],
    cc: ['e@f.example'],
    bcc: ['a@b.example'],
    inReplyTo: 'reply',
    externalReference: '<x@y>',
  })
  assert.equal(decided({}), null)
  assert.equal(decided({ to: [], cc: [], bcc: [], externalReference: null }), null)
  assert.equal(decideEnvelope(undefined, place, customer, []), null)
})

test('copies go to e-mail addresses; other channels have addresses of their own, in one line and without a comma', () => {
  const wrong = [
    '',
    ' ',
    'nobody',
    'a@b, c@d',
    'a,b@c.example',
    'a@b.example\nBcc: x@y.example',
    'a@b\u2028',
    ' a@b.example',
  ]
  for (const address of wrong)
    for (const field of ['to', 'cc', 'bcc'] as const)
      assert.equal(
        refusal(() => decided({ [field]: ['a@b.example', address] })),
        `${field}.1 format`,
      )
  const onTelephone = { channelId: CHANNEL.telephone }
  assert.deepEqual(decided({ to: ['+31 6 1234', '@handle'] }, onTelephone)?.to, ['+31 6 1234', '@handle'])
  for (const address of ['', '1,2', '1\n2', ' 1', '1\t2'])
    assert.equal(
      refusal(() => decided({ to: [address] }, onTelephone)),
      'to.0 format',
    )
  assert.equal(
    refusal(() => decided({ cc: ['+31 6 1234'] }, onTelephone)),
    'cc.0 format',
  )
})

test('an address is as long as mail carries it, and there are no more than fit', () => {
  const long = (length: number) => `${'a'.repeat(length - 2)}@b`
  assert.ok(decided({ to: [long(LONGEST_ADDRESS)], externalReference: 'x'.repeat(LONGEST_REFERENCE) }))
  assert.equal(
    refusal(() => decided({ to: [long(LONGEST_ADDRESS + 1)] })),
    'to.0 too_long',
  )
  assert.equal(
    refusal(() => decided({ externalReference: 'x'.repeat(LONGEST_REFERENCE + 1) })),
    'external_reference too_long',
  )
  assert.deepEqual(
    refusal(() => decided({ externalReference: '<x@y>\r\nBcc: z@y' })),
    'external_reference format',
  )
  const many = Array.from({ length: MOST_ADDRESSES + 1 }, (_, nth) => `${nth}@b.example`)
  assert.equal(decided({ bcc: many.slice(1) })?.bcc.length, MOST_ADDRESSES)
  assert.equal(
    refusal(() => decided({ bcc: many })),
    'bcc too_long',
  )
})

test('no text in the place of an address does anything but be taken or refused, quickly', () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), fc.constantFrom('a '.repeat(127), `${'@a'.repeat(127)}`)), (address) => {
      const outcome = refusal(() => decided({ to: [address] }, { channelId: CHANNEL.sms }))
      assert.ok(['allowed', 'to.0 format', 'to.0 too_long'].includes(outcome), outcome)
    }),
  )
})

test('who does not work on the desk says nothing of whom a message goes to', () => {
  for (const field of ['to', 'cc', 'bcc'])
    assert.equal(
      refusal(() => decided({ [field]: ['a@b.example'] }, {}, customer)),
      'forbidden',
    )
  const own = decided({ inReplyTo: { id: 'reply' }, externalReference: 'x' }, {}, customer)
  assert.deepEqual([own?.inReplyTo, own?.externalReference], ['reply', 'x'])
})

test('a message answers one of its ticket that its sender sees; a public one answers a public one', () => {
  const answering = (id: string, visibility: 'public' | 'internal', actor = agent) =>
    refusal(() => decided({ inReplyTo: { id } }, { visibility }, actor))
  assert.equal(answering('reply', 'public'), 'allowed')
  assert.equal(answering('reply', 'internal'), 'allowed')
  assert.equal(answering('note', 'internal'), 'allowed')
  assert.equal(answering('note', 'public'), 'in_reply_to not_allowed')
  for (const id of ['elsewhere', 'nothing']) assert.equal(answering(id, 'public'), 'in_reply_to unknown')
  assert.equal(
    refusal(() => decided({ inReplyTo: { integer: 3 } })),
    'in_reply_to unknown',
  )
  assert.equal(answering('note', 'public', customer), 'in_reply_to unknown')
  assert.equal(answering('note', 'internal', actorOf('agent', ['message.note'])), 'in_reply_to unknown')
})
