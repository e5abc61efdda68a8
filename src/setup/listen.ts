import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { errorCode } from '../storage/failures.ts'

/** The address to listen on cannot be had. The message says what to do. */
export class CannotListen extends Error {
  constructor(message: string, options: ErrorOptions) {
    super(message, options)
    this.name = 'CannotListen'
  }
}

/** Listens where it is told to. @returns the URL. @throws CannotListen */
export async function listen(app: FastifyInstance, config: Config): Promise<string> {
  await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    const why = whyNotListening(error, config)
    throw why === null ? error : new CannotListen(why, { cause: error })
  })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  return urlAt({ host: config.host, port })
}

/** Where a server that listens there is reached from its own machine. */
export function urlAt({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const named = host.includes(':') ? `[${host}]` : host
  return `http://${named === '0.0.0.0' || named === '[::]' ? 'localhost' : named}:${port}`
}

function whyNotListening(error: unknown, { host, port }: Config): string | null {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `Another program listens on ${host} port ${port} already. Stop it, or choose another PORT.`
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose a PORT above 1023.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this computer. Choose another HOST.`
    default:
      return null
  }
}
