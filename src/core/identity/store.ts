import { Type } from 'typebox'
import { statement } from '../../storage/statement.ts'

/** Owners and services, who administer every desk. */
export const LIST_OWNERS = statement(
  'user.owners',
  Type.Object({ id: Type.String() }),
  'select u.id from users u where u.tenant_id = $1 and u.is_owner order by u.integer',
)
