import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const KEY_NAME_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A secret was sealed with another key than ours. The message says what to do. */
export class OtherSecretKey extends Error {
  constructor() {
    super(
      'A stored secret was encrypted with another POLYDESK_SECRET_KEY. Set the one of the server that made it, or use its data directory, which holds it as secret.key. A former key belongs into POLYDESK_FORMER_SECRET_KEYS.',
    )
    this.name = 'OtherSecretKey'
  }
}

/** Encrypts secrets that must be readable again, such as those that sign webhooks. */
export interface Vault {
  /** @param owner what the secret belongs to: it opens for nothing else. */
  seal(secret: string, owner: string): Buffer
  /** @throws OtherSecretKey, or Error when it was sealed for another owner or was tampered with. */
  open(sealed: Buffer, owner: string): string
  /** With which of our keys a secret was sealed: the current one, a former one, or one that we do not have. */
  keyOf(sealed: Buffer): 'current' | 'former' | 'unknown'
}

/** AES-256-GCM with a random nonce. @param keys 32 bytes each: the one that seals, and behind it others that still open. */
export function openVault(keys: readonly [Buffer, ...Buffer[]]): Vault {
  const [current] = keys
  const named = keys.map((key) => ({ key, name: nameOf(key) }))
  const findKey = (sealed: Buffer): Buffer | undefined =>
    named.find(({ name }) => sealed.subarray(0, KEY_NAME_BYTES).equals(name))?.key
  return {
    seal(secret, owner) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(owner))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nameOf(current), nonce, cipher.getAuthTag(), text])
    },
    open(sealed, owner) {
      const tagAt = KEY_NAME_BYTES + NONCE_BYTES
      const textAt = tagAt + TAG_BYTES
      const key = findKey(sealed)
      if (!key) throw new OtherSecretKey()
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(KEY_NAME_BYTES, tagAt))
      decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(tagAt, textAt))
      return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]).toString('utf8')
    },
    keyOf(sealed) {
      const key = findKey(sealed)
      if (!key) return 'unknown'
      return key === current ? 'current' : 'former'
    },
  }
}

/** Tells keys apart without telling anything about them, for a message that helps. */
function nameOf(key: Buffer): Buffer {
  return createHash('sha256').update('polydesk key name').update(key).digest().subarray(0, KEY_NAME_BYTES)
}
