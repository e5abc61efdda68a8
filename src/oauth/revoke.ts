import type { FastifyRequest } from 'fastify'
import type { Client } from '../core/authorization/client.ts'
import { findClient, findToken, type HeldToken, revokeToken } from '../core/authorization/commands.ts'
import { isSecretOf } from '../core/authorization/rules.ts'
import type { Answer } from '../dialects/wire.ts'
import { bodyParameters, type PresentedClient, presentedClient, queryParameters } from './parameters.ts'
import { demandNotHeldOff, refused, type Service, servedBy, systemOf } from './service.ts'

/** The hints of RFC 7009, 2.1. */
const HINTS = new Set(['access_token', 'refresh_token'])

/**
 * `/oauth2/revoke`: ends a token with its pair (RFC 7009; S1, M10). Holding the token is enough; a client that is named
 * must be the token's own, else nothing happens, and the answer does not tell.
 */
export async function answerRevoke(service: Service, request: FastifyRequest): Promise<Answer> {
  const body = bodyParameters(request)
  const query = queryParameters(request)
  const inBody = body.get('token')
  const token = inBody ?? query.get('token')
  const system = systemOf(service)
  const names = service.dialects.map(({ dialect }) => dialect.name)
  const presented = presentedClient(request, new Map([...query, ...body]))
  const named = presented === null || presented === 'unclear' ? null : presented
  demandNotHeldOff(service, request.ip, named)
  const client = named && (await findClient(system, named.publicId))
  if (client) request.allowedOrigins = client.origins
  const held = token === undefined ? null : await findToken(system, token, names)
  const served = servedBy(service, client?.dialect) ?? servedBy(service, held?.dialect)
  if (token === undefined) return refused(served, { code: 'missing', field: 'token' })
  const hint = body.get('token_type_hint') ?? query.get('token_type_hint')
  if (served?.form.checksHints && hint !== undefined && !HINTS.has(hint))
    return served.form.refused({ code: 'wrong_hint' })
  if (held && mayRevoke(held, presented, client)) await revokeToken(system, held)
  // Neither the client nor the token says which vendor this is: the place of the token does (S41, M45).
  return served?.form.revoked ?? (inBody === undefined ? { status: 200, body: {} } : { status: 204 })
}

function mayRevoke(held: HeldToken, presented: PresentedClient | 'unclear' | null, client: Client | null): boolean {
  if (presented === null) return true
  if (presented === 'unclear' || client === null) return false
  // A client id alone says whose token it should be; a secret that comes with it must be right.
  if (presented.secret !== null && !isSecretOf(client, presented.secret)) return false
  if (held.clientId === null) return held.tenantId === client.tenantId && held.dialect === client.dialect
  return held.clientId === client.id && held.tenantId === client.tenantId
}
