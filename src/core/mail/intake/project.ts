import type { Access } from '../../access/access.ts'
import type { Bounds } from '../../bounds.ts'
import { type Addressed, deskOfAddress, mailboxOf } from '../../catalogue/addresses.ts'
import { CHANNEL, type Tenant } from '../../catalogue/tenant.ts'
import type { Context, RunningSystem } from '../../context.ts'
import { Refusal } from '../../errors.ts'
import { earlierResult } from '../../idempotency/store.ts'
import { isEmail } from '../../identity/email.ts'
import { userOf } from '../../identity/rows.ts'
import type { UserSummary } from '../../identity/user.ts'
import { instantOrNull } from '../../instant.ts'
import { inRoundsOfTwins } from '../../taken.ts'
import { changeTicket } from '../../tickets/commands/change.ts'
import { createTicket } from '../../tickets/commands/create.ts'
import { outcomeOf, TICKETS_KEPT } from '../../tickets/rows.ts'
import type { RequesterChoice } from '../../tickets/ticket.ts'
import { ensureCustomer } from '../../users/commands.ts'
import { findByEmail } from '../../users/queries.ts'
import { returnLetter } from '../outgoing/return.ts'
import type { Mail } from '../reading/mail.ts'
import { readMail } from '../reading/read.ts'
import { type Authentication, authenticationOf } from '../threading/authentication.ts'
import { type Candidate, type Decision, decideTicket } from '../threading/decide.ts'
import { baseSubject, foreignNumber, ownNumbers } from '../threading/marks.ts'
import { relationOf } from '../threading/relation.ts'
import { type Writer, writerOf } from '../threading/sender.ts'
import { isProven, type ReplyToken, readReplyTag } from '../threading/token.ts'
import { clerkOf } from './clerk.ts'
import { keyFor } from './key.ts'
import { sayMail } from './message.ts'
import type { Explanation, MailReason, MailState } from './received.ts'
import { type CandidateRow, LOOK_UP, PLACE_MAIL, RAW_MAIL, SETTLE_MAIL, type TakenRow } from './store.ts'
import { identityOf, keepable, keyOfId, keysOfAddress, lineOf, peopleOf } from './words.ts'

/** What it takes to file mail, whoever handed it over. */
export interface MailOffice extends RunningSystem {
  readonly access: Pick<Access, 'tenant'>
  /** By which tokens for answers are made, and were. */
  readonly replyKeys: readonly Buffer[]
  /** Servers of the operator that tell whether mail is from whom it says, by their names in small letters. */
  readonly authenticators: readonly string[]
  readonly bounds?: Bounds
}

/** Mails of one writer that a desk takes in an hour: what loops, or floods, is held beyond these. */
export const MOST_OF_A_WRITER = 60
const HOUR_MS = 3_600_000

/** Characters of a title, as the API takes it. */
const TITLE = 500
const NAME = 100
const ADDRESS = 255

/** What became of a mail. */
interface Fate {
  readonly state: MailState
  readonly reason: MailReason
  readonly ticketId?: string | null
  readonly messageId?: string | null
}

/** A mail as far as it was read. */
interface Reading {
  readonly mail: Mail
  readonly explanation: Explanation
}

/** What there is to tell of a mail that could not be read. */
export const NOTHING_READ: Explanation = {
  recipients: [],
  writer: null,
  kind: 'unknown',
  kindReasons: [],
  considered: [],
  doubts: [],
  remarks: [],
}

/**
 * Reads a mail that was kept and decides what becomes of it. It can be done again at any time, by whomever: what a mail does
 * it does under its own key, once, and a crash in between is gone over once more.
 */
export async function fileMail(office: MailOffice, tenant: Tenant, taken: TakenRow): Promise<void> {
  const { store, newId, bounds } = office
  const base = { store, newId, tenant, now: office.clock().toISOString(), ...(bounds && { bounds }) }
  const [raw] = await store.run(RAW_MAIL.with({ tenant_id: tenant.id, id: taken.id }))
  if (!raw) return
  const ctx = await clerkOf(base, taken.id)
  let mail: Mail
  try {
    mail = readMail(raw.raw)
  } catch {
    await settle(ctx, taken.id, null, { state: 'held', reason: 'unreadable' })
    return
  }
  const isOwn = (address: string): boolean => deskOfAddress(tenant, address) !== null
  const recipients = recipientsOf(mail, taken)
  const places = recipients.map((address) => ({ address, found: deskOfAddress(tenant, address) }))
  const addressed = places.find(({ found }) => found !== null)?.found ?? null
  const writer = writerOf(mail, isOwn)
  const reading: Reading = {
    mail,
    explanation: {
      recipients: places.map(({ address, found }) => ({ address, deskId: found?.desk.id ?? null })),
      writer: writer && { ...writer, name: lineOf(writer.name, NAME), address: lineOf(writer.address, ADDRESS) },
      kind: mail.kind.is,
      kindReasons: mail.kind.reasons.map((each) => lineOf(each, ADDRESS)),
      considered: [],
      doubts: mail.doubts.slice(0, 50).map(({ word, where }) => `${word}: ${lineOf(where, ADDRESS)}`),
      remarks: [],
    },
  }
  const authentication = authenticationOf(mail.headers, office.authenticators)
  const copyOf = await place(ctx, taken.id, { mail, addressed, writer, authentication, isOwn })
  if (!addressed) {
    await settle(ctx, taken.id, reading, { state: 'held', reason: 'no_desk' })
    return
  }
  if (copyOf !== null) {
    const told = withRemark(reading, `copy_of: ${copyOf}`)
    await settle(ctx, taken.id, told, { state: 'discarded', reason: 'copy' })
    return
  }
  // Mails of one conversation, or of one writer, are filed one after the other: each finds what those before it made.
  const lines = [...mail.ids, ...mail.parents].slice(0, 40).map((id) => `mail ${tenant.id} ${keyOfId(id)}`)
  const person = writer ? [`mail ${tenant.id} ${addressed.desk.id} ${keysOfAddress(writer.address)[0]}`] : []
  await store.inTurn([...new Set([...lines, ...person])], () =>
    file(office, ctx, taken, { ...reading, addressed, writer, authentication, isOwn }),
  )
}

/** For whom a mail is: as the envelope says, else as servers wrote on it, else as its headers say. */
function recipientsOf(mail: Mail, { recipient }: TakenRow): readonly string[] {
  if (recipient !== null) return [recipient]
  const { recipients } = mail.trace
  const headers = [...mail.to, ...mail.cc, ...mail.bcc].map(({ address }) => address)
  return [...new Set([...recipients, ...headers])].slice(0, MOST_RECIPIENTS).map((each) => lineOf(each, ADDRESS))
}

const MOST_RECIPIENTS = 200

interface Placed {
  readonly mail: Mail
  readonly addressed: Addressed
  readonly writer: Writer | null
  readonly authentication: Authentication
  readonly isOwn: (address: string) => boolean
}

/** Puts down whose a mail is and for which desk, if for any. @returns the mail that it is a copy of; null for none */
export async function place(
  ctx: Context,
  id: string,
  { mail, addressed, writer, ...rest }: Omit<Placed, 'addressed'> & { readonly addressed: Addressed | null },
): Promise<string | null> {
  const { authentication, isOwn } = rest
  const placing = {
    ...{ id, desk_id: addressed?.desk.id ?? null, identity: identityOf(mail), authentication },
    from_address: lineOf(writer?.address ?? mail.from[0]?.address ?? '', ADDRESS),
    from_name: lineOf(writer?.name ?? mail.from[0]?.name ?? '', NAME),
    subject: lineOf(mail.subject, TITLE),
    from_key: writer ? keepable(keysOfAddress(writer.address)[0] ?? '') : null,
    foreign_key: foreignNumber(mail.subject),
    people_keys: peopleOf(mail, isOwn),
    own_ids: mail.ids.map(keyOfId),
    named_ids: mail.parents.map(keyOfId).slice(0, MOST_IDS),
  }
  const values = { tenant_id: ctx.tenant.id, mail: placing }
  const [row] = await inRoundsOfTwins(() => ctx.store.run(PLACE_MAIL.with(values)))
  return row?.copy_of ?? null
}

async function file(office: MailOffice, ctx: Context, taken: TakenRow, read: Reading & Placed): Promise<void> {
  const { mail, writer, authentication } = read
  const earlier = await whatWasDone(ctx)
  if (earlier) return settle(ctx, taken.id, read, earlier)
  const found = await lookUp(office, ctx, taken, read)
  const decision = decideTicket(found.candidates, {
    deskId: read.addressed.desk.id,
    subject: baseSubject(mail.subject),
    baseOf: baseSubject,
    now: ctx.now,
  })
  const told: Reading = { mail, explanation: { ...read.explanation, considered: decision.considered } }
  if (mail.kind.is !== 'personal' && mail.kind.is !== 'list') {
    await settle(ctx, taken.id, told, await fileAutomatic(ctx, read, decision))
    return
  }
  if (writer === null) return settle(ctx, taken.id, told, { state: 'held', reason: 'no_writer' })
  if (found.recent >= MOST_OF_A_WRITER) return settle(ctx, taken.id, told, { state: 'held', reason: 'too_many' })
  try {
    const said = await sayMail(ctx, mail)
    const { remarks } = said
    const whole = remarks.reduce(withRemark, told)
    const fate = decision.joins
      ? await join(ctx, { ...read, writer, said: said.message, user: found.user, decision })
      : await open(ctx, taken.id, { ...read, writer, said: said.message, user: found.user, decision })
    await settle(ctx, taken.id, authentication === 'failed' ? withRemark(whole, 'authentication_failed') : whole, fate)
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code === 'unavailable') throw error
    await settle(ctx, taken.id, withRemark(told, `refused: ${refusalOf(error)}`), { state: 'held', reason: 'refused' })
  }
}

function refusalOf({ error }: Refusal): string {
  return error.code === 'invalid'
    ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' ')
    : error.code
}

/** What a mail did already, before somebody who filed it died; null for nothing. */
async function whatWasDone(ctx: Context): Promise<Fate | null> {
  try {
    const earlier = await earlierResult(ctx, TICKETS_KEPT)
    if (!earlier) return null
    const { tickets, events } = outcomeOf(earlier)
    const [ticket] = tickets
    if (!ticket) return { state: 'discarded', reason: 'erased' }
    const isNew = events.some(({ kind }) => kind === 'ticket.created')
    const messageId = events.find((event) => event.messageId !== null)?.messageId ?? null
    return { state: isNew ? 'created' : 'joined', reason: isNew ? 'new' : 'reference', ticketId: ticket.id, messageId }
  } catch (error) {
    if (error instanceof Refusal && error.error.code === 'not_found') return { state: 'discarded', reason: 'erased' }
    throw error
  }
}

interface Found {
  readonly user: UserSummary | null
  readonly candidates: readonly Candidate[]
  readonly recent: number
}

async function lookUp(office: MailOffice, ctx: Context, taken: TakenRow, read: Reading & Placed): Promise<Found> {
  const { mail, addressed, writer, authentication } = read
  const token = tokenOf(read)
  const now = Date.parse(ctx.now)
  const returned = 'returned' in mail.kind ? [...mail.kind.returned.ids, ...mail.kind.returned.parents] : []
  const [row] = await ctx.store.run(
    LOOK_UP.with({
      ...{ tenant_id: ctx.tenant.id, id: taken.id, desk_id: addressed.desk.id },
      parents: [...new Set([...returned, ...mail.parents].map(keyOfId))].slice(0, MOST_IDS),
      own_ids: mail.ids.map(keyOfId),
      token: token?.integer ?? null,
      numbers: ownNumbers(mail.subject),
      foreign_key: foreignNumber(mail.subject),
      writer_keys: writer ? keysOfAddress(writer.address).map(keepable) : [],
      since: new Date(now - HOUR_MS).toISOString(),
    }),
  )
  const user = row?.writer ? userOf(row.writer) : null
  const rows = (row?.candidates ?? []).filter(({ rule, named_id }) => {
    if (rule !== 'token') return true
    return token !== null && isProven(token, office.replyKeys, ctx.tenant.id, named_id)
  })
  const candidates = rows.map((each) => candidateOf(each, { user, writer, authentication, hasToken: token !== null }))
  return { user, candidates, recent: row?.recent ?? 0 }
}

/** Ids that are looked up. */
const MOST_IDS = 100

function tokenOf({ addressed, explanation }: Reading & Placed): ReplyToken | null {
  // A mail may be for several of our addresses: any of them may hold it.
  const tags = explanation.recipients.map(({ address }) => {
    const mailbox = mailboxOf(address) ?? ''
    return mailbox.slice(mailbox.indexOf('+') + 1, mailbox.lastIndexOf('@'))
  })
  return [addressed.tag, ...tags].reduce<ReplyToken | null>((found, tag) => found ?? readReplyTag(tag), null)
}

interface Asker {
  readonly user: UserSummary | null
  readonly writer: Writer | null
  readonly authentication: Authentication
  readonly hasToken: boolean
}

function candidateOf(row: CandidateRow, { user, writer, authentication }: Asker): Candidate {
  const { rule, value, nth, by_desk_id: byDeskId, id, integer, number, desk_id: deskId, status, title } = row
  const relation = relationOf({
    isProven: rule === 'token',
    isAgent: authentication === 'verified' && user !== null && worksAt(user, deskId),
    isRequester: user !== null && user.id === row.requester_id,
    isParticipant: row.is_participant,
    address: writer?.address ?? '',
    requesterEmail: row.requester_email,
  })
  const ticket = { id, integer, number, deskId, status, title, latestMessageAt: instantOrNull(row.latest_message_at) }
  return { rule, value, nth, byDeskId, ticket, relation }
}

function worksAt({ isOwner, memberships }: UserSummary, deskId: string): boolean {
  return isOwner || memberships.some((each) => each.deskId === deskId && each.role !== 'customer')
}

type Filing = Reading &
  Placed & {
    readonly writer: Writer
    readonly user: UserSummary | null
    readonly said: Awaited<ReturnType<typeof sayMail>>['message']
    readonly decision: Decision
  }

/** Adds what a mail says to the ticket that it joins. */
export async function join(ctx: Context, filing: Filing): Promise<Fate> {
  const { mail, said, writer, decision } = filing
  const { joins } = decision
  if (!joins) throw new Error('A mail joins a ticket that was decided on.')
  const isAgents = joins.relation === 'agent'
  const author = await authorOf(ctx, joins.ticket.deskId, filing)
  const outcome = await changeTicket(
    ctx,
    { id: joins.ticket.id },
    {
      message: {
        ...{ visibility: 'public', ...said, channelId: CHANNEL.email },
        ...(author
          ? { author: { id: author.id } }
          : { author: 'nobody', authorName: lineOf(writer.name, NAME) || lineOf(writer.address, ADDRESS) }),
        authorRole: isAgents ? 'agent' : 'requester',
        direction: isAgents ? 'outbound' : 'inbound',
        envelope: envelopeOf(mail),
      },
    },
  )
  return {
    state: 'joined',
    reason: joins.rule,
    ticketId: outcome.ticket.id,
    messageId: outcome.messages[0]?.id ?? null,
  }
}

function envelopeOf(mail: Mail) {
  const addresses = (all: Mail['to']): string[] =>
    [...new Set(all.map(({ address }) => address))].filter(isEmail).slice(0, MOST_SHOWN)
  const [id] = mail.ids
  const reference = id === undefined ? '' : lineOf(id, ADDRESS)
  return { to: addresses(mail.to), cc: addresses(mail.cc), ...(reference !== '' && { externalReference: reference }) }
}

/** Addresses of one kind that an envelope shows. */
const MOST_SHOWN = 50

/** Who wrote a mail, as a user of the desk: a customer of it where nobody is known yet. */
async function authorOf(
  ctx: Context,
  deskId: string,
  { user, writer }: Filing,
): Promise<{ readonly id: string } | null> {
  if (user) return user
  if (!isEmail(writer.address)) return null
  await ensureCustomer(ctx, { email: writer.address, name: lineOf(writer.name, NAME), deskId })
  const [made] = await findByEmail(ctx, writer.address)
  return made ?? null
}

/** Opens a ticket of a mail; where it went on from another one that it does not join, a note tells of that. */
export async function open(ctx: Context, mailId: string, filing: Filing): Promise<Fate> {
  const { mail, said, writer, user, addressed, decision } = filing
  const name = lineOf(writer.name, NAME)
  const requester: RequesterChoice = user
    ? { by: 'id', id: user.id, member: false }
    : isEmail(writer.address)
      ? { by: 'email', email: writer.address, name, create: true }
      : { by: 'nobody' }
  const { ticket, events } = await createTicket(ctx, {
    ...{ deskId: addressed.desk.id, requester, title: lineOf(mail.subject, TITLE), channelId: CHANNEL.email },
    ...{ direction: 'inbound', fromAddress: lineOf(writer.address, ADDRESS), fromName: name },
    toAddress: addressed.address.startsWith('*')
      ? lineOf(filing.explanation.recipients[0]?.address ?? '', ADDRESS)
      : addressed.address,
    message: { visibility: 'public', ...said, channelId: CHANNEL.email },
  })
  const { continues } = decision
  if (continues) await tellOrigin(ctx, mailId, ticket.id, continues)
  const verdict = continues?.verdict
  const reason = verdict === undefined || verdict === 'joins' || verdict === 'later' ? 'new' : verdict
  return { state: 'created', reason, ticketId: ticket.id, messageId: events[0]?.messageId ?? null }
}

async function tellOrigin(
  ctx: Context,
  mailId: string,
  ticketId: string,
  { ticket, verdict }: NonNullable<Decision['continues']>,
): Promise<void> {
  const text = `This mail answers #${ticket.number} (${ticket.title}), and did not join it: ${WHY[verdict]}.`
  await changeTicket(
    { ...ctx, idempotency: keyFor(mailId, 'note') },
    { id: ticketId },
    {
      message: {
        visibility: 'internal',
        format: 'text',
        text,
        channelId: CHANNEL.email,
        author: 'nobody',
        authorName: 'Mail',
        authorRole: 'agent',
      },
    },
  )
}

const WHY: Readonly<Record<NonNullable<Decision['continues']>['verdict'], string>> = {
  joins: 'it did',
  later: 'another ticket was nearer',
  stranger: 'whoever wrote it was not part of that conversation',
  closed: 'that ticket is closed',
  other_desk: 'that ticket is on another desk',
  other_subject: 'that conversation ended long ago, and this is about something else',
}

/**
 * What a machine wrote is never a customer's word: it opens nothing, reopens nothing and is answered by nobody. Where it is
 * about a ticket, a note on that tells of it.
 */
async function fileAutomatic(ctx: Context, read: Reading & Placed, decision: Decision): Promise<Fate> {
  const { mail } = read
  const { kind } = mail
  const reason: MailReason = kind.is === 'bounce' || kind.is === 'receipt' || kind.is === 'report' ? kind.is : 'machine'
  // Servers and vacations answer from other addresses than those that were written to: an id of ours is enough.
  const about =
    decision.joins ?? decision.considered.find(({ rule }) => rule === 'token' || rule === 'reference') ?? null
  if (kind.is === 'bounce') await returnLetter(ctx, kind)
  if (!about) return { state: 'automatic', reason }
  const words = 'words' in kind ? kind.words : mail.body.visible || mail.body.text
  const heads = noteHead(mail)
  const text = `${heads}\n\n${keepable(words).trim()}`.slice(0, MOST_OF_A_NOTE)
  try {
    const { messages } = await changeTicket(
      ctx,
      { id: about.ticket.id },
      {
        message: {
          ...{ visibility: 'internal', format: 'text', text, channelId: CHANNEL.email },
          ...{
            author: 'nobody',
            authorName: lineOf(read.writer?.address ?? 'Mail', ADDRESS),
            authorRole: 'agent',
            direction: 'inbound',
          },
        },
      },
    )
    return { state: 'automatic', reason, ticketId: about.ticket.id, messageId: messages[0]?.id ?? null }
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code === 'unavailable') throw error
    return { state: 'automatic', reason }
  }
}

const MOST_OF_A_NOTE = 10_000

/** What a note says of a mail of a machine, before its words. */
function noteHead({ kind, subject }: Mail): string {
  const title = lineOf(subject, TITLE)
  if (kind.is === 'bounce') {
    const what = { final: 'Could not be delivered', delayed: 'Not delivered yet', success: 'Handed on' }[kind.outcome]
    const whom = kind.recipients
      .map(({ address, status }) => lineOf(`${address} ${status ?? ''}`, ADDRESS))
      .slice(0, 20)
    return `${what}: ${whom.join(', ')}`
  }
  if (kind.is === 'receipt')
    return `Receipt (${lineOf(kind.disposition, NAME)}): ${lineOf(kind.address ?? '', ADDRESS)}`
  if (kind.is === 'report') return `Complaint (${lineOf(kind.feedback, NAME)})`
  return `Automatic answer: ${title}`
}

function withRemark<Read extends Reading>(reading: Read, remark: string): Read {
  const { explanation } = reading
  return { ...reading, explanation: { ...explanation, remarks: [...explanation.remarks, remark] } }
}

/**
 * The ids by which a mail leads others to its ticket. Not those of a conversation that its writer was no part of: whoever is
 * goes on there.
 */
function namedBy({ mail, explanation }: Reading): readonly string[] {
  const foreign = new Set(
    explanation.considered.flatMap(({ verdict, value }) => (verdict === 'stranger' ? [value] : [])),
  )
  return mail.parents
    .map(keyOfId)
    .filter((key) => !foreign.has(key))
    .slice(0, MOST_IDS)
}

/** Puts down what became of a mail. */
export async function settle(ctx: Context, id: string, reading: Reading | null, fate: Fate): Promise<void> {
  const ids = reading?.mail
  const isFiled = fate.state === 'created' || fate.state === 'joined'
  await ctx.store.run(
    SETTLE_MAIL.with({
      tenant_id: ctx.tenant.id,
      mail: {
        ...{ id, state: fate.state, reason: fate.reason, at: ctx.now },
        ticket_id: fate.ticketId ?? null,
        message_id: fate.messageId ?? null,
        by_hand: fate.reason === 'by_hand',
        explanation: reading?.explanation ?? NOTHING_READ,
        own_ids: isFiled && ids ? ids.ids.map(keyOfId) : [],
        named_ids: isFiled && reading ? namedBy(reading) : [],
      },
    }),
  )
}
