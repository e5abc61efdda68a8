import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'

/**
 * The shapes that schemas of several folders are made of. Nullable ones name two types instead of joining two schemas:
 * the serialiser then writes the value right away, where a union makes it try each alternative.
 */

/** An object without other fields than these. */
export function closed<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false })
}

/** An object with all of these fields, or null. */
export function objectOrNull<P extends TProperties>(properties: P) {
  return Type.Unsafe<Static<TObject<P>> | null>({
    type: ['object', 'null'],
    properties,
    required: [...(Type.Object(properties).required ?? [])],
    additionalProperties: false,
  })
}

/** One of some words. */
export function word<W extends string>(words: readonly W[], description?: string) {
  return Type.Unsafe<W>({ type: 'string', enum: [...words], ...(description !== undefined && { description }) })
}

export const id = Type.String({ format: 'uuid' })
export const textOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'] })
const UTC = { format: 'date-time', description: 'UTC, for instance 2026-01-15T10:20:30.123Z' }
export const instant = Type.String(UTC)
export const instantOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'], ...UTC })

/** Of an event. */
export const undoes = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  description: 'Position of the first event of the change that this one undoes; null: none.',
})

/** A page of a list. */
export function listOf<Item extends TSchema>(item: Item) {
  return closed({
    data: Type.Array(item),
    next: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Cursor of the next page; null: none.' }),
  })
}
