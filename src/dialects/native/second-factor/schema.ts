import { type Static, Type } from 'typebox'
import { password } from '../passwords/schema.ts'
import { closed, instantOrNull } from '../shapes.ts'

/** A code of the app, or a recovery code. */
export const code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Six digits of the authenticator app, or a recovery code; each counts once.',
})

const since = Type.Unsafe<string | null>({
  ...instantOrNull,
  description: 'Since when there is one; null: there is none.',
})

/** Of somebody else. */
export const OthersFactorAnswer = closed({ since })

export const SecondFactorAnswer = closed({
  since,
  recovery_codes: Type.Integer({ description: 'How many are left.' }),
})

export const SecretAnswer = closed({
  secret: Type.String({ description: 'In base 32, to be typed into an app.' }),
  uri: Type.String({ description: 'The same as an otpauth: URI, to be shown as a QR code.' }),
})

export const RecoveryCodesAnswer = closed({
  recovery_codes: Type.Array(Type.String(), { description: 'They are not shown again.' }),
})

export const PasswordBody = closed({ password })
export type PasswordBody = Static<typeof PasswordBody>

export const CodeBody = closed({ code })
export type CodeBody = Static<typeof CodeBody>

export const ProofBody = closed({ password, code })
export type ProofBody = Static<typeof ProofBody>
