import { refuse, refuseField } from '../../errors.ts'
import type { ChangeDraft, EventDraft, TicketState } from '../drafts.ts'
import type { Ticket } from '../ticket.ts'
import type { Circumstances } from './circumstances.ts'
import { isFinished } from './lifecycle.ts'
import { draftOf, toldBy, unchanged } from './told.ts'

/** What the other ticket of a link is to a ticket. */
export const RELATIONS = ['related', 'parent', 'child', 'predecessor', 'follow_up'] as const
export type Relation = (typeof RELATIONS)[number]

/** How links are kept: from the child to its parent, and from the follow-up to what it follows. */
export const LINK_KINDS = ['related', 'child', 'follow_up'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

export interface Link {
  readonly id: string
  readonly kind: LinkKind
  readonly fromId: string
  readonly toId: string
}

/** How each relation is kept, whether from the ticket that has it or to that, and what this ticket is to the other one. */
const KEPT: Readonly<
  Record<Relation, { readonly kind: LinkKind; readonly isFrom: boolean; readonly opposite: Relation }>
> = {
  related: { kind: 'related', isFrom: true, opposite: 'related' },
  parent: { kind: 'child', isFrom: true, opposite: 'child' },
  child: { kind: 'child', isFrom: false, opposite: 'parent' },
  predecessor: { kind: 'follow_up', isFrom: true, opposite: 'follow_up' },
  follow_up: { kind: 'follow_up', isFrom: false, opposite: 'predecessor' },
}

/** What the other ticket of a link is to one of its tickets. */
export function relationOf({ kind, fromId }: Link, ticketId: string): Relation {
  const isFrom = fromId === ticketId
  const found = RELATIONS.find((each) => {
    const kept = KEPT[each]
    return kept.kind === kind && (kept.isFrom === isFrom || kept.opposite === each)
  })
  return found ?? 'related'
}

/** A link of two tickets by what the other one is to the first. */
export function linkBetween(id: string, ticketId: string, relation: Relation, otherId: string): Link {
  const { kind, isFrom } = KEPT[relation]
  return isFrom ? { id, kind, fromId: ticketId, toId: otherId } : { id, kind, fromId: otherId, toId: ticketId }
}

/** A ticket has so many links at the most, but for those that a merge brings. */
export const MOST_LINKS = 100
/** So many tickets are above one at the most. */
export const MOST_ABOVE = 100

/** What a new link depends on. */
export interface LinkGiven extends Pick<Circumstances, 'now' | 'newId'> {
  /** All links of both tickets. */
  readonly links: readonly Link[]
  /** Of the one that is to be the parent: it and all above it, as they were when this was looked up. */
  readonly above: readonly TicketState[]
  /** The position of the event that this undoes, if it undoes one. */
  readonly undoes?: number
}

/** Both tickets as they become, the one that was asked first, and those that have to stay as they are for it. */
export type LinkDrafts = readonly ChangeDraft[]

/**
 * Whether two tickets may be linked. Two have one link at the most, a ticket one parent, and none is above itself.
 *
 * @returns drafts, or the link that is there already.
 * @throws Refusal `invalid` (paths `ticket`, `relation`), `conflict`
 */
export function decideLink(
  [ticket, other]: readonly [Ticket, Ticket],
  link: Link,
  given: LinkGiven,
): LinkDrafts | { readonly already: Link } {
  if (ticket.id === other.id) refuseField(['ticket'], 'not_allowed', 'It leads to the ticket itself.')
  const same = given.links.find(
    ({ fromId, toId }) => [fromId, toId].includes(ticket.id) && [fromId, toId].includes(other.id),
  )
  if (same) {
    if (relationOf(same, ticket.id) === relationOf(link, ticket.id)) return { already: same }
    refuse({ code: 'conflict', message: 'The tickets are linked in another way: take that link away first.' })
  }
  if (link.kind === 'child') demandTree(link, given)
  if (link.kind === 'follow_up') demandOrder(link.toId === other.id ? [ticket, other] : [other, ticket])
  for (const { id } of [ticket, other]) {
    const count = given.links.filter(({ fromId, toId }) => fromId === id || toId === id).length
    if (count >= MOST_LINKS)
      refuseField(['ticket'], 'not_allowed', `A ticket has at most ${MOST_LINKS} links.`, MOST_LINKS)
  }
  const standing = given.above.filter(({ id }) => id !== ticket.id && id !== other.id).map(unchanged)
  return [...toldOnBoth([ticket, other], link, 'ticket.linked', given), ...standing]
}

function demandTree({ fromId: childId }: Link, { links, above }: LinkGiven): void {
  if (above.some(({ id }) => id === childId)) refuseField(['ticket'], 'not_allowed', 'It would be above itself.')
  if (links.some(({ kind, fromId }) => kind === 'child' && fromId === childId))
    refuse({ code: 'conflict', message: 'A ticket has one parent at most: take the link to that one away first.' })
  if (above.length > MOST_ABOVE)
    refuseField(['ticket'], 'not_allowed', `At most ${MOST_ABOVE} tickets are above one.`, MOST_ABOVE)
}

function demandOrder([followUp, predecessor]: readonly [Ticket, Ticket]): void {
  if (!isFinished(predecessor.status))
    refuseField(['relation'], 'not_allowed', 'Only a ticket that is solved or closed is followed up.')
  if (followUp.integer < predecessor.integer)
    refuseField(['relation'], 'not_allowed', 'A follow-up was opened after what it follows.')
}

/** Takes a link of two tickets away. */
export function decideUnlink(
  tickets: readonly [Ticket, Ticket],
  link: Link,
  given: Pick<LinkGiven, 'now' | 'newId' | 'undoes'>,
): LinkDrafts {
  return toldOnBoth(tickets, link, 'ticket.unlinked', given)
}

/** Each ticket's event tells its own side, and nothing of the other ticket, which not everybody sees who sees this one. */
function toldOnBoth(
  tickets: readonly [Ticket, Ticket],
  link: Link,
  kind: 'ticket.linked' | 'ticket.unlinked',
  { undoes, ...given }: Pick<LinkGiven, 'now' | 'newId' | 'undoes'>,
): LinkDrafts {
  return tickets.map((ticket) => {
    const data = { link_id: link.id, relation: relationOf(link, ticket.id) }
    const told: EventDraft = toldBy(
      kind,
      kind === 'ticket.unlinked' ? data : null,
      kind === 'ticket.linked' ? data : null,
      given,
    )
    return draftOf(ticket, {}, undoes === undefined ? told : { ...told, undoes }, given)
  })
}
