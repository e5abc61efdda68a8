import { refuseField } from '../../../core/errors.ts'
import type { UserSummary } from '../../../core/identity/user.ts'
import { fullName } from '../../../core/identity/user.ts'
import { demandShortQuery, holds } from '../../../core/patterns.ts'
import type { UserFilter } from '../../../core/users/queries.ts'
import type { Answer } from '../../wire.ts'
import { flag, type Parameters, text } from '../coercion.ts'
import { decodeWindow, LARGEST_LIMIT, showPart, type Window } from '../paging.ts'

/** Answers the part of a catalogue that a query asks for: those whose name holds it. @throws Refusal `invalid` */
export function showNamed<Item extends { readonly name: string }>(
  items: readonly Item[],
  parameters: Parameters,
  allowed = /^[0-9a-zA-Z ]*$/,
): Answer {
  const window = decodeWindow(parameters, LARGEST_LIMIT.catalogue)
  const query = text(parameters, 'query') ?? ''
  demandShortQuery(query)
  if (!allowed.test(query)) refuseField(['query'], 'format', 'holds other characters than it may')
  const wanted = query.trim()
  return showPart(
    items.filter((item) => holds(item.name, wanted)),
    window,
  )
}

/** The catalogue's records in use, with the integer that stands for each on the wire. */
export function encodeInUse(
  records: readonly { readonly integer: number; readonly name: string; readonly active: boolean }[],
): { id: number; name: string }[] {
  return records.filter((record) => record.active).map(({ integer, name }) => ({ id: integer, name }))
}

/** Reads which users are wanted: this vendor's users are agents. @throws Refusal `invalid` */
export function decodeUserListing(parameters: Parameters): { readonly filter: UserFilter; readonly window: Window } {
  const query = text(parameters, 'query')?.trim() ?? ''
  flag(parameters, 'extended', true)
  return {
    window: decodeWindow(parameters, LARGEST_LIMIT.users),
    filter: {
      ...(query === '' ? {} : { query }),
      activeOnly: flag(parameters, 'activeOnly', false),
      agentsOnly: true,
    },
  }
}

export function encodeUser(user: UserSummary): { id: number; name: string; email: string; active: boolean } {
  return { id: user.integer, name: fullName(user), email: user.email ?? '', active: user.active }
}
