import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../../test/core.ts'
import { uploadAttachment } from '../../../core/attachments/commands.ts'
import { LOAD_TENANT, tenantOf } from '../../../core/catalogue/store/snapshot.ts'
import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type { Context } from '../../../core/context.ts'
import { deleteTickets } from '../../../core/erasure/ticket.ts'
import { beginExport } from '../../../core/export/commands.ts'
import { beginImport } from '../../../core/import/commands.ts'
import type { ImportReport } from '../../../core/import/report.ts'
import { changeTicket } from '../../../core/tickets/commands/change.ts'
import { createTicket } from '../../../core/tickets/commands/create.ts'
import { snoozeTicket } from '../../../core/tickets/commands/snooze.ts'
import { getConversation } from '../../../core/tickets/queries/conversation.ts'
import { listTickets } from '../../../core/tickets/queries/list.ts'
import { getTimeline } from '../../../core/tickets/queries/timeline.ts'
import { PRIORITIES, STATUSES } from '../../../core/words.ts'
import { openDiskFiles } from '../../../storage/files-disk.ts'
import { openInbox } from '../../../storage/files-inbox.ts'
import type { Store } from '../../../storage/store.ts'
import { linesIn } from '../export/lines.ts'
import { readLine } from './codec.ts'

let core: Core
let store: Store
let folder: string
before(async () => {
  core = await openCore()
  folder = await mkdtemp(join(tmpdir(), 'polydesk-import-'))
  const limits = { fileBytes: 1e7, messageBytes: 1e7, mediaTypes: [], unused: { files: 100, bytes: 1e8 } }
  const files = { store: openDiskFiles(join(folder, 'kept')), inbox: openInbox(join(folder, 'incoming')), limits }
  store = { ...core.store, files }
})
after(async () => {
  await core?.close()
  await rm(folder, { recursive: true, force: true })
})

const NOW = '2026-06-01T00:00:00.000Z'

async function tenantNow({ tenant }: SmallTenant): Promise<Tenant> {
  const [row] = await core.store.run(LOAD_TENANT.with({ tenant_id: tenant.id }))
  return tenantOf(row ?? assert.fail())
}

const owner = (made: SmallTenant): Context => made.as(made.owner, { store })

/** Imports lines as the operation does. */
async function taken(
  made: SmallTenant,
  lines: readonly (object | string)[],
  { dryRun = false, upTo = lines.length } = {},
): Promise<ImportReport> {
  const run = beginImport(owner(made), { dryRun, tenant: () => tenantNow(made) })
  for (const [nth, line] of lines.slice(0, upTo).entries()) {
    const read = readLine(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), NOW)
    if ('issues' in read) run.refuse(nth + 1, read.about, read.issues)
    else {
      if (read.imported) await run.take(nth + 1, read.imported)
      run.leaveOut(nth + 1, read.about, read.unknown)
    }
  }
  await run.end()
  return run.report(lines.length)
}

async function exported(made: SmallTenant, files = true): Promise<Record<string, unknown>[]> {
  const tenant = await tenantNow(made)
  const { records } = await beginExport({ ...owner(made), tenant }, { query: null, files, after: null })
  const lineOf = linesIn(tenant, null)
  return (await Array.fromAsync(records)).map((record) => JSON.parse(JSON.stringify(lineOf(record))))
}

/** What a line says beside the ids that a tenant gives. */
function withoutIds(line: unknown): unknown {
  if (Array.isArray(line)) return line.map(withoutIds)
  if (typeof line !== 'object' || line === null) return line
  const own = new Set(['id', 'source', 'cursor', 'number', 'ticket', 'in_reply_to'])
  return Object.fromEntries(
    Object.entries(line).flatMap(([name, value]) => (own.has(name) ? [] : [[name, withoutIds(value)]])),
  )
}

const ticketsIn = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ kind }) => kind === 'ticket' || kind === 'file').map(withoutIds)

async function countEvents({ tenant }: SmallTenant): Promise<number> {
  const { rows } = await core.outside.query<{ n: number }>(
    'select event_position::int as n from tenant_counters where tenant_id = $1',
    [tenant.id],
  )
  return rows[0]?.n ?? assert.fail()
}

const SOURCE = 'elsewhere'
const ticketLine = (id: string, more: object = {}) => ({
  ...{ kind: 'ticket', source: SOURCE, id, title: `Title of ${id}`, desk: 'First' },
  requester: { id: 'u1', email: 'mona@example.com', name: 'Mona' },
  messages: [
    { id: `${id}-1`, author: { id: 'u1' }, text: 'Help', created_at: '2020-01-01T10:00:00+01:00' },
    {
      id: `${id}-2`,
      author: { email: 'arthur@example.com', name: 'Art' },
      text: 'Yes',
      created_at: '2020-01-02T10:00:00Z',
    },
  ],
  ...more,
})

async function onlyTicket(made: SmallTenant) {
  const { tickets } = await listTickets(owner(made), {}, { by: 'key', order: 'newest', after: null, limit: 10 })
  assert.equal(tickets.length, 1)
  return tickets[0] ?? assert.fail()
}

test('what an import changes is told and undone as any change is, and wakes as it does', async () => {
  const made = await makeTenant(core.store)
  await taken(made, [
    { kind: 'field', source: SOURCE, id: 'plan', key: 'plan', type: 'text', label: 'Plan' },
    ticketLine('t1'),
  ])
  const tenant = await tenantNow(made)
  const { id } = await onlyTicket(made)
  const whole = { ...owner(made), tenant }
  await snoozeTicket(whole, { id }, null)
  await taken(made, [ticketLine('t1', { fields: { plan: 'pro' }, status: 'solved' })])
  const { fields, status, snoozedUntil } = await onlyTicket(made)
  assert.deepEqual([fields, status, snoozedUntil], [{ plan: 'pro' }, 'solved', null])
  const { entries } = await getTimeline(whole, { id }, { after: 0, limit: 50 })
  const told = new Map(entries.map(({ event }) => [event.kind, event]))
  assert.deepEqual(told.get('ticket.fields_changed')?.before, { fields: { plan: null } })
  assert.equal(told.get('ticket.woken')?.after?.['why'], 'done')
})

test('what a tenant exported changes nothing in itself, and what it erased since is not made once more', async () => {
  const made = await makeTenant(core.store)
  const message = { visibility: 'public', format: 'text', text: 'Help', author: 'requester' } as const
  const requester = { by: 'id', id: made.customer.id, member: true } as const
  const asked = { deskId: made.desks[0] ?? '', requester, message }
  const { ticket } = await createTicket(owner(made), { ...asked, title: 'Stays' })
  const { ticket: gone } = await createTicket(owner(made), { ...asked, title: 'Goes' })
  const lines = await exported(made)
  await changeTicket(owner(made), ticket, { title: 'Newer' })
  await deleteTickets(owner(made), [gone])
  const events = await countEvents(made)
  const { created, changed, unchanged, problems } = await taken(made, lines)
  assert.deepEqual([created, changed, unchanged['ticket']], [{}, {}, 2])
  assert.deepEqual(
    problems.map(({ id, issue }) => [id, issue.message]),
    [[gone.id, 'It was erased here.']],
  )
  assert.equal(await countEvents(made), events)
  assert.equal((await onlyTicket(made)).title, 'Newer')
})

test('fields of the tenant are imported with what tickets hold in them, and what cannot be set is told by its name', async () => {
  const made = await makeTenant(core.store)
  const field = (key: string, type: string, more: object = {}) => ({
    ...{ kind: 'field', source: SOURCE, id: key, key, type, label: key, ...more },
  })
  const choices = [{ value: 'pro', label: 'Pro' }, { value: 'basic' }]
  const fields = [
    field('plan', 'choice', { choices, required: null }),
    field('seats', 'number'),
    field('keeper', 'person'),
  ]
  const wrong = { seats: 'many', floor: 3, plan: { of: 'ours' } }
  const lines = [
    ...fields,
    field('old', 'text', { active: false, description: 'Not any more.' }),
    ticketLine('t1', { fields: { plan: 'pro', seats: 4, keeper: 'u1' } }),
  ]
  const dry = await taken(made, lines, { dryRun: true })
  assert.deepEqual([dry.created['field'], dry.problems], [4, []])
  assert.deepEqual((await taken(made, lines)).problems, [])
  const ticket = await onlyTicket(made)
  assert.deepEqual(ticket.fields, { plan: 'pro', seats: 4, keeper: ticket.requester?.id })
  assert.deepEqual((await taken(made, lines)).unchanged, { field: 4, ticket: 1 })

  const report = await taken(made, [field('plan', 'text'), ticketLine('t1', { fields: wrong })])
  assert.deepEqual(
    report.problems.map(({ issue }) => issue.path.join('.')),
    ['type', 'fields.seats', 'fields.floor', 'fields.plan'],
  )
  assert.deepEqual((await onlyTicket(made)).fields, ticket.fields, 'what is there stays')

  const other = await makeTenant(core.store)
  const told = await exported(made)
  assert.deepEqual(
    told.filter(({ kind }) => kind === 'field').map(({ key, active }) => [key, active]),
    [
      ['plan', true],
      ['seats', true],
      ['keeper', true],
      ['old', false],
    ],
  )
  const { problems } = await taken(other, told)
  assert.deepEqual(
    problems.flatMap(({ issue }) => issue.path),
    ['owner'],
  )
  const there = await onlyTicket(other)
  assert.deepEqual(there.fields, { plan: 'pro', seats: 4, keeper: there.requester?.id })
})

test('an export that is imported into an empty tenant is exported again as it was, but for ids', async () => {
  const said = fc.record({
    text: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ''),
    isHtml: fc.boolean(),
    isNote: fc.boolean(),
    byAgent: fc.boolean(),
    hasFile: fc.boolean(),
  })
  const opened = fc.record({
    title: fc.string({ maxLength: 20 }),
    status: fc.constantFrom(...STATUSES.filter((status) => status !== 'closed')),
    priority: fc.constantFrom(...PRIORITIES),
    topicId: fc.constantFrom(null, 1, 2),
    tags: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
    isAssigned: fc.boolean(),
    messages: fc.array(said, { maxLength: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(opened, { minLength: 1, maxLength: 3 }), async (tickets) => {
      const [from, to] = [await makeTenant(store), await makeTenant(store)]
      for (const { messages, isAssigned, ...ticket } of tickets) {
        const requester = { by: 'id', id: from.customer.id, member: false } as const
        const assigneeId = isAssigned ? from.agent.id : null
        const { ticket: made } = await createTicket(owner(from), {
          ...ticket,
          assigneeId,
          deskId: from.desks[0],
          requester,
        })
        for (const { text, isHtml, isNote, byAgent, hasFile } of messages) {
          const attachmentIds = hasFile ? [await fileOf(from, text)] : []
          const author = byAgent ? from.agent.id : from.customer.id
          await changeTicket(owner(from), made, {
            message: {
              ...{ visibility: isNote ? 'internal' : 'public', format: isHtml ? 'html' : 'text', attachmentIds },
              ...{ text: isHtml ? `<p>Said</p>${text}` : text, author: { id: author } },
            },
          })
        }
      }
      const lines = await exported(from)
      const report = await taken(to, lines)
      assert.deepEqual([report.refused, report.problems.filter(({ issue }) => issue.path[0] !== 'owner')], [{}, []])
      assert.deepEqual(ticketsIn(await exported(to)), ticketsIn(lines))
      const [events, again] = [await countEvents(to), await taken(to, lines)]
      assert.deepEqual([again.created, again.changed, again.refused], [{}, {}, {}])
      // The exports themselves are told.
      assert.equal(await countEvents(to), events)
    }),
    { numRuns: 8 },
  )
})

async function fileOf(made: SmallTenant, text: string): Promise<string> {
  const bytes = async function* () {
    yield Buffer.from(text)
  }
  const received = await store.files?.inbox.receive(bytes())
  return (await uploadAttachment(owner(made), { name: 'said.txt', received: received ?? assert.fail() })).id
}

test('what another system has is made once, with its times, its people and its events', async () => {
  const made = await makeTenant(store)
  const report = await taken(made, [ticketLine('1', { status: 'solved', solved_at: '2020-01-03T00:00:00Z' })])
  assert.deepEqual([report.created, report.problems], [{ user: 2, message: 2, ticket: 1 }, []])
  const ticket = await onlyTicket(made)
  assert.deepEqual(
    [ticket.createdAt, ticket.firstResponseAt, ticket.solvedAt, ticket.waitingSince, ticket.requester?.email],
    ['2020-01-01T09:00:00.000Z', '2020-01-02T10:00:00.000Z', '2020-01-03T00:00:00.000Z', null, 'mona@example.com'],
  )
  const { messages } = await getConversation(owner(made), ticket)
  assert.deepEqual(
    messages.map(({ plain, authorRole, author, createdAt }) => [plain, authorRole, author?.name, createdAt]),
    [
      ['Help', 'requester', 'Mona', '2020-01-01T09:00:00.000Z'],
      ['Yes', 'agent', 'Art', '2020-01-02T10:00:00.000Z'],
    ],
  )
  const { rows } = await core.outside.query<{ kind: string; dialect: string }>(
    'select kind, dialect from events where tenant_id = $1 and ticket_id = $2 order by position',
    [made.tenant.id, ticket.id],
  )
  assert.deepEqual(rows, [
    { kind: 'ticket.created', dialect: 'import' },
    { kind: 'message.added', dialect: 'import' },
  ])
})

test('an import again changes what its source changed, adds what it added, and leaves what was changed here', async () => {
  const made = await makeTenant(store)
  await taken(made, [ticketLine('1', { priority: 'low' })])
  const ticket = await onlyTicket(made)
  await changeTicket(owner(made), ticket, { priority: 'urgent' })
  const more = { id: '1-3', author: { id: 'u1' }, text: 'Thanks', created_at: '2020-01-04T00:00:00Z' }
  const line = ticketLine('1', { priority: 'low', title: 'Another title' })
  const report = await taken(made, [{ ...line, messages: [...line.messages, more] }])
  assert.deepEqual([report.changed, report.created], [{ ticket: 1 }, { message: 1 }])
  const after = await onlyTicket(made)
  assert.deepEqual([after.title, after.priority, after.id], ['Another title', 'urgent', ticket.id])
  assert.equal((await getConversation(owner(made), ticket)).messages.length, 3)
})

test('what was erased here is not made once more', async () => {
  const made = await makeTenant(store)
  await taken(made, [ticketLine('1')])
  await deleteTickets(owner(made), [await onlyTicket(made)])
  const report = await taken(made, [ticketLine('1')])
  assert.deepEqual([report.created, report.unchanged, report.notKept], [{}, { ticket: 1 }, { 'ticket.id': 1 }])
})

test('an import that ends anywhere leaves whole tickets, and the same once more completes it', async () => {
  const lines = ['1', '2', '3', '4'].map((id) => ticketLine(id))
  for (const upTo of [0, 1, 3]) {
    const made = await makeTenant(store)
    await taken(made, lines, { upTo })
    const { tickets } = await listTickets(owner(made), {}, { by: 'key', order: 'newest', after: null, limit: 10 })
    assert.equal(tickets.length, upTo)
    for (const ticket of tickets) assert.equal((await getConversation(owner(made), ticket)).messages.length, 2)
    assert.equal((await taken(made, lines)).created['ticket'], lines.length - upTo)
  }
})

test('two imports of the same at the same time make each ticket once', async () => {
  const made = await makeTenant(store)
  const lines = Array.from({ length: 8 }, (_, nth) => ticketLine(String(nth)))
  const reports = await Promise.all([taken(made, lines), taken(made, lines)])
  const { tickets } = await listTickets(owner(made), {}, { by: 'key', order: 'newest', after: null, limit: 50 })
  assert.equal(tickets.length, lines.length)
  assert.equal(
    reports.reduce((sum, { created }) => sum + (created['ticket'] ?? 0), 0),
    lines.length,
  )
})

test('a dry run tells what would come of it, and writes nothing', async () => {
  const made = await makeTenant(store)
  const lines = [
    { kind: 'topic', source: SOURCE, id: '7', name: 'Lifts' },
    { kind: 'user', source: SOURCE, id: 'u1', name: 'Mona', email: 'mona@example.com' },
    ticketLine('1', { topic: 'Lifts' }),
  ]
  const events = await countEvents(made)
  const report = await taken(made, lines, { dryRun: true })
  assert.deepEqual(report.created, { topic: 1, user: 2, message: 2, ticket: 1 })
  assert.deepEqual(report.problems, [])
  assert.equal(await countEvents(made), events)
  assert.deepEqual((await taken(made, lines)).created, report.created)
})

test('bad lines are told by line and field, and what cannot be kept field by field; the others are imported', async () => {
  const made = await makeTenant(store)
  const report = await taken(made, [
    '{"kind":',
    { kind: 'wish', source: SOURCE, id: '1' },
    ticketLine('1', { status: 'lost' }),
    ticketLine('2', { created_at: '2999-01-01T00:00:00Z' }),
    ticketLine('3', { created_at: 'yesterday' }),
    { ...ticketLine('4'), source: undefined },
    ticketLine('5', { topic: 'Nowhere', mood: 'bad', assignee: { email: 'mona@example.com' } }),
    { kind: 'messages', source: SOURCE, ticket: 'none', messages: [] },
  ])
  assert.deepEqual(
    report.problems.map(({ line, outcome, issue: { path, rule } }) => [line, outcome, path.join('.'), rule]),
    [
      [1, 'refused', '', 'format'],
      [2, 'refused', 'kind', 'choice'],
      [3, 'refused', 'status', 'choice'],
      [4, 'refused', 'created_at', 'too_large'],
      [5, 'refused', 'created_at', 'format'],
      [6, 'refused', 'source', 'required'],
      [7, 'left_out', 'topic', 'unknown'],
      [7, 'left_out', 'assignee', 'unknown'],
      [7, 'left_out', 'mood', 'not_allowed'],
      [8, 'refused', 'ticket', 'unknown'],
    ],
  )
  assert.equal((await onlyTicket(made)).title, 'Title of 5')
  assert.deepEqual(report.notKept['ticket.mood'], 1)
})

test('files come from the lines before their ticket, in parts; bytes that are others are refused', async () => {
  const made = await makeTenant(store)
  const part = (nth: number, content: string, more = {}) => ({
    ...{ kind: 'file', source: SOURCE, id: 'f1', name: 'a.txt', part: nth, last: false },
    ...{ content: Buffer.from(content).toString('base64'), ...more },
  })
  const [message] = ticketLine('1').messages
  const line = ticketLine('1', { messages: [{ ...message, attachments: [{ id: 'f1', name: 'a.txt' }] }] })
  const wrong = await taken(made, [part(0, 'ab', { last: true, sha256: '00' }), part(2, 'x')])
  assert.deepEqual(wrong.refused, { file: 2 })
  const report = await taken(made, [part(0, 'Hel'), part(1, 'lo', { last: true }), line])
  assert.deepEqual([report.problems, report.created['file']], [[], 1])
  const { messages } = await getConversation(owner(made), await onlyTicket(made))
  assert.deepEqual(
    messages.flatMap(({ attachments }) => attachments.map(({ name, size }) => [name, size])),
    [['a.txt', 5]],
  )
})

test('only owners import, by a key of the whole tenant', async () => {
  const made = await makeTenant(store)
  const around = { dryRun: false, tenant: () => tenantNow(made) }
  for (const ctx of [made.as(made.admin), made.as(made.agent), made.as(made.owner, { boundTo: made.desks[0] })])
    assert.throws(() => beginImport(ctx, around), /forbidden/)
})
