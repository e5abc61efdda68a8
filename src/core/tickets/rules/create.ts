import { REQUIREMENTS } from '../../catalogue/field.ts'
import { CHANNEL } from '../../catalogue/tenant.ts'
import { refuse } from '../../errors.ts'
import { type Actor, demand, reachesDesk, worksOn } from '../../identity/actor.ts'
import { composed } from '../../spelling.ts'
import type { EventDraft, TicketDraft } from '../drafts.ts'
import { toldAtOpening } from '../fields.ts'
import { FILED_FIELDS, type FiledField, type NewTicket } from '../ticket.ts'
import type { Circumstances } from './circumstances.ts'
import { demandRequired, fieldsWith } from './field-values.ts'
import { isFinished, openingMoments } from './lifecycle.ts'
import { openingMessage } from './message.ts'
import { checkAssignee, checkReferences, checkRequester, unknown } from './references.ts'
import { distinct } from './tags.ts'

/**
 * Whether a ticket may be opened, and as what.
 *
 * A caller who does not work on the desk opens tickets only for itself.
 */
export function decideCreate(input: NewTicket, given: Circumstances): TicketDraft {
  const { actor, now } = given
  checkReferences(given.tenant, input)
  demand(actor, 'ticket.create', input.deskId)
  if (!worksOn(actor, input.deskId)) demandOwnQuestion(input, actor)
  if (input.requester.by === 'id') checkRequester(input.requester.id, given)
  if (input.assigneeId) demand(actor, 'ticket.assign', input.deskId)
  checkAssignee(input.assigneeId, input.deskId, given.people)

  const id = given.newId()
  const status = input.status ?? 'new'
  const direction = input.direction ?? 'inbound'
  const opening = input.message
  const message = opening ? openingMessage(opening, status, input, given) : null
  const state: TicketDraft['state'] = {
    id,
    deskId: input.deskId,
    title: input.title ?? '',
    description: message?.visibility === 'public' ? message.plain : '',
    priority: input.priority ?? 'normal',
    topicId: input.topicId ?? null,
    typeId: input.typeId ?? null,
    groupId: input.groupId ?? null,
    assigneeId: input.assigneeId ?? null,
    channelId: input.channelId ?? CHANNEL.api,
    formId: input.formId ?? null,
    direction,
    fromAddress: composed(input.fromAddress ?? ''),
    fromName: composed(input.fromName ?? ''),
    toAddress: composed(input.toAddress ?? ''),
    toName: composed(input.toName ?? ''),
    externalReference: typeof input.externalReference === 'string' ? composed(input.externalReference) : null,
    tags: distinct(input.tags ?? [], given.tenant.tagWays),
    fields: fieldsWith({}, input.fields, given),
    createdAt: now,
    snoozedUntil: null,
    ...openingMoments({ status, direction, message, now }),
  }
  // Where the dialect has no fields nobody can give them, and customers set none.
  if (input.fields !== undefined && worksOn(actor, input.deskId))
    demandRequired(given.tenant, isFinished(status) ? REQUIREMENTS : ['to_open'], state.fields)
  const event: EventDraft = {
    id: given.newId(),
    kind: 'ticket.created',
    messageId: message?.id ?? null,
    before: null,
    after: toldAtOpening(state),
  }
  return { state, requester: input.requester, message, event }
}

/** What of a new ticket is for those to set who may change it later. */
const FILING = {
  status: ({ status }) => status !== undefined && status !== 'new',
  priority: ({ priority }) => priority !== undefined && priority !== 'normal',
  group: ({ groupId }) => typeof groupId === 'string',
  channel: ({ channelId }) => channelId !== undefined && channelId !== CHANNEL.api,
  direction: ({ direction }) => direction !== undefined && direction !== 'inbound',
  reference: ({ externalReference }) => typeof externalReference === 'string',
  tags: ({ tags }) => tags !== undefined && tags.length > 0,
  fields: ({ fields = {} }) => Object.values(fields).some((value) => value !== null),
} as const satisfies Readonly<Record<FiledField, (input: NewTicket) => boolean>>

/**
 * Who does not work on a desk asks there for themselves, where they belong, and says what it is about. How it is filed they
 * set no more than they may change it, unless their vendor lets them; what a ticket gets anyway may be said.
 */
function demandOwnQuestion(input: NewTicket, actor: Actor): void {
  const isSelf = input.requester.by === 'id' && input.requester.id === actor.user.id
  if (!isSelf) refuse({ code: 'forbidden', permission: 'ticket.create' })
  if (!reachesDesk(actor, input.deskId)) refuse({ code: 'invalid', issues: [unknown('desk')] })
  for (const field of FILED_FIELDS) {
    if (input.customersFile?.includes(field) || !FILING[field](input)) continue
    refuse({ code: 'forbidden', permission: field === 'status' ? 'ticket.status' : 'ticket.change' })
  }
}
