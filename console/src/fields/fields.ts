import { useQuery } from '@tanstack/react-query'
import type { Field } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import type { Words } from '../i18n/en.ts'

export const FIELD_TYPES = ['text', 'number', 'boolean', 'date', 'choice', 'choices', 'person'] as const
export type FieldType = Field['type']

/** When a field has to be there; `never` is none of the API's words. */
export const REQUIREMENTS = ['never', 'to_open', 'to_solve'] as const
export type Requirement = (typeof REQUIREMENTS)[number]

/** The fields of this tenant, with those that are retired. */
export function useFields() {
  return useQuery({
    queryKey: keys.fields,
    queryFn: () => collect(all(client, 'listFields', { query: { limit: '200' } })),
  })
}

/** Reads anew what shows fields. */
export async function readFieldsAnew(): Promise<void> {
  await askAgain(keys.fields)
}

export function hasChoices(type: FieldType): boolean {
  return type === 'choice' || type === 'choices'
}

/** What a ticket held in a field, in words. */
export function heldText({ choices }: Field, held: unknown, words: Words): string {
  if (held === null || held === undefined) return words.ticket.none
  if (typeof held === 'boolean') return held ? words.fields.yes : words.fields.no
  const labelOf = (value: unknown): string => choices.find((choice) => choice.value === value)?.label ?? String(value)
  return Array.isArray(held) ? held.map(labelOf).join(', ') : labelOf(held)
}

/** What stands in a field for several lines, one each, blanks and all. */
export function choicesIn(form: FormData, name: string): string[] {
  return String(form.get(name) ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
