import type {
  CatalogueRecord,
  Group,
  PriorityLabel,
  StatusLabel,
  Tenant,
  Topic,
} from '../../../core/catalogue/tenant.ts'
import { refuseField } from '../../../core/errors.ts'
import { statusLabels } from '../words.ts'
import type { Subject, TicketGroup, TicketPriority, TicketStatus, TicketType } from './schema.ts'

/** The topics that this vendor's callers may choose and see by id. */
export function subjects(tenant: Tenant): readonly Topic[] {
  return tenant.topics.filter((each) => each.active && each.offeredIn.includes('netgroot'))
}

export function encodeSubjects(tenant: Tenant): Subject[] {
  return subjects(tenant).map(({ id, name }) => ({ subject_id: id, name }))
}

export function encodeTypes(tenant: Tenant): TicketType[] {
  return tenant.types.filter(isActive).map(({ id, name }) => ({ type_id: id, name }))
}

export function encodeStatuses(tenant: Tenant): TicketStatus[] {
  return statusLabels(tenant)
    .filter(isActive)
    .map(({ id, name }) => ({ status_id: id, name }))
}

export function encodePriorities(tenant: Tenant): TicketPriority[] {
  return tenant.priorityLabels.filter(isActive).map(({ id, name }) => ({ priority_id: id, name }))
}

export function encodeGroups(tenant: Tenant): TicketGroup[] {
  return tenant.groups.filter(isActive).map(({ integer, name }) => ({ group_id: integer, name }))
}

/** The topic behind a subject id. @throws Refusal `invalid` */
export function decodeSubject(tenant: Tenant, id: number): Topic {
  return subjects(tenant).find((each) => each.id === id) ?? unknown('subject_id')
}

/** The type behind an id. @throws Refusal `invalid` */
export function decodeType(tenant: Tenant, id: number): CatalogueRecord {
  return tenant.types.find((each) => each.id === id) ?? unknown('type_id')
}

/** The status label behind an id. @throws Refusal `invalid` */
export function decodeStatus(tenant: Tenant, id: number): StatusLabel {
  return statusLabels(tenant).find((each) => each.id === id) ?? unknown('status_id')
}

/** The priority label behind an id. @throws Refusal `invalid` */
export function decodePriority(tenant: Tenant, id: number): PriorityLabel {
  return tenant.priorityLabels.find((each) => each.id === id) ?? unknown('priority_id')
}

/** The group behind an id. @throws Refusal `invalid` */
export function decodeGroup(tenant: Tenant, integer: number): Group {
  return tenant.groups.find((each) => each.integer === integer) ?? unknown('group_id')
}

/** A record that a ticket is to be given; inactive ones only stay where they are. @throws Refusal `invalid` */
export function choosable<Item extends Listed>(record: Item): Item {
  return record.active ? record : refuseField([], 'unknown', 'names no active record')
}

interface Listed {
  readonly active: boolean
}

function isActive(record: Listed): boolean {
  return record.active
}

function unknown(field: string): never {
  refuseField([field], 'unknown', 'names no record')
}
