import { hkdfSync, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from './failures.ts'

/** Keys for signing and encrypting, one for each purpose, so that what one signs or hides no other accepts. */
export interface Keys {
  /** 32 bytes, always the same for the same secret key and purpose (HKDF with SHA-256, RFC 5869). */
  for(purpose: string): Buffer
}

/** The file in the data directory that holds the secret key when the configuration gives none. */
export const KEY_FILE = 'secret.key'

/**
 * Takes the secret key that was configured, else the one in the data directory, which is made at the first time. Servers
 * that share a database must be given the same key: what one of them signs, another one checks.
 */
export async function openKeys(configured: string | null, dataDir: string): Promise<Keys> {
  const secret = configured ?? (await keptKey(dataDir))
  return { for: (purpose) => Buffer.from(hkdfSync('sha256', secret, '', `polydesk ${purpose}`, 32)) }
}

async function keptKey(dataDir: string): Promise<string> {
  const file = join(dataDir, KEY_FILE)
  const known = await readFile(file, 'utf8').catch(() => null)
  if (known !== null) return known.trim()
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await makeKey(file)
  return (await readFile(file, 'utf8')).trim()
}

/** Whole or not at all, and never over one that another process made meanwhile. */
async function makeKey(file: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(temporary, file)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  } finally {
    await rm(temporary)
  }
}
