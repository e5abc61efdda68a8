import type { Store } from '../../../storage/store.ts'
import type { Vault } from '../../access/vault.ts'
import { secretOwner } from './commands.ts'
import { RESEAL_SECRETS, SEALED_SECRETS, TENANTS_WITH_WEBHOOKS } from './store.ts'

type Sealing = Pick<Store, 'run'>

/** How many stored secrets are sealed with which of our keys. */
export type SealCount = Readonly<Record<ReturnType<Vault['keyOf']>, number>>

/** Looks at every stored secret of every tenant, and changes none. */
export async function countSeals(store: Sealing, vault: Vault): Promise<SealCount> {
  const count = { current: 0, former: 0, unknown: 0 }
  for await (const { secrets } of everyWebhook(store)) for (const each of secrets) count[vault.keyOf(each)] += 1
  return count
}

/**
 * Seals with the current key what a former one sealed. It can be stopped and begun again at any time, and several may do
 * it at once: a secret that was replaced meanwhile is left alone.
 *
 * @returns how many webhooks were changed
 */
export async function resealSecrets(store: Sealing, vault: Vault): Promise<number> {
  let changed = 0
  for await (const { tenantId, id, secrets } of everyWebhook(store)) {
    if (!secrets.some((each) => vault.keyOf(each) === 'former')) continue
    const owner = secretOwner(tenantId, id)
    const [secret, previous] = secrets
    const anew = (sealed: Buffer): Buffer =>
      vault.keyOf(sealed) === 'former' ? vault.seal(vault.open(sealed, owner), owner) : sealed
    const before = { secret, previous_secret: previous ?? null }
    const after = { new_secret: anew(secret), new_previous_secret: previous ? anew(previous) : null }
    const [done] = await store.run(RESEAL_SECRETS.with({ tenant_id: tenantId, id, ...before, ...after }))
    if (done) changed += 1
  }
  return changed
}

interface Sealed {
  readonly tenantId: string
  readonly id: string
  /** The secret that signs, and behind it one that still signs too. */
  readonly secrets: readonly [Buffer, ...Buffer[]]
}

async function* everyWebhook(store: Sealing): AsyncGenerator<Sealed> {
  for (const { tenant_id: tenantId } of await store.run(TENANTS_WITH_WEBHOOKS.with({}))) {
    for (const { id, secret, previous_secret } of await store.run(SEALED_SECRETS.with({ tenant_id: tenantId })))
      yield { tenantId, id, secrets: previous_secret ? [secret, previous_secret] : [secret] }
  }
}
