import { type Example, type Examples, FILE, REVOCATIONS } from '../examples.ts'

const inNetwork = (example: Example): Example => ({
  ...example,
  headers: { 'spacebring-network-id': '{SPACEBRING_NETWORK_ID}' },
})
const TICKET = { params: { id: '{SAMPLE_TICKET_ID}' } }

export const examples: Examples = {
  createTicket: inNetwork({
    body: {
      ticket: {
        locationRef: '{SPACEBRING_LOCATION_ID}',
        type: 'access',
        text: 'My key does not open the door.',
        userRefRequester: '{SPACEBRING_USER_ID}',
      },
    },
  }),
  retrieveTickets: inNetwork({ query: { locationRef: '{SPACEBRING_LOCATION_ID}', limit: '10' } }),
  retrieveTicket: inNetwork(TICKET),
  updateTicketStatus: inNetwork({ ...TICKET, body: { ticket: { status: 'solved' } } }),
  updateTicketAssignee: inNetwork({ ...TICKET, body: { ticket: { userRefAssignee: '{SPACEBRING_ADMIN_USER_ID}' } } }),
  updateTicketType: inNetwork({ ...TICKET, body: { ticket: { type: 'other' } } }),
  createTicketComment: inNetwork({
    body: { activity: { ticketRef: '{SAMPLE_TICKET_ID}', text: 'A locksmith comes at noon.' } },
  }),
  deleteTicketComment: inNetwork({ params: { id: '{SAMPLE_COMMENT_ID}' } }),
  uploadAttachment: inNetwork({ body: { file: FILE } }),
  getNetworks: inNetwork({}),
  getLocations: inNetwork({}),
  getLocation: inNetwork({ params: { locationId: '{SPACEBRING_LOCATION_ID}' } }),
  getMemberships: inNetwork({ query: { locationRef: '{SPACEBRING_LOCATION_ID}', limit: '10' } }),
  getMembership: inNetwork({ params: { id: '{SAMPLE_MEMBERSHIP_ID}' } }),
  authorize: {
    query: { client_id: '{SPACEBRING_CLIENT_ID}', response_type: 'code', scope: 'support', state: 'anything' },
  },
  decide: {
    body: {
      request: '$AUTHORIZE_REQUEST',
      decision: 'allow',
      email: '{CONSOLE_EMAIL}',
      password: '{CONSOLE_PASSWORD}',
    },
  },
  createAccessToken: { body: { grant_type: 'authorization_code', code: '$AUTHORIZE_CODE' } },
  ...REVOCATIONS,
}
