import type { FieldChanges } from '../../catalogue/field.ts'
import { refuse, refuseField } from '../../errors.ts'
import type { Instant } from '../../instant.ts'
import { PRIORITIES, STATUSES } from '../../words.ts'
import type { TicketChange } from '../ticket.ts'
import { isReal, type LogEntry, momentsAfter, type Replay } from './past.ts'

/** An event of a ticket, as far as what it told can be taken back. */
export type Told = Pick<LogEntry, 'position' | 'before' | 'after' | 'visibility'> & { readonly kind: string }

/** What a change did to a ticket: the positions of its events, and the wait that it ended. */
export interface Done {
  readonly first: number
  readonly last: number
  readonly waitingSince: string | null
}

type Data = Readonly<Record<string, unknown>>

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const textOrNull = (value: unknown): string | null | undefined => (value === null ? null : textIn(value))
const numberOrNull = (value: unknown): number | null | undefined =>
  value === null || typeof value === 'number' ? value : undefined
const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** What an event told of the tenant's own fields, by key: the log holds what the rules made of them. */
const fieldsIn = ({ fields }: Data): FieldChanges =>
  typeof fields === 'object' && fields !== null ? (fields as FieldChanges) : {}

/** A change with what is known of it; nothing is known of what was erased. */
function known<Key extends keyof TicketChange>(key: Key, value: TicketChange[Key] | undefined): TicketChange | null {
  return value === undefined ? null : { [key]: value }
}

/** What gives back what events of a kind took. */
interface Back {
  /** What people call the field. */
  readonly name: string
  /** Null where it is not known any more what there was. */
  readonly change: (before: Data, after: Data) => TicketChange | null
  /** What of this kind or another, once it is newer, would be overwritten; the kind itself by default. */
  readonly isOverwritten?: (newer: Told, own: Told) => boolean
}

const BACK: Readonly<Record<string, Back>> = {
  'ticket.title_changed': { name: 'title', change: ({ title }) => known('title', textIn(title)) },
  'ticket.topic_changed': { name: 'topic', change: ({ topic_id }) => known('topicId', numberOrNull(topic_id)) },
  'ticket.type_changed': { name: 'type', change: ({ type_id }) => known('typeId', numberOrNull(type_id)) },
  'ticket.priority_changed': {
    name: 'priority',
    change: ({ priority }) =>
      known(
        'priority',
        PRIORITIES.find((each) => each === priority),
      ),
  },
  'ticket.form_changed': { name: 'form', change: ({ form_id }) => known('formId', numberOrNull(form_id)) },
  'ticket.tags_changed': {
    name: 'tags',
    change: (before, after) => {
      const [was, is] = [textsIn(before['tags']), textsIn(after['tags'])]
      return {
        addTags: was.filter((tag) => !is.includes(tag)),
        removeTags: is.filter((tag) => !was.includes(tag)),
      }
    },
  },
  'ticket.fields_changed': {
    name: 'fields',
    change: (before) => (Object.keys(fieldsIn(before)).length === 0 ? null : { fields: fieldsIn(before) }),
    // Each field of the tenant's own by itself.
    isOverwritten: (newer, own) => {
      const keys = Object.keys(fieldsIn(own.before ?? {}))
      return newer.kind === own.kind && keys.some((key) => Object.hasOwn(fieldsIn(newer.before ?? {}), key))
    },
  },
  'ticket.desk_changed': { name: 'desk', change: ({ desk_id }) => known('deskId', textIn(desk_id)) },
  'ticket.group_changed': { name: 'group', change: ({ group_id }) => known('groupId', textOrNull(group_id)) },
  'ticket.requester_changed': {
    name: 'requester',
    change: ({ requester_id }) => known('requesterId', textOrNull(requester_id)),
  },
  'ticket.assignee_changed': {
    name: 'assignee',
    change: ({ assignee_id }) => known('assigneeId', textOrNull(assignee_id)),
  },
  'ticket.status_changed': {
    name: 'status',
    change: ({ status }) => {
      const to = STATUSES.find((each) => each === status)
      return known('status', to && { to })
    },
  },
  'ticket.waiting_changed': {
    name: 'waiting',
    change: ({ waiting }) => known('waiting', waiting === true),
    isOverwritten: (newer) => isAboutWaiting(newer) || newer.kind === 'ticket.status_changed',
  },
  'ticket.snoozed': { name: 'snooze', change: backToSleep, isOverwritten: isAboutSnoozing },
  'ticket.woken': { name: 'snooze', change: backToSleep, isOverwritten: isAboutSnoozing },
}

function backToSleep({ snoozed_until: until }: Data): TicketChange | null {
  return known('snoozedUntil', textOrNull(until))
}

function isAboutSnoozing({ kind }: Told): boolean {
  return kind === 'ticket.snoozed' || kind === 'ticket.woken'
}

/** Whether something was said to the requester or by them, or decided, about who waits. */
const isAboutWaiting = ({ kind, visibility }: Told): boolean =>
  kind === 'ticket.waiting_changed' || (kind === 'message.added' && visibility !== 'internal')

/**
 * What gives a ticket back what a change took from it.
 *
 * @param events the ticket's, from the first of the change on.
 * @throws Refusal `conflict` where something newer would be overwritten, or where it is not known what there was.
 */
export function changeBack(events: readonly Told[], { first, last, waitingSince }: Done): TicketChange {
  const own = Map.groupBy(
    events.filter(({ position }) => position >= first && position <= last),
    ({ kind }) => kind,
  )
  const newer = events.filter(({ position }) => position > last)
  const since = [...own].flatMap(([kind, [told]]) => {
    const back = BACK[kind]
    if (back === undefined) return []
    const { name, isOverwritten = (each: Told) => each.kind === kind } = back
    return told && newer.some((each) => isOverwritten(each, told)) ? [name] : []
  })
  if (since.length > 0) refuse({ code: 'conflict', message: `Changed since: ${since.join(', ')}.` })
  // Of several events of a kind, what there was before the first of them.
  const back = [...own].flatMap(([kind, each]) => {
    const change = BACK[kind]?.change(each[0]?.before ?? {}, each.at(-1)?.after ?? {})
    if (change === null) refuse({ code: 'conflict', message: 'What it had before is not known any more.' })
    return change ?? []
  })
  const change: TicketChange = Object.assign({ undoes: first }, ...back)
  const waits = waitingSince !== null && !newer.some(isAboutWaiting)
  return waits ? { ...change, waiting: true, waitingSince } : change
}

const NO_FIELDS = 'What was said, opened, merged or deleted cannot be undone: only changes of a ticket can.'

/**
 * What undoes a change of a ticket.
 *
 * @param log of the ticket, as it is known: from its opening on, or its end.
 * @param position of any event of the change; null for the last change.
 * @throws Refusal `conflict` where nothing can be undone or something newer would be overwritten; `invalid` (path `change`)
 */
export function undoing(
  log: readonly LogEntry[],
  position: number | null,
  given: Replay & { readonly now: Instant },
): TicketChange {
  const asked = position === null ? log.findLast(isReal) : log.find((entry) => entry.position === position)
  if (!asked) {
    if (position !== null)
      refuseField(['change'], 'unknown', 'The ticket has no such event, or too much came after it.')
    refuse({ code: 'conflict', message: 'There is nothing to undo.' })
  }
  const own = log.filter(({ requestId }) => requestId === asked.requestId)
  const [first = asked] = own
  const { position: last } = own.at(-1) ?? asked
  if (!own.some(isReal)) refuse({ code: 'conflict', message: 'There is nothing to undo.' })
  if (!canBeUndone(own)) refuse({ code: 'conflict', message: NO_FIELDS })
  const undo = log.find(({ undoes }) => undoes === first.position)
  if (undo) refuse({ code: 'conflict', message: `It was undone already, at position ${undo.position}.` })
  const earlier = log.filter((entry) => entry.position < first.position)
  const waited = momentsAfter(earlier, given).waitingSince
  const waits = momentsAfter([...earlier, ...own], given).waitingSince !== null
  const since = log.filter((entry) => entry.position >= first.position)
  // Who was answered does not wait again because the rest is taken back.
  const isAnswered = own.some(({ kind, visibility }) => kind === 'message.added' && visibility !== 'internal')
  const waitingSince = waits || isAnswered ? null : waited
  const change = changeBack(since, { first: first.position, last, waitingSince })
  return awakeAfter(change, given.now)
}

/** Whether all of a call can be given back; of a macro's run what it changed, while what it said was said. */
function canBeUndone(own: readonly LogEntry[]): boolean {
  const isOfMacro = own.some(({ kind }) => kind === 'ticket.macro_run')
  const changes = own.filter(({ kind }) => !(isOfMacro && (kind === 'ticket.macro_run' || kind === 'message.added')))
  return changes.length > 0 && changes.every(({ kind }) => BACK[kind] !== undefined)
}

/** A snooze whose time has passed meanwhile does not come back. @throws Refusal `conflict` where that was all */
function awakeAfter(change: TicketChange, now: Instant): TicketChange {
  const { snoozedUntil, ...rest } = change
  if (snoozedUntil == null || snoozedUntil > now) return change
  if (Object.keys(rest).every((key) => key === 'undoes'))
    refuse({ code: 'conflict', message: 'It was snoozed until a time that has passed.' })
  return rest
}
