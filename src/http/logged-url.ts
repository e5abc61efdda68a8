/** Names of what is a secret wherever somebody puts it into a query, whether or not the path takes it. */
const SECRET_NAME = /key|token|secret|passw|credential|signature|authorization|jwt/

/**
 * A request's URL with the values of secrets taken out of its query: of the one parameter that a dialect takes a key in,
 * and of all whose names say so. A parameter is found as those who read it find it: percent-decoded; and in any case, so
 * that none is missed.
 */
export function withoutSecrets(url: string, parameter?: string): string {
  const start = url.indexOf('?')
  if (start === -1) return url
  const pairs = url
    .slice(start + 1)
    .split('&')
    .map((pair) => {
      const [written = ''] = pair.split('=', 1)
      const name = decoded(written).toLowerCase()
      return name === parameter?.toLowerCase() || SECRET_NAME.test(name) ? `${written}=[redacted]` : pair
    })
  return `${url.slice(0, start)}?${pairs.join('&')}`
}

/** What cannot be decoded is the name of nothing. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}
