import type { ListedUser } from '../../../sdk/operations.ts'
import type { Words } from '../i18n/en.ts'

export const ROLES = ['agent', 'admin', 'customer'] as const
export type Role = (typeof ROLES)[number]

/** What a person is, in words: an owner, else each role that they have, with its desks. */
export function rolesOf({ owner, memberships }: ListedUser, words: Words): readonly string[] {
  if (owner) return [words.people.owner]
  return ROLES.flatMap((role) => {
    const desks = memberships.filter((each) => each.role === role).map(({ desk }) => desk.name)
    return desks.length === 0 ? [] : [words.people.roleOn(words.people.roles[role], desks)]
  })
}
