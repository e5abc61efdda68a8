import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { v7 } from 'uuid'
import { type ContextChanges, type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { StoreUnavailable } from '../../storage/failures.ts'
import type { FileStore, Files } from '../../storage/files.ts'
import { openDiskFiles } from '../../storage/files-disk.ts'
import { openInbox } from '../../storage/files-inbox.ts'
import { openStore, type Store } from '../../storage/store.ts'
import { deleteMessage } from '../erasure/message.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import type { UserSummary } from '../identity/user.ts'
import type { Message } from '../messages/message.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { getConversation } from '../tickets/queries/conversation.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { uploadAttachment } from './commands.ts'

let core: Core
let made: SmallTenant
let home: string
let files: Files
/** Two processes with the same files. */
let store: Store
let otherStore: Store
before(async () => {
  core = await openCore()
  home = await mkdtemp(join(tmpdir(), 'polydesk-forwarding-'))
  const limits = { fileBytes: 1_000, messageBytes: 1_000, mediaTypes: [], unused: { files: 100, bytes: 100_000_000 } }
  files = { store: openDiskFiles(join(home, 'kept')), inbox: openInbox(join(home, 'incoming')), limits }
  store = openStore(core.store.database, { files })
  otherStore = openStore(core.otherStore.database, { files })
  made = await makeTenant(store)
})
after(async () => {
  await core?.close()
  await rm(home, { recursive: true, force: true })
})

const as = (who: UserSummary, changes: ContextChanges = {}) => made.as(who, { store, ...changes })
const said = { visibility: 'public', format: 'text', text: 'See' } as const

async function newTicket(requester: UserSummary | null = null, desk = 0): Promise<Ticket> {
  const by = requester ? ({ by: 'id', id: requester.id, member: false } as const) : ({ by: 'nobody' } as const)
  const deskId = made.desks[desk] ?? assert.fail()
  return (await createTicket(as(made.owner), { deskId, requester: by })).ticket
}

/** A message with a file, and the file's integer. */
async function fileOn(ticket: Ticket, text = 'Bytes', visibility: 'public' | 'internal' = 'public') {
  const received = await files.inbox.receive(
    (async function* () {
      yield Buffer.from(text)
    })(),
  )
  const { id } = await uploadAttachment(as(made.owner), { name: 'file.txt', received })
  const { messages } = await changeTicket(as(made.owner), ticket, {
    message: { ...said, visibility, attachmentIds: [id] },
  })
  const [message] = messages
  const [file] = message?.attachments ?? []
  assert.ok(message && file)
  return { message, file }
}

async function forward(
  who: UserSummary,
  ticket: Ticket,
  forwardedFiles: readonly number[],
  changes: ContextChanges = {},
): Promise<Message> {
  const { messages } = await changeTicket(as(who, changes), ticket, { message: { ...said, forwardedFiles } })
  return messages[0] ?? assert.fail()
}

/** What it is refused for: the code, or the field and the rule. */
async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      if (error.error.code !== 'invalid') return error.error.code
      return error.error.issues.map(({ path, rule }) => `${path.join('.')} ${rule}`).join()
    },
  )
}

const pathOf = (id: string): string => join(home, 'kept', made.tenant.id, id)
const kept = async (): Promise<readonly string[]> =>
  (await readdir(join(home, 'kept', made.tenant.id)).catch(() => [])).sort()

/** Every row has its bytes, every file its row; integers are counted. */
async function demandConsistent(): Promise<void> {
  const { rows } = await core.outside.query<{ id: string; integer: number }>(
    'select id, integer::int as integer from attachments where tenant_id = $1 order by id',
    [made.tenant.id],
  )
  assert.deepEqual(
    rows.map(({ id }) => id),
    await kept(),
  )
  assert.equal(new Set(rows.map(({ integer }) => integer)).size, rows.length)
  const counters = await core.outside.query<{ last: number }>(
    'select attachment_integer::int as last from tenant_counters where tenant_id = $1',
    [made.tenant.id],
  )
  assert.ok((counters.rows[0]?.last ?? 0) >= Math.max(...rows.map(({ integer }) => integer)))
}

test('A file that is passed on is a file of its own, with the same bytes, also when the first one is gone', async () => {
  const [from, to] = [await newTicket(), await newTicket()]
  const { file } = await fileOn(from, 'The bytes')
  const own = await fileOn(to, 'Others')
  const message = await forward(made.agent, to, [file.integer, own.file.integer, file.integer])
  assert.deepEqual(
    message.attachments.map(({ name, size, mediaType }) => [name, size, mediaType]),
    [
      ['file.txt', 9, 'text/plain'],
      ['file.txt', 6, 'text/plain'],
    ],
  )
  const [copy, other] = message.attachments
  assert.ok(copy && other)
  assert.deepEqual([copy.integer, other.integer], [own.file.integer + 1, own.file.integer + 2])
  await deleteTickets(as(made.owner), [from])
  await deleteMessage(as(made.owner), { id: own.message.id })
  assert.deepEqual(await Promise.all([copy, other].map(({ id }) => readFile(pathOf(id), 'utf8'))), [
    'The bytes',
    'Others',
  ])
  // And once more, from the copy.
  const again = await forward(made.agent, await newTicket(), [copy.integer])
  assert.equal(await readFile(pathOf(again.attachments[0]?.id ?? ''), 'utf8'), 'The bytes')
  await demandConsistent()
})

test('What cannot be passed on is refused, and nothing is written and copied', async () => {
  const to = await newTicket(made.customer)
  const { file: seen } = await fileOn(to)
  const { file: note } = await fileOn(to, 'Note', 'internal')
  const { file: theirs } = await fileOn(await newTicket(made.agent))
  const { file: away } = await fileOn(await newTicket(null, 2))
  const received = await files.inbox.receive(
    (async function* () {
      yield Buffer.from('Unused')
    })(),
  )
  const unused = await uploadAttachment(as(made.agent), { name: 'unused.txt', received })
  const large = await fileOn(to, 'x'.repeat(1_000))
  const before = await kept()

  const unknown = 'message.forwarded_files unknown'
  for (const integer of [0, 999_999, Number.MAX_SAFE_INTEGER, unused.integer, away.integer])
    assert.equal(await refusal(forward(made.agent, to, [seen.integer, integer])), unknown, String(integer))
  for (const { integer } of [note, theirs]) assert.equal(await refusal(forward(made.customer, to, [integer])), unknown)
  const blind = { permissions: ['ticket.read', 'message.reply', 'attachment.create'] } as const
  assert.equal(await refusal(forward(made.agent, to, [note.integer], blind)), unknown)
  const bound = { boundTo: made.desks[1] }
  assert.equal(await refusal(forward(made.owner, await newTicket(null, 1), [seen.integer], bound)), unknown)
  const without = { permissions: ['ticket.read', 'message.reply'] } as const
  assert.equal(await refusal(forward(made.agent, to, [seen.integer], without)), 'forbidden')
  assert.equal(
    await refusal(forward(made.agent, to, [seen.integer, large.file.integer])),
    'message.forwarded_files too_large',
  )
  const closed = await newTicket(made.customer)
  const { file: own } = await fileOn(closed)
  await changeTicket(as(made.owner), closed, { status: { to: 'closed' } })
  assert.equal(await refusal(forward(made.customer, closed, [own.integer])), 'ticket_closed')
  assert.equal((await kept()).length, before.length + 1)

  for (const { integer } of [seen, note, theirs]) await forward(made.agent, to, [integer])
  await forward(made.customer, to, [seen.integer])
  await demandConsistent()
})

test('A file whose bytes are gone is passed on by nobody, and the others of the message are not either', async () => {
  const ticket = await newTicket()
  const [whole, broken] = [(await fileOn(ticket)).file, (await fileOn(ticket)).file]
  const bytes = await readFile(pathOf(broken.id))
  await rm(pathOf(broken.id))
  const before = await kept()
  const asked = forward(made.agent, ticket, [whole.integer, broken.integer])
  assert.equal(await refusal(asked), 'message.forwarded_files unknown')
  assert.deepEqual(await kept(), before)
  const received = await files.inbox.receive(
    (async function* () {
      yield bytes
    })(),
  )
  await files.store.keep({ tenantId: made.tenant.id, id: broken.id }, received)
  await demandConsistent()
})

test('A call that is repeated with its key, also at once and through two processes, makes one copy', async () => {
  const [from, to] = [await newTicket(), await newTicket()]
  const { file } = await fileOn(from)
  const before = (await kept()).length
  const credentialId = v7()
  const twin = (nth: number) =>
    forward(made.agent, to, [file.integer], { key: 'twins', credentialId, store: nth % 2 ? store : otherStore })
  const answers = await Promise.all(Array.from({ length: 16 }, (_, nth) => twin(nth)))
  for (const each of answers) assert.deepEqual(each, answers[0])
  // Nor does it when there is nothing to pass on any more.
  await deleteTickets(as(made.owner), [from])
  assert.deepEqual(await twin(0), answers[0])
  assert.equal((await kept()).length, before)
  await demandConsistent()
})

test('A file that is passed on while its message is deleted is passed on or unknown, and nothing is left over', async () => {
  for (let round = 0; round < 8; round++) {
    const [from, to] = [await newTicket(), await newTicket()]
    const { file, message } = await fileOn(from, `Round ${round}`)
    const outcomes = await Promise.all([
      deleteMessage(as(made.owner), { id: message.id }).then(() => 'done'),
      ...[store, otherStore, store].map((each) => refusal(forward(made.agent, to, [file.integer], { store: each }))),
    ])
    for (const outcome of outcomes) assert.match(outcome, /^(done|message\.forwarded_files unknown)$/)
    await demandConsistent()
  }
})

test('When the file store fails in the middle, nothing is written and no copy is left', async () => {
  const ticket = await newTicket()
  const two = [(await fileOn(ticket)).file.integer, (await fileOn(ticket)).file.integer]
  const messages = async () => (await getConversation(as(made.owner), ticket)).messages.length
  const before = [await kept(), await messages()]
  let copies = 0
  const failing: FileStore = {
    ...files.store,
    copy: async (key, id) => {
      copies += 1
      return copies === 1 ? files.store.copy(key, id) : Promise.reject(new StoreUnavailable(new Error('Away.')))
    },
  }
  const half = openStore(core.store.database, { files: { ...files, store: failing } })
  await assert.rejects(forward(made.agent, ticket, two, { store: half }), StoreUnavailable)
  assert.equal(copies, 2)
  assert.deepEqual([await kept(), await messages()], before)
  await demandConsistent()
})
