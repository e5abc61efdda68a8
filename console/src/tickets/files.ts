import type { Attachment } from '../../../sdk/operations.ts'

/** How much of a text is shown at the most, in bytes. */
const SHOWN_BYTES = 100_000

/** Where a file is on the server that this page came from: the only one that it may ask. */
export function addressOf({ url }: Pick<Attachment, 'url'>): string {
  const { pathname, search } = new URL(url, location.href)
  return `${pathname}${search}`
}

/** Where all files of a ticket are in one. */
export function archiveOf(ticketId: string): string {
  return `/v1/tickets/${encodeURIComponent(ticketId)}/attachments.zip`
}

/** A text that is shown, or its beginning. @throws Error when it cannot be read */
export async function beginningOf(
  file: Pick<Attachment, 'url'>,
): Promise<{ readonly text: string; readonly isCut: boolean }> {
  const response = await fetch(addressOf(file))
  if (!response.ok || !response.body) throw new Error(`The file was answered with ${response.status}.`)
  const read = new Uint8Array(SHOWN_BYTES)
  const reader = response.body.getReader()
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: textOf(read.subarray(0, length)), isCut: false }
    const fits = value.subarray(0, SHOWN_BYTES - length)
    read.set(fits, length)
    length += fits.length
    if (fits.length === value.length) continue
    await reader.cancel()
    return { text: textOf(read), isCut: true }
  }
}

/** Bytes in the encoding that they have the mark of, else in UTF-8; what is not that is of an older Western one. */
function textOf(bytes: Uint8Array): string {
  const mark = `${bytes[0]} ${bytes[1]}`
  if (mark === '255 254') return new TextDecoder('utf-16le').decode(bytes)
  if (mark === '254 255') return new TextDecoder('utf-16be').decode(bytes)
  try {
    // As part of a stream, since it may end within a letter.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
