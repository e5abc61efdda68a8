import { randomBytes } from 'node:crypto'
import { open, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreFull } from '../failures.ts'

/** Gives its space back when there is none left, so that the database can finish what it is at. */
export const RESERVE_FILE = 'reserve'

const MIB = 1_048_576
/** A file of the database's log, the largest piece that it ever asks for at once. */
const RESERVE_BYTES = 16 * MIB
/** With less free than this, or than this part of the disk, nothing new is taken. What is under way needs some, too. */
const LEAST_FREE_BYTES = 16 * MIB
const LEAST_FREE_PART = 1 / 100
const MOST_FREE_BYTES = 256 * MIB
/** With less free than this the reserve is given back: reading writes a little, too. */
const CRITICAL_BYTES = 8 * MIB
/** So much more must be free before writes are taken again, so that they do not come and go. */
const MARGIN_BYTES = 4 * MIB
/** How often it is looked, in milliseconds. Between two looks a fast disk takes less than what has to be free. */
const LOOK_EVERY_MS = 200
/** How often it is told that the disk is still full, in milliseconds. */
const TELL_EVERY_MS = 60_000

/** How much space a file system has, in bytes. */
export interface SpaceLeft {
  readonly free: number
  readonly total: number
}

/** What is left where a directory is, for this user. */
export async function spaceLeft(directory: string): Promise<SpaceLeft> {
  const { bavail, blocks, bsize } = await statfs(directory)
  return { free: bavail * bsize, total: blocks * bsize }
}

/** With less than this free writes are refused, in bytes. */
export function leastFree({ total }: Pick<SpaceLeft, 'total'>): number {
  return Math.max(LEAST_FREE_BYTES, Math.min(total * LEAST_FREE_PART, MOST_FREE_BYTES))
}

/** What is to be done about the space that is left: pure, so that it can be seen to be right. */
export function judge(
  { free, total }: SpaceLeft,
  { isFull, hasReserve }: { readonly isFull: boolean; readonly hasReserve: boolean },
): { readonly isFull: boolean; readonly reserve: 'keep' | 'give back' | 'take' } {
  const least = leastFree({ total })
  if (free < CRITICAL_BYTES && hasReserve) return { isFull: true, reserve: 'give back' }
  if (free < least) return { isFull: true, reserve: 'keep' }
  // The reserve comes first: without it the next full disk stops the database.
  if (!hasReserve) return { isFull, reserve: free >= least + RESERVE_BYTES + MARGIN_BYTES ? 'take' : 'keep' }
  return { isFull: isFull && free < least + MARGIN_BYTES, reserve: 'keep' }
}

/** Watches the disk that the data is on. */
export interface Space {
  isFull(): boolean
  /** Looks now, because somebody found no room: between two looks a fast disk may have filled up. */
  look(): Promise<void>
  /** @throws StoreFull while too little is left to take anything new. */
  demand(): void
  stop(): Promise<void>
}

/** For a process that keeps nothing on its own disk, such as the command line. */
export const ENDLESS_SPACE: Space = {
  isFull: () => false,
  look: async () => {},
  demand: () => {},
  stop: async () => {},
}

/**
 * Keeps some space in reserve and refuses what is new in time: a database that finds no room for its log stops, and
 * cannot start again. Reads go on. When there is space again writes are taken by themselves.
 *
 * @param directory where the data is; while it is not there yet nothing is full.
 * @param say one line when it begins, one a minute while it lasts, and one when it is over.
 */
export async function watchSpace(directory: string, say: (message: string) => void): Promise<Space> {
  const reserve = join(directory, RESERVE_FILE)
  let isFull = false
  let hasReserve = await stat(reserve).then(
    ({ size }) => size >= RESERVE_BYTES,
    () => false,
  )
  let toldAt = Number.NEGATIVE_INFINITY
  let stopped = false
  let looks = Promise.resolve()

  /** One look after the other: two at once would take the reserve twice. A disk that cannot be looked at is told by whatever needs it. */
  function look(): Promise<void> {
    looks = looks.then(lookOnce).catch(() => {})
    return looks
  }

  async function lookOnce(): Promise<void> {
    const left = await spaceLeft(directory)
    const verdict = judge(left, { isFull, hasReserve })
    if (verdict.reserve === 'give back') {
      await rm(reserve, { force: true })
      hasReserve = false
    }
    if (verdict.reserve === 'take') hasReserve = await take(reserve)
    tell(verdict.isFull, left)
    isFull = verdict.isFull
  }

  function tell(full: boolean, { free, total }: SpaceLeft): void {
    const now = performance.now()
    if (!full && isFull) {
      say(`There is space again where ${directory} is (${inMib(free)} free): writes are taken again.`)
      toldAt = Number.NEGATIVE_INFINITY
    }
    if (!full || now - toldAt < TELL_EVERY_MS) return
    toldAt = now
    say(
      `The disk of ${directory} is full (${inMib(free)} free, ${inMib(leastFree({ total }))} needed): writes are refused, reads go on. Free some space; nothing has to be repaired or restarted.`,
    )
  }

  let timer = setTimeout(() => {}, 0)
  const lookAgain = (): void => {
    timer = setTimeout(() => look().then(() => !stopped && lookAgain()), LOOK_EVERY_MS).unref()
  }
  await look()
  lookAgain()

  return {
    isFull: () => isFull,
    look,
    demand() {
      if (isFull) throw new StoreFull()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/**
 * Random bytes, because a file system that compresses would keep nothing of others; the same ones for each MiB, which none
 * compares. @returns whether it is whole.
 */
async function take(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'w', 0o600)
    try {
      const noise = randomBytes(MIB)
      for (let written = 0; written < RESERVE_BYTES; written += MIB) await handle.writeFile(noise)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return true
  } catch {
    await rm(path, { force: true }).catch(() => {})
    return false
  }
}

function inMib(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`
}
