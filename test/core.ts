import pg from 'pg'
import { v7 } from 'uuid'
import { LOAD_TENANT, tenantOf } from '../src/core/catalogue/store/snapshot.ts'
import type { Tenant } from '../src/core/catalogue/tenant.ts'
import type { Context, System } from '../src/core/context.ts'
import { type Actor, claimantOf, narrowed } from '../src/core/identity/actor.ts'
import { PERMISSIONS, type Permission } from '../src/core/identity/permissions.ts'
import { findUsers } from '../src/core/identity/queries.ts'
import type { UserSummary } from '../src/core/identity/user.ts'
import { createDesk, createTenant, createUser, type NewUser } from '../src/core/tenants/commands.ts'
import { FRESH_CATALOGUE } from '../src/dialects/catalogue.ts'
import { openDatabase } from '../src/storage/database.ts'
import { openStore, type Store } from '../src/storage/store.ts'
import { testDatabase } from './database.ts'

/** The core on a database of its own, without a server around it. */
export interface Core {
  readonly connection: pg.PoolConfig
  readonly store: Store
  /** A second store on the same database, as another process of the same install has it: nothing in memory is shared. */
  readonly otherStore: Store
  /** Looks at the tables from outside. */
  readonly outside: pg.Pool
  close(): Promise<void>
}

export async function openCore(): Promise<Core> {
  const opened = await testDatabase()
  const databases = [1, 2].map(() => openDatabase({ connection: opened.connection, checkRows: true, connections: 10 }))
  const [store, otherStore] = databases.map((database) => openStore(database))
  if (!store || !otherStore) throw new Error('Two databases make two stores.')
  const outside = new pg.Pool({ ...opened.connection, max: 2 })
  outside.on('error', () => {})
  return {
    connection: opened.connection,
    store,
    otherStore,
    outside,
    async close() {
      for (const database of databases) await database.close()
      await outside.end()
      await opened.close()
    },
  }
}

let clock = Date.parse('2026-01-15T10:00:00.000Z')

/** A time later than every one before. */
export function tick(): string {
  clock += 1
  return new Date(clock).toISOString()
}

/** What administration needs, at the next time. */
export function administration(store: Pick<Store, 'run'>): System {
  return { store, now: tick(), newId: () => v7() }
}

/** A tenant with three desks and one user in each role on the first two. */
export interface SmallTenant {
  readonly tenant: Tenant
  /** Ids of the desks; nobody but the owner works on the third. */
  readonly desks: readonly [string, string, string]
  readonly owner: UserSummary
  readonly admin: UserSummary
  readonly agent: UserSummary
  readonly customer: UserSummary
  /** A context of a fresh credential of a user, at the next time. */
  as(who: UserSummary, changes?: ContextChanges): Context
}

export interface ContextChanges extends Partial<Omit<Context, 'actor' | 'idempotency'>> {
  /** The desk to which the credential is bound. */
  readonly boundTo?: string
  readonly permissions?: readonly Permission[]
  /** An Idempotency-Key. */
  readonly key?: string
  /** What the key is used for, `'fingerprint'` unless told. */
  readonly fingerprint?: string
  readonly credentialId?: string
}

export async function makeTenant(store: Store, name = 'Tenant'): Promise<SmallTenant> {
  const admin = administration(store)
  const { tenantId, deskId } = await createTenant(admin, { name, deskName: 'First', catalogue: FRESH_CATALOGUE })
  const second = await createDesk(admin, tenantId, 'Second')
  const third = await createDesk(admin, tenantId, 'Third')
  const desks = [deskId, second.id, third.id] as const
  const [row] = await store.run(LOAD_TENANT.with({ tenant_id: tenantId }))
  if (!row) throw new Error('The tenant was not made.')
  const tenant = tenantOf(row)
  const on = (role: 'customer' | 'agent' | 'admin') => [deskId, second.id].map((id) => ({ deskId: id, role }))
  const make = (user: Pick<NewUser, 'name' | 'memberships'> & Partial<NewUser>) => addUser(store, tenant, user)
  return {
    tenant,
    desks,
    owner: await make({ name: 'Olivia', isOwner: true, memberships: on('admin') }),
    admin: await make({ name: 'Ada', memberships: on('admin') }),
    agent: await make({ name: 'Arthur', memberships: on('agent') }),
    customer: await make({ name: 'Rosa', email: 'rosa@example.com', memberships: on('customer') }),
    as: (who, changes) => contextOf(store, tenant, who, changes),
  }
}

/** Adds a user, a person unless told. */
export async function addUser(
  store: Store,
  tenant: Tenant,
  user: Pick<NewUser, 'name' | 'memberships'> & Partial<NewUser>,
): Promise<UserSummary> {
  const { id } = await createUser(administration(store), tenant.id, { kind: 'person', isOwner: false, ...user })
  const [made] = await findUsers({ store, tenant }, [id])
  if (!made) throw new Error('The user was not made.')
  return made
}

export function contextOf(store: Store, tenant: Tenant, who: UserSummary, changes: ContextChanges = {}): Context {
  const { boundTo, permissions, key, fingerprint, credentialId, ...rest } = changes
  const credential = {
    id: credentialId ?? v7(),
    dialect: 'native',
    kind: 'api_key',
    name: 'Test',
    scopes: [],
    deskId: boundTo ?? null,
    expiresAt: null,
  }
  const actor: Actor = { tenantId: tenant.id, user: who, credential, permissions: new Set(PERMISSIONS) }
  return {
    store,
    tenant,
    actor: permissions ? narrowed(actor, permissions) : actor,
    now: tick(),
    newId: () => v7(),
    dialect: 'native',
    requestId: v7(),
    idempotency:
      key === undefined ? null : { claimant: claimantOf(actor), key, fingerprint: fingerprint ?? 'fingerprint' },
    ...rest,
  }
}
