import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { mayTenantWide } from '../identity/actor.ts'
import type { Instant } from '../instant.ts'
import { EVENT_KINDS, type EventKind } from './event.ts'
import type { RecordedEvent } from './sight.ts'
import { AUDITED_EVENTS, recordedEventOf } from './store.ts'

/** What kinds of events begin with that tell of tickets, of one's own work, or of jobs: all others tell who runs the tenant, and how. */
const OF_DAILY_WORK = [
  'ticket.',
  'message.',
  'view.',
  'saved_reply.',
  'bulk_job.',
  'unsent',
  'mail.received',
  'letter.',
  'undeliverable_address.',
] as const

/** The events of an audit: of people, credentials and settings, and of exports. */
export const AUDITED_KINDS: readonly EventKind[] = EVENT_KINDS.filter(
  (kind) => !OF_DAILY_WORK.some((beginning) => kind.startsWith(beginning)),
)

/** What of the log is wanted. Absent is whatever there is. */
export interface AuditAsked {
  readonly kinds: readonly EventKind[] | null
  readonly actorId: string | null
  readonly from: Instant | null
  readonly to: Instant | null
  /** The position before which it goes on; null for the latest. */
  readonly before: number | null
  readonly limit: number
}

/**
 * Who changed people, credentials and settings, and who exported, the latest first. Each was recorded with what it tells, or not
 * at all; none holds a secret.
 *
 * @throws Refusal `forbidden`
 */
export async function listAudit(
  { store, tenant, actor }: Context,
  { kinds, actorId, from, to, before, limit }: AuditAsked,
): Promise<{ readonly events: readonly RecordedEvent[]; readonly next: number | null }> {
  if (actor.credential.deskId !== null || !mayTenantWide(actor, 'audit.read'))
    refuse({ code: 'forbidden', permission: 'audit.read' })
  const rows = await store.run(
    AUDITED_EVENTS.with({
      ...{ tenant_id: tenant.id, kinds: kinds ?? AUDITED_KINDS, actor_id: actorId, from, to, before },
      limit: limit + 1,
    }),
  )
  const events = rows.slice(0, limit).map(recordedEventOf)
  return { events, next: rows.length > limit ? (events.at(-1)?.position ?? null) : null }
}
