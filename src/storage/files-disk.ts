import { constants, createReadStream } from 'node:fs'
import { copyFile, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from './failures.ts'
import { asUnavailable, type FileKey, type FileStore, isFileId, partsOf } from './files.ts'

/** Keeps files in a folder, one below it for each tenant. */
export function openDiskFiles(folder: string): FileStore {
  const pathOf = (key: FileKey): string => join(folder, ...partsOf(key))
  return {
    async keep(key, file) {
      const path = pathOf(key)
      try {
        await sync(file.path)
        const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        // Whole or not at all: only a name changes.
        await rename(file.path, path)
        await sync(dirname(path))
        if (made !== undefined) for (const parent of parents(dirname(path), made)) await sync(parent)
      } catch (error) {
        throw asUnavailable(error)
      }
    },
    async copy(key, id) {
      const path = pathOf({ tenantId: key.tenantId, id })
      try {
        await copyFile(pathOf(key), path, constants.COPYFILE_FICLONE)
        await sync(path)
        await sync(dirname(path))
        return true
      } catch (error) {
        // Until a row says that there is a copy nobody looks at what there is of it.
        await rm(path, { force: true })
        if (errorCode(error) === 'ENOENT') return false
        throw asUnavailable(error)
      }
    },
    async open(key) {
      try {
        const handle = await open(pathOf(key), 'r')
        return createReadStream('', { fd: handle })
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return null
        throw asUnavailable(error)
      }
    },
    async remove(keys) {
      for (const key of keys) await rm(pathOf(key), { force: true })
    },
    async *list(tenantId) {
      const home = dirname(pathOf({ tenantId, id: tenantId }))
      const entries = await opendir(home).catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return []
        throw asUnavailable(error)
      })
      for await (const { name } of entries) {
        const seen = await stat(join(home, name)).catch(() => null)
        if (seen?.isFile() && isFileId(name)) yield { id: name, since: seen.mtime }
      }
    },
  }
}

/** The folders from the one above `path` up to the one above the first that was made: their entries are new. */
function parents(path: string, made: string): readonly string[] {
  const found = [dirname(path)]
  for (let each = path; each !== made && each !== dirname(each); each = dirname(each))
    found.push(dirname(dirname(each)))
  return found
}

/** Makes what is written so far durable: of a folder, which names are in it. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Windows does not sync folders; its file system writes names in order.
    if (process.platform !== 'win32') throw error
  } finally {
    await handle.close()
  }
}
