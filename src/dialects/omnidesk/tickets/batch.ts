import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import type { Decision } from '../../../core/tickets/commands/change.ts'
import type { Ticket, TicketChange } from '../../../core/tickets/ticket.ts'
import { findUserByExternalId, findUsersByInteger } from '../../../core/users/queries.ts'
import type { IsText } from '../../text.ts'
import {
  actions,
  idList,
  isNone,
  meaningOf,
  type Parameters,
  plainText,
  required,
  type SentAction,
  wholeNumber,
} from '../coercion.ts'
import { brandBy, type Caller, formIdBy, groupIdBy } from '../records.ts'
import { PRIORITY_BY_WORD, STATUS_BY_WORD } from '../words.ts'
import { fittingTitle } from './codec.ts'

/** One step of a batch: a change, or one that names a user whom only the store can find. `index` is where it was sent. */
export type Step =
  | { readonly change: TicketChange }
  | { readonly assignedUserID: number }
  | { readonly externalPrimaryID: string; readonly index: number }

export interface Batch {
  readonly ids: readonly number[]
  readonly steps: readonly Step[]
  readonly thenDelete: boolean
}

/**
 * What a batch says by itself: its tickets, and whether it deletes them in the end. The rest of it names things that may
 * be gone when the batch is repeated.
 *
 * @throws Refusal `invalid`
 */
export function outlineOf(parameters: Parameters): Pick<Batch, 'ids' | 'thenDelete'> {
  const name = parameters['TicketIDs'] === undefined ? 'ticketIDs' : 'TicketIDs'
  const ids = required('TicketIDs', idList(parameters, name))
  const last = required('actions', actions(parameters, 'actions')).at(-1)
  return { ids, thenDelete: last !== undefined && ACTION_BY_NAME.get(folded(last.actionType)) === DELETION }
}

/**
 * Reads a batch: everything is judged before anything is written.
 *
 * @throws Refusal `invalid`
 */
export function decodeBatch(parameters: Parameters, caller: Caller): Batch {
  const outline = outlineOf(parameters)
  const sent = required('actions', actions(parameters, 'actions'))
  const steps = sent.map((action, index) => decodeAction(action, index, caller))
  const deletion = steps.indexOf('delete')
  if (deletion >= 0 && deletion < steps.length - 1) refuseField(['actions'], 'not_allowed', 'holds more after delete')
  return { ...outline, steps: steps.filter((step) => step !== 'delete') }
}

/**
 * The changes that a batch makes, with the users it names; a decision where one is a customer by the name of a desk.
 *
 * @throws Refusal `invalid` for a user or customer who does not exist.
 */
export async function changesOf(
  ctx: Context,
  { steps }: Batch,
): Promise<readonly TicketChange[] | Decision<readonly Ticket[], readonly TicketChange[]>> {
  const decide = (tickets: readonly Ticket[]) => changesOn(ctx, steps, tickets)
  return steps.some((step) => 'externalPrimaryID' in step) ? { decide } : decide([])
}

async function changesOn(
  ctx: Context,
  steps: readonly Step[],
  tickets: readonly Ticket[],
): Promise<readonly TicketChange[]> {
  const changes: TicketChange[] = []
  for (const step of steps) {
    if ('change' in step) changes.push(step.change)
    else if ('assignedUserID' in step) changes.push({ assigneeId: await assigneeBy(ctx, step.assignedUserID) })
    else changes.push(await linkTo(ctx, step, desksAfter(tickets, changes)))
  }
  return changes
}

interface Action {
  /** The action's name, and what else it is called. */
  readonly names: readonly string[]
  /** Answers undefined for a value that the action cannot use. */
  readonly decode: (value: unknown, caller: Caller, index: number) => Step | 'delete' | undefined
  /** Whether its value is a text that people wrote. */
  readonly isText?: boolean
}

const DELETION: Action = { names: ['delete', 'deleteTicket'], decode: () => 'delete' }

/** The vendor's own action types are not public; these follow the fields of a ticket and the other calls. */
const ACTIONS: readonly Action[] = [
  {
    names: ['status', 'setStatus'],
    decode: (value) => changing(meaningOf(value, STATUS_BY_WORD), (to) => ({ status: { to } })),
  },
  {
    names: ['priority', 'setPriority'],
    decode: (value) => changing(meaningOf(value, PRIORITY_BY_WORD), (priority) => ({ priority })),
  },
  {
    names: ['assignedGroupID', 'assigned_group_id', 'assignGroup', 'group'],
    decode: (value, { tenant }) => changing(wholeNumber(value), (groupID) => ({ groupId: groupIdBy(tenant, groupID) })),
  },
  {
    names: ['assignedUserID', 'assigned_user_id', 'assignUser', 'user'],
    decode: (value) => naming(wholeNumber(value), (assignedUserID) => ({ assignedUserID })),
  },
  {
    names: ['brandID', 'brand_id', 'brand'],
    decode: (value, caller) => changing(wholeNumber(value), (brandID) => ({ deskId: brandBy(caller, brandID).id })),
  },
  {
    names: ['formID', 'form_id', 'form'],
    // Nothing sent is not the word for none: a value that got lost must not take forms away.
    decode: (value, { tenant }) =>
      changing(value !== undefined && isNone(value) ? null : wholeNumber(value), (formID) => ({
        formId: formIdBy(tenant, formID),
      })),
  },
  { names: ['title', 'setTitle'], isText: true, decode: (value) => changing(shortText(value), (title) => ({ title })) },
  {
    names: ['externalPrimaryID', 'linkCustomer'],
    decode: (value, _, index) => naming(someText(value), (externalPrimaryID) => ({ externalPrimaryID, index })),
  },
  {
    names: ['unlinkCustomer', 'unlinkCustomerFromTicket'],
    decode: () => ({ change: { requesterId: null } }),
  },
  { names: ['addTag', 'tag'], decode: (value) => changing(someText(value), (tag) => ({ addTags: [tag] })) },
  { names: ['removeTag', 'untag'], decode: (value) => changing(someText(value), (tag) => ({ removeTags: [tag] })) },
  {
    names: ['note', 'addNote'],
    isText: true,
    decode: (value) =>
      changing(someText(value), (text) => ({ message: { visibility: 'internal', format: 'text', text } })),
  },
  DELETION,
]

const ACTION_BY_NAME: ReadonlyMap<string, Action> = new Map(
  ACTIONS.flatMap((action) => action.names.map((name): [string, Action] => [folded(name), action])),
)

function decodeAction({ actionType, value }: SentAction, index: number, caller: Caller): Step | 'delete' {
  const action = ACTION_BY_NAME.get(folded(actionType))
  if (!action) return refuseField(['actions', index, 'actionType'], 'choice', 'is no action type')
  return (
    action.decode(value, caller, index) ?? refuseField(['actions', index, 'value'], 'format', 'does not fit the action')
  )
}

/**
 * Whether a value belongs to an action that takes text. The action's type stands beside it: in the same object, or in a
 * parameter whose name differs in its last brackets only.
 */
export const isActionText: IsText = (path, root) => {
  const name = String(path.at(-1))
  if (!/^actions\b/.test(String(path[0])) || !/^value$|\[value\]$/.test(name)) return false
  const beside = path.slice(0, -1).reduce<unknown>((holder, step) => fieldOf(holder, step), root)
  const actionType = fieldOf(beside, name.replace(/value(\]?)$/, 'actionType$1'))
  return typeof actionType === 'string' && ACTION_BY_NAME.get(folded(actionType))?.isText === true
}

function fieldOf(holder: unknown, name: string | number): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined
}

/** Action types are compared without case and underscores. */
function folded(actionType: string): string {
  return actionType.replaceAll('_', '').toLowerCase()
}

function changing<Value>(value: Value | undefined, change: (value: Value) => TicketChange): Step | undefined {
  return naming(value, (given) => ({ change: change(given) }))
}

function naming<Value>(value: Value | undefined, step: (value: Value) => Step): Step | undefined {
  return value === undefined ? undefined : step(value)
}

function someText(value: unknown): string | undefined {
  const text = plainText(value)?.trim()
  return text === '' ? undefined : text
}

function shortText(value: unknown): string | undefined {
  const text = plainText(value)
  return text !== undefined && fittingTitle(text) ? text : undefined
}

async function assigneeBy(ctx: Context, userID: number): Promise<string | null> {
  if (userID === 0) return null
  const [user] = await findUsersByInteger(ctx, [userID])
  return user?.id ?? refuseField(['assignedUserID'], 'unknown', 'names no user')
}

/** The desks that the tickets are on by the time of a step: external ids are the names of one desk. */
function desksAfter(tickets: readonly Ticket[], changes: readonly TicketChange[]): readonly string[] {
  const moved = changes.findLast((change) => change.deskId !== undefined)?.deskId
  return moved === undefined ? [...new Set(tickets.map(({ deskId }) => deskId))] : [moved]
}

/** Tickets of several desks can be linked in one batch only when the id means the same customer on each. */
async function linkTo(
  ctx: Context,
  { externalPrimaryID, index }: Extract<Step, { externalPrimaryID: string }>,
  deskIds: readonly string[],
): Promise<TicketChange> {
  // None of the tickets is there: that is for the core to tell, which also knows whether this is a repeat.
  if (deskIds.length === 0) return {}
  const customers = await Promise.all(deskIds.map((deskId) => findUserByExternalId(ctx, deskId, externalPrimaryID)))
  const [requesterId, ...others] = new Set(customers.map((customer) => customer?.id))
  if (requesterId === undefined || others.includes(undefined)) {
    refuseField(['externalPrimaryID'], 'unknown', 'names no customer')
  }
  if (others.length > 0) refuseField(['actions', index, 'value'], 'format', 'is another customer on another brand')
  return { requesterId }
}
