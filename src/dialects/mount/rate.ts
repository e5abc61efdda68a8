import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../core/errors.ts'
import type { Actor } from '../../core/identity/actor.ts'
import { networkOf } from '../../core/limits/network.ts'
import type { Dialect } from '../dialect.ts'
import type { Services } from '../services.ts'
import { WireRefusal } from '../wire.ts'

/**
 * Who calls. For an address whose credentials failed too often nothing is looked up; only what was good before is let in, since
 * many can be behind one address.
 */
export async function authenticated<Need>(
  request: FastifyRequest,
  dialect: Dialect<Need>,
  services: Services,
): Promise<Actor> {
  const wait = services.limits.heldOff(request.ip)
  try {
    return await dialect.authenticate(request, wait > 0 ? withoutGuessing(services) : services)
  } catch (error) {
    if (error instanceof Refusal && error.error.code === 'unauthenticated') {
      demandNoWait(wait)
      services.limits.failed(request.ip)
    }
    throw error
  }
}

function withoutGuessing(services: Services): Services {
  const { access } = services
  return { ...services, access: { ...access, resolve: access.resolveProven } }
}

/** Counts a request against its credential's rate. @throws WireRefusal `rate_limited` */
export async function spendOne<Need>(
  request: FastifyRequest,
  {
    tenantId,
    credential,
  }: { readonly tenantId: string; readonly credential: { readonly id: string; readonly testMode?: boolean } },
  { name, rate }: Dialect<Need>,
  { limits, settings }: Services,
): Promise<void> {
  const bucket = rate.perAddress ? `${credential.id} ${networkOf(request.ip)}` : credential.id
  const own = (credential.testMode && rate.testPerSecond) || rate.perSecond
  demandNoWait(await limits.spend(tenantId, `${name} ${bucket}`, settings.rates[name] ?? own))
}

function demandNoWait(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new WireRefusal({ code: 'rate_limited', retryAfterSeconds })
}
