import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore } from '../../../test/core.ts'
import { openDatabase } from '../../storage/database.ts'
import { StoreUnavailable } from '../../storage/failures.ts'
import { openStore, type Store } from '../../storage/store.ts'
import { openRateLimits, type RateLimits } from './limits.ts'
import { networkOf } from './network.ts'
import { purgeBuckets } from './purge.ts'

let core: Core
let tenantId: string
let leases = 0
let now = Date.parse('2026-01-15T10:00:00.000Z')
const clock = () => now

before(async () => {
  core = await openCore()
  tenantId = (await makeTenant(core.store)).tenant.id
})
after(() => core.close())
beforeEach(() => {
  leases = 0
  now += 60_000
})

/** The store, counting what it is asked. */
const counted: Pick<Store, 'run'> = {
  run: (bound) => {
    leases++
    return core.store.run(bound)
  },
}

/** How many of so many requests at once may pass. */
async function passed(limits: RateLimits, bucket: string, perSecond: number, requests: number): Promise<number> {
  const waits = await Promise.all(Array.from({ length: requests }, () => limits.spend(tenantId, bucket, perSecond)))
  return waits.filter((wait) => wait === 0).length
}

describe('A rate', () => {
  test('lets a second of requests pass at once, refuses the rest, and earns them back', async () => {
    const limits = openRateLimits(core.store, clock)
    const bucket = v7()
    assert.equal(await passed(limits, bucket, 10, 64), 10)
    now += 500
    assert.equal(await passed(limits, bucket, 10, 64), 5)
    now += 5_000
    assert.equal(await passed(limits, bucket, 10, 64), 10, 'a bucket holds no more than a second')
  })

  test('tells the refused to come back after a second', async () => {
    const limits = openRateLimits(core.store, clock)
    const bucket = v7()
    await passed(limits, bucket, 10, 64)
    assert.equal(await limits.spend(tenantId, bucket, 10), 1)
  })

  test('is not touched by other buckets, nor by the same name in another tenant', async () => {
    const limits = openRateLimits(core.store, clock)
    const bucket = v7()
    const other = (await makeTenant(core.store)).tenant.id
    await passed(limits, bucket, 10, 64)
    assert.equal(await passed(limits, v7(), 10, 10), 10)
    assert.equal(await limits.spend(other, bucket, 10), 0)
  })

  test('is shared by all processes, whatever the order in which they are asked', async () => {
    const step = fc.record({
      process: fc.integer({ min: 0, max: 1 }),
      requests: fc.integer({ min: 1, max: 30 }),
      pause: fc.integer({ min: 0, max: 400 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const processes = [core.store, core.otherStore].map((store) => openRateLimits(store, clock))
        const bucket = v7()
        const begun = now
        let total = 0
        for (const { process, requests, pause } of steps) {
          const limits = processes[process]
          if (limits) total += await passed(limits, bucket, 10, requests)
          // A second, what was earned since, and for each process one on credit.
          assert.ok(total <= 10 + ((now - begun) / 1_000) * 10 + 2, `${total} passed`)
          now += pause
        }
        now += 60_000
      }),
      { numRuns: 40 },
    )
  })

  test('is not refused to a client that keeps within it, through however many processes', async () => {
    const processes = [core.store, core.otherStore, core.store].map((store) => openRateLimits(store, clock))
    const bucket = v7()
    for (let nth = 0; nth < 60; nth++) {
      const wait = await processes[nth % 3]?.spend(tenantId, bucket, 10)
      assert.equal(wait, 0, `request ${nth}`)
      now += 200
    }
  })
})

describe('The store is asked', () => {
  test('never for a client that is quiet', async () => {
    const limits = openRateLimits(counted, clock)
    const bucket = v7()
    for (let nth = 0; nth < 20; nth++) {
      assert.equal(await limits.spend(tenantId, bucket, 10), 0)
      now += 1_500
    }
    assert.equal(leases, 0)
  })

  test('once in many requests by a client that is busy', async () => {
    const limits = openRateLimits(counted, clock)
    const bucket = v7()
    for (let nth = 0; nth < 2_000; nth++) {
      assert.equal(await limits.spend(tenantId, bucket, 200), 0)
      now += 6
    }
    assert.ok(leases < 60, `${leases} leases`)
  })

  test('a few times a second by a client that ignores every refusal', async () => {
    const limits = openRateLimits(counted, clock)
    const bucket = v7()
    for (let nth = 0; nth < 5_000; nth++) {
      await limits.spend(tenantId, bucket, 10)
      now += 1
    }
    assert.ok(leases <= 40, `${leases} leases`)
  })

  test('again once it is back: until then what was leased is used up, then requests are refused as unavailable', async () => {
    const nowhere = openDatabase({ connection: { host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' } })
    let away = false
    const run: Store['run'] = (bound) => (away ? openStore(nowhere) : core.store).run(bound)
    const limits = openRateLimits({ run }, clock)
    const bucket = v7()
    for (let nth = 0; nth < 16; nth++) await limits.spend(tenantId, bucket, 200)
    away = true
    let used = 0
    await assert.rejects(async () => {
      for (;;) {
        await limits.spend(tenantId, bucket, 200)
        used++
      }
    }, StoreUnavailable)
    assert.ok(used > 0)
    away = false
    assert.equal(await limits.spend(tenantId, bucket, 200), 0)
    await nowhere.close()
  })
})

describe('A bucket', () => {
  test('that a process with a wrong clock has emptied for an hour is full again after a second', async () => {
    const bucket = v7()
    const ahead = openRateLimits(core.otherStore, () => now + 3_600_000)
    await passed(ahead, bucket, 10, 30)
    const limits = openRateLimits(core.store, clock)
    await passed(limits, bucket, 10, 30)
    now += 1_000
    assert.ok((await passed(limits, bucket, 10, 30)) > 8)
  })

  test('is forgotten when nobody uses it any more, and only then', async () => {
    const limits = openRateLimits(core.store, clock)
    const [old, recent] = [v7(), v7()]
    await passed(limits, old, 10, 5)
    now += 7_200_000
    await passed(limits, recent, 10, 5)
    await purgeBuckets(core.store, tenantId, new Date(now - 3_600_000).toISOString())
    const { rows } = await core.outside.query('select name from rate_buckets where name = any($1)', [[old, recent]])
    assert.deepEqual(rows, [{ name: recent }])
  })
})

describe('An address', () => {
  test('may fail some times, is then held off, and is free again after a while', () => {
    const limits = openRateLimits(core.store, clock)
    let failures = 0
    while (limits.heldOff('192.0.2.7') === 0) {
      limits.failed('192.0.2.7')
      failures++
    }
    assert.equal(failures, 60)
    assert.equal(limits.heldOff('192.0.2.8'), 0)
    now += 1_000
    assert.equal(limits.heldOff('192.0.2.7'), 0)
  })

  test('that is held off is not so for whom it let in before, and for nobody else', () => {
    const limits = openRateLimits(core.store, clock)
    limits.passed('192.0.2.7', 'ann')
    limits.passed('2001:db8:1:2::9', 'bob')
    for (const address of ['192.0.2.7', '192.0.2.9', '2001:db8:1:2::7'])
      while (limits.heldOff(address) === 0) limits.failed(address)
    assert.equal(limits.heldOff('192.0.2.7', 'ann'), 0)
    assert.equal(limits.heldOff('2001:db8:1:2::5', 'bob'), 0, 'from anywhere in its network')
    assert.equal(limits.heldOff('192.0.2.7', 'bob'), 1)
    assert.equal(limits.heldOff('192.0.2.9', 'ann'), 1, 'let in from elsewhere')
    now += 86_400_000
    while (limits.heldOff('192.0.2.7') === 0) limits.failed('192.0.2.7')
    assert.equal(limits.heldOff('192.0.2.7', 'ann'), 1, 'a day later')
  })

  test('is a whole network in IPv6, and the IPv4 address that an IPv6 one stands for', () => {
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::9'))
    assert.notEqual(networkOf('2001:db8:1:2::9'), networkOf('2001:db8:1:3::9'))
    assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7')
    assert.equal(networkOf('192.0.2.7'), '192.0.2.7')
    assert.equal(networkOf('no address'), 'no address')
  })

  test('is the same from every port, and behind every translator', () => {
    for (const spelling of ['192.0.2.7:40001', '[192.0.2.7]:40002', '64:ff9b::192.0.2.7', '2002:c000:207::1'])
      assert.equal(networkOf(spelling), '192.0.2.7', spelling)
    assert.equal(networkOf('[2001:db8:1:2::9]:4000'), networkOf('2001:db8:1:2::8'))
    // Everybody may choose the lower half of an address, so it makes nobody somebody else.
    assert.equal(networkOf('2001:db8:1:2::5efe:192.0.2.7'), networkOf('2001:db8:1:2::9'))
  })
})
