import { type Facts, numbered } from './facts.ts'

const CREATED = 'moov.test.ts: the page’s example is answered as the page says'
const ORDER = 'moov.test.ts: route, version, credential, account, syntax, values, ticket'
const VERSIONS = 'moov.test.ts: every well-formed version gives the same ticket'
const LISTED = 'moov.test.ts: pages go from the newest to the oldest, and the last has no nextPage'
const CLOSED = 'moov.test.ts: closes once: again changes nothing, and solved counts as closed'
const MESSAGES = 'moov.test.ts: show agents’ public replies in safe form, oldest first, and no notes'
const SYNTAX = 'moov.test.ts: broken JSON, no object, nothing, wrong types and other media types are 400'
const LIMITS = 'moov.test.ts: values at their limits are taken'
const ELSEWHERE = 'moov.test.ts: a ticket made elsewhere is complete'
const HOOKS = 'webhooks/webhooks.test.ts: a webhook is created with 201, read, listed, replaced and disabled'
const TYPES = 'webhooks/webhooks.test.ts: event types are listed with stable ids; ping answers 200 without a body'
const PING =
  'webhooks/webhooks.test.ts: ping sends event.test, signed with the secret that can be read, and tells what was answered'
const EVENTS =
  'test/webhooks.test.ts: Moov: three events with ids only, signed by its algorithm, new nonce and id each time'
const TOKEN = 'test/authorization.test.ts: comes by JSON or form, Basic or fields, with the five fields of the vendor'
const REFUSED = 'test/authorization.test.ts: is refused as the vendor does (M6)'
const REVOKED = "test/authorization.test.ts: answers as the token's vendor does, without a client"
const ACCOUNTS = 'auth.test.ts: an API key of the default desk reaches every account, another key only its own'
const FOREIGN = 'moov.test.ts: a malformed or foreign account is 403 to readers'
const METHODS = 'moov.test.ts: other methods are 405 and told what is allowed'
const STATUSES = 'tickets/codec.test.ts: each of ours has one word, each word filters by all it shows'
const RATES = 'test/limits.test.ts: Spacebring lets pass 10 requests a second and Moov 40'
const SDK =
  'test/wire/moov-sdk.test.ts: a key makes, pages through, filters, reads and closes the tickets of its account'
const SCOPED = 'moov.test.ts: a token does what its scopes say, on the account they say'

/** The facts of the Moov dialect, by the sections and decisions of its public documents. */
export const facts: Facts = {
  source: 'docs.moov.io',
  numbers: [
    ...numbered('', 11),
    ...numbered('2.', 4),
    ...numbered('5.', 3),
    ...numbered('6.', 5),
    ...numbered('9.', 3),
    ...numbered('M', 45),
  ],
  facts: [
    ['1', 'Tickets of an account, with messages in HTML', CREATED],
    ['2', 'Basic with an API key, or access tokens', 'auth.test.ts: both credentials are read as they are presented'],
    ['2.1', 'A key reaches its account and those connected to it', ACCOUNTS],
    ['2.3', 'A token does what its scopes say, on the account they say', SCOPED],
    [
      '2.3',
      'On behalf of another account: the own scope and its profile.read',
      'auth.test.ts: on behalf of another account both scopes are needed, each on its account',
    ],
    ['2.2', 'Client credentials and refresh by JSON or form, five fields in the answer', TOKEN],
    ['2.2', 'Revoking answers 204', REVOKED],
    ['2.4', 'Origin and Referer', 'test/authorization.test.ts: of a key with domains works from these only (M9)'],
    [
      '3',
      'x-request-id on every answer',
      'moov.test.ts: HEAD is GET without a body, and a request id of the client is not taken over',
    ],
    ['4', 'The version header', VERSIONS],
    [
      '5',
      'What is absent is left out, never null',
      'tickets/codec.test.ts: never shows null and always what is required',
    ],
    ['5.1', 'A ticket has the ten documented fields', 'tickets/codec.test.ts: has exactly the documented fields'],
    ['5.2', 'A message has author, body as HTML and sentOn', MESSAGES],
    ['5.3', 'A page has items, and nextPage unless it is the last', LISTED],
    ['POST /accounts/:accountID/tickets', 'Create a ticket', CREATED],
    ['GET /accounts/:accountID/tickets', 'List tickets', LISTED],
    ['GET /accounts/:accountID/tickets/:ticketID', 'Get a ticket', 'moov.test.ts: is the same when read as when made'],
    ['PATCH /accounts/:accountID/tickets/:ticketID', 'Close a ticket', CLOSED],
    [
      'POST /accounts/:accountID/tickets/:ticketID',
      'The same as the printed command asks for it',
      'test/contract/curl.test.ts: create, read and close a ticket',
    ],
    ['GET /accounts/:accountID/tickets/:ticketID/messages', 'List its messages', MESSAGES],
    [
      'GET /accounts',
      'List the connected accounts',
      'accounts/accounts.test.ts: those connected to the platform are listed; it finds itself by its id',
    ],
    [
      'GET /accounts/:accountID',
      'Read an account',
      'accounts/accounts.test.ts: a token lists with /accounts.read and reads with profile.read of the account',
    ],
    ['6', 'All five operations answer 200, creating too', SDK],
    [
      '6.1',
      'title, body and contact.email are required; author and foreignID are kept',
      'moov.test.ts: author and foreignID are kept, and the body is the one message, in safe form',
    ],
    [
      '6.2',
      'The newest first; count 200 by default, 1000 at most',
      'paging.test.ts: a page holds 200 tickets unless asked for, and never more than 1000',
    ],
    ['6.2', 'Filters by status and foreignID', 'moov.test.ts: the status filter takes all that shows so'],
    ['6.3', 'A ticket reads as it was made', 'moov.test.ts: is the same when read as when made'],
    ['6.4', 'Only closing is an update', 'moov.test.ts: only closing is an update'],
    ['6.5', 'Messages are a bare list', MESSAGES],
    [
      '7',
      'A 422 mirrors the failing fields',
      'errors.test.ts: a 422 mirrors only the failing fields, each with the plainest of its complaints',
    ],
    ['8', '40 requests a second for a key and address', RATES],
    ['8', '10 for a key of the test mode', 'test/limits.test.ts: a Moov key for tests, and a token of it, pass 10'],
    ['GET /webhooks', 'List webhooks', HOOKS],
    ['POST /webhooks', 'Make a webhook', HOOKS],
    ['GET /webhooks/:webhookID', 'Get a webhook', HOOKS],
    ['PUT /webhooks/:webhookID', 'Replace a webhook', HOOKS],
    ['DELETE /webhooks/:webhookID', 'Disable a webhook', HOOKS],
    ['GET /webhooks/:webhookID/secret', 'Read its secret', PING],
    ['POST /webhooks/:webhookID/ping', 'Send a test', PING],
    ['GET /event-types', 'List the event types', TYPES],
    ['GET /ping', 'Tell that the server is there', TYPES],
    ['9', 'Webhooks by subscription of an account', HOOKS],
    [
      '9.1',
      'Envelope, headers and signature; the check vector',
      'webhooks/webhooks.test.ts: the check vector of the signature',
    ],
    ['9.1', 'The test event', PING],
    ['9.2', 'ticket.created, ticket.updated, ticket.messageAdded, with ids only', EVENTS],
    ['9.3', 'Webhooks are made, read, listed, replaced and disabled through the API', HOOKS],
    ['10', "The vendor's SDK drives it", SDK],
    [
      '10',
      'It finds its accounts',
      'test/wire/moov-sdk.test.ts: a key lists the accounts that it is connected to, and reads them and its own',
    ],
    [
      '10',
      'It manages its webhooks',
      'test/wire/moov-sdk.test.ts: a key makes, reads, changes, tries and disables its webhooks',
    ],
    ['11', 'A platform account and its connected accounts', ACCOUNTS],
    ['M1', 'Every version serves tickets alike', VERSIONS],
    [
      'M2',
      'A malformed version is 404',
      'auth.test.ts: a malformed one is answered 404, before anything is said about the credential',
    ],
    [
      'M3',
      'A request id of the client is not taken over',
      'moov.test.ts: HEAD is GET without a body, and a request id of the client is not taken over',
    ],
    ['M4', 'Malformed ids', 'auth.test.ts: a malformed id is a syntax error to writers only'],
    ['M5', 'Numbers count per account', 'moov.test.ts: numbers count per account'],
    ['M6', 'How a token request is refused', REFUSED],
    ['M7', 'expires_in is a timestamp; refreshing replaces both tokens', TOKEN],
    ['M8', 'Tokens are opaque', TOKEN],
    ['M9', 'Domains of a key', 'test/authorization.test.ts: of a key with domains works from these only (M9)'],
    ['M10', 'Revoking ends the pair; 204 for what nobody knows', REVOKED],
    ['M11', 'Values at their limits are taken', LIMITS],
    [
      'M11',
      'Values beyond them are 422',
      'moov.test.ts: a body that cannot be taken > bad values are a 422 that names just these fields: too long',
    ],
    [
      'M12',
      'The texts of a 422',
      'errors.test.ts: a 422 mirrors only the failing fields, each with the plainest of its complaints',
    ],
    ['M13', '400 for syntax, 422 for values', SYNTAX],
    ['M13', '413 above 1 MiB', 'moov.test.ts: a body above 1 MiB is 413'],
    ['M14', 'Unknown fields are ignored', 'moov.test.ts: unknown fields are ignored'],
    [
      'M15',
      'The default author',
      'tickets/codec.test.ts: a body sent by a client goes back in safe form, by its author or contact',
    ],
    ['M16', 'latestMessageOn', MESSAGES],
    ['M17', 'updatedOn', CLOSED],
    ['M18', 'Closing again changes nothing', CLOSED],
    ['M19', 'An empty update changes nothing; other statuses are 422', 'moov.test.ts: only closing is an update'],
    ['M20', '409 for a lost race', 'errors.test.ts: each documented error status has the documented body > 409'],
    ['M20', 'A foreignID may come twice', 'surface.test.ts: the same foreignID may come twice'],
    ['M21', 'Reopened elsewhere: no closedOn', 'moov.test.ts: reopened elsewhere is closed on no date any more'],
    ['M22', 'The words of statuses', STATUSES],
    ['M23', 'HTML in safe form, whoever wrote it', MESSAGES],
    ['M24', 'Messages are oldest first', MESSAGES],
    ['M25', 'Messages of an unknown ticket are 404', 'moov.test.ts: of an unknown ticket are 404'],
    [
      'M26',
      'A bad list is 400, a large count is cut',
      'moov.test.ts: a bad count, status or cursor is 400, a large count is cut',
    ],
    ['M27', 'Cursors', 'paging.test.ts: a cursor leads back to where its page ended'],
    ['M28', 'Unknown accounts are 403', FOREIGN],
    ['M29', 'The rate, 429 with an empty body', RATES],
    [
      'M30',
      'By option a repeated X-Idempotency-Key is a 409',
      'tickets/once.test.ts: with MOOV_ONCE_ONLY a second ticket of an account with the same X-Idempotency-Key is a 409 (M30)',
    ],
    ['M30', 'X-Idempotency-Key is ignored', 'surface.test.ts: X-Idempotency-Key and X-Wait-For change nothing'],
    [
      'M30',
      'Idempotency-Key is honoured',
      'moov.test.ts: a repeat with the same Idempotency-Key gives the first ticket again, with another body a 409',
    ],
    ['M31', 'X-Wait-For is ignored', 'surface.test.ts: X-Idempotency-Key and X-Wait-For change nothing'],
    [
      'M32',
      'Keys of the test mode use tickets too, and see accounts in sandbox mode',
      'accounts/accounts.test.ts: a key for tests, and a token of it, sees them in sandbox mode',
    ],
    ['M33', 'Which change sends which event', EVENTS],
    [
      'M34',
      'A platform hears of its connected accounts',
      "webhooks/webhooks.test.ts: a platform's webhook hears of its connected accounts; the account of the ticket is in the data",
    ],
    [
      'M35',
      'The retry schedule; a final 404 disables',
      'test/webhooks.test.ts: a Moov receiver that ends with 404 is disabled; what happens meanwhile goes out when it is enabled again',
    ],
    ['M36', 'closedOn while closed', CLOSED],
    ['M37', 'Times have milliseconds', 'tickets/codec.test.ts: has exactly the documented fields'],
    ['M38', '405 with Allow; unknown paths 404 with the request id', METHODS],
    [
      'M38',
      'Every other method that HTTP knows, before the body is read',
      'test/contract/contract.test.ts: moov > before routing > every other method that HTTP knows is 405 on all of its paths, before the body is read',
    ],
    [
      'M39',
      '504 when the store is away',
      'errors.test.ts: 405 names the methods that are answered, 504 and 429 when to come back',
    ],
    ['M40', 'Tickets made elsewhere', ELSEWHERE],
    [
      'M40',
      'Every status and priority of a ticket made here reads back in every other dialect',
      'test/contract/cross-dialect.test.ts: a ticket made in one dialect > moov: reads back in every other with its status, its priority and all that it has',
    ],
    ['M41', 'The order of checks', ORDER],
    ['M42', 'Which accounts exist', ACCOUNTS],
    [
      'M43',
      'Whom contact names',
      'moov.test.ts: the contact is shown as sent, whatever the user with that address is called',
    ],
    [
      'M44',
      'The other events of the vendor may be subscribed to',
      "webhooks/webhooks.test.ts: every event that the vendor's clients know can be subscribed to, also those that never come (M44)",
    ],
    [
      'M44',
      'Access to webhooks and ping',
      'webhooks/webhooks.test.ts: what is wrong is 422 with the field, a wrong type 400, an unknown webhook 404 without a body',
    ],
    [
      'M45',
      'Whose answer the shared paths give',
      'test/authorization.test.ts: of what nobody knows answers by the place of the token (S41, M45)',
    ],
  ],
  errors: 'errors.test.ts: each documented error status has the documented body > {status}',
}
