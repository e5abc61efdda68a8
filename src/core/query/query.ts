/**
 * The language in which lists of tickets are asked for: `status:open,pending assignee:me -tag:spam "exact words" words`.
 * What a text says is told apart from what it means in a tenant: names are looked up in a second step (`resolve.ts`).
 */

/** Characters of a query. */
export const LONGEST_QUERY = 2_000

/** The fields, what each takes, and an example: the one table from which reading, help and completion come. */
export const QUERY_FIELDS = {
  status: { takes: 'status', about: 'where it stands', example: 'status:open,pending' },
  priority: { takes: 'priority', about: 'how urgent it is; also >=high', example: 'priority:>=high' },
  desk: { takes: 'name', about: 'on which desk it is', example: 'desk:Default' },
  group: { takes: 'name', about: 'which group it is routed to; none for no group', example: 'group:"Night shift"' },
  topic: { takes: 'name', about: 'what it is about; none for no topic', example: 'topic:none' },
  type: { takes: 'name', about: 'what kind of request it is; none for no type', example: 'type:Complaint' },
  channel: { takes: 'name', about: 'how it came in', example: 'channel:email' },
  assignee: {
    takes: 'person',
    about: 'who works on it: me, none, an e-mail address or an id',
    example: 'assignee:me,none',
  },
  requester: {
    takes: 'person',
    about: 'who asked: me, an e-mail address or an id',
    example: 'requester:ada@example.com',
  },
  tag: { takes: 'text', about: 'what it is tagged with', example: 'tag:vip -tag:spam' },
  reference: { takes: 'text', about: "the caller's own reference", example: 'reference:A-17' },
  number: { takes: 'number', about: 'its number on its desk', example: 'number:42' },
  created: { takes: 'time', about: 'when it was opened: a date, or how long ago', example: 'created:>=2026-01-01' },
  updated: { takes: 'time', about: 'when it last changed', example: 'updated:<7d' },
  has: {
    takes: 'has',
    about: 'what there is: attachment, parent, child or link',
    example: 'has:attachment -has:parent',
  },
  is: { takes: 'is', about: 'unread, waiting or snoozed', example: 'is:waiting -is:snoozed' },
} as const satisfies Readonly<
  Record<string, { readonly takes: string; readonly about: string; readonly example: string }>
>

export type QueryField = keyof typeof QUERY_FIELDS

export function isQueryField(name: string): name is QueryField {
  return Object.hasOwn(QUERY_FIELDS, name)
}

export const COMPARISONS = ['>=', '<=', '>', '<'] as const
export type Comparison = (typeof COMPARISONS)[number] | '='

/** A piece of the text, by which mistakes are pointed at: in UTF-16 units, as JavaScript counts. */
export interface Place {
  readonly at: number
  readonly length: number
}

export interface QueryValue extends Place {
  readonly text: string
}

/** One condition: a field with one or several values, of which one has to hold. */
export interface FieldTerm {
  readonly kind: 'field'
  readonly field: QueryField
  readonly isNot: boolean
  readonly comparison: Comparison
  readonly values: readonly QueryValue[]
}

/** One condition on a field of the tenant's own, by its key: `field.plan:pro`. Whether there is one, the tenant tells. */
export interface OwnTerm {
  readonly kind: 'own'
  readonly key: QueryValue
  readonly isNot: boolean
  readonly comparison: Comparison
  readonly values: readonly QueryValue[]
}

/** Words that have to occur, or must not; quoted ones as they stand. */
export interface WordTerm extends QueryValue {
  readonly kind: 'word'
  readonly isNot: boolean
  readonly isPhrase: boolean
}

export type QueryTerm = FieldTerm | OwnTerm | WordTerm
export type Query = readonly QueryTerm[]

/** What cannot be read, where it is, and what would be right there. */
export interface Mistake extends Place {
  readonly expected: string
}
