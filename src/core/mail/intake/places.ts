import { addressesLeading, mailboxOf } from '../../catalogue/addresses.ts'
import { callInput } from '../../idempotency/claimed.ts'
import { keepMail } from './commands.ts'
import type { MailOffice } from './project.ts'
import { TENANTS_AT } from './store.ts'

/** A mail with its envelope, for one recipient. */
export interface DeliveredMail {
  readonly raw: Buffer
  readonly recipient: string
  /** Empty for mail that wants no answer. */
  readonly sender: string
}

/**
 * The tenant with a desk that an address leads to; null for none. Where several have it, the one that is here for longest: who
 * comes later takes nobody's mail away.
 */
export async function tenantAt({ store }: Pick<MailOffice, 'store'>, address: string): Promise<string | null> {
  const mailbox = mailboxOf(address)
  if (mailbox === null) return null
  const [row] = await store.run(TENANTS_AT.with({ addresses: addressesLeading(mailbox) }))
  return row?.tenant_id ?? null
}

/**
 * Keeps a mail that no caller handed over, for one of its recipients. It is durable when this returns.
 *
 * @returns the tenant in which it waits to be filed; null where the address is nobody's any more
 */
export async function deliverMail(office: MailOffice, mail: DeliveredMail): Promise<string | null> {
  const tenantId = await tenantAt(office, mail.recipient)
  if (tenantId === null) return null
  const { store, newId } = office
  const call = callInput({ actor: null, newId, now: office.clock().toISOString() })
  await keepMail({ store, newId, tenant: { id: tenantId } }, call, mail)
  return tenantId
}
