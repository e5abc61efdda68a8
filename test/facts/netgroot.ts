import { type Facts, numbered } from './facts.ts'

const ERRORS = 'errors.test.ts: every error is the fixed text of its kind and nothing more'
const SUBJECTS =
  'netgroot.test.ts: getSubjects answers as documented, with our third subject after the two of the example'
const CREATED = 'netgroot.test.ts: CreateTicket answers as documented, key by key, but for the id'
const REFUSED = 'netgroot.test.ts: whatever is wrong with the body is the same 400, and nothing is written'
const TOKENS = 'netgroot.test.ts: without a good token everything is 401, before anything else is looked at'
const CONVERSATION = 'netgroot.test.ts: goes through its statuses, and notes stay among staff'
const LOOKUPS = 'netgroot.test.ts: both look up the lists'
const FOREIGN = 'netgroot.test.ts: does not exist for a subscriber, exactly as one that never was'
const ELSEWHERE = 'netgroot.test.ts: is complete for staff, whichever dialect it came by'
const PAGES = 'netgroot.test.ts: hold everything, newest first, unless a page is asked for'
const FILTERS = 'netgroot.test.ts: show staff what they filter by, all conditions together'
const UPDATED = 'netgroot.test.ts: changes what it names, and the subject follows the topic'
const STAFF = 'netgroot.test.ts: staff have no subscriber, which is said before the body is read'
const SUBJECT_NAME =
  'tickets/codec.test.ts: the subject is the own title, else the topic, else the first line of the message'
const PATHS = 'index.test.ts: paths are found in any case and with a slash at the end'
const CLOSED = 'netgroot.test.ts: is over for the subscriber once closed, and closing again is no error'
const BILLING = { gap: 'not implemented, as decided: billing is not a help desk’s business' }
const LOGIN =
  'logins/logins.test.ts: answers outside of the envelope, and its token acts as the subscriber until Logout'

const VENDOR_ERRORS = [400, 401, 403, 404, 405, 413, 429, 500, 503]

/** The facts of the NetGroot dialect, by the sections of its public documents. */
export const facts: Facts = {
  source: 'docs.ispcrm.online',
  numbers: [
    ...['1', '1.1', '2', '3', '4.1', '4.2', '4.3', '4.4', '4.5', '4.6', '4.7', '5.1', '5.2', '5.3', '5.4', '6', '7'],
    ...numbered('8.', 17),
    ...VENDOR_ERRORS.map((status) => `6 ${status}`),
  ],
  facts: [
    ['1', 'Paths are exact or in any case, with or without a slash at the end', PATHS],
    [
      '1',
      'Success is always 200, names are snake_case, times end at the second with Z',
      'tickets/codec.test.ts: a ticket in a list is shown by names, with times to the second',
    ],
    ['1.1', 'A read is {success, data} without message', SUBJECTS],
    ['1.1', 'A write is {success, message, data}', CREATED],
    ['1.1', 'An error is {success: false, message} without data', ERRORS],
    ['2', 'Bearer tokens; missing, unknown, expired, revoked are the same 401', TOKENS],
    [
      '2',
      'The scheme word is read in any case',
      'netgroot.test.ts: the scheme is read in any case, with any number of blanks',
    ],
    ['2', 'A staff token has no subscriber: 404', STAFF],
    [
      '3',
      'A body of another media type is 400, none is read as JSON',
      'netgroot.test.ts: a body of another media type is 400, one without a media type is read as JSON',
    ],
    ['GET /api/v1/Tickets/getSubjects', 'The subjects that a ticket is opened under', SUBJECTS],
    [
      '4.1',
      'Only active subjects, by id',
      'catalogue/codec.test.ts: getSubjects lists the active topics that are offered in this dialect',
    ],
    ['POST /api/v1/subscriber/CreateTicket', 'Opens a ticket of the subscriber', CREATED],
    ['4.2', 'All six fields are required; what is wrong is one 400 and nothing is written', REFUSED],
    [
      '4.2',
      'Ids are JSON integers from 1 on; a message is not blank',
      'tickets/codec.test.ts: ids are integers from 1 on and nothing like them, and a message is not blank',
    ],
    [
      '4.2',
      'The message is kept as given; unknown keys are ignored; 65,535 characters fit',
      'netgroot.test.ts: the longest message is taken',
    ],
    ['GET /api/v1/subscriber/getCustomerTickets', "The subscriber's tickets", PAGES],
    [
      '4.3',
      'subject, status and priority by name; newest first',
      'tickets/codec.test.ts: a ticket in a list is shown by names, with times to the second',
    ],
    ['POST /api/v1/subscriber/Login', 'Login with username and password', LOGIN],
    ['POST /api/v1/subscriber/Logout', 'Ends the presented token', LOGIN],
    [
      '2',
      'A login token is a JWT by HS256 for 24 hours',
      'logins/logins.test.ts: gives a JWT by HS256 with sub, iat, exp after 24 hours, and jti',
    ],
    [
      '4.4',
      'Unknown user, wrong password and inactive subscriber are the same 401',
      'logins/logins.test.ts: is refused alike to unknown, wrong, inactive and staff',
    ],
    [
      '4.4',
      'No user name or password as text is 400',
      'logins/logins.test.ts: without a user name or password as text is an invalid request',
    ],
    [
      '4.4',
      'Ten failures lock a name for its address',
      'logins/logins.test.ts: is locked after ten failures, even for many at once, and for nobody else',
    ],
    [
      '4.5',
      'API access tokens are not ended by Logout',
      'logins/logins.test.ts: API access tokens are not ended by Logout',
    ],
    ['4.5', 'Logout ends the presented token', LOGIN],
    [
      'GET /api/v1/subscriber/getCustomerDetails',
      'The own details',
      'netgroot.test.ts: a subscriber sees the own details',
    ],
    [
      '4.6',
      'id, customer_id, username, names, email, phone, status in lower case',
      'netgroot.test.ts: a subscriber sees the own details',
    ],
    [
      '4.6',
      'Staff name a subscriber by id, and see also an inactive one: ours',
      'surface.test.ts: staff look up a subscriber by the id that tickets show, also an inactive one',
    ],
    ['4.7', 'Invoices and payments', BILLING],
    ['GET /api/v1/Tickets/getTypes', 'Types by id', LOOKUPS],
    ['GET /api/v1/Tickets/getStatuses', 'Statuses by id', LOOKUPS],
    ['GET /api/v1/Tickets/getPriorities', 'Priorities by id', LOOKUPS],
    ['GET /api/v1/Tickets/getGroups', 'Groups by id', LOOKUPS],
    [
      '5.1',
      'The records of a fresh install and what they mean',
      'words.test.ts: each status and priority of a fresh install shows by the documented name',
    ],
    [
      '5.1',
      'On Hold is both kinds of waiting, and writing what shows changes nothing',
      'netgroot.test.ts: finds a pending ticket On Hold, and leaves it pending when On Hold is written',
    ],
    ['GET /api/v1/subscriber/getTicketDetails', 'One own ticket with its replies', CONVERSATION],
    ['GET /api/v1/subscriber/getTicketReplies', 'Its replies, oldest first', CONVERSATION],
    ['POST /api/v1/subscriber/ReplyTicket', 'A reply reopens what waits or is solved', CONVERSATION],
    ['POST /api/v1/subscriber/CloseTicket', 'Closes; again is no error', CLOSED],
    ['5.2', "Somebody else's ticket is not found", FOREIGN],
    [
      '5.2',
      'A subscriber never sees a note',
      'tickets/codec.test.ts: any ticket of any dialect is shown in the documented form, and a subscriber never sees a note',
    ],
    ['GET /api/v1/Tickets/getTickets', 'Staff list all tickets by filters', FILTERS],
    ['GET /api/v1/Tickets/getTicket', 'Staff read a ticket with its notes', ELSEWHERE],
    ['POST /api/v1/Tickets/UpdateTicket', 'Staff change what is named', UPDATED],
    ['POST /api/v1/Tickets/ReplyTicket', 'Staff reply or note', CONVERSATION],
    [
      '5.3',
      'A subscriber token is 403 there',
      'netgroot.test.ts: subscribers are kept from what staff do, before their request is looked at',
    ],
    [
      '5.4',
      'Subscribers, tokens and lists are managed outside of this dialect',
      'test/cli.test.ts: works beside a running server, which sees the effect at once',
    ],
    ['6', 'Each kind of error has one text', ERRORS],
    ['6', 'A subscriber who is inactive is not found', 'surface.test.ts: a subscriber who is inactive is not found'],
    ...VENDOR_ERRORS.map((status) => [`6 ${status}`, 'in the one form that errors have', ERRORS] as const),
    [
      '6',
      '405 with Allow, 429 and 503 with Retry-After',
      'errors.test.ts: errors that tell a client what to do next have the header for it',
    ],
    ['7', 'page and limit give a page and add pagination', PAGES],
    ['7', 'Also to staff', 'surface.test.ts: staff page through all tickets'],
    [
      '7',
      'A rate per token: 429 with Retry-After',
      'test/limits.test.ts: is answered 429 by netgroot, in its form and with Retry-After',
    ],
    [
      '7',
      'No webhooks: the vendor has none',
      'test/webhooks.test.ts: NetGroot has no webhooks: none can be made in its form, nor at any path of its own',
    ],
    ['8.1', 'An empty list is 200 with no data', FILTERS],
    ['8.2', 'What subject holds', SUBJECT_NAME],
    ['8.3', 'The ids come from the lookup lists', LOOKUPS],
    [
      '8.4',
      'A ticket may be opened in a final status',
      'netgroot.test.ts: a ticket may be opened in any status, closed included',
    ],
    ['8.5', 'The answer of Logout', LOGIN],
    ['8.6', '401 on every operation', TOKENS],
    [
      '8.7',
      'Which answer wins when a subscriber is gone',
      'logins/logins.test.ts: a subscriber who was deactivated is not found, and no one under Tickets (section 8, 7)',
    ],
    [
      '8.8',
      'Idempotency-Key is honoured',
      'netgroot.test.ts: the same Idempotency-Key makes one ticket, and is refused for another body',
    ],
    [
      '8.9',
      'HTML from elsewhere is shown as text',
      'tickets/codec.test.ts: subscribers see the public replies without the opening message, as text',
    ],
    [
      '8.10',
      'No attachments in this dialect: a message is its text',
      'surface.test.ts: a message with files, from elsewhere, is its text here and nothing more',
    ],
    [
      '8.11',
      'Ids increase and are never used again',
      'src/core/tickets/tickets.test.ts: are not used again after a deletion',
    ],
    ['8.12', 'updated_at equals created_at at first', CREATED],
    [
      '8.13',
      'Every other method is 405 with Allow, before the body is read',
      'test/contract/contract.test.ts: netgroot > before routing > every other method that HTTP knows is 405 on all of its paths, before the body is read',
    ],
    ['8.13', 'HEAD and OPTIONS', 'netgroot.test.ts: HEAD answers as GET without a body, OPTIONS says what is allowed'],
    ['8.14', 'Lookup lists have no pages', 'catalogue/codec.test.ts: the other lists hold the active records by id'],
    ['8.15', 'Paths in other cases', PATHS],
    [
      '8.16',
      'Every status and priority of a ticket made here reads back in every other dialect',
      'test/contract/cross-dialect.test.ts: a ticket made in one dialect > netgroot: reads back in every other with its status, its priority and all that it has',
    ],
    [
      '8.16',
      'Topics of other dialects are null here',
      'tickets/codec.test.ts: a ticket from elsewhere has null for what this dialect does not know of it',
    ],
    [
      '8.17',
      'A ticket made here is on the default desk',
      'tickets/codec.test.ts: CreateTicket opens a ticket of the subscriber on the default desk, its message untouched',
    ],
  ],
  errors: 'errors.test.ts: every error is the fixed text of its kind and nothing more',
}
