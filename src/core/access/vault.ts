import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const KEY_NAME_BYTES = 8
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A secret was sealed with another key than ours. The message says what to do. */
export class OtherSecretKey extends Error {
  constructor() {
    super(
      'A stored secret was encrypted with another POLYDESK_SECRET_KEY. Set the one of the server that made it, or use its data directory, which holds it as secret.key.',
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
}

/** AES-256-GCM with a random nonce. @param key 32 bytes. */
export function openVault(key: Buffer): Vault {
  // Tells keys apart without telling anything about them, for a message that helps.
  const keyName = createHash('sha256').update('polydesk key name').update(key).digest().subarray(0, KEY_NAME_BYTES)
  return {
    seal(secret, owner) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([keyName, nonce, cipher.getAuthTag(), text])
    },
    open(sealed, owner) {
      const nonceAt = KEY_NAME_BYTES
      const tagAt = nonceAt + NONCE_BYTES
      const textAt = tagAt + TAG_BYTES
      if (!sealed.subarray(0, nonceAt).equals(keyName)) throw new OtherSecretKey()
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(nonceAt, tagAt))
      decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(tagAt, textAt))
      return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]).toString('utf8')
    },
  }
}
