import { chown } from 'node:fs/promises'
import { EmbeddedPostgresError, errorText } from './embedded-error.ts'
import { type Identity, runToEnd } from './embedded-process.ts'

/** Owner of a file, numeric ids. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

const NOBODY: Owner = { uid: 65_534, gid: 65_534 }

const OURSELVES: Identity = { description: 'the current user', prefix: [] }

// Root's files stay reachable in here although the process has none of root's rights and PostgreSQL sees uid 65534.
const ROOT_WITHOUT_RIGHTS: Identity = {
  description: 'root without rights in a user namespace (unshare)',
  owner: { uid: 0, gid: 0 },
  prefix: ['unshare', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`],
}

/**
 * The same user under the name of nobody, for programs that refuse to work for a user id without a name.
 * @param identity who really runs the program and owns its files
 */
export function namedNobody(identity: Identity): Identity {
  return { ...identity, prefix: ROOT_WITHOUT_RIGHTS.prefix }
}

function asOwner(owner: Owner): Identity {
  if (owner.uid === 0) return ROOT_WITHOUT_RIGHTS
  return { description: `user ${owner.uid}`, owner, runAs: owner, prefix: [] }
}

const WORK_IN_DIRECTORY = 'cd "$1" && [ -w . ] && exec "$2" --version >/dev/null'

/** Tries for real, so that access lists, namespaces and container limits count; undefined when all is well. */
async function problemOf(identity: Identity, directory: string, program: string): Promise<string | undefined> {
  try {
    await runToEnd(identity, ['sh', '-c', WORK_IN_DIRECTORY, 'sh', directory, program])
    return undefined
  } catch (error) {
    return errorText(error).replaceAll('\n', ' ')
  }
}

function nobodyCanGetThere(directory: string, postgres: string, problems: readonly string[]): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'permission',
    [
      `PostgreSQL must not run as root, and no other user can reach both ${directory} and ${postgres}:`,
      ...problems,
      `Choose a data directory that other users may enter (POLYDESK_DATA_DIR, e.g. /var/lib/polydesk), or run Polydesk as an ordinary user, or use your own PostgreSQL (DATABASE_URL).`,
    ].join('\n'),
  )
}

/**
 * Chooses the user for a new cluster and gives that user the cluster's (still empty) directory. An ordinary user stays
 * what it is; root becomes nobody, else the owner of the data directory, else root without rights.
 * @param directory the cluster's directory; only this one changes its owner
 * @param postgres the server binary, which that user must be able to run
 * @param parentOwner owner of the data directory
 * @throws EmbeddedPostgresError 'permission' when nobody can reach both
 */
export async function chooseIdentity(directory: string, postgres: string, parentOwner: Owner): Promise<Identity> {
  if (process.getuid?.() !== 0) return OURSELVES
  const problems: string[] = []
  for (const owner of parentOwner.uid === 0 ? [NOBODY, parentOwner] : [NOBODY, parentOwner, { uid: 0, gid: 0 }]) {
    const identity = asOwner(owner)
    const problem = (await giveTo(identity, directory)) ?? (await problemOf(identity, directory, postgres))
    if (problem === undefined) return identity
    problems.push(`- as ${identity.description}: ${problem}`)
  }
  throw nobodyCanGetThere(directory, postgres, problems)
}

/** Gives a directory, not its content, to the user of an identity; the problem as text when the system refuses. */
async function giveTo(identity: Identity, directory: string): Promise<string | undefined> {
  if (identity.owner === undefined) return undefined
  return chown(directory, identity.owner.uid, identity.owner.gid).then(() => undefined, errorText)
}

/**
 * The user for an existing cluster, which is always its owner.
 * @param directory the cluster's directory
 * @param postgres the server binary, which that user must be able to run
 * @param owner owner of the cluster's directory
 * @throws EmbeddedPostgresError 'permission' when root cannot become that user
 */
export async function identityOf(directory: string, postgres: string, owner: Owner): Promise<Identity> {
  if (process.getuid?.() !== 0) return OURSELVES
  const identity = asOwner(owner)
  const problem = await problemOf(identity, directory, postgres)
  if (problem === undefined) return identity
  throw nobodyCanGetThere(directory, postgres, [`- as ${identity.description}, who owns the database: ${problem}`])
}

/** Gives a private directory to an identity; true when that identity can then work in it. */
export async function openDirectoryFor(identity: Identity, directory: string): Promise<boolean> {
  return (
    (await giveTo(identity, directory)) === undefined && (await problemOf(identity, directory, 'true')) === undefined
  )
}
