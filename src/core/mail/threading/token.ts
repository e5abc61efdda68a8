import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What stands behind the plus of the address to which answers go, `help+r42-…@example.com`: it leads to one ticket, and
 * whoever was written to may say more on that. Servers and people change the case of addresses, so there is one.
 */

/** A token as an address holds it, not yet looked at: which ticket, and the proof that we made it. */
export interface ReplyToken {
  readonly integer: number
  readonly proof: string
}

/** For what its key is. */
export const REPLY_KEYS = 'mail replies'

/** Characters of a proof: 80 bits, which nobody guesses by sending mail. */
const PROOF = 16
const TOKEN = new RegExp(`^r([1-9][0-9]{0,14})-([a-z2-7]{${PROOF}})$`)
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'

/** The tag of the address for answers to a ticket. */
export function replyTag(
  key: Buffer,
  tenantId: string,
  ticket: { readonly id: string; readonly integer: number },
): string {
  return `r${ticket.integer}-${proofOf(key, tenantId, ticket.id)}`
}

/** The token in the tag of an address; null where there is none. */
export function readReplyTag(tag: string): ReplyToken | null {
  const [, integer, proof] = TOKEN.exec(tag.toLowerCase()) ?? []
  return integer === undefined || proof === undefined ? null : { integer: Number(integer), proof }
}

/** Whether one of our keys made a token for a ticket. */
export function isProven({ proof }: ReplyToken, keys: readonly Buffer[], tenantId: string, ticketId: string): boolean {
  return keys.some((key) => timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(key, tenantId, ticketId))))
}

function proofOf(key: Buffer, tenantId: string, ticketId: string): string {
  const digest = createHmac('sha256', key).update(`${tenantId} ${ticketId}`).digest()
  return Array.from({ length: PROOF }, (_, nth) => LETTERS[(digest[nth] ?? 0) & 31]).join('')
}
