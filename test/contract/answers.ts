import assert from 'node:assert/strict'
import { Check } from 'typebox/value'
import type { Received } from '../world.ts'
import type { Contract } from './dialects.ts'

/** An answer as either way of sending gives it. */
export interface Answered {
  readonly status: number
  readonly headers: { get(name: string): string | null | undefined }
  readonly text: string
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What only somebody who looked inside could know: code, stack, SQL, libraries. */
const INSIDE = [
  /\n\s+at /,
  /\.[cm]?[jt]s:\d+/,
  /node_modules|file:\/\/|\/src\//,
  /\bFST_|\bHPE_|\bERR_[A-Z]/,
  /\b(?:Type|Syntax|Range|Reference)Error\b/,
  /postgres|SQLSTATE|violates|relation "|syntax error/i,
  /\b(?:tenant_id|email_key|secret_hash|claim_results)\b/,
  /\bundefined\b|\[object Object\]/,
]

/** What an answer tells that it must not, or null. */
export function leak({ text }: Answered, allowed = ''): string | null {
  const found = INSIDE.map((pattern) => pattern.exec(text)?.[0]).find((each) => each !== undefined)
  return found === undefined || allowed.includes(found) ? null : `The answer tells ${JSON.stringify(found)}.`
}

export function assertTight(answer: Received): void {
  assert.equal(leak(answer), null, answer.text)
}

/** What keeps an answer from being an error in a dialect's documented form, or null. */
export function errorProblem(contract: Contract, { status, headers, text }: Answered): string | null {
  if (status < 400) return `${status} is no error.`
  for (const name of contract.everyAnswer) {
    if (!UUID.test(headers.get(name) ?? '')) return `${name} is ${headers.get(name)}.`
  }
  const schema = contract.errorBody(status)
  if (schema === null) return text === '' ? null : `The body should be empty, and is ${text}`
  const type = headers.get('content-type')
  if (!type?.startsWith(contract.errorType)) return `The content type is ${type}.`
  return Check(schema, parsed(text)) ? null : `The body has another form: ${text}`
}

export function assertRefused(contract: Contract, answer: Received, status: number): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(errorProblem(contract, answer), null)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
