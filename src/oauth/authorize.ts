import type { FastifyRequest } from 'fastify'
import type { Client } from '../core/authorization/client.ts'
import { findClient, grantByConsent } from '../core/authorization/commands.ts'
import { keptChallenge, registeredRedirectUri } from '../core/authorization/rules.ts'
import { logIn } from '../core/logins/commands.ts'
import type { Settings } from '../dialects/services.ts'
import type { Answer } from '../dialects/wire.ts'
import { consentPage, pageHeaders, problemPage, siteOf } from './page.ts'
import { bodyParameters, type Parameters, queryParameters } from './parameters.ts'
import { type AuthorizationRequest, cookieIn, newCookie, seal, setCookie, unseal } from './sealed.ts'
import { type ServedDialect, type Service, servedBy, systemOf } from './service.ts'

const KEY = 'authorization page'

/**
 * `GET /oauth2/authorize`: shows the login and consent page (RFC 6749, 4.1.1).
 * What is wrong with the client or the address is told here; everything else is told to the client, by a redirect.
 */
export async function showPage(service: Service, request: FastifyRequest): Promise<Answer> {
  const parameters = queryParameters(request)
  const asking = await askingClient(service, parameters.get('client_id'))
  if (!asking) return misdirected(service, request, 'The client is unknown.')
  const redirectUri = redirectUriOf(asking.client, parameters.get('redirect_uri'))
  if (redirectUri === null) return misdirected(service, request, 'The redirect URI is not one of this client.')
  const checked = await check(service, asking, parameters, redirectUri)
  if ('error' in checked) return sendBack(redirectUri, parameters.get('state') ?? null, checked, 302)
  const cookie = cookieIn(request.headers.cookie) ?? newCookie()
  return page(service, asking, checked.request, cookie, { status: 200, email: '', problem: null })
}

/** `POST /oauth2/authorize`: what the person on the page decided. */
export async function decide(service: Service, request: FastifyRequest): Promise<Answer> {
  const parameters = bodyParameters(request)
  const { clock, keys } = service.services
  const cookie = cookieIn(request.headers.cookie)
  const sealed = parameters.get('request')
  const asked = cookie && sealed ? await unseal(sealed, cookie, keys.accepted(KEY), clock()) : null
  if (!cookie || !asked) {
    const problem = 'This page is too old, or your browser keeps no cookies. Go back to the app and start again.'
    return { status: 400, headers: pageHeaders(null), body: problemPage(problem) }
  }
  const asking = await askingClient(service, asked.client)
  // Whatever was true when the page was shown must still be.
  if (!asking || redirectUriOf(asking.client, asked.redirectUri) === null)
    return { status: 400, headers: pageHeaders(null), body: problemPage('This app may not ask for access any more.') }
  if (parameters.get('decision') !== 'allow')
    return sendBack(asked.redirectUri, asked.state, { error: 'access_denied' }, 303)
  return letIn(service, request, { asking, asked, cookie })
}

interface Decided {
  readonly asking: Asking
  readonly asked: AuthorizationRequest
  readonly cookie: string
}

async function letIn(service: Service, request: FastifyRequest, { asking, asked, cookie }: Decided): Promise<Answer> {
  const parameters = bodyParameters(request)
  const email = parameters.get('email') ?? ''
  const { store, limits, secondFactors: vault, clock } = service.services
  const logging = { store, limits, vault, now: clock().toISOString() }
  const outcome = await logIn(logging, asking.client.tenantId, {
    by: 'email',
    name: email,
    password: parameters.get('password') ?? '',
    code: parameters.get('code'),
    address: request.ip,
    admits: (user) => user.kind === 'person',
  })
  if ('lockedSeconds' in outcome) {
    const minutes = Math.ceil(outcome.lockedSeconds / 60)
    const problem = `Too many attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`
    const locked = await page(service, asking, asked, cookie, { status: 429, email, problem })
    return { ...locked, headers: { ...locked.headers, 'retry-after': String(outcome.lockedSeconds) } }
  }
  if ('codeNeeded' in outcome) {
    const problem = outcome.wasWrong
      ? 'The code is not right, or was used before.'
      : 'Enter the code of your second factor as well.'
    return page(service, asking, asked, cookie, { status: 401, email, problem })
  }
  if ('refused' in outcome) {
    const problem = 'The e-mail address or the password is not right.'
    return page(service, asking, asked, cookie, { status: 401, email, problem })
  }
  const code = await grantByConsent(systemOf(service), asking.client, {
    userId: outcome.user.id,
    scopes: asked.scopes,
    redirectUri: asked.redirectUri,
    codeChallenge: asked.challenge,
  })
  return sendBack(asked.redirectUri, asked.state, { code }, 303)
}

// --- the request ------------------------------------------------------------------------------------------------------

/** A client whose users may be asked. */
interface Asking {
  readonly client: Client
  readonly served: ServedDialect
}

async function askingClient(service: Service, publicId: string | undefined): Promise<Asking | null> {
  const client = publicId === undefined ? null : await findClient(systemOf(service), publicId)
  const served = servedBy(service, client?.dialect)
  return client && served?.form.grantTypes.includes('authorization_code') ? { client, served } : null
}

/** One of the registered addresses; the only one where none is named (RFC 6749, 3.1.2.3). */
function redirectUriOf(client: Client, asked: string | undefined): string | null {
  const [first, ...others] = client.redirectUris
  if (asked === undefined) return first !== undefined && others.length === 0 ? first : null
  return registeredRedirectUri(client.redirectUris, asked)
}

/** An error of RFC 6749, 4.1.2.1. */
interface Problem {
  readonly error: string
  readonly error_description?: string
}

async function check(
  { services }: Service,
  { client, served }: Asking,
  parameters: Parameters,
  redirectUri: string,
): Promise<{ readonly request: AuthorizationRequest } | Problem> {
  if (parameters.get('response_type') !== 'code') return { error: 'unsupported_response_type' }
  const challenge = challengeIn(parameters, services.settings)
  if (challenge === undefined)
    return { error: 'invalid_request', error_description: 'PKCE needs a code_challenge with the method S256.' }
  const tenant = await services.access.tenant(client.tenantId)
  const scoping = served.form.scopes(parameters.get('scope') ?? '', client, tenant)
  if ('refusal' in scoping)
    return { error: scoping.refusal.code === 'invalid_scope' ? 'invalid_scope' : 'invalid_request' }
  if (scoping.granted.length === 0) return { error: 'access_denied' }
  const state = parameters.get('state') ?? null
  return { request: { client: client.publicId, redirectUri, scopes: scoping.granted, state, challenge } }
}

/** The challenge as it is kept, null for none, undefined for one that is not taken. Without a method it is `plain`. */
function challengeIn(parameters: Parameters, { pkcePlain }: Settings): string | null | undefined {
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge === undefined) return method === undefined ? null : undefined
  if (method === 'S256') return keptChallenge(challenge, 'S256') ?? undefined
  const isPlain = method === undefined || method === 'plain'
  return isPlain && pkcePlain ? (keptChallenge(challenge, 'plain') ?? undefined) : undefined
}

// --- answers ----------------------------------------------------------------------------------------------------------

interface Shown {
  readonly status: number
  readonly email: string
  readonly problem: string | null
}

async function page(
  { services }: Service,
  { client, served }: Asking,
  asked: AuthorizationRequest,
  cookie: string,
  { status, email, problem }: Shown,
): Promise<Answer> {
  const tenant = await services.access.tenant(client.tenantId)
  const backTo = siteOf(asked.redirectUri)
  const body = consentPage({
    sealed: await seal(asked, cookie, services.keys.for(KEY), services.clock()),
    clientName: client.name,
    tenantName: tenant.name,
    allows: asked.scopes.map((scope) => served.form.told?.(scope) ?? scope),
    backTo,
    email,
    problem,
  })
  return { status, headers: { ...pageHeaders(backTo), 'set-cookie': setCookie(cookie, services.publicUrl()) }, body }
}

function sendBack(
  redirectUri: string,
  state: string | null,
  result: Problem | { readonly code: string },
  status: 302 | 303,
): Answer {
  const location = new URL(redirectUri)
  for (const [name, value] of Object.entries(result)) location.searchParams.set(name, String(value))
  if (state !== null) location.searchParams.set('state', state)
  return { status, headers: { location: location.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } }
}

/** Never a redirect: nobody knows where to. A browser shows a page, every other client gets the vendor's error (S2). */
function misdirected(service: Service, request: FastifyRequest, message: string): Answer {
  if (request.headers.accept?.includes('text/html'))
    return { status: 400, headers: pageHeaders(null), body: problemPage(message) }
  const form = service.dialects.find((each) => each.form.misdirected)?.form
  return form?.misdirected?.(message) ?? { status: 400, body: { error: 'invalid_request' } }
}
