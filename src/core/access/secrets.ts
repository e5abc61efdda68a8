import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { composed } from '../spelling.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Bytes at or above this would make some characters likelier than others. */
const FAIR_LIMIT = 256 - (256 % ALPHABET.length)

/** A random secret of letters and digits; 40 characters hold 238 bits. */
export function randomSecret(length = 40): string {
  let secret = ''
  while (secret.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < FAIR_LIMIT && secret.length < length) secret += ALPHABET[byte % ALPHABET.length]
    }
  }
  return secret
}

/** A human password as it is stored, in one spelling as NIST SP 800-63B wants it: Argon2id with the library's OWASP defaults, computed off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  return hash(composed(password))
}

/** Whether this is the password of a stored hash, which an older version made of the spelling that it was given; computed off the main thread. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  if (await verify(stored, composed(password))) return true
  return composed(password) !== password && verify(stored, password)
}
