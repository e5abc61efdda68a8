import type { Context } from '../../../core/context.ts'
import { refuse } from '../../../core/errors.ts'
import { claimantOf } from '../../../core/identity/actor.ts'
import type { Settings } from '../../services.ts'
import { options } from '../options.ts'

const HEADER = 'x-idempotency-key'
/** At most as long as a UUID, and visible. */
const KEY = /^[\x21-\x7e]{1,36}$/

/**
 * The context in which a ticket is created only if the account has none with the same `X-Idempotency-Key` (M30).
 *
 * It claims the key as `Idempotency-Key` does, but every request as another one: so a repeat is refused with 409 and not
 * answered again. Clients' own keys have no blanks, so the two cannot meet.
 *
 * @throws Refusal `invalid` when the key is none.
 * @see https://docs.moov.io/guides/money-movement/idempotency
 */
export function onceOnly(
  ctx: Context,
  settings: Settings,
  deskId: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Context {
  const key = headers[HEADER]
  if (!settings.chosen(options).onceOnly || key === undefined || ctx.idempotency !== null) return ctx
  if (typeof key !== 'string' || !KEY.test(key)) {
    const message = 'must be 1 to 36 visible ASCII characters'
    return refuse({ code: 'invalid', issues: [{ path: ['X-Idempotency-Key'], rule: 'format', message }] })
  }
  return {
    ...ctx,
    idempotency: { claimant: claimantOf(ctx.actor), key: `once ${deskId} ${key}`, fingerprint: ctx.requestId },
  }
}
