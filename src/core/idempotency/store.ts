import { Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import type { Store } from '../../storage/store.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import type { Instant } from '../instant.ts'
import { OutcomeRow } from '../tickets/rows.ts'

const FIND = statement(
  'claim.find',
  Type.Object({ fingerprint: Type.String(), result: Type.Union([OutcomeRow, Type.Null()]) }),
  `select c.fingerprint, r.result
from claims c left join claim_results r on r.tenant_id = $1 and r.credential_id = c.credential_id and r.key = c.key
where c.tenant_id = $1 and c.credential_id = $2 and c.key = $3`,
)

/**
 * What a call with this idempotency key was answered before; undefined when the key is new or none was given.
 *
 * Asked before anything is judged, because what was right the first time may be refused by now.
 *
 * @throws Refusal `idempotency_mismatch` when the key was used for another request, `not_found` when what was answered
 * then has been erased.
 */
export async function earlierResult(ctx: Context): Promise<OutcomeRow | undefined> {
  if (ctx.idempotency === null) return undefined
  const values = [ctx.tenant.id, ctx.actor.credential.id, ctx.idempotency.key]
  const [row] = await ctx.store.run({ statement: FIND, values })
  if (!row) return undefined
  if (row.fingerprint !== ctx.idempotency.fingerprint) refuse({ code: 'idempotency_mismatch' })
  if (row.result === null) refuse({ code: 'not_found', missing: 'ticket' })
  return row.result
}

/** Forgets up to `$3` claims of a tenant made before `$2`, with their results. */
const PURGE = statement(
  'claim.purge',
  Type.Object({ key: Type.String() }),
  `
with old as (
  select c.credential_id, c.key from claims c where c.tenant_id = $1 and c.created_at < $2 order by c.created_at limit $3
),
results as (
  delete from claim_results r using old o where r.tenant_id = $1 and r.credential_id = o.credential_id and r.key = o.key
)
delete from claims c using old o where c.tenant_id = $1 and c.credential_id = o.credential_id and c.key = o.key
returning c.key`,
)

/** Claims that one statement forgets at the most, so that none holds its locks for long. */
const PURGE_CHUNK = 1_000

/** Forgets a tenant's claims made before a time. @returns how many. */
export async function purgeClaims(store: Pick<Store, 'run'>, tenantId: string, before: Instant): Promise<number> {
  let purged = 0
  for (;;) {
    const rows = await store.run({ statement: PURGE, values: [tenantId, before, PURGE_CHUNK] })
    purged += rows.length
    if (rows.length < PURGE_CHUNK) return purged
  }
}
