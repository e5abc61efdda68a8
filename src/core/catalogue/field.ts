import { type Static, Type } from 'typebox'

/** What a field can hold: one of its choices, or several; a person by id; or a value of its own. */
export const FIELD_TYPES = ['text', 'number', 'boolean', 'date', 'choice', 'choices', 'person'] as const
export type FieldType = (typeof FIELD_TYPES)[number]

/** Of what a field can be a condition. */
export const REQUIREMENTS = ['to_open', 'to_solve'] as const
export type Requirement = (typeof REQUIREMENTS)[number]

/** What may be chosen. Tickets hold its value, which stays; its label is what people read. */
export interface Choice {
  readonly value: string
  readonly label: string
  readonly active: boolean
}

/** What a tenant wants to know of its tickets, beside what every ticket tells. Its key and its type never change. */
export interface Field {
  readonly id: number
  /** How often it was changed. */
  readonly version: number
  readonly key: string
  readonly type: FieldType
  readonly label: string
  readonly description: string
  /** In the order in which they are offered; none where the type has none. */
  readonly choices: readonly Choice[]
  readonly required: Requirement | null
  readonly active: boolean
}

/** A field as rows and kept answers hold it. */
export const FieldRow = Type.Object({
  id: Type.Integer(),
  version: Type.Integer(),
  key: Type.String(),
  type: Type.Enum(FIELD_TYPES),
  label: Type.String(),
  description: Type.String(),
  choices: Type.Array(Type.Object({ value: Type.String(), label: Type.String(), active: Type.Boolean() })),
  required: Type.Union([Type.Enum(REQUIREMENTS), Type.Null()]),
  active: Type.Boolean(),
})
export type FieldRow = Static<typeof FieldRow>

/** The pairs by which `json_build_object` shows a field of the table `x`. */
export const FIELD_PAIRS = Object.keys(FieldRow.properties)
  .map((name) => `'${name}', x.${name}`)
  .join(', ')

/** What a ticket holds in a field. A person is an id, a date `2026-01-31`. */
export type FieldValue = string | number | boolean | readonly string[]

/** What a ticket holds in its tenant's fields, by key: what is not set is not there. */
export type FieldValues = Readonly<Record<string, FieldValue>>

/** What is to be set of fields, by key; null empties one. */
export type FieldChanges = Readonly<Record<string, FieldValue | null>>
