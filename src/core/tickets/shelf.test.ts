import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Tenant } from '../catalogue/tenant.ts'
import { createShelf } from './shelf.ts'

/** A snapshot is known by who it is, so these need no more. */
const snapshots = [{ id: 'a' }, { id: 'b' }] as readonly Partial<Tenant>[] as readonly Tenant[]

test('finds what was put there last for that state of the row and that snapshot, or nothing', () => {
  const action = fc.record({
    keeps: fc.boolean(),
    tenant: fc.constantFrom(...snapshots),
    id: fc.constantFrom('1', '2', '3', '4', '5'),
    stamp: fc.constantFrom('10', '11'),
    size: fc.integer({ min: 1, max: 6 }),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
      const shelf = createShelf<{ readonly nth: number; readonly size: number }>(20, ({ size }) => size)
      const latest = new Map<string, { readonly nth: number; readonly of: string }>()
      for (const [nth, { keeps, tenant, id, stamp, size }] of actions.entries()) {
        const of = `${tenant.id} ${stamp}`
        if (keeps) {
          shelf.keep(tenant, { id, stamp }, { nth, size })
          latest.set(id, { nth, of })
          continue
        }
        const found = shelf.find(tenant, { id, stamp })
        if (found === undefined) continue
        assert.deepEqual({ nth: found.nth, of }, latest.get(id))
      }
    }),
  )
})

test('what is asked for again and again stays, and what nobody asks for makes room', () => {
  const [tenant] = snapshots
  assert.ok(tenant)
  const shelf = createShelf<string>(20, (shown) => shown.length)
  shelf.keep(tenant, { id: 'often', stamp: '1' }, 'o')
  shelf.keep(tenant, { id: 'once', stamp: '1' }, 'x')
  for (let nth = 0; nth < 200; nth++) {
    shelf.keep(tenant, { id: `${nth}`, stamp: '1' }, 'f')
    assert.equal(shelf.find(tenant, { id: 'often', stamp: '1' }), 'o')
  }
  assert.equal(shelf.find(tenant, { id: 'once', stamp: '1' }), undefined)
  const left = Array.from({ length: 200 }, (_, nth) => shelf.find(tenant, { id: `${nth}`, stamp: '1' }))
  assert.ok(left.filter((shown) => shown !== undefined).length <= 20)
})
