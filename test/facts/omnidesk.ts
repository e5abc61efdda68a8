import { type Facts, numbered } from './facts.ts'

const ENCODED =
  'omnidesk.test.ts: the same ticket comes of multipart, urlencoded, JSON and query parameters, and the body wins'
const RECORDED =
  'omnidesk.test.ts: every call of the vendor Ticket page is answered as recorded, with multipart bodies as the page declares'
const GUARDED = 'omnidesk.test.ts: each call needs its permission, and that one is enough'
const LISTS = 'omnidesk.test.ts: brands, groups, channels, users and views are listed in the same envelope'
const SAMPLE =
  'tickets/codec.test.ts: a ticket looks like the sample of the vendor guide, field by field and in its order'
const MADE =
  'customers/customers.test.ts: a customer is made as the guide shows it, with an address and fields of the caller, and read back'
const LISTED =
  'customers/customers.test.ts: customers are listed in the usual envelope with at most 99, and found by name, address and external id'
const LINKED =
  'customers/customers.test.ts: tickets from an address are linked to the customer who gets it, unless noSync says not to'
const PURGED =
  'customers/customers.test.ts: purging a customer erases all that is known of them everywhere, and leaves their tickets without a name'
const FORMS =
  'customers/customers.test.ts: forms are listed and shown, alone and for a ticket, and a ticket takes one when made and in a batch'
const MANY =
  'omnidesk.test.ts: calls on many tickets skip and name unknown ids, refuse malformed ones, and find none without any'
const ERRORS = 'errors.test.ts: every error is one sentence in the vendor form, with its status'
const BATCH = 'tickets/batch.test.ts: each action is a change of its own, in the order of the call'
const WEBHOOKS =
  'test/webhooks.test.ts: Omnidesk: tickets, statuses, messages and deletion, verified with standardwebhooks'
const NOT_OURS = { gap: 'not implemented, as decided: another product of the vendor' }

const VENDOR_ERRORS = [400, 401, 403, 404, 405, 413, 415, 429, 500, 503]

/** The facts of the Omnidesk dialect, by the sections of its public documents. */
export const facts: Facts = {
  source: 'docs.omnidesk.io',
  numbers: [
    ...['1', '1.1', '2', '3', '3.1', '3.2', '4', '5', '6.1', '6.2', '6.3', '6.4', '6.5', '7', '8'],
    ...numbered('9.', 21),
    ...VENDOR_ERRORS.map((status) => `7 ${status}`),
  ],
  facts: [
    // Overview
    [
      '1',
      'Names of actions match in any case; a trailing slash means nothing',
      'omnidesk.test.ts: actions are found in any case, with or without a trailing slash',
    ],
    [
      '1',
      'So is an action behind an id, which the guide spells purgedata',
      'index.test.ts: an action behind an id is found in any case too, as the guide spells purgedata, and the id stays as sent',
    ],
    ['1', 'Fixed action words are found before an id in the same place', RECORDED],
    ['1', 'Requests are camelCase with ID, answers snake_case; every success is 200 as application/json', RECORDED],
    ['1', 'Times are YYYY-MM-DD HH:MM:SS in UTC', SAMPLE],
    ['1.1', 'One record: {type: item, item}', RECORDED],
    ['1.1', 'A list: {type: collection, itemStart, itemTotal, itemLimit, items} in this order', LISTED],
    ['1.1', 'The outcome of a write: {type: result, message} and what belongs to it', RECORDED],
    ['1.1', 'An error: {status: error, message}', ERRORS],
    // Authentication
    [
      '2',
      'Authorization: apikey, the header apiKey, the query apiKey: all are taken, the first counts',
      'omnidesk.test.ts: a key is accepted in each of the three ways, and the first of them counts',
    ],
    [
      '2',
      'Another Authorization scheme is no key of this dialect',
      'auth.test.ts: another Authorization scheme leaves the other ways open',
    ],
    [
      '2',
      'No, an unknown or a disabled key: 401 with WWW-Authenticate: apikey, before the body is read',
      'omnidesk.test.ts: without a known key nothing is read, not even the body',
    ],
    [
      '2',
      'A key in the query is not in the log',
      'test/logs.test.ts: a key in the query of Omnidesk is never in the log, however its name is spelled',
    ],
    [
      '2',
      'Events tell a key as "api: <name>"',
      'tickets/timeline.test.ts: a change names who made it as the vendor names triggers, people by their names',
    ],
    // Headers and encodings
    [
      '3',
      'Bodies are multipart, urlencoded or JSON with any method; parameters come in the query too, the body wins',
      ENCODED,
    ],
    [
      '3',
      'A body without a type is tried as JSON, then as a form; other types are 415',
      'omnidesk.test.ts: a body of no type is tried as JSON, then as a form',
    ],
    [
      '3.1',
      'Lists of ids and actions in every spelling: brackets, indices, commas, JSON',
      'omnidesk.test.ts: ids and actions are read in every spelling and encoding',
    ],
    [
      '3.1',
      'One list in two spellings is 400',
      'names.test.ts: a name in two spellings is refused, since one of its values would be lost',
    ],
    ['3.1', 'Names that reach a prototype are 400', 'names.test.ts: a name that would reach a prototype is refused'],
    ['3.1', 'At most 1,000 ids and 50 actions', 'coercion.test.ts: a call takes at most 1,000 ids and 50 actions'],
    [
      '3.2',
      'number: a JSON integer or digits from 0; with a default also nothing, null and the word null',
      'coercion.test.ts: a number with a default takes nothing, null, blanks and the word null for it',
    ],
    [
      '3.2',
      'string: text or a JSON number; null is absent, empty is a value',
      'coercion.test.ts: a text may come as a JSON number; null is absent, empty is a value',
    ],
    ['3.2', 'boolean: true, false, 1, 0 in any case', 'coercion.test.ts: a flag is read in any case, as JSON or text'],
    [
      '3.2',
      'A pattern of words is one of them as a whole',
      'coercion.test.ts: a choice is one of the words as a whole and in their case',
    ],
    // Enumerations
    [
      '4',
      'status: new, open, pending, holding, solved, closed',
      'tickets/codec.test.ts: every status and priority has a word, and every word leads back',
    ],
    ['4', 'status of an update: solved and closed only', 'tickets/codec.test.ts: an update can only finish a ticket'],
    [
      '4',
      'priority: low, medium, high, urgent',
      'tickets/codec.test.ts: every status and priority has a word, and every word leads back',
    ],
    [
      '4',
      'direction: inbound, outbound; inbound by default',
      'tickets/codec.test.ts: nothing at all makes an empty ticket on the default brand, by e-mail, inbound',
    ],
    // Permissions
    ['5', 'Each call needs the permission that the vendor lists for it, and no other', GUARDED],
    [
      '5',
      'So do customers, forms and one channel',
      'omnidesk.test.ts: each call of the controllers beside tickets needs its permission, and that one is enough',
    ],
    [
      '5',
      'What the owner of a key may not do is told in the words of the vendor too',
      'errors.test.ts: what the owner of a key may not do is told by a permission of the vendor, never by one of ours',
    ],
    [
      '5',
      "A batch's delete also needs TICKET_DELETE",
      'omnidesk.test.ts: the delete action of a batch needs TICKET_DELETE too, and then nothing of it happens',
    ],
    [
      '5',
      'Permissions of controllers that are not served can be granted and have no effect',
      'omnidesk.test.ts: a key may hold every permission of the vendor; those of controllers that are not served open nothing',
    ],
    // The ticket
    ['6.1', 'All 38 fields of the sample in its order, and tags', SAMPLE],
    [
      '6.1',
      'sla_*, snooze_*, grade_by_customer, external_gui_url: always present, null while the feature is unused',
      'surface.test.ts: what belongs to a feature that is not used is there and null, in lists as alone, whatever the ticket went through',
    ],
    ['6.1', 'closed_at while closed, cleared when reopened', 'omnidesk.test.ts: any status may follow any other'],
    [
      '6.1',
      'A timeline of events and messages, oldest first; ids are numbers here, texts there',
      'tickets/timeline.test.ts: a message that came with an event follows it; its id is a text where the event has a number',
    ],
    // Ticket controller
    [
      'GET /api/v2/ticket',
      'List, with query, applyView, status, searchArchived, itemStart, itemLimit',
      'omnidesk.test.ts: a list counts what matches, newest first, and echoes its window',
    ],
    [
      '6.2',
      'Each status narrows a list, with and without the archive',
      'surface.test.ts: a list shows each status alone, with and without the archive',
    ],
    ['6.2', 'Unknown ids are skipped and named; none known is 404; malformed is 400', MANY],
    [
      '6.2',
      'A ticket that has the value already gets no event',
      'omnidesk.test.ts: setting what is set already records nothing',
    ],
    ['6.2', 'applyView: an id or slug; status narrows it', 'omnidesk.test.ts: views and status narrow a list'],
    [
      '6.2',
      'query: every word somewhere, in any case; a number may be the id; a primary id of the customer too',
      LINKED,
    ],
    [
      'POST /api/v2/ticket',
      'Create, also with nothing at all',
      'tickets/codec.test.ts: all nine documented fields of a new ticket are read, from text as from JSON',
    ],
    ['6.2', 'from a known address: linked to that customer of the brand', LINKED],
    ['GET /api/v2/ticket/:ticketID', 'One ticket with its timeline; getTicketHistory adds events', RECORDED],
    [
      'PUT /api/v2/ticket/:ticketID',
      'Update title, status, customer; nothing given changes nothing',
      'omnidesk.test.ts: an update changes what is given, all or nothing, and nothing given changes nothing',
    ],
    [
      '6.2',
      "externalPrimaryID is looked up on the ticket's brand",
      "omnidesk.test.ts: an external primary id names a customer of the ticket's own brand",
    ],
    ['DELETE /api/v2/ticket/:ticketID', 'Delete for good', 'omnidesk.test.ts: a deleted ticket is gone for good'],
    [
      'DELETE /api/v2/ticket/multi',
      'Delete several, ids in body or query',
      'omnidesk.test.ts: a DELETE takes its ids from a body of any kind or from the query',
    ],
    ['POST /api/v2/ticket/setStatus', 'Any status on many tickets', MANY],
    ['POST /api/v2/ticket/setPriority', 'A priority on many tickets', MANY],
    ['POST /api/v2/ticket/unlinkCustomerFromTicket', 'The ticket has no customer any more', RECORDED],
    [
      'POST /api/v2/ticket/batch',
      'Actions on many tickets, all or nothing',
      'omnidesk.test.ts: a batch is judged as a whole before anything of it is written',
    ],
    [
      'PUT /api/v2/ticket/solveUnfinishedTickets',
      'Solve what is unfinished, narrowed or not',
      'omnidesk.test.ts: solving narrows as told, leaves finished tickets alone, and refuses what it does not know',
    ],
    // Message controller
    [
      'POST /api/v2/message',
      'Put a message or a note on a ticket',
      "omnidesk.test.ts: an agent's message waits for the customer, a customer's opens the ticket again, a note does neither",
    ],
    [
      '6.3',
      'type: an id of a channel, calllog or contactform; 5 is a note',
      'messages/codec.test.ts: the type is the id of a channel in use, or one of two words',
    ],
    [
      '6.3',
      'At least 5 characters; unknown ticket 404',
      'omnidesk.test.ts: a message needs a ticket that is there, a channel, an agent and some text',
    ],
    [
      '6.3',
      'The status that a message gives',
      'omnidesk.test.ts: a message gives the status it names; an answer leaves a finished ticket finished',
    ],
    [
      '6.3',
      'toAddress: several addresses split by commas; ccInput, bccInput: one e-mail address each',
      'messages/messages.test.ts: whom a message goes to is kept and shown, in forms as in JSON; cc and bcc by the native API',
    ],
    [
      '6.3',
      'respondMessageID: a message of the ticket, 0 is none; empty addresses are none',
      'messages/messages.test.ts: without an address a message goes to the customer of the ticket, and 0 answers nothing',
    ],
    [
      '6.3',
      'An address that is none, or a message that is not of the ticket: 400',
      'messages/messages.test.ts: an address that is none, and a message that is not of the ticket, are refused by their parameter',
    ],
    [
      '6.3',
      'plaintext: the text version of an HTML message; empty: made from it',
      'messages/codec.test.ts: plaintext is the plain text of a message, and an empty one is none',
    ],
    [
      '6.1',
      'external_id of a timeline entry: its id in the system that it came from',
      'messages/messages.test.ts: external_id is what the message is called where it came from',
    ],
    [
      '6.3',
      'forwardedFileIDs: files to pass on, found in meta_data; forwardedFileIDs[] in forms',
      'messages/messages.test.ts: files are listed in meta_data, and passed on by their ids, each once, in forms as in JSON',
    ],
    [
      '6.3',
      'A file that is none or out of sight: 400 Could not retreive a file with this ID.',
      'messages/messages.test.ts: a file that is none, or out of sight, and too many of them are refused, and nothing is changed',
    ],
    [
      '6.3',
      'A message that is sent again with its Idempotency-Key passes its files on once',
      'messages/messages.test.ts: a message that passes on files is one, with one copy of each, however often and at once it is sent with its key',
    ],
    ['6.3', 'POST message/chatbot', NOT_OURS],
    // Related controllers
    ['GET /api/v2/customer', 'List customers, at most 99', LISTED],
    ['GET /api/v2/customer/:customerID', 'One customer with addresses and own fields', MADE],
    ['POST /api/v2/customer', 'Make or complete a customer, link an address and tickets', MADE],
    [
      'PUT /api/v2/customer/updateCustomer',
      'Change the given fields',
      'customers/customers.test.ts: an update changes only what is given, and null takes a field away',
    ],
    ['POST /api/v2/customer/addChannelOnly', 'Add addresses to a customer', LINKED],
    ['DELETE /api/v2/customer/itemPurgeData', 'Erase all data of a customer', PURGED],
    ['DELETE /api/v2/customer/purgeData', "The guide's spelling of it", PURGED],
    [
      'DELETE /api/v2/customer/:customerID/purgeData',
      'The same by id',
      'customers/customers.test.ts: a repeat with the same Idempotency-Key makes one customer, and a repeated purge is answered the same',
    ],
    [
      'GET /api/v2/customer/timelineByCustomerExternalID',
      "An array of the messages of a customer's tickets",
      "customers/customers.test.ts: a customer's timeline is an array of the messages of their tickets",
    ],
    [
      'POST /api/v2/customer/searchByPrimaryExternalId',
      'Find customers by external id',
      'customers/customers.test.ts: the same external id is another customer on another brand, and an address belongs to one customer',
    ],
    [
      '6.4',
      'An external id counts on one brand; an address is one customer’s',
      'customers/customers.test.ts: the same external id is another customer on another brand, and an address belongs to one customer',
    ],
    [
      '6.4',
      'CUSTOMER_CUD does not reach to who works on desks',
      'customers/customers.test.ts: who works on desks is changed by no customer call, whatever they are known by',
    ],
    [
      '6.4',
      'A telephone number is E.164; what does not fit is told by its parameter',
      'customers/customers.test.ts: what a customer cannot have is refused by the name of its parameter, and nothing is made',
    ],
    [
      '6.4',
      'PUT index, PUT and DELETE item, itemChannel, externalEvent, syncWithCRM, createCustomerCRUD',
      { gap: 'not implemented, as decided: only their names are public' },
    ],
    ['GET /api/v2/form', 'List forms', FORMS],
    ['GET /api/v2/form/:formID', 'One form, with ticketID and its values', FORMS],
    ['GET /api/v2/form/getFormForTicket', "A ticket's form", FORMS],
    [
      '6.4',
      'Writing forms; form fields and their values',
      { gap: 'not implemented, as decided: forms are made in the native API and have no fields' },
    ],
    ['GET /api/v2/channel', 'List channels', LISTS],
    ['GET /api/v2/channel/:channelID', 'One channel', 'customers/customers.test.ts: a channel is shown by its id'],
    ['6.4', 'Writing channels and views, view item and categories', { gap: 'not implemented, as decided' }],
    ['GET /api/v2/view', 'List views', LISTS],
    [
      'GET /api/v2/user',
      'List users by name, telephone or address; activeOnly; at most 999',
      'customers/customers.test.ts: users are found by name, telephone and address, active ones on request, with at most 999',
    ],
    ['GET /api/v2/brand', 'List brands', LISTS],
    ['GET /api/v2/group', 'List groups', LISTS],
    ['6.4', 'Chat, e-mail, notification, raw, statistics, recording, file, NPS controllers', NOT_OURS],
    // Outgoing
    ['6.5', 'Standard Webhooks: id, timestamp, signature, our event names', WEBHOOKS],
    [
      '6.5',
      'A new endpoint must answer OPTIONS and allow POST',
      'test/webhooks.test.ts: an Omnidesk endpoint must answer OPTIONS and allow POST',
    ],
    [
      '6.5',
      'customer.created and customer.updated',
      'test/webhooks.test.ts: Omnidesk: customers as its answers show them, and nothing of who works on desks',
    ],
    ['6.5', 'Customer lookup hook', { gap: 'not implemented, as decided' }],
    // Errors
    [
      '7',
      'A reference that names nothing has its own sentence and is 400',
      'omnidesk.test.ts: a reference that does not exist has its own sentence, and no ticket is made',
    ],
    ...VENDOR_ERRORS.map((status) => [`7 ${status}`, 'in the one form that errors have', ERRORS] as const),
    [
      '7',
      'A known path with another method: 405 with Allow',
      'omnidesk.test.ts: a known path refuses other methods before it asks for a key, and names those it allows',
    ],
    [
      '7',
      'So is every method that HTTP knows, before the body is read',
      'test/contract/contract.test.ts: omnidesk > before routing > every other method that HTTP knows is 405 on all of its paths, before the body is read',
    ],
    ['8', 'Pages of 15; at most 9999, users 999, customers 99; outside of 1 to that 400', LISTED],
    [
      '8',
      'A rate per key: 429 with Retry-After',
      'test/limits.test.ts: is answered 429 by omnidesk, in its form and with Retry-After',
    ],
    // Decisions
    [
      '9.1',
      'All three ways to send a key',
      'auth.test.ts: a key is taken from the Authorization header, the header apiKey or the query',
    ],
    ['9.2', 'Lists and writes answer the ticket without its timeline', SAMPLE],
    ['9.3', 'The type of a list is collection', LISTED],
    [
      '9.4',
      'What a ticket is made of is optional, what an action acts on is required',
      'tickets/codec.test.ts: status, priority and ids of the calls on many tickets are required',
    ],
    [
      '9.5',
      'multi takes ticketIDs[] in body or query',
      'omnidesk.test.ts: a DELETE takes its ids from a body of any kind or from the query',
    ],
    [
      '9.6',
      'solveUnfinishedTickets as decided',
      'omnidesk.test.ts: solving narrows as told, leaves finished tickets alone, and refuses what it does not know',
    ],
    [
      '9.7',
      'The action types of a batch and their other names',
      'tickets/batch.test.ts: an action type is known by its other names, without case and underscores',
    ],
    ['9.7', 'Each action type does what its field does', BATCH],
    ['9.8', 'Unlinking a customer needs TICKET_UPDATE', GUARDED],
    [
      '9.9',
      '404 for the ticket itself, 400 for what a body refers to',
      'omnidesk.test.ts: a reference that does not exist has its own sentence, and no ticket is made',
    ],
    ['9.10', 'Times are UTC', SAMPLE],
    [
      '9.11',
      'None is 0 for group, user, customer; null for form',
      'tickets/codec.test.ts: none is 0 for group, user and customer, and null for form',
    ],
    [
      '9.12',
      'searchArchived is no or yes, status one of six',
      'tickets/codec.test.ts: view, status and words of a list add up',
    ],
    [
      '9.13',
      'Which times a change or message moves',
      "src/core/tickets/rules.test.ts: a change by an agent counts as an agent's act, one by the requester does not",
    ],
    [
      '9.14',
      'One timeline event for each changed column',
      'omnidesk.test.ts: a batch changes all that it names, in order, and the timeline tells each change by its column',
    ],
    ['9.15', 'setStatus and batch reopen, an update does not', 'omnidesk.test.ts: any status may follow any other'],
    [
      '9.16',
      'Calls on many tickets hold as a whole; solving in chunks of 1,000',
      'omnidesk.test.ts: without a body every unfinished ticket is solved, however many there are, and a repeat is answered the same',
    ],
    [
      '9.17',
      'Unknown parameters are ignored, except where solving',
      'tickets/codec.test.ts: what solveUnfinishedTickets does not know it refuses, since ignoring it would solve more',
    ],
    [
      '9.18',
      'The pattern ^inbound|outbound$ is the two words',
      'coercion.test.ts: a choice is one of the words as a whole and in their case',
    ],
    [
      '9.19',
      'Every status and priority of a ticket made here reads back in every other dialect',
      'test/contract/cross-dialect.test.ts: a ticket made in one dialect > omnidesk: reads back in every other with its status, its priority and all that it has',
    ],
    [
      '9.19',
      'A title taken from a message is its first line of text',
      'tickets/codec.test.ts: a title from a message is its first line of text, however the message begins and ends its lines',
    ],
    [
      '9.19',
      'A ticket from another dialect is complete',
      'omnidesk.test.ts: a ticket that another dialect opened is complete here',
    ],
    [
      '9.20',
      'HEAD as GET without body, OPTIONS with Allow',
      'omnidesk.test.ts: a known path refuses other methods before it asks for a key, and names those it allows',
    ],
    [
      '9.21',
      'Idempotency-Key is honoured',
      'omnidesk.test.ts: a repeat with the same Idempotency-Key makes one ticket, and another request under it is refused',
    ],
  ],
  errors: 'errors.test.ts: every error is one sentence in the vendor form, with its status',
}
