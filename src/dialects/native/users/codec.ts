import type { Actor } from '../../../core/access/actor.ts'
import { PERMISSIONS } from '../../../core/access/permissions.ts'
import type { Tenant } from '../../../core/tenants/tenant.ts'
import type { UserListing } from '../../../core/users/queries.ts'
import type { UserSummary } from '../../../core/users/user.ts'
import { type Names, namesOf } from '../names.ts'
import { cursorAt, decodeCount, decodeLimit } from '../paging.ts'
import type { MeAnswer, UserAnswer, UserQuery } from './schema.ts'

/** @throws Refusal `invalid` */
export function decodeListing(query: UserQuery): UserListing {
  return {
    ...(query.query !== undefined && { query: query.query }),
    activeOnly: false,
    agentsOnly: false,
    offset: decodeCount(query),
    limit: decodeLimit(query),
  }
}

/** The cursor of the page after one, null after the last. */
export function nextPage({ offset }: UserListing, shown: number, total: number): string | null {
  return offset + shown < total ? cursorAt(offset + shown) : null
}

export function encodeUser(names: Names, user: UserSummary): UserAnswer {
  return {
    id: user.id,
    integer: user.integer,
    kind: user.kind,
    owner: user.isOwner,
    name: user.name,
    surname: user.surname,
    email: user.email,
    username: user.username,
    customer_number: user.customerNumber,
    phone: user.phone,
    photo_url: user.photoUrl,
    about: user.about,
    active: user.active,
    memberships: user.memberships.map(({ id, deskId, role }) => ({ id, desk: names.desk(deskId), role })),
  }
}

/** Who a caller is, and what its key allows. */
export function encodeMe(tenant: Tenant, { user, credential, permissions }: Actor): MeAnswer {
  const names = namesOf(tenant)
  return {
    user: encodeUser(names, user),
    tenant: { id: tenant.id, name: tenant.name },
    credential: {
      name: credential.name,
      desk: credential.deskId === null ? null : names.desk(credential.deskId),
      expires_at: credential.expiresAt,
    },
    permissions: PERMISSIONS.filter((permission) => permissions.has(permission)),
  }
}
