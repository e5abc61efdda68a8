import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalPath, omnidesk } from './index.ts'

test('actions are found in any case and with a trailing slash', () => {
  assert.equal(canonicalPath('/api/v2/ticket/SETSTATUS'), '/api/v2/ticket/setStatus')
  assert.equal(canonicalPath('/api/v2/ticket/solveunfinishedtickets/'), '/api/v2/ticket/solveUnfinishedTickets')
  assert.equal(canonicalPath('/api/v2/ticket/'), '/api/v2/ticket')
  assert.equal(canonicalPath('/api/v2/ticket/12/'), '/api/v2/ticket/12')
  assert.equal(canonicalPath('/'), '/')
})

test('an action behind an id is found in any case too, as the guide spells purgedata, and the id stays as sent', () => {
  assert.equal(canonicalPath('/api/v2/customer/12/purgedata/'), '/api/v2/customer/12/purgeData')
  assert.equal(canonicalPath('/api/v2/Ticket/Abc'), '/api/v2/ticket/Abc')
  assert.equal(canonicalPath('/api/v2/ticket/12/Nothing'), '/api/v2/ticket/12/Nothing')
})

test('every call of the vendor Ticket page is there, with the permission that the page names', () => {
  const calls = omnidesk.routes
    .filter(({ path }) => path.startsWith('/api/v2/ticket'))
    .map(({ method, path, need }) => `${method} ${path} ${need.permission}`)
  assert.deepEqual(calls, [
    'GET /api/v2/ticket TICKET_READ',
    'POST /api/v2/ticket TICKET_CREATE',
    'GET /api/v2/ticket/:ticketID TICKET_READ',
    'PUT /api/v2/ticket/:ticketID TICKET_UPDATE',
    'DELETE /api/v2/ticket/:ticketID TICKET_DELETE',
    'DELETE /api/v2/ticket/multi TICKET_DELETE',
    'POST /api/v2/ticket/setStatus SET_STATUS',
    'POST /api/v2/ticket/setPriority TICKET_UPDATE',
    'POST /api/v2/ticket/unlinkCustomerFromTicket TICKET_UPDATE',
    'POST /api/v2/ticket/batch TICKET_BATCH',
    'PUT /api/v2/ticket/solveUnfinishedTickets SET_STATUS',
  ])
})
