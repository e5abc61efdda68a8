import { availableParallelism } from 'node:os'
import { Tinypool } from 'tinypool'
import { type Rendered, render, renderInHaste, type Written } from './render.ts'

/** Characters up to which a text is rendered where it is: to hand it to a thread would take as long. */
const SHORT = 8_192
/** For how long somebody waits for a text to be rendered, in milliseconds, before its bare words are kept. */
const PATIENCE_MS = 5_000
/** Texts that wait for a thread; of more than these the bare words are kept. */
const MOST_WAITING = 64
/** A thread that has had nothing to do for so long ends, in milliseconds. */
const IDLE_MS = 30_000
/** Megabytes that one thread may use: far more than a message takes. */
const MEMORY_MB = 384

/** How a message is rendered: all of it, or in haste. */
export interface Rendering extends Rendered {
  readonly inHaste: boolean
}

/**
 * Renders what was written without keeping others waiting: short texts at once, others on threads, which start with the
 * first of them. There is one set for the process, as Node.js has one for its own work, and it never keeps that alive.
 *
 * @param patienceMs after which the bare words are the answer. Who is not waited for can take longer.
 */
export async function renderAside(written: Written, patienceMs = PATIENCE_MS): Promise<Rendering> {
  if (written.text.length <= SHORT) return { ...(await render(written)), inHaste: false }
  try {
    return { ...(await onThread(written, AbortSignal.timeout(patienceMs))), inHaste: false }
  } catch {
    // Too long, too much at once, or out of memory: its words must not be lost for that.
    return { ...renderInHaste(written), inHaste: true }
  }
}

let pool: Tinypool | undefined

async function onThread(written: Written, signal: AbortSignal): Promise<Rendered> {
  pool ??= new Tinypool({
    filename: new URL('./thread.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: Math.max(1, Math.min(4, availableParallelism() - 1)),
    maxQueue: MOST_WAITING,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    env: {},
  })
  const rendered: Rendered = await pool.run(written, { signal })
  return rendered
}
