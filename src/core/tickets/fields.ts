import { type Static, type TObject, Type } from 'typebox'
import { type Columns, Sql, type SqlType } from '../../storage/sql.ts'
import type { FieldValues } from '../catalogue/field.ts'
import type { EventData, EventKind } from '../events/event.ts'
import { type Instant, instant, instantOrNull } from '../instant.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import type { TicketState } from './drafts.ts'
import type { Person, Ticket, TicketChange } from './ticket.ts'

/**
 * The fields of a ticket, once. How they come out of PostgreSQL and go in, what a change writes and records, and what an
 * erasure leaves, follows from this table; the interface `Ticket` and the migrations alone say it again, and do not
 * compile or pass without it.
 */

/** What an erasure leaves in the place of words. */
type Erased = '' | null | readonly [] | Readonly<Record<string, never>>

/** What PostgreSQL and the rules must know of a field. */
interface Field {
  readonly column: string
  /** How it comes out and goes in. */
  readonly type: SqlType<unknown>
  /** What a new ticket has it from: what is given, the moment at which it is recorded if anything is given, or the store. */
  readonly opens: 'given' | 'moment' | 'store'
  /** What a change writes: the given value, the moment if the change moves it, or nothing by this table. */
  readonly changes: 'given' | 'moment' | 'no'
  /** The event that tells its change, with the value before and after under the column's name. */
  readonly event?: EventKind
  /** Whether the event of the opening tells it, too. */
  readonly told?: true
  /** For words and people: what an erasure leaves in their place. */
  readonly erased?: Erased
}

const { uuid, integer, bigint, text, timestamptz, array, nullable, word } = Sql

const INSTANT = nullable(timestamptz)

/** Something that the store counts or finds. */
const STORE = { opens: 'store', changes: 'no' } as const
/** Said at the opening, and kept. */
const GIVEN = { opens: 'given', changes: 'no' } as const
const WORDS = { ...GIVEN, erased: '' } as const
const CHANGED = { opens: 'given', changes: 'given' } as const
const MOMENT = { opens: 'moment', changes: 'moment' } as const

/** A field by its column. */
function field<Column extends string, Value>(
  column: Column,
  type: SqlType<Value>,
  rest: Omit<Field, 'column' | 'type'>,
): Field & { readonly column: Column; readonly type: SqlType<Value> } {
  return { column, type, ...rest }
}

/** By the name that the core has for each, in the order in which one change records them. */
const FIELDS = {
  id: field('id', uuid, GIVEN),
  integer: field('integer', bigint, STORE),
  number: field('number', integer, STORE),
  version: field('version', integer, STORE),
  title: field('title', text, { ...CHANGED, event: 'ticket.title_changed', told: true, erased: '' }),
  description: field('description', text, WORDS),
  topicId: field('topic_id', nullable(integer), { ...CHANGED, event: 'ticket.topic_changed', told: true }),
  typeId: field('type_id', nullable(integer), { ...CHANGED, event: 'ticket.type_changed', told: true }),
  priority: field('priority', word(PRIORITIES), {
    ...CHANGED,
    event: 'ticket.priority_changed',
    told: true,
  }),
  formId: field('form_id', nullable(integer), { ...CHANGED, event: 'ticket.form_changed' }),
  tags: field('tags', array(text), { ...CHANGED, event: 'ticket.tags_changed', erased: [] }),
  // The tenant's own, by key.
  fields: field('fields', Sql.jsonb<FieldValues>(Type.Object({})), {
    ...CHANGED,
    event: 'ticket.fields_changed',
    erased: {},
  }),
  deskId: field('desk_id', uuid, { ...CHANGED, event: 'ticket.desk_changed', told: true }),
  groupId: field('group_id', nullable(uuid), { ...CHANGED, event: 'ticket.group_changed', told: true }),
  // Whom an address belongs to, the store finds.
  requesterId: field('requester_id', nullable(uuid), {
    opens: 'store',
    changes: 'given',
    event: 'ticket.requester_changed',
  }),
  assigneeId: field('assignee_id', nullable(uuid), {
    ...CHANGED,
    event: 'ticket.assignee_changed',
    told: true,
  }),
  status: field('status', word(STATUSES), { ...CHANGED, event: 'ticket.status_changed', told: true }),
  snoozedUntil: field('snoozed_until', INSTANT, { opens: 'store', changes: 'given', event: 'ticket.snoozed' }),
  channelId: field('channel_id', integer, GIVEN),
  direction: field('direction', word(['inbound', 'outbound']), GIVEN),
  fromAddress: field('from_address', text, WORDS),
  fromName: field('from_name', text, WORDS),
  toAddress: field('to_address', text, WORDS),
  toName: field('to_name', text, WORDS),
  externalReference: field('external_reference', nullable(text), { ...GIVEN, erased: null }),
  createdAt: field('created_at', timestamptz, STORE),
  updatedAt: field('updated_at', timestamptz, STORE),
  statusChangedAt: field('status_changed_at', INSTANT, { opens: 'store', changes: 'moment' }),
  firstResponseAt: field('first_response_at', INSTANT, MOMENT),
  latestMessageAt: field('latest_message_at', INSTANT, MOMENT),
  latestAgentAt: field('latest_agent_at', INSTANT, MOMENT),
  latestRequesterAt: field('latest_requester_at', INSTANT, MOMENT),
  waitingSince: field('waiting_since', INSTANT, MOMENT),
  solvedAt: field('solved_at', INSTANT, MOMENT),
  closedAt: field('closed_at', INSTANT, MOMENT),
  finishedAt: field('finished_at', INSTANT, MOMENT),
} satisfies { readonly [Key in keyof TicketState]-?: Field }

type Fields = typeof FIELDS
type Key = keyof Fields

// A table of one's own has the keys that it is declared with.
const KEYS = Object.keys(FIELDS) as Key[]
const fieldOf = (key: Key): Field => FIELDS[key]
const keysWhere = (holds: (field: Field) => boolean): readonly Key[] => KEYS.filter((key) => holds(fieldOf(key)))
const column = (key: Key): string => fieldOf(key).column

interface Named {
  readonly key: Key
  readonly column: string
}
const named = (keys: readonly Key[]): readonly Named[] => keys.map((key) => ({ key, column: column(key) }))

/** The columns of some fields, each with its type. */
function columnsOfKeys(keys: readonly Key[]): Columns<Partial<TicketLine>> {
  return Object.fromEntries(keys.map((key) => [column(key), fieldOf(key).type]))
}

/** Some fields of a state by column, as far as they are there. Made with every write, so without lists on the way. */
function byColumn(state: Partial<TicketState>, fields: readonly Named[]): EventData {
  const values: Record<string, EventData[string]> = {}
  for (const { key, column } of fields) {
    const value = state[key]
    if (value !== undefined) values[column] = value
  }
  return values
}

type LineProperties = { readonly [K in Key as Fields[K]['column']]: Fields[K]['type'] }

/** A ticket without the people on it, as `ticketLine` selects it. */
// Each field gives its own column its own row, which is what the type says.
export const TicketLine = Type.Object(
  Object.fromEntries(KEYS.map((key) => [column(key), fieldOf(key).type])) as unknown as LineProperties,
) as TObject<LineProperties>
export type TicketLine = Static<typeof TicketLine>

/** Select list of a ticket `t` without the people on it. @param description SQL of what is read of its description. */
export function ticketLine(description = 't.description'): string {
  return KEYS.map((key) => (key === 'description' ? `${description} as description` : `t.${column(key)}`)).join(', ')
}

// By hand, because a loop over the table takes six times as long, which a list of many tickets would feel. What is forgotten
// here does not compile.
/** A ticket of a row without people, and the people. */
export function ticketWith(row: TicketLine, requester: Person | null, assignee: Person | null): Ticket {
  return {
    id: row.id,
    integer: row.integer,
    deskId: row.desk_id,
    number: row.number,
    version: row.version,
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    topicId: row.topic_id,
    typeId: row.type_id,
    groupId: row.group_id,
    requester,
    assignee,
    channelId: row.channel_id,
    formId: row.form_id,
    direction: row.direction,
    fromAddress: row.from_address,
    fromName: row.from_name,
    toAddress: row.to_address,
    toName: row.to_name,
    externalReference: row.external_reference,
    tags: row.tags,
    fields: row.fields,
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
    statusChangedAt: instantOrNull(row.status_changed_at),
    firstResponseAt: instantOrNull(row.first_response_at),
    latestMessageAt: instantOrNull(row.latest_message_at),
    latestAgentAt: instantOrNull(row.latest_agent_at),
    latestRequesterAt: instantOrNull(row.latest_requester_at),
    waitingSince: instantOrNull(row.waiting_since),
    snoozedUntil: instantOrNull(row.snoozed_until),
    solvedAt: instantOrNull(row.solved_at),
    closedAt: instantOrNull(row.closed_at),
    finishedAt: instantOrNull(row.finished_at),
  }
}

/** A ticket of a row without people, as rules take it. */
export function stateOfLine(row: TicketLine): TicketState {
  const { requester: _requester, assignee: _assignee, isDescriptionCut: _cut, ...rest } = ticketWith(row, null, null)
  return { ...rest, requesterId: row.requester_id, assigneeId: row.assignee_id }
}

// --- opening ----------------------------------------------------------------------------------------------------------

const OPENED = keysWhere(({ opens }) => opens !== 'store')
const OPENED_MOMENTS = keysWhere(({ opens }) => opens === 'moment')

/** What a new ticket is given. */
export const OPENED_COLUMNS = columnsOfKeys(OPENED)

/** SQL of the value of each of `OPENED_COLUMNS` in a new row: `value` of its column, or `moment` where that stands for a time. */
export function openedValues(value: (column: string) => string, moment: string): string {
  const sqlOf = (key: Key): string =>
    OPENED_MOMENTS.includes(key) ? `case when ${value(column(key))} is not null then ${moment} end` : value(column(key))
  return OPENED.map(sqlOf).join(', ')
}

/** A new ticket when it was recorded: what is given of times is that moment. */
export function recordedAt<S extends Omit<TicketState, 'integer' | 'number' | 'requesterId'>>(
  state: S,
  at: Instant,
): S {
  const given: Partial<TicketState> = state
  const moved: Record<string, Instant> = {}
  for (const key of OPENED_MOMENTS) if (given[key] != null) moved[key] = at
  return { ...state, updatedAt: at, ...moved }
}

const OPENED_NAMES = named(OPENED)

/** What a new ticket is given, as `OPENED_COLUMNS`. */
export function openedInput(state: Partial<TicketState>): Partial<TicketLine> {
  return byColumn(state, OPENED_NAMES)
}

// --- changing ---------------------------------------------------------------------------------------------------------

const CHANGEABLE = keysWhere(({ changes }) => changes !== 'no')

/** What a change gives of a ticket: all that it may write. */
export const CHANGED_COLUMNS = columnsOfKeys(CHANGEABLE)

/** SQL that sets the fields of a ticket from `i`: times become `moment` where they are the call's own time, `at`. */
export function changedValues(at: string, moment: string): string {
  const sqlOf = (key: Key): string =>
    fieldOf(key).changes === 'moment'
      ? `case when i.${column(key)} = ${at} then ${moment} else i.${column(key)} end`
      : `i.${column(key)}`
  return CHANGEABLE.map((key) => `${column(key)} = ${sqlOf(key)}`).join(', ')
}

const CHANGED_NAMES = named(CHANGEABLE)

/** A state as `CHANGED_COLUMNS`. */
export function changedInput(state: Partial<TicketState>): Partial<TicketLine> {
  return byColumn(state, CHANGED_NAMES)
}

/** The fields that a change gives, beside tags, status and the tenant's own; absent stays as it is, null empties. By hand as `ticketWith`. */
export function givenBy(change: TicketChange, before: TicketState): Partial<TicketState> {
  return {
    title: change.title ?? before.title,
    priority: change.priority ?? before.priority,
    topicId: change.topicId === undefined ? before.topicId : change.topicId,
    typeId: change.typeId === undefined ? before.typeId : change.typeId,
    groupId: change.groupId === undefined ? before.groupId : change.groupId,
    assigneeId: change.assigneeId === undefined ? before.assigneeId : change.assigneeId,
    requesterId: change.requesterId === undefined ? before.requesterId : change.requesterId,
    deskId: change.deskId ?? before.deskId,
    formId: change.formId === undefined ? before.formId : change.formId,
  }
}

// --- telling ----------------------------------------------------------------------------------------------------------

/** The events of changed fields, in the order in which one change records them. */
export const TOLD_CHANGES: readonly { readonly key: Key; readonly kind: EventKind }[] = KEYS.flatMap((key) => {
  const kind = fieldOf(key).event
  return kind === undefined ? [] : [{ key, kind }]
})

const TOLD_AT_OPENING = named(keysWhere(({ told }) => told === true))

/** The fields of which changes are told. */
export const TOLD_KEYS = [
  'title',
  'topicId',
  'typeId',
  'priority',
  'formId',
  'tags',
  'deskId',
  'groupId',
  'requesterId',
  'assigneeId',
  'status',
  'snoozedUntil',
] as const satisfies readonly Key[]
export type ToldKey = (typeof TOLD_KEYS)[number]

/** The name that events have for a field. */
export function columnOf(key: ToldKey): string {
  return column(key)
}

/** A field of which a kind of event tells, and how what it tells of before becomes part of a state. */
interface ToldField {
  readonly key: ToldKey
  readonly read: (data: EventData) => Partial<TicketState>
}

const TOLD_BY: ReadonlyMap<EventKind, ToldField> = new Map(
  TOLD_KEYS.flatMap((key) => {
    const { event, erased } = fieldOf(key)
    if (event === undefined) return []
    // Words that are not there were erased. Everything else events tell as the state has it.
    const read = (data: EventData): Partial<TicketState> => ({ [key]: data[column(key)] ?? erased ?? null })
    const kinds: readonly EventKind[] = key === 'snoozedUntil' ? [event, 'ticket.woken'] : [event]
    return kinds.map((kind) => [kind, { key, read }] as const)
  }),
)

/** The field of which a kind of event tells. */
export function toldBy(kind: EventKind): ToldField | null {
  return TOLD_BY.get(kind) ?? null
}

/** A field of a state, as events hold it. */
export function told(state: Partial<TicketState>, key: Key): EventData {
  return byColumn(state, named([key]))
}

/** What the event of a changed field tells, before and after: of the tenant's own those that differ, null for what is not set. */
export function toldChange(before: TicketState, after: TicketState, key: Key): readonly [EventData, EventData] {
  if (key !== 'fields') return [told(before, key), told(after, key)]
  const keys = [...new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])].filter(
    (each) => JSON.stringify(before.fields[each]) !== JSON.stringify(after.fields[each]),
  )
  const those = ({ fields }: TicketState): EventData => ({
    fields: Object.fromEntries(keys.map((each) => [each, fields[each] ?? null])),
  })
  return [those(before), those(after)]
}

/** What the event of the opening tells of a ticket. */
export function toldAtOpening(state: Partial<TicketState>): EventData {
  return byColumn(state, TOLD_AT_OPENING)
}

// --- erasing ----------------------------------------------------------------------------------------------------------

/** By column, what an erasure leaves of a ticket's words in kept results. */
export const ERASED_COLUMNS: Readonly<Record<string, Erased>> = Object.fromEntries(
  KEYS.flatMap((key) => {
    const { erased } = fieldOf(key)
    return erased === undefined ? [] : [[column(key), erased]]
  }),
)

/** The words of a ticket that events tell, by the name they have there. */
export const ERASED_IN_EVENTS: readonly string[] = KEYS.flatMap((key) =>
  fieldOf(key).event !== undefined && fieldOf(key).erased !== undefined ? [column(key)] : [],
)
