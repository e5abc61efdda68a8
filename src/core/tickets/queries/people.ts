import type { UserSummary } from '../../identity/user.ts'
import type { Person } from '../ticket.ts'

/** Finds a user among some, as a ticket of a desk shows them. */
export function personAmong(users: readonly UserSummary[]): (id: string | null, deskId: string) => Person | null {
  const byId = new Map(users.map((user) => [user.id, user]))
  return (id, deskId) => {
    const user = id === null ? undefined : byId.get(id)
    return user ? personOn(user, deskId) : null
  }
}

/** A user as a ticket of a desk shows them. */
export function personOn(user: UserSummary, deskId: string): Person {
  const { memberships, username: _, ...person } = user
  const membership = memberships.find((each) => each.deskId === deskId)
  return { ...person, membership: membership ? { id: membership.id, role: membership.role } : null }
}
