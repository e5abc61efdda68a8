import { type Actor, worksOn } from './actor.ts'
import type { UserProfile, UserSummary } from './user.ts'

/**
 * Which people are there for an actor: oneself, and those of the desks one works on. It is one rule for lists, for looking
 * one up, and for naming one on a ticket: whoever is out of reach does not exist.
 */

type Named = Pick<UserSummary, 'id' | 'memberships'>

/** Whether nobody is out of reach: who is on no desk is there for owners, by a key of no desk. */
export function reachesEverybody({ user, credential }: Actor): boolean {
  return user.isOwner && credential.deskId === null
}

/** Whether a user is there for an actor. */
export function reachesPerson(actor: Actor, { id, memberships }: Named): boolean {
  return reachesEverybody(actor) || id === actor.user.id || memberships.some(({ deskId }) => worksOn(actor, deskId))
}

/** A user as an actor sees them: of others' desks nothing is told. */
export function asReached(actor: Actor, user: UserProfile): UserProfile
export function asReached(actor: Actor, user: UserSummary): UserSummary
export function asReached(actor: Actor, user: UserSummary | UserProfile): UserSummary | UserProfile {
  if (reachesEverybody(actor) || user.id === actor.user.id) return user
  const isSeen = ({ deskId }: { readonly deskId: string }): boolean => worksOn(actor, deskId)
  const seen = { ...user, memberships: user.memberships.filter(isSeen) }
  return 'externalIds' in seen ? { ...seen, externalIds: seen.externalIds.filter(isSeen) } : seen
}
