import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tenant } from '../fixtures/samples.ts'
import { encodeGroups, encodePriorities, encodeStatuses, encodeSubjects, encodeTypes } from './codec.ts'

test('getSubjects lists the active topics that are offered in this dialect', () => {
  assert.deepEqual(encodeSubjects(tenant), [
    { subject_id: 1, name: 'Technical Support' },
    { subject_id: 2, name: 'Billing Issue' },
    { subject_id: 3, name: 'General Enquiry' },
  ])
})

test('the other lists hold the active records by id', () => {
  assert.deepEqual(encodeTypes(tenant).at(-1), { type_id: 3, name: 'Question' })
  assert.deepEqual(encodeStatuses(tenant)[2], { status_id: 3, name: 'On Hold' })
  assert.deepEqual(encodePriorities(tenant)[1], { priority_id: 2, name: 'Medium' })
  assert.deepEqual(encodeGroups(tenant), [
    { group_id: 1, name: 'Support' },
    { group_id: 2, name: 'Billing' },
  ])
})
