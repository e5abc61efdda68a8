import fastJson from 'fast-json-stringify'
import type { FastifySchemaControllerOptions } from 'fastify/types/schema.js'

type BuildSerializer = NonNullable<NonNullable<FastifySchemaControllerOptions['compilersFactory']>['buildSerializer']>
type Write = (value: unknown) => string

/**
 * Makes the writer of an answer when the first such answer is given, and one for all routes that share its schema. The
 * routes declare some thousand answers, errors for the most part: to make all their writers took a tenth of a start.
 */
export const buildSerializer: BuildSerializer = () => {
  const writers = new WeakMap<object, Write>()

  function writerFor(schema: object): Write {
    const made = writers.get(schema) ?? fastJson(schema)
    writers.set(schema, made)
    return made
  }

  return ({ schema }) => {
    if (typeof schema !== 'object' || schema === null) throw new Error('An answer has no schema.')
    let write: Write | undefined
    return (value: unknown) => {
      write ??= writerFor(schema)
      return write(value)
    }
  }
}
