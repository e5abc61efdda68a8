import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { readConfig } from '../../config.ts'
import { type Bounds, DEFAULT_BOUNDS } from '../bounds.ts'
import { Refusal } from '../errors.ts'
import type { NewMessage } from '../messages/message.ts'
import { changeTicket, changeTickets } from './commands/change.ts'
import { createTicket } from './commands/create.ts'
import { getConversation, getMessagePage, getMessages } from './queries/conversation.ts'
import { getTicket } from './queries/find.ts'
import { getTimeline, getWholeTimeline } from './queries/timeline.ts'
import type { NewTicket, Ticket } from './ticket.ts'

let core: Core
let made: SmallTenant

before(async () => {
  core = await openCore()
  made = await makeTenant(core.store)
})

after(() => core.close())

const within = (bounds: Partial<Bounds>) => made.as(made.owner, { bounds: { ...DEFAULT_BOUNDS, ...bounds } })

async function opened(message?: NewTicket['message']): Promise<Ticket> {
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const { ticket } = await createTicket(within({}), {
    ...{ deskId: made.desks[0], requester, title: 'Long' },
    ...(message && { message }),
  })
  return ticket
}

const said = (text: string) => ({ visibility: 'public', format: 'text', text }) as const

/** A ticket with these texts said on it, one after the other. */
async function withTexts([first = '', ...others]: readonly string[]): Promise<Ticket> {
  const ticket = await opened(said(first))
  for (const text of others) await changeTicket(within({}), ticket, { message: said(text) })
  return ticket
}

/** The rule and the last step of the path that a call is refused by. */
async function refusal(call: Promise<unknown>): Promise<readonly (string | number | undefined)[]> {
  try {
    await call
    return []
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    const [issue] = error.error.issues
    return [issue?.path.at(-1), issue?.rule, issue?.limit]
  }
}

const MARK = /\n\n\[… cut: (\d+) bytes in all\. The native API shows message (\d+) of this ticket whole\.\]$/

const bytesOf = (texts: readonly string[]): number => Buffer.byteLength(texts.join(''))

const TEXTS = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', ' '), minLength: 1, maxLength: 60 }).map((text) => `${text}.`),
  { minLength: 1, maxLength: 8 },
)

test('a conversation in one answer has all of its messages, and together no more text than fits: the longest are cut and say so', async () => {
  await fc.assert(
    fc.asyncProperty(
      TEXTS,
      fc.integer({ min: 8, max: 400 }),
      fc.integer({ min: 1, max: 100 }),
      async (texts, most, page) => {
        const ticket = await withTexts(texts)
        const ctx = within({ answerBytes: most, pageBytes: Math.min(page, most) })
        const { messages } = await getConversation(ctx, ticket)
        const { entries } = await getWholeTimeline(ctx, ticket)
        const all = await getMessages(ctx, [ticket])
        const shown = messages.map(({ plain }) => plain)
        assert.equal(shown.length, texts.length)
        const beginnings = shown.map((plain) => plain.replace(MARK, ''))
        const isCut = shown.map((plain) => MARK.test(plain))
        for (const [nth, text] of texts.entries()) {
          assert.ok(text.startsWith(beginnings[nth] ?? '?'))
          if (isCut[nth]) assert.equal(MARK.exec(shown[nth] ?? '')?.[1], String(Buffer.byteLength(text)))
          else assert.equal(shown[nth], text)
        }
        // A page that holds everything may end with one text that is longer than what is left. With the entries that have
        // none the same may be more than a page.
        if (bytesOf(texts) <= most || isCut.includes(true))
          assert.deepEqual(
            entries.flatMap(({ message }) => message?.plain ?? []),
            shown,
          )
        if (bytesOf(texts) > most && isCut.includes(true)) assert.ok(bytesOf(beginnings) <= most + 4 * texts.length)
        if (bytesOf(texts) <= most) assert.ok(!isCut.includes(true))
        // Nobody is cut for what others could have left.
        const whole = texts.filter((_, nth) => !isCut[nth]).map((text) => Buffer.byteLength(text))
        const cut = texts.filter((_, nth) => isCut[nth]).map((text) => Buffer.byteLength(text))
        assert.ok(Math.max(0, ...whole) <= Math.min(Number.POSITIVE_INFINITY, ...cut))
        assert.deepEqual(
          all.map(({ message }) => message.id),
          messages.map(({ id }) => id),
        )
      },
    ),
    { numRuns: 25 },
  )
})

test('pages of messages and of the timeline hold each text whole, and end with the one that makes them long', async () => {
  await fc.assert(
    fc.asyncProperty(
      TEXTS,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 5 }),
      async (texts, pageBytes, limit) => {
        const ticket = await withTexts(texts)
        const ctx = within({ pageBytes })
        for (const read of [
          async (after: number) => {
            const { messages, next } = await getMessagePage(ctx, ticket, { after, limit })
            return { plain: messages.map((message) => message.plain), next }
          },
          async (after: number) => {
            const { entries, next } = await getTimeline(ctx, ticket, { after, limit })
            return { plain: entries.map(({ message }) => message?.plain ?? ''), next }
          },
        ]) {
          const found: string[] = []
          for (let after: number | null = 0; after !== null; ) {
            const page: { plain: string[]; next: number | null } = await read(after)
            assert.ok(page.plain.length >= 1 && page.plain.length <= limit)
            assert.ok(bytesOf(page.plain.slice(0, -1)) < pageBytes)
            if (page.next !== null)
              assert.ok(
                page.plain.length === limit || bytesOf(page.plain) >= pageBytes,
                'no page ends without a reason',
              )
            found.push(...page.plain)
            after = page.next
          }
          // An event without a message is an entry too.
          assert.deepEqual(
            found.filter((text) => text !== ''),
            texts,
          )
        }
      },
    ),
    { numRuns: 15 },
  )
})

test('HTML that does not fit into its share is shown as the beginning of its text', async () => {
  const ticket = await opened({
    visibility: 'public',
    format: 'html',
    text: `<p>Begin ${'<b>word</b> '.repeat(40)}</p>`,
  })
  await changeTicket(within({}), ticket, { message: { ...said('x'), format: 'html', text: '<p>Short</p>' } })
  const { messages } = await getConversation(within({ answerBytes: 200, pageBytes: 10 }), ticket)
  assert.match(messages[0]?.plain ?? '', /^Begin word[\s\S]*…/)
  assert.deepEqual(
    messages.map(({ safeHtml }) => safeHtml),
    [null, '<p>Short</p>'],
  )
})

test('a text is taken whole or refused by its field, in characters and not in units of UTF-16', async () => {
  const log = Array.from({ length: 6_000 }, (_, nth) => `${nth} of six thousand lines of a log`).join('<br>')
  const ticket = await opened({ visibility: 'public', format: 'html', text: `<p>${log}</p>` })
  assert.equal((await getTicket(within({}), ticket)).description, log.replaceAll('<br>', '\n'))
  const bounds = { textCharacters: 1_000 }
  const adds = (message: Partial<NewMessage>) =>
    refusal(changeTicket(within(bounds), ticket, { message: { ...said(''), ...message } }))
  assert.deepEqual(await adds({ text: '😀'.repeat(1_000) }), [])
  assert.deepEqual(await adds({ text: '😀'.repeat(1_001) }), ['text', 'too_long', 1_000])
  assert.deepEqual(await adds({ format: 'html', text: `<p>${'<i></i>'.repeat(500)}x</p>` }), [])
  assert.deepEqual(await adds({ format: 'html', text: `<p>${'<i></i>'.repeat(600)}x</p>` }), [
    'html',
    'too_long',
    4_000,
  ])
  assert.deepEqual(await adds({ format: 'html', text: `<p>${'x'.repeat(1_001)}</p>` }), ['html', 'too_long', 1_000])
  assert.deepEqual(await adds({ format: 'either', text: 'x < y '.repeat(200) }), ['text', 'too_long', 1_000])
  assert.deepEqual(await adds({ format: 'html', text: '<p>x</p>', plain: 'x'.repeat(1_001) }), [
    'plain',
    'too_long',
    1_000,
  ])
  const opening = { deskId: made.desks[0], requester: { by: 'nobody' }, message: said('x'.repeat(1_001)) } as const
  assert.deepEqual(await refusal(createTicket(within(bounds), opening)), ['text', 'too_long', 1_000])
})

test('a ticket takes as many messages as it may, also of those who write at once, and no more', async () => {
  const ticket = await opened(said('first'))
  const bounds = { messages: 9 }
  const adding = () => refusal(changeTicket(within(bounds), ticket, { message: said('more') }))
  const outcomes = await Promise.all(Array.from({ length: 12 }, adding))
  assert.equal(outcomes.filter(([field]) => field === undefined).length, 8)
  assert.deepEqual(await adding(), ['text', 'not_allowed', 9])
  assert.equal((await getConversation(within({}), ticket)).messages.length, 9)
  assert.deepEqual(await refusal(changeTicket(within(bounds), ticket, { priority: 'high' })), [])
})

test('a text that is to go onto very many tickets is refused where it would come to too much', async () => {
  const ref = await opened(said('x'))
  const refs = Array.from({ length: 9_999 }, (_, nth) => (nth === 0 ? ref : { integer: 500_000 + nth }))
  const notes = (text: string) =>
    changeTickets(within({}), refs, [{ message: { ...said(text), visibility: 'internal' } }])
  assert.deepEqual(await refusal(notes('x'.repeat(20_000))), ['text', 'too_long', 3_355])
  assert.deepEqual(await refusal(notes('x'.repeat(3_000))), [])
})

test('the bounds that hold in the core without an operator are those of the options', () => {
  assert.deepEqual(readConfig({}).bounds, DEFAULT_BOUNDS)
})
