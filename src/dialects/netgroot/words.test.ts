import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Status } from '../../core/words.ts'
import { PRIORITIES, STATUSES } from '../../core/words.ts'
import { tenant } from './fixtures/samples.ts'
import { priorityWord, statusesMeant, statusLabels, statusWord } from './words.ts'

test('each status and priority of a fresh install shows by the documented name', () => {
  const statuses = STATUSES.map((status) => statusWord(tenant, status))
  assert.deepEqual(
    statuses.map(({ id, name }) => `${id}: ${name}`),
    ['1: Open', '2: In Progress', '3: On Hold', '3: On Hold', '4: Resolved', '5: Closed'],
  )
  const priorities = PRIORITIES.map((priority) => priorityWord(tenant, priority))
  assert.deepEqual(
    priorities.map(({ id, name }) => `${id}: ${name}`),
    ['1: Low', '2: Medium', '3: High', '4: Urgent'],
  )
})

test('of several labels for a status the lowest active one shows it', () => {
  const relabelled = {
    ...tenant,
    statusLabels: [
      { id: 1, name: 'Open', status: 'new', active: false },
      { id: 6, name: 'Received', status: 'new', active: true },
      { id: 7, name: 'Arrived', status: 'new', active: true },
    ] as const,
  }
  assert.equal(statusWord(relabelled, 'new').name, 'Received')
  assert.equal(statusWord(relabelled, 'solved').name, 'Resolved')
})

test('what the catalogue calls a new ticket is Open here, and a name that a tenant gave is shown as it is', () => {
  const named = (name: string) => ({ ...tenant, statusLabels: [{ id: 1, name, status: 'new', active: true }] as const })
  assert.equal(statusWord(named('New'), 'new').name, 'Open')
  assert.equal(statusWord(named('Received'), 'new').name, 'Received')
  assert.deepEqual(statusLabels(named('New')), [{ id: 1, name: 'Open', status: 'new', active: true }])
})

test('On Hold means both kinds of waiting', () => {
  const onHold = tenant.statusLabels.find((each) => each.name === 'On Hold')
  assert.ok(onHold)
  assert.deepEqual(statusesMeant(tenant, onHold), ['pending', 'on_hold'])
})

const anyLabels = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 20 }),
    name: fc.string(),
    status: fc.constantFrom<Status>(...STATUSES),
    active: fc.boolean(),
  }),
  { selector: (label) => label.id },
)

test('whatever the labels are, a filter by the shown label finds the ticket, and writing a label is understood as it', () => {
  fc.assert(
    fc.property(anyLabels, fc.constantFrom<Status>(...STATUSES), (labels, status) => {
      const relabelled = { ...tenant, statusLabels: labels.toSorted((a, b) => a.id - b.id) }
      const shown = relabelled.statusLabels.find((each) => each === statusWord(relabelled, status))
      if (shown) assert.ok(statusesMeant(relabelled, shown).includes(status))
      for (const label of labels) assert.ok(statusesMeant(relabelled, label).includes(label.status))
    }),
  )
})
