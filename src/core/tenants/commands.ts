import type { Static } from 'typebox'
import { Parse } from 'typebox/value'
import { directoryKind, hashOf } from '../access/access.ts'
import { hashPassword } from '../access/secrets.ts'
import { INSERT_CREDENTIAL, LIST_CREDENTIALS, REVOKE_CREDENTIAL } from '../access/store.ts'
import type { CatalogueDefaults } from '../catalogue/defaults.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Administration, System } from '../context.ts'
import { refuse } from '../errors.ts'
import { callInput } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { demandTenantWide } from '../identity/actor.ts'
import type { Role } from '../identity/permissions.ts'
import { listOwners } from '../identity/queries.ts'
import type { UserKind } from '../identity/user.ts'
import type { Instant } from '../instant.ts'
import { readName } from '../name.ts'
import { keysOfPerson } from '../search/people.ts'
import { addressKey, composed, usernameKey } from '../spelling.ts'
import { asKept } from '../users/rules.ts'
import { INSERT_EXTERNAL_ID, INSERT_USER } from '../users/store.ts'
import type { SearchLanguage } from '../words.ts'
import {
  CHANGE_TENANT,
  INSERT_CATALOGUE,
  INSERT_DESK,
  INSERT_GROUP,
  INSERT_TENANT,
  RETIRE_TENANT,
  TENANT_KEPT,
  TenantSettings,
} from './store.ts'

/** Makes a tenant with a default desk, the catalogue and its groups. @returns the ids of the tenant and its desk. */
export async function createTenant(
  admin: System,
  input: { readonly name: string; readonly deskName: string; readonly catalogue: CatalogueDefaults },
): Promise<{ readonly tenantId: string; readonly deskId: string }> {
  const { store, now, newId } = admin
  const tenantId = newId()
  const { catalogue } = input
  await store.run(INSERT_TENANT.with({ tenant_id: tenantId, name: composed(input.name), now }))
  const { topics, types, statusLabels: status_labels, priorityLabels: priority_labels, channels } = catalogue
  const records = { topics, types, status_labels, priority_labels, channels }
  await store.run(INSERT_CATALOGUE.with({ tenant_id: tenantId, ...records }))
  for (const name of catalogue.groups)
    await store.run(INSERT_GROUP.with({ tenant_id: tenantId, id: newId(), name: composed(name), now }))
  const deskId = newId()
  await store.run(
    INSERT_DESK.with({
      tenant_id: tenantId,
      id: deskId,
      name: composed(input.deskName),
      is_default: true,
      now,
      admins: [],
    }),
  )
  return { tenantId, deskId }
}

/** Makes a tenant that can be used at once: as `createTenant`, and with a service user that owns its API keys. */
export async function openTenant(
  admin: System,
  input: Parameters<typeof createTenant>[1],
): Promise<{ readonly tenantId: string; readonly deskId: string; readonly serviceId: string }> {
  const made = await createTenant(admin, input)
  const memberships = [{ deskId: made.deskId, role: 'admin' as const }]
  const service = await createUser(admin, made.tenantId, { kind: 'service', isOwner: true, name: 'API', memberships })
  return { ...made, serviceId: service.id }
}

/** Adds a desk; the tenant's owners and services become its admins. */
export async function createDesk(
  admin: System,
  tenantId: string,
  name: string,
): Promise<{ readonly id: string; readonly integer: number }> {
  const { store, now, newId } = admin
  const owners = await listOwners(store, tenantId)
  const admins = owners.map((id) => ({ id: newId(), user_id: id }))
  const [desk] = await store.run(
    INSERT_DESK.with({ tenant_id: tenantId, id: newId(), name: composed(name), is_default: false, now, admins }),
  )
  if (!desk) throw new Error(`Tenant ${tenantId} does not exist.`)
  return desk
}

/** What may change of a tenant; what is not named stays. */
export interface TenantChange {
  readonly name?: string
  /** Whose forms of words are known to the search; null knows none. */
  readonly searchLanguage?: SearchLanguage | null
}

/** Changes the tenant's own settings. @throws Refusal `forbidden`, `invalid`, `idempotency_mismatch` */
export async function changeTenant(
  admin: Omit<Administration, 'tenant'> & { readonly tenant: Pick<Tenant, 'id'> },
  { name: named, searchLanguage }: TenantChange,
): Promise<Static<typeof TenantSettings>> {
  if (admin.actor) {
    demandTenantWide(admin.actor, 'tenant.manage')
    if (admin.actor.credential.deskId !== null) refuse({ code: 'forbidden', permission: 'tenant.manage' })
  }
  const name = named === undefined ? null : readName(named)
  return once(
    admin,
    TENANT_KEPT,
    async () => {
      const language = { sets_language: searchLanguage !== undefined, search_language: searchLanguage ?? null }
      const call = { name, ...language, ...callInput(admin) }
      const [changed] = await admin.store.run(CHANGE_TENANT.with({ tenant_id: admin.tenant.id, call }))
      return changed
    },
    ({ record }) => Parse(TenantSettings, record),
  )
}

/**
 * Keeps everybody of a tenant out, or lets them in again: keys, tokens and logins. Nothing is deleted.
 *
 * @param since null brings it back.
 * @returns whether there is such a tenant.
 */
export async function retireTenant(
  { store }: Pick<System, 'store'>,
  tenantId: string,
  since: Instant | null,
): Promise<boolean> {
  return (await store.run(RETIRE_TENANT.with({ tenant_id: tenantId, since }))).length > 0
}

/** A user to add. */
export interface NewUser {
  readonly kind: UserKind
  readonly isOwner: boolean
  readonly name: string
  readonly surname?: string
  readonly email?: string
  readonly username?: string
  readonly customerNumber?: string
  readonly phone?: string
  readonly photoUrl?: string
  readonly password?: string
  readonly memberships: readonly { readonly deskId: string; readonly role: Role }[]
}

/** Adds a user. @throws the store's unique violation when the address or user name is taken. */
export async function createUser(
  admin: System,
  tenantId: string,
  given: NewUser,
): Promise<{ readonly id: string; readonly integer: number }> {
  const user = asKept(given)
  const { store, now, newId } = admin
  const memberships = user.memberships.map((each) => ({ id: newId(), desk_id: each.deskId, role: each.role }))
  const values = {
    tenant_id: tenantId,
    id: newId(),
    kind: user.kind,
    is_owner: user.isOwner,
    name: user.name,
    surname: user.surname ?? '',
    email: user.email ?? null,
    email_key: user.email === undefined ? null : addressKey(user.email),
    username: user.username ?? null,
    username_key: user.username === undefined ? null : usernameKey(user.username),
    customer_number: user.customerNumber ?? null,
    phone: user.phone ?? null,
    password_hash: user.password === undefined ? null : await hashPassword(user.password),
    at: now,
    memberships,
    photo_url: user.photoUrl ?? null,
    search_keys: keysOfPerson(user),
  }
  const [made] = await store.run(INSERT_USER.with(values))
  if (!made) throw new Error(`Tenant ${tenantId} does not exist.`)
  return made
}

/** Records the id by which a client's own system knows a user on a desk. */
export async function addExternalId(
  admin: System,
  tenantId: string,
  deskId: string,
  externalId: string,
  userId: string,
): Promise<void> {
  await admin.store.run(
    INSERT_EXTERNAL_ID.with({
      tenant_id: tenantId,
      desk_id: deskId,
      external_id: composed(externalId),
      user_id: userId,
      search_keys: keysOfPerson({ externalIds: [externalId] }),
    }),
  )
}

/** A credential to issue. `presented` is exactly what callers will present; only its hash is stored. */
export interface NewCredential {
  readonly dialect: string
  readonly kind: string
  readonly name: string
  readonly publicId?: string
  readonly presented: string
  readonly userId: string
  readonly deskId?: string
  readonly scopes: readonly string[]
  readonly expiresAt?: Instant
  /** Where the users of an authorization client may be sent back to. */
  readonly redirectUris?: readonly string[]
  /** From where the tokens of an authorization client may be used; none means anywhere. */
  readonly origins?: readonly string[]
  /** Whether it is for trying things out. */
  readonly testMode?: boolean
}

/** Issues a credential. @returns its id. */
export async function issueCredential(admin: System, tenantId: string, credential: NewCredential): Promise<string> {
  const id = admin.newId()
  const { dialect, kind, name, publicId, presented, userId, deskId, scopes, expiresAt } = credential
  await admin.store.run(
    INSERT_CREDENTIAL.with({
      tenant_id: tenantId,
      id,
      dialect,
      kind,
      name,
      public_id: publicId ?? null,
      hash: hashOf(presented),
      user_id: userId,
      desk_id: deskId ?? null,
      scopes,
      created_at: admin.now,
      expires_at: expiresAt ?? null,
      listed_as: directoryKind(dialect, kind),
      redirect_uris: credential.redirectUris ?? [],
      origins: credential.origins ?? [],
      test_mode: credential.testMode ?? false,
    }),
  )
  return id
}

/** All credentials that a tenant ever had, without their secrets, the oldest first. */
export function listCredentials({ store }: Pick<System, 'store'>, tenantId: string) {
  return store.run(LIST_CREDENTIALS.with({ tenant_id: tenantId }))
}

/** Revokes a credential at once. @returns whether there was a live one. */
export async function revokeCredential(admin: System, tenantId: string, credentialId: string): Promise<boolean> {
  const rows = await admin.store.run(REVOKE_CREDENTIAL.with({ tenant_id: tenantId, id: credentialId, now: admin.now }))
  return rows.length > 0
}
