import { Readable } from 'node:stream'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Missed, Posted } from '../../core/mail/outgoing/fate.ts'

/** Whom a letter goes from and to on its way, whatever its headers say. */
export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
  /** By what the relay's reports name it, where they can (RFC 3461): also where the ids of a mail were changed on its way. */
  readonly id?: string
}

/** A server that takes our mail and brings it where it belongs. */
export interface Relay {
  /** Hands one letter over, once. Whatever happens is told, and nothing is tried again. */
  post(raw: Buffer, envelope: Envelope): Promise<Posted>
}

/** How long a relay may be silent, in milliseconds. */
const CONNECT_MS = 30_000
const SILENCE_MS = 120_000
/** Characters of a relay's words that are kept. */
const LONGEST_WORDS = 1_000

/**
 * A relay by its URL: `smtp://user:password@host:587` with STARTTLS where it is offered, `smtps://` with TLS from the beginning.
 * Certificates are checked. Each letter has a connection of its own, so that none shares another's fate.
 */
export function openRelay(url: string, silenceMs = SILENCE_MS): Relay {
  const { auth, ...where } = parseConnectionUrl(url)
  const options = {
    ...where,
    connectionTimeout: Math.min(CONNECT_MS, silenceMs),
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
  }
  return {
    async post(raw, envelope) {
      const connection = new SMTPConnection(options)
      // Before its last byte went out the relay has nothing; after that only its answer tells.
      let isAllSent = false
      const bytes = Readable.from([raw], { objectMode: false }).once('end', () => {
        isAllSent = true
      })
      try {
        await spoken(connection, (done) => connection.connect(done))
        if (auth) await spoken(connection, (done) => connection.login(auth, done))
        const sent = await posting(connection, envelope, bytes)
        connection.quit()
        return { is: 'taken', ...sent }
      } catch (error) {
        connection.close()
        return { ...postedOf(error, isAllSent), without: [] }
      } finally {
        bytes.destroy()
      }
    },
  }
}

type Done = (error?: Error | null) => void

/** One step of a dialogue, which ends by its answer or by the end of the connection. */
function spoken(connection: SMTPConnection, step: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // An error that comes later, as at a connection that is closed, is nobody's any more.
    connection.on('error', reject)
    connection.once('end', () => reject(new Error('The connection ended.')))
    step((error) => (error ? reject(error) : resolve()))
  })
}

function posting(
  connection: SMTPConnection,
  { from, to, id }: Envelope,
  bytes: Readable,
): Promise<{ readonly words: string; readonly without: readonly Missed[] }> {
  return new Promise((resolve, reject) => {
    connection.on('error', reject)
    connection.once('end', () => reject(new Error('The connection ended.')))
    // Their headers are enough to know a mail by that comes back.
    const dsn = id === undefined ? {} : { dsn: { id, return: 'HDRS' } }
    connection.send({ from, to: [...to], ...dsn }, bytes, (error, sent) => {
      if (error) reject(error)
      else resolve({ words: shortened(sent?.response ?? ''), without: (sent?.rejectedErrors ?? []).map(missedOf) })
    })
  })
}

function postedOf(error: unknown, isAllSent: boolean): Pick<Posted, 'is' | 'words'> {
  const { code, words } = answerIn(error)
  if (code === null) return { is: isAllSent ? 'unknown' : 'later', words }
  return { is: code >= 500 ? 'refused' : 'later', words }
}

/** What the relay answered, by its code; null when it did not. */
function answerIn(error: unknown): { readonly code: number | null; readonly words: string } {
  if (!(error instanceof Error)) return { code: null, words: shortened(String(error)) }
  const response = 'response' in error && typeof error.response === 'string' ? error.response : null
  const code = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null
  return { code: code !== null && code >= 400 ? code : null, words: shortened(response ?? error.message) }
}

function missedOf(error: Error): Missed {
  const address = 'recipient' in error && typeof error.recipient === 'string' ? error.recipient : ''
  return { address, words: answerIn(error).words }
}

function shortened(words: string): string {
  return words.replace(/\s+/g, ' ').trim().slice(0, LONGEST_WORDS)
}
