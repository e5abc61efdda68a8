import type { Store } from '../../../storage/store.ts'
import type { Vault } from '../../access/vault.ts'
import { factorOwner } from './check.ts'
import { RESEAL_FACTOR, SEALED_FACTORS } from './store.ts'

/** For what the keys are made that hide the secrets of second factors. */
export const FACTOR_KEYS = 'second factors'

type Sealing = Pick<Store, 'run'>

/** How many secrets of second factors are sealed with which of our keys. */
export async function countFactorSeals(
  store: Sealing,
  vault: Vault,
  tenantIds: readonly string[],
): Promise<Readonly<Record<ReturnType<Vault['keyOf']>, number>>> {
  const count = { current: 0, former: 0, unknown: 0 }
  for (const tenantId of tenantIds)
    for (const { secret } of await store.run(SEALED_FACTORS.with({ tenant_id: tenantId })))
      count[vault.keyOf(secret)] += 1
  return count
}

/**
 * Seals with the current key what a former one sealed, as webhooks' secrets are sealed anew: it can be stopped and begun
 * again, and several may do it at once. @returns how many were changed.
 */
export async function resealFactors(store: Sealing, vault: Vault, tenantIds: readonly string[]): Promise<number> {
  let changed = 0
  for (const tenantId of tenantIds)
    for (const { user_id: userId, secret } of await store.run(SEALED_FACTORS.with({ tenant_id: tenantId }))) {
      if (vault.keyOf(secret) !== 'former') continue
      const owner = factorOwner({ tenantId, userId })
      const anew = vault.seal(vault.open(secret, owner), owner)
      const replaced = { tenant_id: tenantId, user_id: userId, secret, new_secret: anew }
      changed += (await store.run(RESEAL_FACTOR.with(replaced))).length
    }
  return changed
}
