import type { Tenant } from '../../../core/catalogue/tenant.ts'
import { CHANNEL } from '../../../core/catalogue/tenant.ts'
import { refuse, refuseField } from '../../../core/errors.ts'
import { fullName } from '../../../core/identity/user.ts'
import type { Instant } from '../../../core/instant.ts'
import type {
  NewTicket,
  RequesterChoice,
  Ticket,
  TicketChange,
  TicketFilter,
  TicketRef,
} from '../../../core/tickets/ticket.ts'
import type { Priority, Status } from '../../../core/words.ts'
import { charactersOf, firstLine } from '../../text.ts'
import type { Answer } from '../../wire.ts'
import { choice, choiceOrNull, flag, idList, number, numberOr, type Parameters, required, text } from '../coercion.ts'
import { decodeWindow, LARGEST_LIMIT, type Window } from '../paging.ts'
import { brandBy, brandsOf, type Caller, channelBy, formIdBy, groupIdBy } from '../records.ts'
import {
  DIRECTION_BY_WORD,
  FINISHING_STATUS_BY_WORD,
  PRIORITY_BY_WORD,
  STATUS_BY_WORD,
  WORD_OF_PRIORITY,
  WORD_OF_STATUS,
} from '../words.ts'
import type { TicketRecord } from './schema.ts'
import { viewBy } from './views.ts'

const LONGEST_TITLE = 255
/** The title of a ticket that has none of its own is taken from its first message. */
const LONGEST_DERIVED_TITLE = 100

// --- from the wire ----------------------------------------------------------------------------------------------------

/** A ticket named in a path: what is not an id names no ticket. @throws Refusal `not_found` */
export function decodePath({ ticketID }: { readonly ticketID: string }): TicketRef {
  const integer = /^[1-9]\d*$/.test(ticketID) ? Number(ticketID) : Number.NaN
  if (!Number.isSafeInteger(integer)) refuse({ code: 'not_found', missing: 'ticket' })
  return { integer }
}

/** Reads the query of the list. Present but empty counts as absent. @throws Refusal `invalid` */
export function decodeListing(parameters: Parameters): { readonly filter: TicketFilter; readonly window: Window } {
  const sent = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''))
  const view = text(sent, 'applyView')
  const status = choice(sent, 'status', STATUS_BY_WORD)
  const words = text(sent, 'query')
    ?.split(/\s+/)
    .filter((word) => word !== '')
  // Nothing is archived yet, so both words mean the same.
  choice(sent, 'searchArchived', { no: false, yes: true })
  return {
    filter: {
      ...withStatus(view === undefined ? {} : viewBy(view).filter, status),
      ...(words === undefined || words.length === 0 ? {} : { words }),
    },
    window: decodeWindow(sent, LARGEST_LIMIT.tickets),
  }
}

/** Whether the timeline is to hold changes too. @throws Refusal `invalid` */
export function decodeHistory(parameters: Parameters): boolean {
  return flag(parameters, 'getTicketHistory', false)
}

/** Reads a new ticket; everything is optional, and nothing at all makes an empty ticket. @throws Refusal `invalid` */
export function decodeNewTicket(parameters: Parameters, caller: Caller): NewTicket {
  const { tenant } = caller
  const fromAddress = text(parameters, 'from') ?? ''
  const fromName = text(parameters, 'fromName')?.trim() ?? ''
  return {
    deskId: brandOfNew(parameters, caller),
    channelId: channelBy(tenant, number(parameters, 'channelID') ?? CHANNEL.email, 'channelID').id,
    direction: choice(parameters, 'direction', DIRECTION_BY_WORD) ?? 'inbound',
    requester: senderOf(fromAddress, fromName),
    fromAddress,
    fromName,
    toAddress: text(parameters, 'to') ?? '',
    title: decodeTitle(parameters) ?? '',
    groupId: groupIdBy(tenant, numberOr(parameters, 'assignedGroupID', 0)),
    formId: formIdBy(tenant, numberOr(parameters, 'formID', null)),
  }
}

/** What updating one ticket asks for: a change, and by whose external id the customer is to be found. */
export interface TicketUpdate {
  readonly change: TicketChange
  readonly externalPrimaryID: string | undefined
}

/** Reads an update of one ticket. Null and absent leave a field as it is. @throws Refusal `invalid` */
export function decodeUpdate(parameters: Parameters): TicketUpdate {
  const title = decodeTitle(parameters)
  const status = choiceOrNull(parameters, 'status', FINISHING_STATUS_BY_WORD)
  return {
    externalPrimaryID: text(parameters, 'externalPrimaryID'),
    change: {
      ...(title === undefined ? {} : { title }),
      ...(status === null ? {} : { status: { to: status } }),
    },
  }
}

/** Reads the ids of a call on many tickets. @throws Refusal `invalid` */
export function decodeTicketIds(parameters: Parameters): readonly number[] {
  return required('ticketIDs', idList(parameters, 'ticketIDs'))
}

/** Tickets by their ids. */
export function refsOf(ids: readonly number[]): readonly TicketRef[] {
  return ids.map((integer) => ({ integer }))
}

/** Reads the one ticket that a body names. @throws Refusal `invalid` */
export function decodeTicketId(parameters: Parameters): TicketRef {
  return { integer: required('ticketID', number(parameters, 'ticketID')) }
}

/** Reads what setStatus sets. @throws Refusal `invalid` */
export function decodeStatus(parameters: Parameters): Status {
  return required('status', choice(parameters, 'status', STATUS_BY_WORD))
}

/** Reads what setPriority sets. @throws Refusal `invalid` */
export function decodePriority(parameters: Parameters): Priority {
  return required('priority', choice(parameters, 'priority', PRIORITY_BY_WORD))
}

/** Which unfinished tickets are to be solved; what is absent narrows nothing. */
export interface Narrowing {
  readonly ids?: readonly number[]
  readonly deskId?: string
  readonly channelId?: number
  /** Null: those without a group. */
  readonly groupId?: string | null
}

const NARROWING_PARAMETERS = ['ticketIDs', 'brandID', 'channelID', 'assignedGroupID']

/**
 * Reads the narrowing of solveUnfinishedTickets. A parameter that it does not know is refused here, unlike everywhere
 * else: to ignore it would solve far more than was meant.
 *
 * @throws Refusal `invalid`
 */
export function decodeNarrowing(parameters: Parameters, caller: Caller): Narrowing {
  const stranger = Object.keys(parameters).find((name) => !NARROWING_PARAMETERS.includes(name))
  if (stranger !== undefined) refuseField([stranger], 'not_allowed', 'is no parameter of this call')
  const ids = idList(parameters, 'ticketIDs')
  const brandID = number(parameters, 'brandID')
  const channelID = number(parameters, 'channelID')
  const groupID = number(parameters, 'assignedGroupID')
  return {
    ...(ids === undefined ? {} : { ids }),
    ...(brandID === undefined ? {} : { deskId: brandBy(caller, brandID).id }),
    ...(channelID === undefined ? {} : { channelId: channelBy(caller.tenant, channelID, 'channelID').id }),
    ...(groupID === undefined ? {} : { groupId: groupIdBy(caller.tenant, groupID) }),
  }
}

/** Whether a title has at most 255 characters, the limit of this dialect. */
export function fittingTitle(title: string): boolean {
  return [...title].length <= LONGEST_TITLE
}

function decodeTitle(parameters: Parameters): string | undefined {
  const title = text(parameters, 'title')
  if (title !== undefined && !fittingTitle(title)) refuseField(['title'], 'too_long', 'is too long', LONGEST_TITLE)
  return title
}

// A key that is bound to one desk cannot open tickets on the tenant's default desk.
function brandOfNew(parameters: Parameters, caller: Caller): string {
  const brandID = number(parameters, 'brandID')
  if (brandID !== undefined) return brandBy(caller, brandID).id
  return (
    brandsOf(caller).find((desk) => desk.isDefault)?.id ??
    caller.actor.credential.deskId ??
    caller.tenant.defaultDesk.id
  )
}

function senderOf(address: string, name: string): RequesterChoice {
  return address === '' ? { by: 'nobody' } : { by: 'email', email: address, name, create: false }
}

function withStatus(filter: TicketFilter, status: Status | undefined): TicketFilter {
  if (status === undefined) return filter
  return { ...filter, statuses: (filter.statuses ?? [status]).filter((each) => each === status) }
}

// --- to the wire ------------------------------------------------------------------------------------------------------

/** A ticket as the vendor's guide shows it, without its timeline. */
export function encodeTicket(ticket: Ticket, tenant: Tenant): TicketRecord {
  const channel = tenant.channels.find((each) => each.id === ticket.channelId)
  const sender = senderShown(ticket)
  return {
    assigned_group_id: tenant.groups.find((each) => each.id === ticket.groupId)?.integer ?? 0,
    assigned_user_id: ticket.assignee?.integer ?? 0,
    channel_account_id: '0',
    channel_id: ticket.channelId,
    closed_at: dateTimeOrNull(ticket.closedAt),
    created_at: dateTime(ticket.createdAt),
    customer_id: ticket.requester?.integer ?? 0,
    direction: ticket.direction,
    external_gui_url: null,
    external_id: ticket.externalReference,
    form_id: ticket.formId,
    from: sender.address,
    from_name: sender.name,
    grade_by_customer: null,
    icon: channel?.icon ?? '',
    last_update: dateTime(ticket.updatedAt),
    last_update_agent: dateTimeOrNull(ticket.latestAgentAt),
    last_update_customer: dateTimeOrNull(ticket.latestRequesterAt),
    priority: WORD_OF_PRIORITY[ticket.priority],
    show_timeline: 1,
    sla_breach_customer_wait_time: null,
    sla_breach_first_reply_time: null,
    sla_breach_next_reply_time: null,
    sla_breach_user_work_time: null,
    sla_next_breach: null,
    sla_next_breach_current_status: null,
    sla_policy_id: null,
    snooze_time: null,
    snooze_time_sent: null,
    title: ticket.title === '' ? derivedTitle(ticket.description) : ticket.title,
    to: ticket.toAddress,
    to_name: ticket.toName,
    status: WORD_OF_STATUS[ticket.status],
    id: ticket.integer,
    channel_name: channel?.name ?? null,
    channel_icon: channel?.icon ?? null,
    brand_name: tenant.desks.find((each) => each.id === ticket.deskId)?.name ?? null,
    brand_id: tenant.desks.find((each) => each.id === ticket.deskId)?.integer ?? 0,
    tags: [...ticket.tags],
  }
}

/** The outcome of a write as the vendor answers it: a sentence, and what belongs to it. */
export function showResult(message: string, more: object = {}): Answer {
  return { status: 200, body: { type: 'result', message, ...more } }
}

/** The outcome of a call on one ticket, which must have been there. @throws Refusal `not_found` */
export function showOne(message: string, missing: readonly TicketRef[]): Answer {
  return missing.length > 0 ? refuse({ code: 'not_found', missing: 'ticket' }) : showResult(message)
}

/**
 * The outcome of a call on many tickets. Unknown ids are only named, as long as there is one that is known.
 *
 * @throws Refusal `not_found`
 */
export function showMany(message: string, ids: readonly number[], missing: readonly TicketRef[]): Answer {
  const notFound = missing.flatMap((ref) => ('integer' in ref ? [ref.integer] : []))
  const gone = new Set(notFound)
  const ticketIDs = ids.filter((id) => !gone.has(id))
  if (ticketIDs.length === 0) refuse({ code: 'not_found', missing: 'ticket' })
  return showResult(message, { ticketIDs, notFound })
}

/** A time in the vendor's form: to the second, UTC, no zone. */
export function dateTime(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)}`
}

function dateTimeOrNull(at: Instant | null): string | null {
  return at === null ? null : dateTime(at)
}

/** Who sent a ticket: as it was said then, else its requester, as for tickets that another dialect opened. */
export function senderShown(ticket: Ticket): { readonly address: string; readonly name: string } {
  const { requester } = ticket
  if (ticket.fromAddress !== '' || requester === null || ticket.direction === 'outbound') {
    return { address: ticket.fromAddress, name: ticket.fromName }
  }
  return { address: requester.email ?? '', name: ticket.fromName === '' ? fullName(requester) : ticket.fromName }
}

function derivedTitle(description: string): string {
  return charactersOf(firstLine(description).trimEnd(), LONGEST_DERIVED_TITLE)
}
