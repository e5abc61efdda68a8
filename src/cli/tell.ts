import { ConfigError } from '../config.ts'
import { OtherSecretKey } from '../core/access/vault.ts'
import { Refusal } from '../core/errors.ts'
import { NotFit } from '../setup/checks/checks.ts'
import { CannotListen } from '../setup/listen.ts'
import { BackupError } from '../storage/backup/archive.ts'
import { EmbeddedPostgresError } from '../storage/embedded.ts'
import { errorCode, isUnavailable, StoreUnusable } from '../storage/failures.ts'

/** How the command line is run in a clone: what is printed can be copied and pasted. */
export const COMMAND = 'npm run polydesk --'

/** A mistake of the person at the terminal, told as one sentence. */
export class Told extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Told'
  }
}

/** Failures whose message is made for the person at the terminal. */
const PLAIN = [
  Told,
  NotFit,
  BackupError,
  ConfigError,
  CannotListen,
  EmbeddedPostgresError,
  StoreUnusable,
  OtherSecretKey,
]

/** SQLSTATEs of a PostgreSQL that answers and doesn't let us in: wrong user or password, no such database. */
const REFUSALS = new Set<string | undefined>(['28000', '28P01', '3D000', '42501'])

/** Tells why something failed: as a sentence when the person can do something about it, with its trace otherwise. */
export function tell(error: unknown): void {
  console.error(sentence(error) ?? error)
}

/** What the person at the terminal can do about an error, or null when nothing is known. */
export function sentence(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (PLAIN.some((each) => error instanceof each)) return error.message
  if (REFUSALS.has(errorCode(error))) return `The database refuses us: ${error.message}. Check DATABASE_URL.`
  if (!isUnavailable(error)) return null
  const cause = error.cause instanceof Error ? error.cause : error
  // The server was reached, and what it said is no accident.
  if (PLAIN.some((each) => cause instanceof each) || REFUSALS.has(errorCode(cause))) return sentence(cause)
  return `The database does not answer: ${cause.message}. Make sure that it runs, and check DATABASE_URL.`
}

/** What the core refused, as a sentence for the person at the terminal; any other failure as it is. */
export function refusedBy(error: unknown): never {
  throw error instanceof Refusal ? new Told(refusal(error)) : error
}

function refusal({ error }: Refusal): string {
  if (error.code === 'invalid')
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
  if (error.code === 'not_found') return `There is no such ${error.missing}.`
  return error.code === 'conflict' ? error.message : error.code
}
