import { Readable } from 'node:stream'
import type { LinkTo } from '../../../core/attachments/links.ts'
import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type { Export, ExportAsked } from '../../../core/export/record.ts'
import { endLine, headerLine, type Line, linesIn } from './lines.ts'

/** Characters that are gathered before they are sent. */
const SENT_AT_ONCE = 65_536
/** How often it is looked whether the caller may still read, in milliseconds: a revocation ends an export within 5 s. */
const LOOK_MS = 2_000
/** For how long an export that nobody reads is kept, in milliseconds. */
const UNREAD_MS = 60_000

/** What an export is written from. */
export interface Written {
  readonly tenant: Tenant
  readonly asked: ExportAsked
  readonly now: string
  /** Where the bytes of files are; null where they come with it. */
  readonly linkTo: LinkTo | null
  /** Whether the caller may still read. */
  readonly mayGoOn: () => Promise<boolean>
  /** Raised when the server stops. */
  readonly stopping: AbortSignal
}

/**
 * An export as lines, made while they are read. Whatever ends it early breaks it off before its last line, so that nobody takes
 * it for the whole.
 */
export function exportStream(begun: Export, written: Written): Readable {
  const { tenant, asked, linkTo } = written
  const counts = new Map<string, number>()
  let readAt = performance.now()
  const textOf = (line: Line): string => {
    const kind = String(line['kind'])
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return `${JSON.stringify(line)}\n`
  }

  async function* texts(): AsyncGenerator<string> {
    const lineOf = linesIn(tenant, linkTo)
    let gathered = textOf(headerLine(tenant, asked, begun, written.now))
    for await (const record of begun.records) {
      gathered += textOf(lineOf(record))
      if (gathered.length < SENT_AT_ONCE) continue
      yield gathered
      readAt = performance.now()
      gathered = ''
    }
    yield `${gathered}${JSON.stringify(endLine(counts))}\n`
  }

  const stream = Readable.from(texts(), { highWaterMark: 1 })
  const end = (): void => {
    stream.destroy(new Error('The export was broken off.'))
  }
  const looking = setInterval(() => {
    if (performance.now() - readAt > UNREAD_MS) end()
    // A store that is away ends no export: it reads nothing meanwhile.
    else
      written.mayGoOn().then(
        (may) => may || end(),
        () => {},
      )
  }, LOOK_MS).unref()
  written.stopping.addEventListener('abort', end, { once: true })
  stream.on('close', () => {
    clearInterval(looking)
    written.stopping.removeEventListener('abort', end)
  })
  return stream
}
