import { Type } from 'typebox'
import { Sql } from '../../../storage/sql.ts'
import { type BoundStatement, statement } from '../../../storage/statement.ts'

/** What the statements of all that colleagues share have in common: `audience`, `group_id` and `author_id` of a row. */

/** Who asks to see. */
export const READER = { tenant_id: Sql.uuid, user_id: Sql.uuid, group_ids: Sql.array(Sql.uuid), manages: Sql.boolean }

/** SQL of whether a row is for whoever asks (`READER`). */
export const inSight = (
  row: string,
): string => `(${row}.audience = 'everyone' or ${row}.audience = 'private' and ${row}.author_id = :user_id
    or ${row}.audience = 'group' and (:manages::boolean or ${row}.group_id = any (:group_ids::uuid[])))`

/** SQL of what an event tells of a row: for whom it is, and nothing that its author wrote. */
export const toldOf = (row: string): string =>
  `jsonb_build_object('audience', ${row}.audience, 'group_id', ${row}.group_id)`

/** SQL of how many rows of a table there are beside the one that is written now: of all private ones a person's, or all shared ones. */
export const besideIn =
  (table: 'views' | 'saved_replies' | 'macros') =>
  (audience: string, authorId: string, id: string): string =>
    `(select count(*) from ${table} o
    where o.tenant_id = :tenant_id and o.id is distinct from ${id}
      and case when ${audience} = 'private' then o.audience = 'private' and o.author_id = ${authorId} else o.audience <> 'private' end)`

const IdRow = Type.Object({ id: Type.String() })

/**
 * What runs before a write: whoever is erased meanwhile is waited for, and then all other writes of the tenant, so that
 * what there may be so many of is counted right.
 */
const LOCK_AUTHOR = statement(
  'shared.lock_author',
  { takes: { tenant_id: Sql.uuid, user_id: Sql.uuid }, row: IdRow },
  'select u.id from users u where u.tenant_id = :tenant_id and u.id = :user_id for share',
)

const LOCK_COUNTER = statement(
  'shared.lock_counter',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ event_position: Type.Integer() }) },
  'select c.event_position from tenant_counters c where c.tenant_id = :tenant_id for no key update',
)

/** The locks of a write by a person. */
export function lockAuthor(tenantId: string, userId: string): BoundStatement<unknown> {
  return LOCK_COUNTER.with({ tenant_id: tenantId }, LOCK_AUTHOR.with({ tenant_id: tenantId, user_id: userId }))
}
