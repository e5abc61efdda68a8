import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a request comes from one of a key's domains. Access tokens page, Origin and Referer: `Origin` is scheme and host
 * without a path; `Referer` may have one and counts only without `Origin`. A key without a list works anywhere (M9).
 */
export function comesFrom(origins: readonly string[], headers: IncomingHttpHeaders): boolean {
  if (origins.length === 0) return true
  const { origin, referer } = headers
  if (origin !== undefined) return origins.includes(origin.toLowerCase())
  return referer !== undefined && URL.canParse(referer) && origins.includes(new URL(referer).origin)
}
