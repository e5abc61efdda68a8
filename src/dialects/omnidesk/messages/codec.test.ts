import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Issue, Refusal } from '../../../core/errors.ts'
import { tenant } from '../fixtures/samples.ts'
import { changeBy, decodeMessage } from './codec.ts'

const least = { ticketID: '7', type: '1', message: 'Hello there' }

const changeOf = (more: object, authorId: string | null = null) =>
  changeBy(decodeMessage({ ...least, ...more }, tenant), authorId)

function refusedAs(rule: Issue['rule'], name: string, parameters: object): void {
  assert.throws(
    () => decodeMessage({ ...least, ...parameters }, tenant),
    (error) => {
      assert.ok(error instanceof Refusal && error.error.code === 'invalid')
      assert.deepEqual([error.error.issues[0]?.rule, error.error.issues[0]?.path[0]], [rule, name])
      return true
    },
  )
}

test("an agent's answer makes the ticket wait for the customer, unless it is finished", () => {
  assert.deepEqual(changeOf({}), {
    message: {
      visibility: 'public',
      format: 'either',
      text: 'Hello there',
      author: 'nobody',
      authorName: 'Agent Anonymous',
      authorRole: 'agent',
      direction: 'outbound',
      channelId: 1,
      envelope: { to: [], cc: [], bcc: [] },
      forwardedFiles: [],
    },
    status: { to: 'pending', sameAs: ['solved', 'closed'] },
  })
})

test('a named user is the author, and a status that is given wins', () => {
  const { message, status } = changeOf({ userID: 42, status: 'holding' }, 'agent')
  assert.deepEqual(message?.author, { id: 'agent' })
  assert.equal(message?.authorName, undefined)
  assert.deepEqual(status, { to: 'on_hold' })
})

test("an inbound message is the customer's and follows the lifecycle", () => {
  for (const sent of [{ direction: 'inbound' }, { type: 'contactform' }]) {
    const { message, status } = changeOf(sent)
    assert.deepEqual(
      [message?.author, message?.authorRole, message?.direction, status],
      ['requester', 'requester', 'inbound', undefined],
    )
  }
})

test('a note and a call note are internal and change no status', () => {
  for (const [type, channelId] of [
    ['5', 5],
    ['calllog', 3],
  ] as const) {
    const { message, status } = changeOf({ type })
    assert.deepEqual([message?.visibility, message?.channelId, status], ['internal', channelId, undefined])
  }
})

test('whether a message is HTML is told by what is in it', () => {
  assert.equal(changeOf({ message: '<p>Hello</p>' }).message?.format, 'either')
  assert.equal(changeOf({ message: 'a < b & c > d' }).message?.format, 'either')
})

test('ticket, type and message are required, the message with at least 5 characters', () => {
  refusedAs('required', 'ticketID', { ticketID: undefined })
  refusedAs('required', 'type', { type: undefined })
  refusedAs('required', 'message', { message: undefined })
  refusedAs('too_short', 'message', { message: 'four' })
  refusedAs('too_short', 'message', { message: ' four ' })
})

test('the type is the id of a channel in use, or one of two words', () => {
  refusedAs('unknown', 'type', { type: '99' })
  refusedAs('unknown', 'type', { type: '8' })
  refusedAs('format', 'type', { type: 'e-mail' })
  refusedAs('format', 'type', { type: '-1' })
})

test('files and choices that cannot be used are refused', () => {
  for (const wrong of ['x', ['1', 'x'], [-1], [[1]], { id: 1 }, true])
    refusedAs('type', 'forwardedFileIDs', { forwardedFileIDs: wrong })
  refusedAs('choice', 'status', { status: 'done' })
  refusedAs('type', 'respondMessageID', { respondMessageID: 'x' })
})

test('an envelope is made of the addresses and of the message answered; what is empty is not in it', () => {
  const envelopeOf = (more: object) => changeOf(more).message?.envelope
  const sent = { toAddress: ' a@b.example,,c@d.example ', ccInput: 'e@f.example ', bccInput: 'g@h.example' }
  assert.deepEqual(envelopeOf({ ...sent, respondMessageID: '12' }), {
    to: ['a@b.example', 'c@d.example'],
    cc: ['e@f.example'],
    bcc: ['g@h.example'],
    inReplyTo: { integer: 12 },
  })
  const nothing = { toAddress: '', ccInput: '', bccInput: null, forwardedFileIDs: null, respondMessageID: 0 }
  for (const respondMessageID of [0, '', null, 'null'])
    assert.deepEqual(envelopeOf({ ...nothing, respondMessageID }), { to: [], cc: [], bcc: [] })
})

test('files to pass on come in every spelling of a list, each once; nothing, null and an empty list are none', () => {
  const forwarded = (forwardedFileIDs: unknown) => changeOf({ forwardedFileIDs }).message?.forwardedFiles
  for (const sent of [[3, 4, 3], ['3', '4'], '3,4', '3, 4, 3']) assert.deepEqual(forwarded(sent), [3, 4])
  assert.deepEqual(forwarded(7), [7])
  for (const none of [undefined, null, '', 'null', []]) assert.deepEqual(forwarded(none), [])
})

test('beside e-mail an address is whatever the channel has', () => {
  const { message } = changeOf({ type: '3', toAddress: '+31 6 12345678' })
  assert.deepEqual(message?.envelope?.to, ['+31 6 12345678'])
})

test('plaintext is the plain text of a message, and an empty one is none', () => {
  const plainOf = (message: string, plaintext: unknown) => changeOf({ message, plaintext }).message?.plain
  assert.equal(plainOf('<p>Hello</p>', ' Hello, in words '), 'Hello, in words')
  for (const nothing of [undefined, null, '', ' ']) assert.equal(plainOf('<p>Hello</p>', nothing), undefined)
  refusedAs('type', 'plaintext', { plaintext: ['x'] })
})
