import { Command } from 'commander'
import { type Config, ConfigError, readConfig } from '../config.ts'
import type { Finding } from '../setup/checks/check.ts'
import { runChecks } from '../setup/checks/checks.ts'
import { filesOf } from '../setup/files.ts'
import { holdsDatabase } from '../storage/embedded.ts'
import { withDatabase } from './database.ts'
import { sentence } from './tell.ts'

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' }

/** `polydesk doctor`: the checks of a start, each with what it found. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Try what a start tries (settings, database, pooler, clock, disk, attachments) and tell what was found.',
    )
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine()
      if (json) console.log(JSON.stringify({ findings }, null, 2))
      else for (const { check, level, message } of findings) console.log(`${MARKS[level]}  ${check}: ${message}`)
      if (findings.some(({ level }) => level === 'error')) process.exitCode = 1
    })
}

/** Never throws what the person at the terminal can do something about: that is a finding. */
async function examine(): Promise<readonly Finding[]> {
  try {
    const config = readConfig()
    const settings: Finding = { check: 'settings', level: 'ok', message: 'The options can be read.' }
    if (config.databaseUrl === null && !(await holdsDatabase(config.dataDir))) return [settings, none(config)]
    const others = await withDatabase(
      config,
      async (database) => runChecks({ config, server: await database.facts(), files: filesOf(config) }),
      // It makes no tables, and a database of one's own is well without any before the first start.
      { create: config.databaseUrl !== null },
    ).catch((error: unknown): readonly Finding[] => [{ check: 'database', level: 'error', message: told(error) }])
    return [settings, ...others]
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n').map((message) => ({ check: 'settings', level: 'error', message }))
  }
}

/** Whoever only looks makes nothing: the other checks need a server to ask. */
function none({ dataDir }: Pick<Config, 'dataDir'>): Finding {
  const message = `There is no database in ${dataDir} yet: the first start makes one, and tries everything else.`
  return { check: 'database', level: 'ok', message }
}

/** @throws whatever has no sentence */
function told(error: unknown): string {
  const known = sentence(error)
  if (known === null) throw error
  return known
}
