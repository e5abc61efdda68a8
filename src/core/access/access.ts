import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Store } from '../../storage/store.ts'
import { openAges } from '../ages.ts'
import { LOAD_TENANT, tenantOf } from '../catalogue/store/snapshot.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Actor } from '../identity/actor.ts'
import { actorOf, FIND_IN_DIRECTORY, LOAD_ABSENT_ACTOR, LOAD_ACTOR, ORIGIN_LISTED } from './store.ts'

/** While the signal of other processes may be missed, nothing older than this is used, in milliseconds. */
const DEAF_AGE_MS = 2_000
/** With the signal, entries are still read anew after this time, in milliseconds. */
const MAXIMUM_AGE_MS = 60_000
const MAXIMUM_ACTORS = 20_000
const MAXIMUM_TENANTS = 5_000
/** What was resolved once counts as proven for so long after its last look-up, in milliseconds. */
const PROVEN_MS = 86_400_000
const MAXIMUM_ORIGINS = 1_000

/** Resolves what callers present to who they are. Cached; a revocation counts at once here and within 5 s elsewhere. */
export interface Access {
  /**
   * The actor behind a presented secret, with every permission that its credential could ever use; null when it is
   * unknown, revoked, expired, or its user is inactive (unless `evenInactive`, for answers that tell of it).
   *
   * @param dialect the dialect it was issued for.
   * @param kind how it was presented, for instance `api_key`, `basic`, `access_token`.
   * @param secret exactly what was presented; for a pair of names `${publicId}:${secret}`.
   */
  resolve(
    dialect: string,
    kind: string,
    secret: string,
    options?: { readonly evenInactive?: boolean },
  ): Promise<Actor | null>
  /** The same for callers who may cause no look-up of what they guess: unknown is all that was not resolved here before. */
  readonly resolveProven: Access['resolve']
  /** Whether any live credential of a dialect has an origin on its list, whichever tenant's. */
  listsOrigin(dialect: string, origin: string): Promise<boolean>
  /** The tenant's desks, groups and catalogue. */
  tenant(tenantId: string): Promise<Tenant>
}

/** How a secret is listed in the directory. */
export function directoryKind(dialect: string, kind: string): string {
  return `credential ${dialect} ${kind}`
}

/** What is stored of a presented secret. Secrets are random with at least 160 bits, so a plain digest cannot be guessed back. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

interface Cached<T> {
  readonly value: T
  readonly readAt: number
}

/** Whose a secret is, read now: nothing is kept of that it was used. */
export async function findActor(
  store: Pick<Store, 'run'>,
  { dialect, kind, hash }: { readonly dialect: string; readonly kind: string; readonly hash: Buffer },
): Promise<Actor | null> {
  const [listed] = await store.run(FIND_IN_DIRECTORY.with({ kind: directoryKind(dialect, kind), hash }))
  if (!listed) return null
  const [row] = await store.run(LOAD_ACTOR.with({ tenant_id: listed.tenant_id, id: listed.target_id }))
  return row ? actorOf(listed.tenant_id, row) : null
}

/**
 * Who asked by a credential, read now, for what goes on when their call has ended; null where the credential was revoked
 * since, or its user is inactive. Who only signed out meanwhile is still the one who asked.
 */
export async function findAbsentActor(
  store: Pick<Store, 'run'>,
  tenantId: string,
  credentialId: string,
): Promise<Actor | null> {
  const [row] = await store.run(LOAD_ABSENT_ACTOR.with({ tenant_id: tenantId, id: credentialId }))
  const actor = row ? actorOf(tenantId, row) : null
  return actor?.user.active ? actor : null
}

/**
 * @param clock milliseconds since the epoch.
 * @param onUse told of each actor that is let in; must be quick.
 */
export function openAccess(
  store: Store,
  clock: () => number = Date.now,
  onUse: (actor: Actor) => void = () => {},
): Access {
  const actors = new LRUCache<string, Cached<Actor>>({ max: MAXIMUM_ACTORS })
  const tenants = new LRUCache<string, Cached<Tenant> & { readonly row: string }>({ max: MAXIMUM_TENANTS })
  /** When each secret was found last, by its digest. Whether it is still good is another question. */
  const proven = new LRUCache<string, number>({ max: MAXIMUM_ACTORS })
  const ages = openAges()
  const origins = new LRUCache<string, Cached<boolean>>({ max: MAXIMUM_ORIGINS })
  const reading = new Map<string, Promise<unknown>>()
  let deaf = true
  /** Counts what was forgotten, so that a look-up under way at that moment is not kept. */
  let generation = 0

  function forget(tenantId: string): void {
    generation++
    tenants.delete(tenantId)
    origins.clear()
    for (const [key, cached] of actors.entries()) if (cached.value.tenantId === tenantId) actors.delete(key)
  }

  store.onAccess(forget, (listening) => {
    deaf = !listening
    generation++
    actors.clear()
    tenants.clear()
    origins.clear()
  })

  function fresh<T>(cached: Cached<T> | undefined): T | undefined {
    // What seems to be read in the future was read before the clock went back.
    if (!cached || Math.abs(clock() - cached.readAt) > (deaf ? DEAF_AGE_MS : MAXIMUM_AGE_MS)) return undefined
    return cached.value
  }

  /** Callers that miss the same entry at the same time share one look-up, but for what was forgotten since it began. */
  async function shared<T>(entry: string, read: () => Promise<T>): Promise<T> {
    const key = `${generation} ${entry}`
    const under = reading.get(key) as Promise<T> | undefined
    if (under) return under
    const promise = read().finally(() => reading.delete(key))
    reading.set(key, promise)
    return promise
  }

  async function resolve(
    isProven: (key: string) => boolean,
    ...[dialect, kind, secret, options]: Parameters<Access['resolve']>
  ): Promise<Actor | null> {
    const hash = hashOf(secret)
    const key = `${dialect} ${kind} ${hash.toString('base64')}`
    const readAt = clock()
    const begun = generation
    const known = fresh(actors.get(key))
    if (!known && !isProven(key)) return null
    const actor = known ?? (await shared(key, () => findActor(store, { dialect, kind, hash })))
    if (!actor) {
      proven.delete(key)
      return null
    }
    if (!known) proven.set(key, readAt)
    if (!known && begun === generation) actors.set(key, { value: actor, readAt })
    if (!actor.user.active && !options?.evenInactive) return null
    if (hasEnded(actor.credential)) return null
    onUse(actor)
    return actor
  }

  function hasEnded({ id, issuedAt, expiresAt }: Actor['credential']): boolean {
    if (expiresAt === null) return false
    const now = clock()
    if (Date.parse(expiresAt) <= now) return true
    return (
      issuedAt !== undefined && ages.hasEnded(id, { from: issuedAt, until: expiresAt }, new Date(now).toISOString())
    )
  }

  return {
    resolve: (...presented) => resolve(() => true, ...presented),
    resolveProven: (...presented) => resolve((key) => clock() - (proven.get(key) ?? 0) < PROVEN_MS, ...presented),

    async listsOrigin(dialect, origin) {
      const key = `${dialect} ${origin}`
      const readAt = clock()
      const begun = generation
      const known = fresh(origins.get(key))
      if (known !== undefined) return known
      return shared(`origin ${key}`, async () => {
        const now = new Date(readAt).toISOString()
        const value = (await store.run(ORIGIN_LISTED.with({ dialect, origin, now }))).length > 0
        if (begun === generation) origins.set(key, { value, readAt })
        return value
      })
    },

    async tenant(tenantId) {
      const readAt = clock()
      const begun = generation
      const before = tenants.get(tenantId)
      const known = fresh(before)
      if (known) return known
      return shared(`tenant ${tenantId}`, async () => {
        const [read] = await store.run(LOAD_TENANT.with({ tenant_id: tenantId }))
        if (!read) throw new Error(`Tenant ${tenantId} does not exist.`)
        const row = JSON.stringify(read)
        // The same object for as long as nothing in it changed: what was made of it, such as lists, holds as long.
        const tenant = before?.row === row ? before.value : tenantOf(read)
        if (begun === generation) tenants.set(tenantId, { value: tenant, readAt, row })
        return tenant
      })
    },
  }
}
