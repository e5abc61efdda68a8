import type { Examples } from '../examples.ts'

const TICKET = { params: { ticketID: '1' } }
const TICKETS = { ticketIDs: [1] }
/** The requester of the demo, as another system calls her there, and by her own id. */
const CUSTOMER = { externalPrimaryID: 'rosa' }
const CUSTOMER_BY_ID = { params: { customerID: '4' } }
const PAGE = { query: { itemStart: '0', itemLimit: '15' } }

export const examples: Examples = {
  postTicketIndex: {
    body: { title: 'A question', from: 'rosa@example.com', fromName: 'Rosa', direction: 'inbound' },
  },
  getTicketIndex: { query: { applyView: 'unsolved', ...PAGE.query } },
  getTicketItem: TICKET,
  putTicketItem: { ...TICKET, body: { title: 'A better title' } },
  deleteTicketItem: TICKET,
  deleteTicketMulti: { body: TICKETS },
  postTicketSetStatus: { body: { status: 'pending', ...TICKETS } },
  postTicketSetPriority: { body: { priority: 'high', ...TICKETS } },
  postTicketUnlinkCustomerFromTicket: { body: { ticketID: 1 } },
  postTicketBatch: { body: { TicketIDs: '1', actions: [{ actionType: 'addTag', value: 'door' }] } },
  putTicketSolveUnfinishedTickets: { body: TICKETS },
  postMessageIndex: { body: { ticketID: 1, type: '3', message: 'A technician comes at noon.', direction: 'outbound' } },
  getCustomerIndex: { query: { query: 'rosa', ...PAGE.query } },
  postCustomerIndex: {
    body: {
      firstname: 'Nina',
      lastname: 'New',
      primary_id: 'nina',
      channel_id: 'email',
      customer_link_channel: 'nina@example.com',
    },
  },
  putCustomerUpdateCustomer: { body: { ...CUSTOMER, firstname: 'Rosa' } },
  postCustomerAddChannelOnly: { body: { ...CUSTOMER, extra_email: 'rosa@home.example.com' } },
  deleteCustomerItemPurgeData: { body: CUSTOMER },
  deleteCustomerPurgeData: { body: CUSTOMER },
  deleteCustomerPurgeDataById: CUSTOMER_BY_ID,
  getCustomerTimelineByCustomerExternalID: { query: { brand_id: '1', external_id: CUSTOMER.externalPrimaryID } },
  postCustomerSearchByPrimaryExternalId: { body: CUSTOMER },
  getCustomerItem: CUSTOMER_BY_ID,
  getFormIndex: PAGE,
  getFormGetFormForTicket: { query: TICKET.params },
  getFormItem: { params: { formID: '1' }, query: TICKET.params },
  getBrandIndex: PAGE,
  getGroupIndex: PAGE,
  getChannelIndex: PAGE,
  getChannelItem: { params: { channelID: '13' } },
  getUserIndex: PAGE,
  getViewIndex: PAGE,
}
