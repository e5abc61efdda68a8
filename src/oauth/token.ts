import type { FastifyRequest } from 'fastify'
import type { Client } from '../core/authorization/client.ts'
import { exchangeCode, findClient, findToken, grantToClient, refresh } from '../core/authorization/commands.ts'
import { isSecretOf } from '../core/authorization/rules.ts'
import type { TokenRefusal } from '../dialects/authorization.ts'
import { spendOne } from '../dialects/mount/rate.ts'
import { type Answer, answerError, WireRefusal } from '../dialects/wire.ts'
import { bodyParameters, type Parameters, type PresentedClient, presentedClient } from './parameters.ts'
import { callerOf, demandNotHeldOff, refused, type ServedDialect, type Service, servedBy, systemOf } from './service.ts'

/**
 * `POST /oauth2/token`: codes, client credentials and refresh tokens for access tokens (RFC 6749). The dialect of the
 * client answers; without a client, that of the token (S41, M45).
 */
export async function answerToken(service: Service, request: FastifyRequest): Promise<Answer> {
  const parameters = bodyParameters(request)
  const presented = presentedClient(request, parameters)
  const named = presented === null || presented === 'unclear' ? null : presented
  demandNotHeldOff(service, request.ip, named)
  const system = systemOf(service)
  const client = named && (await findClient(system, named.publicId))
  const served = servedBy(service, client?.dialect) ?? (await ofRefreshToken(service, parameters))
  if (!named || !client || !served || !isAuthentic(client, named)) {
    service.services.limits.failed(request.ip)
    return refused(served, { code: 'invalid_client' })
  }
  service.services.limits.passed(request.ip, callerOf(named))
  request.allowedOrigins = client.origins
  return answerClient(service, request, { served, client, parameters })
}

function isAuthentic(client: Client, { secret }: PresentedClient): boolean {
  return secret !== null && isSecretOf(client, secret)
}

async function ofRefreshToken(service: Service, parameters: Parameters): Promise<ServedDialect | undefined> {
  const token = parameters.get('refresh_token')
  const held = token === undefined ? null : await findToken(systemOf(service), token, [])
  return servedBy(service, held?.dialect)
}

interface Asked {
  readonly served: ServedDialect
  readonly client: Client
  readonly parameters: Parameters
}

/** The order of M41: rate, then origin, then what was asked for. */
async function answerClient(service: Service, request: FastifyRequest, asked: Asked): Promise<Answer> {
  const { dialect, form } = asked.served
  const { tenantId, id } = asked.client
  try {
    await spendOne(request, { tenantId, credential: { id } }, dialect, service.services)
  } catch (error) {
    if (error instanceof WireRefusal) return answerError(dialect.errors, error.error)
    throw error
  }
  if (form.admitsFrom?.(asked.client, request.headers) === false) return form.refused({ code: 'forbidden' })
  const type = asked.parameters.get('grant_type')
  if (type === undefined)
    return form.refused({ code: 'invalid_request', message: 'The parameter grant_type is missing.' })
  const known = form.grantTypes.find((each) => each === type)
  return known ? GRANTS[known](service, asked) : form.refused({ code: 'unsupported_grant_type' })
}

type Granting = (service: Service, asked: Asked) => Promise<Answer>

const GRANTS: Readonly<Record<ServedDialect['form']['grantTypes'][number], Granting>> = {
  async authorization_code(service, { served, client, parameters }) {
    const { form } = served
    const code = parameters.get('code')
    if (code === undefined) return form.refused({ code: 'missing', field: 'code' })
    const proof = {
      redirectUri: parameters.get('redirect_uri') ?? null,
      verifier: parameters.get('code_verifier') ?? null,
    }
    const issued = await exchangeCode(systemOf(service), client, code, proof, form.lifetimes)
    return issued ? form.issued(issued, service.services.settings) : form.refused({ code: 'invalid_grant' })
  },

  async client_credentials(service, asked) {
    const { form } = asked.served
    const scoping = await scoped(service, asked, asked.parameters.get('scope') ?? '')
    if ('refusal' in scoping) return form.refused(scoping.refusal)
    const issued = await grantToClient(systemOf(service), asked.client, scoping.granted, form.lifetimes)
    return form.issued(issued, service.services.settings)
  },

  async refresh_token(service, asked) {
    const { form } = asked.served
    const token = asked.parameters.get('refresh_token')
    if (token === undefined) return form.refused({ code: 'missing', field: 'refresh_token' })
    const fewer = asked.parameters.get('scope')
    const scoping = fewer === undefined ? null : await scoped(service, asked, fewer)
    if (scoping && 'refusal' in scoping) return form.refused(scoping.refusal)
    const system = systemOf(service)
    const issued = await refresh(system, asked.client, token, scoping?.granted ?? null, form.lifetimes)
    if (issued === 'too_wide') return form.refused({ code: 'invalid_scope' })
    return issued ? form.issued(issued, service.services.settings) : form.refused({ code: 'invalid_grant' })
  },
}

async function scoped(
  { services }: Service,
  { served, client }: Asked,
  text: string,
): Promise<{ readonly granted: readonly string[] } | { readonly refusal: TokenRefusal }> {
  return served.form.scopes(text, client, await services.access.tenant(client.tenantId))
}
