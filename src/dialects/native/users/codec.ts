import type { Tenant } from '../../../core/catalogue/tenant.ts'
import { refuse, refuseField } from '../../../core/errors.ts'
import { type Actor, isIn, roleOn } from '../../../core/identity/actor.ts'
import { PERMISSIONS } from '../../../core/identity/permissions.ts'
import type { NewProfile, UserChange, UserProfile, UserSummary } from '../../../core/identity/user.ts'
import type { UserFilter, UserPage } from '../../../core/users/queries.ts'
import { inRequest } from '../../paths.ts'
import { type Names, namesOf } from '../names.ts'
import { decodeCount, decodeLimit } from '../paging.ts'
import type { MeAnswer, NewUserBody, ProfileAnswer, UserAnswer, UserChangeBody, UserQuery } from './schema.ts'

/** @throws Refusal `invalid` */
export function decodeListing(query: UserQuery): { readonly filter: UserFilter; readonly page: UserPage } {
  return {
    filter: {
      ...(query.query !== undefined && { query: query.query }),
      activeOnly: false,
      agentsOnly: query.works === 'true',
    },
    page: { by: 'key', after: decodeCount(query), limit: decodeLimit(query) },
  }
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

/** A user with all that is known of them. */
export function encodeProfile(names: Names, user: UserProfile): ProfileAnswer {
  return {
    ...encodeUser(names, user),
    fields: { ...user.fields },
    addresses: user.addresses.map(({ kind, address }) => ({ kind, address })),
    external_ids: user.externalIds.map(({ deskId, externalId }) => ({ desk: names.desk(deskId), id: externalId })),
    created_at: user.createdAt,
  }
}

/** What requests call what the core calls so. */
const NAMES: Readonly<Record<string, string>> = {
  customerNumber: 'customer_number',
  photoUrl: 'photo_url',
  externalIds: 'external_ids',
  isOwner: 'owner',
}

/** Runs a call on the core about a user, and tells what it refuses by the fields of a request. */
export function inFields<Result>(work: () => Promise<Result>): Promise<Result> {
  return inRequest(work, ([field = '', ...rest]) => [NAMES[field] ?? field, ...rest])
}

/** Reads who is to be made. @throws Refusal `invalid` for a desk that does not exist */
export function decodeNew({ kind, ...body }: NewUserBody, tenant: Tenant): NewProfile {
  return {
    ...decodeChange(body, tenant),
    name: body.name,
    ...(kind !== undefined && { kind }),
  }
}

/** Reads what a user is given; absent stays. @throws Refusal `invalid` for a desk that does not exist */
export function decodeChange(body: UserChangeBody, tenant: Tenant): UserChange {
  const { owner, customer_number, photo_url, memberships, external_ids, addresses, ...rest } = body
  return {
    ...rest,
    ...(owner === undefined ? {} : { isOwner: owner }),
    ...(customer_number === undefined ? {} : { customerNumber: customer_number }),
    ...(photo_url === undefined ? {} : { photoUrl: photo_url }),
    ...(memberships && {
      memberships: memberships.map(({ desk, role }, at) => ({
        deskId: deskBy(tenant, desk, ['memberships', at, 'desk']),
        role,
      })),
    }),
    ...(external_ids && {
      addExternalIds: external_ids.map(({ desk, id }, at) => ({
        deskId: deskBy(tenant, desk, ['external_ids', at, 'desk']),
        externalId: id,
      })),
    }),
    ...(addresses && { addAddresses: addresses }),
  }
}

function deskBy({ desks }: Tenant, ref: string | number, path: readonly (string | number)[]): string {
  const found = desks.find(({ id, integer }) => (typeof ref === 'number' ? integer === ref : id === ref.toLowerCase()))
  return found?.id ?? refuseField(path, 'unknown', 'There is no such desk.')
}

/** The desk that a path names by UUID or integer. @throws Refusal `not_found` */
export function decodeDesk({ desks }: Tenant, ref: string): string {
  const found = desks.find(({ id, integer }) => id === ref.toLowerCase() || String(integer) === ref)
  return found?.id ?? refuse({ code: 'not_found', missing: 'desk' })
}

/** Who a caller is, and what its key or session allows. @param csrfToken of a session. */
export function encodeMe(tenant: Tenant, actor: Actor, csrfToken: string | null): MeAnswer {
  const { user, credential, permissions } = actor
  const names = namesOf(tenant)
  return {
    user: encodeUser(names, user),
    tenant: { id: tenant.id, name: tenant.name },
    credential: {
      name: credential.name,
      desk: credential.deskId === null ? null : names.desk(credential.deskId),
      expires_at: credential.expiresAt,
    },
    desks: tenant.desks.flatMap(({ id }) => {
      const role = roleOn(actor, id)
      return role === null ? [] : [{ ...names.desk(id), role }]
    }),
    groups: tenant.groups.filter(({ id }) => isIn(actor, id)).map(({ id, integer, name }) => ({ id, integer, name })),
    csrf_token: csrfToken,
    permissions: PERMISSIONS.filter((permission) => permissions.has(permission)),
  }
}
