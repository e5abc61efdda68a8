import { randomSecret } from '../access/secrets.ts'
import type { System } from '../context.ts'
import { refuse } from '../errors.ts'
import type { Actor } from '../identity/actor.ts'
import { instant, instantOrNull } from '../instant.ts'
import { beginReading } from '../marks/commands.ts'
import { issueCredential, revokeCredential } from '../tenants/commands.ts'
import { SESSION_KIND, type Session } from './session.ts'
import { FIND_SESSION, LIST_SESSIONS, type SessionRow } from './store.ts'

/** A fortnight: whoever works here comes by more often, and a forgotten browser is not signed in for ever. */
const SESSION_DAYS = 14
const DAY_MS = 86_400_000
const LONGEST_USER_AGENT = 300
const MOST_SHOWN = 200

/** Begins a session of whoever has just proven who they are. @returns it, and the secret that is presented for it. */
export async function openSession(
  system: System,
  dialect: string,
  person: { readonly tenantId: string; readonly userId: string; readonly userAgent: string },
): Promise<{ readonly session: Session; readonly secret: string }> {
  const secret = randomSecret()
  const userAgent = person.userAgent.slice(0, LONGEST_USER_AGENT)
  const expiresAt = new Date(Date.parse(system.now) + SESSION_DAYS * DAY_MS).toISOString()
  const id = await issueCredential(system, person.tenantId, {
    dialect,
    kind: SESSION_KIND,
    name: userAgent,
    presented: secret,
    userId: person.userId,
    scopes: [],
    expiresAt,
  })
  await beginReading(system, person)
  return { session: { id, userAgent, createdAt: system.now, expiresAt, lastUsedAt: null }, secret }
}

/** The live sessions of whoever calls, the newest first. */
export async function listSessions(
  { store, now }: Pick<System, 'store' | 'now'>,
  { tenantId, user }: Actor,
): Promise<readonly Session[]> {
  const rows = await store.run(LIST_SESSIONS.with({ tenant_id: tenantId, user_id: user.id, now, limit: MOST_SHOWN }))
  return rows.map(sessionOf)
}

/**
 * Ends a session of whoever calls; ending it once more is the same.
 *
 * @throws Refusal `not_found` where it is nobody's, or another's.
 */
export async function endSession(system: System, { tenantId, user }: Actor, id: string): Promise<void> {
  const [found] = await system.store.run(FIND_SESSION.with({ tenant_id: tenantId, user_id: user.id, id }))
  if (!found) refuse({ code: 'not_found', missing: 'session' })
  await revokeCredential(system, tenantId, id)
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    userAgent: row.name,
    createdAt: instant(row.created_at),
    expiresAt: instant(row.expires_at),
    lastUsedAt: instantOrNull(row.last_used_at),
  }
}
