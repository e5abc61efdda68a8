import { createHash } from 'node:crypto'
import { hashOf } from '../../access/access.ts'
import type { Vault } from '../../access/vault.ts'
import { type Locked, type LockSystem, REFUSED, type Refused, unlessLocked } from '../lock.ts'
import { bareCode, stepOf } from './codes.ts'
import { USE_RECOVERY_CODE, USE_STEP } from './store.ts'

/** Whose second factor it is. */
export interface Whose {
  readonly tenantId: string
  readonly userId: string
}

export interface CodeSystem extends LockSystem {
  /** Hides the secrets of second factors. */
  readonly vault: Vault
}

/** The owner under which a person's secret is sealed. */
export function factorOwner({ tenantId, userId }: Whose): string {
  return `second factor ${tenantId} ${userId}`
}

/** Under which guesses at somebody's codes are counted: from wherever they come, since who guesses has the password. */
export function codeKey(userId: string): Buffer {
  return createHash('sha256').update(`code\n${userId}`).digest()
}

/** What tells that a code was right. */
export type Right = { readonly right: true }

/** Tries a code of a second factor that counts. What is right is used up: a step of the app once, and a recovery code too. */
export async function tryCode(
  system: CodeSystem,
  whose: Whose,
  sealed: Buffer,
  code: string,
): Promise<Right | Refused | Locked> {
  const outcome = await unlessLocked<Right>(system, whose.tenantId, codeKey(whose.userId), async () =>
    (await useCode(system, whose, sealed, code)) ? { right: true } : REFUSED,
  )
  return 'codeNeeded' in outcome ? REFUSED : outcome
}

async function useCode(
  { store, vault, now }: CodeSystem,
  whose: Whose,
  sealed: Buffer,
  code: string,
): Promise<boolean> {
  const ids = { tenant_id: whose.tenantId, user_id: whose.userId }
  const step = stepOf(vault.open(sealed, factorOwner(whose)), code, now)
  const [used] =
    step === null
      ? await store.run(USE_RECOVERY_CODE.with({ ...ids, hash: hashOf(bareCode(code)) }))
      : await store.run(USE_STEP.with({ ...ids, step }))
  return used !== undefined
}
