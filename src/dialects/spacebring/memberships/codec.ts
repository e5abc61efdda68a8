import type { Member as CoreMember, UserSummary } from '../../../core/identity/user.ts'
import type { MemberListing } from '../../../core/users/queries.ts'
import { DEFAULT_LIMIT, decodeMemberToken, encodeMemberToken, searchQueryNext } from '../paging.ts'
import { lowerCase } from '../tickets/codec.ts'
import { ROLE_TYPE_OF } from '../words.ts'
import type { Member, MembersQuery } from './schema.ts'

/**
 * What a list asks for; null when it is for what does not exist here: companies, requests, and people without a membership.
 *
 * @throws Refusal `invalid` for a token of another list
 */
export function decodeMembersQuery(query: MembersQuery): MemberListing | null {
  const { limit = DEFAULT_LIMIT, nextPageToken, userEmail, userRef, companyRef, status, types = 'member' } = query
  const after = nextPageToken === undefined ? null : decodeMemberToken(nextPageToken, lowerCase(query.locationRef))
  if (companyRef !== undefined || status !== undefined || !types.split(',').includes('member')) return null
  return {
    ...(userRef !== undefined && { userId: lowerCase(userRef) }),
    ...(userEmail !== undefined && { email: userEmail }),
    after,
    limit: Number(limit),
  }
}

/** How to ask for the page after a membership (S19); nothing on the last page. */
export function memberPageAfter(
  { nextPageToken: _, ...asked }: MembersQuery,
  next: string | null,
): { readonly nextPageToken: string; readonly searchQueryNext: string } | null {
  if (next === null) return null
  const nextPageToken = encodeMemberToken(lowerCase(asked.locationRef), next)
  const { locationRef, limit, userEmail, userRef, types } = asked
  const query = { locationRef, limit, userEmail, userRef, types }
  return { nextPageToken, searchQueryNext: searchQueryNext(query, nextPageToken) }
}

/** Spacebring reference, Memberships: whoever has one here is an approved member. */
export function encodeMember({ membership, joinedAt, user }: CoreMember): Member {
  return {
    id: membership.id,
    locationRef: membership.deskId,
    userRef: user.id,
    role: user.isOwner ? 'admin' : ROLE_TYPE_OF[membership.role],
    type: 'member',
    status: 'approved',
    createDate: joinedAt,
    user: encodeMembersUser(user),
  }
}

/** Texts that are unknown are left out: this resource documents no null. */
function encodeMembersUser({ id, name, surname, email, phone, photoUrl, about }: UserSummary): Member['user'] {
  return {
    id,
    ...(name && { name }),
    ...(surname && { surname }),
    ...(email && { email }),
    ...(phone && { phoneNumber: phone }),
    ...(photoUrl && { photoUrl }),
    ...(about && { about }),
  }
}
