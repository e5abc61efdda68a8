/**
 * What the last run of each test file showed, for `scripts/generate.ts`: a folder that is not committed, with two files
 * for each test file. A run replaces those of the files that it ran, and nothing else.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

const root = join(import.meta.dirname, '..')
const RECORD = join(root, '.test-run')

/** A test that ran. `name` includes the suites and tests around it, joined by " > ". */
export interface RanTest {
  readonly name: string
  readonly result: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string
}

/** What is known of a test file. */
export interface FileRecord {
  readonly file: string
  readonly tests: readonly RanTest[]
  /** The keys of `scripts/surface.ts` that its tests saw, after the name of the dialect. */
  readonly seen: readonly string[]
}

/** A test file as records and facts name it, from the root. */
export function fileName(path: string): string {
  return relative(root, path).split(sep).join('/')
}

/** The test file of a test or suite; in a process that several share it is their outermost suite (`together.ts`). */
export function fileOf({ fullName }: { readonly fullName: string }): string {
  const [outermost = ''] = fullName.split(' > ')
  return outermost.endsWith('.test.ts') ? outermost : fileName(process.argv[1] ?? '')
}

/** Forgets what was known of some files. */
export function forget(files: readonly string[]): void {
  for (const file of files) rmSync(folderOf(file), { recursive: true, force: true })
}

/** Forgets files that are no more. */
export function forgetAllBut(files: readonly string[]): void {
  const there = new Set(files)
  forget(readRecord().flatMap(({ file }) => (there.has(file) ? [] : [file])))
}

export function keepTests(file: string, tests: readonly RanTest[]): void {
  write(file, 'tests.json', tests)
}

export function keepSeen(file: string, seen: readonly string[]): void {
  write(file, 'seen.json', seen)
}

/** Everything that is known, in the order of the files. */
export function readRecord(): readonly FileRecord[] {
  return readdirIfThere(RECORD)
    .sort()
    .map((folder) => ({
      file: folder.replaceAll('!', '/'),
      tests: read<readonly RanTest[]>(folder, 'tests.json') ?? [],
      seen: read<readonly string[]>(folder, 'seen.json') ?? [],
    }))
}

function folderOf(file: string): string {
  return join(RECORD, file.replaceAll('/', '!'))
}

function write(file: string, name: string, content: unknown): void {
  const path = join(folderOf(file), name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(content, null, 1))
}

/** A record that this module wrote itself. */
function read<Content>(folder: string, name: string): Content | null {
  try {
    return JSON.parse(readFileSync(join(RECORD, folder, name), 'utf8')) as Content
  } catch {
    return null
  }
}

function readdirIfThere(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
