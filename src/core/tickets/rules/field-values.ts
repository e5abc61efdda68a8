import type { Field, FieldChanges, FieldValue, FieldValues, Requirement } from '../../catalogue/field.ts'
import type { Tenant } from '../../catalogue/tenant.ts'
import type { Issue } from '../../errors.ts'
import { refuse } from '../../errors.ts'
import { reachesPerson } from '../../identity/reach.ts'
import { composed } from '../../spelling.ts'
import { UUID } from '../../uuid.ts'
import type { Circumstances } from './circumstances.ts'

/** Characters of a text in a field. */
export const LONGEST_TEXT = 2_000
/** Whole numbers up to here are exact, with a few digits behind the point. */
export const LARGEST_NUMBER = 1_000_000_000_000_000

type Problem = Omit<Issue, 'path'>

/**
 * What a ticket holds in its tenant's fields once some are set: null empties one, and those that are not named stay.
 *
 * @throws Refusal `invalid`, with each field that cannot be set so (paths `fields`, key)
 */
export function fieldsWith(
  before: FieldValues,
  changes: FieldChanges | undefined,
  given: Pick<Circumstances, 'tenant' | 'actor' | 'people'>,
): FieldValues {
  if (changes === undefined) return before
  const known = new Map(given.tenant.fields.map((field) => [field.key, field]))
  const values = new Map(Object.entries(before))
  const issues: Issue[] = []
  for (const [key, wanted] of Object.entries(changes)) {
    const field = known.get(key)
    const read = field ? readValue(field, wanted, values.get(key), given) : UNKNOWN
    if (isProblem(read)) issues.push({ path: ['fields', key], ...read })
    else if (read === null) values.delete(key)
    else values.set(key, read)
  }
  if (issues.length > 0) refuse({ code: 'invalid', issues })
  return Object.fromEntries(values)
}

/** Refuses a ticket that lacks what it has to have by then. @throws Refusal `invalid` (paths `fields`, key) */
export function demandRequired(
  { fields }: Pick<Tenant, 'fields'>,
  by: readonly Requirement[],
  values: FieldValues,
): void {
  const missing = fields.filter(
    ({ key, active, required }) => active && required !== null && by.includes(required) && values[key] === undefined,
  )
  const issues = missing.map(
    ({ key, label }): Issue => ({ path: ['fields', key], rule: 'required', message: `${label} is required.` }),
  )
  if (issues.length > 0) refuse({ code: 'invalid', issues })
}

/** The people whom some values name, by id. */
export function peopleIn(fields: readonly Field[], values: FieldChanges = {}): readonly string[] {
  const keys = new Set(fields.flatMap(({ key, type }) => (type === 'person' ? key : [])))
  return Object.entries(values).flatMap(([key, value]) =>
    keys.has(key) && typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : [],
  )
}

const UNKNOWN: Problem = { rule: 'unknown', message: 'This field does not exist.' }

function isProblem(read: FieldValue | null | Problem): read is Problem {
  return typeof read === 'object' && read !== null && 'rule' in read
}

/** A value as it is kept, or what is wrong with it. What a ticket has already may stay, whatever was retired since. */
function readValue(
  field: Field,
  wanted: FieldValue | null,
  has: FieldValue | undefined,
  given: Pick<Circumstances, 'actor' | 'people'>,
): FieldValue | null | Problem {
  if (wanted === null) return null
  const read = READ[field.type](wanted, { field, has, given })
  if (isProblem(read) || field.active || JSON.stringify(read) === JSON.stringify(has)) return read
  return { rule: 'unknown', message: 'This field is retired.' }
}

interface Reading {
  readonly field: Field
  readonly has: FieldValue | undefined
  readonly given: Pick<Circumstances, 'actor' | 'people'>
}

const type = (message: string): Problem => ({ rule: 'type', message })

/** How each type reads a value. */
const READ: Readonly<Record<Field['type'], (wanted: FieldValue, reading: Reading) => FieldValue | null | Problem>> = {
  text: (wanted) => (typeof wanted === 'string' ? readText(wanted) : type('Must be a text.')),
  number: (wanted) => (typeof wanted === 'number' ? readNumber(wanted) : type('Must be a number.')),
  boolean: (wanted) => (typeof wanted === 'boolean' ? wanted : type('Must be true or false.')),
  date: (wanted) => (typeof wanted === 'string' ? readDate(wanted) : type('Must be a date, as 2026-01-31.')),
  choice: (wanted, { field, has }) =>
    typeof wanted === 'string' ? readChoice(wanted, field, [has]) : type('Must be one of the choices.'),
  choices: (wanted, { field, has }) =>
    typeof wanted === 'object' ? readChoices(wanted, field, has) : type('Must be a list of choices.'),
  person: (wanted, { has, given }) =>
    typeof wanted === 'string' ? readPerson(wanted, has, given) : type('Must be the id of a user.'),
}

function readText(wanted: string): string | Problem {
  const text = composed(wanted).trim()
  if (text === '') return { rule: 'required', message: 'Must not be blank; null empties it.' }
  if ([...text].length <= LONGEST_TEXT) return text
  return { rule: 'too_long', message: `At most ${LONGEST_TEXT} characters.`, limit: LONGEST_TEXT }
}

function readNumber(wanted: number): number | Problem {
  if (Math.abs(wanted) <= LARGEST_NUMBER) return wanted
  const rule = wanted < 0 ? 'too_small' : 'too_large'
  return { rule, message: `At most ${LARGEST_NUMBER}, above or below zero.`, limit: LARGEST_NUMBER }
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

function readDate(wanted: string): string | Problem {
  return isDate(wanted) ? wanted : { rule: 'format', message: 'Must be a date, as 2026-01-31.' }
}

/** Whether a text is a day of the calendar. */
export function isDate(text: string): boolean {
  const day = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // What the calendar has not becomes another day.
  return !Number.isNaN(day) && new Date(day).toISOString().slice(0, 10) === text
}

function readChoice(wanted: string, { choices }: Field, had: readonly (FieldValue | undefined)[]): string | Problem {
  const value = composed(wanted)
  if (had.includes(value) || choices.some((choice) => choice.active && choice.value === value)) return value
  const offered = choices.flatMap((choice) => (choice.active ? choice.value : []))
  return { rule: 'choice', message: `Must be one of ${offered.join(', ')}.` }
}

/** In the order in which they are offered, each once; none of them is the same as nothing. */
function readChoices(
  wanted: readonly string[],
  field: Field,
  has: FieldValue | undefined,
): readonly string[] | null | Problem {
  const had = typeof has === 'object' ? has : []
  const read = wanted.map((each) => readChoice(each, field, had))
  const problem = read.find((each) => typeof each === 'object')
  if (problem) return problem
  const chosen = new Set(read)
  const values = field.choices.flatMap(({ value }) => (chosen.has(value) ? value : []))
  return values.length === 0 ? null : values
}

function readPerson(
  wanted: string,
  has: FieldValue | undefined,
  { actor, people }: Reading['given'],
): string | Problem {
  const id = wanted.toLowerCase()
  const user = people.get(id)
  if (id === has || (user && reachesPerson(actor, user))) return id
  return { rule: 'unknown', message: 'This person does not exist.' }
}
