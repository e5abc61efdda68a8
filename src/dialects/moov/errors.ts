import { Type } from 'typebox'
import type { Issue } from '../../core/errors.ts'
import type { Dialect } from '../dialect.ts'
import type { Answer, ErrorTable } from '../wire.ts'

type Mirrored =
  | 'url'
  | 'eventTypes'
  | 'description'
  | 'title'
  | 'body'
  | 'author'
  | 'foreignID'
  | 'status'
  | 'contact.email'
  | 'contact.name'

/** Where a 422 shows an issue: by the field's path in the request, or by the core's word for it. */
const MIRRORED: ReadonlyMap<string, Mirrored> = new Map([
  ['title', 'title'],
  ['body', 'body'],
  ['message.html', 'body'],
  ['author', 'author'],
  ['foreignID', 'foreignID'],
  ['status', 'status'],
  ['contact', 'contact.email'],
  ['contact.email', 'contact.email'],
  ['contact.name', 'contact.name'],
  ['requester', 'contact.email'],
  ['url', 'url'],
  ['description', 'description'],
  ['eventTypes', 'eventTypes'],
  ['events', 'eventTypes'],
])

/** What a value of the wrong form is told, where there is more to say than that (M12). */
const WRONG_FORM: Readonly<Partial<Record<Mirrored, string>>> = {
  'contact.email': 'must be a valid email address',
  url: 'must be a valid URL',
  // Counted without the blanks around it, which JSON schema can only say as a pattern (M11).
  title: 'the length must be between 1 and 255',
}

function complaint(field: Mirrored, issue: Issue): string {
  if (issue.rule === 'required' || issue.rule === 'too_short') return 'cannot be blank'
  if (issue.rule === 'too_long') return `the length must be no more than ${issue.limit}`
  return (issue.rule === 'format' ? WRONG_FORM[field] : undefined) ?? 'must be a valid value'
}

/** Of several issues with one field, the plainest speaks. */
function plainestFirst(one: Issue, other: Issue): number {
  const plain: readonly Issue['rule'][] = ['too_long', 'too_short', 'required']
  return plain.indexOf(other.rule) - plain.indexOf(one.rule)
}

/** The failing fields in the shape of the request, with texts in place of values (brief page, 422). */
export function mirror(issues: readonly Issue[]): Readonly<Record<string, string | Readonly<Record<string, string>>>> {
  const fields: Record<string, string> = {}
  const contact: { email?: string; name?: string } = {}
  for (const issue of issues.toSorted(plainestFirst)) {
    const field = MIRRORED.get(issue.path.join('.'))
    if (field === 'contact.email') contact.email ??= complaint(field, issue)
    else if (field === 'contact.name') contact.name ??= complaint(field, issue)
    else if (field) fields[field] ??= complaint(field, issue)
  }
  return Object.keys(contact).length === 0 ? fields : { ...fields, contact }
}

const closed = { additionalProperties: false } as const
const complaints = Type.Optional(Type.String())
/** What errors with a body are, for the OpenAPI document (brief page). */
export const ERROR_BODIES = {
  default: Type.Object({ error: Type.String() }, closed),
  422: Type.Object(
    {
      title: complaints,
      body: complaints,
      author: complaints,
      foreignID: complaints,
      url: complaints,
      eventTypes: complaints,
      description: complaints,
      status: complaints,
      contact: Type.Optional(Type.Object({ email: complaints, name: complaints }, closed)),
    },
    closed,
  ),
} as const

const empty = (status: number, headers?: Answer['headers']): Answer => ({ status, ...(headers && { headers }) })
const explained = (status: number, error: string): Answer => ({ status, body: { error } })

/** Every error as the vendor answers it: 401, 403, 404, 429, 500 and 504 without a body (brief page, M39). */
export const errors: ErrorTable = {
  invalid: ({ issues }) => {
    const fields = mirror(issues)
    // An issue with what the mirror has no place for, such as an unknown field whose text cannot be read.
    if (Object.keys(fields).length === 0) return explained(400, issues[0]?.message ?? 'the request is not valid')
    return { status: 422, body: fields }
  },
  unauthenticated: () => empty(401),
  forbidden: () => empty(403),
  not_found: () => empty(404),
  ticket_closed: () => explained(409, 'the ticket is closed'),
  conflict: ({ message }) => explained(409, message),
  precondition_failed: () => explained(409, 'the ticket has changed'),
  idempotency_mismatch: () => explained(409, 'this idempotency key was used for another request'),
  unavailable: () => empty(504, { 'retry-after': '1' }),
  malformed: ({ message }) => explained(400, message),
  bad_request: ({ message }) => explained(400, message),
  unsupported_media_type: () => explained(400, 'the content type must be application/json'),
  timed_out: () => empty(408),
  too_large: () => empty(413),
  unknown_route: () => empty(404),
  method_not_allowed: ({ allow }) => empty(405, { allow: allow.join(', ') }),
  rate_limited: ({ retryAfterSeconds }) => empty(429, { 'retry-after': String(retryAfterSeconds) }),
  internal: () => empty(500),
}

/** A body's wrong JSON types and anything wrong with a query are syntax, 400; other values fail validation, 422 (M13, M26). */
export const invalid: NonNullable<Dialect['invalid']> = (issues, where) => {
  if (where === 'params') return { code: 'not_found', missing: 'ticket' }
  if (where !== 'body') return { code: 'bad_request', message: said(issues[0]) }
  const wrongType = issues.find((issue) => issue.rule === 'type')
  return wrongType ? { code: 'malformed', message: said(wrongType) } : { code: 'invalid', issues }
}

function said(issue: Issue | undefined): string {
  return issue ? `${issue.path.join('.') || 'the body'}: ${issue.message}` : 'the request is not valid'
}
