/** Why the embedded PostgreSQL is not available; callers may branch on it, people read the message. */
export type EmbeddedFailure = 'in_use' | 'no_binaries' | 'no_space' | 'permission' | 'wrong_version' | 'failed'

/** The embedded PostgreSQL cannot run. The message says what happened and what the user can do about it. */
export class EmbeddedPostgresError extends Error {
  readonly reason: EmbeddedFailure

  /**
   * @param reason kind of failure
   * @param message what happened and what to do, complete sentences for the person at the terminal
   * @param options `cause` keeps the original error
   */
  constructor(reason: EmbeddedFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedPostgresError'
    this.reason = reason
  }
}

/** A process (initdb, postgres) ended although it was needed; `output` is the tail of what it printed. */
export class ProcessFailure extends Error {
  readonly output: string

  /**
   * @param message which process ended and how
   * @param output last lines it wrote to stderr
   */
  constructor(message: string, output: string) {
    super(message)
    this.name = 'ProcessFailure'
    this.output = output
  }
}

/** `code` of a Node system error ('EACCES') or a PostgreSQL error ('57P03'), undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Text of whatever was thrown, including the output of a failed process. */
export function errorText(error: unknown): string {
  if (error instanceof ProcessFailure) return error.output === '' ? error.message : `${error.message}:\n${error.output}`
  return error instanceof Error ? error.message : String(error)
}

/** Whether PostgreSQL refused to start because processes of its predecessor still hold the shared memory or lock file. */
export function isLeftoverConflict(error: unknown): boolean {
  return /pre-existing shared memory block|lock file "[^"]*" already exists/i.test(errorText(error))
}

/** Whether a process ended, or an attempt failed, because a disk is full. */
export function isFullDisk(text: string): boolean {
  return failureOf(text) === 'no_space'
}

function failureOf(text: string): EmbeddedFailure {
  if (/lock file "[^"]*" already exists|pre-existing shared memory block/i.test(text)) return 'in_use'
  if (/database files are incompatible with server/i.test(text)) return 'wrong_version'
  // A kernel limit on shared memory segments is reported with the same words as a full disk.
  const isFull = /no space left on device|disk quota exceeded|ENOSPC|EDQUOT/i.test(text)
  if (isFull && !/shared memory segment/i.test(text)) return 'no_space'
  if (
    /permission denied|operation not permitted|read-only file system|wrong ownership|invalid permissions|readonly database|unable to open database file|EACCES|EPERM|EROFS/i.test(
      text,
    )
  ) {
    return 'permission'
  }
  return 'failed'
}

/** The shell command that hands a directory to the user who runs this process. */
export function chownAdvice(directory: string): string {
  const user = process.getuid?.() ?? 0
  const group = process.getgid?.() ?? 0
  return `sudo chown -R ${user}:${group} '${directory}'`
}

function adviceFor(reason: EmbeddedFailure, dataDir: string): string {
  switch (reason) {
    case 'no_space':
      return `Free some disk space on the file system of ${dataDir} (a new database needs about 60 MB), or move the data directory (POLYDESK_DATA_DIR), then start again.`
    case 'permission':
      return `Make sure the user who starts Polydesk owns ${dataDir} and can write there (${chownAdvice(dataDir)}), or choose another directory (POLYDESK_DATA_DIR), or use your own PostgreSQL (DATABASE_URL).`
    case 'in_use':
      return `Another PostgreSQL works on ${dataDir}. Stop it first, or choose another data directory (POLYDESK_DATA_DIR).`
    case 'wrong_version':
      return `Start the Polydesk version that created ${dataDir}, dump its data, and load it into a new data directory.`
    case 'no_binaries':
    case 'failed':
      return `If it does not go away, use your own PostgreSQL by setting DATABASE_URL. The data in ${dataDir} was left as it is.`
  }
}

/**
 * Turns whatever went wrong into an error a user can act on.
 * @param what the step that failed, e.g. 'The database could not be created'
 * @param error what was thrown; an EmbeddedPostgresError is passed through unchanged
 * @param dataDir the data directory, named in the advice
 */
export function explainFailure(what: string, error: unknown, dataDir: string): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error
  const detail = errorText(error)
  const reason = failureOf(detail)
  return new EmbeddedPostgresError(reason, `${what}: ${detail}\n${adviceFor(reason, dataDir)}`, { cause: error })
}
