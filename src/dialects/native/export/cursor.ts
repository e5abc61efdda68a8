import { refuseField } from '../../../core/errors.ts'
import type { ExportPlace } from '../../../core/export/record.ts'

/** Where an export goes on, as its lines have it and `after` takes it. */
export function cursorOf({ of, integer }: ExportPlace): string {
  return Buffer.from(`${of} ${integer}`).toString('base64url')
}

const PLACE = /^(user|ticket) ([1-9]\d{0,14})$/

/** @throws Refusal `invalid` */
export function decodeAfter({ after }: { readonly after?: string }): ExportPlace | null {
  if (after === undefined) return null
  // Node skips what is not base64url, so only what encodes back to the same text is one of ours.
  const [, of, integer] = PLACE.exec(Buffer.from(after, 'base64url').toString('latin1')) ?? []
  const place: ExportPlace = { of: of === 'user' ? 'user' : 'ticket', integer: Number(integer) }
  return of !== undefined && cursorOf(place) === after
    ? place
    : refuseField(['after'], 'format', 'Is not the `cursor` of a line of an export.')
}
