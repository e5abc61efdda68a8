import { Secret, TOTP } from 'otpauth'
import { randomSecret } from '../../access/secrets.ts'
import type { Instant } from '../../instant.ts'

/** As every authenticator app has it: SHA-1, six digits, half a minute (RFC 6238). */
const FORM = { algorithm: 'SHA1', digits: 6, period: 30 } as const
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20
/** How many steps a clock may be behind or ahead. */
const WINDOW = 1

/** A fresh secret in base 32, as apps take it. */
export function makeSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32
}

/** What an app reads from the QR code: the secret, and whose it is where. */
export function uriOf(secret: string, { issuer, label }: { readonly issuer: string; readonly label: string }): string {
  // A colon parts the two.
  const names = { issuer: issuer.replaceAll(':', ' '), label: label.replaceAll(':', ' ') }
  return new TOTP({ ...FORM, ...names, secret }).toString()
}

/** The step of which a code is, of those about now; null when it is of none of them. */
export function stepOf(secret: string, code: string, now: Instant): number | null {
  const digits = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) return null
  const totp = new TOTP({ ...FORM, secret })
  const timestamp = Date.parse(now)
  const delta = totp.validate({ token: digits, timestamp, window: WINDOW })
  return delta === null ? null : totp.counter({ timestamp }) + delta
}

const RECOVERY_CODES = 10
/** 95 bits of letters and digits: a digest of it cannot be guessed back. */
const RECOVERY_CHARACTERS = 16

/** Fresh recovery codes, in groups of four. */
export function makeRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => randomSecret(RECOVERY_CHARACTERS).replace(/.{4}(?=.)/g, '$&-'))
}

/** A recovery code without what only makes it legible. */
export function bareCode(code: string): string {
  return code.replaceAll(/[\s-]/g, '')
}
