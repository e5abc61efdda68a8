import type { Config } from '../config.ts'

/** The store of a configuration as its operator knows it; no password. */
export function storeName({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>): string {
  if (databaseUrl === null) return `the embedded database in ${dataDir}`
  if (!URL.canParse(databaseUrl)) return 'the database of DATABASE_URL'
  const { host, pathname, searchParams } = new URL(databaseUrl)
  const name = pathname.slice(1) || searchParams.get('dbname')
  const at = searchParams.get('host') ?? host
  return `the database ${[...(name ? [decodeURIComponent(name)] : []), ...(at ? ['on', at] : [])].join(' ')} (DATABASE_URL)`
}

/** What makes a command look somewhere else. */
export const OTHER_PLACES =
  'Commands need the same options as the server: POLYDESK_DATA_DIR for another data directory, DATABASE_URL for a database of your own.'

let isVerbose = false

/** Has every command tell which store it works on. */
export function beVerbose(): void {
  isVerbose = true
}

/** Tells on standard error which store a command works on: when asked to, or when the answer may surprise. */
export function tellStore(config: Config, { surprising = false } = {}): void {
  if (isVerbose) console.error(`This is ${storeName(config)}.`)
  else if (surprising) console.error(`This is ${storeName(config)}. ${OTHER_PLACES}`)
}
