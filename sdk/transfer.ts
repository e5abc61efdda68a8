import { backoff, type ClientOptions, pause } from './client.ts'
import type { ImportRecordsAnswer } from './operations.ts'
import { problemOf } from './problem.ts'

/** An export and an import as lines of JSON: more than one answer holds, and for longer than one connection lasts. */

export interface ExportChoice {
  /** Only the tickets that it finds. */
  readonly q?: string
  /** With the bytes of files. */
  readonly files?: boolean
  readonly signal?: AbortSignal
}

const LINES_TYPE = 'application/x-ndjson'
const ATTEMPTS = 5

function headersOf({ key, csrfToken }: ClientOptions, isWrite: boolean): Record<string, string> {
  const token = isWrite ? csrfToken?.() : null
  return {
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(token && { 'x-csrf-token': token }),
  }
}

/**
 * The lines of an export, each without its end. What breaks off goes on behind the last line that tells where, so that each comes
 * once; the last is `end`.
 *
 * @throws Problem what the server refused. @throws TypeError when it cannot be reached any more.
 */
export async function* exportLines(
  options: ClientOptions,
  { q, files = false, signal }: ExportChoice = {},
): AsyncGenerator<string> {
  const send = options.fetch ?? ((input: string, init: RequestInit) => fetch(input, init))
  let after: string | null = null
  let lines = 0
  for (let failures = 0; ; ) {
    const query = new URLSearchParams({
      ...(q !== undefined && { q }),
      ...(files && { files: 'true' }),
      ...(after && { after }),
    })
    // Those behind the last cursor come once more: they are told when it is known how to go on behind them.
    let waiting: string[] = []
    try {
      const response = await send(`${options.url}/v1/export?${query}`, {
        headers: headersOf(options, false),
        ...(signal && { signal }),
      })
      if (!response.ok || response.body === null) throw await problemOf(response)
      for await (const line of linesOf(response.body)) {
        const { kind, cursor } = told(line)
        if (kind === 'polydesk' && lines > 0) continue
        if (kind === 'end') {
          for (const each of waiting) yield each
          yield JSON.stringify({ kind: 'end', lines: lines + waiting.length })
          return
        }
        waiting.push(line)
        if (cursor === null) continue
        for (const each of waiting) yield each
        lines += waiting.length
        waiting = []
        after = cursor
        failures = 0
      }
      throw new TypeError('The export broke off.')
    } catch (error) {
      const isPassing = error instanceof TypeError || Object(error).status >= 500 || Object(error).status === 429
      failures += 1
      if (!isPassing || signal?.aborted || failures >= (options.attempts ?? ATTEMPTS)) throw error
      await pause(backoff(failures), signal)
    }
  }
}

/** The kind of a line, and behind which cursor one goes on. */
function told(line: string): { readonly kind: string; readonly cursor: string | null } {
  const { kind, cursor } = Object(JSON.parse(line))
  return { kind: String(kind), cursor: typeof cursor === 'string' ? cursor : null }
}

async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  const reader = bytes.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
  } finally {
    reader.releaseLock()
  }
}

export type ImportReport = ImportRecordsAnswer

/** Characters that are sent at once: as many as come through any proxy in a moment. */
const PIECE = 4_000_000

/**
 * Imports lines in pieces, each tried again where it failed on the way: what a piece has made is found by the next attempt.
 *
 * @param onPiece told of what came so far. @throws Problem what the server refused.
 */
export async function importLines(
  options: ClientOptions,
  lines: AsyncIterable<string>,
  { dryRun = false, signal, onPiece }: ImportChoice = {},
): Promise<ImportReport> {
  let whole: ImportReport | null = null
  let piece: string[] = []
  let characters = 0
  const sendPiece = async (): Promise<void> => {
    const report = await sendLines(options, piece, dryRun, signal)
    whole = whole === null ? report : joined(whole, report)
    onPiece?.(whole)
    piece = []
    characters = 0
  }
  for await (const line of lines) {
    piece.push(line)
    characters += line.length
    // The parts of a file and the ticket that has it stay together, and so do a ticket and its further messages.
    if (characters >= PIECE && /"kind"\s*:\s*"(?:ticket|user)"/.test(line.slice(0, 200))) await sendPiece()
  }
  if (piece.length > 0 || whole === null) await sendPiece()
  return whole ?? Promise.reject(new Error('Nothing was imported.'))
}

export interface ImportChoice {
  /** Only tells what would come of it. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  readonly onPiece?: (report: ImportReport) => void
}

async function sendLines(
  options: ClientOptions,
  lines: readonly string[],
  dryRun: boolean,
  signal: AbortSignal | undefined,
): Promise<ImportReport> {
  const send = options.fetch ?? ((input: string, init: RequestInit) => fetch(input, init))
  for (let failures = 1; ; failures++) {
    try {
      const response = await send(`${options.url}/v1/import${dryRun ? '?dry_run=true' : ''}`, {
        method: 'POST',
        headers: { ...headersOf(options, true), 'content-type': LINES_TYPE },
        body: `${lines.join('\n')}\n`,
        ...(signal && { signal }),
      })
      if (!response.ok) throw await problemOf(response)
      // What answers is a server of this API: its document is what the types are made of.
      return JSON.parse(await response.text())
    } catch (error) {
      const isPassing = error instanceof TypeError || Object(error).status >= 500 || Object(error).status === 429
      if (!isPassing || signal?.aborted || failures >= (options.attempts ?? ATTEMPTS)) throw error
      await pause(backoff(failures), signal)
    }
  }
}

type Counts = ImportReport['created']

function joined(one: ImportReport, other: ImportReport): ImportReport {
  const problems = other.problems.map((problem) => ({ ...problem, line: problem.line + one.lines }))
  return {
    dry_run: one.dry_run,
    lines: one.lines + other.lines,
    created: sum(one.created, other.created),
    changed: sum(one.changed, other.changed),
    unchanged: sum(one.unchanged, other.unchanged),
    refused: sum(one.refused, other.refused),
    not_kept: sum(one.not_kept, other.not_kept),
    problems: [...one.problems, ...problems].slice(0, 1_000),
  }
}

function sum(one: Counts, other: Counts): Counts {
  const added = { ...one }
  for (const [name, count] of Object.entries(other)) added[name] = (added[name] ?? 0) + count
  return added
}
