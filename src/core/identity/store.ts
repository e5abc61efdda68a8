import { Type } from 'typebox'
import { statement } from '../../storage/statement.ts'
import { USER_VIEW, UserRow } from './rows.ts'

/** Owners and services, who administer every desk. */
export const LIST_OWNERS = statement(
  'user.owners',
  Type.Object({ id: Type.String() }),
  'select u.id from users u where u.tenant_id = $1 and u.is_owner order by u.integer',
)

/** `$2` ids. */
export const USERS_BY_ID = statement(
  'user.by_id',
  UserRow,
  `select ${USER_VIEW} from users u where u.tenant_id = $1 and u.id = any ($2::uuid[]) order by u.integer`,
)

/** `$2` ids; who was erased is not found. */
export const LIVING_BY_ID = statement(
  'user.living_by_id',
  UserRow,
  `select ${USER_VIEW} from users u
where u.tenant_id = $1 and u.id = any ($2::uuid[]) and u.erased_at is null order by u.integer`,
)
