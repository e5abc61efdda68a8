import { type Static, Type } from 'typebox'
import { PERMISSIONS, ROLES } from '../../../core/access/permissions.ts'
import { DeskName } from '../names.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, listOf, objectOrNull, textOrNull, word } from '../shapes.ts'

export const UserParams = Type.Object({ id: Type.String({ description: 'UUID or integer of the user.' }) })

export const UserQuery = closed({
  query: Type.Optional(
    Type.String({ maxLength: 200, description: 'To be found in the name, e-mail address or telephone.' }),
  ),
  ...pageParameters,
})
export type UserQuery = Static<typeof UserQuery>

export const UserAnswer = closed({
  id,
  integer: Type.Integer(),
  kind: word(['person', 'service']),
  owner: Type.Boolean({ description: 'Of the tenant.' }),
  name: Type.String(),
  surname: Type.String(),
  email: textOrNull,
  username: textOrNull,
  customer_number: textOrNull,
  phone: textOrNull,
  photo_url: textOrNull,
  about: textOrNull,
  active: Type.Boolean(),
  memberships: Type.Array(closed({ id, desk: DeskName, role: word(ROLES) })),
})
export type UserAnswer = Static<typeof UserAnswer>

export const UserListAnswer = listOf(UserAnswer)

export const MeAnswer = closed({
  user: UserAnswer,
  tenant: closed({ id, name: Type.String() }),
  credential: closed({
    name: Type.String(),
    desk: objectOrNull(DeskName.properties),
    expires_at: textOrNull,
  }),
  permissions: Type.Array(word(PERMISSIONS), { description: 'The most that the key gives; roles may give less.' }),
})
export type MeAnswer = Static<typeof MeAnswer>
