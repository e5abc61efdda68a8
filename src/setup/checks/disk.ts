import { mkdir, mkdtemp, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../storage/failures.ts'
import { leastFree, spaceLeft } from '../../storage/space/space.ts'
import { check, fine, warning, wrong } from './check.ts'

const MIB = 1_048_576
/** With less than this free it is told, in bytes. */
const TIGHT_BYTES = 256 * MIB

const FULL = new Set(['ENOSPC', 'EDQUOT'])

function fullDisk(dataDir: string): string {
  return `The disk of the data directory ${dataDir} is full: writes are refused and reads go on until there is space.`
}

/** Whether files can be made in the data directory, and how much space there is. */
export const disk = check('disk', async ({ config: { dataDir } }) => {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await rmdir(await mkdtemp(join(dataDir, 'check-')))
  } catch (error) {
    if (FULL.has(errorCode(error) ?? '')) return warning(fullDisk(dataDir))
    return wrong(
      `Nothing can be written to the data directory ${dataDir} (${errorCode(error) ?? 'it failed'}): make the user who runs Polydesk its owner, or set POLYDESK_DATA_DIR.`,
    )
  }
  const left = await spaceLeft(dataDir)
  const free = Math.floor(left.free / MIB)
  if (left.free < leastFree(left)) return warning(fullDisk(dataDir))
  return left.free < TIGHT_BYTES
    ? warning(`Only ${free} MiB are free where the data directory ${dataDir} is: make room.`)
    : fine(`${free} MiB are free where the data directory is.`)
})
