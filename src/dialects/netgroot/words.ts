import type { PriorityLabel, StatusLabel, Tenant } from '../../core/catalogue/tenant.ts'
import type { AuthorRole } from '../../core/messages/message.ts'
import type { Priority, Status } from '../../core/words.ts'
import { STATUSES } from '../../core/words.ts'

/** What a caller sees of a label. */
export type Word = Pick<StatusLabel | PriorityLabel, 'id' | 'name'>

/** The statuses whose label shows a status, best first: this vendor has one word for the two kinds of waiting. */
export const SHOWN_BY_LABEL_OF: Readonly<Record<Status, readonly Status[]>> = {
  new: ['new'],
  open: ['open'],
  pending: ['pending', 'on_hold'],
  on_hold: ['on_hold'],
  solved: ['solved'],
  closed: ['closed'],
}

/** The words of a fresh install; they stand in where a tenant has relabelled a status away. */
export const STANDARD_STATUSES: Readonly<Record<Status, Word>> = {
  new: { id: 1, name: 'Open' },
  open: { id: 2, name: 'In Progress' },
  pending: { id: 3, name: 'On Hold' },
  on_hold: { id: 3, name: 'On Hold' },
  solved: { id: 4, name: 'Resolved' },
  closed: { id: 5, name: 'Closed' },
}

/**
 * What the catalogue of a fresh tenant calls a status where this vendor has another word: this one is shown for it. A name
 * that a tenant gave is shown as it is.
 */
const CATALOGUE_NAMES: Partial<Readonly<Record<Status, string>>> = { new: 'New' }

/** The tenant's labels of statuses, by the names that this vendor's clients see. */
export function statusLabels({ statusLabels }: Tenant): readonly StatusLabel[] {
  return statusLabels.map((label) =>
    label.name === CATALOGUE_NAMES[label.status] ? { ...label, name: STANDARD_STATUSES[label.status].name } : label,
  )
}

/** As `STANDARD_STATUSES`, for priorities. */
export const STANDARD_PRIORITIES: Readonly<Record<Priority, Word>> = {
  low: { id: 1, name: 'Low' },
  normal: { id: 2, name: 'Medium' },
  high: { id: 3, name: 'High' },
  urgent: { id: 4, name: 'Urgent' },
}

export const AUTHOR_TYPES: Readonly<Record<AuthorRole, 'subscriber' | 'staff'>> = {
  requester: 'subscriber',
  agent: 'staff',
}

/** The name of an author of whom nothing is known. */
export const NAMELESS_AUTHORS: Readonly<Record<AuthorRole, string>> = {
  requester: 'Subscriber',
  agent: 'Staff',
}

/** The label by which a status is shown. */
export function statusWord(tenant: Tenant, status: Status): Word {
  for (const candidate of SHOWN_BY_LABEL_OF[status]) {
    const label = preferred(statusLabels(tenant).filter((each) => each.status === candidate))
    if (label) return label
  }
  return STANDARD_STATUSES[status]
}

/** The label by which a priority is shown. */
export function priorityWord(tenant: Tenant, priority: Priority): Word {
  return preferred(tenant.priorityLabels.filter((each) => each.priority === priority)) ?? STANDARD_PRIORITIES[priority]
}

/** Every status that a caller means by a label: the one it sets, and those it shows. */
export function statusesMeant(tenant: Tenant, label: StatusLabel): readonly Status[] {
  return STATUSES.filter((status) => status === label.status || statusWord(tenant, status).id === label.id)
}

// The lowest id counts; a label that is no longer offered still names a status that has no other.
function preferred<Label extends { readonly active: boolean }>(labels: readonly Label[]): Label | undefined {
  return labels.find((each) => each.active) ?? labels[0]
}
