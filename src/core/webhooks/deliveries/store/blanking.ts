import { Type } from 'typebox'
import { Sql } from '../../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../../storage/statement.ts'

/**
 * What an erasure does to deliveries. Those that were not delivered stay, because what they tell of happened; they lose
 * their payload, and are made again of what is left (`../remake.ts`), in their old order (docs/decisions/0020).
 */

const HOLD = statement(
  'webhook.hold',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ erasures: Type.Integer() }) },
  `insert into webhook_positions as p (tenant_id, position, erasures) values (:tenant_id, 0, 1)
on conflict (tenant_id) do update set erasures = p.erasures + 1
returning p.erasures`,
)

/**
 * What an erasure runs before its own statement, behind `lock`: no delivery is made of what was read before it any more,
 * and what was made before is there to be found.
 */
export function holdingDeliveries(tenantId: string, lock: BoundStatement<unknown>): BoundStatement<unknown> {
  return HOLD.with({ tenant_id: tenantId }, lock)
}

/**
 * Parts of a statement that take what was erased out of the tenant's deliveries: what was delivered goes, all else loses
 * its payload, and what receivers said to that.
 *
 * @param which SQL that is true of a delivery `d` that may hold something of it.
 */
export const blankingDeliveries = (which: string): string => `
deliveries_reached as materialized (
  -- By this look: what is delivered meanwhile is blanked.
  select d.id, d.state from webhook_deliveries d where d.tenant_id = :tenant_id and (${which})
),
deliveries_gone as (
  delete from webhook_deliveries d
  where d.tenant_id = :tenant_id and d.id = any (array(select r.id from deliveries_reached r where r.state = 'delivered'))
),
deliveries_blanked as (
  update webhook_deliveries d set body = null, revision = d.revision + 1
  where d.tenant_id = :tenant_id and d.id = any (array(select r.id from deliveries_reached r where r.state <> 'delivered'))
  returning d.id
),
receivers_words_blanked as (
  update webhook_attempts w set answer_headers = null, answer_body = null
  where w.tenant_id = :tenant_id and w.delivery_id = any (array(select b.id from deliveries_blanked b))
)`
