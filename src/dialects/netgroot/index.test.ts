import assert from 'node:assert/strict'
import { test } from 'node:test'
import { netgroot } from './index.ts'

const canonicalPath = netgroot.canonicalPath ?? assert.fail('netgroot spells paths in several ways')

test('paths are found in any case and with a slash at the end', () => {
  assert.equal(canonicalPath('/api/v1/tickets/getsubjects'), '/api/v1/Tickets/getSubjects')
  assert.equal(canonicalPath('/API/V1/SUBSCRIBER/CREATETICKET/'), '/api/v1/subscriber/CreateTicket')
})

test('the two ReplyTicket paths stay apart', () => {
  assert.equal(canonicalPath('/api/v1/tickets/replyticket'), '/api/v1/Tickets/ReplyTicket')
  assert.equal(canonicalPath('/api/v1/Subscriber/replyticket'), '/api/v1/subscriber/ReplyTicket')
})

test('a path that is no route stays as it is', () => {
  assert.equal(canonicalPath('/api/v1/Tickets/getSubjects/1'), '/api/v1/Tickets/getSubjects/1')
})
