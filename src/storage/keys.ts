import { hkdfSync, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from './failures.ts'

/** Keys for signing and encrypting, one for each purpose, so that what one signs or hides no other accepts. */
export interface Keys {
  /** 32 bytes, always the same for the same secret key and purpose (HKDF with SHA-256, RFC 5869). */
  for(purpose: string): Buffer
  /** As `for`, and behind it those of the former secret keys: what they made is still accepted. */
  accepted(purpose: string): readonly [Buffer, ...Buffer[]]
}

/** The file in the data directory that holds the secret key when the configuration gives none. */
export const KEY_FILE = 'secret.key'

/** The secret keys that a configuration gives: the one that counts, and those of before. */
export interface ConfiguredKeys {
  readonly secretKey: string | null
  readonly formerSecretKeys: readonly string[]
  readonly dataDir: string
}

/**
 * Takes the secret keys that were configured, else those in the data directory, where one is made at the first time.
 * Servers that share a database must be given the same keys: what one of them signs, another one checks.
 */
export async function openKeys({ secretKey, formerSecretKeys, dataDir }: ConfiguredKeys): Promise<Keys> {
  const [current, ...kept] = secretKey === null ? await keptKeys(dataDir) : [secretKey]
  const former = [...kept, ...formerSecretKeys]
  const made = (secret: string, purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `polydesk ${purpose}`, 32))
  return {
    for: (purpose) => made(current, purpose),
    accepted: (purpose) => [made(current, purpose), ...former.map((each) => made(each, purpose))],
  }
}

/** The keys of a data directory: a line each, the one that counts first. Makes the first one. */
async function keptKeys(dataDir: string): Promise<readonly [string, ...string[]]> {
  const file = join(dataDir, KEY_FILE)
  const known = await readKeyFile(file)
  if (known) return known
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const temporary = await writeBeside(file, [newKey()])
  try {
    // Never over one that another process made meanwhile.
    await link(temporary, file)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  } finally {
    await rm(temporary)
  }
  const made = await readKeyFile(file)
  if (!made) throw new Error(`${file} holds no key.`)
  return made
}

async function readKeyFile(file: string): Promise<readonly [string, ...string[]] | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  })
  const [current, ...former] = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  return current === undefined ? null : [current, ...former]
}

function newKey(): string {
  return randomBytes(32).toString('base64url')
}

/** Whole or not at all. @returns the temporary file, which is on disk. */
async function writeBeside(file: string, keys: readonly string[]): Promise<string> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(keys.map((key) => `${key}\n`).join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
  return temporary
}

/** How many keys a data directory holds. */
export async function countKeptKeys(dataDir: string): Promise<number> {
  return (await readKeyFile(join(dataDir, KEY_FILE)))?.length ?? 0
}

/** Puts a new key before those of a data directory. A server uses it from its next start on. */
export async function addKey(dataDir: string): Promise<void> {
  const file = join(dataDir, KEY_FILE)
  await rename(await writeBeside(file, [newKey(), ...(await keptKeys(dataDir))]), file)
}

/** Leaves a data directory only the key that counts. */
export async function dropFormerKeys(dataDir: string): Promise<void> {
  const file = join(dataDir, KEY_FILE)
  const [current] = await keptKeys(dataDir)
  await rename(await writeBeside(file, [current]), file)
}
