import { useSyncExternalStore } from 'react'
import { isProblem } from '../../../sdk/client.ts'
import type { Ticket } from '../../../sdk/operations.ts'
import { cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { showTicket } from '../api/feed.ts'
import { keys } from '../api/keys.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { STATUSES } from './change.ts'
import type { Mode } from './composing.ts'
import { giveBack } from './drafts.ts'

/** For how long a message can be taken back. */
export const UNDO_MS = 10_000
const KEPT_AS = 'polydesk.outbox'

/** A message on its way. It is kept on the device until the server has it, and its key makes it one however often it goes. */
export interface Outgoing {
  readonly key: string
  readonly ticket: string
  readonly mode: Mode
  readonly text: string
  /** The status that the ticket gets with it. */
  readonly status: Ticket['status'] | null
  /** The latest message that its author saw; none is null. */
  readonly seen: string | null
  /** Whether it can no longer be taken back: the server may have it already. */
  readonly isSending?: boolean
}

let outgoing: readonly Outgoing[] = []
const timers = new Map<string, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

function set(next: readonly Outgoing[]): void {
  outgoing = next
  localStorage.setItem(KEPT_AS, JSON.stringify(next))
  for (const listener of listeners) listener()
}

export const useOutbox = (): readonly Outgoing[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => outgoing,
  )

/** Sends a message once it can no longer be taken back. */
export function send(message: Omit<Outgoing, 'key'>): void {
  const whole = { ...message, key: crypto.randomUUID() }
  set([...outgoing, whole])
  timers.set(
    whole.key,
    setTimeout(() => void deliver(whole), UNDO_MS),
  )
}

/** Takes a message back, whole, into its draft. */
export function undo({ key, ticket, mode, text }: Outgoing): void {
  if (!timers.has(key)) return
  clearTimeout(timers.get(key))
  timers.delete(key)
  set(outgoing.filter((each) => each.key !== key))
  giveBack(ticket, mode, text)
}

async function deliver(message: Outgoing): Promise<void> {
  timers.delete(message.key)
  set(outgoing.map((each) => (each.key === message.key ? { ...each, isSending: true } : each)))
  try {
    await post(message)
  } catch (error) {
    const isStale = isProblem(error, 'precondition_failed')
    giveBack(message.ticket, message.mode, message.text)
    await cache.invalidateQueries({ queryKey: keys.ticket(message.ticket) })
    const said = wordsNow().composer
    notify(isStale ? said.stopped : said.failed(error instanceof Error ? error.message : ''))
  }
  set(outgoing.filter((each) => each.key !== message.key))
}

/** A reply is meant for what its author read; a note for colleagues, who read what there is. */
async function post({ key, ticket: id, mode, text, status, seen }: Outgoing): Promise<void> {
  const { ticket } = await client.call('addMessage', {
    params: { id },
    body: {
      text,
      visibility: mode === 'note' ? 'internal' : 'public',
      ...(status && { status }),
      ...(mode === 'reply' && seen !== null && { unless_public_after: seen }),
    },
    idempotencyKey: key,
  })
  showTicket(ticket)
  await cache.invalidateQueries({ queryKey: keys.timeline(id) })
}

/**
 * What waited when the page ended is given back to be sent again: its author may have meant to take it back. What was being
 * sent goes once more, by its key: whether or not the server had it, it has it once then.
 */
export function recoverOutbox(): void {
  const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '[]')
  if (!Array.isArray(kept) || outgoing.length > 0) return
  const messages = kept.flatMap(readKept)
  const underWay = messages.filter(({ isSending }) => isSending)
  for (const { isSending, ticket, mode, text } of messages) if (!isSending) giveBack(ticket, mode, text)
  set(underWay)
  for (const each of underWay) void deliver(each)
}

/** What this page, or one of an earlier version, kept; nothing of what cannot be read. */
function readKept(value: unknown): readonly Outgoing[] {
  const { key, ticket, mode, text, status, seen, isSending } = Object(value)
  if (typeof ticket !== 'string' || typeof text !== 'string') return []
  return [
    {
      key: typeof key === 'string' ? key : crypto.randomUUID(),
      ticket,
      mode: mode === 'note' ? 'note' : 'reply',
      text,
      status: STATUSES.find((each) => each === status) ?? null,
      seen: typeof seen === 'string' ? seen : null,
      isSending: isSending === true && typeof key === 'string',
    },
  ]
}
