/** SQLSTATE of a write that would make a second of what there is one of. */
const UNIQUE_VIOLATION = '23505'
/** Of a write that would wait for another which waits for it, and of one that does not wait for a row. */
const HELD = new Set<unknown>([UNIQUE_VIOLATION, '40P01', '55P03'])

function sqlStateOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** Whether a write failed because a name, an address or an id is taken: perhaps by a twin that was faster. */
export function isTaken(error: unknown): boolean {
  return sqlStateOf(error) === UNIQUE_VIOLATION
}

/** Twins settle within one or two rounds. */
const ROUNDS = 5

/** Does a write once more when a twin was faster to take what it takes. */
export async function inRoundsOfTwins<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let round = 1; ; round++) {
    try {
      return await write()
    } catch (error) {
      if (!isTaken(error) || round === ROUNDS) throw error
    }
  }
}

/** Whether a write failed because somebody else holds what it needs, for now or for good. */
export function isHeld(error: unknown): boolean {
  return HELD.has(sqlStateOf(error))
}
