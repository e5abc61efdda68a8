import { Type } from 'typebox'
import { declared, parameters } from '../parameters.ts'

/** What creating a message takes, with the types that the vendor's Message page declares. */
export const NewMessageBody = parameters({
  ticketID: declared('number'),
  type: declared('^([0-9]+|calllog|contactform)$', 'The channel to send in; 5 is a note.'),
  toAddress: declared("string = ''", 'E-mail addresses split by commas. Checked, not yet used.'),
  ccInput: declared("string = ''", 'As toAddress.'),
  bccInput: declared("string = ''", 'As toAddress.'),
  respondMessageID: declared('number = 0', 'Not used.'),
  plaintext: declared("string = ''", 'Not used: the text is made from the message.'),
  message: declared('string', 'Text or HTML of at least 5 characters.'),
  forwardedFileIDs: declared('number[] = null', 'Refused: no file has such an id.'),
  userID: declared('number', 'The author; "Agent Anonymous" if absent.'),
  status: declared('^(new|open|pending|holding|solved|closed)$', 'The status to give the ticket.'),
  direction: declared('^(inbound|outbound)$', "Inbound records a customer's message."),
})

export const MessageResult = Type.Object({
  type: Type.Literal('result'),
  message: Type.String(),
  messageID: Type.Integer(),
})
