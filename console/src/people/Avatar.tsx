import type { ListedUser } from '../../../sdk/operations.ts'
import { nameOf } from '../tickets/list.ts'

/** A person as a sign. */
export function Avatar({ person }: { readonly person: Pick<ListedUser, 'name' | 'surname' | 'email'> }) {
  const initials = `${person.name.slice(0, 1)}${person.surname.slice(0, 1)}` || nameOf(person).slice(0, 1)
  return <span className="avatar" aria-hidden="true" data-initials={initials} />
}
