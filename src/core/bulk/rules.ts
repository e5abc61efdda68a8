import { refuse, refuseField } from '../errors.ts'
import { type Actor, demandTenantWide } from '../identity/actor.ts'
import type { TicketChange } from '../tickets/ticket.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import { BULK_FIELDS, type BulkChange, type BulkJob } from './job.ts'

/** Whose jobs an actor sees, cancels and takes back: null for those of everybody. @throws Refusal `forbidden` */
export function readerOf(actor: Actor): string | null {
  demandTenantWide(actor, 'ticket.bulk')
  return actor.user.isOwner && actor.credential.deskId === null ? null : actor.user.id
}

/** @throws Refusal `invalid` (path `change`) where a change changes nothing. */
export function demandSome(change: BulkChange): void {
  const isSome = BULK_FIELDS.some((field) => {
    const value = change[field]
    return value !== undefined && !(Array.isArray(value) && value.length === 0)
  })
  if (!isSome) refuseField(['change'], 'required', 'Nothing is to be changed.')
}

/** @throws Refusal `conflict` unless a job can be taken back. */
export function demandUndoable(job: BulkJob, undoneBy: BulkJob | null): void {
  if (job.undoes !== null) refuse({ code: 'conflict', message: 'What takes a job back is not taken back itself.' })
  if (job.state === 'running') refuse({ code: 'conflict', message: 'The job is under way. Cancel it first.' })
  if (job.undoneBy !== null && undoneBy?.state !== 'cancelled')
    refuse({ code: 'conflict', message: `The job was taken back already, by the job ${job.undoneBy}.` })
}

/** An event of a ticket, as far as what it told can be taken back. */
export interface Told {
  readonly position: number
  readonly kind: string
  readonly before: Readonly<Record<string, unknown>> | null
  readonly after: Readonly<Record<string, unknown>> | null
}

/** What one job did to a ticket: the positions of its events, and the wait that it ended. */
export interface Done {
  readonly first: number
  readonly last: number
  readonly waitingSince: string | null
}

type Data = Readonly<Record<string, unknown>>

const textOrNull = (value: unknown): string | null | undefined =>
  value === null || typeof value === 'string' ? value : undefined
const numberOrNull = (value: unknown): number | null | undefined =>
  value === null || typeof value === 'number' ? value : undefined
const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

/** A change with what is known of it. */
function known<Key extends keyof BulkChange>(key: Key, value: BulkChange[Key] | undefined): BulkChange {
  return value === undefined ? {} : { [key]: value }
}

/** What gives back what an event of a kind took, each with the name that people have for it. */
const BACK: Readonly<
  Record<string, { readonly name: string; readonly change: (before: Data, after: Data) => BulkChange }>
> = {
  'ticket.status_changed': {
    name: 'status',
    change: ({ status }) => {
      const to = STATUSES.find((each) => each === status)
      return known('status', to && { to })
    },
  },
  'ticket.priority_changed': {
    name: 'priority',
    change: ({ priority }) =>
      known(
        'priority',
        PRIORITIES.find((each) => each === priority),
      ),
  },
  'ticket.topic_changed': { name: 'topic', change: ({ topic_id }) => known('topicId', numberOrNull(topic_id)) },
  'ticket.type_changed': { name: 'type', change: ({ type_id }) => known('typeId', numberOrNull(type_id)) },
  'ticket.group_changed': { name: 'group', change: ({ group_id }) => known('groupId', textOrNull(group_id)) },
  'ticket.assignee_changed': {
    name: 'assignee',
    change: ({ assignee_id }) => known('assigneeId', textOrNull(assignee_id)),
  },
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
}

/** What was said, or decided, about who waits. */
const ABOUT_WAITING: readonly string[] = ['message.added', 'ticket.waiting_changed']

/**
 * What gives a ticket back what a job took from it.
 *
 * @param events the ticket's, from the first of the job on.
 * @throws Refusal `conflict` where something newer would be overwritten.
 */
export function changeBack(events: readonly Told[], { first, last, waitingSince }: Done): TicketChange {
  const own = events.filter(({ position }) => position >= first && position <= last)
  const newer = new Set(events.filter(({ position }) => position > last).map(({ kind }) => kind))
  const since = own.flatMap(({ kind }) => (newer.has(kind) ? [BACK[kind]?.name ?? kind] : []))
  if (since.length > 0) refuse({ code: 'conflict', message: `Changed since: ${since.join(', ')}.` })
  const back = own.flatMap(({ kind, before, after }) => BACK[kind]?.change(before ?? {}, after ?? {}) ?? [])
  const change: BulkChange = Object.assign({}, ...back)
  const waits = waitingSince !== null && !ABOUT_WAITING.some((kind) => newer.has(kind))
  return waits ? { ...change, waiting: true, waitingSince } : change
}
