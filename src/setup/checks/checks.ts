import type { Check, Checked, Finding } from './check.ts'
import { clock } from './clock.ts'
import { connections, pooler } from './connections.ts'
import { disk } from './disk.ts'
import { files } from './files.ts'
import { durability, encoding, nodes, schema, server, zone } from './server.ts'

/** Everything that is tried at the start, and by `polydesk doctor`. */
export const CHECKS: readonly Check[] = [
  server,
  encoding,
  zone,
  schema,
  nodes,
  durability,
  pooler,
  connections,
  clock,
  disk,
  files,
]

/** What keeps a server from starting, each a sentence that says what to do. */
export class NotFit extends Error {
  constructor(findings: readonly Finding[]) {
    super(findings.map(({ message }) => message).join('\n'))
    this.name = 'NotFit'
  }
}

/** Runs all checks at once. One that fails by itself is an error like another. */
export async function runChecks(checked: Checked): Promise<readonly Finding[]> {
  return Promise.all(
    CHECKS.map(async ({ name, run }): Promise<Finding> => {
      try {
        return await run(checked)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        return { check: name, level: 'error', message: `The check ${name} failed: ${why}` }
      }
    }),
  )
}

/**
 * Runs all checks, tells the warnings, and refuses to go on where something is wrong.
 *
 * @throws NotFit
 */
export async function demandFitness(checked: Checked, say: (message: string) => void): Promise<void> {
  const findings = await runChecks(checked)
  const errors = findings.filter(({ level }) => level === 'error')
  if (errors.length > 0) throw new NotFit(errors)
  for (const { level, message } of findings) if (level === 'warning') say(message)
}
