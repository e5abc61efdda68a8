import type { Examples } from '../examples.ts'

const IDS = { subject_id: 1, type_id: 1, status_id: 1, priority_id: 1, group_id: 1 }
const TICKET = { query: { id: '1' } }
const PAGE = { query: { page: '1', limit: '10' } }

export const examples: Examples = {
  login: { body: { username: '{NETGROOT_USERNAME}', password: '{NETGROOT_PASSWORD}' } },
  createTicket: { body: { ...IDS, message: 'The internet is down since yesterday.' } },
  getCustomerTickets: PAGE,
  getTicketDetails: TICKET,
  getTicketReplies: TICKET,
  replyTicket: { body: { ticket_id: 1, message: 'It is still down.' } },
  closeTicket: { body: { ticket_id: 1 } },
  getTickets: PAGE,
  getTicket: TICKET,
  updateTicket: { body: { ticket_id: 1, priority_id: 2 } },
  replyToTicket: { body: { ticket_id: 1, message: 'A technician comes at noon.' } },
}
