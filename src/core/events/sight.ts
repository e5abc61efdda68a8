import { type Actor, may, type Sight, sightOf } from '../identity/actor.ts'
import type { Event } from './event.ts'

/** An event with where its ticket stood at that moment, which is what its readers are judged by. */
export interface RecordedEvent extends Event {
  /** The user or record that it is about, where it is about no ticket. */
  readonly subjectId: string | null
  readonly deskId: string | null
  readonly requesterId: string | null
  readonly assigneeId: string | null
  /** Of the message that it is about; null where it is about none. */
  readonly visibility: 'public' | 'internal' | null
}

/**
 * Whether an event is for an actor to read: of tickets that were in sight then, also in the moment in which they left it,
 * and of notes only with the permission to read them; of the catalogue whoever may read it; of people only an owner, who
 * sees all of them, and oneself.
 */
export function showsEvent(actor: Actor, event: RecordedEvent): boolean {
  if (event.kind.startsWith('user.')) return showsUser(actor, event)
  if (event.ticketId === null) return actor.permissions.has('catalogue.read')
  if (!actor.permissions.has('ticket.read') || !wasInSight(sightOf(actor), event)) return false
  return event.visibility !== 'internal' || (event.deskId !== null && may(actor, 'message.read_internal', event.deskId))
}

function showsUser({ permissions, user, credential }: Actor, { subjectId }: RecordedEvent): boolean {
  if (!permissions.has('user.read')) return false
  return subjectId === user.id || (user.isOwner && credential.deskId === null)
}

/** On its desk then, or on the one that it was moved from; as its requester then, or before. */
function wasInSight(sight: Sight, { deskId, requesterId, before }: RecordedEvent): boolean {
  const desks = [deskId, before?.['desk_id']]
  if (sight.onlyDeskId !== null && !desks.includes(sight.onlyDeskId)) return false
  if (sight.all || desks.some((id) => typeof id === 'string' && sight.deskIds.includes(id))) return true
  return sight.requesterId !== null && [requesterId, before?.['requester_id']].includes(sight.requesterId)
}
