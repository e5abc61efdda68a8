/**
 * A request's URL with the values of one query parameter taken out, which are a secret. The parameter is found as those
 * who read it find it: percent-decoded; and in any case, so that none is missed.
 */
export function withoutSecret(url: string, parameter: string): string {
  const start = url.indexOf('?')
  if (start === -1) return url
  const pairs = url
    .slice(start + 1)
    .split('&')
    .map((pair) => {
      const [name = ''] = pair.split('=', 1)
      return decoded(name).toLowerCase() === parameter.toLowerCase() ? `${name}=[redacted]` : pair
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
