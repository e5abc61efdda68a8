import { useQuery } from '@tanstack/react-query'
import type { ListedDelivery, Webhook } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import { usePages } from '../api/pages.ts'
import type { Words } from '../i18n/en.ts'

/** The feed tells nothing of webhooks and their deliveries: they are asked for again while somebody looks. */
const AGAIN_MS = 3_000

/** The dialects whose payloads a receiver may want, each as its vendor is called. NetGroot has no webhooks. */
export const VENDORS = [
  { id: 'native', name: 'Polydesk' },
  { id: 'spacebring', name: 'Spacebring' },
  { id: 'moov', name: 'Moov' },
  { id: 'omnidesk', name: 'Omnidesk' },
] as const

export function vendorOf(dialect: string): string {
  return VENDORS.find(({ id }) => id === dialect)?.name ?? dialect
}

export type DeliveryState = ListedDelivery['state']
export const STATES = ['waiting', 'dead', 'delivered', 'skipped'] as const satisfies readonly DeliveryState[]

export function useWebhooks() {
  return useQuery({
    queryKey: keys.webhooks,
    staleTime: 0,
    refetchInterval: AGAIN_MS,
    queryFn: () => collect(all(client, 'listWebhooks', { query: { limit: '200' } })),
  })
}

/** @param isEnding while it is deleted: nobody asks for what may be gone. */
export function useWebhook(id: string, isEnding: boolean) {
  return useQuery({
    queryKey: keys.webhook(id),
    enabled: !isEnding,
    staleTime: 0,
    refetchInterval: AGAIN_MS,
    queryFn: ({ signal }) => client.call('getWebhook', { params: { id }, signal }),
  })
}

/** What was and is to be sent, the newest first. Who reads further down is left in peace. */
export function useDeliveries(id: string, state: DeliveryState | null, isEnding: boolean) {
  return usePages({
    queryKey: keys.deliveries(id, state ?? 'all'),
    enabled: !isEnding,
    isFresh: true,
    againMs: AGAIN_MS,
    read: (at, signal) =>
      client.call('listDeliveries', {
        params: { id },
        query: {
          limit: '25',
          ...(state !== null && { state }),
          ...at,
        },
        signal,
      }),
  })
}

/** Reads anew what is shown of webhooks. */
export async function readWebhooksAnew(): Promise<void> {
  await askAgain(keys.webhooks)
}

/** Whether a webhook sends, in words, and how well that is. */
export function standOf(
  { enabled, disabled_by, rests_until }: Webhook,
  words: Words,
): { readonly sign: 'on' | 'off' | 'waits'; readonly name: string } {
  const said = words.webhooks
  if (!enabled && disabled_by === 'hand') return { sign: 'waits', name: said.paused }
  if (!enabled) return { sign: 'off', name: disabled_by === 'gone' ? said.gone : said.failing }
  if (rests_until !== null) return { sign: 'waits', name: said.rests }
  return { sign: 'on', name: said.on }
}
