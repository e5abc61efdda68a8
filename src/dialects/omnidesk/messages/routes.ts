import { changeTicket } from '../../../core/tickets/commands/change.ts'
import { type Route, route } from '../../route.ts'
import { texts } from '../../text.ts'
import { NEEDS, type Need } from '../auth.ts'
import { parametersOf } from '../names.ts'
import { AnyQuery } from '../parameters.ts'
import { decodeTicketId, showResult } from '../tickets/codec.ts'
import { authorBy } from './author.ts'
import { changeBy, decodeMessage } from './codec.ts'
import { MessageResult, NewMessageBody } from './schema.ts'

/** The one call of the Message controller that puts text on a ticket. */
export const messageRoutes: readonly Route<Need>[] = [
  route({
    method: 'POST',
    path: '/api/v2/message',
    operationId: 'postMessageIndex',
    summary: 'Create a message on a ticket',
    need: NEEDS.createMessage,
    query: AnyQuery,
    body: NewMessageBody,
    isText: texts('message', 'plaintext'),
    bodyOptional: true,
    answers: { 200: MessageResult },
    handle: async (call) => {
      const parameters = parametersOf(call)
      const { messages } = await changeTicket(call.ctx, decodeTicketId(parameters), async () => {
        const sent = decodeMessage(parameters, call.ctx.tenant)
        return changeBy(sent, await authorBy(call.ctx, sent.userID))
      })
      return showResult('Message has been sent and the ticket status was updated.', { messageID: messages[0]?.integer })
    },
  }),
]
