import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What a password is for. */
export interface Login {
  /** As the file may name it: a name, an address, or `localhost` for a socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

/** Rights of others on the file, because of which libpq ignores it. */
const OPEN_TO_OTHERS = 0o077

/**
 * The password of a file like `~/.pgpass`, or null when there is none for this login. A file that others may read is
 * passed over, as libpq does.
 *
 * @param file null for `~/.pgpass`
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function readPassword(file: string | null, login: Login): Promise<string | null> {
  const path = file ?? join(homedir(), '.pgpass')
  const seen = await stat(path).catch(() => null)
  if (!seen?.isFile() || (process.platform !== 'win32' && (seen.mode & OPEN_TO_OTHERS) !== 0)) return null
  return passwordIn(await readFile(path, 'utf8').catch(() => ''), login)
}

const FIELD = String.raw`((?:\\.|[^:\\])*)`
const LINE = new RegExp(`^${`${FIELD}:`.repeat(4)}(.*)$`)

/** The password of the first line that fits: `host:port:database:user:password`, with `*` for any and `\` before `:` and `\`. */
export function passwordIn(text: string, { host, port, database, user }: Login): string | null {
  const wanted = [host, String(port), database, user]
  for (const line of text.split(/\r?\n/)) {
    const read = line.startsWith('#') ? null : LINE.exec(line)
    const [password, ...fields] = (read ?? [])
      .slice(1)
      .map((field) => field.replace(/\\(.)/g, '$1'))
      .reverse()
    if (password !== undefined && wanted.every((each, nth) => ['*', each].includes(fields[3 - nth] ?? '')))
      return password
  }
  return null
}
