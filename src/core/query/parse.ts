import {
  COMPARISONS,
  type Comparison,
  isQueryField,
  type Mistake,
  QUERY_FIELDS,
  type Query,
  type QueryTerm,
  type QueryValue,
} from './query.ts'

const SPACE = /\s/
const QUOTE = '"'
const MOST_TERMS = 50
const MOST_VALUES = 100
const NAME = /^[a-z_]+$/i
/** What names a field of the tenant's own, by the key behind it. */
const OWN = 'field.'
const OWN_NAME = /^field\.[\w-]+$/i

/** What ends a value that is not quoted. */
const isEnd = (letter: string | undefined): boolean => letter === undefined || SPACE.test(letter)

type Read<T> = { readonly value: T; readonly next: number } | { readonly mistake: Mistake }

/**
 * Reads a query, from left to right, each character once.
 *
 * @returns its terms, or where it cannot be read.
 */
export function parseQuery(text: string): { readonly query: Query } | { readonly mistake: Mistake } {
  const control = text.search(CONTROL)
  if (control !== -1) return { mistake: { at: control, length: 1, expected: 'a letter that can be seen' } }
  const terms: QueryTerm[] = []
  let at = 0
  while (at < text.length) {
    if (SPACE.test(text[at] ?? '')) {
      at += 1
      continue
    }
    const read = readTerm(text, at)
    if ('mistake' in read) return read
    if (terms.length === MOST_TERMS)
      return { mistake: { at, length: text.length - at, expected: `at most ${MOST_TERMS} conditions` } }
    terms.push(read.value)
    at = read.next
  }
  return { query: terms }
}

/** What no query holds, and no text of PostgreSQL either. */
const CONTROL = /[^\P{Cc}\t\n\v\f\r]/u

function readTerm(text: string, from: number): Read<QueryTerm> {
  const isNot = text[from] === '-' && !isEnd(text[from + 1])
  const at = isNot ? from + 1 : from
  const name = fieldAt(text, at)
  if (name !== null) return readField(text, { at, name, isNot })
  if (text[at] === QUOTE) {
    const read = readQuoted(text, at)
    return 'mistake' in read ? read : { value: { kind: 'word', isNot, isPhrase: true, ...read.value }, next: read.next }
  }
  const next = endOfBare(text, at, false)
  const word = { text: text.slice(at, next), at, length: next - at }
  return { value: { kind: 'word', isNot, isPhrase: false, ...word }, next }
}

/** A name with a colon and something behind it. `https://…` is a word, and so is `10:30`. */
function fieldAt(text: string, at: number): string | null {
  let end = at
  while (end < text.length && text[end] !== ':' && !isEnd(text[end]) && text[end] !== QUOTE) end += 1
  if (text[end] !== ':' || text.startsWith('//', end + 1)) return null
  const name = text.slice(at, end)
  if (OWN_NAME.test(name)) return name
  if (!NAME.test(name)) return null
  return isQueryField(name.toLowerCase()) || !isEnd(text[end + 1]) ? name : null
}

function readField(
  text: string,
  { at, name, isNot }: { readonly at: number; readonly name: string; readonly isNot: boolean },
): Read<QueryTerm> {
  const field = name.toLowerCase()
  const isOwn = field.startsWith(OWN)
  if (!isOwn && !isQueryField(field))
    return { mistake: { at, length: name.length, expected: `a field: ${Object.keys(QUERY_FIELDS).join(', ')}` } }
  const example = isOwn || !isQueryField(field) ? `${field}:none` : QUERY_FIELDS[field].example
  let next = at + name.length + 1
  const found = COMPARISONS.find((each) => text.startsWith(each, next))
  const comparison: Comparison = found ?? '='
  next += found?.length ?? 0
  const values: QueryValue[] = []
  for (;;) {
    const read = text[next] === QUOTE ? readQuoted(text, next) : readBare(text, next, example)
    if ('mistake' in read) return read
    values.push(read.value)
    if (values.length > MOST_VALUES)
      return { mistake: { at: read.value.at, length: read.value.length, expected: `at most ${MOST_VALUES} values` } }
    next = read.next
    if (text[next] !== ',') break
    next += 1
  }
  if (!isEnd(text[next])) return { mistake: { at: next, length: 1, expected: 'a comma or a space' } }
  const asked = { isNot, comparison, values }
  if (isQueryField(field)) return { value: { kind: 'field', field, ...asked }, next }
  const key = { text: field.slice(OWN.length), at: at + OWN.length, length: name.length - OWN.length }
  return { value: { kind: 'own', key, ...asked }, next }
}

function readBare(text: string, at: number, example: string): Read<QueryValue> {
  const next = endOfBare(text, at, true)
  if (next === at) return { mistake: { at, length: 1, expected: `a value, for instance ${example}` } }
  return { value: { text: text.slice(at, next), at, length: next - at }, next }
}

/** Where what is not quoted ends. @param inList whether a comma ends it too. */
function endOfBare(text: string, at: number, inList: boolean): number {
  let end = at
  while (!isEnd(text[end]) && !(inList && (text[end] === ',' || text[end] === QUOTE))) end += 1
  return end
}

/** `"…"`, in which `\"` and `\\` stand for themselves. */
function readQuoted(text: string, at: number): Read<QueryValue> {
  let value = ''
  let next = at + 1
  for (; next < text.length && text[next] !== QUOTE; next += 1) {
    const isEscape = text[next] === '\\' && (text[next + 1] === QUOTE || text[next + 1] === '\\')
    if (isEscape) next += 1
    value += text[next]
  }
  if (next >= text.length) return { mistake: { at, length: text.length - at, expected: 'a closing quotation mark' } }
  if (value.trim() === '')
    return { mistake: { at, length: next + 1 - at, expected: 'something between the quotation marks' } }
  return { value: { text: value, at, length: next + 1 - at }, next: next + 1 }
}

/** A query as text, in one form: what is parsed of it is the same again. */
export function printQuery(query: Query): string {
  return query.map(printTerm).join(' ')
}

function printTerm(term: QueryTerm): string {
  if (term.kind === 'word') return (term.isNot ? '-' : '') + (term.isPhrase ? quoted(term.text) : term.text)
  const comparison = term.comparison === '=' ? '' : term.comparison
  const name = term.kind === 'own' ? OWN + term.key.text : term.field
  return `${term.isNot ? '-' : ''}${name}:${comparison}${term.values.map(({ text }) => printValue(text)).join(',')}`
}

function printValue(text: string): string {
  return /[\s,"]|^[<>=]|^\/\//.test(text) ? quoted(text) : text
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
