import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Quickstart } from '../dialects/demo.ts'
import { valuesIn } from '../dialects/quickstart.ts'

/** Writes `NAME=value` lines that a shell can source, readable by its owner only; whole or not at all. */
export async function writeQuickstart(file: string, values: Quickstart): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`)
  const temporary = `${file}.new`
  // With a database of one's own nothing else has made it.
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(lines.join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

/** Keeps POLYDESK_URL true when the server moved to another address. Does nothing when there is no such file. */
export async function refreshQuickstart(file: string, url: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return false
  const values = valuesIn(text)
  if (values['POLYDESK_URL'] !== url) await writeQuickstart(file, { ...values, POLYDESK_URL: url })
  return true
}
