import type { Tag } from './markup.ts'

/** What stands before the items of a list. */

/** A number may not be longer, or each item would be. */
const LONGEST_ROMAN = 400

/** Counts the items of one list as a browser does. */
export class Numbering {
  readonly #tag: Tag
  readonly #isOrdered: boolean
  readonly #step: number
  readonly #hasMarks: boolean
  #next: number

  /** @param length how many items it has; only of lists that count down. */
  constructor(tag: Tag, style: ReadonlyMap<string, string>, length = 1) {
    const { name, attributes } = tag
    this.#tag = tag
    this.#isOrdered = name === 'ol'
    this.#step = attributes.has('reversed') ? -1 : 1
    this.#next = integerIn(attributes.get('start')) ?? (attributes.has('reversed') ? length : 1)
    this.#hasMarks = !hasNoMarks(style)
  }

  /** The mark of the next item, with a blank; empty when there is none. `boxes` are marks of ticked and other items. */
  mark(item: Tag, style: ReadonlyMap<string, string>, boxes: { readonly on: string; readonly off: string }): string {
    const number = integerIn(item.attributes.get('value')) ?? this.#next
    this.#next = number + this.#step
    // As the editor Quill writes lists: https://quilljs.com/docs/delta
    const kind = item.attributes.get('data-list')
    const checked = this.#tag.attributes.get('data-checked')
    if (kind === 'checked' || checked === 'true') return `${boxes.on} `
    if (kind === 'unchecked' || checked === 'false') return `${boxes.off} `
    if (!this.#hasMarks || hasNoMarks(style)) return ''
    if (!this.#isOrdered || kind === 'bullet') return '* '
    const type = item.attributes.get('type') ?? this.#tag.attributes.get('type') ?? '1'
    return `${written(number, type)}. `
  }
}

function hasNoMarks(style: ReadonlyMap<string, string>): boolean {
  return `${style.get('list-style') ?? ''} ${style.get('list-style-type') ?? ''}`.split(' ').includes('none')
}

/** https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#rules-for-parsing-integers */
function integerIn(text: string | undefined): number | undefined {
  const digits = /^\s*([-+]?\d{1,9})/.exec(text ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function written(number: number, type: string): string {
  switch (type.trim()) {
    case 'a':
      return lettersOf(number)
    case 'A':
      return lettersOf(number).toUpperCase()
    case 'i':
      return romanOf(number)
    case 'I':
      return romanOf(number).toUpperCase()
    default:
      return String(number)
  }
}

const ALPHABET = 26

function lettersOf(number: number): string {
  if (number < 1) return String(number)
  const rest = Math.floor((number - 1) / ALPHABET)
  const letter = String.fromCharCode('a'.charCodeAt(0) + ((number - 1) % ALPHABET))
  return rest === 0 ? letter : lettersOf(rest) + letter
}

const ROMAN = [
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
] as const

function romanOf(number: number): string {
  if (number < 1 || number > LONGEST_ROMAN) return String(number)
  let rest = number
  let roman = ''
  for (const [value, letters] of ROMAN) {
    while (rest >= value) {
      roman += letters
      rest -= value
    }
  }
  return roman
}
