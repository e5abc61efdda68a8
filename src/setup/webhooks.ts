import { createSender } from '../channels/webhooks/sender.ts'
import type { Config } from '../config.ts'
import { openVault } from '../core/access/vault.ts'
import type { Protocol } from '../core/webhooks/protocol.ts'
import type { WebhookOffice } from '../core/webhooks/subscriptions/commands.ts'
import { DIALECTS } from '../dialects/registry.ts'
import type { Keys } from '../storage/keys.ts'

/** How long a receiver is waited for, and when it is tried again. */
export type Patience = Partial<Pick<Protocol, 'timeoutMs' | 'retryDelaysMs'>>

/** Before a tenant's id: not only was something recorded, its webhooks changed. */
export const CHANGED_MARK = '+'

/** What webhooks need. @param patience replaces that of every dialect. */
export function webhookOffice(
  config: Pick<Config, 'webhookNetworks' | 'webhookHttp'>,
  keys: Keys,
  announce: (word: string) => void,
  patience: Patience = {},
): WebhookOffice {
  const protocols = new Map(
    DIALECTS.flatMap(({ name, webhooks }) => (webhooks ? [[name, { ...webhooks, ...patience }] as const] : [])),
  )
  return {
    protocols,
    vault: openVault(keys.accepted('webhook secrets')),
    sender: createSender({ allowedNetworks: config.webhookNetworks, allowPlainHttp: config.webhookHttp }),
    changed: (tenantId) => announce(`${CHANGED_MARK}${tenantId}`),
  }
}
