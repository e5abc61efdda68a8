import type { Examples } from '../examples.ts'

const ACCOUNT = { accountID: '{MOOV_ACCOUNT_ID}' }
const WEBHOOK = {
  url: 'https://example.com/moov',
  description: 'Tickets',
  status: 'enabled',
  eventTypes: ['ticket.created'],
}

export const examples: Examples = {
  listAccounts: { query: { count: '20' } },
  getAccount: { params: ACCOUNT },
  createTicket: {
    params: ACCOUNT,
    body: {
      title: 'Where is my payout?',
      body: '<p>It should have come on Monday.</p>',
      contact: { email: 'pat@example.com', name: 'Pat' },
      author: 'Pat from the shop',
      foreignID: 'payout-17',
    },
  },
  listTickets: { params: ACCOUNT, query: { status: 'new', count: '20' } },
  getTicket: { params: ACCOUNT },
  updateTicket: { params: ACCOUNT, body: { status: 'closed' } },
  updateTicketAsPrinted: { params: ACCOUNT, body: { status: 'closed' } },
  listTicketMessages: { params: ACCOUNT },
  createWebhook: { body: WEBHOOK },
  updateWebhook: { body: { ...WEBHOOK, status: 'disabled' } },
}
