import { Type } from 'typebox'
import { StoreFull } from '../../storage/failures.ts'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import type { Store } from '../../storage/store.ts'

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
  `greatest(:now::bigint, greatest(:now::bigint, least(${spentUntil}, :now::bigint + ${MICROSECONDS})) + :owed::integer * :interval::bigint)`

const granted = (spentUntil: string): string =>
  `greatest(0, least(:wanted::bigint, (:now::bigint + :full::integer * :interval::bigint - ${charged(spentUntil)}) / :interval::bigint))`

/**
 * Leases tokens of one bucket in one atomic step. The bucket is a point in time that moves ahead with each token (the
 * generic cell rate algorithm of ATM Forum 4.0), so nothing has to fill it.
 */
const LEASE = statement(
  'rate.lease',
  {
    takes: {
      tenant_id: Sql.uuid,
      bucket: Sql.text,
      /** Times are in microseconds. */
      now: Sql.bigint,
      /** The time to earn one token. */
      interval: Sql.bigint,
      /** Tokens of a full bucket. */
      full: Sql.integer,
      wanted: Sql.bigint,
      owed: Sql.integer,
    },
    row: Type.Object({ granted: Type.Integer() }),
  },
  `
insert into rate_buckets as b (tenant_id, name, spent_until, granted)
values (:tenant_id, :bucket, ${charged('0')} + ${granted('0')} * :interval::bigint, ${granted('0')})
on conflict (tenant_id, name) do update set
  spent_until = ${charged('b.spent_until')} + ${granted('b.spent_until')} * :interval::bigint,
  granted = ${granted('b.spent_until')}
where b.tenant_id = :tenant_id
returning b.granted`,
)

/**
 * @returns how many of the wanted tokens it got. While the disk is full all: only reads are served then, and those must
 * not wait for a bucket that cannot be written.
 */
export async function leaseTokens(store: Pick<Store, 'run'>, request: LeaseRequest): Promise<number> {
  const { tenantId, bucket, perSecond, wanted, owed, now } = request
  const interval = Math.ceil(MICROSECONDS / perSecond)
  const times = { now: Math.round(now * 1_000), interval }
  const lease = LEASE.with({ tenant_id: tenantId, bucket, ...times, full: perSecond, wanted, owed })
  const [row] = await store.run(lease).catch((error: unknown) => {
    if (error instanceof StoreFull) return [{ granted: wanted }]
    throw error
  })
  if (!row) throw new Error('A lease returned nothing.')
  return row.granted
}

/** Forgets a tenant's buckets that were full before a time, in microseconds. */
export const PURGE = statement(
  'rate.purge',
  { takes: { tenant_id: Sql.uuid, before: Sql.bigint }, row: Type.Object({ name: Type.String() }) },
  'delete from rate_buckets b where b.tenant_id = :tenant_id and b.spent_until < :before returning b.name',
)
