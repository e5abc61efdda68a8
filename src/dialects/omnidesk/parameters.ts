import { type TProperties, Type } from 'typebox'

/**
 * Schemas of what callers send. They name and describe each parameter for the OpenAPI document and let every value
 * pass: the vendor transports text in three encodings, and `coercion.ts` is the one judge of what it means.
 */

/** A parameter of a body, with the type that the vendor's reference declares for it. */
export function declared(type: string, description?: string) {
  return Type.Optional(Type.Unsafe<unknown>({ description: described(type, description) }))
}

/** A parameter of a query string alone: it comes once, as text. */
export function asked(type: string, description?: string) {
  return Type.Optional(Type.String({ description: described(type, description) }))
}

/** A list of ids, as `ticketIDs[]` in forms; see the README for its other spellings. */
export const idParameter = declared('number', 'Repeated, up to 1,000 ids.')

/** Parameters of a body or a query string by name. Bracket names and those that nobody reads pass too. */
export function parameters<Named extends TProperties>(named: Named) {
  return Type.Object(named, { additionalProperties: true })
}

/** The query string of an operation with a body: the same parameters are read there too. */
export const AnyQuery = parameters({})

function described(type: string, description: string | undefined): string {
  return description ? `type: ${type}. ${description}` : `type: ${type}`
}
