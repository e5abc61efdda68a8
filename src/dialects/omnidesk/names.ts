import { WireRefusal } from '../wire.ts'
import { KEY_PARAMETERS } from './auth.ts'
import type { Parameters } from './coercion.ts'

/** One parameter under the name it was sent with. */
type Field = readonly [name: string, value: unknown]

/** `ticketIDs[]`, `ticketIDs[0]`, `actions[0][actionType]`: no documented name nests deeper. */
const BRACKETED = /^([^[\]]+)\[([^[\]]+)\](?:\[([^[\]]+)\])?$/

const POLLUTING = ['__proto__', 'constructor', 'prototype']

/**
 * A call's parameters by name. They may come in the body or in the query string, where the body wins, and their names
 * may hold brackets in all encodings: `ticketIDs[]` and `actions[0][actionType]` are names of form fields that
 * clients of the vendor also use as literal JSON keys.
 */
export function parametersOf(call: { readonly query: object; readonly body?: object | undefined }): Parameters {
  const query = Object.entries(call.query).filter(([name]) => !KEY_PARAMETERS.includes(name))
  return { ...nested(query), ...nested(Object.entries(call.body ?? {})) }
}

/**
 * Takes bracket names apart. A name of another shape is a name like any other.
 *
 * @throws WireRefusal `malformed` for a name that would reach a prototype, and for one in two spellings, of which one
 * would be lost: a call on many tickets must not leave some out.
 */
export function nested(fields: readonly Field[]): Parameters {
  const root = new Map<string, unknown>()
  for (const [name, value] of fields) graft(root, steps(name), value)
  return Object.fromEntries([...root].map(([name, value]) => [name, grown(value)]))
}

/** `ticketIDs[]` says what `ticketIDs` with one or more values says. */
function steps(name: string): readonly string[] {
  const stem = name.endsWith('[]') ? name.slice(0, -2) : name
  const path = BRACKETED.exec(stem)
    ?.slice(1)
    .filter((step) => step !== undefined) ?? [stem]
  if (path.some((step) => POLLUTING.includes(step))) {
    refuse('A parameter has a name that is not allowed.')
  }
  return path
}

function refuse(message: string): never {
  throw new WireRefusal({ code: 'malformed', message })
}

function graft(branch: Map<string, unknown>, [step, ...further]: readonly string[], value: unknown): void {
  if (step === undefined) return
  const there = branch.get(step)
  if (there !== undefined && (further.length === 0 || !(there instanceof Map)))
    refuse(`The parameter ${step} is there in two spellings.`)
  if (further.length === 0) {
    branch.set(step, value)
    return
  }
  const next = there instanceof Map ? there : new Map<string, unknown>()
  branch.set(step, next)
  graft(next, further, value)
}

/** A branch that has only numbers for names is a list in their order. */
function grown(value: unknown): unknown {
  if (!(value instanceof Map)) return value
  const entries = [...value].map(([step, inner]): [string, unknown] => [String(step), grown(inner)])
  if (!entries.every(([step]) => /^\d+$/.test(step))) return Object.fromEntries(entries)
  return entries.sort(([one], [other]) => Number(one) - Number(other)).map(([, inner]) => inner)
}
