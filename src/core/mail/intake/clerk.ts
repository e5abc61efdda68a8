import type { Context } from '../../context.ts'
import { refuse } from '../../errors.ts'
import type { Actor } from '../../identity/actor.ts'
import { PERMISSIONS } from '../../identity/permissions.ts'
import { userOf } from '../../identity/rows.ts'
import { CLERK_ID, keyFor } from './key.ts'
import { MAIL_CLERK } from './store.ts'

/**
 * The context in which a mail is filed: in the name of the tenant, as mail has no caller. Whatever is filed of it is filed
 * once, under the mail's own key.
 */
export async function clerkOf(
  ctx: Omit<Context, 'actor' | 'dialect' | 'requestId' | 'idempotency'>,
  mailId: string,
): Promise<Context> {
  const [row] = await ctx.store.run(MAIL_CLERK.with({ tenant_id: ctx.tenant.id }))
  if (!row) return refuse({ code: 'unavailable' })
  const credential = {
    id: CLERK_ID,
    dialect: 'system',
    kind: 'mail',
    name: 'Mail',
    scopes: [],
    deskId: null,
    expiresAt: null,
  }
  const actor: Actor = { tenantId: ctx.tenant.id, user: userOf(row), credential, permissions: new Set(PERMISSIONS) }
  return { ...ctx, actor, dialect: 'system', requestId: mailId, idempotency: keyFor(mailId, 'file') }
}
