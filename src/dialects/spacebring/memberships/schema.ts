import { type Static, Type } from 'typebox'
import { closed, date, id, limit, nextPageToken, uuid } from '../shapes.ts'

export const MembershipParams = Type.Object({ id: uuid('The id of the membership.') })

/** Spacebring reference, Retrieve memberships. */
export const MembersQuery = Type.Object({
  locationRef: uuid('The id of the location.'),
  limit,
  nextPageToken,
  userEmail: Type.Optional(Type.String({ maxLength: 255, description: 'Only of the user with this e-mail address.' })),
  userRef: Type.Optional(uuid('Only of this user.')),
  companyRef: Type.Optional(uuid('Only of this company; there are no companies here.')),
  status: Type.Optional(Type.Enum(['requested'], { description: 'Only requests; there are none here.' })),
  types: Type.Optional(
    Type.String({
      pattern: '^(?:member|nonmember)(?:,(?:member|nonmember))?$',
      description: 'member, nonmember or both.',
    }),
  ),
})
export type MembersQuery = Static<typeof MembersQuery>

const text = Type.Optional(Type.String())

/** The vendor knows `nonmember` and `requested` too. Every membership here is an approved member's (README, S24). */
const Member = closed(
  {
    id,
    locationRef: id,
    userRef: id,
    role: Type.Enum(['member', 'admin']),
    type: Type.Literal('member'),
    status: Type.Literal('approved'),
    createDate: date,
    user: closed({ id, name: text, surname: text, email: text, phoneNumber: text, photoUrl: text, about: text }),
  },
  'LocationMembership',
)
export type Member = Static<typeof Member>

export const MembershipsAnswer = closed({
  memberships: Type.Array(Member),
  nextPageToken: Type.Optional(Type.String()),
  searchQueryNext: Type.Optional(Type.String()),
})
export const MembershipAnswer = closed({ membership: Member })
