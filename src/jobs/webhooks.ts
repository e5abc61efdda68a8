import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Access } from '../core/access/access.ts'
import type { Links } from '../core/attachments/links.ts'
import type { RunningSystem } from '../core/context.ts'
import { consume } from '../core/webhooks/deliveries/consume.ts'
import { deliverDue, type Failure } from '../core/webhooks/deliveries/deliver.ts'
import { lookForDue } from '../core/webhooks/deliveries/due.ts'
import { tenantsWithWebhooks, type WebhookOffice } from '../core/webhooks/subscriptions/commands.ts'
import { StoreFull } from '../storage/failures.ts'

/** How often every tenant with webhooks is looked at, in case a signal was lost, in milliseconds. */
const POLL_MS = 10_000
/** How long attempts under way get to finish when the server stops, in milliseconds; others are tried again later. */
const FINISH_MS = 4_000
/** How often something is said of one webhook, in milliseconds, and of how many this is remembered. */
const SAY_EVERY_MS = 60_000
const MOST_SAID = 1_000
/** The longest time a timer takes, in milliseconds. */
const LONGEST_TIMER_MS = 3_600_000

/** With what webhooks are served. */
export interface WebhookSystem extends RunningSystem {
  readonly access: Pick<Access, 'tenant'>
  readonly office: WebhookOffice
  readonly links: Links
  readonly log: (message: string) => void
}

/** Turns events into deliveries and sends them, in every process; what one takes no other does. */
export interface Webhooks {
  /** Something was recorded for a tenant. */
  wake(tenantId: string): void
  /** A tenant's webhooks or deliveries were changed. */
  changed(tenantId: string): void
  /** Signals may have been missed. */
  lookAround(): void
  stop(): Promise<void>
}

export function startWebhooks(system: WebhookSystem): Webhooks {
  const { store, access, office, links, clock, newId, log } = system
  const known = new Set<string>()
  /** Tenants that are being looked at; with true they are looked at once more afterwards. */
  const looking = new Map<string, boolean>()
  /** Webhooks that are being sent to, as `looking`. */
  const sending = new Map<string, boolean>()
  const timers = new Map<string, NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  /** When something was said of a webhook last, of those that fail now. */
  const saidAt = new LRUCache<string, number>({ max: MOST_SAID })
  let stopped = false

  function track(what: string, work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        // What cannot be written now is looked at again.
        if (!stopped && !(error instanceof StoreFull))
          log(`${what} failed: ${error instanceof Error ? error.message : String(error)}`)
      })
      .finally(() => running.delete(tracked))
    running.add(tracked)
  }

  async function refresh(): Promise<void> {
    for (const tenantId of await tenantsWithWebhooks(store)) known.add(tenantId)
    for (const tenantId of known) wake(tenantId)
  }

  function wake(tenantId: string): void {
    if (stopped || !known.has(tenantId)) return
    if (looking.has(tenantId)) looking.set(tenantId, true)
    else track('Looking for webhooks to send', look(tenantId))
  }

  async function look(tenantId: string): Promise<void> {
    try {
      do {
        looking.set(tenantId, false)
        await lookOnce(tenantId)
      } while (looking.get(tenantId) && !stopped)
    } finally {
      looking.delete(tenantId)
    }
  }

  async function lookOnce(tenantId: string): Promise<void> {
    const tenant = await access.tenant(tenantId)
    const about = { store, tenant, protocols: office.protocols, links, newId, log }
    const given = () => ({ ...about, now: clock().toISOString() })
    while (!stopped && (await consume(given())));
    const { webhookIds, nextAt } = await lookForDue(given, () => stopped)
    for (const webhookId of webhookIds) startSending(tenantId, webhookId)
    if (nextAt !== null) wakeAt(tenantId, Date.parse(nextAt))
  }

  function wakeAt(tenantId: string, at: number): void {
    clearTimeout(timers.get(tenantId))
    const wait = Math.min(Math.max(at - clock().getTime(), 0) + 1, LONGEST_TIMER_MS)
    if (!stopped) timers.set(tenantId, setTimeout(() => wake(tenantId), wait).unref())
  }

  function startSending(tenantId: string, webhookId: string): void {
    if (stopped) return
    if (sending.has(webhookId)) sending.set(webhookId, true)
    else track('Sending a webhook', send(tenantId, webhookId))
  }

  /** Ends when nothing is due; looks again then, because what was tried has a next time, or its line a next delivery. */
  async function send(tenantId: string, webhookId: string): Promise<void> {
    sending.set(webhookId, false)
    let tried = 0
    try {
      const delivering = { store, tenant: await access.tenant(tenantId), office, clock, newId, failed }
      for (let some = -1; some !== 0 && !stopped; tried += some) some = await deliverDue(delivering, webhookId)
    } finally {
      const again = sending.get(webhookId) === true || tried > 0
      sending.delete(webhookId)
      if (again) wake(tenantId)
    }
  }

  /** Says what is not delivered and why: that a webhook was disabled always, all else of one webhook once a minute. */
  function failed({ webhookId, origin, delivery, fate, reason, behind }: Failure): void {
    const now = performance.now()
    const isQuiet = now - (saidAt.get(webhookId) ?? Number.NEGATIVE_INFINITY) < SAY_EVERY_MS
    if (isQuiet && fate.disables === null) return
    saidAt.set(webhookId, now)
    const about = `The webhook ${webhookId} to ${origin} did not take ${delivery.event_type} (delivery ${delivery.id}).`
    const waiting = behind > 0 ? [`${behind === 1 ? 'One event waits' : `${behind} events wait`} behind it.`] : []
    const next =
      fate.disables !== null
        ? 'The webhook is disabled.'
        : fate.nextAt === null
          ? 'It is given up.'
          : `It is tried again at ${fate.nextAt}.`
    log([about, reason, ...waiting, next].join(' '))
  }

  function lookAround(): void {
    if (!stopped) track('Looking for tenants with webhooks', refresh())
  }

  const poll = setInterval(lookAround, POLL_MS).unref()
  lookAround()

  return {
    wake,
    lookAround,
    changed(tenantId) {
      known.add(tenantId)
      wake(tenantId)
    },
    async stop() {
      stopped = true
      clearInterval(poll)
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.race([Promise.all(running), pause(FINISH_MS, undefined, { ref: false })])
    },
  }
}
