import type { Desk, Tenant } from '../../../core/catalogue/tenant.ts'
import { type Actor, type ActorCredential, worksOn } from '../../../core/identity/actor.ts'
import { holds } from '../../../core/patterns.ts'
import { DEFAULT_COUNT, LARGEST_COUNT } from '../paging.ts'
import type { Account, ListAccounts } from './schema.ts'

/**
 * The accounts that are connected to the caller's, the oldest first: to the platform account all others, to these nobody
 * (M42). As at the vendor, the platform account is not in its own list. What no account has here finds none.
 *
 * Moov, List accounts.
 */
export function listedAccounts(tenant: Tenant, actor: Actor, query: ListAccounts): readonly Desk[] {
  if (actor.credential.deskId !== null || isForWhatNoneHas(query)) return []
  const name = (query.name ?? '').trim()
  const skip = Number(query.skip ?? 0)
  const count = Math.min(Number(query.count ?? DEFAULT_COUNT), LARGEST_COUNT)
  return tenant.desks
    .filter((desk) => !desk.isDefault && worksOn(actor, desk.id))
    .filter((desk) => desk.active || query.includeDisconnected === 'true')
    .filter((desk) => holds(desk.name, name))
    .slice(skip, skip + count)
}

function isForWhatNoneHas({ email, type, foreignID, capability, capabilityStatus }: ListAccounts): boolean {
  return type === 'individual' || [email, foreignID, capability, capabilityStatus].some((each) => each !== undefined)
}

/** A desk as an unverified business, which is the least that the vendor's clients can read; its mode is that of the key. */
export function encodeAccount({ id, name, createdAt }: Desk, { testMode }: ActorCredential): Account {
  return {
    accountID: id,
    mode: testMode ? 'sandbox' : 'production',
    accountType: 'business',
    displayName: name,
    profile: { business: { legalBusinessName: name, ownersProvided: false } },
    verification: { verificationStatus: 'unverified', status: 'unverified' },
    createdOn: createdAt,
    updatedOn: createdAt,
  }
}
