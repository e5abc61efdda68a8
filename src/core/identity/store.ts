import { Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { USER_VIEW, UserRow } from './rows.ts'

export const LIST_OWNERS = statement(
  'user.owners',
  { takes: { tenant_id: Sql.uuid }, row: Type.Object({ id: Type.String() }) },
  'select u.id from users u where u.tenant_id = :tenant_id and u.is_owner order by u.integer',
)

export const USERS_BY_ID = statement(
  'user.by_id',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: UserRow },
  `select ${USER_VIEW} from users u where u.tenant_id = :tenant_id and u.id = any (:ids::uuid[]) order by u.integer`,
)

/** Who was erased is not found. */
export const LIVING_BY_ID = statement(
  'user.living_by_id',
  { takes: { tenant_id: Sql.uuid, ids: Sql.array(Sql.uuid) }, row: UserRow },
  `select ${USER_VIEW} from users u
where u.tenant_id = :tenant_id and u.id = any (:ids::uuid[]) and u.erased_at is null order by u.integer`,
)
