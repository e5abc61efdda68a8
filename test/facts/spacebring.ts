import { type Facts, numbered } from './facts.ts'

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
const NETWORKS = 'discovery.test.ts: a network is found without its id, and its locations with it'
const OWN_LOCATIONS = 'discovery.test.ts: who belongs to one location sees that one'
const AREAS = 'discovery.test.ts: each area has its scope, and without the network header nothing but networks is read'
const MEMBERSHIPS = 'discovery.test.ts: who works in a location finds everybody there; a member only the own membership'
const FILES = 'test/attachments.test.ts: carries files in either dialect, and both read them'
const DELETED =
  'test/attachments.test.ts: of a comment: 204, then 404; nobody reads it any more, its words and files are nowhere'
const WEBHOOK = 'test/webhooks.test.ts: Spacebring: support.ticket.created, verified with svix'

/** The facts of the Spacebring dialect, by the sections and decisions of its public documents. */
export const facts: Facts = {
  source: 'api.spacebring.com',
  numbers: [
    ...numbered('', 12),
    ...numbered('2.', 3),
    ...numbered('5.', 5),
    ...numbered('6.', 8),
    ...numbered('S', 46),
  ],
  facts: [
    ['1', 'One root key in requests and answers by name; ids are UUIDs, dates ISO 8601', CREATED],
    ['1', 'A ticket number counts in its location', 'spacebring.test.ts: numbers count per location'],
    [
      '2.1',
      'Basic with client id and secret of the network; the check vector',
      'auth.test.ts: the vendor’s own example of client id and secret is read',
    ],
    ['2', 'Two ways to authenticate, either for every operation', STATUS],
    ['2.2', 'Authorization code with five fields in the answer; tokens live an hour', CODES],
    ['2.2', 'Refreshing and revoking', CODES],
    ['2.2', 'Scopes by blanks or commas; no redirect_uri at the exchange', COMMAS],
    ['2.3', 'support.readonly reads, support writes too', SCOPES],
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
      'The objects hold the documented fields and no others',
      'tickets/schema.test.ts: a created ticket is answered with the fields of the vendor’s example and the documented later ones',
    ],
    [
      '5.1',
      'user: id, photoUrl, blocked, email, name, surname, phoneNumber; null where there is none',
      'tickets/codec.test.ts: what a user has not is null, and an inactive user is blocked',
    ],
    [
      '5.1',
      'email and phoneNumber only for who may see them',
      'tickets/codec.test.ts: members see the contact data of themselves only, administrators that of all',
    ],
    [
      '5.2',
      'membership: id, roleType, type, user',
      'tickets/codec.test.ts: agents, admins and owners are admin in a membership, customers member',
    ],
    [
      '5.3',
      'ticket: as the example, and the documented later fields',
      'tickets/schema.test.ts: a changed ticket is answered with the fields of the vendor’s example and the documented later ones',
    ],
    ['5.3', 'An assignee is named in all four ways', 'tickets/codec.test.ts: an assignee is named in all four ways'],
    [
      '5.4',
      'activity: id, ticketRef, type, createDate, membership, data',
      'tickets/activities.test.ts: an activity has id, ticket, type, time, who acted and what changed',
    ],
    [
      '5.4',
      'Nothing in data or previousAttributes is null',
      'tickets/activities.test.ts: nothing about an assignee is null: who is not there is left out',
    ],
    ['5.5', 'attachment: key, mime, name, size, url, width, height', FILES],
    ['GET /support/tickets/v1', 'List the tickets of a location', FOLLOWED],
    ['6', 'Eight operations, each with its scope', SCOPES],
    [
      '6.1',
      'locationRef is required; limit, order and filters',
      'spacebring.test.ts: a filter that is malformed or names nobody is refused',
    ],
    [
      '6.1',
      'membershipRefRequester and userRefAssignee: up to 100 ids',
      'spacebring.test.ts: tickets are filtered by requester and assignee',
    ],
    [
      '6.1',
      'Who is no admin filters by the own membership only',
      'spacebring.test.ts: members filter by their own membership only',
    ],
    ['6.2', 'locationRef, text and type are required', 'spacebring.test.ts: a create names every field that is wrong'],
    [
      '6.2',
      'userRefRequester: by default who calls',
      'spacebring.test.ts: without userRefRequester a bearer’s ticket is its own, and that of a network’s credential its owner’s',
    ],
    ['6.3', 'Reading answers the activities, comments among them, and the ticket', READ],
    ['6.4', 'Changing the status answers a statusUpdated activity and the ticket', STATUS],
    [
      '6.4',
      'The empty ticket of the page is no valid body',
      'test/contract/brief.test.ts: the empty ticket that the status page prints as its body is no valid one',
    ],
    ['6.5', 'userRefAssignee or the deprecated membershipRefAssignee; null takes it away', ASSIGNED],
    ['6.6', 'Changing the type answers 204 without a body', TYPED],
    ['6.7', 'A comment needs a text', 'spacebring.test.ts: a comment needs a ticket in sight and a text'],
    ['6.7', 'A comment may have a file, with or without a text', FILES],
    ['6.8', 'Deleting a comment answers 204 without a body', DELETED],
    ['POST /support/tickets/v1', 'Create a ticket', CREATED],
    ['GET /support/tickets/v1/:id', 'Read a ticket with its activities', READ],
    ['PUT /support/tickets/v1/:id/status', 'Change the status', STATUS],
    ['PUT /support/tickets/v1/:id/assignee', 'Change the assignee', ASSIGNED],
    ['PATCH /support/tickets/v1/:id/type', 'Change the type', TYPED],
    ['POST /support/tickets/v1/comment', 'Add a comment', COMMENTS],
    ['DELETE /support/tickets/v1/comment/:id', 'Delete a comment', DELETED],
    [
      'POST /support/attachments/v1',
      'Upload a file for a comment: ours',
      'test/attachments.test.ts: is answered in each dialect with what the bytes are, whatever they are called',
    ],
    ['GET /networks/v1', 'Find the id of the network', NETWORKS],
    ['GET /locations/v1', 'List the locations', NETWORKS],
    ['GET /locations/v1/:locationId', 'Read a location', OWN_LOCATIONS],
    ['GET /community/memberships/v1', 'List the memberships of a location', MEMBERSHIPS],
    ['GET /community/memberships/v1/:id', 'Read a membership', MEMBERSHIPS],
    ['2', 'locations and community read what tickets refer to, each with .readonly', AREAS],
    [
      '8',
      'Pages of memberships',
      'discovery.test.ts: following searchQueryNext visits every membership of a location once',
    ],
    ['7', '{message, type} for every error', ERRORS],
    [
      '7',
      'issues tell what is wrong where',
      'errors.test.ts: an issue that the core found is told at the field that was sent',
    ],
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
    [
      'S5',
      'SPACEBRING_STRICT_SECURITY refuses it',
      'discovery.test.ts: client id and secret neither create nor comment, and do everything else',
    ],
    ['S7', 'A create answers no activities; a type change records typeUpdated', TYPED],
    [
      'S7',
      'SPACEBRING_ACTIVITY_PROFILE=current: ticketCreated, and no typeUpdated',
      'discovery.test.ts: a creation is an activity and a change of type is none',
    ],
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
      'S24',
      'A membership is an approved member’s, and our document promises no other (bettered)',
      'discovery.test.ts: every membership is an approved member’s, and the document promises no other',
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
      'Attachment keys come from our own upload; unknown or used ones are 400',
      'test/attachments.test.ts: takes no file that is unknown, used, or another user’s; then nothing is written',
    ],
    [
      'S31',
      'lemAI for automated activities',
      'discovery.test.ts: what an automation does is shown as the assistant’s, without a membership',
    ],
    [
      'S32',
      'What Basic does is the service’s',
      'spacebring.test.ts: client id and secret comment as the network itself',
    ],
    ['S33', 'Deleting comments: gone for everybody; a second time 404', DELETED],
    [
      'S33',
      'Authors, admins and the network may; nobody else',
      'test/attachments.test.ts: is its author, and who has message.delete; nobody else, and nobody without sight',
    ],
    [
      'S33',
      'What is no comment is 400, where it is in sight',
      'spacebring.test.ts: an activity in sight that is no comment cannot be deleted: 400, and it stays',
    ],
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
    [
      'S37',
      'More support events, off by default',
      'test/webhooks.test.ts: Spacebring: two more events, to those who name them',
    ],
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
    [
      'S43',
      'Every other method that HTTP knows is 405 with Allow, before the body is read',
      'test/contract/contract.test.ts: spacebring > before routing > every other method that HTTP knows is 405 on all of its paths, before the body is read',
    ],
    ['S44', 'Tickets made elsewhere', ELSEWHERE],
    [
      'S44',
      'Every status and priority of a ticket made here reads back in every other dialect',
      'test/contract/cross-dialect.test.ts: a ticket made in one dialect > spacebring: reads back in every other with its status, its priority and all that it has',
    ],
    ['S45', 'Internal messages never appear', ELSEWHERE],
    ['S46', 'inProgress means open unless it shows already', PROGRESS],
  ],
  errors: 'errors.test.ts: every error is a message and a type with the status of its kind',
}
