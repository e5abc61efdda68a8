import { boundsOf } from '../bounds.ts'
import { recordsOf } from '../catalogue/commands.ts'
import { RECORD_KINDS, type RecordKind } from '../catalogue/records.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { membersOf } from '../groups/members.ts'
import { callValues } from '../idempotency/claimed.ts'
import { demandTenantWide, may, mayTenantWide, reachesDesk } from '../identity/actor.ts'
import { instant } from '../instant.ts'
import type { Conditions } from '../query/conditions.ts'
import { demandQuery, walkTickets } from '../query/list.ts'
import { messageOf } from '../tickets/rows.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { findProfiles, listUsers } from '../users/queries.ts'
import type {
  Export,
  ExportAsked,
  ExportedFile,
  ExportedMessage,
  ExportPart,
  ExportPlace,
  ExportRecord,
} from './record.ts'
import { EXPORTED_MESSAGES, type ExportedFileData, type ExportedMessageRow, RECORD_EXPORT } from './store.ts'

/** Users, and tickets, that are read at once. */
const USERS_AT_ONCE = 200
const TICKETS_AT_ONCE = 100
/** Messages that are read at once, where their texts are short. */
const MESSAGES_AT_ONCE = 1_000
/** Bytes of a part of a file. */
const PART_BYTES = 786_432

/**
 * Begins an export of what the actor sees, and records that. What changes while it goes on is exported as it is when it is its
 * turn; a ticket is whole in itself.
 *
 * @throws Refusal `forbidden`, `invalid` (path `q`), `unavailable`
 */
export async function beginExport(ctx: Context, asked: ExportAsked): Promise<Export> {
  const { actor } = ctx
  demandTenantWide(actor, 'export')
  if (!actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  if (asked.files && !ctx.store.files) refuse({ code: 'unavailable' })
  const isWhole = asked.query === null
  const conditions = asked.query === null ? {} : await demandQuery(ctx, asked.query, 'q')
  const [recorded] = await ctx.store.run(RECORD_EXPORT.with(callValues(ctx, { whole: isWhole, files: asked.files })))
  const parts: readonly ExportPart[] = [
    ...(isWhole && actor.permissions.has('catalogue.read') ? (['catalogue'] as const) : []),
    ...(isWhole && mayTenantWide(actor, 'user.read') ? (['users'] as const) : []),
    'tickets',
  ]
  return { position: recorded?.position ?? 0, parts, records: recordsFrom(ctx, asked, parts, conditions) }
}

async function* recordsFrom(
  ctx: Context,
  { after, files }: ExportAsked,
  parts: readonly ExportPart[],
  conditions: Conditions,
): AsyncGenerator<ExportRecord> {
  if (after === null && parts.includes('catalogue')) yield* catalogueOf(ctx)
  if (after?.of !== 'ticket' && parts.includes('users')) {
    yield* usersOf(ctx, after?.integer ?? 0)
    yield* groupsOf(ctx)
  }
  const from = after?.of === 'ticket' ? after.integer : 0
  for (let next: number | null = from; next !== null; ) {
    const page: Awaited<ReturnType<typeof walkTickets>> = await walkTickets(ctx, conditions, {
      after: next,
      limit: TICKETS_AT_ONCE,
    })
    yield* ticketsOf(ctx, page.tickets, files)
    next = page.next
  }
}

function* catalogueOf({ tenant, actor }: Context): Generator<ExportRecord> {
  for (const of of RECORD_KINDS)
    for (const record of recordsOf<RecordKind>(tenant, of))
      if (of !== 'desk' || reachesDesk(actor, String(record.id))) yield { kind: 'catalogue', of, record }
  for (const field of tenant.fields) yield { kind: 'field', field }
}

async function* usersOf(ctx: Context, from: number): AsyncGenerator<ExportRecord> {
  const everybody = { activeOnly: false, agentsOnly: false }
  for (let after: number | null = from; after !== null; ) {
    const { users, next }: Awaited<ReturnType<typeof listUsers>> = await listUsers(ctx, everybody, {
      by: 'key',
      after,
      limit: USERS_AT_ONCE,
    })
    const profiles = await findProfiles(
      ctx,
      users.map(({ id }) => id),
    )
    for (const user of profiles) yield { kind: 'user', user, place: { of: 'user', integer: user.integer } }
    after = next
  }
}

async function* groupsOf(ctx: Context): AsyncGenerator<ExportRecord> {
  for (const { id } of ctx.tenant.groups) {
    const members = await membersOf(ctx, id)
    if (members.length > 0) yield { kind: 'members', groupId: id, userIds: members.map((user) => user.id) }
  }
}

/** A message, of which ticket of a page it is, and how long. */
interface Said {
  readonly nthTicket: number
  readonly message: ExportedMessage
  readonly bytes: number
}

/** Tickets with their messages, and the bytes of files before the message that has them. */
async function* ticketsOf(ctx: Context, tickets: readonly Ticket[], withFiles: boolean): AsyncGenerator<ExportRecord> {
  const said = saidOn(ctx, tickets)
  let next = await said.next()
  const most = boundsOf(ctx).answerBytes
  for (const [nth, ticket] of tickets.entries()) {
    const place: ExportPlace = { of: 'ticket', integer: ticket.integer }
    let isFirst = true
    let isMore = true
    while (isMore) {
      const messages: ExportedMessage[] = []
      let bytes = 0
      for (; !next.done && next.value.nthTicket === nth + 1 && bytes < most; next = await said.next()) {
        messages.push(next.value.message)
        bytes += next.value.bytes
      }
      isMore = !next.done && next.value.nthTicket === nth + 1
      if (withFiles) yield* filesOf(ctx, ticket, messages)
      const part = { messages, place: isMore ? null : place }
      yield isFirst ? { kind: 'ticket', ticket, ...part } : { kind: 'messages', ticketId: ticket.id, ...part }
      isFirst = false
    }
  }
}

async function* saidOn(ctx: Context, tickets: readonly Ticket[]): AsyncGenerator<Said> {
  const noted = tickets.filter(({ deskId }) => may(ctx.actor, 'message.read_internal', deskId)).map(({ id }) => id)
  const asked = { tenant_id: ctx.tenant.id, ticket_ids: tickets.map(({ id }) => id), noted_ids: noted }
  const bounds = { limit: MESSAGES_AT_ONCE, page_bytes: boundsOf(ctx).pageBytes }
  for (
    let place: { readonly after_ticket: number; readonly after: number } | null = { after_ticket: 0, after: 0 };
    place;
  ) {
    const rows: readonly ExportedMessageRow[] = await ctx.store.run(
      EXPORTED_MESSAGES.with({ ...asked, ...place, ...bounds }),
    )
    for (const row of rows)
      yield {
        nthTicket: row.nth_ticket,
        message: exportedMessage(row, noted.includes(row.ticket_id)),
        bytes: row.bytes,
      }
    const last = rows.at(-1)
    const isMore = last !== undefined && (last.is_full || rows.length === MESSAGES_AT_ONCE)
    place = isMore ? { after_ticket: last.nth_ticket, after: last.integer } : null
  }
}

function exportedMessage(row: ExportedMessageRow, readsNotes: boolean): ExportedMessage {
  const { plain: text, safeHtml: _html, attachments: _files, ...message } = messageOf(row)
  const envelope = readsNotes ? message.envelope : { ...message.envelope, bcc: [] }
  return { ...message, envelope, text, plain: row.plain_given, files: row.files.map(exportedFile) }
}

function exportedFile(data: ExportedFileData): ExportedFile {
  return { ...data, createdAt: instant(data.createdAt) }
}

/** The bytes of the files of some messages, in parts. One that is gone by now is left out. */
async function* filesOf(
  ctx: Context,
  { id: ticketId }: Ticket,
  messages: readonly ExportedMessage[],
): AsyncGenerator<ExportRecord> {
  const { store } = ctx.store.files ?? refuse({ code: 'unavailable' })
  for (const file of messages.flatMap(({ files }) => files)) {
    const stream = await store.open({ tenantId: ctx.tenant.id, id: file.id })
    if (stream === null) continue
    let part = 0
    let kept: Uint8Array = new Uint8Array()
    try {
      for await (const chunk of stream) {
        kept = Buffer.concat([kept, chunk])
        for (; kept.length > PART_BYTES; kept = kept.subarray(PART_BYTES))
          yield { kind: 'file', file, ticketId, part: part++, isLast: false, bytes: kept.subarray(0, PART_BYTES) }
      }
    } finally {
      stream.destroy()
    }
    yield { kind: 'file', file, ticketId, part, isLast: true, bytes: kept }
  }
}
