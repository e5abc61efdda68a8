import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { type Actor, may } from '../identity/actor.ts'
import type { UserProfile } from '../identity/user.ts'
import { type Instant, instant, instantOrNull } from '../instant.ts'
import { readName } from '../name.ts'
import { findProfile } from '../users/queries.ts'
import { demandMayChange } from '../users/rules.ts'
import { directoryKind, hashOf } from './access.ts'
import {
  CREDENTIAL_KEPT,
  type CredentialKept,
  ISSUE_CREDENTIAL,
  LIST_MANAGED,
  type ManagedRow,
  WITHDRAW_CREDENTIAL,
} from './store.ts'
import type { Vault } from './vault.ts'

/** A credential as who manages it sees it: never its secret. */
export interface ManagedCredential {
  readonly id: string
  readonly dialect: string
  readonly kind: string
  readonly name: string
  readonly publicId: string | null
  readonly userId: string
  /** The only desk that it reaches. */
  readonly deskId: string | null
  readonly scopes: readonly string[]
  readonly origins: readonly string[]
  readonly redirectUris: readonly string[]
  readonly testMode: boolean
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
  readonly lastUsedAt: Instant | null
}

/** A credential to issue, with what was minted for it. Its words and scopes are its dialect's, which has looked at them. */
export interface IssuedCredential {
  readonly dialect: string
  readonly kind: string
  readonly name: string
  readonly publicId: string | null
  /** What is shown once. */
  readonly secret: string
  /** Exactly what callers will present; only its hash is kept. */
  readonly presented: string
  /** Whose it is. */
  readonly userId: string
  readonly deskId: string | null
  readonly scopes: readonly string[]
  readonly origins: readonly string[]
  readonly redirectUris: readonly string[]
  readonly testMode: boolean
  readonly expiresAt: Instant | null
}

/** The kinds that are issued by hand, as the directory names them less its first word: `native api_key`. */
export type Kinds = readonly string[]

/** A credential of one desk is its admins' affair, every other the owner's. */
function mayManage(actor: Actor, deskId: string | null): boolean {
  if (deskId !== null) return may(actor, 'credential.manage', deskId)
  return actor.permissions.has('credential.manage') && actor.user.isOwner && actor.credential.deskId === null
}

function demandPermission({ permissions }: Actor): void {
  if (!permissions.has('credential.manage')) refuse({ code: 'forbidden', permission: 'credential.manage' })
}

/** Those that the actor manages, revoked ones too, the oldest first. @throws Refusal `forbidden` */
export async function listCredentials(ctx: Context, kinds: Kinds): Promise<readonly ManagedCredential[]> {
  demandPermission(ctx.actor)
  const rows = await ctx.store.run(LIST_MANAGED.with({ tenant_id: ctx.tenant.id, kinds, id: null }))
  return rows.filter(({ desk_id }) => mayManage(ctx.actor, desk_id)).map(managedOf)
}

/** @throws Refusal `forbidden`, `not_found`, also for one that the actor does not manage */
export async function getCredential(ctx: Context, kinds: Kinds, id: string): Promise<ManagedCredential> {
  demandPermission(ctx.actor)
  const [row] = await ctx.store.run(LIST_MANAGED.with({ tenant_id: ctx.tenant.id, kinds, id }))
  return row && mayManage(ctx.actor, row.desk_id)
    ? managedOf(row)
    : refuse({ code: 'not_found', missing: 'credential' })
}

/**
 * Issues a credential. Whoever calls manages the desk that it is bound to, or owns the tenant, and may change the person
 * whose it is: nobody acts for those above them.
 *
 * @returns it with its secret, which a repeat by the same key is told again.
 * @throws Refusal `forbidden`, `invalid` (paths `name`, `user`, `desk`, `expires_at`), `idempotency_mismatch`
 */
export async function createCredential(
  ctx: Context,
  vault: Vault,
  kinds: Kinds,
  input: IssuedCredential,
): Promise<{ readonly credential: ManagedCredential; readonly secret: string }> {
  demandPermission(ctx.actor)
  if (!mayManage(ctx.actor, input.deskId)) refuse({ code: 'forbidden', permission: 'credential.manage' })
  const made = await once(
    ctx,
    CREDENTIAL_KEPT,
    async () => {
      if (input.deskId !== null && !ctx.tenant.desks.some(({ id, active }) => id === input.deskId && active))
        refuseField(['desk'], 'unknown', 'There is no such desk.')
      if (input.expiresAt !== null && input.expiresAt <= ctx.now)
        refuseField(['expires_at'], 'too_small', 'Must be in the future.')
      const { id: userId } = await demandMayActFor(ctx, input.userId)
      const id = ctx.newId()
      const sealed = vault.seal(input.secret, ownerOf(ctx, id)).toString('base64')
      const issued = { ...rowOf(input), id, user_id: userId, sealed }
      const [row] = await ctx.store.run(ISSUE_CREDENTIAL.with(callValues(ctx, issued)))
      return row && { id, secret: input.secret }
    },
    (earlier) => issuedIn(ctx, vault, earlier),
  )
  return { credential: await getCredential(ctx, kinds, made.id), secret: made.secret }
}

/**
 * Revokes a credential. One that is revoked stays so.
 *
 * @throws Refusal as `getCredential`, `idempotency_mismatch`
 */
export async function withdrawCredential(ctx: Context, kinds: Kinds, id: string): Promise<void> {
  await once(
    ctx,
    CREDENTIAL_KEPT,
    async () => {
      const { revokedAt } = await getCredential(ctx, kinds, id)
      if (revokedAt !== null) return id
      const [row] = await ctx.store.run(WITHDRAW_CREDENTIAL.with(callValues(ctx, { id })))
      return row?.id
    },
    () => id,
  )
}

/** Whom a credential is to be of: the caller, or somebody whom they may change. */
async function demandMayActFor(ctx: Context, userId: string): Promise<UserProfile> {
  const user = await findProfile(ctx, { id: userId })
  if (!user) return refuseField(['user'], 'unknown', 'There is no such user.')
  if (user.id !== ctx.actor.user.id) demandMayChange(ctx.actor, user)
  return user
}

/** Under whose name a new secret is sealed. */
function ownerOf({ tenant }: Context, id: string): string {
  return `credential ${tenant.id} ${id}`
}

function issuedIn(ctx: Context, vault: Vault, { credential: id, sealed }: CredentialKept) {
  if (id === undefined || sealed === undefined) return refuse({ code: 'not_found', missing: 'credential' })
  return { id, secret: vault.open(Buffer.from(sealed, 'base64'), ownerOf(ctx, id)) }
}

function rowOf(input: IssuedCredential) {
  return {
    of_dialect: input.dialect,
    kind: input.kind,
    name: readName(input.name),
    public_id: input.publicId,
    hash: hashOf(input.presented).toString('hex'),
    desk_id: input.deskId,
    scopes: input.scopes,
    expires_at: input.expiresAt,
    listed_as: directoryKind(input.dialect, input.kind),
    redirect_uris: input.redirectUris,
    origins: input.origins,
    test_mode: input.testMode,
  }
}

function managedOf(row: ManagedRow): ManagedCredential {
  return {
    id: row.id,
    dialect: row.dialect,
    kind: row.kind,
    name: row.name,
    publicId: row.public_id,
    userId: row.user_id,
    deskId: row.desk_id,
    scopes: row.scopes,
    origins: row.origins,
    redirectUris: row.redirect_uris,
    testMode: row.test_mode,
    createdAt: instant(row.created_at),
    expiresAt: instantOrNull(row.expires_at),
    revokedAt: instantOrNull(row.revoked_at),
    lastUsedAt: instantOrNull(row.last_used_at),
  }
}
