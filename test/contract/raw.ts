import { connect } from 'node:net'

/** What came back over a bare socket. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case; of repeated ones the last. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
}

/** How long the server may leave a socket without a word before the test gives up, in milliseconds. */
const SILENCE_MS = 20_000

/**
 * Sends bytes as they are, in the given pieces, and reads until the server closes: what no HTTP client would send.
 * Requests should say `Connection: close`.
 *
 * @throws Error when no answer came.
 */
export async function exchange(url: string, ...pieces: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const received: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('The server neither answers nor closes.')))
    socket.on('data', (chunk) => received.push(Buffer.from(chunk)))
    socket.on('close', () => resolve())
    // A server that refuses a request early may close before all of it was sent; what it said still counts.
    socket.on('error', (error) => (received.length > 0 ? resolve() : reject(error)))
    socket.on('connect', () => void sendPieces())
    async function sendPieces(): Promise<void> {
      for (const piece of pieces) {
        await new Promise<void>((sent) => socket.write(piece, () => sent()))
        // So that the pieces arrive one by one.
        if (pieces.length > 1) await new Promise((later) => setTimeout(later, 10))
      }
    }
  })
  return parse(Buffer.concat(received))
}

/** The first answer in what a server sent. @throws Error when there is none */
export function parse(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
  if (!status) throw new Error(`That is no answer: ${bytes.toString('latin1').slice(0, 200)}`)
  const rest = bytes.subarray(end + 4)
  // An interim answer such as 100 Continue.
  if (status < 200) return parse(rest)
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { status, headers, text: rest.toString('utf8') }
}
