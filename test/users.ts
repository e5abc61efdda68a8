import type { UserSummary } from '../src/core/identity/user.ts'

/** A person of whom nothing is known but what `known` says, for tests of rules and codecs. */
export function userWith(known: Partial<UserSummary> & Pick<UserSummary, 'id'>): UserSummary {
  return {
    integer: 1,
    kind: 'person',
    isOwner: false,
    name: '',
    surname: '',
    email: null,
    username: null,
    customerNumber: null,
    phone: null,
    photoUrl: null,
    about: null,
    active: true,
    memberships: [],
    ...known,
  }
}
