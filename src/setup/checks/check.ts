import type { Config } from '../../config.ts'
import type { ServerFacts } from '../../storage/connections/facts.ts'
import type { Files } from '../../storage/files.ts'

/** What one check found. */
export interface Finding {
  /** Which check: a word that stays the same. */
  readonly check: string
  /** An error keeps the server from starting; a warning is told and lived with. */
  readonly level: 'ok' | 'warning' | 'error'
  /** What is so, and when it is not right what to do: one sentence. */
  readonly message: string
}

/** What checks look at. */
export interface Checked {
  readonly config: Config
  readonly server: ServerFacts
  readonly files: Files
}

/** One thing that can be known at the start. */
export interface Check {
  readonly name: string
  run(checked: Checked): Promise<Finding> | Finding
}

/** Makes a check whose findings bear its name. */
export function check(
  name: string,
  look: (checked: Checked) => Promise<Omit<Finding, 'check'>> | Omit<Finding, 'check'>,
): Check {
  return { name, run: async (checked) => ({ check: name, ...(await look(checked)) }) }
}

export function fine(message: string): Omit<Finding, 'check'> {
  return { level: 'ok', message }
}

export function warning(message: string): Omit<Finding, 'check'> {
  return { level: 'warning', message }
}

export function wrong(message: string): Omit<Finding, 'check'> {
  return { level: 'error', message }
}
