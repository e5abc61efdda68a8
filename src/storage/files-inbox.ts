import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asUnavailable, type Inbox } from './files.ts'
import { ENDLESS_SPACE, type Space } from './space/space.ts'

/** Bytes from which a file's kind and an image's size are told; a photo has up to 64 KiB of notes before its size. */
const HEAD_BYTES = 262_144

/**
 * Makes the folder where files are while they come in. It is on the disk of the files that are kept beside it.
 *
 * @param space takes no file, and none further, while the disk is full.
 */
export function openInbox(folder: string, space: Space = ENDLESS_SPACE): Inbox {
  return {
    async receive(bytes) {
      const path = join(folder, randomBytes(16).toString('hex'))
      try {
        space.demand()
        await mkdir(folder, { recursive: true, mode: 0o700 })
        return { path, ...(await write(path, bytes, space)) }
      } catch (error) {
        await rm(path, { force: true })
        throw asUnavailable(error)
      }
    },
    discard: ({ path }) => rm(path, { force: true }),
    async sweep(before) {
      for (const name of await readdir(folder).catch(() => [])) {
        const path = join(folder, name)
        const seen = await stat(path).catch(() => null)
        if (seen && seen.mtime < before) await rm(path, { force: true })
      }
    },
  }
}

async function write(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  space: Space,
): Promise<{ readonly size: number; readonly sha256: string; readonly head: Uint8Array }> {
  const hash = createHash('sha256')
  const heads: Uint8Array[] = []
  let size = 0
  const handle = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of bytes) {
      if (size < HEAD_BYTES) heads.push(chunk.subarray(0, HEAD_BYTES - size))
      size += chunk.length
      hash.update(chunk)
      space.demand()
      await handle.appendFile(chunk)
    }
  } finally {
    await handle.close()
  }
  return { size, sha256: hash.digest('hex'), head: Buffer.concat(heads) }
}
