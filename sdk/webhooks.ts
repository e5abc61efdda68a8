/** Why a webhook is not to be trusted. */
export class WebhookRefusal extends Error {
  override readonly name = 'WebhookRefusal'
}

/** A webhook's headers, by any spelling of their names. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

const PREFIX = 'whsec_'
const TOLERANCE_SECONDS = 300

export interface Webhook {
  /** The same in every attempt: whoever keeps it does nothing twice. */
  readonly id: string
  readonly type: string
  readonly timestamp: string
  readonly data: unknown
}

/**
 * Reads a webhook of this server, if it is one: signed by the secret, and not old (https://www.standardwebhooks.com).
 *
 * @param body as it came, before anybody parsed it.
 * @throws WebhookRefusal
 */
export async function readWebhook(
  secret: string,
  headers: WebhookHeaders,
  body: string,
  now: Date = new Date(),
): Promise<Webhook> {
  const id = headerOf(headers, 'webhook-id')
  const sent = headerOf(headers, 'webhook-timestamp')
  const signatures = headerOf(headers, 'webhook-signature')
  if (!(Math.abs(now.getTime() / 1_000 - Number(sent)) <= TOLERANCE_SECONDS))
    throw new WebhookRefusal('It was sent at another time.')
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])
  const signed = new TextEncoder().encode(`${id}.${sent}.${body}`)
  const isSigned = await Promise.all(
    signatures
      .split(' ')
      .filter((each) => each.startsWith('v1,'))
      .map((each) => crypto.subtle.verify('HMAC', key, decoded(each.slice('v1,'.length)), signed)),
  )
  if (!isSigned.includes(true)) throw new WebhookRefusal('No signature is right.')
  const { type, timestamp, data } = Object(JSON.parse(body))
  return { id, type: String(type), timestamp: String(timestamp), data }
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  return decoded(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret)
}

/** The bytes of base64. @throws WebhookRefusal */
function decoded(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    throw new WebhookRefusal('The secret or a signature is not base64.')
  }
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const found =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
  if (typeof found !== 'string') throw new WebhookRefusal(`The header ${name} is missing.`)
  return found
}
