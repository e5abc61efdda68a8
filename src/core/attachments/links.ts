import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../instant.ts'

/** Makes the addresses from which attachments are downloaded: whoever has one may, until it expires. */
export interface Links {
  to(attachment: { readonly tenantId: string; readonly id: string }, now: Instant): string
  /** Whether this server made a link that is still good. */
  accepts(link: Link, now: Date): boolean
}

/** A link as it came back. */
export interface Link {
  readonly tenantId: string
  readonly id: string
  /** Seconds since 1970. */
  readonly expires: string
  readonly signature: string
}

const HOUR_SECONDS = 3_600
/** By how much the clocks of servers may differ, in milliseconds. */
const TOLERATED_MS = 60_000

/**
 * Links are good for at least `hours`. They end at a full hour, so that one file has one address for a while and need
 * not be loaded twice.
 *
 * @param keys made for this purpose alone: the one that signs, and behind it others whose links are still good.
 */
export function openLinks(keys: readonly [Buffer, ...Buffer[]], publicUrl: () => string, hours: number): Links {
  const signedBy = (key: Buffer, { tenantId, id, expires }: Omit<Link, 'signature'>): Buffer =>
    createHmac('sha256', key).update(`${tenantId}/${id}?${expires}`).digest()
  return {
    to({ tenantId, id }, now) {
      const hour = Math.ceil(Date.parse(now) / 1_000 / HOUR_SECONDS) + hours
      const expires = String(hour * HOUR_SECONDS)
      const signature = signedBy(keys[0], { tenantId, id, expires }).toString('base64url')
      return `${publicUrl()}/files/${tenantId}/${id}?expires=${expires}&signature=${signature}`
    },
    accepts(link, now) {
      const { expires, signature } = link
      if (!/^[1-9]\d{0,11}$/.test(expires)) return false
      const left = Number(expires) * 1_000 - now.getTime()
      // None that is made now holds longer; one from before the clock went back is not good for as long as it jumped.
      if (left <= 0 || left > (hours + 1) * HOUR_SECONDS * 1_000 + TOLERATED_MS) return false
      const given = Buffer.from(signature, 'base64url')
      // Only the one spelling: Node reads base64url with all kinds of additions.
      if (given.toString('base64url') !== signature) return false
      return keys.some((key) => {
        const made = signedBy(key, link)
        return given.length === made.length && timingSafeEqual(given, made)
      })
    },
  }
}

/** The address of an attachment, as answers show it. */
export type LinkTo = (attachment: { readonly id: string }) => string

/** How one answer links to the attachments of its tenant. */
export function linkingIn(
  links: Links,
  { tenant, now }: { readonly tenant: { readonly id: string }; readonly now: Instant },
): LinkTo {
  return ({ id }) => links.to({ tenantId: tenant.id, id }, now)
}
