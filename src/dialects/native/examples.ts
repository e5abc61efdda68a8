import { type Examples, FILE } from '../examples.ts'

const TICKET = { id: '{SAMPLE_TICKET_ID}' }
const MESSAGE = { ...TICKET, message: '{SAMPLE_COMMENT_ID}' }
const DESK = { id: '{MOOV_ACCOUNT_ID}' }
const REQUESTER = { id: '{SPACEBRING_USER_ID}' }
const WEBHOOK = { params: { id: '{SAMPLE_WEBHOOK_ID}' } }
/** The webhook that is enabled, and its deliveries. */
const SENDING = { id: '{SAMPLE_SENDING_WEBHOOK_ID}' }
const DELIVERY = { params: { ...SENDING, delivery: '{SAMPLE_DELIVERY_ID}' } }
const VIEW = { params: { id: '{SAMPLE_VIEW_ID}' } }
const FIELD = { params: { field: 'plan' } }
const REPLY = { params: { id: '{SAMPLE_SAVED_REPLY_ID}' } }
/** Chosen by whoever writes. */
const DRAFT = '0198f0a0-0000-7000-8000-000000000001'
const SCHEDULED = { params: { ...TICKET, scheduled: '{SAMPLE_SCHEDULED_ID}' } }
const MACRO = { params: { id: '{SAMPLE_MACRO_ID}' } }
const TAG = { params: { tag: 'invoice' } }
const JOB = { params: { id: '{SAMPLE_JOB_ID}' } }
const MEMBER = { params: { id: '{SAMPLE_GROUP_ID}', user: '{SPACEBRING_ADMIN_USER_ID}' } }
const CREDENTIAL = { params: { id: '{SAMPLE_CREDENTIAL_ID}' } }
const LETTER = { params: { id: '{SAMPLE_LETTER_ID}' } }
const MAIL = { params: { id: '{SAMPLE_MAIL_ID}' } }
const PAGE = { query: { limit: '10' } }

/** The records of one list of the catalogue are all handled alike. `named` is how operations call one and several. */
function catalogue(named: readonly [string, string], id: string, record: object): Examples {
  const [one, several] = named
  const params = { id }
  return {
    [`list${several}`]: PAGE,
    [`create${one}`]: { body: record },
    [`get${one}`]: { params },
    [`change${one}`]: { params, body: { active: true } },
  }
}

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
  getTicketByNumber: { params: { desk: '{MOOV_CONNECTED_ACCOUNT_ID}', number: '1' } },
  markRead: { params: TICKET },
  markUnread: { params: TICKET },
  changeTicket: { params: TICKET, body: { status: 'open', add_tags: ['urgent'], fields: { plan: 'pro' } } },
  snoozeTicket: { params: TICKET, body: { until: null } },
  wakeTicket: { params: TICKET },
  undoChange: { params: { id: '{SAMPLE_CHANGED_TICKET_ID}' }, body: {} },
  addMessage: { params: TICKET, body: { text: 'Help is on its way.', visibility: 'public' } },
  listMessages: { params: TICKET },
  getOriginalMessage: { params: MESSAGE },
  deleteMessage: { params: MESSAGE },
  listValues: { params: TICKET, query: { field: 'status' } },
  listTimeline: { params: TICKET, ...PAGE },
  mergeTicket: { params: { id: '{SAMPLE_DUPLICATE_TICKET_ID}' }, body: { into: '{SAMPLE_LASTING_TICKET_ID}' } },
  // A second time would be a conflict: by the key a repeat is answered alike.
  unmergeTicket: { params: { id: '{SAMPLE_MERGED_TICKET_ID}' }, headers: { 'Idempotency-Key': 'unmerge-the-sample' } },
  splitTicket: {
    params: { id: '{SAMPLE_LINKED_TICKET_ID}' },
    body: { message: '{SAMPLE_SPLIT_MESSAGE_ID}', title: 'The bell is silent' },
    headers: { 'Idempotency-Key': 'split-the-sample' },
  },
  listLinks: { params: { id: '{SAMPLE_LINKED_TICKET_ID}' } },
  linkTickets: { params: TICKET, body: { relation: 'parent', ticket: '{SAMPLE_LASTING_TICKET_ID}' } },
  unlinkTickets: { params: { id: '{SAMPLE_LINKED_TICKET_ID}', link: '{SAMPLE_LINK_ID}' } },
  deleteTicket: { params: TICKET },
  uploadAttachment: { body: { file: FILE } },
  downloadAttachments: { params: TICKET },
  changeTenant: { body: { name: 'Demo' } },
  ...catalogue(['Desk', 'Desks'], DESK.id, { name: 'Annex' }),
  ...catalogue(['Group', 'Groups'], '{SAMPLE_GROUP_ID}', { name: 'Night shift' }),
  ...catalogue(['Topic', 'Topics'], '1', { name: 'Deliveries', offered_in: ['netgroot'] }),
  ...catalogue(['Type', 'Types'], '1', { name: 'Idea' }),
  ...catalogue(['Form', 'Forms'], '1', { name: 'Order' }),
  ...catalogue(['StatusLabel', 'StatusLabels'], '1', { name: 'Waiting for parts', status: 'on_hold' }),
  ...catalogue(['PriorityLabel', 'PriorityLabels'], '1', { name: 'When there is time', priority: 'low' }),
  ...catalogue(['Channel', 'Channels'], '3', { name: 'Letters', kind: 'letter' }),
  listFields: PAGE,
  createField: { body: { key: 'seats', type: 'number', label: 'Seats' } },
  getField: FIELD,
  changeField: { ...FIELD, body: { label: 'Plan' } },
  createView: { body: { name: 'Printers', query: 'printer -status:solved,closed', sort: '-updated' } },
  getView: VIEW,
  changeView: { ...VIEW, body: { name: 'Urgent ones', sort: 'created' } },
  orderViews: { body: { views: ['{SAMPLE_VIEW_ID}'] } },
  pinView: VIEW,
  unpinView: VIEW,
  deleteView: VIEW,
  createSavedReply: {
    body: { name: 'Closing', text: 'Dear {{requester.name}},\n\nis all well again?', folder: 'Ends' },
  },
  listSavedReplies: { query: { ticket: TICKET.id } },
  getSavedReply: REPLY,
  changeSavedReply: { ...REPLY, body: { text: 'Dear {{requester.first_name}}, is all well again?' } },
  markSavedReplyUsed: REPLY,
  deleteSavedReply: REPLY,
  createMacro: {
    body: {
      name: 'Is it well again?',
      change: { status: 'pending', assignee: 'me', add_tags: ['asked'] },
      text: 'Dear {{requester.name}},\n\nis all well again?',
    },
  },
  listMacros: {},
  getMacro: MACRO,
  changeMacro: { ...MACRO, body: { change: { priority: 'low' }, text: null } },
  previewMacro: { ...MACRO, query: { ticket: TICKET.id } },
  runMacro: { params: TICKET, body: { macro: '{SAMPLE_MACRO_ID}' } },
  deleteMacro: MACRO,
  scheduleMessage: {
    params: TICKET,
    body: { text: 'Is it well by now?', send_at: '{SAMPLE_LATER}', unless_answered: true },
  },
  listScheduled: { params: TICKET },
  getScheduled: SCHEDULED,
  changeScheduled: { ...SCHEDULED, body: { status: 'pending' } },
  cancelScheduled: SCHEDULED,
  listDrafts: { params: TICKET },
  saveDraft: { params: { ...TICKET, draft: DRAFT }, body: { text: 'Dear all,' } },
  discardDraft: { params: { ...TICKET, draft: DRAFT } },
  createTag: { body: { name: 'warranty', colour: 'blue', description: 'Bought less than two years ago.' } },
  listTags: { query: { sort: '-tickets', limit: '10' } },
  getTag: TAG,
  changeTag: { ...TAG, body: { colour: 'green' } },
  mergeTag: { params: { tag: 'billing' }, body: { into: 'invoice' } },
  deleteTag: TAG,
  createJob: { body: { query: 'printer status:new', change: { priority: 'high', add_tags: ['printer'] } } },
  listJobs: PAGE,
  getJob: JOB,
  listJobResults: { ...JOB, query: { outcome: 'refused', limit: '10' } },
  cancelJob: JOB,
  // A second undo would be a conflict: by the key a repeat is answered alike.
  undoJob: { ...JOB, headers: { 'Idempotency-Key': 'undo-the-sample' } },
  importRecords: {
    query: { dry_run: 'true' },
    body: {
      ...{ kind: 'ticket', source: 'old-desk', id: '4711', title: 'The door is stuck', status: 'open' },
      ...{ created_at: '2024-03-01T09:00:00Z', requester: { id: '17', email: 'mona@example.com', name: 'Mona' } },
      messages: [{ id: '1', author: { id: '17' }, text: 'Since nine.', created_at: '2024-03-01T09:00:00Z' }],
    },
  },
  readReport: { params: { name: 'created' }, query: { from: '2026-01-01', zone: 'Europe/Berlin', by: 'channel' } },
  listReportTickets: { params: { name: 'created' }, query: { from: '2026-01-01', limit: '10' } },
  exportRecords: { query: { q: 'printer status:open' } },
  handOverMail: {
    query: { recipient: 'help@example.com' },
    body: 'From: Rosa <rosa@example.com>\r\nTo: help@example.com\r\nSubject: The door\r\nMessage-ID: <1@example.com>\r\n\r\nIt is stuck.\r\n',
  },
  listMail: { query: { state: 'held', limit: '10' } },
  getMail: MAIL,
  explainMail: MAIL,
  fileMail: { ...MAIL, body: { desk: '{MOOV_ACCOUNT_ID}' } },
  downloadMail: MAIL,
  listLetters: { query: { state: 'waiting,refused', limit: '10' } },
  getLetter: LETTER,
  resendLetter: LETTER,
  holdLetter: LETTER,
  listUndeliverableAddresses: { query: { address: 'rosa@example.com' } },
  clearUndeliverableAddress: { params: { id: '{SAMPLE_UNDELIVERABLE_ID}' } },
  listGroupMembers: { params: { id: '{SAMPLE_GROUP_ID}' } },
  addGroupMember: MEMBER,
  removeGroupMember: MEMBER,
  createCredential: { body: { name: 'Reports', scopes: ['ticket.read'] } },
  getCredential: CREDENTIAL,
  revokeCredential: CREDENTIAL,
  listAudit: { query: { kind: 'credential.created', limit: '10' } },
  listEvents: { query: { after: '0', limit: '10' } },
  listUsers: { query: { query: 'rosa' } },
  getUser: { params: REQUESTER },
  createUser: {
    body: {
      name: 'Nina',
      surname: 'New',
      email: 'nina@example.com',
      memberships: [{ desk: '{MOOV_ACCOUNT_ID}', role: 'customer' }],
    },
  },
  changeUser: { params: REQUESTER, body: { about: 'Prefers to be called.' } },
  eraseUser: { params: REQUESTER },
  removeMembership: { params: { ...REQUESTER, desk: '{MOOV_ACCOUNT_ID}' } },
  signIn: { body: { login: '{CONSOLE_EMAIL}', password: '{CONSOLE_PASSWORD}' } },
  changePassword: { body: { password: '{CONSOLE_PASSWORD}', new_password: 'correct horse battery' } },
  resetPassword: { body: { token: '3vN0xZ…', password: 'correct horse battery' } },
  beginSecondFactor: { body: { password: '{CONSOLE_PASSWORD}' } },
  confirmSecondFactor: { body: { code: '123456' } },
  renewRecoveryCodes: { body: { password: '{CONSOLE_PASSWORD}', code: '123456' } },
  createPasswordLink: { params: REQUESTER },
  getSecondFactorOf: { params: REQUESTER },
  resetSecondFactor: { params: REQUESTER },
  endSecondFactor: { body: { password: '{CONSOLE_PASSWORD}', code: '123456' } },
  signOut: { params: { id: 'current' } },
  listWebhooks: PAGE,
  createWebhook: {
    body: {
      url: 'https://example.com/polydesk',
      events: ['ticket.created'],
      description: 'New tickets',
      enabled: false,
    },
  },
  getWebhook: WEBHOOK,
  changeWebhook: { ...WEBHOOK, body: { description: 'All that happens', events: ['*'] } },
  deleteWebhook: WEBHOOK,
  rotateWebhookSecret: WEBHOOK,
  testWebhook: WEBHOOK,
  replayDeadDeliveries: WEBHOOK,
  sendWaitingDeliveries: { params: SENDING },
  listDeliveries: { params: SENDING, query: { state: 'waiting', limit: '10' } },
  getDelivery: DELIVERY,
  sendDelivery: DELIVERY,
  // Each changes what it is about, and would be a conflict the next time: by the key a repeat is answered alike.
  replayDelivery: {
    params: { ...SENDING, delivery: '{SAMPLE_SKIPPED_DELIVERY_ID}' },
    headers: { 'Idempotency-Key': 'replay-the-sample' },
  },
  skipDelivery: {
    params: { ...SENDING, delivery: '{SAMPLE_LATE_DELIVERY_ID}' },
    headers: { 'Idempotency-Key': 'skip-the-sample' },
  },
}
