/** Builds the console: bundles it, packs each file for those who take it packed, and looks that it stays small. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build } from 'vite'

const KILOBYTE = 1024
/** The most that the first page may need, packed by gzip; and each part that is loaded later. */
const MOST = { first: 250 * KILOBYTE, later: 100 * KILOBYTE }
const PACKED = /\.(js|css|html|svg|json)$/

const dist = join(import.meta.dirname, 'dist')

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

await build({ configFile: join(import.meta.dirname, 'vite.config.ts'), logLevel: 'warn' })
const sizes = new Map<string, number>()
for (const name of await readdir(dist, { recursive: true })) {
  if (!PACKED.test(name)) continue
  const path = join(dist, name)
  const bytes = await readFile(path)
  const zipped = await promisify(gzip)(bytes, { level: 9 })
  sizes.set(name, zipped.length)
  await writeFile(`${path}.gz`, zipped)
  await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes))
}

const manifest = new Map<string, Chunk>(Object.entries(JSON.parse(await readFile(join(dist, 'manifest.json'), 'utf8'))))
const first = new Set<string>()
const follow = (chunk: Chunk | undefined): void => {
  if (!chunk || first.has(chunk.file)) return
  for (const file of [chunk.file, ...(chunk.css ?? [])]) first.add(file)
  for (const name of chunk.imports ?? []) follow(manifest.get(name))
}
for (const chunk of manifest.values()) if (chunk.isEntry) follow(chunk)

const weight = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0)
const kilobytes = (bytes: number): string => `${(bytes / KILOBYTE).toFixed(1)} KB`
const heavy = [...manifest.values()]
  .filter(({ file }) => !first.has(file) && (sizes.get(file) ?? 0) > MOST.later)
  .map(({ file }) => `${file} has ${kilobytes(sizes.get(file) ?? 0)}, and may have ${kilobytes(MOST.later)}.`)
if (weight(first) > MOST.first)
  heavy.push(`The first page has ${kilobytes(weight(first))}, and may have ${kilobytes(MOST.first)}.`)
console.log(`The console is built: ${kilobytes(weight(first))} packed for the first page.`)
if (heavy.length > 0) {
  console.error(heavy.join('\n'))
  process.exitCode = 1
}
