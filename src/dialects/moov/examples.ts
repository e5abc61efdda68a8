import { type Examples, REVOCATIONS } from '../examples.ts'

const ACCOUNT = { accountID: '{MOOV_ACCOUNT_ID}' }
const TICKET = { accountID: '{MOOV_CONNECTED_ACCOUNT_ID}', ticketID: '{SAMPLE_TICKET_ID}' }
const OWN_WEBHOOK = { params: { webhookID: '{SAMPLE_MOOV_WEBHOOK_ID}' } }
const WEBHOOK = {
  url: 'https://example.com/moov',
  description: 'Tickets',
  status: 'disabled',
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
  getTicket: { params: TICKET },
  updateTicket: { params: TICKET, body: { status: 'closed' } },
  updateTicketAsPrinted: { params: TICKET, body: { status: 'closed' } },
  listTicketMessages: { params: TICKET },
  createWebhook: { body: WEBHOOK },
  getWebhook: OWN_WEBHOOK,
  updateWebhook: { ...OWN_WEBHOOK, body: WEBHOOK },
  disableWebhook: OWN_WEBHOOK,
  pingWebhook: OWN_WEBHOOK,
  getWebhookSecret: OWN_WEBHOOK,
  createAccessToken: {
    body: { grant_type: 'client_credentials', scope: '/accounts/{MOOV_ACCOUNT_ID}/tickets.read /ping.read' },
  },
  ...REVOCATIONS,
}
