import { Type } from 'typebox'

/**
 * Schemas of what callers send. They name and describe each parameter for the OpenAPI document and let every value
 * pass: the vendor transports text in three encodings, and `coercion.ts` is the one judge of what it means.
 */

/** A parameter with the type that the vendor's reference declares for it. */
export function declared(type: string, description?: string) {
  return Type.Optional(
    Type.Unsafe<unknown>({ description: description ? `type: ${type}. ${description}` : `type: ${type}` }),
  )
}

/** A list of ids, as `ticketIDs[]` in forms; see the README for its other spellings. */
export const idParameter = Type.Optional(
  Type.Unsafe<unknown>({ description: 'type: number, repeated. Up to 1,000 ids.' }),
)

/** Parameters of a body or a query string by name. Bracket names and those that nobody reads pass too. */
export function parameters<Named extends Parameters<typeof Type.Object>[0]>(named: Named) {
  return Type.Object(named, { additionalProperties: true })
}

/** The query string of an operation with a body: the same parameters are read there too. */
export const AnyQuery = Type.Object({}, { additionalProperties: true })
