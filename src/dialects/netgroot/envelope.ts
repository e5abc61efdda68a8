import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import type { Answer } from '../wire.ts'

/** The schema of what a read answers. */
export function shownAs<Data extends TSchema>(data: Data) {
  return Type.Object({ success: Type.Literal(true), data })
}

/** The schema of what a write answers. */
export function doneAs<Data extends TSchema>(data: Data) {
  return Type.Object({ success: Type.Literal(true), message: Type.String(), data })
}

/** Answers a read. */
export function show(data: unknown): Answer {
  return { status: 200, body: { success: true, data } }
}

/** Answers a write; creations too are 200 here. */
export function done(message: string, data: unknown): Answer {
  return { status: 200, body: { success: true, message, data } }
}
