import { refuseField } from '../../core/errors.ts'

/**
 * The vendor declares a type for each parameter ("number = 0", "string = null", ...) while it transports text, so every
 * value is read by these rules, whichever way it was sent. What does not fit is refused as `invalid`, by its name.
 */

/** What was sent, by name: form fields, JSON or query parameters, with bracket names already taken apart. */
export type Parameters = Readonly<Record<string, unknown>>

/** One step of a batch as it was sent. */
export interface SentAction {
  readonly actionType: string
  readonly value: unknown
}

const FLAGS = { true: true, false: false, '1': true, '0': false }

const MOST_IDS = 1000
const MOST_ACTIONS = 50

/** Declared `number`: a JSON integer or a string of digits, from 0. */
export function number(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name]
  return value === undefined ? undefined : (wholeNumber(value) ?? refuseField([name], 'type', 'must be a number'))
}

/** Declared `number = <default>`: nothing, null, `''` and the word `null` mean the default too. */
export function numberOr<Default>(parameters: Parameters, name: string, otherwise: Default): number | Default {
  return isNone(parameters[name]) ? otherwise : (number(parameters, name) ?? otherwise)
}

/** Declared `string`, and `string = null`: null is the same as absent, `''` is a value. */
export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name]
  if (value === undefined || value === null) return undefined
  return plainText(value) ?? refuseField([name], 'type', 'must be a text')
}

/** Declared `boolean = <default>`. */
export function flag(parameters: Parameters, name: string, otherwise: boolean): boolean {
  const value = parameters[name]
  if (value === undefined) return otherwise
  const word = typeof value === 'boolean' ? String(value) : plainText(value)?.toLowerCase()
  return meaningOf(word, FLAGS) ?? refuseField([name], 'type', 'must be true or false')
}

/**
 * Declared as a pattern of words. The vendor's `^inbound|outbound$` read literally would match parts of longer words;
 * what is meant is the two words, so the whole value must be one of them.
 */
export function choice<Meaning>(
  parameters: Parameters,
  name: string,
  meanings: Readonly<Record<string, Meaning>>,
): Meaning | undefined {
  const word = parameters[name]
  return word === undefined
    ? undefined
    : (meaningOf(word, meanings) ?? refuseField([name], 'choice', 'is no such word'))
}

/** Declared `^...$ = null`: null is the same as absent. */
export function choiceOrNull<Meaning>(
  parameters: Parameters,
  name: string,
  meanings: Readonly<Record<string, Meaning>>,
): Meaning | null {
  return parameters[name] === null ? null : (choice(parameters, name, meanings) ?? null)
}

/** A list of ids in any of its spellings: several values, or one text with commas and blanks. Each counts once. */
export function idList(parameters: Parameters, name: string): readonly number[] | undefined {
  const sent = parameters[name]
  if (sent === undefined) return undefined
  const parts = Array.isArray(sent) ? sent : typeof sent === 'string' ? splitIds(sent) : [sent]
  if (parts.length > MOST_IDS) refuseField([name], 'too_long', 'has too many ids', MOST_IDS)
  const ids = parts.map((part: unknown) => wholeNumber(part) ?? refuseField([name], 'type', 'must hold numbers'))
  return ids.length === 0 ? refuseField([name], 'required', 'must hold an id') : [...new Set(ids)]
}

/** The steps of a batch, in the order of their index. */
export function actions(parameters: Parameters, name: string): readonly SentAction[] | undefined {
  const sent = parameters[name]
  if (sent === undefined) return undefined
  if (!Array.isArray(sent)) return refuseField([name], 'type', 'must be a list of actions')
  if (sent.length > MOST_ACTIONS) refuseField([name], 'too_long', 'has too many actions', MOST_ACTIONS)
  if (sent.length === 0) refuseField([name], 'required', 'must hold an action')
  return sent.map((action: unknown, index) => sentAction(action, [name, index]))
}

/** Refuses a parameter that the operation cannot do without. */
export function required<Value>(name: string, value: Value | undefined): Value {
  return value === undefined ? refuseField([name], 'required', 'is missing') : value
}

/** A value as a number from 0, or undefined when it is none. */
export function wholeNumber(value: unknown): number | undefined {
  const sent = typeof value === 'string' && /^ *\d+ *$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(sent) && Number(sent) >= 0 ? Number(sent) : undefined
}

/** A value as text, or undefined when it is none; a number is its decimal text. */
export function plainText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : undefined
}

/** What a word means, or undefined when it is none of the listed ones. */
export function meaningOf<Meaning>(word: unknown, meanings: Readonly<Record<string, Meaning>>): Meaning | undefined {
  return typeof word === 'string' && Object.hasOwn(meanings, word) ? meanings[word] : undefined
}

/** Whether a value stands for "none" where a default is declared. */
export function isNone(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && ['', 'null'].includes(value.trim()))
}

function splitIds(sent: string): string[] {
  return sent.split(/[, ]+/).filter((part) => part !== '')
}

function sentAction(action: unknown, path: readonly (string | number)[]): SentAction {
  if (typeof action !== 'object' || action === null || Array.isArray(action)) {
    return refuseField(path, 'type', 'must be an action')
  }
  const fields = new Map<string, unknown>(Object.entries(action))
  const actionType = fields.get('actionType')
  if (actionType === undefined) return refuseField([...path, 'actionType'], 'required', 'is missing')
  if (typeof actionType !== 'string') return refuseField([...path, 'actionType'], 'type', 'must be a text')
  return { actionType, value: fields.get('value') }
}
