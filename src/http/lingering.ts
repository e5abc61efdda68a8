import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How much of a body is still read once it was refused, in bytes, and for how long, in milliseconds. */
const LINGER = { bytes: 134_217_728, milliseconds: 30_000 } as const
/** For how long the rest of what is no HTTP is read, in milliseconds. */
const BROKEN_MS = 2_000

const lingering = new WeakSet<Socket>()

/** Lets an answer that is under way be the last of its connection, and closes that after it. */
export function endAfter(response: ServerResponse, socket: Socket): void {
  lingering.add(socket)
  response.shouldKeepAlive = false
  response.once('close', () => close(socket))
}

/** Whether a connection has had its last answer and only waits to be closed. Nothing more that comes there counts. */
export function isLingering(socket: Socket): boolean {
  return lingering.has(socket)
}

/**
 * Makes sure that an answer arrives which goes out before the whole body came (413, 401, ...). Were the connection closed at
 * once, the client or proxy that still sends would get a reset in place of the answer (RFC 9112, 9.6). So the rest is read
 * and thrown away, within bounds.
 */
export function letEarlyAnswersArrive(request: IncomingMessage, response: ServerResponse): void {
  // Before Node's own listener, which closes.
  response.prependListener('finish', () => {
    // Whoever is gone has no connection any more, on which something could arrive.
    if (!request.complete && !request.destroyed) readOn(request)
  })
}

/**
 * Asks a client that waits for it (`Expect: 100-continue`) for the body, once somebody reads it: a request that is refused by
 * its head costs no more than that. After such an answer nobody knows whether the body comes, so the connection ends.
 */
export function askForBody(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response
  response.shouldKeepAlive = false
  request.once('resume', () => {
    if (response.headersSent) return
    response.shouldKeepAlive = shouldKeepAlive
    response.writeContinue()
  })
}

/** Whether a request announces a body. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/** How much of a body that is too large is read before the answer, in bytes, and how long nothing may come of it, in milliseconds. */
const FIRST = { bytes: 67_108_864, silence: 500 } as const

/**
 * Reads what is too large before that is answered, as far as it keeps coming: some proxies (Caddy is one) close their client's
 * connection as soon as they have the answer. Not where the client waits to be asked for the body.
 */
export function readFirst(request: IncomingMessage, then: () => void): void {
  if (request.headers.expect !== undefined) {
    then()
    return
  }
  const { socket } = request
  const most = socket.bytesRead + FIRST.bytes
  const done = (): void => {
    clearTimeout(silent)
    for (const event of ['end', 'close', 'error']) request.off(event, done)
    request.off('data', came)
    then()
  }
  const came = (): void => {
    if (socket.bytesRead > most) done()
    else silent.refresh()
  }
  const silent = setTimeout(done, FIRST.silence)
  for (const event of ['end', 'close', 'error']) request.on(event, done)
  request.on('data', came)
  request.resume()
}

function readOn(request: IncomingMessage): void {
  const { socket } = request
  const most = socket.bytesRead + LINGER.bytes
  let closes = false
  // A server that stops need not wait for it.
  const late = setTimeout(() => socket.destroy(), LINGER.milliseconds).unref()
  // How Node closes a connection after its last answer.
  socket.destroySoon = () => {
    closes = true
    lingering.add(socket)
    socket.end()
  }
  request.on('data', () => {
    if (socket.bytesRead > most) socket.destroy()
  })
  const ended = (): void => {
    socket.destroy()
  }
  socket.once('end', ended)
  const done = (): void => {
    clearTimeout(late)
    // The connection may serve many more requests.
    socket.off('end', ended)
    Reflect.deleteProperty(socket, 'destroySoon')
    if (closes) socket.destroy()
  }
  request.once('end', done)
  request.once('close', done)
}

/** Closes a connection on which nothing more can be understood, after a last answer if there is one. */
export function close(socket: Socket, answer = ''): void {
  lingering.add(socket)
  const late = setTimeout(() => socket.destroy(), BROKEN_MS)
  socket.once('close', () => clearTimeout(late))
  socket.once('end', () => socket.destroy())
  socket.end(answer)
}
