import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'

/** A request that a receiver of webhooks got. */
export interface Got {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of any shape.
  readonly json: any
}

/** How a receiver answers; `'hang'` never does. */
export type Reply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'

/** A receiver of webhooks on this computer, as somebody would run one: real HTTP, on a free port. */
export interface Receiver {
  readonly url: string
  readonly port: number
  /** Everything that came but OPTIONS, in the order of arrival. */
  readonly got: readonly Got[]
  /** How it answers from now on. */
  reply: (got: Got) => Reply
  close(): Promise<void>
}

/** Starts a receiver that takes everything with 204, and says so to OPTIONS. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const got: Got[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method === 'OPTIONS') {
        response.writeHead(receiver.allows ? 204 : 405, receiver.allows ? { allow: 'OPTIONS, POST' } : {}).end()
        return
      }
      const body = Buffer.concat(chunks).toString('utf8')
      const each = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
      const one: Got = {
        ...each,
        get json() {
          return JSON.parse(body)
        },
      }
      got.push(one)
      const reply = receiver.reply(one)
      if (reply !== 'hang') response.writeHead(reply.status, { ...reply.headers }).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const receiver = {
    url: `http://127.0.0.1:${portOf(server)}/hook`,
    port: portOf(server),
    got,
    allows: true,
    reply: (_: Got): Reply => ({ status: 204 }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The receiver does not listen.')
  return address.port
}
