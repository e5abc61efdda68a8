import { type TProperties, Type } from 'typebox'

/** Forms that requests and answers of all resources share. */

export const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

export const uuid = (description: string) => Type.String({ pattern: `^${UUID}$`, description })

/** Spacebring reference, Pagination; S17. */
export const limit = Type.Optional(
  Type.String({ pattern: '^(?:[1-9][0-9]?|100)$', description: '1 to 100, 25 by default.' }),
)
export const nextPageToken = Type.Optional(Type.String({ description: 'The token from the previous page.' }))

/** Answers are closed objects, so that nothing undocumented leaves. */
export const closed = <P extends TProperties>(properties: P, title?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(title && { title }) })

export const id = Type.String({ description: 'UUID' })
export const date = Type.String({ description: 'ISO 8601, e.g. 2021-05-21T10:00:00.000Z' })
