import { type Static, Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import type { Store } from '../../storage/store.ts'
import { Refusal, refuse } from '../errors.ts'
import type { Instant } from '../instant.ts'
import { OutcomeRow, Progress } from '../tickets/rows.ts'
import { TestedRow, WebhookRow } from '../webhooks/store.ts'
import { KeptUpload } from './kept-upload.ts'
import { type IdempotencyKey, isSameRequest } from './key.ts'

/** What a claimed call kept of its result: each kind of call its own part. */
const EarlierRow = Type.Object({
  ...OutcomeRow.properties,
  /** A record of the catalogue that was added or changed; a form that was added by an older version. */
  record: Type.Optional(Type.Unknown()),
  form: Type.Optional(Type.Unknown()),
  /** A webhook as it was then; its secret as the vault sealed it, in base64. */
  webhook: Type.Optional(WebhookRow),
  sealed: Type.Optional(Type.String()),
  /** An attachment that was uploaded: its id. */
  attachment: Type.Optional(Type.String()),
  /** The same as it was; an older version kept the id alone. */
  upload: Type.Optional(KeptUpload),
  /** How many deliveries were sent again. */
  replayed: Type.Optional(Type.Integer()),
  /** What a test of a webhook sent, and what came back. */
  tested: Type.Optional(TestedRow),
  /** How far a call on many tickets had come. */
  progress: Type.Optional(Progress),
})
export type EarlierRow = Static<typeof EarlierRow>

const FIND = statement(
  'claim.find',
  Type.Object({ fingerprint: Type.String(), result: Type.Union([EarlierRow, Type.Null()]) }),
  `select c.fingerprint, r.result
from claims c left join claim_results r on r.tenant_id = $1 and r.credential_id = c.credential_id and r.key = c.key
where c.tenant_id = $1 and c.credential_id = $2 and c.key = $3`,
)

/** Whose call it is, and its key. The command line is nobody's caller and has no keys. */
export interface Keyed {
  readonly store: Pick<Store, 'run' | 'inTurn'>
  readonly tenant: { readonly id: string }
  readonly actor: { readonly credential: { readonly id: string } } | null
  readonly idempotency?: IdempotencyKey | null
}

/**
 * What a call with this idempotency key was answered before; undefined when the key is new or none was given.
 *
 * Asked before anything is judged, because what was right the first time may be refused by now.
 *
 * @throws Refusal `idempotency_mismatch` when the key was used for another request, `not_found` when what was answered
 * then has been erased.
 */
export async function earlierResult(ctx: Keyed): Promise<EarlierRow | undefined> {
  if (!ctx.idempotency || ctx.actor === null) return undefined
  const values = [ctx.tenant.id, ctx.idempotency.claimant, ctx.idempotency.key]
  const [row] = await ctx.store.run({ statement: FIND, values })
  if (!row) return undefined
  if (!isSameRequest(ctx.idempotency, row.fingerprint)) refuse({ code: 'idempotency_mismatch' })
  if (row.result === null) refuse({ code: 'not_found', missing: 'ticket' })
  return row.result
}

/** Does `work`. When it is refused, an earlier answer still stands: what was right the first time may be refused by now. */
export async function orEarlier<Result>(
  ctx: Keyed,
  work: () => Promise<Result>,
  again: (earlier: EarlierRow) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const earlier = error instanceof Refusal ? await earlierResult(ctx) : undefined
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
export async function once<Result>(
  ctx: Keyed,
  work: () => Promise<Result | undefined>,
  again: (earlier: EarlierRow) => Result | Promise<Result>,
): Promise<Result> {
  const line = ctx.idempotency ? [`key ${ctx.tenant.id} ${ctx.idempotency.claimant} ${ctx.idempotency.key}`] : []
  return ctx.store.inTurn(line, async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const earlier = await earlierResult(ctx)
      if (earlier) return again(earlier)
      const result = await orEarlier(ctx, work, again)
      if (result !== undefined) return result
    }
    return refuse({ code: 'conflict', message: 'Others kept changing the same at the same time. Try again.' })
  })
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
