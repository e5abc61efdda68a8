import { type Facts, numbered } from '../facts.ts'

const CREATED =
  'spacebring.test.ts: the vendor’s own create request makes a ticket, answered with activities and ticket'
const ORDER =
  'spacebring.test.ts: what is wrong is told in order: credentials, network, scope, request, existence, role'
const NETWORK =
  'spacebring.test.ts: a bearer token needs the id of its network; client id and secret do not, but it must not be another'
const SCOPES =
  'spacebring.test.ts: support.readonly reads and does not write; a token without either scope does nothing'
const STATUS = 'spacebring.test.ts: a status change is answered with its activity and the ticket, by either credential'
const SAME_STATUS = 'spacebring.test.ts: setting the same status again answers an activity and moves no date'
const PROGRESS =
  'spacebring.test.ts: inProgress leaves a pending ticket pending, and a move within inProgress is no activity'
const ASSIGNED =
  'spacebring.test.ts: an assignee is set by user or membership, replaced and taken away, each with an activity'
const TYPED = 'spacebring.test.ts: a type change answers nothing and is recorded'
const COMMENTS =
  'spacebring.test.ts: comments of both sides are activities, in order, and move the status as the lifecycle says'
const MEMBERS =
  'spacebring.test.ts: members change no status, not even closing their own ticket; others’ tickets do not exist for them'
const READ =
  'spacebring.test.ts: a ticket is read by those who work in the location and by its requester; the id may be in any case'
const ELSEWHERE =
  'spacebring.test.ts: a ticket made elsewhere reads whole: no requester, title for text, other, and no internal notes'
const FOLLOWED = 'spacebring.test.ts: following searchQueryNext visits every ticket of a location once, in each order'
const ERRORS = 'errors.test.ts: every error is a message and a type with the status of its kind'
const CODES = 'test/authorization.test.ts: gets in by authorization code with PKCE, refreshes, and revokes'
const COMMAS =
  "test/authorization.test.ts: of another make gets in with the network's own client id, scopes separated by commas and no redirect URI"
const REVOKED = "test/authorization.test.ts: answers as the token's vendor does, without a client"
const WEBHOOK = 'test/webhooks.test.ts: Spacebring: support.ticket.created, verified with svix'

/** The facts of the Spacebring dialect, by the sections and decisions of its public documents. */
export const facts: Facts = {
  source: 'api.spacebring.com',
  numbers: [...numbered('', 12), ...numbered('S', 46)],
  facts: [
    ['1', 'Eight operations; one root key in requests; ids are UUIDs, dates ISO 8601', CREATED],
    [
      '2',
      'Basic with client id and secret of the network',
      'auth.test.ts: the vendor’s own example of client id and secret is read',
    ],
    ['2', 'OAuth2 authorization code, refresh, revoke; tokens live an hour', CODES],
    ['2', 'Scopes by blanks or commas; no redirect_uri at the exchange', COMMAS],
    ['2', 'support.readonly reads, support writes too', SCOPES],
    ['3', 'spacebring-network-id with Bearer', NETWORK],
    [
      '4',
      'status: new, inProgress, solved, closed',
      'words.test.ts: setting a status word leads to a status that is shown by that word',
    ],
    ['4', 'type: fourteen words', 'spacebring.test.ts: every type can be created and is read back'],
    [
      '4',
      'activity type: comment, statusUpdated, typeUpdated, assigneeUpdated',
      'tickets/activities.test.ts: an activity has id, ticket, type, time, who acted and what changed',
    ],
    [
      '5',
      'user, membership, ticket and activity hold the documented fields and no others',
      'tickets/schema.test.ts: a created ticket is answered with the fields of the vendor’s example and the documented later ones',
    ],
    ['GET /support/tickets/v1', 'List the tickets of a location', FOLLOWED],
    [
      '6',
      'locationRef, limit, order, membershipRefRequester, userRefAssignee',
      'spacebring.test.ts: tickets are filtered by requester and assignee',
    ],
    ['POST /support/tickets/v1', 'Create a ticket', CREATED],
    ['GET /support/tickets/v1/:id', 'Read a ticket with its activities', READ],
    ['PUT /support/tickets/v1/:id/status', 'Change the status', STATUS],
    ['PUT /support/tickets/v1/:id/assignee', 'Change the assignee', ASSIGNED],
    ['PATCH /support/tickets/v1/:id/type', 'Change the type', TYPED],
    ['POST /support/tickets/v1/comment', 'Add a comment', COMMENTS],
    ['7', '{message, type} for every error', ERRORS],
    [
      '8',
      'Page tokens and searchQueryNext; 25 a page, 100 at most',
      'spacebring.test.ts: a list holds 25 of the newest unless asked otherwise',
    ],
    [
      '9',
      '10 requests a second for a credential',
      'test/limits.test.ts: Spacebring lets pass 10 requests a second and Moov 40',
    ],
    ['10', 'support.ticket.created by Svix', WEBHOOK],
    ['11', 'Who sees and does what', MEMBERS],
    ['12', 'The version is in the path', CREATED],
    ['S1', 'Revoking answers 200 {}, also for unknown tokens; either token ends the pair', REVOKED],
    ['S2', 'state, PKCE and errors of authorizing', 'test/authorization.test.ts: tells every other mistake to the app'],
    [
      'S2',
      'An unknown client or redirect address: no redirect',
      'test/authorization.test.ts: is not shown, and nobody is sent anywhere, for an unknown client or address',
    ],
    ['S2', 'A code works once', 'test/authorization.test.ts: works once; a second use ends what the first one gave'],
    [
      'S3',
      'Errors of the token endpoint are those of OAuth2',
      'test/authorization.test.ts: is only for its client, its address and whoever holds its verifier',
    ],
    ['S4', 'A refresh keeps the refresh token', CODES],
    [
      'S5',
      'Basic is taken for creating and commenting too',
      'spacebring.test.ts: client id and secret comment as the network itself',
    ],
    ['S6', 'The network header: missing or malformed 400, foreign 403', NETWORK],
    ['S7', 'A create answers no activities; a type change records typeUpdated', TYPED],
    [
      'S8',
      'typeUpdated carries data.type and its previous value',
      'tickets/activities.test.ts: a type change shows both words, and none when this vendor sees no difference',
    ],
    ['S9', 'Activities are oldest first', COMMENTS],
    ['S10', 'Setting again what is set: an activity, no dates', SAME_STATUS],
    ['S11', 'Any status may follow any', 'spacebring.test.ts: every status can follow every other'],
    ['S12', 'A validation error lists its issues', 'spacebring.test.ts: a create names every field that is wrong'],
    [
      'S13',
      '401 says how to authenticate',
      'spacebring.test.ts: no, unknown and malformed credentials are a 401 that says how to authenticate',
    ],
    ['S14', 'A missing scope is 403', SCOPES],
    [
      'S15',
      'Malformed 400, unknown 404, unknown in a body 400',
      'spacebring.test.ts: a filter that is malformed or names nobody is refused',
    ],
    ['S16', '429 with Retry-After', 'test/limits.test.ts: Spacebring lets pass 10 requests a second and Moov 40'],
    [
      'S17',
      'limit, order and id lists outside of their bounds are 400',
      'spacebring.test.ts: a filter that is malformed or names nobody is refused',
    ],
    ['S18', 'A page token is good for its own list', 'spacebring.test.ts: a page token is good for its own list only'],
    [
      'S19',
      'searchQueryNext is ready to append; a second question mark is no harm',
      'paging.test.ts: a second question mark before the query is read as if it were not there',
    ],
    ['S20', 'Who sees which tickets', MEMBERS],
    ['S21', 'Who may write', MEMBERS],
    [
      'S22',
      'A requester needs a membership',
      'spacebring.test.ts: members create for themselves only, and only where they belong',
    ],
    [
      'S23',
      'An assignee is an admin of the location',
      'spacebring.test.ts: an assignee must be an administrator of the location, named without contradiction',
    ],
    [
      'S24',
      'roleType and type of memberships',
      'tickets/codec.test.ts: agents, admins and owners are admin in a membership, customers member',
    ],
    [
      'S25',
      'Missing values are null or left out',
      'tickets/codec.test.ts: a ticket without assignee says so once and leaves the other keys out',
    ],
    [
      'S26',
      'statusUpdateDate from the first change on',
      'tickets/codec.test.ts: the status date appears with the first change of status',
    ],
    ['S27', 'What moves updateDate', SAME_STATUS],
    ['S28', 'Numbers count per location', 'spacebring.test.ts: numbers count per location'],
    ['S29', 'A text has 1 to 10,000 characters', 'spacebring.test.ts: a comment needs a ticket in sight and a text'],
    [
      'S30',
      'Attachment keys come from our own upload',
      { gap: 'no test names it on this page yet: see the tests of attachments' },
    ],
    ['S31', 'lemAI for automated activities', { gap: 'nothing is automated yet' }],
    [
      'S32',
      'What Basic does is the service’s',
      'spacebring.test.ts: client id and secret comment as the network itself',
    ],
    ['S33', 'Deleting comments', { gap: 'no test names it on this page yet' }],
    ['S34', 'What a comment does to the status', COMMENTS],
    [
      'S35',
      'Unknown fields are ignored; broken JSON and other types 400',
      'spacebring.test.ts: a body that is no JSON object with a ticket is refused',
    ],
    [
      'S36',
      'The retry schedule of webhooks',
      'src/core/webhooks/rules.test.ts: a failure is tried again after the delays of the schedule, then given up',
    ],
    ['S37', 'More support events', { gap: 'off, as decided' }],
    [
      'S38',
      'Times have milliseconds',
      'tickets/schema.test.ts: a created ticket is answered with the fields of the vendor’s example and the documented later ones',
    ],
    ['S39', 'Idempotency-Key is honoured', 'spacebring.test.ts: an Idempotency-Key makes a create safe to repeat'],
    ['S40', 'Plain HTTP is allowed', 'test/proxy.test.ts: PUBLIC_URL is the address that clients are told'],
    [
      'S41',
      'Whose answer the shared paths give',
      'test/authorization.test.ts: of what nobody knows answers by the place of the token (S41, M45)',
    ],
    ['S42', 'The order of checks', ORDER],
    [
      'S43',
      '404, 405, 413, 503 in the form of the others',
      'spacebring.test.ts: unknown addresses and methods are told in the vendor’s form',
    ],
    ['S44', 'Tickets made elsewhere', ELSEWHERE],
    ['S45', 'Internal messages never appear', ELSEWHERE],
    ['S46', 'inProgress means open unless it shows already', PROGRESS],
  ],
}
