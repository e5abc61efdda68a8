import type { Context, System } from '../../context.ts'
import { refuse, refuseField } from '../../errors.ts'
import { callInput } from '../../idempotency/claimed.ts'
import { once } from '../../idempotency/store.ts'
import { demandTenantWide } from '../../identity/actor.ts'
import { fileMail, type MailOffice } from './project.ts'
import { MAIL_BYTES } from './received.ts'
import { KEEP_MAIL, LEAVE_MAIL, MAIL_KEPT, TAKE_MAILS, TENANTS_WITH_MAIL } from './store.ts'

/** A mail as it is handed over. */
export interface HandedMail {
  readonly raw: Buffer
  /** For whom it is and from whom, by the envelope; null where that is not known. */
  readonly recipient: string | null
  readonly sender: string | null
}

/**
 * Keeps a mail as it came, durably; what becomes of it is decided after that (`workOnMail`).
 *
 * @returns its id
 * @throws Refusal `forbidden`, `invalid`, `idempotency_mismatch`
 */
export async function takeMail(ctx: Context, mail: HandedMail): Promise<string> {
  demandTenantWide(ctx.actor, 'mail.manage')
  if (ctx.actor.credential.deskId !== null) refuse({ code: 'forbidden', permission: 'mail.manage' })
  return once(ctx, MAIL_KEPT, () => keepMail(ctx, callInput(ctx), mail), keptMail)
}

/** The same of a server that nobody called. */
export async function keepMail(
  { store, tenant, newId }: Pick<System, 'store' | 'newId'> & { readonly tenant: { readonly id: string } },
  call: ReturnType<typeof callInput>,
  { raw, recipient, sender }: HandedMail,
): Promise<string | undefined> {
  if (raw.length === 0) refuseField([], 'required', 'Must not be empty.')
  if (raw.length > MAIL_BYTES) refuseField([], 'too_large', `At most ${MAIL_BYTES} bytes.`, MAIL_BYTES)
  const about = { id: newId(), recipient, sender, size: raw.length, ...call }
  const [row] = await store.run(KEEP_MAIL.with({ tenant_id: tenant.id, call: about, raw }))
  return row?.id
}

/** The mail that an earlier call with the same key was about. */
export function keptMail({ mail }: { readonly mail?: string }): string {
  return mail ?? refuse({ code: 'not_found', missing: 'mail' })
}

/** The tenants in which mail waits. */
export async function tenantsWithMail(store: Pick<System['store'], 'run'>): Promise<readonly string[]> {
  return (await store.run(TENANTS_WITH_MAIL.with({}))).map(({ tenant_id }) => tenant_id)
}

/** Mails that are filed side by side. */
const AT_ONCE = 8
/**
 * For how long whoever took a mail has it for itself, in milliseconds: then it is taken for dead, and another goes on. What is
 * done twice has one effect.
 */
const TAKEN_MS = 10_000
/** How long what cannot be filed rests until it is tried again, in milliseconds: longer each time. */
const REST_MS = 2_000
const LONGEST_REST_MS = 600_000

/**
 * Files the next mails of a tenant that wait.
 *
 * @param tell of what failed for no reason of its own; it is tried again.
 * @returns whether there may be more
 */
export async function workOnMail(
  office: MailOffice,
  tenantId: string,
  tell: (error: unknown) => void,
): Promise<boolean> {
  const { store } = office
  const at = office.clock().getTime()
  const in_ = (milliseconds: number): string => new Date(at + milliseconds).toISOString()
  const taking = { tenant_id: tenantId, now: in_(0), until: in_(TAKEN_MS), limit: AT_ONCE }
  const taken = await store.run(TAKE_MAILS.with(taking))
  if (taken.length === 0) return false
  const tenant = await office.access.tenant(tenantId)
  await Promise.all(
    taken.map(async (each) => {
      try {
        await fileMail(office, tenant, each)
      } catch (error) {
        tell(error)
        const rest = Math.min(LONGEST_REST_MS, REST_MS * 2 ** Math.min(each.attempts - 1, 20))
        await store.run(LEAVE_MAIL.with({ tenant_id: tenantId, id: each.id, until: in_(rest) })).catch(() => {})
      }
    }),
  )
  return taken.length === AT_ONCE
}
