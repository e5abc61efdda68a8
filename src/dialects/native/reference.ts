import { type Missing, refuse } from '../../core/errors.ts'
import { UUID } from '../../core/uuid.ts'

/** No more digits than a number holds exactly. */
const INTEGER = /^[1-9]\d{0,14}$/

/**
 * What a path names by UUID or by integer.
 *
 * @throws Refusal `not_found` when it is neither: then there is nothing of that name.
 */
export function decodeRef(
  { id }: { readonly id: string },
  missing: Missing,
): { readonly id: string } | { readonly integer: number } {
  if (UUID.test(id)) return { id: id.toLowerCase() }
  return INTEGER.test(id) ? { integer: Number(id) } : refuse({ code: 'not_found', missing })
}

/** Numbers count from 1, and stay below PostgreSQL's largest `integer`. */
const NUMBER = /^[1-9]\d{0,8}$/

/** The desk and the number by which a path names a ticket. @throws Refusal `not_found` when they cannot be any. */
export function decodeNumber(params: { readonly desk: string; readonly number: string }): [string, number] {
  if (!UUID.test(params.desk) || !NUMBER.test(params.number)) refuse({ code: 'not_found', missing: 'ticket' })
  return [params.desk.toLowerCase(), Number(params.number)]
}
