import { type Static, Type } from 'typebox'
import { PERMISSIONS, ROLES } from '../../../core/identity/permissions.ts'
import { ADDRESS_KINDS, USER_KINDS } from '../../../core/identity/user.ts'
import { LONGEST_QUERY } from '../../../core/patterns.ts'
import { DeskName, groupName } from '../names.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, instant, listOf, objectOrNull, textOrNull, word } from '../shapes.ts'

export const UserParams = Type.Object({ id: Type.String({ description: 'UUID or integer of the user.' }) })

export const MembershipParams = Type.Object({
  ...UserParams.properties,
  desk: Type.String({ description: 'UUID or integer of the desk.' }),
})

export const UserQuery = closed({
  query: Type.Optional(
    Type.String({ maxLength: LONGEST_QUERY, description: 'To be found in the name, e-mail address or telephone.' }),
  ),
  works: Type.Optional(word(['true'], 'Only people who work on a desk, and owners.')),
  ...pageParameters,
})
export type UserQuery = Static<typeof UserQuery>

export const UserAnswer = closed({
  id,
  integer: Type.Integer(),
  kind: word(USER_KINDS),
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

const ownFields = Type.Record(Type.String(), Type.String(), { description: "Texts under the tenant's own names." })
const addressWord = word(ADDRESS_KINDS)

/** A user with all that is known of them. */
export const ProfileAnswer = closed({
  ...UserAnswer.properties,
  fields: ownFields,
  addresses: Type.Array(closed({ kind: addressWord, address: Type.String() })),
  external_ids: Type.Array(closed({ desk: DeskName, id: Type.String() })),
  created_at: instant,
})
export type ProfileAnswer = Static<typeof ProfileAnswer>

const deskRef = Type.Union([Type.Integer(), Type.String()], { description: 'UUID or integer of a desk.' })
const given = {
  surname: Type.Optional(Type.String()),
  email: Type.Optional(textOrNull),
  username: Type.Optional(textOrNull),
  customer_number: Type.Optional(textOrNull),
  phone: Type.Optional(textOrNull),
  photo_url: Type.Optional(textOrNull),
  about: Type.Optional(textOrNull),
  active: Type.Optional(Type.Boolean()),
  owner: Type.Optional(
    Type.Boolean({ description: 'Of the tenant. Owners alone decide; the last one who may sign in stays one.' }),
  ),
  fields: Type.Optional(
    Type.Unsafe<Record<string, string | null>>({
      type: 'object',
      additionalProperties: { type: ['string', 'null'] },
      description: 'Set by name; null takes one away.',
    }),
  ),
  memberships: Type.Optional(
    Type.Array(closed({ desk: deskRef, role: word(ROLES) }), { maxItems: 100, description: 'To add or to set.' }),
  ),
  external_ids: Type.Optional(
    Type.Array(closed({ desk: deskRef, id: Type.String() }), {
      description: "To add: what a client's own system calls the user.",
    }),
  ),
  addresses: Type.Optional(
    Type.Array(closed({ kind: addressWord, address: Type.String() }), {
      description: 'To add; a telephone number in E.164.',
    }),
  ),
}

export const NewUserBody = closed({
  name: Type.String({ minLength: 1 }),
  kind: Type.Optional(word(USER_KINDS, 'A person by default. A service is what keys without a person act as.')),
  ...given,
})
export type NewUserBody = Static<typeof NewUserBody>

export const UserChangeBody = closed({ name: Type.Optional(Type.String()), ...given })
export type UserChangeBody = Static<typeof UserChangeBody>

export const UserListAnswer = listOf(UserAnswer)

export const MeAnswer = closed({
  user: UserAnswer,
  tenant: closed({ id, name: Type.String() }),
  credential: closed({
    name: Type.String(),
    desk: objectOrNull(DeskName.properties),
    expires_at: textOrNull,
  }),
  desks: Type.Array(closed({ ...DeskName.properties, role: word(ROLES) }), {
    description: 'Those within reach, with the role there.',
  }),
  groups: Type.Array(closed(groupName), { description: 'Those that you are in.' }),
  csrf_token: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Of a session, for X-CSRF-Token; null for a key.',
  }),
  permissions: Type.Array(word(PERMISSIONS), { description: 'The most that the key gives; roles may give less.' }),
})
export type MeAnswer = Static<typeof MeAnswer>
