import { type Static, type TObject, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement, type TypedStatement } from '../../storage/statement.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Administration } from '../context.ts'
import { Refusal, refuse } from '../errors.ts'
import { isSameRequest } from './key.ts'

/** By what a command finds what it kept of a call before, in its own form: no other room reads it. */
export type Kept<Earlier> = TypedStatement<
  { readonly tenant_id: string; readonly claimant_id: string; readonly key: string },
  { readonly fingerprint: string; readonly result: Earlier | null }
>

/** Declares what calls of one kind keep of their results. Whatever else is kept, such as by other kinds, is not looked at. */
export function kept<S extends TObject>(name: string, result: S): Kept<Static<S>> {
  return statement(
    name,
    {
      takes: { tenant_id: Sql.uuid, claimant_id: Sql.uuid, key: Sql.text },
      row: Type.Object({ fingerprint: Type.String(), result: Type.Union([result, Type.Null()]) }),
    },
    `select c.fingerprint, r.result
from claims c left join claim_results r on r.tenant_id = :tenant_id and r.credential_id = c.credential_id and r.key = c.key
where c.tenant_id = :tenant_id and c.credential_id = :claimant_id and c.key = :key`,
  )
}

/** For calls that are answered with nothing: it is enough that they were made. */
export const CALL_KEPT = kept('claim.find', Type.Object({}))

/** Whose call it is, and its key. */
type Keyed = Pick<Administration, 'store' | 'actor' | 'idempotency'> & { readonly tenant: Pick<Tenant, 'id'> }

/**
 * What a call with this idempotency key was answered before; undefined when the key is new or none was given.
 *
 * Asked before anything is judged, because what was right the first time may be refused by now.
 *
 * @throws Refusal `idempotency_mismatch` when the key was used for another request, `not_found` when what was answered
 * then has been erased.
 */
export async function earlierResult<Earlier>(ctx: Keyed, kept: Kept<Earlier>): Promise<Earlier | undefined> {
  if (!ctx.idempotency || ctx.actor === null) return undefined
  const { claimant, key } = ctx.idempotency
  const [row] = await ctx.store.run(kept.with({ tenant_id: ctx.tenant.id, claimant_id: claimant, key }))
  if (!row) return undefined
  if (!isSameRequest(ctx.idempotency, row.fingerprint)) refuse({ code: 'idempotency_mismatch' })
  if (row.result === null) refuse({ code: 'not_found', missing: 'ticket' })
  return row.result
}

/** Does `work`. When it is refused, an earlier answer still stands: what was right the first time may be refused by now. */
export async function orEarlier<Result, Earlier>(
  ctx: Keyed,
  kept: Kept<Earlier>,
  work: () => Promise<Result>,
  again: (earlier: Earlier) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const earlier = error instanceof Refusal ? await earlierResult(ctx, kept) : undefined
    if (earlier) return again(earlier)
    throw error
  }
}

/** Twins settle within one or two rounds. */
const ROUNDS = 5

/**
 * Does `work` unless a call with its key did so before, and answers that call's result `again`. Twins take turns, so that
 * what cannot be in the statement, such as a request to an endpoint, is done once by them too.
 *
 * @param work undefined when nothing came of it, because a twin was faster.
 */
export async function once<Result, Earlier>(
  ctx: Keyed,
  kept: Kept<Earlier>,
  work: () => Promise<Result | undefined>,
  again: (earlier: Earlier) => Result | Promise<Result>,
): Promise<Result> {
  const line = ctx.idempotency ? [`key ${ctx.tenant.id} ${ctx.idempotency.claimant} ${ctx.idempotency.key}`] : []
  return ctx.store.inTurn(line, async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const earlier = await earlierResult(ctx, kept)
      if (earlier) return again(earlier)
      const result = await orEarlier(ctx, kept, work, again)
      if (result !== undefined) return result
    }
    return refuse({ code: 'conflict', message: 'Others kept changing the same at the same time. Try again.' })
  })
}

/** Forgets claims of a tenant made before a time, with their results. */
export const PURGE = statement(
  'claim.purge',
  {
    takes: { tenant_id: Sql.uuid, before: Sql.timestamptz, limit: Sql.bigint },
    row: Type.Object({ key: Type.String() }),
  },
  `
with old as (
  select c.credential_id, c.key from claims c where c.tenant_id = :tenant_id and c.created_at < :before order by c.created_at limit :limit
),
results as (
  delete from claim_results r using old o where r.tenant_id = :tenant_id and r.credential_id = o.credential_id and r.key = o.key
)
delete from claims c using old o where c.tenant_id = :tenant_id and c.credential_id = o.credential_id and c.key = o.key
returning c.key`,
)

/** Claims that one statement forgets at the most, so that none holds its locks for long. */
