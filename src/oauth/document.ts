import { STATUS_CODES } from 'node:http'
import { type TObject, type TSchema, Type } from 'typebox'
import type { AuthorizationForm, TokenRefusal } from '../dialects/authorization.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type DemoValues, filled, NO_VALUES } from '../dialects/examples.ts'
import {
  contentOf as bodyOf,
  type OpenApiDocument,
  type Operation,
  openApiOf,
  parameters,
  type Response,
} from '../dialects/openapi/document.ts'
import { type Answer, answerError } from '../dialects/wire.ts'

const closed = { additionalProperties: false } as const

/** RFC 6749, 5.2. */
export const OAuthError = Type.Object({ error: Type.String(), error_description: Type.Optional(Type.String()) }, closed)

/** A dialect's document as it is served: its own operations, and those that it shares under `/oauth2`. */
export function documentOf<Need>(dialect: Dialect<Need>, values?: DemoValues): OpenApiDocument {
  const document = openApiOf(dialect, values)
  const { authorization } = dialect
  if (!authorization) return document
  return {
    ...document,
    tags: [...document.tags, { name: TAG }],
    paths: { ...document.paths, ...authorizationPaths(dialect, authorization, values) },
  }
}

const TAG = 'oauth2'

type Paths = OpenApiDocument['paths']

function authorizationPaths<Need>(dialect: Dialect<Need>, form: AuthorizationForm, values?: DemoValues): Paths {
  const asksUsers = form.grantTypes.includes('authorization_code')
  const shown = (operationId: string, part: 'query' | 'body') =>
    filled(dialect.examples?.[operationId]?.[part], values ?? NO_VALUES)
  return {
    ...(asksUsers && { '/oauth2/authorize': { get: showPage(dialect, shown), post: decide(shown) } }),
    '/oauth2/token': { post: token(dialect, form, shown) },
    '/oauth2/revoke': revocations(dialect, form, shown),
  }
}

/** A part of an operation's example, filled. */
type Shown = (operationId: string, part: 'query' | 'body') => unknown

// --- the login and consent page ---------------------------------------------------------------------------------------

const optional = (description: string): TSchema => Type.Optional(Type.String({ description }))
const PAGE = { 'text/html': { schema: Type.String() } } as const
const LEADS_BACK = { location: { description: 'Back to the app, with a code or an error.', schema: Type.String() } }

/** RFC 6749, 4.1.1 and RFC 7636, 4.3. */
const AuthorizationQuery = Type.Object({
  client_id: Type.String({ description: 'Of the app that asks.' }),
  response_type: Type.String({ description: 'code' }),
  scope: Type.String({ description: 'What the app asks for, separated by spaces or commas.' }),
  redirect_uri: optional('One of those that the client registered; may be left out when it is the only one.'),
  state: optional('Comes back as it is.'),
  code_challenge: optional('Of PKCE, with the method S256.'),
  code_challenge_method: optional('S256'),
})

const DecisionForm = Type.Object({
  request: Type.String({ description: 'What the page was shown for, sealed: the hidden field of that page.' }),
  decision: Type.String({ description: 'allow, or anything else to refuse.' }),
  email: optional('Of the person who decides.'),
  password: optional('Of the person who decides.'),
  code: optional('Of their second factor, where they have one.'),
})

function showPage<Need>({ openapi }: Dialect<Need>, shown: Shown): Operation {
  const misdirected = Type.Union([openapi.errorBodies.default, OAuthError])
  return {
    operationId: 'authorize',
    summary: 'Show the page on which a person logs in and lets an app in',
    tags: [TAG],
    security: [],
    parameters: parameters('query', AuthorizationQuery, shown('authorize', 'query')),
    responses: {
      200: { description: 'The page.', content: PAGE },
      302: { description: 'The request is wrong, which the app is told by a redirect.', headers: LEADS_BACK },
      400: {
        description: 'The client or its redirect URI is unknown: a page for browsers.',
        content: { ...PAGE, ...asJson(misdirected) },
      },
      ...FAILURES,
    },
  }
}

function decide(shown: Shown): Operation {
  const page = (description: string): Response => ({ description, content: PAGE })
  return {
    operationId: 'decide',
    summary: 'Log in and let the app in, or not: what the page sends',
    tags: [TAG],
    security: [],
    parameters: [],
    requestBody: {
      required: true,
      content: bodyOf(['application/x-www-form-urlencoded'], DecisionForm, shown('decide', 'body')),
    },
    responses: {
      303: { description: 'Decided.', headers: LEADS_BACK },
      400: { description: 'The page is too old.', content: { ...PAGE, ...asJson(OAuthError) } },
      401: page('The e-mail address, the password or the code is not right.'),
      413: { description: 'The request is too large.', content: asJson(OAuthError) },
      429: page('Too many attempts.'),
      ...FAILURES,
    },
  }
}

// --- tokens -----------------------------------------------------------------------------------------------------------

function token<Need>(dialect: Dialect<Need>, form: AuthorizationForm, shown: Shown): Operation {
  const { tokenRequest, tokenAnswer } = form.openapi
  return {
    operationId: 'createAccessToken',
    summary: `Get an access token by ${form.grantTypes.join(' or ')}`,
    tags: [TAG],
    security: byClient(form),
    parameters: [],
    requestBody: { required: true, content: asFormOrJson(tokenRequest, shown('createAccessToken', 'body')) },
    responses: {
      200: { description: 'The tokens.', content: asJson(tokenAnswer) },
      ...refusals(dialect, form, TOKEN_REFUSALS),
    },
  }
}

/** RFC 7009, 2.1. */
const RevocationFields = Type.Object({
  token: Type.String({ description: 'An access token or a refresh token; either ends both.' }),
  token_type_hint: optional('access_token or refresh_token'),
})

function revocations<Need>(dialect: Dialect<Need>, form: AuthorizationForm, shown: Shown): Paths[string] {
  const inQuery = parameters('query', RevocationFields)
  const byQuery = parameters('query', RevocationFields, shown('revokeAccessTokenByQuery', 'query'))
  const operation = (operationId: string, rest: Pick<Operation, 'parameters' | 'requestBody'>): Operation => ({
    operationId,
    summary: 'End a token together with its pair',
    tags: [TAG],
    security: byClient(form),
    ...rest,
    responses: {
      [form.revoked.status]: { description: 'It does not work any more, or never did.', ...contentOf(form.revoked) },
      ...refusals(dialect, form, REVOCATION_REFUSALS),
    },
  })
  const content = asFormOrJson(RevocationFields, shown('revokeAccessToken', 'body'))
  const mayBe = inQuery.map((each) => ({ ...each, required: false }))
  return {
    get: operation('revokeAccessTokenByQuery', { parameters: byQuery }),
    post: operation('revokeAccessToken', { parameters: mayBe, requestBody: { required: false, content } }),
  }
}

/** The client by Basic, or by fields of the body (RFC 6749, 2.3.1). */
function byClient({ openapi }: AuthorizationForm): NonNullable<Operation['security']> {
  return [{ [openapi.clientScheme]: [] }, {}]
}

const TOKEN_REFUSALS: readonly TokenRefusal[] = [
  { code: 'invalid_client' },
  { code: 'invalid_grant' },
  { code: 'unsupported_grant_type' },
  { code: 'invalid_request', message: '' },
  { code: 'missing', field: 'scope' },
  { code: 'invalid_scope' },
  { code: 'forbidden' },
]

const REVOCATION_REFUSALS: readonly TokenRefusal[] = [{ code: 'missing', field: 'token' }, { code: 'wrong_hint' }]

/** Made from the very table by which a dialect refuses, with what happens before a client is known. */
function refusals<Need>(
  dialect: Dialect<Need>,
  form: AuthorizationForm,
  possible: readonly TokenRefusal[],
): Operation['responses'] {
  const statuses = [...new Set([400, ...possible.map((each) => form.refused(each).status)])]
  const answers = possible.map((each) => form.refused(each))
  const told = statuses.map((status): [number, Response] => {
    const own = answers.filter((each) => each.status === status)
    const isEmpty = own.length > 0 && own.every(({ body }) => body === undefined)
    const schema = form.openapi.errorBodies[status] ?? OAuthError
    const description = `${STATUS_CODES[status] ?? 'Refused'}.`
    return [status, isEmpty ? { description } : { description, content: asJson(schema) }]
  })
  return {
    ...Object.fromEntries(told),
    413: { description: 'The request is too large.', content: asJson(OAuthError) },
    429: {
      description: 'Too many requests. Without a body while the client is unknown.',
      headers: { 'retry-after': { description: 'Seconds after which to try again.', schema: Type.String() } },
      ...contentOf(
        answerError(dialect.errors, { code: 'rate_limited', retryAfterSeconds: 1 }),
        dialect.openapi.errorBodies.default,
      ),
    },
    ...FAILURES,
  }
}

// --- parts ------------------------------------------------------------------------------------------------------------

type Content = NonNullable<Response['content']>

function asJson(schema: TSchema): Content {
  return { 'application/json': { schema } }
}

function asFormOrJson(schema: TObject, example: unknown): Content {
  return bodyOf(['application/x-www-form-urlencoded', 'application/json'], schema, example)
}

/** The body of an answer: that of a schema, else an object without fields. */
function contentOf({ body }: Answer, schema: TSchema = Type.Object({}, closed)): Pick<Response, 'content'> {
  return body === undefined ? {} : { content: asJson(schema) }
}

const FAILURES = {
  500: { description: 'Something went wrong here.', content: asJson(OAuthError) },
  503: { description: 'The server cannot answer now; try again.', content: asJson(OAuthError) },
} as const satisfies Operation['responses']
