import type { FieldType, FieldValue, FieldValues, Requirement } from '../catalogue/field.ts'
import { addField, changeField } from '../catalogue/fields.ts'
import { Refusal } from '../errors.ts'
import type { UserSummary } from '../identity/user.ts'
import { fieldsWith } from '../tickets/rules/field-values.ts'
import type { ImportedPerson, ImportedTicket, ImportOutcome } from './record.ts'
import { leaveOut, type Run } from './run.ts'

/** A field of the tenant's own as another system has it. */
export interface ImportedField {
  readonly key: string
  readonly type: FieldType
  readonly label: string
  readonly description?: string
  readonly choices?: readonly { readonly value: string; readonly label?: string; readonly active?: boolean }[]
  readonly required?: Requirement | null
  readonly active?: boolean
}

/** One that is here already, by its key, stays as it is. */
export async function takeField(run: Run, given: ImportedField): Promise<ImportOutcome> {
  const { ctx, around, memory } = run
  const { active = true, ...field } = given
  const found = ctx.tenant.fields.find(({ key }) => key === field.key)
  if (found) {
    if (found.type !== field.type)
      leaveOut(run, ['type'], 'not_allowed', `It is a field of the type ${found.type} here.`)
    return 'unchanged'
  }
  if (around.dryRun) {
    memory.wouldBe.add(wouldBe(field.key))
    return 'created'
  }
  const made = await addField(ctx, field)
  if (!active) await changeField({ ...ctx, tenant: await around.tenant() }, { id: made.id }, { active: false })
  return 'created'
}

const wouldBe = (key: string): string => `field ${key}`

/** Those whom a ticket names in its fields. */
export function peopleInFields(run: Run, { fields = {} }: ImportedTicket): readonly ImportedPerson[] {
  const people = run.ctx.tenant.fields.filter(({ type }) => type === 'person')
  return people.flatMap(({ key }) => {
    const id = fields[key]
    return typeof id === 'string' ? [{ id }] : []
  })
}

/**
 * What a ticket holds in its tenant's fields with what its source says; a field of which it says nothing stays. What cannot be
 * set is left out, each told by its name.
 *
 * @param userOf whom a person of the source is here
 */
export function valuesFrom(
  run: Run,
  before: FieldValues,
  { fields = {} }: ImportedTicket,
  userOf: (person: ImportedPerson) => UserSummary | null,
): FieldValues {
  const { tenant, actor } = run.ctx
  let values = before
  for (const [key, given] of Object.entries(fields)) {
    const field = tenant.fields.find((each) => each.key === key)
    const user = field?.type === 'person' && typeof given === 'string' ? userOf({ id: given }) : null
    const wanted = user ? user.id : given
    if (!field && run.memory.wouldBe.has(wouldBe(key))) continue
    if (!isValue(wanted)) {
      leaveOut(run, ['fields', key], 'type', 'Is no value of a field.')
      continue
    }
    try {
      const people = new Map(user ? [[user.id, user]] : [])
      values = fieldsWith(values, { [key]: wanted }, { tenant, actor, people })
    } catch (error) {
      if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
      for (const { path, rule, message } of error.error.issues) leaveOut(run, path, rule, message)
    }
  }
  return values
}

function isValue(value: unknown): value is FieldValue | null {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string')
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
