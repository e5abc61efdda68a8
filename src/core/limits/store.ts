import { Type } from 'typebox'
import { StoreFull } from '../../storage/failures.ts'
import { statement } from '../../storage/statement.ts'
import type { Store } from '../../storage/store.ts'
import type { Instant } from '../instant.ts'

/** What a process asks of a bucket. A bucket holds as many tokens as it earns in a second. */
export interface LeaseRequest {
  readonly tenantId: string
  readonly bucket: string
  readonly perSecond: number
  /** Tokens for requests to come; it may get fewer. */
  readonly wanted: number
  /** Tokens used before they were leased; less than zero gives back what a former lease left. */
  readonly owed: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

const MICROSECONDS = 1_000_000

/**
 * When a bucket will have earned what was leased, once what is owed is charged. A bucket never counts as more than empty
 * at first: whatever a process with a wrong clock left there, a second heals it.
 */
const charged = (spentUntil: string): string =>
  `greatest($3::bigint, greatest($3::bigint, least(${spentUntil}, $3::bigint + ${MICROSECONDS})) + $7::integer * $4::bigint)`

const granted = (spentUntil: string): string =>
  `greatest(0, least($6::bigint, ($3::bigint + $5::integer * $4::bigint - ${charged(spentUntil)}) / $4::bigint))`

/**
 * Leases tokens of one bucket in one atomic step: `$2` its name, `$3` now and `$4` the time to earn one token, both in
 * microseconds, `$5` tokens of a full bucket, `$6` wanted, `$7` owed. The bucket is a point in time that moves ahead
 * with each token (the generic cell rate algorithm of ATM Forum 4.0), so nothing has to fill it.
 */
const LEASE = statement(
  'rate.lease',
  Type.Object({ granted: Type.Integer() }),
  `
insert into rate_buckets as b (tenant_id, name, spent_until, granted)
values ($1, $2, ${charged('0')} + ${granted('0')} * $4::bigint, ${granted('0')})
on conflict (tenant_id, name) do update set
  spent_until = ${charged('b.spent_until')} + ${granted('b.spent_until')} * $4::bigint,
  granted = ${granted('b.spent_until')}
where b.tenant_id = $1
returning b.granted`,
)

/**
 * @returns how many of the wanted tokens it got. While the disk is full all: only reads are served then, and those must
 * not wait for a bucket that cannot be written.
 */
export async function leaseTokens(store: Pick<Store, 'run'>, request: LeaseRequest): Promise<number> {
  const { tenantId, bucket, perSecond, wanted, owed, now } = request
  const interval = Math.ceil(MICROSECONDS / perSecond)
  const values = [tenantId, bucket, Math.round(now * 1_000), interval, perSecond, wanted, owed]
  const [row] = await store.run({ statement: LEASE, values }).catch((error: unknown) => {
    if (error instanceof StoreFull) return [{ granted: wanted }]
    throw error
  })
  if (!row) throw new Error('A lease returned nothing.')
  return row.granted
}

/** Forgets a tenant's buckets that were full before `$2`, in microseconds. */
const PURGE = statement(
  'rate.purge',
  Type.Object({ name: Type.String() }),
  'delete from rate_buckets b where b.tenant_id = $1 and b.spent_until < $2 returning b.name',
)

/** Forgets the buckets that nobody used since a time. @returns how many. */
export async function purgeBuckets(store: Pick<Store, 'run'>, tenantId: string, before: Instant): Promise<number> {
  const rows = await store.run({ statement: PURGE, values: [tenantId, Date.parse(before) * 1_000] })
  return rows.length
}
