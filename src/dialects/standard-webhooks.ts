import { createHmac, randomBytes } from 'node:crypto'
import type { Signing } from '../core/webhooks/protocol.ts'

/** Bytes of a secret: the specification allows 24 to 64. */
const SECRET_BYTES = 32
const SECRET_PREFIX = 'whsec_'

/** https://www.standardwebhooks.com: a secret is base64 of random bytes, shown with a prefix. */
export function newStandardSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`
}

/**
 * The three headers of https://www.standardwebhooks.com, which Svix uses under names of its own: the id of the message,
 * the same in every attempt; the time of this attempt; and one signature for each secret that is valid now.
 */
export function standardHeaders(prefix: 'webhook' | 'svix', signing: Signing): Readonly<Record<string, string>> {
  const id = `msg_${signing.deliveryId}`
  const timestamp = String(Math.floor(Date.parse(signing.at) / 1_000))
  const signatures = signing.secrets.map((secret) => standardSignature(secret, id, timestamp, signing.body))
  return {
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: timestamp,
    [`${prefix}-signature`]: signatures.join(' '),
  }
}

/** HMAC-SHA256 over `id.timestamp.body`, keyed with the bytes behind the secret's prefix. */
export function standardSignature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret, 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
