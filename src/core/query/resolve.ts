import type { Field } from '../catalogue/field.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Instant } from '../instant.ts'
import type { Sought } from '../search/words.ts'
import { composed } from '../spelling.ts'
import { isDate } from '../tickets/rules/field-values.ts'
import { namesOf, tagOf } from '../tickets/rules/tags.ts'
import { UUID } from '../uuid.ts'
import { PRIORITIES, STATUSES } from '../words.ts'
import type { Conditions, OwnCondition } from './conditions.ts'
import type { Comparison, FieldTerm, Mistake, OwnTerm, Query, QueryValue } from './query.ts'

/** By what the words of a query are understood. */
export interface Meaning {
  readonly tenant: Pick<Tenant, 'groups' | 'topics' | 'types' | 'channels' | 'fields' | 'tagWays'>
  /** The desks that there are for whoever asks. */
  readonly desks: Tenant['desks']
  /** Who asks: `me`. */
  readonly userId: string
  readonly now: Instant
  /** The people whom addresses in the query name, by the address as it is written there. */
  readonly people: ReadonlyMap<string, string>
}

/** The addresses of people that a query names, to be looked up before it is resolved. */
export function addressesIn(query: Query, { fields }: Pick<Tenant, 'fields'>): readonly string[] {
  const people = new Set(fields.flatMap(({ key, type }) => (type === 'person' ? key : [])))
  const values = query.flatMap((term) => (namesPeople(term, people) ? term.values : []))
  return [...new Set(values.map(({ text }) => text).filter((text) => text.includes('@')))]
}

function namesPeople(term: Query[number], own: ReadonlySet<string>): term is FieldTerm | OwnTerm {
  if (term.kind === 'own') return own.has(term.key.text)
  return term.kind === 'field' && (term.field === 'assignee' || term.field === 'requester')
}

class Misread extends Error {
  readonly mistake: Mistake
  constructor({ at, length }: QueryValue, expected: string) {
    super(expected)
    this.mistake = { at, length, expected }
  }
}

const NONE = 'none'
const ME = 'me'
/** Names that are told where one is not known. */
const MOST_NAMES = 20

/** What a query means in a tenant. @returns the conditions, or the first name that means nothing there. */
export function resolveQuery(
  query: Query,
  meaning: Meaning,
): { readonly conditions: Conditions } | { readonly mistake: Mistake } {
  try {
    const words = soughtIn(query, false)
    const notWords = soughtIn(query, true)
    const fields = query.filter((term) => term.kind === 'field')
    const own = query.filter((term) => term.kind === 'own').map((term) => ownCondition(term, meaning))
    const conditions = fields.reduce<Conditions>((known, term) => bothOf(known, conditionOf(term, meaning)), {
      ...(own.length > 0 && { own }),
      ...(words.length > 0 && { words }),
      ...(notWords.length > 0 && { notWords }),
    })
    return { conditions }
  } catch (error) {
    if (error instanceof Misread) return { mistake: error.mistake }
    throw error
  }
}

/** A word finds all that begin with it, unless it stands in quotes. */
function soughtIn(query: Query, isNot: boolean): readonly Sought[] {
  return query.flatMap((term) =>
    term.kind === 'word' && term.isNot === isNot
      ? [{ text: term.text, kind: term.isPhrase ? ('phrase' as const) : ('prefix' as const) }]
      : [],
  )
}

/** What one term asks. Where all values are known, what is not wanted is asked for as all others. */
function conditionOf(term: FieldTerm, meaning: Meaning): Conditions {
  const { tenant, desks } = meaning
  const { field, values, isNot } = term
  const isCompared = field === 'priority' || field === 'created' || field === 'updated'
  const [first = { text: '', at: 0, length: 0 }] = values
  if (!isCompared && term.comparison !== '=') throw new Misread(first, `one of its values; ${field} is not compared`)
  const among = <T>(all: readonly T[], wanted: readonly T[]): readonly T[] =>
    isNot ? all.filter((each) => !wanted.includes(each)) : wanted
  const person = (value: QueryValue): string => personOf(value, meaning)
  switch (field) {
    case 'status':
      return {
        statuses: among(
          STATUSES,
          values.map((value) => wordOf(value, STATUSES)),
        ),
      }
    case 'priority':
      return {
        priorities: among(
          PRIORITIES,
          values.flatMap((value) => compared(term.comparison, wordOf(value, PRIORITIES))),
        ),
      }
    case 'desk':
      return {
        deskIds: among(
          desks.map(({ id }) => id),
          values.map((value) => named(value, desks)),
        ),
      }
    case 'group':
      return {
        groupIds: among(
          [null, ...tenant.groups.map(({ id }) => id)],
          values.map((value) => namedOrNone(value, tenant.groups)),
        ),
      }
    case 'topic':
      return {
        topicIds: among(
          [null, ...tenant.topics.map(({ id }) => id)],
          values.map((value) => namedOrNone(value, tenant.topics)),
        ),
      }
    case 'type':
      return {
        typeIds: among(
          [null, ...tenant.types.map(({ id }) => id)],
          values.map((value) => namedOrNone(value, tenant.types)),
        ),
      }
    case 'channel': {
      const channels = tenant.channels.map(({ id, kind }) => ({ id, name: kind }))
      return {
        channelIds: among(
          channels.map(({ id }) => id),
          values.map((value) => named(value, channels)),
        ),
      }
    }
    case 'assignee': {
      const ids = values.map((value) => (isNone(value) ? null : person(value)))
      return isNot ? { notAssigneeIds: ids } : { assigneeIds: ids }
    }
    case 'requester': {
      const ids = values.map((value) => (isNone(value) ? null : person(value)))
      return isNot ? { notRequesterIds: ids } : { requesterIds: ids }
    }
    case 'tag': {
      const tags = values.flatMap(({ text }) => namesOf(tagOf(text), tenant.tagWays))
      return isNot ? { notTags: tags } : { tags: [tags] }
    }
    case 'reference':
      demandPlain(term, first)
      return { references: values.map(({ text }) => text) }
    case 'number':
      demandPlain(term, first)
      return { numbers: values.map(numberOf) }
    case 'created': {
      const { from, before } = timesOf(term, meaning.now)
      return { ...(from && { createdFrom: from }), ...(before && { createdBefore: before }) }
    }
    case 'updated': {
      const { from, before } = timesOf(term, meaning.now)
      return { ...(from && { updatedFrom: from }), ...(before && { updatedBefore: before }) }
    }
    case 'has': {
      const words = values.map((value) => wordOf(value, ['attachment', 'parent', 'child', 'link']))
      const another = values[words.findIndex((word) => word !== words[0])]
      // One of both would be another question; both are asked for by two terms.
      if (another) misread(another, 'one word alone')
      return { [words[0] ?? 'attachment']: [!isNot] }
    }
    case 'is': {
      const [, another] = values
      // One of both would be another question; both are asked for by two terms.
      if (another) misread(another, 'one word alone')
      return { [wordOf(first, ['unread', 'waiting', 'snoozed'])]: [!isNot] }
    }
  }
}

function personOf(value: QueryValue, { userId, people }: Meaning): string {
  if (value.text.toLowerCase() === ME) return userId
  if (UUID.test(value.text)) return value.text.toLowerCase()
  return people.get(value.text) ?? misread(value, 'me, the e-mail address of somebody known here, or an id')
}

/** What one term asks of a field of the tenant's own. */
function ownCondition({ key, isNot, comparison, values }: OwnTerm, meaning: Meaning): OwnCondition {
  const { fields } = meaning.tenant
  const field = fields.find((each) => each.key === key.text) ?? misreadName(key, fields)
  const [first = key, another] = values
  if (comparison !== '=') {
    if (field.type !== 'number' && field.type !== 'date')
      misread(first, `one of its values; only numbers and dates are compared`)
    if (another) misread(another, 'one value alone')
    if (isNone(first)) misread(first, 'a value to compare with')
  }
  const read = values.map((value) => (isNone(value) ? null : ownValue(field, value, meaning)))
  return { key: field.key, isList: field.type === 'choices', isNot, comparison, values: read }
}

const OWN_NUMBER = /^-?\d{1,16}(\.\d{1,15})?$/
const YES = ['yes', 'true']
const NO = ['no', 'false']

/** A value as tickets hold it. */
function ownValue(field: Field, value: QueryValue, meaning: Meaning): string | number | boolean {
  switch (field.type) {
    case 'text':
      return composed(value.text).trim()
    case 'number':
      return OWN_NUMBER.test(value.text) ? Number(value.text) : misread(value, 'a number, for instance 42 or -0.5')
    case 'boolean':
      return YES.includes(wordOf(value, [...YES, ...NO]))
    case 'date':
      return isDate(value.text) ? value.text : misread(value, 'a date as 2026-01-31')
    case 'choice':
    case 'choices':
      return choiceOf(field, value)
    case 'person':
      return personOf(value, meaning)
  }
}

/** A choice by its value, or by what it is called however that is written; also one that is retired. */
function choiceOf({ choices }: Field, value: QueryValue): string {
  const wanted = spelled(value.text)
  const found =
    choices.find((choice) => choice.value === composed(value.text)) ??
    choices.find((choice) => spelled(choice.value) === wanted || spelled(choice.label) === wanted)
  const known = choices.slice(0, MOST_NAMES).map((choice) => choice.value)
  return found?.value ?? misread(value, `one of ${known.join(', ')}`)
}

/** Tells which fields there are. */
function misreadName(key: QueryValue, fields: readonly Field[]): never {
  const known = fields.slice(0, MOST_NAMES).map((field) => field.key)
  return misread(key, known.length === 0 ? 'no field, as there is none' : `the key of a field: ${known.join(', ')}`)
}

function misread(value: QueryValue, expected: string): never {
  throw new Misread(value, expected)
}

function demandPlain({ isNot, field }: FieldTerm, first: QueryValue): void {
  if (isNot) misread(first, `${field} without -`)
}

function wordOf<W extends string>(value: QueryValue, words: readonly W[]): W {
  const found = words.find((word) => word === value.text.toLowerCase())
  return found ?? misread(value, words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`)
}

function isNone({ text }: QueryValue): boolean {
  return text.toLowerCase() === NONE
}

function spelled(name: string): string {
  return composed(name).toLowerCase()
}

/** A record by its id, or by its name however it is written. */
function named<Id extends string | number>(
  value: QueryValue,
  records: readonly { readonly id: Id; readonly name: string }[],
): Id {
  const wanted = spelled(value.text)
  const found = records.find(({ id, name }) => String(id) === wanted || spelled(name) === wanted)
  const names = records.slice(0, MOST_NAMES).map(({ name }) => name)
  return found?.id ?? misread(value, names.length === 0 ? 'none, as there is none' : `one of ${names.join(', ')}`)
}

function namedOrNone<Id extends string | number>(
  value: QueryValue,
  records: readonly { readonly id: Id; readonly name: string }[],
): Id | null {
  return isNone(value) ? null : named(value, records)
}

function compared(
  comparison: Comparison,
  priority: (typeof PRIORITIES)[number],
): readonly (typeof PRIORITIES)[number][] {
  const at = PRIORITIES.indexOf(priority)
  switch (comparison) {
    case '=':
      return [priority]
    case '>':
      return PRIORITIES.slice(at + 1)
    case '>=':
      return PRIORITIES.slice(at)
    case '<':
      return PRIORITIES.slice(0, at)
    case '<=':
      return PRIORITIES.slice(0, at + 1)
  }
}

const NUMBER = /^[1-9]\d{0,8}$/

function numberOf(value: QueryValue): number {
  return NUMBER.test(value.text) ? Number(value.text) : misread(value, 'a number, for instance 42')
}

const DATE = /^[12]\d{3}-\d{2}-\d{2}$/
const AGE = /^(\d{1,4})([mhdw])$/
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const DAY_MS = 86_400_000

/** The span that a date or an age is compared with. `<7d` is younger than a week; `<2026-01-01` is before that day (UTC). */
function timesOf(
  { comparison, values, isNot }: FieldTerm,
  now: Instant,
): { readonly from?: string; readonly before?: string } {
  const [value, another] = values
  if (!value) return {}
  if (another) misread(another, 'one time alone')
  if (isNot) misread(value, 'a time without -; compare it the other way round')
  const [, count = '', unit = ''] = AGE.exec(value.text) ?? []
  if (unit !== '') {
    const then = new Date(Date.parse(now) - Number(count) * (UNITS[unit] ?? 0)).toISOString()
    return comparison === '>' || comparison === '>=' ? { before: then } : { from: then }
  }
  const begin = DATE.test(value.text) ? Date.parse(`${value.text}T00:00:00Z`) : Number.NaN
  // What the calendar has not becomes another day, and what PostgreSQL has not is no day of a ticket.
  if (Number.isNaN(begin) || new Date(begin).toISOString().slice(0, 10) !== value.text)
    misread(value, 'a date as 2026-01-31, or how long ago: 30m, 12h, 7d, 2w')
  const [day, next] = [new Date(begin).toISOString(), new Date(begin + DAY_MS).toISOString()]
  switch (comparison) {
    case '=':
      return { from: day, before: next }
    case '>':
      return { from: next }
    case '>=':
      return { from: day }
    case '<':
      return { before: day }
    case '<=':
      return { before: next }
  }
}

/** What holds when both hold. */
export function bothOf(one: Conditions, other: Conditions): Conditions {
  return { ...one, ...Object.fromEntries(Object.keys(other).map((key) => [key, mergedBy(key, one, other)])) }
}

function mergedBy(key: string, one: Conditions, other: Conditions): unknown {
  const merge: unknown = MERGES[key as keyof Conditions]
  return typeof merge === 'function' ? merge(one, other) : undefined
}

type Merge<Key extends keyof Conditions> = (one: Conditions, other: Conditions) => Conditions[Key]

/** What both lists have; a list that is absent has everything. */
function common<T>(one: readonly T[] | undefined, other: readonly T[] | undefined): readonly T[] {
  if (!one || !other) return one ?? other ?? []
  return one.filter((each) => other.includes(each))
}
const joined = <T>(one: readonly T[] = [], other: readonly T[] = []): readonly T[] => [...one, ...other]
const later = (one: string | undefined, other: string | undefined): string => [one ?? '', other ?? ''].sort()[1] ?? ''
const earlier = (one: string | undefined, other: string | undefined): string =>
  [one ?? other ?? '', other ?? one ?? ''].sort()[0] ?? ''

/** How each condition goes together with another of its kind. */
const MERGES: { readonly [Key in keyof Conditions]-?: Merge<Key> } = {
  statuses: (one, other) => common(one.statuses, other.statuses),
  priorities: (one, other) => common(one.priorities, other.priorities),
  deskIds: (one, other) => common(one.deskIds, other.deskIds),
  groupIds: (one, other) => common(one.groupIds, other.groupIds),
  topicIds: (one, other) => common(one.topicIds, other.topicIds),
  typeIds: (one, other) => common(one.typeIds, other.typeIds),
  channelIds: (one, other) => common(one.channelIds, other.channelIds),
  assigneeIds: (one, other) => common(one.assigneeIds, other.assigneeIds),
  notAssigneeIds: (one, other) => joined(one.notAssigneeIds, other.notAssigneeIds),
  requesterIds: (one, other) => common(one.requesterIds, other.requesterIds),
  notRequesterIds: (one, other) => joined(one.notRequesterIds, other.notRequesterIds),
  tags: (one, other) => joined(one.tags, other.tags),
  notTags: (one, other) => joined(one.notTags, other.notTags),
  references: (one, other) => common(one.references, other.references),
  numbers: (one, other) => common(one.numbers, other.numbers),
  createdFrom: (one, other) => later(one.createdFrom, other.createdFrom),
  createdBefore: (one, other) => earlier(one.createdBefore, other.createdBefore),
  updatedFrom: (one, other) => later(one.updatedFrom, other.updatedFrom),
  updatedBefore: (one, other) => earlier(one.updatedBefore, other.updatedBefore),
  attachment: (one, other) => common(one.attachment, other.attachment),
  parent: (one, other) => common(one.parent, other.parent),
  child: (one, other) => common(one.child, other.child),
  link: (one, other) => common(one.link, other.link),
  unread: (one, other) => common(one.unread, other.unread),
  waiting: (one, other) => common(one.waiting, other.waiting),
  own: (one, other) => joined(one.own, other.own),
  snoozed: (one, other) => common(one.snoozed, other.snoozed),
  words: (one, other) => joined(one.words, other.words),
  notWords: (one, other) => joined(one.notWords, other.notWords),
}
