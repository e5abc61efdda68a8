import { isProblem, newKey } from '../../../sdk/client.ts'
import type { Draft as ServerDraft } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { type Draft, draftOf, EMPTY, isEmpty, join, keepDraft, keyOf, type Place } from './drafts.ts'
import { isOnItsWay } from './outbox.ts'
import { htmlOf } from './rich.ts'

/**
 * Drafts on the server. What is written here is what counts here; the server has it a moment later, and gives it to other
 * devices. Where two have written, what both wrote stands there, one after the other.
 */

/** Takes what the server has for a place: written on another device, sent from there, or thrown away. */
export function readFromServer(place: Place): Promise<void> {
  return alone(place, () => read(place))
}

/** Gives the server what is written here, unless it has that. What it does not take now is given with the next pause. */
export function keepOnServer(place: Place): Promise<void> {
  return alone(place, () => keep(place))
}

/** Once nothing of a place is under way to the server. */
export function settled(place: Place): Promise<void> {
  return underWay.get(keyOf(place)) ?? Promise.resolve()
}

async function read(place: Place): Promise<void> {
  const { ticket, mode } = place
  // What is about to be sent is on the server still.
  if (isOnItsWay(place)) return
  const { data } = await client.call('listDrafts', { params: { id: ticket } })
  const visibility = mode === 'note' ? 'internal' : 'public'
  const there = data.find((each) => each.visibility === visibility) ?? null
  if (isOnItsWay(place)) return
  const next = reconciled(draftOf(place), there)
  if (next !== null) keepDraft(place, next)
}

async function keep(place: Place): Promise<void> {
  const draft = draftOf(place)
  if (draft.isSaved || (isEmpty(draft) && draft.id === null)) return
  // In its place is what was sent a moment ago; once that has gone, the ticket has changed and this is asked again.
  if (isOnItsWay(place)) return
  const id = draft.id ?? newDraftId()
  // Before it goes: whoever sends it meanwhile names it.
  if (draft.id === null) keepDraft(place, { ...draft, id })
  const version = isEmpty(draft) ? await discard(place, { ...draft, id }) : await put(place, { ...draft, id })
  const now = draftOf(place)
  // It was sent meanwhile, or begun anew.
  if (now.id !== id) return
  if (version === null) keepDraft(place, isEmpty(now) ? EMPTY : { ...now, id: null, version: null })
  else keepDraft(place, { ...now, version, isSaved: isSame(now, draft) })
}

type Named = Draft & { readonly id: string }

/** @returns its version; null where it was sent or thrown away elsewhere */
async function put(place: Place, { id, html, files, version }: Named): Promise<number | null> {
  const body = {
    ...{ visibility: place.mode === 'note' ? ('internal' as const) : ('public' as const), html },
    attachments: files.map((file) => file.id),
  }
  try {
    const params = { id: place.ticket, draft: id }
    const saved = await client.call('saveDraft', { params, body, ...(version !== null && { ifVersion: version }) })
    return saved.version
  } catch (error) {
    if (isProblem(error, 'not_found')) return null
    if (!isProblem(error, 'precondition_failed') && !isProblem(error, 'conflict')) throw error
    await read(place)
    throw error
  }
}

async function discard(place: Place, { id, version }: Named): Promise<null> {
  // One that the server never answered may be there all the same.
  const params = { id: place.ticket, draft: id }
  try {
    await client.call('discardDraft', { params, ...(version !== null && { ifVersion: version }) })
  } catch (error) {
    if (isProblem(error, 'precondition_failed')) await read(place)
    if (!isProblem(error, 'not_found')) throw error
  }
  return null
}

/** What stands here once it is known what the server has; null where nothing changes. */
export function reconciled(here: Draft, there: ServerDraft | null): Draft | null {
  if (there === null) {
    // It was sent or thrown away elsewhere; what was written since is another.
    if (here.id === null || here.version === null) return null
    return here.isSaved ? EMPTY : { ...here, id: null, version: null }
  }
  const theirs = { html: there.html ?? htmlOf(there.text ?? ''), files: there.attachments }
  const known = { id: there.id, version: there.version }
  const isOurs = here.id === there.id
  if (here.isSaved || isEmpty(here)) {
    // What was emptied here is thrown away there, unless it went on there.
    if (isOurs && ((here.version ?? 0) >= there.version || (!here.isSaved && here.version === null))) return null
    return { ...here, ...theirs, ...known, isSaved: true }
  }
  if (isOurs && here.version === there.version) return null
  // By its first save, of which no answer came.
  if (isOurs && here.version === null && there.version === 1) return { ...here, ...known }
  return { ...here, ...join(theirs, here), ...known, isSaved: false }
}

function isSame(one: Draft, other: Draft): boolean {
  return one.html === other.html && JSON.stringify(one.files) === JSON.stringify(other.files)
}

/** A UUID, also where a page without https has no function for that. */
function newDraftId(): string {
  const hex = newKey()
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-')
}

/** What is under way for each place: one thing after the other, in this window and, by locks, in the others. */
const underWay = new Map<string, Promise<void>>()

function alone(place: Place, work: () => Promise<void>): Promise<void> {
  const key = keyOf(place)
  const inLock = (): Promise<void> => navigator.locks?.request(key, work) ?? work()
  const next = (underWay.get(key) ?? Promise.resolve()).then(inLock).catch(() => {
    // It stays on this device, and is given with the next pause or when the ticket is opened again.
  })
  underWay.set(key, next)
  return next
}
