import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { ClientOptions } from '../../sdk/client.ts'
import { Problem } from '../../sdk/problem.ts'
import { type Config, readConfig } from '../config.ts'
import { valuesIn } from '../dialects/quickstart.ts'
import { Told } from './tell.ts'

/** Which server a command talks to. */
export interface ServerOptions {
  readonly url?: string
  readonly key?: string
}

/** A command that talks to a server as any client does, and not to its store. */
export function serverCommand(usage: string, description: string): Command {
  return new Command(usage)
    .option('--url <url>', 'where the server is; else the one of quickstart.env')
    .option('--key <key>', 'an API key; else that of quickstart.env')
    .description(description)
}

/** Which server is meant, and by which key. @throws Told */
export async function serverOf({ url, key }: ServerOptions, config: Config = readConfig()): Promise<ClientOptions> {
  const known = new Map(Object.entries(valuesIn(await readFile(config.quickstartFile, 'utf8').catch(() => ''))))
  const server = { url: url ?? known.get('POLYDESK_URL'), key: key ?? known.get('POLYDESK_API_KEY') }
  if (server.url === undefined) throw new Told('Say with --url where the server is.')
  if (server.key === undefined) throw new Told('Say with --key by which API key to ask.')
  return { url: server.url.replace(/\/+$/, ''), key: server.key }
}

/** Tells what a server refused as a sentence. @throws Told */
export async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem)
      throw new Told([error.message, ...error.errors.map(({ field, message }) => `${field}: ${message}`)].join('\n'))
    if (error instanceof TypeError) throw new Told(`The server does not answer: ${error.message}`)
    throw error
  }
}
