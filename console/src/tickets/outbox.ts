import { useSyncExternalStore } from 'react'
import { isProblem, newKey } from '../../../sdk/client.ts'
import type { Me, Ticket } from '../../../sdk/operations.ts'
import { askAgain, cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { showTicket } from '../api/feed.ts'
import { keys } from '../api/keys.ts'
import { whyOf } from '../api/why.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { STATUSES } from './change.ts'
import { type Content, giveBack, type Place, readFiles } from './drafts.ts'
import { askAboutChildren, isDone } from './linking.ts'
import { plainOf } from './rich.ts'

/** For how long a message can be taken back. */
export const UNDO_MS = 10_000
/** What each window has on its way is kept apart, under this name and one of its own. A version before had this alone. */
const KEPT_AS = 'polydesk.outbox'
const OWN = `${KEPT_AS}.${newKey()}`

/** A message on its way. It is kept on the device until the server has it, and its key makes it one however often it goes. */
export interface Outgoing extends Place, Content {
  readonly key: string
  /** The status that the ticket gets with it. */
  readonly status: Ticket['status'] | null
  /** The latest message that its author saw; none is null. */
  readonly seen: string | null
  /** Who was responsible as its author saw it; absent in what a version before kept. */
  readonly assignee?: string | null
  /** Whether it can no longer be taken back: the server may have it already. */
  readonly isSending?: boolean
}

let outgoing: readonly Outgoing[] = []
const timers = new Map<string, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

function set(next: readonly Outgoing[]): void {
  outgoing = next
  keep(OWN, next)
  for (const listener of listeners) listener()
}

function keep(name: string, messages: readonly Outgoing[]): void {
  if (messages.length === 0) localStorage.removeItem(name)
  else localStorage.setItem(name, JSON.stringify(messages))
}

// For as long as this window is there, what it has on its way is nobody else's. Browsers have locks for pages by https alone;
// without them windows take over from each other when they are opened.
navigator.locks?.request(OWN, () => new Promise<never>(() => {}))

/** What is on its way of one person. */
export function useOutbox(person: string): readonly Outgoing[] {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => outgoing,
  )
  return all.filter((each) => each.person === person)
}

/** Sends a message once it can no longer be taken back. */
export function send(message: Omit<Outgoing, 'key'>): void {
  const whole = { ...message, key: newKey() }
  set([...outgoing, whole])
  timers.set(
    whole.key,
    setTimeout(() => void deliver(whole), UNDO_MS),
  )
}

/** Takes a message back, whole, into its draft. */
export function undo(message: Outgoing): void {
  if (!timers.has(message.key)) return
  clearTimeout(timers.get(message.key))
  takeBack(message, null)
}

function takeBack(message: Outgoing, problem: string | null): void {
  timers.delete(message.key)
  set(outgoing.filter((each) => each.key !== message.key))
  giveBack(message, message, problem)
}

async function deliver(message: Outgoing): Promise<void> {
  timers.delete(message.key)
  // Whoever is here by now must not say what another wrote.
  if (cache.getQueryData<Me | null>(keys.me)?.user.id !== message.person) return takeBack(message, null)
  set(outgoing.map((each) => (each.key === message.key ? { ...each, isSending: true } : each)))
  try {
    await post(message)
    set(outgoing.filter((each) => each.key !== message.key))
  } catch (error) {
    const said = wordsNow().composer
    const problem = isProblem(error, 'precondition_failed') ? said.stopped : said.failed(whyOf(error))
    takeBack(message, problem)
    // On its own page the field tells.
    if (!location.pathname.endsWith(message.ticket)) notify(problem)
    await askAgain(keys.ticket(message.ticket))
  }
}

/** Whether what was written in a place is on its way, from this window or another one. */
export function isOnItsWay({ person, ticket, mode }: Place): boolean {
  return Object.keys(localStorage)
    .filter((name) => name === KEPT_AS || name.startsWith(`${KEPT_AS}.`))
    .flatMap(readOutbox)
    .some((each) => each.person === person && each.ticket === ticket && each.mode === mode)
}

/** What has no marks goes as plain text, so that everybody sees it in their own type. */
export function contentOf(html: string): { readonly text: string } | { readonly html: string } | undefined {
  if (html === '') return undefined
  const text = plainOf(html)
  return text === null ? { html } : { text }
}

/** A reply is meant for what its author read, and for a ticket that nobody else took; a note for colleagues, who read what there is. */
async function post({
  key,
  ticket: id,
  mode,
  html,
  files,
  status,
  seen,
  assignee,
  id: draft,
}: Outgoing): Promise<void> {
  const { ticket } = await client.call('addMessage', {
    params: { id },
    body: {
      ...contentOf(html),
      ...(files.length > 0 && { attachments: files.map((file) => file.id) }),
      visibility: mode === 'note' ? 'internal' : 'public',
      ...(draft !== null && { draft }),
      ...(status && { status }),
      ...(mode === 'reply' && seen !== null && { unless_public_after: seen }),
      ...(mode === 'reply' && assignee !== undefined && { unless_taken_from: assignee }),
    },
    idempotencyKey: key,
  })
  showTicket(ticket)
  if (status !== null && isDone(status)) void askAboutChildren(ticket)
  await askAgain(keys.timeline(id))
}

/**
 * Takes over what windows left behind that are gone, and what those have that are still there once they are gone. What
 * waited is given back to be sent again: its author may have meant to take it back. What was being sent goes once more, by its
 * key: whether or not the server had it, it has it once then. What others wrote waits for them.
 */
export function recoverOutbox(person: string): void {
  for (const name of Object.keys(localStorage)) {
    if (name === OWN || !(name === KEPT_AS || name.startsWith(`${KEPT_AS}.`))) continue
    if (navigator.locks) void navigator.locks.request(name, () => takeOver(name, person))
    else takeOver(name, person)
  }
}

function takeOver(name: string, person: string): void {
  const kept = readOutbox(name)
  const own = kept.filter((each) => each.person === person)
  const underWay = own.filter(({ isSending }) => isSending)
  set([...outgoing, ...underWay])
  keep(
    name,
    kept.filter((each) => each.person !== person),
  )
  for (const message of own) if (!message.isSending) giveBack(message, message, null)
  for (const each of underWay) void deliver(each)
}

function readOutbox(name: string): readonly Outgoing[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name) ?? '[]')
    return Array.isArray(kept) ? kept.flatMap(readKept) : []
  } catch {
    return []
  }
}

/** What this page, or one of an earlier version, kept; nothing of what cannot be read. */
function readKept(value: unknown): readonly Outgoing[] {
  const { key, person, ticket, mode, html, files, id, version, status, seen, assignee, isSending } = Object(value)
  if (typeof person !== 'string' || typeof ticket !== 'string' || typeof html !== 'string') return []
  return [
    {
      key: typeof key === 'string' ? key : newKey(),
      person,
      ticket,
      mode: mode === 'note' ? 'note' : 'reply',
      html,
      files: readFiles(files),
      id: typeof id === 'string' ? id : null,
      version: typeof version === 'number' ? version : null,
      status: STATUSES.find((each) => each === status) ?? null,
      seen: typeof seen === 'string' ? seen : null,
      ...((typeof assignee === 'string' || assignee === null) && { assignee }),
      isSending: isSending === true && typeof key === 'string',
    },
  ]
}
