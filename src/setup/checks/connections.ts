import { MINIMUM_CONNECTIONS } from '../../storage/connections/pool.ts'
import { check, fine, warning, wrong } from './check.ts'

/** Whether the connections that this server may open can be had: of the server, the role, the database, the pooler. */
export const connections = check('connections', ({ server: { connections: wanted, ...facts } }) => {
  const limits = [
    { of: 'the server takes', has: facts.slots },
    { of: `the role ${facts.user} may have`, has: facts.roleLimit },
    { of: `the database ${facts.database} takes`, has: facts.databaseLimit },
  ]
  for (const { of, has } of limits) {
    if (has === null || has >= wanted || facts.mode === 'transaction') continue
    const message = `${of} ${has} connections and this server opens up to ${wanted}`
    if (has < MINIMUM_CONNECTIONS)
      return wrong(`${capital(message)}: it works with ${MINIMUM_CONNECTIONS} at the least, so raise the limit.`)
    return warning(`${capital(message)}: set POLYDESK_DATABASE_CONNECTIONS to ${has} or less, or raise the limit.`)
  }
  const { pooled } = facts
  if (pooled && pooled.opened < pooled.wanted)
    return warning(
      `The pooler gave ${pooled.opened} of ${pooled.wanted} connections: raise its pool (default_pool_size of PgBouncer), or set POLYDESK_DATABASE_CONNECTIONS to ${Math.max(MINIMUM_CONNECTIONS, pooled.opened)}.`,
    )
  return fine(`Up to ${wanted} connections can be had.`)
})

/** How sessions reach the server. What cannot work at all was refused before. */
export const pooler = check('pooler', ({ server: { mode } }) => {
  switch (mode) {
    case 'direct':
      return fine('Nothing stands between Polydesk and the database.')
    case 'session':
      return fine('A pooler gives Polydesk whole sessions.')
    case 'transaction':
      return warning(
        'A pooler gives Polydesk single transactions, through which it hears nothing: a revoked key works up to 2 s longer, and webhooks about what another server did wait up to 10 s.',
      )
  }
})

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
