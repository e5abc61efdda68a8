import { randomSecret } from '../core/access/secrets.ts'
import { PROFILES } from './profiles.ts'

/** One kind of credential that a dialect's callers present. */
export interface CredentialForm {
  readonly kind: string
  readonly about: string
  /** A public id goes with the secret, and both are presented together. */
  readonly paired: boolean
  /** What a credential may do unless said otherwise, in the vendor's words. */
  readonly scopes: readonly string[]
  /** Every word that a scope can be, where that is a closed list which this server knows. */
  readonly words?: readonly string[]
  /** Whether pages of other sites may present it, from the origins on its list. */
  readonly browsers?: true
  /** Whether it is what `polydesk client create` makes: a client of the authorization server. */
  readonly client?: true
}

/** A kind of credential, and whose. */
export interface CredentialKind extends CredentialForm {
  readonly dialect: string
}

/** Everything that `polydesk token create` can issue. */
export const CREDENTIAL_KINDS: readonly CredentialKind[] = PROFILES.flatMap(({ name, credentialKinds }) =>
  credentialKinds.map((form) => ({ dialect: name, ...form })),
)

/** A fresh secret of a kind: what is shown to its owner, and what callers will present. */
export interface Minted {
  readonly publicId: string | null
  readonly secret: string
  readonly presented: string
}

/** Makes a random secret; only its hash will be kept. */
export function mint(kind: CredentialKind): Minted {
  const secret = randomSecret(40)
  if (!kind.paired) return { publicId: null, secret, presented: secret }
  const publicId = randomSecret(20)
  return { publicId, secret, presented: `${publicId}:${secret}` }
}
