import type { TLocalizedValidationError } from 'typebox/error'
import { Format } from 'typebox/format'
import { Settings } from 'typebox/system'
import type { Issue } from '../../core/errors.ts'
import { isEmail } from '../../core/identity/email.ts'

/** Fields named at the most when many are wrong. */
const MAXIMUM_ISSUES = 50

/** Allowed values that are named at the most. */
const MOST_NAMED = 12

// The library stops at 8 by itself, which would leave wrong fields of larger bodies unnamed.
Settings.Set({ maxErrors: MAXIMUM_ISSUES })

// One rule for an address wherever one is written: the core's.
Format.Set('idn-email', isEmail)

/** Turns schema failures into issues that name the field, each field once. `value` is what was checked. */
export function schemaIssues(errors: readonly TLocalizedValidationError[], value: unknown): readonly Issue[] {
  const issues = new Map<string, Issue>()
  for (const error of errors) {
    for (const issue of issuesOf(error, value)) {
      const key = JSON.stringify(issue.path)
      if (!issues.has(key)) issues.set(key, issue)
    }
  }
  return [...issues.values()].slice(0, MAXIMUM_ISSUES)
}

function issuesOf(error: TLocalizedValidationError, root: unknown): Issue[] {
  const path = pathOf(error.instancePath, root)
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => ({
        path: [...path, name],
        rule: 'required',
        message: 'Is required.',
      }))
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => ({
        path: [...path, String(name)],
        rule: 'not_allowed',
        message: 'Is not a known field.',
      }))
    case 'boolean':
      return [{ path, rule: 'not_allowed', message: 'Is not a known field.' }]
    case 'type':
      return [{ path, rule: 'type', message: `Must be ${[error.params.type].flat().join(' or ')}.` }]
    case 'enum':
      return [{ path, rule: 'choice', message: noneOf(error.params.allowedValues) }]
    case 'const':
      return [{ path, rule: 'choice', message: noneOf([error.params.allowedValue]) }]
    case 'anyOf':
    case 'oneOf':
      return [{ path, rule: 'choice', message: 'Is none of the allowed values.' }]
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return [{ path, rule: 'too_short', message: error.message, limit: limitOf(error) }]
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return [{ path, rule: 'too_long', message: error.message, limit: limitOf(error) }]
    case 'minimum':
    case 'exclusiveMinimum':
      return [{ path, rule: 'too_small', message: error.message }]
    case 'maximum':
    case 'exclusiveMaximum':
      return [{ path, rule: 'too_large', message: error.message }]
    default:
      return [{ path, rule: 'format', message: error.message }]
  }
}

/** Which values there are, where they are few enough to be read. */
function noneOf(allowed: readonly unknown[]): string {
  const isLegible = allowed.length > 0 && allowed.length <= MOST_NAMED
  return isLegible
    ? `Is none of the allowed values: ${allowed.map(String).join(', ')}.`
    : 'Is none of the allowed values.'
}

function limitOf(error: TLocalizedValidationError): number {
  return 'limit' in error.params && typeof error.params.limit === 'number' ? error.params.limit : 0
}

/** A JSON pointer as a path; digits are an index only where the value really is a list. */
function pathOf(pointer: string, root: unknown): (string | number)[] {
  const path: (string | number)[] = []
  let value: unknown = root
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(name) : name)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }
  return path
}
