import { type Actor, worksOn } from '../../../core/identity/actor.ts'
import { fullName } from '../../../core/identity/user.ts'
import type { Person } from '../../../core/tickets/ticket.ts'
import { ROLE_TYPE_OF } from '../words.ts'
import type { Activity, Membership, User } from './schema.ts'

/** Who reads an answer: what they may see of the people in it depends on their role in the location. */
export interface Reader {
  readonly userId: string
  readonly worksHere: boolean
}

export function readerOn(actor: Actor, deskId: string): Reader {
  return { userId: actor.user.id, worksHere: worksOn(actor, deskId) }
}

/** People by id; the later of two wins. */
export function peopleById(people: readonly (Person | null)[]): ReadonlyMap<string, Person> {
  return new Map(people.flatMap((person) => (person ? [[person.id, person]] : [])))
}

/**
 * A user. Members see the e-mail addresses and phone numbers of others as null (S25).
 *
 * Spacebring reference, Support: `user`.
 */
export function encodeUser(person: Person, reader: Reader): User {
  const seesContact = reader.worksHere || reader.userId === person.id
  return {
    id: person.id,
    photoUrl: person.photoUrl,
    blocked: !person.active,
    email: seesContact ? person.email : null,
    name: person.name || null,
    surname: person.surname || null,
    phoneNumber: seesContact ? person.phone : null,
  }
}

/** An automation is shown as the vendor's assistant, in place of a membership (S31); undefined for everybody else. */
export function encodeAssistant(person: Person | null): Activity['lemAI'] {
  if (person?.kind !== 'automation') return undefined
  return { name: fullName(person), photoUrl: person.photoUrl ?? '' }
}

/**
 * A person's membership in the ticket's location; undefined without one. Whoever has a membership here is a `member`:
 * the core knows no `nonmember` (S24).
 */
export function encodeMembership(person: Person | null, reader: Reader): Membership | undefined {
  if (!person?.membership) return undefined
  const { id, role } = person.membership
  return {
    id,
    roleType: person.isOwner ? 'admin' : ROLE_TYPE_OF[role],
    type: 'member',
    user: encodeUser(person, reader),
  }
}
