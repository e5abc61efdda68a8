import { Type } from 'typebox'
import type { Issue, Missing } from '../../core/errors.ts'
import type { Permission } from '../../core/identity/permissions.ts'
import type { Answer, ErrorTable } from '../wire.ts'
import type { VendorPermission } from './auth.ts'

/**
 * The records that parameters refer to, by the parameter or by the core's field. One that names nothing has a sentence
 * of its own; the vendor's reference shows it for forms.
 */
const REFERENCES: Readonly<Record<string, string>> = {
  brandID: 'brand',
  desk: 'brand',
  channelID: 'channel',
  channel: 'channel',
  channel_id: 'channel',
  type: 'channel',
  assignedGroupID: 'group',
  group: 'group',
  assignedUserID: 'user',
  assignee: 'user',
  userID: 'user',
  author: 'user',
  externalPrimaryID: 'customer',
  requester: 'customer',
  formID: 'form',
  form: 'form',
  applyView: 'view',
  respondMessageID: 'message',
}

/** The parameters of which the parts of a message come that the core may refuse. */
const PARAMETER_OF_PART: Readonly<Record<string, string>> = {
  text: 'message',
  html: 'message',
  plain: 'plaintext',
  to: 'toAddress',
  cc: 'ccInput',
  bcc: 'bccInput',
  in_reply_to: 'respondMessageID',
  forwarded_files: 'forwardedFileIDs',
}

/** One of the two sentences for errors that the vendor has published, spelled as there. */
const NO_FILE = 'Could not retreive a file with this ID.'

const MISSING: Readonly<Record<Missing, string>> = {
  ticket: 'This ticket does not exist.',
  message: 'This message does not exist.',
  // Users of the vendor are named in parameters only; a path that names a person names a customer.
  user: 'This customer does not exist.',
  desk: 'This brand does not exist.',
  credential: 'This API key does not exist.',
  webhook: 'This webhook does not exist.',
  delivery: 'This delivery does not exist.',
  form: 'This form does not exist.',
  channel: 'This channel does not exist.',
  record: 'This record does not exist.',
  attachment: 'This file does not exist.',
  session: 'This session does not exist.',
  view: 'This view does not exist.',
  saved_reply: 'This saved reply does not exist.',
  macro: 'This macro does not exist.',
  draft: 'This draft does not exist.',
  mail: 'This mail does not exist.',
  link: 'This link does not exist.',
  tag: 'This tag does not exist.',
  letter: 'This letter does not exist.',
  undeliverable_address: 'This address does not exist.',
  scheduled_message: 'This scheduled message does not exist.',
  job: 'This job does not exist.',
}

/** The core's permissions, in the vendor's words: a key has them as far as whose it is has them. */
const VENDOR_PERMISSIONS: Readonly<Partial<Record<string, VendorPermission>>> = {
  'ticket.read': 'TICKET_READ',
  'ticket.create': 'TICKET_CREATE',
  'ticket.change': 'TICKET_UPDATE',
  'ticket.status': 'SET_STATUS',
  'ticket.assign': 'TICKET_UPDATE',
  'ticket.bulk': 'TICKET_BATCH',
  'ticket.delete': 'TICKET_DELETE',
  'message.read_internal': 'TICKET_READ',
  'message.reply': 'MESSAGE_CREATE',
  'message.note': 'MESSAGE_CREATE',
  'attachment.create': 'MESSAGE_CREATE',
  'user.read': 'USER_READ',
  'user.manage': 'CUSTOMER_CUD',
  'catalogue.read': 'FORM_READ',
  'view.read': 'VIEW_READ',
} satisfies Partial<Record<Permission, VendorPermission>>

/** What every error is, for the OpenAPI document. */
export const ErrorAnswer = Type.Object(
  { status: Type.Literal('error'), message: Type.String() },
  { title: 'Error', additionalProperties: false },
)

const RETRY_SECONDS = 1

/** Every error as `{status: 'error', message}`, the only error body that the vendor's reference shows. */
export const errors: ErrorTable = {
  invalid: ({ issues }) => failure(400, sentence(issues[0])),
  malformed: () => failure(400, 'Invalid request body.'),
  bad_request: () => failure(400, 'Invalid request.'),
  ticket_closed: () => failure(400, 'This ticket is closed.'),
  unauthenticated: () => failure(401, 'Invalid API key.', { 'www-authenticate': 'apikey' }),
  forbidden: ({ permission }) =>
    failure(403, `This API key does not have the ${VENDOR_PERMISSIONS[permission] ?? permission} permission.`),
  not_found: ({ missing }) => failure(404, MISSING[missing]),
  unknown_route: () => failure(404, 'This endpoint does not exist.'),
  method_not_allowed: ({ allow }) => failure(405, 'Method not allowed.', { allow: allow.join(', ') }),
  conflict: () => failure(409, 'The ticket was changed at the same time. Try again.'),
  precondition_failed: () => failure(412, 'The ticket was changed in the meantime.'),
  timed_out: () => failure(408, 'Request timeout.'),
  too_large: () => failure(413, 'Request body too large.'),
  unsupported_media_type: () => failure(415, 'Unsupported content type.'),
  idempotency_mismatch: () => failure(422, 'This Idempotency-Key was used for another request.'),
  rate_limited: ({ retryAfterSeconds }) =>
    failure(429, 'Too many requests.', { 'retry-after': String(retryAfterSeconds) }),
  internal: () => failure(500, 'Internal error.'),
  unavailable: () => failure(503, 'Service unavailable.', { 'retry-after': String(RETRY_SECONDS) }),
}

function failure(status: number, message: string, headers: Answer['headers'] = {}): Answer {
  return { status, headers, body: { status: 'error', message } }
}

/** One sentence for what is wrong; the vendor's body has room for no more. */
function sentence(issue: Issue | undefined): string {
  const [name, ...within] = pathOf(issue)
  if (issue === undefined || name === undefined) return 'Invalid request body.'
  const parameter = `${name}${within.map((step) => `[${step}]`).join('')}`
  if (issue.rule === 'required') return `Missing parameter ${parameter}.`
  if (issue.rule === 'unknown' && name === 'forwardedFileIDs') return NO_FILE
  const reference = REFERENCES[name]
  if (issue.rule === 'unknown' && reference !== undefined) return `This ${reference} does not exist.`
  if (within.at(-1) === 'actionType') return 'Unknown action type.'
  if (within.at(-1) === 'value') return 'Invalid action value.'
  return `Invalid value for parameter ${parameter}.`
}

/** Where it is wrong, by the names of parameters. */
function pathOf(issue: Issue | undefined): Issue['path'] {
  const path = issue?.path ?? []
  const parameter = path[0] === 'message' ? PARAMETER_OF_PART[String(path[1])] : undefined
  return parameter === undefined ? path : [parameter]
}
