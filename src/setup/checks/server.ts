import { check, fine, warning, wrong } from './check.ts'

const MINIMUM_MAJOR = 15

/** Whether the server is new enough, and takes writes. */
export const server = check('server', ({ server: { version, isStandby, isReadOnly } }) => {
  const major = Math.floor(version / 10_000)
  if (major < MINIMUM_MAJOR)
    return wrong(
      `Polydesk needs PostgreSQL ${MINIMUM_MAJOR} or newer; this server is ${major}: point DATABASE_URL at a newer one.`,
    )
  if (isStandby)
    return wrong(
      'The server is a standby and takes no writes: point DATABASE_URL at the primary, or name all hosts in it.',
    )
  if (isReadOnly)
    return wrong(
      'The server takes no writes (default_transaction_read_only is on): turn it off for this role and database.',
    )
  return fine(`PostgreSQL ${major} takes writes.`)
})

/** Whether the database can hold every text. */
export const encoding = check('encoding', ({ server: { encoding: found, database } }) =>
  found === 'UTF8'
    ? fine('The database holds every text.')
    : wrong(
        `The database ${database} has the encoding ${found}, which cannot hold every text: make one with create database ${database}_utf8 encoding 'UTF8' template template0, and point DATABASE_URL at it.`,
      ),
)

/** Whether instants come as UTC. */
export const zone = check('zone', ({ server: { timeZone } }) =>
  timeZone === 'UTC'
    ? fine('Sessions are in UTC.')
    : wrong(`Sessions are in ${timeZone} although they ask for UTC: what stands before the database must pass SET on.`),
)

/** Whether our tables can be made and found. */
export const schema = check('schema', ({ server: { schema: found, mayCreate, hasTables, user, database } }) => {
  if (found === null)
    return wrong(
      `The search_path of ${user} names no schema that exists: create it, or set another by alter role ${user} set search_path.`,
    )
  if (!hasTables && !mayCreate)
    return wrong(
      `${user} may make no tables in the schema ${found} of ${database}: grant it by grant create on schema ${found} to ${user}.`,
    )
  return fine(`The tables are in the schema ${found}.`)
})

/** Whether what is acknowledged is on disk. */
export const durability = check('durability', ({ server: { isDurable } }) =>
  isDurable
    ? fine('Commits are on disk when they are acknowledged.')
    : warning(
        'Commits are acknowledged before they are on disk, so a crash loses some: turn fsync and synchronous_commit on.',
      ),
)
