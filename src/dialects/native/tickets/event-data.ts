import type { EventData, TicketEventField } from '../../../core/events/event.ts'

/** What tickets call the fields that the log holds under names of its own. Total: a new field does not compile without. */
const NAME_OF_FIELD: Readonly<Record<TicketEventField, string>> = {
  title: 'title',
  status: 'status',
  priority: 'priority',
  topic_id: 'topic',
  type_id: 'type',
  form_id: 'form',
  tags: 'tags',
  desk_id: 'desk',
  group_id: 'group',
  requester_id: 'requester',
  assignee_id: 'assignee',
}

const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(NAME_OF_FIELD))

/** Before or after of an event, under the names that this API takes the fields by; ids stay ids. Other names are its own. */
export function encodeEventData(data: EventData | null): EventData | null {
  if (data === null) return null
  return Object.fromEntries(Object.entries(data).map(([field, value]) => [NAMES.get(field) ?? field, value]))
}
