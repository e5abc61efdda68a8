import { columnsOf, Sql } from '../../storage/sql.ts'
import type { Administration } from '../context.ts'

/**
 * The parts by which a statement of one call claims its key and keeps its result (decision 0006). It takes the call as
 * the record `call`: what it is about, and `CALL`.
 */

/** Who does it, when and how, and the key it is claimed under: what `callInput` tells. */
export const CALL = {
  actor_id: Sql.nullable(Sql.uuid),
  credential_id: Sql.nullable(Sql.uuid),
  dialect: Sql.nullable(Sql.text),
  request_id: Sql.nullable(Sql.text),
  at: Sql.timestamptz,
  event_id: Sql.uuid,
  claimant_id: Sql.nullable(Sql.uuid),
  key: Sql.nullable(Sql.text),
  fingerprint: Sql.nullable(Sql.text),
}

/**
 * The call as `input`, and once more as `accepted`.
 *
 * @param columns of the record `call`.
 * @param provided SQL behind the record `i`: without a row of it the call is none, and its key stays unused.
 */
export function claimedCall(columns: Parameters<typeof columnsOf>[0], provided = ''): string {
  return `input as materialized (
  select i.* from json_to_record(:call::json) as i (${columnsOf(columns)}) ${provided}
),
${CLAIMED}`
}

/** The input once more as `accepted`, without a row when the key was used before: the effect must come of it alone. */
export const CLAIMED = `claimed as (
  insert into claims as c (tenant_id, credential_id, key, fingerprint, created_at)
  select :tenant_id, i.claimant_id, i.key, i.fingerprint, i.at from input i where i.key is not null
  on conflict do nothing
  returning c.key
),
accepted as materialized (
  select i.* from input i where i.key is null or exists (select 1 from claimed)
)`

/** Keeps a result that shows no ticket: `shown` makes JSON of the one row `f` that a part of the statement returned. */
export function keeping(from: string, shown: string): string {
  return `kept as (
  insert into claim_results (tenant_id, credential_id, key, ticket_ids, result)
  select :tenant_id, a.claimant_id, a.key, array[]::uuid[],
    jsonb_build_object('tickets', '[]'::jsonb, 'events', '[]'::jsonb, 'messages', '[]'::jsonb) || ${shown}
  from accepted a, ${from} f where a.key is not null
)`
}

/** What a statement of one call takes: the tenant, and the call with what it is about. */
export function callValues<About extends object>(ctx: Omit<Administration, 'store'>, about: About) {
  return { tenant_id: ctx.tenant.id, call: { ...about, ...callInput(ctx) } }
}

/** What a statement of one call takes as `CALL`. */
export function callInput(ctx: Omit<Administration, 'store' | 'tenant'>) {
  return {
    actor_id: ctx.actor?.user.id ?? null,
    credential_id: ctx.actor?.credential.id ?? null,
    dialect: ctx.dialect ?? null,
    request_id: ctx.requestId ?? null,
    at: ctx.now,
    event_id: ctx.newId(),
    claimant_id: ctx.idempotency?.claimant ?? null,
    key: ctx.idempotency?.key ?? null,
    fingerprint: ctx.idempotency?.fingerprint ?? null,
  }
}
