import type { EventData } from '../../../core/events/event.ts'

/** What tickets call the fields that the log holds as ids. Every other field has one name. */
const NAMES: ReadonlyMap<string, string> = new Map(
  ['topic', 'type', 'form', 'desk', 'group', 'requester', 'assignee'].map((name) => [`${name}_id`, name]),
)

/** Before or after of an event, under the names that this API takes the fields by; ids stay ids. Other names are its own. */
export function encodeEventData(data: EventData | null): EventData | null {
  if (data === null) return null
  return Object.fromEntries(Object.entries(data).map(([field, value]) => [NAMES.get(field) ?? field, value]))
}
