import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TOTP } from 'otpauth'
import pg from 'pg'
import { v7 } from 'uuid'
import { openAccess } from '../src/core/access/access.ts'
import { createCredential, listCredentials, withdrawCredential } from '../src/core/access/credentials.ts'
import { LIST_CREDENTIALS } from '../src/core/access/store.ts'
import { openVault } from '../src/core/access/vault.ts'
import { sweepAttachments, uploadAttachment } from '../src/core/attachments/commands.ts'
import {
  exchangeCode,
  findClient,
  findToken,
  grantByConsent,
  grantToClient,
  purgeGrants,
  refresh,
  revokeToken,
} from '../src/core/authorization/commands.ts'
import { DEFAULT_BOUNDS } from '../src/core/bounds.ts'
import { beginJob, cancelJob, undoJob } from '../src/core/bulk/commands.ts'
import { BULK_JOB_STATES, BULK_OUTCOMES } from '../src/core/bulk/job.ts'
import { purgeJobs } from '../src/core/bulk/purge.ts'
import { getJob, listJobs, listResults } from '../src/core/bulk/queries.ts'
import { leaveJobs, tenantsAtWork, workOn } from '../src/core/bulk/work.ts'
import { addRecord, changeRecord, type NewRecord } from '../src/core/catalogue/commands.ts'
import { FIELD_TYPES, REQUIREMENTS } from '../src/core/catalogue/field.ts'
import { addField, changeField } from '../src/core/catalogue/fields.ts'
import { RECORD_KINDS, type RecordKind } from '../src/core/catalogue/records.ts'
import { LOAD_TENANT, tenantOf } from '../src/core/catalogue/store/snapshot.ts'
import { deleteMessage } from '../src/core/erasure/message.ts'
import { eraseUser } from '../src/core/erasure/person.ts'
import { deleteTickets } from '../src/core/erasure/ticket.ts'
import { listAudit } from '../src/core/events/audit.ts'
import { openFeed } from '../src/core/events/feed.ts'
import { getEvents } from '../src/core/events/queries.ts'
import { beginExport } from '../src/core/export/commands.ts'
import { addToGroup, membersOf, removeFromGroup } from '../src/core/groups/members.ts'
import { purgeClaims } from '../src/core/idempotency/purge.ts'
import { AUDIENCES } from '../src/core/identity/audience.ts'
import { ROLES } from '../src/core/identity/permissions.ts'
import { findUsers } from '../src/core/identity/queries.ts'
import { ADDRESS_KINDS, USER_KINDS } from '../src/core/identity/user.ts'
import { beginImport } from '../src/core/import/commands.ts'
import { NO_LIMITS } from '../src/core/limits/limits.ts'
import { purgeBuckets } from '../src/core/limits/purge.ts'
import { leaseTokens } from '../src/core/limits/store.ts'
import { addHost, logIn, setActive, tenantByHost } from '../src/core/logins/commands.ts'
import { purgeFailures } from '../src/core/logins/lock.ts'
import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  readFactorOf,
  renewRecoveryCodes,
  resetSecondFactor,
  takeSecondFactor,
} from '../src/core/logins/second-factor/commands.ts'
import { countFactorSeals, resealFactors } from '../src/core/logins/second-factor/seals.ts'
import { changeMacro, createMacro, deleteMacro } from '../src/core/macros/commands.ts'
import { listMacros } from '../src/core/macros/queries.ts'
import { previewMacro, runMacro } from '../src/core/macros/run.ts'
import { takeMail, tenantsWithMail, workOnMail } from '../src/core/mail/intake/commands.ts'
import { tenantAt } from '../src/core/mail/intake/places.ts'
import { countMail, getMail, getRawMail, listMail } from '../src/core/mail/intake/queries.ts'
import { MAIL_STATES } from '../src/core/mail/intake/received.ts'
import { HELD_REASONS, OUTGOING_STATES } from '../src/core/mail/outgoing/fate.ts'
import {
  countLetters,
  deliveriesOf,
  getLetter,
  holdLetter,
  listLetters,
  measureLetters,
  resendLetter,
} from '../src/core/mail/outgoing/outbox.ts'
import { returnLetter } from '../src/core/mail/outgoing/return.ts'
import { endWhereNobodyWrites, sendLetters, tenantsThatWrite } from '../src/core/mail/outgoing/send.ts'
import { clearUndeliverable, listUndeliverable } from '../src/core/mail/outgoing/undeliverable.ts'
import { AUTHENTICATIONS } from '../src/core/mail/threading/authentication.ts'
import { beginReading, markRead, marksOn, markUnread } from '../src/core/marks/commands.ts'
import { renewSome } from '../src/core/messages/renewal/commands.ts'
import { RENEW } from '../src/core/messages/renewal/store.ts'
import {
  changePassword,
  givePasswordLink,
  makePasswordLink,
  setPassword,
  usePasswordLink,
} from '../src/core/passwords/commands.ts'
import { countTickets, QUERY_SORTS, queryTickets, readQuery, snippetsFor } from '../src/core/query/list.ts'
import { changeReply, createReply, deleteReply, markReplyUsed } from '../src/core/replies/commands.ts'
import { listReplies } from '../src/core/replies/queries.ts'
import { countSome, forgetCount, purgeCounts, tenantsBehind } from '../src/core/reports/consume.ts'
import { readReport, ticketsBehind } from '../src/core/reports/queries.ts'
import { cancelScheduled, changeScheduled, listScheduled, schedule } from '../src/core/scheduled/commands.ts'
import { sendDue, tenantsToSend } from '../src/core/scheduled/send.ts'
import { mergeSome, rebuildPeople, rebuildSome, tenantsDue } from '../src/core/search/merge.ts'
import { endSession, listSessions, openSession } from '../src/core/sessions/commands.ts'
import { SESSION_KIND } from '../src/core/sessions/session.ts'
import { addTag, changeTag, deleteTag, mergeTag } from '../src/core/tags/commands.ts'
import { listTags } from '../src/core/tags/queries.ts'
import {
  addExternalId,
  changeTenant,
  issueCredential,
  retireTenant,
  revokeCredential,
} from '../src/core/tenants/commands.ts'
import { LIST_TENANTS, LOCK_FIRST_START } from '../src/core/tenants/store.ts'
import { changeTicket, changeTickets } from '../src/core/tickets/commands/change.ts'
import { createTicket } from '../src/core/tickets/commands/create.ts'
import { linkTickets, unlinkTickets } from '../src/core/tickets/commands/links.ts'
import { mergeTicket, unmergeTicket } from '../src/core/tickets/commands/merge.ts'
import { snoozeTicket, tenantsToWake, wakeDue, wakeTicket } from '../src/core/tickets/commands/snooze.ts'
import { splitTicket } from '../src/core/tickets/commands/split.ts'
import { undoChange } from '../src/core/tickets/commands/undo.ts'
import { getConversation, getMessagePage, getMessages } from '../src/core/tickets/queries/conversation.ts'
import { getFiles } from '../src/core/tickets/queries/files.ts'
import {
  findTicketEvent,
  findTickets,
  getTicket,
  getTicketByNumber,
  idsThatStay,
} from '../src/core/tickets/queries/find.ts'
import { listLinks } from '../src/core/tickets/queries/links.ts'
import { listShown, listTickets } from '../src/core/tickets/queries/list.ts'
import { getOriginal } from '../src/core/tickets/queries/original.ts'
import { getMessagesAsOf, getTicketAsOf, getValues } from '../src/core/tickets/queries/past.ts'
import { getTimeline, getWholeTimeline } from '../src/core/tickets/queries/timeline.ts'
import { LINK_KINDS } from '../src/core/tickets/rules/links.ts'
import { createShelf } from '../src/core/tickets/shelf.ts'
import { CHANGE_TICKETS } from '../src/core/tickets/store/change.ts'
import { discardUnsent, listUnsent, saveUnsent } from '../src/core/unsent/commands.ts'
import { changeUser, makeUser, removeFromDesk, ticketsOfNobody } from '../src/core/users/commands.ts'
import { exportPerson, holdingsOf } from '../src/core/users/export.ts'
import {
  findProfilesByExternalId,
  findUserByExternalId,
  findUserIdByAddress,
  findUsersByInteger,
  findUsersByMembership,
  getMember,
  listCustomers,
  listMembers,
  listUsers,
} from '../src/core/users/queries.ts'
import { USER_BY_EMAIL } from '../src/core/users/store.ts'
import { changeView, createView, deleteView, orderViews, pinView } from '../src/core/views/commands.ts'
import { countViews, getView, listViews } from '../src/core/views/queries.ts'
import { DELIVERY_STATES } from '../src/core/webhooks/deliveries/delivery.ts'
import { PRIORITIES, STATUSES } from '../src/core/words.ts'
import { openDatabase } from '../src/storage/database.ts'
import type { Files } from '../src/storage/files.ts'
import { openDiskFiles } from '../src/storage/files-disk.ts'
import { openInbox } from '../src/storage/files-inbox.ts'
import { type BoundStatement, declaredStatements, type Statement } from '../src/storage/statement.ts'
import { openStore, type Store } from '../src/storage/store.ts'
import { CONTRACTS } from './contract/dialects.ts'
import { makeSite, type Site } from './contract/site.ts'
import { addUser, administration, type Core, makeTenant, openCore, type SmallTenant, tick } from './core.ts'
import { testDatabase } from './database.ts'
import { literal, type PlanNode } from './explain.ts'
import { PARTITIONS, partitionedDatabase, partNamed, partOfTenant } from './partitions.ts'
import { startWorld, type World } from './world.ts'

const root = join(import.meta.dirname, '..')

/** Tables whose keys do not hold the tenant, and why. */
const TABLES_WITHOUT_TENANT: Readonly<Record<string, string>> = {
  migrations: 'says which migrations ran, for the whole store',
  directory: 'finds the tenant by what was presented, before a tenant is known',
}

/** Statements that do not name one tenant as `$1`, and why. */
const STATEMENTS_WITHOUT_TENANT: Readonly<Record<string, string>> = {
  'access.origin_listed': 'answers a browser that asks before it presents anything, with yes or no',
  'directory.find': 'finds the tenant by what was presented',
  'tenant.first': 'finds the tenant of a login that names none',
  'tenant.list': 'is the list of all tenants, for the command line and for jobs',
  'tenant.lock_first_start': 'takes a lock and touches no table',
  'webhook.tenants': 'finds the tenants that have webhooks',
  'search.tenants': 'finds the tenants in which keys of search are due',
  'bulk_job.tenants': 'finds the tenants in which there is something to do',
  'mail.tenants_at': 'finds the tenant that an address of mail leads to, before one is known',
  'mail.tenants': 'finds the tenants in which mail waits to be filed',
  'report.tenants': 'finds the tenants of which something is not counted',
  'ticket.tenants_to_wake': 'finds the tenants in which a snooze has come to its end',
  'scheduled.tenants_to_send': 'asks which tenants have a message that is to be sent, for the job',
  'outgoing.tenants': 'finds the tenants that send mail',
  'outgoing.end': 'forgets where mail of tenants was that send none any more',
  'outgoing.measure': 'counts what waits to be sent, for the metrics',
}

// --- the schema -------------------------------------------------------------------------------------------------------

describe('The schema', () => {
  let pool: pg.Pool
  let close = async (): Promise<void> => {}

  before(async () => {
    const opened = await testDatabase()
    pool = new pg.Pool({ ...opened.connection, max: 2 })
    close = async () => {
      await pool.end()
      await opened.close()
    }
  })
  after(() => close())

  async function rows<Row extends object>(sql: string): Promise<Row[]> {
    return (await pool.query<Row>(sql)).rows
  }

  test('has the tenant at the front of every primary key and in every unique one', async () => {
    const keys = await rows<{ table: string; name: string; primary: boolean; columns: string[] }>(
      `select c.relname as table, x.relname as name, i.indisprimary as primary,
         array(select a.attname::text from unnest(i.indkey) with ordinality k (attnum, nth)
           left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.nth <= i.indnkeyatts order by k.nth) as columns
       from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
       where c.relnamespace = 'public'::regnamespace and i.indisunique`,
    )
    const wrong = keys.filter((key) =>
      key.primary ? key.columns[0] !== 'tenant_id' : !key.columns.includes('tenant_id'),
    )
    assert.deepEqual([...new Set(wrong.map((key) => key.table))].sort(), Object.keys(TABLES_WITHOUT_TENANT).sort())
    const tables = await rows<{ name: string }>(
      "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')",
    )
    assert.ok(tables.length > 20)
    const withPrimary = new Set(keys.filter((key) => key.primary).map((key) => key.table))
    assert.deepEqual(
      tables.filter((table) => !withPrimary.has(table.name)),
      [],
      'a table without a primary key',
    )
  })

  test('has the tenant in every foreign key, on both sides at the same place', async () => {
    const keys = await rows<{ table: string; name: string; pairs: string[]; deletes: string }>(
      `select c.relname as table, k.conname as name, k.confdeltype as deletes,
         array(select a.attname || ' ' || b.attname from unnest(k.conkey, k.confkey) with ordinality p (here, there, nth)
           join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.here
           join pg_attribute b on b.attrelid = k.confrelid and b.attnum = p.there order by p.nth) as pairs
       from pg_constraint k join pg_class c on c.oid = k.conrelid
       where k.contype = 'f' and c.relnamespace = 'public'::regnamespace`,
    )
    assert.ok(keys.length > 20)
    const wrong = keys.filter((key) => !key.pairs.includes('tenant_id tenant_id'))
    assert.deepEqual(
      wrong.map((key) => `${key.table} ${key.name}`),
      [],
    )
    // Setting null would empty tenant_id too, and cannot be done on a table that is spread over several machines.
    const setting = keys.filter((key) => key.deletes === 'n' || key.deletes === 'd')
    assert.deepEqual(
      setting.map((key) => key.name),
      [],
    )
  })

  test('says of every row of a tenant whose it is', async () => {
    const columns = await rows<{ table: string; type: string; required: boolean }>(
      `select c.relname as table, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    )
    for (const { table, type, required } of columns) assert.deepEqual([type, required], ['uuid', true], table)
    const tables = await rows<{ name: string }>(
      "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')",
    )
    const without = tables.filter((table) => !columns.some((column) => column.table === table.name))
    assert.deepEqual(
      without.map((table) => table.name),
      ['migrations'],
    )
  })

  test('holds its words in domains, the very words of the core, and in no check of a table', async () => {
    const constraints = await rows<{ table: string; domain: string; says: string }>(
      `select c.conrelid::regclass::text as table, t.typname as domain, pg_get_constraintdef(c.oid) as says
       from pg_constraint c left join pg_type t on t.oid = c.contypid
       where c.contype = 'c' and c.connamespace = 'public'::regnamespace`,
    )
    const checksOfWords = constraints.filter(({ domain, says }) => domain === null && says.includes("'"))
    assert.deepEqual(checksOfWords, [])
    const domains = constraints.filter(({ domain }) => domain !== null)
    const words = domains.map(({ domain, says }) => [domain, [...says.matchAll(/'(\w+)'/g)].map(([, word]) => word)])
    assert.deepEqual(Object.fromEntries(words), {
      ticket_status: STATUSES,
      ticket_priority: PRIORITIES,
      direction: ['inbound', 'outbound'],
      visibility: ['public', 'internal'],
      author_role: ['requester', 'agent'],
      message_format: ['text', 'html'],
      user_kind: USER_KINDS,
      membership_role: ROLES,
      address_kind: ADDRESS_KINDS,
      link_kind: LINK_KINDS,
      webhook_disabled_by: ['hand', 'failures', 'gone'],
      delivery_state: DELIVERY_STATES,
      view_audience: AUDIENCES,
      query_sort: QUERY_SORTS,
      field_type: FIELD_TYPES,
      field_requirement: REQUIREMENTS,
      mail_state: MAIL_STATES,
      mail_authentication: AUTHENTICATIONS,
      bulk_job_state: BULK_JOB_STATES,
      bulk_outcome: BULK_OUTCOMES,
      outgoing_state: OUTGOING_STATES,
      held_reason: HELD_REASONS,
    })
  })

  test('has no triggers, and no defaults that make ids or times of their own', async () => {
    assert.deepEqual(await rows('select tgname from pg_trigger where not tgisinternal'), [])
    const defaults = await rows<{ table: string; makes: string }>(
      `select c.relname as table, pg_get_expr(d.adbin, d.adrelid) as makes from pg_attrdef d join pg_class c on c.oid = d.adrelid
       where c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'`,
    )
    assert.deepEqual(
      defaults.filter(({ makes }) => /\w\(/.test(makes)),
      [],
    )
  })
})

// --- the statements ---------------------------------------------------------------------------------------------------

/** Statements that make rows of their tenant, or take a lock by its name, and read none. */
const INSERTS: readonly string[] = [
  'attachment.lock_uploads',
  'import.keep',
  'mail.keep',
  'catalogue.insert',
  'credential.insert',
  'tenant.insert',
  'user.insert_external_id',
  'rate.lease',
  'authorization.insert_grant',
  'login.count_failure',
  'tenant.add_host',
  'webhook.hold',
]

/** Statements as they ran, some of each, with the values they ran with. */
interface Recorder {
  record(bound: BoundStatement<unknown>): void
  readonly ran: ReadonlyMap<string, readonly BoundStatement<unknown>[]>
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** How many runs of one statement are looked at. */
const LOOKED_AT = 4

function startRecorder(): Recorder {
  const ran = new Map<string, BoundStatement<unknown>[]>()
  return {
    ran,
    record(bound) {
      const before = ran.get(bound.statement.name) ?? []
      // Rather of several tenants than of one many times.
      const isNews = before.every((each) => each.values[0] !== bound.values[0])
      if (before.length < LOOKED_AT || isNews) ran.set(bound.statement.name, [...before, bound])
    },
  }
}

/** Mail that is handed over and filed, and one that cannot be filed now. */
async function driveMail(made: SmallTenant, store: Store): Promise<void> {
  const { as, tenant } = made
  await changeRecord(as(made.owner), 'desk', made.desks[0], { addresses: ['help@example.com'] })
  const [row] = await store.run(LOAD_TENANT.with({ tenant_id: tenant.id }))
  const known = tenantOf(row ?? assert.fail())
  const raw = Buffer.from('From: Rosa <rosa@example.com>\r\nTo: help@example.com\r\nMessage-ID: <a@b>\r\n\r\nHello\r\n')
  const id = await takeMail(as(made.owner, { key: 'mail' }), { raw, recipient: null, sender: null })
  assert.ok((await tenantsWithMail(store)).includes(tenant.id))
  const office = {
    ...{ store, clock: () => new Date(), newId: () => crypto.randomUUID(), replyKeys: [], authenticators: [] },
    access: { tenant: async () => known },
  }
  const failing = { ...office, clock: () => new Date(0), store: { ...store, inTurn: () => assert.fail('not now') } }
  await workOnMail(failing, tenant.id, () => {})
  await workOnMail(office, tenant.id, (error) => assert.fail(String(error)))
  assert.equal((await getMail(as(made.owner), id)).state, 'created')
  assert.deepEqual(await getRawMail(as(made.owner), id), raw)
  assert.equal((await listMail(as(made.owner), { before: null, limit: 10 })).mails.length, 1)
  assert.equal((await countMail(as(made.agent))).created, 1)
  assert.ok((await tenantAt({ store }, 'help+x@EXAMPLE.com')) !== null)
}

/** Every call of the core that has a statement of its own, with every variant of the lists. */
async function driveCore(made: SmallTenant, store: Store): Promise<void> {
  const [first, second] = made.desks
  const as = made.as
  const requester = { by: 'email', email: 'new@example.com', name: 'New', create: true } as const
  const message = { visibility: 'public', format: 'text', text: 'Hello' } as const
  const open = () =>
    createTicket(as(made.owner, { key: crypto.randomUUID() }), { deskId: first, requester, title: 'Door', message })
  const [{ ticket }, { ticket: other }] = [await open(), await open()]
  await changeTicket(as(made.owner, { key: 'change' }), ticket, { deskId: second, message, status: { to: 'solved' } })
  await changeTickets(as(made.owner), [ticket, { integer: other.integer }], [{ addTags: ['red'] }])
  assert.deepEqual((await undoChange(as(made.owner, { key: 'undo' }), ticket, null)).tags, [])
  const third = await open()
  await mergeTicket(as(made.owner, { key: 'merge' }), third.ticket, ticket)
  assert.deepEqual(
    (await findTickets(as(made.owner), [third.ticket, other])).map((each) => each?.id),
    [ticket.id, other.id],
  )
  assert.equal((await getTicketByNumber(as(made.owner), first, third.ticket.number)).id, ticket.id)
  assert.equal((await getTicket(as(made.owner), { integer: third.ticket.integer })).id, ticket.id)
  assert.deepEqual(await idsThatStay(as(made.owner), [third.ticket.id, other.id]), [ticket.id, other.id])
  await unmergeTicket(as(made.owner, { key: 'unmerge' }), third.ticket)
  const { link } = await linkTickets(as(made.owner, { key: 'link' }), third.ticket, {
    relation: 'child',
    ticket: other,
  })
  assert.deepEqual(
    (await listLinks(as(made.owner), other)).map(({ relation }) => relation),
    ['parent'],
  )
  await unlinkTickets(as(made.owner, { key: 'unlink' }), other, link.id)
  await undoChange(as(made.owner, { key: 'undo a link' }), other, null)
  const aside = await changeTicket(as(made.owner), third.ticket, { message: { ...message, text: 'Aside' } })
  const off = { message: { id: aside.messages[0]?.id ?? assert.fail() }, following: false }
  const fresh = await splitTicket(as(made.owner, { key: 'split' }), third.ticket, off)
  assert.equal((await undoChange(as(made.owner, { key: 'undo a split' }), fresh, null)).id, third.ticket.id)
  const then = as(made.owner).now
  assert.equal((await getTicketAsOf(as(made.owner), ticket, then)).status, 'solved')
  assert.ok((await getMessagesAsOf(as(made.owner), ticket, { after: 0, limit: 10 }, then)).messages.length > 0)
  assert.equal((await getValues(as(made.owner), ticket, 'status')).at(-1)?.value, 'solved')
  await snoozeTicket(as(made.owner, { key: 'snooze' }), other, null)
  await wakeTicket(as(made.owner, { key: 'wake' }), other)
  await snoozeTicket(as(made.owner), other, '2026-06-01T00:00:00.000Z')
  const waking = { store, now: '2100-01-01T00:00:00.000Z', newId: () => crypto.randomUUID() }
  assert.ok((await tenantsToWake(store, waking.now)).includes(made.tenant.id))
  assert.equal(await wakeDue(waking, made.tenant.id, 10), 1)
  const { messages } = await getConversation(as(made.owner), ticket)
  await getTimeline(as(made.owner), ticket, { after: 0, limit: 10 })
  await driveFeed(made, store)
  await beginReading(as(made.owner), { tenantId: made.tenant.id, userId: made.owner.id })
  await markRead(as(made.owner), ticket, null)
  await markUnread(as(made.owner), ticket)
  assert.ok((await marksOn(as(made.owner), [ticket.id])).get(ticket.id)?.isUnread)
  for (const _ of ['in the tail', 'merged']) {
    const hello = { words: [{ text: 'hello', kind: 'word' }] } as const
    assert.ok((await countTickets(as(made.owner), hello, 10)).count > 1)
    await mergeSome(store, made.tenant.id)
  }
  await changeTicket(as(made.owner), ticket, { message }, { unlessPublicAfter: { id: messages.at(-1)?.id ?? '' } })
  await driveBounds(made, ticket)
  const answered = { id: messages[0]?.id ?? assert.fail() }
  const envelope = { to: ['a@example.com'], cc: ['b@example.com'], bcc: ['new@example.com'], inReplyTo: answered }
  await changeTicket(as(made.owner), ticket, { message: { ...message, envelope } })
  await getOriginal(as(made.owner), ticket, answered)
  const { id: tenantId } = made.tenant
  await renewSome({ store, tenantId, now: as(made.owner).now, newId: () => crypto.randomUUID() })
  const forms = { format: 'text', plain: '', safe_html: null, sanitizer: null, rendering: null } as const
  const renewed = [{ id: answered.id, digest: 'of other words', ...forms }]
  await store.run(RENEW.with({ tenant_id: tenantId, messages: renewed, files: [] }))
  await deleteMessage(as(made.owner), answered)
  assert.ok((await tenantsDue(store, 500)).includes(tenantId))
  assert.ok((await rebuildSome(store, tenantId)) > 0)
  await rebuildPeople(store, tenantId)

  await driveMail(made, store)
  await driveAttachments(made, store)

  // All tickets, a desk's, one's own, and both of these.
  const worksHere = await addUser(store, made.tenant, {
    name: 'Mia',
    memberships: [{ deskId: first, role: 'agent' }],
  })
  const sights = [as(made.owner), as(made.owner, { boundTo: first }), as(made.customer), as(worksHere)]
  // Nothing fits on it.
  const shelf = createShelf<string>(1, () => 2)
  const asked = await readQuery(as(made.owner), 'requester:rosa@example.com door')
  assert.ok('conditions' in asked || 'mistake' in asked)
  const door = { words: [{ text: 'door', kind: 'word' }] } as const
  for (const ctx of sights) {
    for (const most of [1_000, 0]) await countTickets(ctx, { statuses: ['new', 'open'] }, 10, most)
    for (const sort of QUERY_SORTS)
      for (const descending of [true, false])
        for (const most of [1_000, 0])
          await queryTickets(ctx, door, { sort, descending, cursor: null, limit: 10 }, most)
    await snippetsFor(
      ctx,
      door,
      (await queryTickets(ctx, door, { sort: 'created', descending: true, cursor: null, limit: 10 })).tickets,
    )
    await listShown(ctx, {}, 10, { shelf, show: () => '' })
    for (const order of ['newest', 'oldest', 'latest_change', 'earliest_change'] as const)
      await listTickets(ctx, {}, { by: 'key', order, after: null, limit: 10 })
    await listTickets(ctx, { priorities: ['high'] }, { by: 'offset', offset: 0, limit: 10 })
    await listTickets(ctx, { words: ['door'] }, { by: 'offset', offset: 0, limit: 10 })
    await listTickets(ctx, {}, { by: 'offset', offset: 0, limit: 10 })
  }

  await getTicketByNumber(as(made.owner), first, 1)
  await findUsers(as(made.owner), [made.agent.id])
  await findUsersByInteger(as(made.owner), [made.agent.integer])
  await findUsersByMembership(as(made.owner), [made.agent.memberships[0]?.id ?? ''])
  await getMember(as(made.owner), made.agent.memberships[0]?.id ?? '')
  await listMembers(as(made.owner), first, { after: null, limit: 10 })
  const users = { query: 'a', activeOnly: true, agentsOnly: true }
  await listUsers(as(made.owner), users, { by: 'offset', offset: 0, limit: 10 })
  await listUsers(as(made.agent), users, { by: 'key', after: 0, limit: 10 })
  await addExternalId(administration(store), made.tenant.id, first, 'external', made.customer.id)
  await findUserByExternalId(as(made.owner), first, 'external')
  await driveUsers(made)
  await driveCatalogue(made, store)
  await driveViews(made)
  await driveReplies(made)
  await driveMacros(made)
  await driveUnsent(made)
  await driveCredentials(made)
  await driveBulk(made, store)
  await driveReports(made, store)
  await driveTags(made, store)
  await driveScheduled(made, store)
  await driveOutgoing(made, store)
  await driveExport(made)
  await driveImport(made, store)
  const group = { id: made.tenant.groups[0]?.id ?? assert.fail() }
  await addToGroup(as(made.owner), group.id, made.agent)
  assert.deepEqual(
    (await membersOf(as(made.owner), group.id)).map(({ id }) => id),
    [made.agent.id],
  )
  await removeFromGroup(as(made.owner), group.id, made.agent)
  await removeFromDesk(as(made.owner, { key: 'leave a desk' }), { user: { id: worksHere.id }, deskId: first })
  await store.run(USER_BY_EMAIL.with({ tenant_id: made.tenant.id, email_keys: ['rosa@example.com'] }))

  const presented = crypto.randomUUID()
  const credential = { dialect: 'native', kind: 'api_key', name: 'Key', presented, userId: made.owner.id, scopes: [] }
  const credentialId = await issueCredential(administration(store), made.tenant.id, credential)
  const access = openAccess(store)
  assert.equal((await access.resolve('native', 'api_key', presented))?.tenantId, made.tenant.id)
  await access.tenant(made.tenant.id)
  await store.run(LIST_CREDENTIALS.with({ tenant_id: made.tenant.id }))
  await driveAuthorization(made, store)
  assert.ok(await revokeCredential(administration(store), made.tenant.id, credentialId))

  // As after a lost connection: what became of a change?
  await CHANGE_TICKETS.recover?.(store.database, made.tenant.id, [])
  await deleteTickets(as(made.owner, { key: 'delete' }), [ticket])
  await purgeClaims(store, made.tenant.id, '2100-01-01T00:00:00.000Z')
  const lease = { tenantId: made.tenant.id, bucket: 'native key', perSecond: 10, wanted: 2, owed: 1, now: Date.now() }
  assert.equal(await leaseTokens(store, lease), 2)
  assert.equal(await purgeBuckets(store, made.tenant.id, '2100-01-01T00:00:00.000Z'), 1)
  await store.run(LIST_TENANTS.with({}))
  await store.run(LOCK_FIRST_START.with({}))
}

/** Files come in, are put on messages of a new and of a known ticket, are deleted and swept. */
async function driveAttachments(made: SmallTenant, store: Store): Promise<void> {
  const [deskId] = made.desks
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  const bytes = async function* () {
    yield Buffer.from('Hello')
  }
  const attached = async (): Promise<{
    visibility: 'public'
    format: 'text'
    text: string
    attachmentIds: string[]
  }> => {
    const received = await store.files?.inbox.receive(bytes())
    assert.ok(received)
    const { id } = await uploadAttachment(owner(crypto.randomUUID()), { name: 'hello.txt', received })
    return { visibility: 'public', format: 'text', text: 'See', attachmentIds: [id] }
  }
  const requester = { by: 'nobody' } as const
  const { ticket } = await createTicket(owner(), { deskId, requester, message: await attached() })
  const { messages, events } = await changeTicket(owner(), ticket, { message: await attached() })
  assert.equal((await findTicketEvent(owner(), events[0]?.id ?? ''))?.kind, 'message.added')
  const forwardedFiles = messages.flatMap(({ attachments }) => attachments.map(({ integer }) => integer))
  await changeTicket(owner(), ticket, { message: { ...(await attached()), forwardedFiles } })
  assert.equal((await getFiles(owner(), ticket)).files.length, 4)
  await attached()
  const later = new Date('2100-01-01')
  await sweepAttachments(store, made.tenant.id, { unused: later, rowless: later })
  await deleteMessage(owner('erase message'), { id: messages[0]?.id ?? '' })
}

/** Credentials are issued, listed and revoked. */
async function driveCredentials(made: SmallTenant): Promise<void> {
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  const [secret, kinds] = [crypto.randomUUID(), ['native api_key']]
  const { credential } = await createCredential(owner('issue a key'), openVault([Buffer.alloc(32)]), kinds, {
    ...{ dialect: 'native', kind: 'api_key', name: 'Key', publicId: null, secret, presented: secret },
    ...{
      userId: made.agent.id,
      deskId: null,
      scopes: [],
      origins: [],
      redirectUris: [],
      testMode: false,
      expiresAt: null,
    },
  })
  assert.equal((await listCredentials(owner(), kinds)).length, 1)
  await withdrawCredential(owner('revoke a key'), kinds, credential.id)
}

/** What is said is sent, later, and lost. */
async function driveOutgoing(made: SmallTenant, store: Store): Promise<void> {
  const [deskId] = made.desks
  await changeRecord(made.as(made.owner), 'desk', deskId, { addresses: ['help@desk.example.com'] })
  let now = Date.parse(tick())
  const post = async () => ({ is: 'later', words: 'Not now', without: [] }) as const
  const given = { store, tenantId: made.tenant.id, clock: () => new Date(now), post, replyKey: Buffer.alloc(32) }
  await sendLetters(given, () => false)
  const requester = { by: 'email', email: 'letters@example.com', name: 'Rosa', create: true } as const
  const message = { visibility: 'public', format: 'text', text: 'Hello' } as const
  const { ticket } = await createTicket(made.as(made.owner), { deskId, requester, message })
  await changeTicket(made.as(made.owner), ticket, { message })
  assert.notEqual(await sendLetters(given, () => false), null)
  now += 3_600_000
  await sendLetters(given, () => false)
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  await listLetters(owner(), { before: null, limit: 10 })
  await listLetters(owner(), { states: ['waiting'], before: null, limit: 10 })
  const { letters } = await listLetters(owner(), { ticket, before: null, limit: 10 })
  const [letter] = letters
  assert.ok(letter)
  await holdLetter(owner('hold a letter'), letter.id)
  await resendLetter(owner('resend a letter'), letter.id)
  assert.equal((await getLetter(owner(), letter.id)).state, 'waiting')
  assert.equal((await countLetters(owner())).waiting, letters.length)
  assert.equal((await deliveriesOf(owner(), letters)).size, letters.length)
  assert.ok((await measureLetters({ store })).waiting > 0)
  const returned = { ids: [letter.mailId], parents: [], envelopeIds: [], subject: '' }
  const address = 'letters@example.com'
  const recipient = { address, addresses: [address], outcome: 'final', status: '5.1.1', words: 'Nobody' } as const
  const bounce = { is: 'bounce', reasons: [], outcome: 'final', recipients: [recipient], returned, words: '' } as const
  await sendLetters({ ...given, post: async () => ({ is: 'taken', words: 'Ok', without: [] }) }, () => false)
  assert.equal(await returnLetter(owner(), bounce), letter.id)
  const { addresses } = await listUndeliverable(owner(), { address, before: null, limit: 1 })
  await clearUndeliverable(owner('clear an address'), addresses[0]?.id ?? assert.fail())
  await endWhereNobodyWrites(given)
  assert.ok((await tenantsThatWrite(given)).some(({ tenantId }) => tenantId === made.tenant.id))
}

/** Jobs are begun, worked on, cancelled, taken back, listed and forgotten. */
async function driveBulk(made: SmallTenant, store: Store): Promise<void> {
  const credential = { dialect: 'native', kind: 'api_key', name: 'Key', presented: crypto.randomUUID(), scopes: [] }
  const { id: tenantId } = made.tenant
  const issued = { ...credential, userId: made.owner.id }
  const credentialId = await issueCredential(administration(store), tenantId, issued)
  const owner = (key?: string) => made.as(made.owner, { credentialId, ...(key !== undefined && { key }) })
  const access = { tenant: async () => made.tenant }
  const worker = { id: crypto.randomUUID(), store, access, clock: () => new Date(), newId: () => crypto.randomUUID() }
  const begin = (key: string) =>
    beginJob(owner(key), { choice: { query: '', viewId: 'all' }, change: { addTags: [key] } })
  const job = await begin('begin a job')
  while (await workOn({ ...worker, tenantId }));
  assert.ok((await getJob(owner(), job.id)).changed > 0)
  await undoJob(owner('undo a job'), job.id)
  while (await workOn({ ...worker, tenantId }));
  const { id } = await begin('begin another job')
  assert.ok((await tenantsAtWork(store)).includes(tenantId))
  await cancelJob(owner('cancel a job'), id)
  await leaveJobs({ ...worker, tenantId })
  assert.equal((await listResults(owner(), id, { after: 0, outcome: null, limit: 1 })).results[0]?.outcome, null)
  assert.equal((await listJobs(owner(), { before: null, limit: 10 })).jobs.length, 3)
  await purgeJobs(store, tenantId, '2100-01-01T00:00:00.000Z')
}

/** All there is is exported, with files. */
async function driveExport(made: SmallTenant): Promise<void> {
  const { records } = await beginExport(made.as(made.owner), { query: null, files: true, after: null })
  const audited = { kinds: ['tenant.exported'], actorId: made.owner.id, from: null, to: null, before: null } as const
  assert.equal((await listAudit(made.as(made.owner), { ...audited, limit: 1 })).events.length, 1)
  const kinds = new Set<string>()
  for await (const record of records) kinds.add(record.kind)
  for (const kind of ['catalogue', 'user', 'ticket']) assert.ok(kinds.has(kind), kind)
}

/** Tickets are counted, once more from the beginning, and read by day and by the quarter. */
async function driveReports(made: SmallTenant, store: Store): Promise<void> {
  const tenantId = made.tenant.id
  const count = async () => {
    assert.ok((await tenantsBehind(store)).includes(tenantId))
    while (await countSome({ store, tenantId }));
  }
  await count()
  await forgetCount(store, tenantId)
  await count()
  while (await purgeCounts(store, tenantId));
  const asked = {
    ...({ name: 'created', from: '2020-01-01', to: '2099-01-01', zone: 'Asia/Kolkata', by: 'tag' } as const),
    ...{ interval: null, query: null, dialect: null },
  }
  const owner = made.as(made.owner)
  assert.ok(((await readReport(owner, asked)).total.all?.tickets ?? 0) > 0)
  const whole = { ...asked, by: null }
  const page = { measure: 'all', value: null, cursor: null, limit: 1 } as const
  assert.equal((await ticketsBehind(owner, whole, page)).tickets.length, 1)
}

/** Something of another system is made, found again and changed. */
async function driveImport(made: SmallTenant, store: Store): Promise<void> {
  const tenant = async () =>
    tenantOf((await store.run(LOAD_TENANT.with({ tenant_id: made.tenant.id })))[0] ?? assert.fail())
  const run = beginImport(made.as(made.owner), { dryRun: false, tenant })
  const requester = { id: 'u', email: 'imported@example.com', name: 'Mona' }
  const message = (id: string) => ({
    ...({
      id,
      visibility: 'public',
      author: requester,
      authorName: null,
      format: 'text',
      text: 'Said elsewhere',
    } as const),
    ...{ to: [], cc: [], bcc: [], inReplyTo: null, reference: null, files: [] },
  })
  const take = (title: string, ids: readonly string[]) =>
    run.take(1, {
      ...{ source: 'elsewhere', id: '1' },
      thing: { kind: 'ticket', ticket: { title, requester, times: {}, messages: ids.map(message) } },
    })
  await take('Made', ['a'])
  await take('Changed', ['a', 'b'])
  await run.end()
  const { created, changed, problems } = run.report(2)
  assert.deepEqual([created, changed, problems], [{ user: 1, message: 2, ticket: 1 }, { ticket: 1 }, []])
}

/** Views are saved, put in order, counted and deleted. */
async function driveViews(made: SmallTenant): Promise<void> {
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  const order = { sort: 'created', descending: true } as const
  const words = { name: 'Doors', query: 'door', ...order, audience: 'private', groupId: null } as const
  const { id } = await createView(owner('save a view'), words)
  const shared = { audience: 'everyone', groupId: null } as const
  await changeView(owner('change a view'), id, () => ({ shared }), { versions: null })
  await orderViews(owner(), [id])
  await pinView(owner(), id, true)
  assert.ok((await getView(owner(), id)).pinned)
  assert.equal((await countViews(owner())).length, (await listViews(owner())).length)
  await deleteView(owner('delete a view'), id, { versions: [2] })
}

/** Replies are saved, filled in, used and deleted. */
async function driveReplies(made: SmallTenant): Promise<void> {
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  const words = { name: 'Doors', folder: '', language: null, text: 'Dear {{requester.name}}' }
  const { id } = await createReply(owner('save a reply'), { ...words, audience: 'private', groupId: null })
  const shared = { audience: 'everyone', groupId: null } as const
  await changeReply(owner('change a reply'), id, () => ({ shared }), { versions: null })
  await markReplyUsed(owner(), id)
  assert.equal((await listReplies(owner(), { integer: 1 })).length, 1)
  await deleteReply(owner('delete a reply'), id, { versions: [2] })
}

/** What is written is kept, changed, sent and thrown away. */
async function driveUnsent(made: SmallTenant): Promise<void> {
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  const written = { visibility: 'public', format: 'text', text: 'Dear', attachmentIds: [] } as const
  const [id, other] = [v7(), v7()]
  await saveUnsent(owner(), { integer: 1 }, { id, written, versions: null })
  await assert.rejects(saveUnsent(owner(), { integer: 1 }, { id: other, written, versions: null }))
  await saveUnsent(owner(), { integer: 1 }, { id, written: { ...written, text: 'Dear all' }, versions: [1] })
  assert.equal((await listUnsent(owner(), { integer: 1 })).length, 1)
  const message = { visibility: 'public', format: 'text', text: 'Dear all', unsentId: id } as const
  await changeTicket(owner('send what is written'), { integer: 1 }, { message })
  assert.deepEqual(await listUnsent(owner(), { integer: 1 }), [])
  await saveUnsent(owner(), { integer: 1 }, { id: other, written, versions: null })
  await discardUnsent(owner(), { integer: 1 }, { id: other, versions: [1] })
}

/** Messages are sent later: made, changed, cancelled, sent, and held. */
async function driveScheduled(made: SmallTenant, store: Store): Promise<void> {
  const credential = { dialect: 'native', kind: 'api_key', name: 'Key', presented: crypto.randomUUID(), scopes: [] }
  const issued = { ...credential, userId: made.owner.id }
  const credentialId = await issueCredential(administration(store), made.tenant.id, issued)
  const owner = (key?: string) => made.as(made.owner, { credentialId, ...(key !== undefined && { key }) })
  const sendAt = new Date(Date.now() + 60_000).toISOString()
  const written = { visibility: 'public', format: 'text', text: 'Later', attachmentIds: [] } as const
  const later = { ...written, status: null, sendAt, unlessAnswered: false }
  const on = { integer: 1 }
  const { id } = await schedule(owner('send later'), on, later, null)
  await changeScheduled(owner('send another later'), on, id, () => ({ ...later, text: 'Later still' }), {
    versions: [1],
  })
  await cancelScheduled(owner('do not send it'), on, id, { versions: [2] })
  await schedule(owner('send it after all'), on, later, null)
  const system = { store, now: new Date(Date.now() + 120_000).toISOString(), newId: () => v7() }
  assert.ok((await tenantsToSend(store, system.now)).includes(made.tenant.id))
  assert.equal(await sendDue(system, made.tenant.id, 10), 1)
  assert.deepEqual(await listScheduled(owner(), on), [])
  // A file that is not there is not sent: it is held.
  await schedule(owner('send what cannot be'), on, { ...later, attachmentIds: [v7()] }, null)
  assert.equal(await sendDue(system, made.tenant.id, 10), 1)
  const [held] = await listScheduled(owner(), on)
  assert.equal(held?.state, 'held')
  await cancelScheduled(owner('let it be'), on, held?.id ?? '', { versions: null })
}

/** Macros are saved, looked at, run and deleted. */
async function driveMacros(made: SmallTenant): Promise<void> {
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  const words = {
    name: 'Doors',
    change: { addTags: ['doors'] },
    message: { visibility: 'internal', text: 'Seen' },
  } as const
  const { id } = await createMacro(owner('save a macro'), { ...words, audience: 'private', groupId: null })
  const shared = { audience: 'everyone', groupId: null } as const
  await changeMacro(owner('change a macro'), id, () => ({ shared }), { versions: null })
  assert.equal((await listMacros(owner())).length, 1)
  assert.equal((await previewMacro(owner(), id, { integer: 1 })).changes.length, 1)
  await runMacro(owner('run a macro'), { integer: 1 }, { macroId: id, text: null })
  await deleteMacro(owner('delete a macro'), id, { versions: [2] })
}

/** Tags are described, renamed, merged and deleted, and the tickets follow. */
async function driveTags(made: SmallTenant, store: Store): Promise<void> {
  const credential = { dialect: 'native', kind: 'api_key', name: 'Key', presented: crypto.randomUUID(), scopes: [] }
  const { id: tenantId } = made.tenant
  const issued = { ...credential, userId: made.owner.id }
  const credentialId = await issueCredential(administration(store), tenantId, issued)
  const owner = (key?: string) => made.as(made.owner, { credentialId, ...(key !== undefined && { key }) })
  const access = { tenant: async () => made.tenant }
  const worker = { id: crypto.randomUUID(), store, access, clock: () => new Date(), newId: () => crypto.randomUUID() }
  await addTag(owner('make a tag'), { name: 'Doors', colour: 'red' })
  await changeTicket(owner(), { integer: 1 }, { addTags: ['Doors'] })
  await changeTag(owner('describe a tag'), 'Doors', { description: 'What opens' })
  const { job } = await changeTag(owner('rename a tag'), 'Doors', { name: 'Gates' })
  while (await workOn({ ...worker, tenantId }));
  assert.equal((await getJob(owner(), job?.id ?? assert.fail())).changed, 1)
  await addTag(owner('make another tag'), { name: 'Entrances' })
  await mergeTag(owner('merge a tag'), 'Gates', 'Entrances')
  while (await workOn({ ...worker, tenantId }));
  const page = { words: 'ent', coloured: false, sort: '-tickets', after: null, limit: 1 } as const
  assert.deepEqual(
    (await listTags(owner(), page)).tags.map(({ name, tickets }) => [name, tickets]),
    [['Entrances', 1]],
  )
  await deleteTag(owner('delete a tag'), 'Entrances')
  while (await workOn({ ...worker, tenantId }));
}

/** The log is read page by page, and by those who follow it. */
async function driveFeed(made: SmallTenant, store: Store): Promise<void> {
  const feed = openFeed(store, assert.fail)
  const { events, next } = await getEvents(feed, made.as(made.owner).actor, { after: 0, limit: 200, waitMs: 0 })
  assert.ok(events.length > 0)
  const following = new AbortController()
  feed.follow(made.tenant.id, following.signal)
  assert.ok((await feed.latest(made.tenant.id)) >= next)
  await feed.wait(made.tenant.id, next - 1, 60_000)
  await feed.stop()
}

/** Files on a disk of their own. */
function filesIn(folder: string): Files {
  const limits = { fileBytes: 1_000, messageBytes: 1_000, mediaTypes: [], unused: { files: 100, bytes: 100_000_000 } }
  return { store: openDiskFiles(join(folder, 'kept')), inbox: openInbox(join(folder, 'incoming')), limits }
}

/** A client is let in, refreshes and is revoked; people log in. */
async function driveAuthorization(made: SmallTenant, store: Store): Promise<void> {
  const [publicId, secret] = [crypto.randomUUID(), crypto.randomUUID()]
  await issueCredential(administration(store), made.tenant.id, {
    dialect: 'moov',
    kind: 'basic',
    name: 'App',
    publicId,
    presented: `${publicId}:${secret}`,
    userId: made.owner.id,
    scopes: [],
  })
  const around = { ...administration(store), access: openAccess(store) }
  const client = await findClient(around, publicId)
  assert.ok(client)
  const lifetimes = { accessTokenSeconds: 60, refreshTokenSeconds: 60, rotates: true }
  const consent = { userId: made.owner.id, scopes: ['x'], redirectUri: 'https://example.com/', codeChallenge: null }
  const code = await grantByConsent(around, client, consent)
  const first = await exchangeCode(around, client, code, { redirectUri: null, verifier: null }, lifetimes)
  assert.ok(first)
  const second = await refresh(around, client, first.refreshToken, null, lifetimes)
  assert.ok(second && second !== 'too_wide')
  const held = await findToken(around, second.accessToken, ['moov'])
  assert.ok(held)
  await revokeToken(around, held)
  await grantToClient(around, client, ['x'], lifetimes)
  const attempt = { by: 'email', name: 'rosa@example.com', password: 'secret', address: '::1' } as const
  const vault = openVault([randomBytes(32)])
  const login = () =>
    logIn({ store, limits: NO_LIMITS, vault, now: around.now }, made.tenant.id, { ...attempt, admits: () => true })
  assert.ok('refused' in (await login()))
  await driveSecondFactor(made, store)
  await drivePasswords(made, store)
  await setPassword(around, made.tenant.id, made.customer.id, 'secret')
  const entered = await login()
  assert.ok('user' in entered)
  const person = { tenantId: made.tenant.id, userId: made.customer.id, userAgent: 'A browser' }
  const begun = await openSession(around, 'native', person)
  const visitor = await openAccess(store, () => Date.parse(around.now)).resolve('native', SESSION_KIND, begun.secret)
  assert.ok(visitor)
  assert.deepEqual(
    (await listSessions(around, visitor)).map(({ id }) => id),
    [begun.session.id],
  )
  await endSession(around, visitor, begun.session.id)
  assert.deepEqual(await listSessions(around, visitor), [])
  await setActive(around, made.tenant.id, made.customer.id, true)
  await addHost(around, made.tenant.id, `${made.tenant.id}.example.com`)
  assert.ok(await tenantByHost(store, 'nowhere.example.com'))
  await purgeGrants(store, made.tenant.id, '2100-01-01T00:00:00.000Z')
  await purgeFailures(store, made.tenant.id, '2100-01-01T00:00:00.000Z')
}

/** Passwords are changed, set for people, and set by a link. */
async function drivePasswords(made: SmallTenant, store: Store): Promise<void> {
  const admin = administration(store)
  const ctx = made.as(made.agent)
  const from = { limits: NO_LIMITS, address: '::1' }
  await setPassword(admin, made.tenant.id, made.agent.id, 'the first one')
  assert.ok('done' in (await changePassword(ctx, from, { password: 'the first one', next: 'the second one' })))
  await assert.rejects(changePassword(ctx, from, { password: 'the first one', next: 'the third one' }))
  const { secret } = await makePasswordLink(admin, made.tenant.id, made.agent.id)
  const use = { secret, password: 'the third one' }
  const system = { ...admin, requestId: 'reset' }
  assert.deepEqual(await usePasswordLink(system, from, use), { tenantId: made.tenant.id })
  await assert.rejects(usePasswordLink(system, from, use))
  assert.ok((await givePasswordLink(made.as(made.owner), made.agent)).secret)
}

/** A second factor is set up, used by code and by recovery code, sealed anew, turned off, and taken away. */
async function driveSecondFactor(made: SmallTenant, store: Store): Promise<void> {
  const keys = [randomBytes(32), randomBytes(32)] as const
  const vault = openVault(keys)
  const from = { limits: NO_LIMITS, address: '::1' }
  const password = 'a password'
  const admin = administration(store)
  await setPassword(admin, made.tenant.id, made.agent.id, password)
  /** A moment, with a code of it: each further one is half a minute later. */
  let half = 0
  const call = () => {
    const at = Date.parse(admin.now) + half++ * 30_000
    const ctx = { ...made.as(made.agent), now: new Date(at).toISOString(), vault }
    return { ctx, codeOf: (secret: string) => new TOTP({ secret }).generate({ timestamp: at }) }
  }
  const begun = await beginSecondFactor(call().ctx, from, password)
  assert.ok('secret' in begun)
  const confirming = call()
  const confirmed = await confirmSecondFactor(confirming.ctx, confirming.codeOf(begun.secret))
  assert.ok('recoveryCodes' in confirmed)
  const renewing = call()
  const proof = { password, code: renewing.codeOf(begun.secret) }
  const renewed = await renewRecoveryCodes(renewing.ctx, from, proof)
  assert.ok('recoveryCodes' in renewed)
  await assert.rejects(endSecondFactor(renewing.ctx, from, proof), 'the code was used')
  const [current, former] = keys
  assert.equal(await resealFactors(store, openVault([former, current]), [made.tenant.id]), 1)
  assert.deepEqual(await countFactorSeals(store, vault, [made.tenant.id]), { current: 0, former: 1, unknown: 0 })
  const ending = { password, code: renewed.recoveryCodes[0] ?? '' }
  assert.deepEqual(await endSecondFactor(call().ctx, from, ending), { right: true })
  assert.equal(await resetSecondFactor(admin, { tenantId: made.tenant.id, userId: made.agent.id }), false)
  assert.deepEqual(await readFactorOf(made.as(made.owner), made.agent), { since: null })
  await takeSecondFactor(made.as(made.owner), made.agent)
}

/** What is read and asked only of conversations that are long, or may not become longer. */
async function driveBounds(made: SmallTenant, ticket: { readonly id: string }): Promise<void> {
  const bounds = { ...DEFAULT_BOUNDS, messages: 1, pageBytes: 1, answerBytes: 4 }
  const owner = () => made.as(made.owner, { bounds })
  await getConversation(owner(), ticket)
  await getWholeTimeline(owner(), ticket)
  await getMessagePage(owner(), ticket, { after: 0, limit: 1 })
  const message = { visibility: 'public', format: 'text', text: 'Too many' } as const
  await assert.rejects(changeTicket(owner(), ticket, { message }))
}

/** What is known of people is made, changed, found and erased. */
async function driveUsers(made: SmallTenant): Promise<void> {
  const [deskId] = made.desks
  const owner = (key?: string) => made.as(made.owner, key === undefined ? {} : { key })
  const telephone = { kind: 'telephone', address: '+31612345678' } as const
  const { id } = await makeUser(owner('make'), { name: 'Kim', memberships: [{ deskId, role: 'customer' }] })
  const added = {
    addExternalIds: [{ deskId, externalId: 'kim' }],
    addAddresses: [telephone],
    fields: { city: 'Delft' },
  }
  await changeUser(owner('alter'), id, added)
  await findProfilesByExternalId(owner(), 'kim')
  await findUserIdByAddress(owner(), deskId, telephone.address)
  for await (const { record } of exportPerson(owner(), id)) assert.ok(record)
  await holdingsOf(owner(), id)
  await listCustomers(owner(), { query: 'kim', offset: 0, limit: 10 })
  const said = { visibility: 'public', format: 'text', text: 'Hello' } as const
  const { ticket } = await createTicket(owner(), { deskId, requester: { by: 'id', id, member: true }, message: said })
  await getMessages(owner(), [ticket])
  await ticketsOfNobody(owner(), deskId, [telephone], 10)
  await eraseUser(owner('erase'), { id })
}

/** What a new record of a kind has beside its name. */
const OWN_PART: Partial<Readonly<Record<RecordKind, Partial<NewRecord>>>> = {
  status_label: { status: 'open' },
  priority_label: { priority: 'low' },
  channel: { kind: 'radio' },
}

async function driveCatalogue(made: SmallTenant, store: Store): Promise<void> {
  const owner = (key: string) => made.as(made.owner, { key })
  for (const kind of RECORD_KINDS) {
    const { id } = await addRecord(owner(`add ${kind}`), kind, { name: `New ${kind}`, ...OWN_PART[kind] })
    const [row] = await store.run(LOAD_TENANT.with({ tenant_id: made.tenant.id }))
    const tenant = tenantOf(row ?? assert.fail())
    await changeRecord({ ...owner(`retire ${kind}`), tenant }, kind, id, { active: false })
  }
  const choices = [{ value: 'basic' }, { value: 'pro' }]
  const field = await addField(owner('add field'), { key: 'plan', type: 'choice', label: 'Plan', choices })
  const [row] = await store.run(LOAD_TENANT.with({ tenant_id: made.tenant.id }))
  const tenant = tenantOf(row ?? assert.fail())
  await changeField({ ...owner('change field'), tenant }, field, { label: 'The plan', choices: [{ value: 'pro' }] })
  await changeTenant(owner('rename'), { name: 'Renamed', searchLanguage: 'en' })
  await retireTenant({ store }, made.tenant.id, null)
}

/** Webhooks over HTTP, under keys; nothing is sent to any. */
async function driveWebhooks(world: World, site: Site): Promise<void> {
  const send = async (method: string, path: string, body?: object) => {
    const headers = { ...site.as('native'), 'idempotency-key': crypto.randomUUID() }
    const answer = await world.send(method, `/v1/webhooks${path}`, { headers, body })
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
    return answer
  }
  const { id } = (await send('POST', '', { url: 'https://desk.example/', enabled: false })).json
  await send('PATCH', `/${id}`, { description: 'Changed' })
  for (const action of ['rotate_secret', 'replay']) await send('POST', `/${id}/${action}`)
  await send('GET', `/${id}/deliveries`)
  await send('DELETE', `/${id}`)
}

/** Every dialect over HTTP: what its contract knows of creating, reading, listing and changing. */
async function driveDialects(world: World, site: Site): Promise<void> {
  for (const [nth, contract] of CONTRACTS.entries()) {
    const marker = `marker${nth}`
    const words = { title: `Title ${marker}`, text: `Text ${marker}`, reference: `ref-${marker}` }
    const send = async ({ method, path, headers, body }: ReturnType<typeof contract.list>) => {
      const answer = await world.send(method, path, { headers: { ...headers }, body })
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
      return answer.json
    }
    const id: unknown = contract.createdId(await send(contract.create(site, words)))
    const { json } = await world.send('GET', `/v1/tickets/${id}`, { headers: { ...site.as('native') } })
    const ticket = { id: json.id, integer: json.integer }
    for (const { ask } of contract.shows(site, ticket, words)) await send(ask)
    await send(contract.list(site))
    for (const { method, path, headers, body } of contract.touches(site, ticket)) {
      const answer = await world.send(method, path, { headers: { ...headers }, body })
      assert.ok(answer.status < 500, `${method} ${path}: ${answer.status} ${answer.text}`)
    }
  }
}

/** Each table that a plan reads, by name; not where it only inserts, since a row goes to its own part. */
function scannedBy(node: PlanNode): string[] {
  const own = node['Node Type'].endsWith('Scan') ? (node['Relation Name'] ?? []) : []
  return [own, (node.Plans ?? []).flatMap(scannedBy)].flat()
}

describe('Every statement', () => {
  const recorder = startRecorder()
  /** Two tenants in different parts. */
  let here: string
  let elsewhere: string
  let world: World
  let outside: pg.Pool

  before(async () => {
    const database = await partitionedDatabase(Object.keys(TABLES_WITHOUT_TENANT))
    world = await startWorld({}, { onStatement: recorder.record }, database)
    outside = new pg.Pool({ ...database.connection, max: 1 })
    const opened = openDatabase({ connection: database.connection, checkRows: true, onStatement: recorder.record })
    try {
      const site = await makeSite(world, 'site')
      await driveDialects(world, site)
      await driveWebhooks(world, site)
      const store = openStore(opened, { files: filesIn(join(world.dataDir, 'files')) })
      for (const name of ['One', 'Two', 'Three']) await driveCore(await makeTenant(store, name), store)
      here = (await makeTenant(store, 'Here')).tenant.id
      do elsewhere = (await makeTenant(store, 'Elsewhere')).tenant.id
      while ((await partOfTenant(outside, here)) === (await partOfTenant(outside, elsewhere)))
    } finally {
      await opened.close()
    }
    // The command line has statements that the server has not.
    for (const file of globSync('src/cli/*.ts', { cwd: root }))
      if (!file.endsWith('main.ts')) await import(join(root, file))
  })
  after(async () => {
    await outside?.end()
    await world?.stop()
  })

  /** A statement with values: those it ran with, else the tenant and another tenant's id wherever an id is asked for. */
  interface Look {
    readonly text: string
    readonly tenantId: string
    readonly values?: readonly unknown[]
  }

  /** The tables that a statement reads, or their parts: as planned for any tenant and pruned when it starts for this one. */
  async function readsOf(look: Look): Promise<string[]> {
    const client = await outside.connect()
    try {
      // As the product itself runs.
      await client.query('set plan_cache_mode = force_generic_plan')
      await client.query(`prepare looked_at as ${look.text}`)
      const values = look.values ?? (await madeUp(client, look.tenantId))
      const given = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`
      const explained = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
        `explain (format json) execute looked_at${given}`,
      )
      const plan = explained.rows[0]?.['QUERY PLAN'][0]?.Plan
      assert.ok(plan)
      return scannedBy(plan)
    } finally {
      await client.query('deallocate all')
      client.release()
    }
  }

  async function madeUp(client: pg.PoolClient, tenantId: string): Promise<readonly unknown[]> {
    const prepared = await client.query<{ types: readonly string[] }>(
      "select parameter_types::text[] as types from pg_prepared_statements where name = 'looked_at'",
    )
    const types = prepared.rows[0]?.types ?? []
    return types.map((type, index) => {
      if (index === 0) return tenantId
      if (type === 'uuid') return elsewhere
      return type === 'uuid[]' ? [elsewhere] : null
    })
  }

  /** How to look at a statement: as it ran, of several tenants; or with made-up values when the scenario runs it not. */
  function looksAt(statement: Statement<unknown>): readonly Look[] {
    const runs = recorder.ran.get(statement.name)?.slice(-LOOKED_AT) ?? []
    if (runs.length === 0) return [{ text: statement.text, tenantId: here }]
    return runs.map(({ values }) => ({ text: statement.text, tenantId: String(values[0]), values }))
  }

  test('ran on tables that are in parts by tenant', async () => {
    const tables = await outside.query<{ name: string }>(
      `select c.relname as name from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition order by c.relname`,
    )
    assert.deepEqual(
      tables.rows.map((table) => table.name),
      Object.keys(TABLES_WITHOUT_TENANT).sort(),
      'everything else is in parts',
    )
    const never = declaredStatements().filter(
      ({ name }) => /^(ticket|event|claim|attachment|message)\./.test(name) && !recorder.ran.has(name),
    )
    assert.deepEqual(
      never.map((each) => each.name),
      [],
      'a statement on tickets that the scenario does not run',
    )
  })

  test("reads the parts of its own tenant, $1, and no other's", async () => {
    const broken = new Set<string>()
    const looked = new Set<string>()
    for (const statement of declaredStatements()) {
      if (statement.name in STATEMENTS_WITHOUT_TENANT) continue
      for (const look of looksAt(statement)) {
        if (!UUID.test(look.tenantId)) {
          broken.add(`${statement.name} names no tenant as $1`)
          continue
        }
        const own = await partOfTenant(outside, look.tenantId)
        const reads = await readsOf(look).catch((error: Error) => assert.fail(`${statement.name}: ${error.message}`))
        for (const scanned of reads) {
          const part = partNamed(scanned)
          if (part === null) continue
          if (part.part !== own) broken.add(`${statement.name} reads another tenant's part of ${part.table}`)
          else looked.add(statement.name)
        }
      }
    }
    assert.deepEqual([...broken], [])
    // Only what makes rows and reads none has no part to look at.
    const without = declaredStatements().filter(({ name }) => !looked.has(name) && !(name in STATEMENTS_WITHOUT_TENANT))
    assert.deepEqual(without.map(({ name }) => name).sort(), [...INSERTS].sort())
  })

  test('that names no tenant has a reason, and reads only what finds tenants', async () => {
    for (const name of Object.keys(STATEMENTS_WITHOUT_TENANT)) {
      const statement = declaredStatements().find((each) => each.name === name)
      assert.ok(statement, `${name} is no statement any more`)
      const [look] = looksAt(statement)
      assert.ok(look)
      const tables = (await readsOf(look)).map((scanned) => partNamed(scanned)?.table ?? scanned)
      // Which origins a live credential lists is asked of all tenants at once, and tells nothing else of them.
      // So is which tenants have jobs under way, events that are not counted, keys of search that
      // are due, tickets to be woken, or mail that waits; and to which of them an address of mail leads.
      const found: Readonly<Record<string, readonly string[]>> = {
        'access.origin_listed': ['credentials'],
        'bulk_job.tenants': ['bulk_jobs'],
        'report.tenants': ['tenant_counters', 'report_positions'],
        'outgoing.tenants': ['tenant_counters', 'outgoing_positions', 'outgoing_mails', 'desks'],
        'outgoing.end': ['outgoing_positions', 'desks'],
        'outgoing.measure': ['outgoing_mails'],
        'ticket.tenants_to_wake': ['tickets'],
        'scheduled.tenants_to_send': ['scheduled_messages'],
        'mail.tenants': ['mails'],
        'mail.tenants_at': ['desks', 'tenants'],
        'search.tenants': ['tenants', 'search_due', 'search_people', 'search_tail'],
      }
      for (const table of tables)
        assert.ok((found[name] ?? ['directory', 'tenants']).includes(table), `${name} reads ${table}`)
    }
  })

  test('would be caught reading beyond its tenant', async () => {
    const own = await partOfTenant(outside, here)
    const parts = async (text: string) => {
      const read = await readsOf({ text, tenantId: here })
      return new Set(read.map((scanned) => partNamed(scanned)?.part))
    }
    const good =
      'select m.id from tickets t join messages m on m.tenant_id = $1 and m.ticket_id = t.id where t.tenant_id = $1'
    assert.deepEqual(await parts(good), new Set([own]))
    const careless = 'select m.id from tickets t join messages m on m.ticket_id = t.id where t.tenant_id = $1'
    assert.equal((await parts(careless)).size, PARTITIONS)
    assert.equal((await parts('update tickets t set title = title where t.id = $1')).size, PARTITIONS)
    const another = 'select 1 from tickets t join messages m on m.tenant_id = $2::uuid where t.tenant_id = $1'
    assert.equal((await parts(another)).size, 2)
  })
})

// --- what a tenant sees -----------------------------------------------------------------------------------------------

describe('A tenant', () => {
  let core: Core

  before(async () => {
    core = await openCore()
  })
  after(() => core.close())

  /** Every row that belongs to a tenant. */
  async function everythingOf(tenantId: string): Promise<Readonly<Record<string, unknown>>> {
    const tables = await core.outside.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`,
    )
    const held: Record<string, unknown> = {}
    for (const { name } of tables.rows) {
      const found = await core.outside.query<{ row: string }>(
        `select x::text as row from ${name} x where x.tenant_id = $1 order by 1`,
        [tenantId],
      )
      held[name] = found.rows.map(({ row }) => row)
    }
    return held
  }

  async function code(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'done',
      (error: { error?: { code: string; issues?: { path: string[] }[] } }) => {
        if (!error.error) throw error
        return [error.error.code, ...(error.error.issues?.map((issue) => issue.path.join('.')) ?? [])].join(' ')
      },
    )
  }

  test('finds nothing of another one by any name that this one has, and can neither use nor change it', async () => {
    const here = await makeTenant(core.store, 'Here')
    const there = await makeTenant(core.store, 'There')
    const message = { visibility: 'public', format: 'text', text: 'Secret' } as const
    const their = { by: 'id', id: there.customer.id, member: true } as const
    const make = (title: string) =>
      createTicket(there.as(there.owner), { deskId: there.desks[0], requester: their, title, message })
    // The second one has an integer that this tenant has not.
    const [{ ticket: first }, { ticket }] = [await make('Secret one'), await make('Secret two')]
    const { messages: theirs } = await getConversation(there.as(there.owner), ticket)
    await addExternalId(administration(core.store), there.tenant.id, there.desks[0], 'external', there.customer.id)
    const presented = crypto.randomUUID()
    const theirKey = await issueCredential(administration(core.store), there.tenant.id, {
      dialect: 'native',
      kind: 'api_key',
      name: 'Key',
      presented,
      userId: there.owner.id,
      scopes: [],
    })
    const { ticket: own } = await createTicket(here.as(here.owner), {
      deskId: here.desks[0],
      requester: { by: 'nobody' },
    })
    const theirLink = (await linkTickets(there.as(there.owner), first, { relation: 'related', ticket })).link.id
    const before = await everythingOf(there.tenant.id)

    const me = () => here.as(here.owner)
    assert.deepEqual(await findTickets(me(), [first, ticket, { integer: ticket.integer }]), [null, null, null])
    assert.equal(own.integer, first.integer, 'the same integer leads each tenant to its own')
    assert.deepEqual(await findTickets(me(), [{ integer: first.integer }]), [own])
    assert.equal(await code(getConversation(me(), ticket)), 'not_found')
    assert.equal(await code(getTimeline(me(), ticket, { after: 0, limit: 10 })), 'not_found')
    const filters = [
      { deskIds: [there.desks[0]] },
      { deskIds: [...there.desks] },
      { requesterIds: [there.customer.id] },
      { words: ['secret'] },
    ]
    for (const filter of filters) {
      const page = await listTickets(me(), filter, { by: 'offset', offset: 0, limit: 10 })
      assert.deepEqual([page.tickets, page.total], [[], 0], JSON.stringify(filter))
    }
    const all = await listTickets(me(), {}, { by: 'key', order: 'newest', after: null, limit: 10 })
    assert.deepEqual(all.tickets, [own])

    assert.deepEqual(await findUsers(me(), [there.customer.id]), [])
    const byMembership = await findUsersByMembership(me(), [there.customer.memberships[0]?.id ?? ''])
    assert.equal(byMembership.size, 0)
    assert.equal(await code(getMember(me(), there.customer.memberships[0]?.id ?? '')), 'not_found')
    assert.equal(await code(listMembers(me(), there.desks[0], { after: null, limit: 10 })), 'not_found')
    assert.equal(await findUserByExternalId(me(), there.desks[0], 'external'), null)
    const everybody = { activeOnly: false, agentsOnly: false }
    const users = await listUsers(me(), everybody, { by: 'offset', offset: 0, limit: 100 })
    assert.deepEqual(
      users.users.map((user) => user.id).filter((id) => [there.customer.id, there.owner.id].includes(id)),
      [],
    )
    assert.deepEqual(await core.store.run(LIST_CREDENTIALS.with({ tenant_id: here.tenant.id })), [])

    assert.equal(await code(changeTicket(me(), ticket, { title: 'Mine' })), 'not_found')
    assert.equal(await code(undoChange(me(), ticket, null)), 'not_found')
    assert.equal(await code(mergeTicket(me(), ticket, own)), 'not_found')
    assert.equal(await code(mergeTicket(me(), own, ticket)), 'invalid into')
    assert.equal(await code(unmergeTicket(me(), ticket)), 'not_found')
    const parent = { relation: 'parent', ticket } as const
    assert.equal(await code(linkTickets(me(), own, parent)), 'invalid ticket')
    assert.equal(await code(linkTickets(me(), ticket, { relation: 'parent', ticket: own })), 'not_found')
    assert.equal(await code(listLinks(me(), ticket)), 'not_found')
    for (const { id, integer } of theirs)
      for (const message of [{ id }, { integer: integer + 1_000 }])
        assert.equal(await code(splitTicket(me(), own, { message, following: false })), 'invalid message')
    assert.equal(
      await code(splitTicket(me(), ticket, { message: theirs[0] ?? assert.fail(), following: true })),
      'not_found',
    )
    assert.equal(await code(unlinkTickets(me(), own, theirLink)), 'not_found')
    assert.equal(await code(unlinkTickets(me(), ticket, theirLink)), 'not_found')
    assert.equal(await code(snoozeTicket(me(), ticket, null)), 'not_found')
    assert.equal(await code(getTicketAsOf(me(), ticket, '2026-01-01T00:00:00.000Z')), 'not_found')
    assert.equal(await code(getValues(me(), ticket, 'status')), 'not_found')
    const bulk = await changeTickets(me(), [ticket, own], [{ title: 'Mine' }])
    assert.deepEqual(bulk.missing, [ticket])
    assert.deepEqual((await deleteTickets(me(), [first, { integer: ticket.integer }])).deleted, [])
    const create = (changes: object) =>
      code(createTicket(me(), { deskId: here.desks[0], requester: { by: 'nobody' }, ...changes }))
    assert.equal(await create({ deskId: there.desks[0] }), 'invalid desk')
    assert.equal(await create({ requester: their }), 'invalid requester')
    assert.equal(await create({ assigneeId: there.agent.id }), 'invalid assignee')
    assert.equal(await create({ groupId: there.tenant.groups[0]?.id }), 'invalid group')
    assert.equal(await create({ message: { ...message, author: { id: there.agent.id } } }), 'invalid author')
    const change = (what: object) => code(changeTicket(me(), own, what))
    assert.equal(await change({ deskId: there.desks[0] }), 'invalid desk')
    assert.equal(await change({ requesterId: there.customer.id }), 'invalid requester')
    assert.equal(await change({ assigneeId: there.agent.id }), 'invalid assignee')
    assert.equal(await change({ groupId: there.tenant.groups[0]?.id }), 'invalid group')
    assert.equal(await change({ message: { ...message, author: { id: there.agent.id } } }), 'invalid author')
    for (const { id, integer } of theirs)
      for (const inReplyTo of [{ id }, { integer }])
        assert.equal(await change({ message: { ...message, envelope: { inReplyTo } } }), 'invalid message.in_reply_to')
    assert.equal(await revokeCredential(administration(core.store), here.tenant.id, theirKey), false)
    assert.equal(await purgeClaims(core.store, here.tenant.id, '2100-01-01T00:00:00.000Z'), 0)
    assert.equal((await openAccess(core.store).resolve('native', 'api_key', presented))?.tenantId, there.tenant.id)

    assert.deepEqual(await everythingOf(there.tenant.id), before, 'nothing of it changed')
  })

  test('shares no address, key or number with another one', async () => {
    const [here, there] = [await makeTenant(core.store), await makeTenant(core.store)]
    const requester = { by: 'email', email: 'same@example.com', name: 'Same', create: true } as const
    const credentialId = crypto.randomUUID()
    const [one, two] = await Promise.all(
      [here, there].map((made) =>
        createTicket(made.as(made.owner, { key: 'same', credentialId }), { deskId: made.desks[0], requester }),
      ),
    )
    assert.ok(one && two)
    assert.deepEqual([one.ticket.number, two.ticket.number], [1, 1])
    assert.deepEqual([one.ticket.integer, two.ticket.integer], [1, 1])
    assert.notEqual(one.ticket.id, two.ticket.id)
    assert.notEqual(one.ticket.requester?.id, two.ticket.requester?.id)
  })
})
