import { Parse } from 'typebox/value'
import type { Administration } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callInput } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { readName } from '../name.ts'
import { composed, nameKey } from '../spelling.ts'
import { inRoundsOfTwins } from '../taken.ts'
import { demandMayManage } from './commands.ts'
import { type Choice, type Field, FieldRow, type FieldType, type Requirement } from './field.ts'
import { type AddingField, changeOfField, FIND_FIELD, INSERT_FIELD } from './store/fields.ts'
import { RECORD_KEPT, type RecordKept } from './store.ts'
import type { Tenant } from './tenant.ts'

/** Fields of a tenant, and choices of a field: both with those that are retired. */
export const MOST_FIELDS = 200
export const MOST_CHOICES = 200

const LONGEST_DESCRIPTION = 1_000
export const LONGEST_CHOICE = 100

/** By which tickets, queries and paths name a field. */
const FIELD_KEY = /^[a-z][a-z0-9_]{0,39}$/

/** A choice as it is wished for: without a label it keeps the one it has, or is called by its value. */
export interface GivenChoice {
  readonly value: string
  readonly label?: string
  readonly active?: boolean
}

/** What a new field is. */
export interface NewField {
  readonly key: string
  readonly type: FieldType
  readonly label: string
  readonly description?: string
  readonly choices?: readonly GivenChoice[]
  readonly required?: Requirement | null
}

/** What may change of a field. Of its choices all that are named are there, in this order; others are retired. */
export interface FieldChange {
  readonly label?: string
  readonly description?: string
  readonly choices?: readonly GivenChoice[]
  readonly required?: Requirement | null
  readonly active?: boolean
}

/** How a field is named: by its id or by its key. */
export type FieldRef = { readonly id: number } | { readonly key: string }

/** Whether a field has choices. */
export function hasChoices({ type }: Pick<Field, 'type'>): boolean {
  return type === 'choice' || type === 'choices'
}

/** A field, retired or not. @throws Refusal `not_found` */
export function findField(tenant: Pick<Tenant, 'fields'>, ref: FieldRef): Field {
  const found = tenant.fields.find((field) => ('id' in ref ? field.id === ref.id : field.key === ref.key))
  return found ?? refuse({ code: 'not_found', missing: 'record' })
}

/**
 * Adds a field to the tickets of a tenant. No ticket is touched by it.
 *
 * @throws Refusal `forbidden`, `invalid`, `conflict` when another field has the key or the label, or there are as many as
 * may be, `idempotency_mismatch`
 */
export async function addField(admin: Administration, input: NewField): Promise<Field> {
  demandMayManage(admin, 'catalogue.manage')
  const { key, type, required = null } = input
  if (!FIELD_KEY.test(key))
    refuseField(
      ['key'],
      'format',
      'Must be a word of small letters, digits and _, 40 at the most, and begin with a letter.',
    )
  const label = readName(input.label, ['label'])
  const description = readDescription(input.description ?? '')
  const choices = readChoices({ type, choices: [] }, input.choices ?? [])
  const after = { key, type, label, ...toldOf(choices) }
  return once(
    admin,
    RECORD_KEPT,
    async () => {
      const { fields } = admin.tenant
      if (fields.some((field) => field.key === key))
        refuse({ code: 'conflict', message: `There is a field ${key} already.` })
      if (fields.length >= MOST_FIELDS)
        refuse({ code: 'conflict', message: `A tenant has at most ${MOST_FIELDS} fields.` })
      demandFreeLabel(fields, label, null)
      return insert(admin, { field_key: key, type, label, description, choices, required, after })
    },
    keptField,
  )
}

async function insert(admin: Administration, input: AddingField): Promise<Field | undefined> {
  const added = INSERT_FIELD.with({ tenant_id: admin.tenant.id, call: { ...input, ...callInput(admin) } })
  const [row] = await inRoundsOfTwins(() => admin.store.run(added))
  return row?.record
}

/**
 * Changes a field: what it is called, what may be chosen, whether it may be set. What tickets hold stays as it is.
 *
 * @throws Refusal `forbidden`, `not_found`, `invalid`, `conflict` for a label that another has, `idempotency_mismatch`
 */
export async function changeField(admin: Administration, ref: FieldRef, change: FieldChange): Promise<Field> {
  demandMayManage(admin, 'catalogue.manage')
  const { id } = findField(admin.tenant, ref)
  const label = change.label === undefined ? undefined : readName(change.label, ['label'])
  const description = change.description === undefined ? undefined : readDescription(change.description)
  return once(
    admin,
    RECORD_KEPT,
    async () => {
      const [row] = await admin.store.run(FIND_FIELD.with({ tenant_id: admin.tenant.id, id }))
      const current: Field = row?.record ?? refuse({ code: 'not_found', missing: 'record' })
      const next: Field = {
        ...current,
        label: label ?? current.label,
        description: description ?? current.description,
        choices: change.choices === undefined ? current.choices : readChoices(current, change.choices),
        required: change.required === undefined ? current.required : change.required,
        active: change.active ?? current.active,
      }
      if (next.active) demandFreeLabel(admin.tenant.fields, next.label, id)
      const { version: seen, key: _key, type: _type, ...rest } = next
      const call = { ...rest, seen, ...toldChange(current, next), ...callInput(admin) }
      const [written] = await admin.store.run(changeOfField(admin.tenant.id, call))
      return written?.record
    },
    keptField,
  )
}

function readDescription(given: string): string {
  const description = composed(given).trim()
  if ([...description].length > LONGEST_DESCRIPTION)
    refuseField(['description'], 'too_long', 'Is too long.', LONGEST_DESCRIPTION)
  return description
}

/** The choices of a field once some are wished for: those that it had and that are not among them are retired. */
function readChoices(field: Pick<Field, 'type' | 'choices'>, given: readonly GivenChoice[]): readonly Choice[] {
  if (!hasChoices(field)) {
    if (given.length > 0) refuseField(['choices'], 'not_allowed', 'Only a choice has choices.')
    return []
  }
  if (given.length === 0) refuseField(['choices'], 'required', 'At least one choice is required.')
  const had = new Map(field.choices.map((choice) => [choice.value, choice]))
  const wanted = given.map(({ value: text, label, active = true }, nth): Choice => {
    const value = readChoice(text, ['choices', nth])
    const kept = had.get(value)?.label ?? value
    return { value, label: label === undefined ? kept : readChoice(label, ['choices', nth, 'label']), active }
  })
  const values = new Set(wanted.map(({ value }) => value))
  const choices = [
    ...wanted,
    ...field.choices.filter(({ value }) => !values.has(value)).map((choice) => ({ ...choice, active: false })),
  ]
  if (choices.length > MOST_CHOICES)
    refuseField(['choices'], 'too_long', `At most ${MOST_CHOICES} choices, with those that are retired.`, MOST_CHOICES)
  demandDistinct(wanted)
  return choices
}

function readChoice(text: string, path: readonly (string | number)[]): string {
  const read = composed(text).trim()
  if (read === '') refuseField(path, 'required', 'Must not be empty.')
  if ([...read].length > LONGEST_CHOICE) refuseField(path, 'too_long', 'Is too long.', LONGEST_CHOICE)
  return read
}

/** No value twice, and no two that may be chosen called alike: people and queries choose by the label. */
function demandDistinct(choices: readonly Choice[]): void {
  const [values, labels] = [new Set<string>(), new Set<string>()]
  for (const [nth, { value, label, active }] of choices.entries()) {
    const isAgain = values.has(value) || (active && labels.has(nameKey(label)))
    if (isAgain) refuseField(['choices', nth], 'choice', 'There is this choice already.')
    values.add(value)
    if (active) labels.add(nameKey(label))
  }
}

/** People choose by label, so two that may be set are not called alike. */
function demandFreeLabel(fields: readonly Field[], label: string, own: number | null): void {
  const taken = fields.some((each) => each.id !== own && each.active && nameKey(each.label) === nameKey(label))
  if (taken) refuse({ code: 'conflict', message: `Another field is called ${label}.` })
}

/** What events tell of choices: what those are called that may be chosen. */
function toldOf(choices: readonly Choice[]): { readonly choices?: readonly string[] } {
  const labels = choices.filter(({ active }) => active).map(({ label }) => label)
  return choices.length === 0 ? {} : { choices: labels }
}

/** What the event of a change tells, before and after; null where nothing changes. */
function toldChange(before: Field, after: Field) {
  const names = (['label', 'description', 'choices', 'required', 'active'] as const).filter((name) =>
    name === 'choices' ? listed(before) !== listed(after) : before[name] !== after[name],
  )
  const told = (field: Field) => ({
    id: field.id,
    ...Object.fromEntries(
      names.map((name) => [name, name === 'choices' ? toldOf(field.choices).choices : field[name]]),
    ),
  })
  return names.length === 0 ? { before: null, after: null } : { before: told(before), after: told(after) }
}

/** Choices as one text: as rows have them the names within are in another order. */
function listed({ choices }: Field): string {
  return JSON.stringify(choices.map(({ value, label, active }) => [value, label, active]))
}

/** The field as a call with the same key answered it. */
function keptField({ record }: RecordKept): Field {
  if (record === undefined) refuse({ code: 'not_found', missing: 'record' })
  return Parse(FieldRow, record)
}
