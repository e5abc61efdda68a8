import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import { changeTenant, type ListedTenant, listTenants, makeTenant, type Operator } from '../core/tenants/operate.ts'
import { FRESH_CATALOGUE } from '../dialects/catalogue.ts'
import { CREDENTIAL_KINDS, mint } from '../dialects/credentials.ts'
import { sendAnswer } from '../dialects/mount/answer.ts'
import { wireError } from '../dialects/mount/errors.ts'
import type { Services } from '../dialects/services.ts'
import { type Answer, answerError, WireRefusal } from '../dialects/wire.ts'
import { DEFAULT_ERRORS } from './errors.ts'

/** Where the one who runs the server administers tenants. */
const TENANTS = '/operator/tenants'
/** More than any request here has a use for. */
const MOST_BYTES = 16_384

const name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' })
const NewTenant = Type.Object({ name, desk: Type.Optional(name) }, { additionalProperties: false })
const TenantChange = Type.Object(
  { name: Type.Optional(name), retired: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
)

/**
 * Tenants by API: listed, made, renamed, retired and brought back, by whoever has the operator's token. Without a token in
 * the configuration there are no such paths.
 */
export function mountOperator(app: FastifyInstance, services: Services, token: string | null): void {
  if (token === null) return
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => demandOperator(request, services, token))
    scope.setErrorHandler((error, request, reply) => sendAnswer(reply, refusal(error, request)))
    const options = { schema: { hide: true }, bodyLimit: MOST_BYTES }
    const by = (request: FastifyRequest): Operator => ({
      store: services.store,
      now: services.clock().toISOString(),
      newId: services.newId,
      requestId: request.id,
    })
    scope.get(TENANTS, options, async (request) => ({ data: (await listTenants(by(request))).map(shown) }))
    scope.post(TENANTS, options, async (request, reply) =>
      reply.code(201).send(await make(by(request), valid(NewTenant, request.body))),
    )
    scope.patch<{ Params: { id: string } }>(`${TENANTS}/:id`, options, async (request) => {
      const { name, ...rest } = valid(TenantChange, request.body)
      const id = request.params.id.toLowerCase()
      const changed = await changeTenant(by(request), id, { ...rest, ...(name !== undefined && { name: name.trim() }) })
      return shown(changed)
    })
  })
}

/** In constant time, and held off as every credential is that is wrong too often. @throws Refusal `unauthenticated` */
function demandOperator(request: FastifyRequest, { limits }: Services, token: string): void {
  if (limits.heldOff(request.ip) > 0) throw new WireRefusal({ code: 'unauthenticated' })
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  if (timingSafeEqual(digest(given), digest(token))) return
  limits.failed(request.ip)
  throw new WireRefusal({ code: 'unauthenticated' })
}

function refusal(error: unknown, request: FastifyRequest): Answer {
  const wire = wireError(error, request)
  const { headers, ...answer } = answerError(DEFAULT_ERRORS, wire)
  const challenge = wire.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="operator"' } : {}
  return { ...answer, headers: { ...headers, ...challenge } }
}

function valid<S extends TSchema>(schema: S, body: unknown): Static<S> {
  if (Check(schema, body)) return body
  throw new WireRefusal({ code: 'invalid', issues: [] })
}

function shown({ id, name, retiredAt }: ListedTenant): object {
  return { id, name, retired_at: retiredAt }
}

/** Shows the key of the tenant's own API once. */
async function make(operator: Operator, { name, desk }: Static<typeof NewTenant>): Promise<object> {
  const kind = CREDENTIAL_KINDS.find((each) => each.dialect === 'native' && each.kind === 'api_key')
  if (!kind) throw new Error('The native API has no key.')
  const { secret, presented } = mint(kind)
  const key = { dialect: kind.dialect, kind: kind.kind, name: 'Operator', presented, scopes: kind.scopes }
  const input = { name: name.trim(), deskName: desk?.trim() ?? 'Default', catalogue: FRESH_CATALOGUE }
  const { tenantId, deskId, serviceId } = await makeTenant(operator, input, key)
  return { id: tenantId, name: input.name, desk: { id: deskId }, service_user: { id: serviceId }, api_key: secret }
}
