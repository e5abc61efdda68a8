import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Issue, Refusal } from '../../../core/errors.ts'
import { actor, tenant } from '../fixtures/samples.ts'
import { decodeBatch } from './batch.ts'

const caller = { tenant, actor }

function steps(...actions: readonly (readonly [string, unknown])[]) {
  return decodeBatch(
    { TicketIDs: '1, 2', actions: actions.map(([actionType, value]) => ({ actionType, value })) },
    caller,
  ).steps
}

function refusedAt(path: Issue['path'], call: () => unknown): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Refusal && error.error.code === 'invalid')
    assert.deepEqual(error.error.issues[0]?.path, path)
    return true
  })
}

test('each action is a change of its own, in the order of the call', () => {
  assert.deepEqual(
    steps(
      ['status', 'holding'],
      ['priority', 'medium'],
      ['assignedGroupID', '10003'],
      ['assignedGroupID', 0],
      ['assignedUserID', '42'],
      ['brandID', 2],
      ['formID', '4'],
      ['formID', ''],
      ['title', ''],
      ['externalPrimaryID', 'C-1'],
      ['unlinkCustomer', undefined],
      ['addTag', ' vip '],
      ['removeTag', 'old'],
      ['note', 'Called back'],
    ),
    [
      { change: { status: { to: 'on_hold' } } },
      { change: { priority: 'normal' } },
      { change: { groupId: 'group-1' } },
      { change: { groupId: null } },
      { assignedUserID: 42 },
      { change: { deskId: 'desk-2' } },
      { change: { formId: 4 } },
      { change: { formId: null } },
      { change: { title: '' } },
      { externalPrimaryID: 'C-1', index: 9 },
      { change: { requesterId: null } },
      { change: { addTags: ['vip'] } },
      { change: { removeTags: ['old'] } },
      { change: { message: { visibility: 'internal', format: 'text', text: 'Called back' } } },
    ],
  )
})

test('an action type is known by its other names, without case and underscores', () => {
  const same = (value: unknown, ...names: string[]): void => {
    const [first, ...others] = names.map((name) => steps([name, value]))
    for (const other of others) assert.deepEqual(other, first)
  }
  same('open', 'status', 'setStatus', 'SET_STATUS', 'setstatus')
  same('low', 'priority', 'setPriority')
  same(0, 'assignedGroupID', 'assigned_group_id', 'assignGroup', 'group', 'Assigned_Group_ID')
  same(0, 'assignedUserID', 'assigned_user_id', 'assignUser', 'user')
  same(1, 'brandID', 'brand_id', 'brand')
  same(4, 'formID', 'form_id', 'form')
  same('x', 'title', 'setTitle')
  same('x', 'externalPrimaryID', 'linkCustomer')
  same(null, 'unlinkCustomer', 'unlinkCustomerFromTicket')
  same('x', 'addTag', 'tag', 'add_tag')
  same('x', 'removeTag', 'untag')
  same('x', 'note', 'addNote')
})

test('an unknown action type and a value that does not fit are refused where they are', () => {
  refusedAt(['actions', 1, 'actionType'], () => steps(['status', 'open'], ['explode', 1]))
  const wrong: readonly (readonly [string, unknown])[] = [
    ['status', 'on_hold'],
    ['status', undefined],
    ['priority', 'normal'],
    ['assignedGroupID', ''],
    ['assignedUserID', 'x'],
    ['brandID', null],
    ['formID', 'x'],
    ['formID', undefined],
    ['title', 'x'.repeat(256)],
    ['title', undefined],
    ['externalPrimaryID', ''],
    ['addTag', '  '],
    ['note', {}],
  ]
  for (const each of wrong) refusedAt(['actions', 0, 'value'], () => steps(each))
})

test('a reference in an action that names nothing is refused like anywhere else', () => {
  refusedAt(['assignedGroupID'], () => steps(['group', 9]))
  refusedAt(['brandID'], () => steps(['brand', 9]))
  refusedAt(['formID'], () => steps(['form', 9]))
})

test('delete is the last action or none', () => {
  const deletes = decodeBatch(
    { TicketIDs: '1', actions: [{ actionType: 'note', value: 'bye' }, { actionType: 'delete' }] },
    caller,
  )
  assert.equal(deletes.thenDelete, true)
  assert.equal(deletes.steps.length, 1)
  refusedAt(['actions'], () => steps(['delete', ''], ['status', 'open']))
  refusedAt(['actions'], () => steps(['deleteTicket', ''], ['delete', '']))
})

test('ids come under either name, as text or list; they and an action are required', () => {
  const actions = [{ actionType: 'status', value: 'open' }]
  assert.deepEqual(decodeBatch({ TicketIDs: '3, 1,1 2,', actions }, caller).ids, [3, 1, 2])
  assert.deepEqual(decodeBatch({ ticketIDs: [3, '1'], actions }, caller).ids, [3, 1])
  refusedAt(['TicketIDs'], () => decodeBatch({ actions }, caller))
  refusedAt(['TicketIDs'], () => decodeBatch({ TicketIDs: ' ,', actions }, caller))
  refusedAt(['actions'], () => decodeBatch({ TicketIDs: '1' }, caller))
  refusedAt(['actions'], () => decodeBatch({ TicketIDs: '1', actions: [] }, caller))
})
