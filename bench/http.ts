import { connect, type Socket } from 'node:net'

/** What came back. */
export interface Answer {
  readonly status: number
  readonly body: Buffer
}

const END_OF_HEAD = '\r\n\r\n'

/**
 * A keep-alive connection with one request under way at a time. It knows just the HTTP that the servers speak (every
 * answer says its length), because on a small machine whatever the load costs is taken from the servers.
 */
export class Connection {
  readonly #socket: Socket
  #received: Buffer[] = []
  #size = 0
  /** How many bytes the answer under way has in all; unknown until its head is complete. */
  #expected: number | undefined
  #bodyStart = 0
  #status = 0
  #answered: PromiseWithResolvers<Answer> | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => this.#answered?.reject(error))
    socket.on('close', () => this.#answered?.reject(new Error('The server closed the connection.')))
  }

  static async open(url: URL): Promise<Connection> {
    const socket = connect(Number(url.port), url.hostname)
    socket.setNoDelay(true)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.once('connect', resolve).once('error', reject)
    await promise
    return new Connection(socket)
  }

  /** Sends a whole request; the answer to it. */
  send(request: string): Promise<Answer> {
    this.#answered = Promise.withResolvers()
    this.#socket.write(request)
    return this.#answered.promise
  }

  close(): void {
    this.#answered = undefined
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk)
    this.#size += chunk.length
    if (this.#expected === undefined) this.#readHead()
    if (this.#expected === undefined || this.#size < this.#expected) return
    const body = Buffer.concat(this.#received).subarray(this.#bodyStart)
    const answered = this.#answered
    this.#received = []
    this.#size = 0
    this.#expected = undefined
    this.#answered = undefined
    answered?.resolve({ status: this.#status, body })
  }

  #readHead(): void {
    const text = Buffer.concat(this.#received).toString('latin1')
    const end = text.indexOf(END_OF_HEAD)
    if (end === -1) return
    const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1]
    if (length === undefined) {
      this.#socket.destroy(new Error(`An answer without a length: ${text.slice(0, end)}`))
      return
    }
    this.#status = Number(text.slice(9, 12))
    this.#bodyStart = end + END_OF_HEAD.length
    this.#expected = this.#bodyStart + Number(length)
  }
}
