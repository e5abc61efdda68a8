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

/** What every server of a cluster answers when it is as our statements need it. */
const SETTLED = 'off UTC'

/** Whether the servers of a cluster, where the tables lie on one, work as one. */
export const nodes = check('nodes', ({ server: { hasCitus, hasTables, nodes: found } }) => {
  if (!hasCitus) return fine('The tables are on one server.')
  const away = found.find(({ answers }) => !answers)
  if (away)
    return warning(`The server ${away.name} of the cluster does not answer (${away.settings}): start it, or remove it.`)
  const other = found.find(({ settings }) => settings !== SETTLED)
  if (other) {
    const [jit, ...zone] = other.settings.split(' ')
    return wrong(
      `The server ${other.name} of the cluster has jit = ${jit} and TimeZone = ${zone.join(' ')} where it needs off and UTC: run polydesk distribute, which sets them, or set them there.`,
    )
  }
  const left = found[0]?.undistributed ?? 0
  if (hasTables && left > 0)
    return warning(
      `${left} tables lie on one server though Citus is there: stop all servers and run polydesk distribute.`,
    )
  return fine(`The tables are on ${found.length} servers.`)
})
