import { type Static, Type } from 'typebox'
import { ROLES } from './permissions.ts'
import { USER_KINDS, type UserSummary } from './user.ts'

const nullableText = Type.Union([Type.String(), Type.Null()])

/** A user with their memberships as JSON, as `USER_VIEW` selects it. */
export const UserRow = Type.Object({
  id: Type.String(),
  integer: Type.Integer(),
  kind: Type.Enum(USER_KINDS),
  is_owner: Type.Boolean(),
  name: Type.String(),
  surname: Type.String(),
  email: nullableText,
  username: nullableText,
  customer_number: nullableText,
  phone: nullableText,
  photo_url: nullableText,
  about: nullableText,
  active: Type.Boolean(),
  memberships: Type.Array(Type.Object({ id: Type.String(), deskId: Type.String(), role: Type.Enum(ROLES) })),
})
export type UserRow = Static<typeof UserRow>

/** Select list of a user `u` of the tenant. */
export const USER_VIEW = `u.id, u.integer, u.kind, u.is_owner, u.name, u.surname, u.email, u.username, u.customer_number, u.phone,
  u.photo_url, u.about, u.active,
  coalesce((select json_agg(json_build_object('id', m.id, 'deskId', m.desk_id, 'role', m.role) order by m.id)
    from memberships m where m.tenant_id = :tenant_id and m.user_id = u.id), '[]') as memberships`

export function userOf(row: UserRow): UserSummary {
  return {
    id: row.id,
    integer: row.integer,
    kind: row.kind,
    isOwner: row.is_owner,
    name: row.name,
    surname: row.surname,
    email: row.email,
    username: row.username,
    customerNumber: row.customer_number,
    phone: row.phone,
    photoUrl: row.photo_url,
    about: row.about,
    active: row.active,
    memberships: row.memberships,
  }
}
