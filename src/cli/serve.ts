import { Session } from 'node:inspector/promises'
import { type Config, optionProblems } from '../config.ts'
import { type Polydesk, start } from '../main.ts'
import { COMMAND, tell } from './tell.ts'

/** How long running requests and the database get to finish, in milliseconds. */
const STOP_LIMIT_MS = 15_000

/** Serves until SIGTERM or SIGINT, then stops cleanly. */
export async function serve(config: Config): Promise<void> {
  const begun = performance.now()
  for (const problem of optionProblems()) console.error(problem)
  const starting = start(config, { say: (message) => console.error(message) })
  const isStopping = stopOnSignals(starting)
  const polydesk = await starting.catch((error: unknown) => {
    if (isStopping()) return null
    throw error
  })
  if (polydesk === null || isStopping()) return
  await giveBackMemory()
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  console.log(greeting(config, polydesk, seconds))
}

/** What only starting needed, a quarter of the whole: V8 by itself keeps it for a load that may never come. */
async function giveBackMemory(): Promise<void> {
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.collectGarbage')
  session.disconnect()
}

/** A signal during the start counts too: it takes effect when there is something to stop. */
function stopOnSignals(starting: Promise<Polydesk>): () => boolean {
  let stopping = false
  const stop = (signal: string): void => {
    // Ctrl-C reaches a process started by npm twice: from the terminal and from npm.
    if (stopping) return
    stopping = true
    console.error(`${signal}: stopping ...`)
    setTimeout(() => {
      console.error('Stopping took too long; leaving now. The database recovers at the next start.')
      process.exit(1)
    }, STOP_LIMIT_MS).unref()
    starting
      // A start that fails leaves nothing running; why does not matter to who wanted it to stop.
      .then(
        (polydesk) => polydesk.stop(),
        () => {},
      )
      .then(
        () => {
          console.error('Stopped.')
          process.exit(0)
        },
        (error: unknown) => {
          tell(error)
          process.exit(1)
        },
      )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  return () => stopping
}

function greeting(config: Config, { url, hasQuickstart, hasTenants }: Polydesk, seconds: string): string {
  const memory = Math.round(process.memoryUsage.rss() / 1_048_576)
  const lines = [`Polydesk listens at ${url}: ready after ${seconds} s, ${memory} MB resident.`]
  if (hasQuickstart) {
    lines.push(
      '',
      'Try it from another terminal:',
      `  . ${config.quickstartFile}`,
      '  curl -sS "$POLYDESK_URL/v1/tickets" -H "Authorization: Bearer $POLYDESK_API_KEY" \\',
      `    -H 'Content-Type: application/json' -d '{"title": "Hello", "text": "My first ticket"}'`,
      '  curl -sS "$POLYDESK_URL/v1/tickets" -H "Authorization: Bearer $POLYDESK_API_KEY"',
      '',
      `Or in a browser, as CONSOLE_EMAIL with CONSOLE_PASSWORD: ${url}`,
    )
  } else if (!hasTenants) {
    lines.push('', 'Nobody can use it yet. These make a tenant, and a key for it:')
    lines.push(`  ${COMMAND} tenant create "Example Ltd"`)
    lines.push(`  ${COMMAND} token create native api_key --tenant "Example Ltd"`)
  }
  lines.push('', 'Ctrl-C stops it.')
  return lines.join('\n')
}
