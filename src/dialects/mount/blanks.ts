import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'

/** What a dialect takes for "nothing was sent": null alone, or the empty text too. */
export type Blanks = 'null' | 'null and empty'

/**
 * Makes what takes blanks out of a body before it is checked: an optional field that is blank is one that was left out. A null that its field allows says something and stays, and so does whatever a required field holds.
 *
 * @param schema of the body; one without optional fields leaves everything as it is.
 */
export function blanksRemover(schema: TSchema | undefined, blanks: Blanks | undefined): (value: unknown) => unknown {
  const fields = blanks === undefined ? [] : Object.entries(propertiesOf(schema))
  const required = requiredOf(schema)
  const optional = fields.filter(([name]) => !required.includes(name))
  const allowsNull = new Set(optional.filter(([, each]) => Check(each, null)).map(([name]) => name))
  const names = new Set(optional.map(([name]) => name))
  const inner = new Map(
    fields
      .filter(([, each]) => Object.keys(propertiesOf(each)).length > 0)
      .map(([name, each]) => [name, blanksRemover(each, blanks)]),
  )
  const isBlank = (name: string, value: unknown): boolean =>
    names.has(name) && ((value === null && !allowsNull.has(name)) || (value === '' && blanks === 'null and empty'))

  if (names.size === 0 && inner.size === 0) return (value) => value
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const sent = Object.entries(value).filter(([name, each]) => !isBlank(name, each))
    return Object.fromEntries(sent.map(([name, each]) => [name, inner.get(name)?.(each) ?? each]))
  }
}

function propertiesOf(schema: TSchema | undefined): Readonly<Record<string, TSchema>> {
  return schema && 'properties' in schema ? (schema.properties as Readonly<Record<string, TSchema>>) : {}
}

function requiredOf(schema: TSchema | undefined): readonly string[] {
  return schema && 'required' in schema && Array.isArray(schema.required) ? schema.required : []
}
