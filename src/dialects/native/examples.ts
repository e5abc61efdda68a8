import type { Examples } from '../examples.ts'

const TICKET = { id: '1' }

export const examples: Examples = {
  createTicket: {
    body: {
      requester: { email: 'rosa@example.com', name: 'Rosa' },
      title: 'The printer is on fire',
      text: 'It began at nine.',
      priority: 'high',
      tags: ['printer'],
    },
  },
  listTickets: { query: { status: 'new', limit: '10' } },
  getTicket: { params: TICKET },
  getTicketByNumber: { params: { desk: '{MOOV_ACCOUNT_ID}', number: '1' } },
  changeTicket: { params: TICKET, body: { status: 'open', add_tags: ['urgent'] } },
  addMessage: { params: TICKET, body: { text: 'Help is on its way.', visibility: 'public' } },
  listMessages: { params: TICKET },
  listTimeline: { params: TICKET, query: { limit: '10' } },
  deleteTicket: { params: TICKET },
  createForm: { body: { name: 'Order' } },
  listUsers: { query: { query: 'rosa' } },
  getUser: { params: { id: '{SPACEBRING_USER_ID}' } },
  createUser: {
    body: {
      name: 'Nina',
      surname: 'New',
      email: 'nina@example.com',
      memberships: [{ desk: '{MOOV_ACCOUNT_ID}', role: 'customer' }],
    },
  },
  changeUser: { params: { id: '{SPACEBRING_USER_ID}' }, body: { about: 'Prefers to be called.' } },
  eraseUser: { params: { id: '{SPACEBRING_USER_ID}' } },
  createWebhook: {
    body: { url: 'https://example.com/polydesk', events: ['ticket.created'], description: 'New tickets' },
  },
}
