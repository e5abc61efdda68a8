import { getMember, listMembers } from '../../../core/users/queries.ts'
import { type Route, route } from '../../route.ts'
import { type Need, readingOf } from '../auth.ts'
import { lowerCase } from '../tickets/codec.ts'
import { findLocation } from '../tickets/references.ts'
import { decodeMembersQuery, encodeMember, memberPageAfter } from './codec.ts'
import { MembershipAnswer, MembershipParams, MembershipsAnswer, MembersQuery } from './schema.ts'

/** Spacebring reference, Memberships, as far as they are read. Members find themselves, who works in a location all. */
export const membershipRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/community/memberships/v1',
    operationId: 'getMemberships',
    summary: 'Retrieve memberships',
    need: readingOf('community', 'user.read'),
    query: MembersQuery,
    answers: { 200: MembershipsAnswer },
    handle: async ({ ctx, query }) => {
      const locationRef = findLocation(ctx, query.locationRef)
      const listing = decodeMembersQuery(query)
      if (!listing) return { status: 200, body: { memberships: [] } }
      const { members, next } = await listMembers(ctx, locationRef, listing)
      return { status: 200, body: { memberships: members.map(encodeMember), ...memberPageAfter(query, next) } }
    },
  }),
  route({
    method: 'GET',
    path: '/community/memberships/v1/:id',
    operationId: 'getMembership',
    summary: 'Retrieve a membership',
    need: readingOf('community', 'user.read'),
    params: MembershipParams,
    answers: { 200: MembershipAnswer },
    handle: async ({ ctx, params }) => {
      const member = await getMember(ctx, lowerCase(params.id))
      return { status: 200, body: { membership: encodeMember(member) } }
    },
  }),
]
