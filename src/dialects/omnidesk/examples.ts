import type { Examples } from '../examples.ts'

export const examples: Examples = {
  postTicketIndex: {
    body: { title: 'A question', from: 'rosa@example.com', fromName: 'Rosa', direction: 'inbound' },
  },
  getTicketIndex: { query: { applyView: 'unsolved', itemStart: '0', itemLimit: '15' } },
  getTicketItem: { params: { ticketID: '1' } },
  putTicketItem: { params: { ticketID: '1' }, body: { title: 'A better title' } },
  deleteTicketItem: { params: { ticketID: '1' } },
  postTicketSetStatus: { body: { status: 'pending', ticketIDs: [1] } },
  postTicketSetPriority: { body: { priority: 'high', ticketIDs: [1] } },
  getCustomerIndex: { query: { query: 'rosa' } },
  getChannelItem: { params: { channelID: '13' } },
}
