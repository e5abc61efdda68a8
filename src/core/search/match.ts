import type { Desk } from '../catalogue/tenant.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { may, sightOf } from '../identity/actor.ts'
import { CANDIDATES, TEXTS } from './store.ts'
import { holds, keysOfTerm, type Sought, termOf, wordsOf } from './words.ts'

/** Where a search begins, and how much of it is wanted. */
export interface MatchPage {
  /** Only tickets with a smaller integer. */
  readonly before?: number
  readonly limit: number
}

/** How many tickets are looked through at once, at most. */
const LOOKED_THROUGH = 200
const NEWEST = Number.MAX_SAFE_INTEGER

/**
 * The integers of the newest tickets in the caller's sight that hold all words, each anywhere in what of the ticket the
 * caller may read: title, description, tags, names and addresses on it, its messages, and its notes on desks where the
 * caller reads notes. Nothing that holds no word is found by it. What was written is found right after its commit.
 *
 * Fewer than `limit` only where there are no more; the next page is `before` the last one.
 *
 * @throws Refusal `forbidden`
 */
export async function findMatches(
  ctx: Context,
  words: readonly Sought[],
  { before = NEWEST, limit }: MatchPage,
): Promise<readonly number[]> {
  if (!ctx.actor.permissions.has('ticket.read')) refuse({ code: 'forbidden', permission: 'ticket.read' })
  const terms = words.map(termOf).filter((term) => term !== null)
  const keys = [...new Set(terms.flatMap(keysOfTerm))]
  // A letter alone beside other words is no reason to find nothing.
  if (keys.length === 0) return []
  const { all, deskIds, requesterId, onlyDeskId } = sightOf(ctx.actor)
  const mayReadNotes = (desk: Desk): boolean => may(ctx.actor, 'message.read_internal', desk.id)
  const asked = {
    ...{ tenant_id: ctx.tenant.id, all, sight_desk_ids: deskIds },
    ...{ sight_requester_id: requesterId, only_desk_id: onlyDeskId },
  }
  const notesOn = ctx.tenant.desks.filter(mayReadNotes).map((desk) => desk.id)
  const matches: number[] = []
  let from = before
  while (matches.length < limit) {
    const share = Math.min(limit - matches.length, LOOKED_THROUGH)
    const rows = await ctx.store.run(CANDIDATES.with({ ...asked, keys, before: from, limit: share }))
    const tickets = rows.map(({ ticket }) => ticket)
    const last = tickets.at(-1)
    if (last === undefined) break
    // A key is there also for a word that has gone, for another word by chance, or of a note.
    const texts = await ctx.store.run(TEXTS.with({ ...asked, tickets, notes_on: notesOn }))
    const found = texts.filter((row) => {
      const read = row.texts.map(wordsOf)
      return terms.every((term) => read.some((each) => holds(each, term)))
    })
    matches.push(...found.map(({ ticket }) => ticket).sort((one, other) => other - one))
    if (tickets.length < share) break
    from = last
  }
  return matches
}
