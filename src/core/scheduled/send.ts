import type { Store } from '../../storage/store.ts'
import { findAbsentActor } from '../access/access.ts'
import { LOAD_TENANT, tenantOf } from '../catalogue/store/snapshot.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Context, System } from '../context.ts'
import { type CoreError, Refusal } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { claimantOf, narrowed } from '../identity/actor.ts'
import { PERMISSIONS } from '../identity/permissions.ts'
import type { Instant } from '../instant.ts'
import { changeTicket } from '../tickets/commands/change.ts'
import { type DueRow, HOLD_SCHEDULED, TAKE_SCHEDULED, TENANTS_TO_SEND } from './store.ts'

/** For how long what is taken is nobody else's, in milliseconds. */
const TAKEN_MS = 60_000

const NOT_ALLOWED: CoreError = { code: 'forbidden', permission: 'message.reply' }
const ANSWERED: CoreError = { code: 'conflict', message: 'The requester answered before it was sent.' }

type Sender = System<Store>

/** The tenants in which something is to be sent. */
export async function tenantsToSend(store: Pick<Store, 'run'>, now: Instant): Promise<readonly string[]> {
  return (await store.run(TENANTS_TO_SEND.with({ now }))).map(({ tenant_id }) => tenant_id)
}

/**
 * Sends what is due of a tenant, some at once, each as its author would now: with the rights that they had, as far as they have
 * them still. What is refused is held, and says why. Each is sent once, whatever dies meanwhile: it goes by a key of its own, and
 * its row goes in the statement that writes the message.
 *
 * @returns how many were taken; fewer than `limit` when there are no more.
 */
export async function sendDue(sender: Sender, tenantId: string, limit: number): Promise<number> {
  const { store, now, newId } = sender
  const until = new Date(Date.parse(now) + TAKEN_MS).toISOString()
  const due = await store.run(TAKE_SCHEDULED.with({ tenant_id: tenantId, now, until, limit }))
  if (due.length === 0) return 0
  const [read] = await store.run(LOAD_TENANT.with({ tenant_id: tenantId }))
  if (!read) return 0
  const tenant = tenantOf(read)
  for (const each of due) {
    const problem = each.is_answered ? ANSWERED : await problemOfSending(sender, tenant, each)
    if (problem === null) continue
    const call = { store, now, newId, tenant, actor: null, dialect: each.dialect, requestId: newId() }
    const about = { id: each.id, version: each.version, problem }
    await store.run(HOLD_SCHEDULED.with(callValues(call, about)))
  }
  return due.length
}

/** Sends one. @returns why it was refused; null where it was sent */
async function problemOfSending({ store, now, newId }: Sender, tenant: Tenant, due: DueRow): Promise<CoreError | null> {
  const found = await findAbsentActor(store, tenant.id, due.credential_id)
  if (found === null) return NOT_ALLOWED
  const actor = narrowed(
    found,
    PERMISSIONS.filter((each) => due.permissions.includes(each)),
  )
  const key = `scheduled ${due.id}`
  const idempotency = { claimant: claimantOf(actor), key, fingerprint: key }
  const ctx: Context = { store, now, newId, tenant, actor, dialect: due.dialect, requestId: newId(), idempotency }
  const { visibility, format, text, status } = due
  const message = {
    visibility,
    format,
    text,
    attachmentIds: due.attachment_ids,
    scheduled: { id: due.id, version: due.version },
  }
  const change = { message, ...(status !== null && { status: { to: status } }) }
  try {
    await changeTicket(ctx, { id: due.ticket_id }, change)
    return null
  } catch (error) {
    // A store that is away sends it later.
    if (!(error instanceof Refusal) || error.error.code === 'unavailable') throw error
    return error.error
  }
}
