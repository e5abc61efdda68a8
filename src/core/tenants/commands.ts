import { Parse } from 'typebox/value'
import type { Store } from '../../storage/store.ts'
import { directoryKind, hashOf } from '../access/access.ts'
import { hashPassword } from '../access/secrets.ts'
import { INSERT_CREDENTIAL, REVOKE_CREDENTIAL } from '../access/store.ts'
import type { CatalogueDefaults } from '../catalogue/defaults.ts'
import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { type Calling, callInput } from '../idempotency/claimed.ts'
import { type Keyed, once } from '../idempotency/store.ts'
import { demandTenantWide } from '../identity/actor.ts'
import type { Role } from '../identity/permissions.ts'
import { LIST_OWNERS } from '../identity/store.ts'
import type { UserKind } from '../identity/user.ts'
import type { Instant } from '../instant.ts'
import { readName } from '../name.ts'
import { addressKey, composed, usernameKey } from '../spelling.ts'
import { asKept } from '../users/rules.ts'
import { INSERT_EXTERNAL_ID, INSERT_USER } from '../users/store.ts'
import {
  INSERT_CATALOGUE,
  INSERT_DESK,
  INSERT_GROUP,
  INSERT_TENANT,
  NamedTenant,
  RENAME_TENANT,
  RETIRE_TENANT,
  TENANT_KEPT,
} from './store.ts'

/** What administration needs of its surroundings: it runs on the command line and at first start, without an actor. */
export interface Administration {
  readonly store: Pick<Store, 'run'>
  readonly now: Instant
  readonly newId: () => string
}

/** Makes a tenant with a default desk, the catalogue and its groups. @returns the ids of the tenant and its desk. */
export async function createTenant(
  admin: Administration,
  input: { readonly name: string; readonly deskName: string; readonly catalogue: CatalogueDefaults },
): Promise<{ readonly tenantId: string; readonly deskId: string }> {
  const { store, now, newId } = admin
  const tenantId = newId()
  const { catalogue } = input
  await store.run({ statement: INSERT_TENANT, values: [tenantId, composed(input.name), now] })
  const lists = [
    catalogue.topics,
    catalogue.types,
    catalogue.statusLabels,
    catalogue.priorityLabels,
    catalogue.channels,
  ]
  await store.run({ statement: INSERT_CATALOGUE, values: [tenantId, ...lists.map((list) => JSON.stringify(list))] })
  for (const name of catalogue.groups)
    await store.run({ statement: INSERT_GROUP, values: [tenantId, newId(), composed(name), now] })
  const deskId = newId()
  await store.run({ statement: INSERT_DESK, values: [tenantId, deskId, composed(input.deskName), true, now, '[]'] })
  return { tenantId, deskId }
}

/** Makes a tenant that can be used at once: as `createTenant`, and with a service user that owns its API keys. */
export async function openTenant(
  admin: Administration,
  input: Parameters<typeof createTenant>[1],
): Promise<{ readonly tenantId: string; readonly deskId: string; readonly serviceId: string }> {
  const made = await createTenant(admin, input)
  const memberships = [{ deskId: made.deskId, role: 'admin' as const }]
  const service = await createUser(admin, made.tenantId, { kind: 'service', isOwner: true, name: 'API', memberships })
  return { ...made, serviceId: service.id }
}

/** Adds a desk; the tenant's owners and services become its admins. */
export async function createDesk(
  admin: Administration,
  tenantId: string,
  name: string,
): Promise<{ readonly id: string; readonly integer: number }> {
  const { store, now, newId } = admin
  const owners = await store.run({ statement: LIST_OWNERS, values: [tenantId] })
  const admins = JSON.stringify(owners.map((owner) => ({ id: newId(), user_id: owner.id })))
  const [desk] = await store.run({
    statement: INSERT_DESK,
    values: [tenantId, newId(), composed(name), false, now, admins],
  })
  if (!desk) throw new Error(`Tenant ${tenantId} does not exist.`)
  return desk
}

/** Renames the tenant. The caller tells `Access.changed`. @throws Refusal `forbidden`, `invalid`, `idempotency_mismatch` */
export async function renameTenant(
  admin: Calling & Omit<Keyed, 'actor'> & { readonly actor: Context['actor'] | null },
  named: string,
): Promise<{ readonly id: string; readonly name: string }> {
  if (admin.actor) {
    demandTenantWide(admin.actor, 'tenant.manage')
    if (admin.actor.credential.deskId !== null) refuse({ code: 'forbidden', permission: 'tenant.manage' })
  }
  const name = readName(named)
  return once(
    admin,
    TENANT_KEPT,
    async () => {
      const values = [admin.tenant.id, JSON.stringify({ name, ...callInput(admin) })]
      const [renamed] = await admin.store.run({ statement: RENAME_TENANT, values })
      return renamed
    },
    ({ record }) => Parse(NamedTenant, record),
  )
}

/**
 * Keeps everybody of a tenant out, or lets them in again: keys, tokens and logins. Nothing is deleted. The caller tells
 * `Access.changed`.
 *
 * @param since null brings it back.
 * @returns whether there is such a tenant.
 */
export async function retireTenant(
  { store }: Pick<Administration, 'store'>,
  tenantId: string,
  since: Instant | null,
): Promise<boolean> {
  return (await store.run({ statement: RETIRE_TENANT, values: [tenantId, since] })).length > 0
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
  admin: Administration,
  tenantId: string,
  given: NewUser,
): Promise<{ readonly id: string; readonly integer: number }> {
  const user = asKept(given)
  const { store, now, newId } = admin
  const memberships = user.memberships.map((each) => ({ id: newId(), desk_id: each.deskId, role: each.role }))
  const values = [
    tenantId,
    newId(),
    user.kind,
    user.isOwner,
    user.name,
    user.surname ?? '',
    user.email ?? null,
    user.email === undefined ? null : addressKey(user.email),
    user.username ?? null,
    user.username === undefined ? null : usernameKey(user.username),
    user.customerNumber ?? null,
    user.phone ?? null,
    user.password === undefined ? null : await hashPassword(user.password),
    now,
    JSON.stringify(memberships),
    user.photoUrl ?? null,
  ]
  const [made] = await store.run({ statement: INSERT_USER, values })
  if (!made) throw new Error(`Tenant ${tenantId} does not exist.`)
  return made
}

/** Records the id by which a client's own system knows a user on a desk. */
export async function addExternalId(
  admin: Administration,
  tenantId: string,
  deskId: string,
  externalId: string,
  userId: string,
): Promise<void> {
  await admin.store.run({ statement: INSERT_EXTERNAL_ID, values: [tenantId, deskId, composed(externalId), userId] })
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
export async function issueCredential(
  admin: Administration,
  tenantId: string,
  credential: NewCredential,
): Promise<string> {
  const id = admin.newId()
  const { dialect, kind, name, publicId, presented, userId, deskId, scopes, expiresAt } = credential
  await admin.store.run({
    statement: INSERT_CREDENTIAL,
    values: [
      tenantId,
      id,
      dialect,
      kind,
      name,
      publicId ?? null,
      hashOf(presented),
      userId,
      deskId ?? null,
      scopes,
      admin.now,
      expiresAt ?? null,
      directoryKind(dialect, kind),
      credential.redirectUris ?? [],
      credential.origins ?? [],
      credential.testMode ?? false,
    ],
  })
  return id
}

/** Revokes a credential at once. @returns whether there was a live one. The caller signals `Access.changed`. */
export async function revokeCredential(
  admin: Administration,
  tenantId: string,
  credentialId: string,
): Promise<boolean> {
  const rows = await admin.store.run({ statement: REVOKE_CREDENTIAL, values: [tenantId, credentialId, admin.now] })
  return rows.length > 0
}
