import { Type } from 'typebox'
import { declared, parameters } from '../parameters.ts'

/** What creating a message takes, with the types that the vendor's Message page declares. */
export const NewMessageBody = parameters({
  ticketID: declared('number'),
  type: declared('^([0-9]+|calllog|contactform)$', 'The channel to send in; 5 is a note.'),
  toAddress: declared(
    "string = ''",
    'Addresses split by commas; in e-mail each is an e-mail address. Empty: the customer of the ticket.',
  ),
  ccInput: declared("string = ''", 'One e-mail address.'),
  bccInput: declared("string = ''", 'One e-mail address.'),
  respondMessageID: declared('number = 0', 'The message of the same ticket that it answers; 0 is none.'),
  plaintext: declared("string = ''", 'The text version of an HTML message; made from the message if empty.'),
  message: declared('string', 'Text or HTML of at least 5 characters.'),
  forwardedFileIDs: declared('number[] = null', 'Files to pass on, by their ids in meta_data; at most 20.'),
  userID: declared('number', 'The author; "Agent Anonymous" if absent.'),
  status: declared('^(new|open|pending|holding|solved|closed)$', 'The status to give the ticket.'),
  direction: declared('^(inbound|outbound)$', "Inbound records a customer's message."),
})

export const MessageResult = Type.Object({
  type: Type.Literal('result'),
  message: Type.String(),
  messageID: Type.Integer(),
})
