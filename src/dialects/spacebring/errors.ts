import { Type } from 'typebox'
import type { Issue, Missing } from '../../core/errors.ts'
import type { Answer, ErrorTable } from '../wire.ts'

/** Spacebring reference, errors: `{message, type}`; `issues` is our addition on 400 (S12). */
interface ErrorBody {
  readonly message: string
  readonly type: string
  readonly issues?: readonly WireIssue[]
}

interface WireIssue {
  readonly code: string
  readonly path: Issue['path']
  readonly message: string
}

/** What every error is, for the OpenAPI document. */
export const ErrorAnswer = Type.Object(
  {
    message: Type.String(),
    type: Type.String(),
    issues: Type.Optional(
      Type.Array(
        Type.Object(
          {
            code: Type.String(),
            path: Type.Array(Type.Union([Type.String(), Type.Integer()])),
            message: Type.String(),
          },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { title: 'Error', additionalProperties: false },
)

function answer(status: number, type: string, message: string, headers?: Readonly<Record<string, string>>): Answer {
  const body: ErrorBody = { message, type }
  return { status, body, ...(headers && { headers }) }
}

function invalid(issues: readonly WireIssue[]): Answer {
  const body: ErrorBody = { message: 'Invalid request parameters', type: 'validationError', issues }
  return { status: 400, body }
}

/** Where the core's own fields stand in a request of this dialect. */
const WIRE_PATH_OF: ReadonlyMap<string | number | undefined, Issue['path']> = new Map([
  ['desk', ['ticket', 'locationRef']],
  ['requester', ['ticket', 'userRefRequester']],
  ['topic', ['ticket', 'type']],
  ['assignee', ['ticket', 'userRefAssignee']],
  ['message', ['ticket', 'text']],
])

function wireIssue(issue: Issue): WireIssue {
  const [first, second] = issue.path
  const path =
    first === 'message' && second === 'attachments'
      ? ['activity', 'attachments', 0, 'key']
      : (WIRE_PATH_OF.get(first) ?? issue.path)
  return { code: issue.rule, path, message: issue.message }
}

const WORD_OF_MISSING: Readonly<Record<Missing, string>> = {
  ticket: 'Ticket',
  message: 'Activity',
  user: 'User',
  desk: 'Location',
  credential: 'Credential',
  webhook: 'Webhook',
  delivery: 'Delivery',
  form: 'Form',
  channel: 'Channel',
  record: 'Record',
  attachment: 'Attachment',
  session: 'Session',
  view: 'View',
  saved_reply: 'Saved reply',
  macro: 'Macro',
  draft: 'Draft',
  mail: 'Mail',
  link: 'Link',
  tag: 'Tag',
  letter: 'Letter',
  undeliverable_address: 'Address',
  scheduled_message: 'Scheduled message',
  job: 'Job',
}

/** S12 to S16, S42, S43: only 400 is documented for support operations; the rest follows the vendor's other resources. */
export const errors: ErrorTable = {
  invalid: ({ issues }) => invalid(issues.map(wireIssue)),
  malformed: ({ message }) => invalid([{ code: 'malformed', path: [], message }]),
  bad_request: ({ message }) => invalid([{ code: 'malformed', path: [], message }]),
  unsupported_media_type: () =>
    invalid([{ code: 'malformed', path: [], message: 'The body must be sent as application/json.' }]),
  unauthenticated: () =>
    answer(401, 'unauthorized', 'Missing or invalid credentials', {
      'www-authenticate': 'Basic realm="Polydesk", charset="UTF-8", Bearer realm="Polydesk"',
    }),
  forbidden: () => answer(403, 'forbidden', 'You are not allowed to do this'),
  not_found: ({ missing }) => answer(404, 'notFound', `${WORD_OF_MISSING[missing]} not found`),
  unknown_route: () => answer(404, 'notFound', 'There is nothing at this address'),
  method_not_allowed: ({ allow }) =>
    answer(405, 'methodNotAllowed', 'This address does not answer this method', { allow: allow.join(', ') }),
  ticket_closed: () => answer(400, 'ticketClosed', 'The ticket is closed'),
  conflict: ({ message }) => answer(409, 'conflict', message),
  precondition_failed: () => answer(412, 'preconditionFailed', 'The ticket has changed in the meantime'),
  idempotency_mismatch: () =>
    answer(422, 'idempotencyMismatch', 'This Idempotency-Key was used for another request before'),
  timed_out: () => answer(408, 'requestTimeout', 'The request came too slowly'),
  too_large: () => answer(413, 'tooLarge', 'The request body is too large'),
  rate_limited: ({ retryAfterSeconds }) =>
    answer(429, 'tooManyRequests', 'Too many requests', { 'retry-after': String(retryAfterSeconds) }),
  internal: () => answer(500, 'internalError', 'Something went wrong'),
  unavailable: () => answer(503, 'unavailable', 'The service is not available at the moment', { 'retry-after': '1' }),
}
