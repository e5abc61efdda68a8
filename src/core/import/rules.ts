import { createHash } from 'node:crypto'
import type { Instant } from '../instant.ts'
import type { EventDraft, TicketState } from '../tickets/drafts.ts'
import { toldAtOpening } from '../tickets/fields.ts'
import { toldChanges } from '../tickets/rules/change.ts'
import { FINISHED, type Status } from '../words.ts'
import type { ImportedTimes } from './record.ts'
import type { SaidBefore } from './store.ts'

/** The key under which something of a source is found again. A digest, so that an id which names somebody is not kept. */
export function sourceKey(source: string, kind: string, id: string): string {
  return digest(JSON.stringify([source, kind, id]))
}

/** Digests of what a source says of each field. */
export function saidOf(fields: Readonly<Record<string, unknown>>): SaidBefore {
  const said = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, digest(JSON.stringify(value)).slice(0, 16)] as const],
  )
  return Object.fromEntries(said)
}

/** The names of the fields of which a source says something else than the last time. */
export function saidAnew(said: SaidBefore, before: SaidBefore): ReadonlySet<string> {
  return new Set(Object.keys(said).filter((name) => said[name] !== before[name]))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** A message as far as the times of its ticket depend on it. */
interface Spoken {
  readonly visibility: 'public' | 'internal'
  readonly authorRole: 'requester' | 'agent'
  readonly createdAt: Instant
}

type Times = Pick<
  TicketState,
  | 'createdAt'
  | 'updatedAt'
  | 'statusChangedAt'
  | 'firstResponseAt'
  | 'latestMessageAt'
  | 'latestAgentAt'
  | 'latestRequesterAt'
  | 'waitingSince'
  | 'solvedAt'
  | 'closedAt'
  | 'finishedAt'
>

/** The times of a ticket: as its source says, and what it does not say by its messages. */
export function timesOf(
  given: ImportedTimes,
  status: Status,
  messages: readonly Spoken[],
  before: Partial<Times>,
  now: Instant,
): Times {
  const at = messages.map(({ createdAt }) => createdAt)
  const createdAt = before.createdAt ?? given.createdAt ?? at[0] ?? now
  const spoken = messages.filter(({ visibility }) => visibility === 'public')
  const byAgent = messages.filter(({ authorRole }) => authorRole === 'agent')
  const answers = spoken.filter(({ authorRole }) => authorRole === 'agent')
  const asked = messages.filter(({ authorRole }) => authorRole === 'requester')
  const latestOf = (each: readonly Spoken[]): Instant | null => each.at(-1)?.createdAt ?? null
  const updatedAt = given.updatedAt ?? [createdAt, ...at].toSorted().at(-1) ?? createdAt
  const finished = FINISHED.includes(status)
  const or = <Value>(told: Value | undefined, otherwise: Value): Value => (told === undefined ? otherwise : told)
  return {
    createdAt,
    updatedAt,
    statusChangedAt: or(given.statusChangedAt, before.statusChangedAt ?? null),
    firstResponseAt: or(given.firstResponseAt, before.firstResponseAt ?? answers[0]?.createdAt ?? null),
    latestMessageAt: or(given.latestMessageAt, latestOf(spoken) ?? before.latestMessageAt ?? null),
    latestAgentAt: or(given.latestAgentAt, latestOf(byAgent) ?? before.latestAgentAt ?? null),
    latestRequesterAt: or(given.latestRequesterAt, latestOf(asked) ?? before.latestRequesterAt ?? null),
    waitingSince: finished ? null : or(given.waitingSince, waiting(spoken, before.waitingSince ?? null)),
    solvedAt: or(given.solvedAt, status === 'solved' ? (before.solvedAt ?? updatedAt) : null),
    closedAt: or(given.closedAt, status === 'closed' ? (before.closedAt ?? updatedAt) : null),
    finishedAt: finished
      ? or(given.finishedAt, before.finishedAt ?? given.solvedAt ?? given.closedAt ?? updatedAt)
      : null,
  }
}

function waiting(spoken: readonly Spoken[], before: Instant | null): Instant | null {
  return spoken.reduce<Instant | null>(
    (since, { authorRole, createdAt }) => (authorRole === 'agent' ? null : (since ?? createdAt)),
    before,
  )
}

/** An event with the visibility of its message. */
export interface ImportedEvent extends EventDraft {
  readonly visibility: 'public' | 'internal' | null
}

interface Added extends Spoken {
  readonly id: string
}

/** What a requester said in public, which ends a snooze; null where they said nothing. */
export function answer<Each extends Spoken>(added: readonly Each[]): Each | null {
  return added.find(({ visibility, authorRole }) => visibility === 'public' && authorRole === 'requester') ?? null
}

/** What the log tells of an imported ticket: that it was opened, or what changed; and each message that came to it. */
export function eventsOf(
  before: TicketState | null,
  state: TicketState,
  added: readonly Added[],
  newId: () => string,
): readonly ImportedEvent[] {
  const [opening, ...others] = before === null ? added : [undefined, ...added]
  const changes =
    before === null ? [] : toldChanges(before, state, { status: state.status, change: {}, message: answer(added) })
  const opened: readonly ImportedEvent[] =
    before === null
      ? [
          {
            ...{ id: newId(), kind: 'ticket.created', messageId: opening?.id ?? null },
            ...{ before: null, after: toldAtOpening(state), visibility: opening?.visibility ?? null },
          },
        ]
      : []
  return [
    ...opened,
    ...changes.map((each): ImportedEvent => ({ ...each, id: newId(), messageId: null, visibility: null })),
    ...others.flatMap((message): readonly ImportedEvent[] =>
      message === undefined
        ? []
        : [
            {
              ...{ id: newId(), kind: 'message.added', messageId: message.id, before: null },
              ...{
                after: { visibility: message.visibility, author_role: message.authorRole },
                visibility: message.visibility,
              },
            },
          ],
    ),
  ]
}
