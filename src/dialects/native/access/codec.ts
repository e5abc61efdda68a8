import type { IssuedCredential, ManagedCredential } from '../../../core/access/credentials.ts'
import { originOf, redirectUriProblem } from '../../../core/authorization/rules.ts'
import { refuse, refuseField } from '../../../core/errors.ts'
import type { Actor } from '../../../core/identity/actor.ts'
import { UUID } from '../../../core/uuid.ts'
import { CREDENTIAL_KINDS, type CredentialKind, mint } from '../../credentials.ts'
import type { Names } from '../names.ts'
import type { CredentialAnswer, NewCredentialBody } from './schema.ts'

/** The kinds that are issued by hand. */
export const KINDS: readonly string[] = CREDENTIAL_KINDS.map(({ dialect, kind }) => `${dialect} ${kind}`)

/** @throws Refusal `not_found` when it cannot be one */
export function decodeCredentialId(text: string): string {
  return UUID.test(text) ? text.toLowerCase() : refuse({ code: 'not_found', missing: 'credential' })
}

/** A credential as it is asked for, with a fresh secret. @throws Refusal `invalid` */
export function decodeNewCredential(actor: Actor, body: NewCredentialBody): IssuedCredential {
  const kind = kindOf(body)
  const { scopes = kind.scopes, origins = [], redirect_uris: redirectUris = [], test = false } = body
  demandWords(kind, scopes)
  const { publicId, secret, presented } = mint(kind)
  const desk = body.desk === undefined ? actor.credential.deskId : body.desk
  return {
    ...{ dialect: kind.dialect, kind: kind.kind, name: body.name, publicId, secret, presented, scopes },
    userId: body.user?.toLowerCase() ?? actor.user.id,
    deskId: desk?.toLowerCase() ?? null,
    origins: origins.map((text, at) => originIn(kind, text, at)),
    redirectUris: redirectUris.map((uri, at) => redirectIn(kind, uri, at)),
    testMode: test,
    expiresAt: body.expires_at == null ? null : new Date(body.expires_at).toISOString(),
  }
}

function kindOf({ dialect = 'native', kind = 'api_key' }: NewCredentialBody): CredentialKind {
  const ofDialect = CREDENTIAL_KINDS.filter((each) => each.dialect === dialect)
  const dialects = [...new Set(CREDENTIAL_KINDS.map((each) => each.dialect))]
  if (ofDialect.length === 0) return refuseField(['dialect'], 'choice', `Must be one of ${dialects.join(', ')}.`)
  const kinds = ofDialect.map((each) => each.kind).join(', ')
  const found = ofDialect.find((each) => each.kind === kind)
  return found ?? refuseField(['kind'], 'choice', `Of ${dialect} there are ${kinds}.`)
}

/** A word that nothing knows would make a key that opens nothing, without telling anyone. */
function demandWords({ words, dialect }: CredentialKind, scopes: readonly string[]): void {
  const at = scopes.findIndex((scope) => words && !words.includes(scope))
  if (at !== -1) refuseField(['scopes', at], 'choice', `${dialect} does not know it.`)
}

function originIn({ browsers, dialect, kind }: CredentialKind, text: string, at: number): string {
  if (browsers !== true) refuseField(['origins'], 'not_allowed', `${dialect} ${kind} is not for pages of other sites.`)
  return originOf(text) ?? refuseField(['origins', at], 'format', 'Must be an origin such as https://app.example.com.')
}

function redirectIn({ client, dialect, kind }: CredentialKind, uri: string, at: number): string {
  if (client !== true) refuseField(['redirect_uris'], 'not_allowed', `${dialect} ${kind} is no client of /oauth2.`)
  const problem = redirectUriProblem(uri)
  return problem === null ? uri : refuseField(['redirect_uris', at], 'format', problem)
}

export function encodeCredential(names: Names, credential: ManagedCredential): CredentialAnswer {
  const { id, dialect, kind, name, scopes, origins } = credential
  return {
    ...{ id, dialect, kind, name, public_id: credential.publicId, user: credential.userId },
    desk: credential.deskId === null ? null : names.desk(credential.deskId),
    scopes: [...scopes],
    origins: [...origins],
    redirect_uris: [...credential.redirectUris],
    test: credential.testMode,
    created_at: credential.createdAt,
    expires_at: credential.expiresAt,
    revoked_at: credential.revokedAt,
    last_used_at: credential.lastUsedAt,
  }
}
