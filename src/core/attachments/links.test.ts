import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Link, openLinks } from './links.ts'

const links = openLinks([randomBytes(32)], () => 'https://desk.example', 2)
const HOUR_MS = 3_600_000

function linkIn(url: string): Link {
  const { pathname, searchParams } = new URL(url)
  const [, , tenantId = '', id = ''] = pathname.split('/')
  return { tenantId, id, expires: searchParams.get('expires') ?? '', signature: searchParams.get('signature') ?? '' }
}

test('a link is good for the hours that were set and at most one more, and then never again', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), (made) => {
      const link = linkIn(links.to({ tenantId: randomUUID(), id: randomUUID() }, made.toISOString()))
      const after = (milliseconds: number): Date => new Date(made.getTime() + milliseconds)
      assert.ok(links.accepts(link, after(0)))
      assert.ok(links.accepts(link, after(2 * HOUR_MS - 1)))
      assert.ok(!links.accepts(link, after(3 * HOUR_MS)))
      assert.ok(!links.accepts(link, after(1_000 * HOUR_MS)))
    }),
  )
})

test('a link with anything else in it, or of another key, is none', () => {
  const now = new Date('2026-01-15T10:00:00.000Z')
  const link = linkIn(links.to({ tenantId: randomUUID(), id: randomUUID() }, now.toISOString()))
  assert.ok(links.accepts(link, now))
  const others: Partial<Link>[] = [
    { tenantId: randomUUID() },
    { id: randomUUID() },
    { expires: String(Number(link.expires) + 1) },
    { expires: `0${link.expires}` },
    { expires: `${link.expires}.0` },
    { expires: '' },
    { signature: '' },
    { signature: `${link.signature}=` },
    { signature: ` ${link.signature}` },
    { signature: link.signature.toLowerCase() === link.signature ? 'x' : link.signature.toLowerCase() },
    { tenantId: link.id, id: link.tenantId },
  ]
  for (const other of others) assert.ok(!links.accepts({ ...link, ...other }, now), JSON.stringify(other))
  assert.ok(!openLinks([randomBytes(32)], () => '', 2).accepts(link, now))
})

test('within an hour a file has one address', () => {
  const file = { tenantId: randomUUID(), id: randomUUID() }
  assert.equal(links.to(file, '2026-01-15T10:00:01.000Z'), links.to(file, '2026-01-15T10:59:59.000Z'))
  assert.notEqual(links.to(file, '2026-01-15T10:59:59.000Z'), links.to(file, '2026-01-15T11:00:01.000Z'))
})

test('a link outlives the key that signed it for as long as that one is accepted', () => {
  const [former, current] = [randomBytes(32), randomBytes(32)]
  const now = new Date('2026-03-01T10:20:00Z')
  const link = linkIn(
    openLinks([former], () => 'https://desk.example', 2).to(
      { tenantId: randomUUID(), id: randomUUID() },
      now.toISOString(),
    ),
  )
  assert.ok(openLinks([current, former], () => '', 2).accepts(link, now))
  assert.ok(!openLinks([current], () => '', 2).accepts(link, now))
})
