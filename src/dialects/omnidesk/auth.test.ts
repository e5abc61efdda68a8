import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presentedKey } from './auth.ts'

const key = (headers: Record<string, string>, query: object = {}): string | null => presentedKey({ headers, query })

test('a key is taken from the Authorization header, the header apiKey or the query', () => {
  assert.equal(key({ authorization: 'apikey one' }), 'one')
  assert.equal(key({ authorization: 'ApiKey  one' }), 'one')
  assert.equal(key({ apikey: 'two' }), 'two')
  assert.equal(key({}, { apiKey: 'three' }), 'three')
  assert.equal(key({}, { apikey: 'three' }), 'three')
})

test('of several keys the first way counts, also when a later one might do', () => {
  assert.equal(key({ authorization: 'apikey one', apikey: 'two' }, { apiKey: 'three' }), 'one')
  assert.equal(key({ apikey: 'two' }, { apiKey: 'three' }), 'two')
  assert.equal(key({}, { apiKey: ['three', 'four'] }), 'three')
})

test('another Authorization scheme leaves the other ways open', () => {
  assert.equal(key({ authorization: 'Bearer one' }), null)
  assert.equal(key({ authorization: 'Basic b25l', apikey: 'two' }), 'two')
  assert.equal(key({ authorization: 'apikey' }, { apiKey: 'three' }), 'three')
})

test('a key without a scheme counts where no other way has one', () => {
  assert.equal(key({ authorization: 'one' }), 'one')
  assert.equal(key({ authorization: 'one', apikey: 'two' }), 'two')
  assert.equal(key({ authorization: 'one two' }), null)
})

test('nothing presented is no key', () => {
  assert.equal(key({}), null)
  assert.equal(key({ apikey: '' }, { apiKey: '' }), null)
  assert.equal(key({}, { apiKey: [] }), null)
})
