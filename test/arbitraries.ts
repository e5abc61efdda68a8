import fc from 'fast-check'

const LAST = 0x10ffff
const SURROGATES = { first: 0xd800, many: 0x800 }

/** Any code point but half surrogates. */
const codePoint = fc
  .nat({ max: LAST - SURROGATES.many })
  .map((at) => String.fromCodePoint(at < SURROGATES.first ? at : at + SURROGATES.many), placeOf)

/** For fast-check, which asks whether a text could have come of it. @throws Error for all else than one code point */
function placeOf(text: unknown): number {
  const point = typeof text === 'string' ? text.codePointAt(0) : undefined
  if (point === undefined || String.fromCodePoint(point) !== text) throw new Error('This is no code point.')
  const at = point < SURROGATES.first ? point : point - SURROGATES.many
  if (point >= SURROGATES.first && at < SURROGATES.first) throw new Error('This is half a surrogate.')
  return at
}

/**
 * Strings of any code points, as `fc.string({ unit: 'binary' })` makes them. That one writes out a table of all code points
 * first, which takes each process that asks for it some seconds of CPU.
 */
export function anyText(constraints: Omit<fc.StringConstraints, 'unit'> = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: codePoint })
}
