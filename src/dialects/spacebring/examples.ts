import type { Example, Examples } from '../examples.ts'

const inNetwork = (example: Example): Example => ({
  ...example,
  headers: { 'spacebring-network-id': '{SPACEBRING_NETWORK_ID}' },
})

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
  retrieveTicket: inNetwork({}),
  updateTicketStatus: inNetwork({ body: { ticket: { status: 'solved' } } }),
  updateTicketAssignee: inNetwork({ body: { ticket: { userRefAssignee: '{SPACEBRING_ADMIN_USER_ID}' } } }),
  updateTicketType: inNetwork({ body: { ticket: { type: 'other' } } }),
  createTicketComment: inNetwork({}),
  deleteTicketComment: inNetwork({}),
  getNetworks: inNetwork({}),
  getLocations: inNetwork({}),
  getLocation: inNetwork({ params: { locationId: '{SPACEBRING_LOCATION_ID}' } }),
  getMemberships: inNetwork({ query: { locationRef: '{SPACEBRING_LOCATION_ID}', limit: '10' } }),
  getMembership: inNetwork({}),
}
