import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import created from '../fixtures/create-ticket.json' with { type: 'json' }
import changed from '../fixtures/update-status.json' with { type: 'json' }
import { ChangeAnswer, CreateBody, TicketAnswer } from './schema.ts'

/** The names of all fields of a value, as dotted paths; list items have no name of their own. */
function fieldsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsIn(item, path))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, each]) => fieldsIn(each, path ? `${path}.${name}` : name))
}

function fieldsOf(schema: TSchema, path = ''): string[] {
  if ('anyOf' in schema) return (schema.anyOf as TSchema[]).flatMap((each) => fieldsOf(each, path))
  if ('items' in schema) return fieldsOf(schema.items as TSchema, path)
  if (!('properties' in schema)) return 'type' in schema && schema.type === 'null' ? [] : [path]
  const properties = Object.entries(schema.properties as Record<string, TSchema>)
  return properties.flatMap(([name, each]) => fieldsOf(each, path ? `${path}.${name}` : name))
}

/** What is in one list only, without repeats. */
const without = (some: string[], others: string[]) => [...new Set(some)].filter((each) => !others.includes(each)).sort()

const user = (path: string) =>
  ['id', 'photoUrl', 'blocked', 'email', 'name', 'surname', 'phoneNumber'].map((name) => `${path}.${name}`)

test('the vendor’s example of a create is a valid request', () => {
  assert.ok(Value.Check(CreateBody, created.request.body))
})

test('a created ticket is answered with the fields of the vendor’s example and the documented later ones', () => {
  const ours = fieldsOf(TicketAnswer)
  const theirs = fieldsIn(created.response.body)
  assert.deepEqual(without(theirs, ours), [])
  assert.deepEqual(
    without(ours, theirs),
    [
      // The older reference shows only the key of an attachment.
      ...['mime', 'name', 'size', 'url', 'width', 'height'].map((name) => `activities.data.attachments.${name}`),
      'activities.data.type',
      'activities.data.previousAttributes.type',
      'activities.data.userRefAssignee',
      'activities.data.previousAttributes.userRefAssignee',
      ...user('activities.data.userAssignee'),
      ...user('activities.data.previousAttributes.userAssignee'),
      'activities.lemAI.name',
      'activities.lemAI.photoUrl',
      'ticket.statusUpdateDate',
      'ticket.userRefAssignee',
      'ticket.userRequester.blocked',
      'ticket.userAssignee.blocked',
    ].sort(),
  )
})

test('a changed ticket is answered with the fields of the vendor’s example and the documented later ones', () => {
  const ours = fieldsOf(ChangeAnswer)
  const theirs = fieldsIn(changed.response.body)
  assert.deepEqual(without(theirs, ours), [])
  assert.deepEqual(
    without(ours, theirs),
    [
      'activity.type',
      'activity.data.status',
      'activity.data.previousAttributes.status',
      'activity.data.type',
      'activity.data.previousAttributes.type',
      'activity.data.userRefAssignee',
      'activity.data.previousAttributes.userRefAssignee',
      ...user('activity.data.userAssignee'),
      ...user('activity.data.previousAttributes.userAssignee'),
      'ticket.status',
      'ticket.type',
      'ticket.userRefAssignee',
      'ticket.userRequester.about',
      'ticket.userAssignee.about',
    ].sort(),
  )
})
