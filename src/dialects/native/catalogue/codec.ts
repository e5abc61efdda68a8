import type { Field } from '../../../core/catalogue/field.ts'
import type { FieldChange, FieldRef, GivenChoice, NewField } from '../../../core/catalogue/fields.ts'
import { RECORDS, type RecordKind } from '../../../core/catalogue/records.ts'
import type {
  CatalogueRecord,
  Channel,
  Desk,
  Group,
  PriorityLabel,
  StatusLabel,
  Tenant,
  Topic,
} from '../../../core/catalogue/tenant.ts'
import { refuse } from '../../../core/errors.ts'
import { UUID } from '../../../core/uuid.ts'
import type {
  ChannelAnswer,
  DeskAnswer,
  FieldAnswer,
  FieldChangeBody,
  GroupAnswer,
  NewFieldBody,
  PriorityLabelAnswer,
  RecordAnswer,
  StatusLabelAnswer,
  TenantAnswer,
  TopicAnswer,
} from './schema.ts'

export function encodeTenant({
  id,
  name,
  searchLanguage,
}: Pick<Tenant, 'id' | 'name' | 'searchLanguage'>): TenantAnswer {
  return { id, name, search_language: searchLanguage }
}

export function encodeDesk({ id, integer, name, isDefault, active, addresses }: Desk): DeskAnswer {
  return { id, integer, name, default: isDefault, active, addresses: [...addresses] }
}

export function encodeGroup({ id, integer, name, active }: Group): GroupAnswer {
  return { id, integer, name, active }
}

export function encodeRecord({ id, name, active }: CatalogueRecord): RecordAnswer {
  return { id, name, active }
}

export function encodeStatusLabel({ id, name, status, active }: StatusLabel): StatusLabelAnswer {
  return { id, name, status, active }
}

export function encodePriorityLabel({ id, name, priority, active }: PriorityLabel): PriorityLabelAnswer {
  return { id, name, priority, active }
}

export function encodeChannel({ id, name, kind, active }: Channel): ChannelAnswer {
  return { id, name, kind, active }
}

export function encodeTopic({ id, name, active, offeredIn }: Topic): TopicAnswer {
  return { id, name, active, offered_in: [...offeredIn] }
}

export function encodeField({ version: _, choices, ...field }: Field): FieldAnswer {
  return { ...field, choices: choices.map(({ value, label, active }) => ({ value, label, active })) }
}

type Choices = NonNullable<NewFieldBody['choices']>

function decodeChoices(choices: Choices): readonly GivenChoice[] {
  return choices.map((choice) => (typeof choice === 'string' ? { value: choice } : choice))
}

export function decodeNewField({ choices, ...body }: NewFieldBody): NewField {
  return { ...body, ...(choices && { choices: decodeChoices(choices) }) }
}

export function decodeFieldChange({ choices, ...body }: FieldChangeBody): FieldChange {
  return { ...body, ...(choices && { choices: decodeChoices(choices) }) }
}

/** The key or the id in a path. What cannot be either is a key that nothing has. */
export function decodeFieldRef(text: string): FieldRef {
  return INTEGER.test(text) ? { id: Number(text) } : { key: text }
}

const INTEGER = /^[1-9]\d{0,9}$/

/** The id in a path. What cannot be one names nothing. @throws Refusal `not_found` */
export function decodeRecordId(kind: RecordKind, text: string): string | number {
  if (RECORDS[kind].id.type === 'uuid') return UUID.test(text) ? text.toLowerCase() : unknown(kind)
  return INTEGER.test(text) ? Number(text) : unknown(kind)
}

function unknown(kind: RecordKind): never {
  return refuse({ code: 'not_found', missing: kind === 'desk' ? 'desk' : 'record' })
}
