import type { Field, TimelineEntry } from '../../../sdk/operations.ts'
import { heldText } from '../fields/fields.ts'
import type { Words } from '../i18n/en.ts'

/** What an event tells of before and after. */
type Sides = Pick<TimelineEntry, 'before' | 'after'>

/** What a change of this tenant's own fields set, one after the other; of people only that they changed. */
export function changedFields({ before, after }: Sides, fields: readonly Field[], words: Words): string {
  const [was, is]: readonly Readonly<Record<string, unknown>>[] = [Object(before).fields, Object(after).fields].map(
    Object,
  )
  const changed = Object.keys({ ...was, ...is }).map((key) => {
    const field = fields.find((each) => each.key === key)
    if (!field) return key
    if (field.type === 'person') return field.label
    return words.ticket.changed(field.label, heldText(field, was?.[key], words), heldText(field, is?.[key], words))
  })
  return changed.join('; ') || words.ticket.fields
}

/** A change in words: which field, and from what to what where its values are words themselves. */
export function changeIn(
  { kind, before, after, undoes }: Sides & { readonly kind: string; readonly undoes: TimelineEntry['undoes'] },
  words: Words,
): string {
  const [field = ''] = kind.split('.')[1]?.split('_changed') ?? []
  const called: string = Object(words.ticket)[field] ?? field.replaceAll('_', ' ')
  const shown = (values: unknown): string | null => {
    const value = Object(values)[field]
    if (Array.isArray(value)) return value.join(', ') || words.ticket.none
    if (typeof value !== 'string') return null
    return Object(words.statuses)[value] ?? Object(words.priorities)[value] ?? value
  }
  const [from, to] = [shown(before), shown(after)]
  const told = from === null || to === null ? called : words.ticket.changed(called, from, to)
  return undoes === null ? told : words.ticket.undoing(told)
}
