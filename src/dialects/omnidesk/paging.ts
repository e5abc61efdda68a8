import { type TObject, Type } from 'typebox'
import { refuseField } from '../../core/errors.ts'
import type { Answer } from '../wire.ts'
import { numberOr, type Parameters } from './coercion.ts'

/** Which part of a list: the vendor counts items from 0 and names how many it wants at the most. */
export interface Window {
  readonly offset: number
  readonly limit: number
}

const USUAL_LIMIT = 15

/** The largest `itemLimit` of a list, as the vendor declares it. */
export const LARGEST_LIMIT = { tickets: 9999, catalogue: 9999, users: 999, customers: 99 } as const

/** Reads `itemStart` and `itemLimit`. @throws Refusal `invalid` for a limit below 1 or above the list's largest. */
export function decodeWindow(parameters: Parameters, largest: number): Window {
  const offset = numberOr(parameters, 'itemStart', 0)
  const limit = numberOr(parameters, 'itemLimit', USUAL_LIMIT)
  if (limit < 1) refuseField(['itemLimit'], 'too_small', 'must be at least 1', 1)
  if (limit > largest) refuseField(['itemLimit'], 'too_large', `must be at most ${largest}`, largest)
  return { offset, limit }
}

/** A page in the vendor's envelope. `type` is not public in the vendor's reference. */
export function showPage<Item>(items: readonly Item[], window: Window, total: number): Answer {
  return {
    status: 200,
    body: { type: 'collection', itemStart: window.offset, itemTotal: total, itemLimit: window.limit, items },
  }
}

/** A page of a list that is all at hand. */
export function showPart<Item>(all: readonly Item[], window: Window): Answer {
  return showPage(all.slice(window.offset, window.offset + window.limit), window, all.length)
}

/** The schema of a page. */
export function pageOf<Item extends TObject>(item: Item) {
  return Type.Object({
    type: Type.Literal('collection'),
    itemStart: Type.Integer(),
    itemTotal: Type.Integer(),
    itemLimit: Type.Integer(),
    items: Type.Array(item),
  })
}
