import { PassThrough, pipeline, type Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { TicketFile } from '../../../core/attachments/attachment.ts'
import type { TicketFiles } from '../../../core/tickets/queries/files.ts'

/** What Windows takes in no name; the first two would also be a path. */
const NO_NAME = /[\\/:*?"<>|]/g

/** A name for each file under which any system unpacks it beside the others: twice the same gets a number. */
export function namesInArchive(files: readonly Pick<TicketFile, 'name'>[]): readonly string[] {
  const taken = new Set<string>()
  return files.map(({ name }) => {
    const clean = name.replace(NO_NAME, '_')
    const dot = clean.lastIndexOf('.')
    const [stem, ending] = dot > 0 ? [clean.slice(0, dot), clean.slice(dot)] : [clean, '']
    let free = clean
    // Where case does not count one would be written over the other.
    for (let nth = 2; taken.has(free.toLowerCase()); nth++) free = `${stem} (${nth})${ending}`
    taken.add(free.toLowerCase())
    return free
  })
}

/**
 * Files as one ZIP, made while it is read: one is open at a time, and nothing of it is kept. They are put in as they are,
 * since what people attach is mostly packed already. Should one be gone or its store be away, the archive breaks off, which
 * its reader sees: it is never shorter and yet whole.
 */
export function archiveOf({ files, open }: TicketFiles): Readable {
  const zip = new ZipFile()
  const output = new PassThrough()
  let current: Readable | null = null
  const opened = async (file: TicketFile): Promise<Readable> => {
    const bytes = await open(file)
    bytes.once('error', (error) => output.destroy(error))
    current = bytes
    if (output.destroyed) bytes.destroy()
    return bytes
  }
  const names = namesInArchive(files)
  for (const [nth, file] of files.entries()) {
    const about = { size: file.size, mtime: new Date(file.createdAt), compress: false }
    zip.addReadStreamLazy(names[nth] ?? file.id, about, (take) => {
      opened(file).then(
        (bytes) => take(null, bytes),
        (error: unknown) => output.destroy(error instanceof Error ? error : new Error('A file cannot be read.')),
      )
    })
  }
  zip.on('error', (error: Error) => output.destroy(error))
  // Whoever leaves in the middle leaves the file that is being read open, which knows nothing of it.
  pipeline(zip.outputStream, output, () => current?.destroy())
  zip.end()
  return output
}
