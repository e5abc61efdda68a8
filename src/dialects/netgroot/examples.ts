import type { Examples } from '../examples.ts'

const IDS = { subject_id: 1, type_id: 1, status_id: 1, priority_id: 1, group_id: 1 }

export const examples: Examples = {
  createTicket: { body: { ...IDS, message: 'The internet is down since yesterday.' } },
  getCustomerTickets: { query: { page: '1', limit: '10' } },
  getTicketDetails: { query: { id: '1' } },
  getTicketReplies: { query: { id: '1' } },
  replyTicket: { body: { ticket_id: 1, message: 'It is still down.' } },
  getTickets: { query: { page: '1', limit: '10' } },
  getTicket: { query: { id: '1' } },
  updateTicket: { body: { ticket_id: 1, priority_id: 2 } },
  replyToTicket: { body: { ticket_id: 1, message: 'A technician comes at noon.' } },
  closeTicket: { body: { ticket_id: 1 } },
}
